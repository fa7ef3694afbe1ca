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
}
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
