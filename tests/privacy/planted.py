"""Values for the tests: one that could be real for each entity, and its reserved twin where there is one.

None is anybody's on purpose: they are published examples with valid check digits, or formed at random.
"""

from __future__ import annotations

import polars as pl

from synthgen.columns import Column, Declared, Inserted, Vocabulary

REAL = {
    "EMAIL_ADDRESS": ["anna.keller@gmail.com", "j.doe@corp.internal", "x_y+1@printer.local"],
    "PHONE_NUMBER": ["+1 212-736-5000", "(415) 867-5309", "+44 7911 123456", "030 2092-0012"],
    "CREDIT_CARD": ["4539 1488 0343 6467", "2221000000000009", "4539148803436467"],
    "IBAN_CODE": ["DE75512108001245126199", "GB33 BUKB 2020 1555 5555 55"],
    "IP_ADDRESS": ["84.17.44.21", "2a00:1450:4001:81b::200e", "10.1.2.3"],
    "MAC_ADDRESS": ["3c:22:fb:9a:1b:7e"],
    "PERSONAL_URL": ["https://www.linkedin.com/in/some", "ftp://anna:geheim7@files.keller.de/x"],
    "US_SSN": ["536-22-8145", "536 22 8145"],
    "US_ITIN": ["912-74-1234"],
    "UK_NINO": ["AB123456C"],
    "UK_NHS": ["943 476 5919"],
    "CA_SIN": ["130 692 544"],
    "DE_TAX_ID": ["86 095 742 719"],
    "FR_NIR": ["188057621012347"],
    "ES_NIF": ["12345678Z"],
    "ES_NIE": ["X1234567L"],
    "IT_FISCAL_CODE": ["RSSMRA85T10A562S"],
    "BR_CPF": ["111.444.777-35"],
    "IN_AADHAAR": ["2341 2341 2346"],
    "IN_PAN": ["ABCPE1234F"],
    "SE_PERSONNUMMER": ["811228-9874"],
    "AU_MEDICARE": ["2123 45670 1"],
    "CH_AHV": ["756.9217.0769.85"],
    "CRYPTO": ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"],
    "API_KEY": ["AKIAQWERTYUIOPASDFGH", "ghp_" + "a1B2" * 9],
    "PERSON": ["John Smith", "Priya Natarajan"],
    "US_MBI": ["1EG4-TE5-MK73", "2AG9XC4NN22"],
    "UK_DRIVING_LICENCE": ["MORGA657054SM9IJ"],
    "DE_SOCIAL_SECURITY": ["15 070649 C 103"],
    "KR_DRIVER_LICENSE": ["11-22-123456-12"],
    "KR_FRN": ["911124-5678906"],
    "IN_GSTIN": ["27ABCDE1234F1Z5"],
    "IMEI": ["49-015420-323751-8"],
}
TOLD = {
    "US_BANK_NUMBER": ("bank_account_number", "00123456789", "my bank account number is"),
    "VIN": ("vin", "1HGCM82633A004352", "the vehicle identification number is"),
    "US_PASSPORT": ("passport_no", "A12803456", "my passport is"),
    "US_DRIVER_LICENSE": ("driver_license", "F162823540116", "my driver's license number is"),
    "MEDICAL_LICENSE": ("dea_number", "BB1388568", "the DEA number is"),
    "CA_PASSPORT": ("passport_no", "GA302922", "numéro de passeport :"),
    "CA_DRIVER_LICENSE": ("drivers_licence", "A1234-56789-01234", "her driver's licence is"),
    "UK_PASSPORT": ("passport_number", "CD7654321", "my passport number is"),
    "UK_VEHICLE_REGISTRATION": ("number_plate", "BD62 XYZ", "the number plate is"),
    "DE_TAX_NUMBER": ("steuernummer", "123/456/78901", "Steuernummer:"),
    "DE_PASSPORT": ("reisepass", "C01X00T41", "Reisepass"),
    "DE_ID_CARD": ("personalausweis", "L01X00T44", "Personalausweis:"),
    "DE_FUEHRERSCHEIN": ("fuehrerschein", "MU12345678B", "Führerschein"),
    "DE_HEALTH_INSURANCE": ("kvnr", "A123456780", "Krankenkasse KVNR:"),
    "DE_LANR": ("lanr", "123456601", "LANR:"),
    "DE_KFZ": ("kennzeichen", "HH-AB 1234", "Kennzeichen:"),
    "FR_PASSPORT": ("passeport", "12AB34567", "passeport"),
    "FR_DRIVER_LICENSE": ("permis_de_conduire", "12AB34567", "permis de conduire :"),
    "ES_PASSPORT": ("pasaporte", "XYZ987654", "mi pasaporte es"),
    "ES_DRIVER_LICENSE": ("permiso_de_conducir", "12345678Z", "permiso de conducir"),
    "IT_PASSPORT": ("passaporto", "YA1234567", "passaporto n."),
    "IT_DRIVER_LICENSE": ("patente", "U1K711J11M", "la patente di guida"),
    "IT_IDENTITY_CARD": ("carta_identita", "CA12345AB", "carta d'identità"),
    "PT_PASSPORT": ("passaporte", "CA123456", "passaporte"),
    "PT_DRIVER_LICENSE": ("carta_de_conducao", "L-1234567 1", "carta de condução"),
    "PL_PESEL": ("pesel", "44051401458", "numer PESEL:"),
    "PL_PASSPORT": ("paszport", "ZS0000177", "paszport"),
    "PL_DRIVER_LICENSE": ("prawo_jazdy", "00123/15/1234", "prawo jazdy"),
    "NL_BSN": ("bsn", "111222333", "burgerservicenummer"),
    "NL_PASSPORT": ("paspoort", "SPECI2014", "paspoort"),
    "NL_DRIVER_LICENSE": ("rijbewijs", "5094962111", "rijbewijs"),
    "DK_CPR": ("cpr", "211062-5629", "cpr nr"),
    "NO_FODSELSNUMMER": ("fodselsnummer", "15108695088", "fødselsnummer"),
    "CH_PASSPORT": ("passport", "X0B12345", "Reisepass"),
    "AT_PASSPORT": ("reisepass", "U 1234567", "Reisepass"),
    "IN_PASSPORT": ("passport", "J6932157", "passport number:"),
    "IN_DRIVER_LICENSE": ("driving_licence", "MH12 2015 0012345", "driving licence"),
    "IN_VOTER": ("voter_id", "KSD1287349", "voter id"),
    "IN_VEHICLE_REGISTRATION": ("vehicle_registration", "KA53ME3456", "vehicle registration"),
    "AU_PASSPORT": ("passport", "PA1234567", "passport"),
    "AU_DRIVER_LICENSE": ("drivers_licence", "1234AB", "driver licence"),
    "SG_NRIC_FIN": ("nric", "S2740116C", "NRIC"),
    "KR_PASSPORT": ("passport", "M123A4567", "passport"),
    "CN_PASSPORT": ("passport", "E12345678", "passport"),
    "JP_PASSPORT": ("passport", "TZ1234567", "passport"),
    "ZA_ID_NUMBER": ("id_number", "8001015009087", "RSA ID:"),
    "NG_NIN": ("nin", "23456789019", "NIN"),
    "NG_VEHICLE_REGISTRATION": ("plate_number", "ABJ-123XY", "plate number"),
    "PH_TIN": ("tin", "000-123-456-001", "BIR TIN:"),
    "TR_NATIONAL_ID": ("tckn", "10000000146", "TC Kimlik No:"),
    "TR_LICENSE_PLATE": ("plaka", "34 ABC 1234", "plaka"),
    "US_EIN": ("ein", "12-3456789", "EIN"),
}
"""Of the entities that need context: a column's name, a value, and words before it in a text."""
TWINS = {
    "EMAIL_ADDRESS": ["anna.keller@example.com", "j.doe@corp.test", "x_y+1@printer.example"],
    "PHONE_NUMBER": ["+1 212-555-0123", "(415) 555-0101", "+44 7700 900123", "030 23125-012"],
    "CREDIT_CARD": ["4242 4242 4242 4242", "2223003122003222", "4242424242424242"],
    "IBAN_CODE": ["DE99512108001245126199", "GB00 BUKB 2020 1555 5555 55"],
    "IP_ADDRESS": ["192.0.2.21", "2001:db8:4001:81b::200e", "203.0.113.3"],
    "MAC_ADDRESS": ["00:00:5e:00:53:7e"],
    "PERSONAL_URL": ["https://www.example.com/people/17", "ftp://anna:geheim7@files.example/x"],
    "US_SSN": ["000-22-8145", "666 22 8145"],
    "US_ITIN": ["912-44-1234"],
    "UK_NINO": ["QQ123456C"],
    "UK_NHS": ["999 123 0009"],
    "CA_SIN": ["130 692 545"],
    "DE_TAX_ID": ["86 095 742 718"],
    "FR_NIR": ["188057621012348"],
    "ES_NIF": ["12345678A"],
    "ES_NIE": ["X1234567A"],
    "IT_FISCAL_CODE": ["RSSMRA85T10A562T"],
    "BR_CPF": ["111.444.777-36"],
    "IN_AADHAAR": ["1234 1234 1234"],
    "SE_PERSONNUMMER": ["811228-9875"],
    "AU_MEDICARE": ["2123 45671 1"],
    "CH_AHV": ["756.9217.0769.84"],
    "CRYPTO": ["tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"],
    "API_KEY": ["AKIAIOSFODNN7EXAMPLE"],
}
KINDS = ("choice", "sample", "text", "template", "struct", "list")
NAMES = Declared("PERSON", "vocabulary")


def column(kind: str, value: str) -> tuple[Column, str, int]:
    """A column of a kind with the value planted in it, the leaf that findings must name, and the first row of it."""
    if kind == "choice":
        words = Vocabulary("recipe:t.c", pl.Series(["red", "green", value, "blue"]))
        return Column.coded(words, pl.Series([0, 1, None, 2, 3, 2], dtype=pl.UInt32)), "c", 3
    if kind == "sample":
        return Column.of(pl.Series(["red", None, "green", value, value])), "c", 3
    if kind == "text":
        told = f"Please note that {value} was mentioned in the call."
        return Column.of(pl.Series(["the order arrived without any problem", told])), "c", 1
    if kind == "template":
        first = pl.Series(["Anna", "Bert"])
        texts = pl.Series([f"Dear {n}, please ask {value} about order 12 soon" for n in first])
        return Column.of(texts, inserted=(Inserted(first, NAMES), Inserted(pl.Series(["12", "12"])))), "c", 0
    if kind == "struct":
        return Column.of(pl.Series([{"a": 1, "b": "x"}, {"a": 2, "b": value}])), "c.b", 1
    return Column.of(pl.Series([["x"], [], ["y", value]])), "c[]", 2
