"""What columns are: headers in eight languages, vocabularies and forms together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from synthgen.columns import Column
from synthgen.privacy.files import scan_paths
from synthgen.privacy.headers import folded, spoken_of
from synthgen.privacy.inference import SURE, infer_column
from synthgen.privacy.matching import Matcher
from synthgen.privacy.scanner import Scanner

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FAKE = SHARED / "C_pii" / "fake_identities_3000.csv.gz"
IDENTITIES = {
    "Number": None, "Gender": "GENDER", "NameSet": "NRP", "Title": "TITLE", "GivenName": "PERSON",
    "MiddleInitial": None, "Surname": "PERSON", "StreetAddress": "LOCATION", "City": "GPE", "State": "GPE",
    "StateFull": "GPE", "ZipCode": "ZIP_CODE", "Country": "GPE", "CountryFull": "GPE", "EmailAddress": "EMAIL_ADDRESS",
    "Username": "USERNAME", "Password": "API_KEY", "TelephoneNumber": "PHONE_NUMBER", "TelephoneCountryCode": None,
    "MothersMaiden": "PERSON", "Birthday": "DATE_OF_BIRTH", "Age": "AGE", "CCType": None, "CCNumber": "CREDIT_CARD",
    "CVV2": None, "CCExpires": None, "NationalID": "NATIONAL_ID", "Occupation": "OCCUPATION",
    "Company": "ORGANIZATION", "Domain": "URL",
}  # fmt: skip
TABLES = {
    "adult.csv.gz": {"age": "AGE", "occupation": "OCCUPATION", "race": "NRP", "sex": "GENDER", "native_country": "GPE"},
    "air_passengers.csv": {},
    "birdstrikes.csv.gz": {"Flight Date": "DATE_TIME", "Origin State": "GPE"},
    "co2_weekly.csv": {"date": "DATE_TIME"},
    "daily_show_guests.csv.gz": {"Show": "DATE_TIME", "Raw_Guest_List": "PERSON"},
    "diamonds.parquet": {},
    "flying_etiquette_survey.csv.gz": {"RespondentID": "CUSTOMER_ID", "Gender": "GENDER", "Age": "AGE"},
    "netflix_titles.parquet": {"director": "PERSON", "country": "GPE", "date_added": "DATE_TIME"},
    "nyc_taxis.csv.gz": {"pickup": "DATE_TIME", "dropoff": "DATE_TIME"},
    "penguins_raw.csv": {"Region": "GPE", "Date Egg": "DATE_TIME", "Sex": "GENDER"},
    "pums_ca_1000.csv": {"age": "AGE", "sex": "GENDER"},
    "seattle_weather.csv": {"date": "DATE_TIME"},
    "us_births_2000_2014.csv.gz": {},
    "us_macro_quarterly.csv": {},
}
"""What columns of tables are, told by hand. All others are nothing personal, as are `Individual ID` of a penguin."""


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher()


def best(name: str, values: pl.Series, matcher: Matcher) -> str | None:
    """What a column is for sure, if anything."""
    found = infer_column(name, values, matcher)
    return found[0].entity if found and found[0].confidence >= SURE else None


@pytest.mark.skipif(not FAKE.is_file(), reason="the shared data is not here")
def test_thirty_columns_of_fake_identities(matcher: Matcher) -> None:
    frame = pl.read_csv(FAKE, infer_schema=False)
    wrong = {}
    for name, expected in IDENTITIES.items():
        found = infer_column(name, frame[name], matcher)
        if (found[0].entity if found else None) != expected:
            wrong[name] = found[:2]
    assert len(wrong) <= 1, wrong


@pytest.mark.skipif(not FAKE.is_file(), reason="the shared data is not here")
def test_values_alone_tell_what_has_a_form(matcher: Matcher) -> None:
    frame = pl.read_csv(FAKE, infer_schema=False)
    told = {name: best("c", frame[name], matcher) for name in IDENTITIES}
    assert {n: e for n, e in told.items() if e is not None} == {
        "Gender": "GENDER", "Title": "TITLE", "CountryFull": "GPE", "EmailAddress": "EMAIL_ADDRESS",
        "Birthday": "DATE_TIME", "Domain": "URL",
    }  # fmt: skip


@pytest.mark.skipif(not FAKE.is_file(), reason="the shared data is not here")
def test_few_columns_of_ordinary_tables_are_taken_for_something(matcher: Matcher) -> None:
    wrong = []
    sure = 0
    for file, expected in TABLES.items():
        path = SHARED / "A_tables" / file
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
        for name in frame.columns:
            found = best(name, frame[name], matcher)
            sure += found is not None
            if found != expected.get(name):
                wrong.append((file, name, found))
    assert sure > 20
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize(
    ("header", "values", "entity"),
    [
        ("kundennr", ["K-10023", "K-10024", "K-99"], "CUSTOMER_ID"),
        ("prénom", ["Zoé", "Aminata", "Yann"], "PERSON"),
        ("telefono", ["0654 332211", "06 99821", "347 1100"], "PHONE_NUMBER"),
        ("codice_fiscale", ["RSSMRA85T10A562S", "BNCLRA90A41H501X"], "NATIONAL_ID"),
        ("Geburtsdatum", ["03.04.1971", "17.11.1988"], "DATE_OF_BIRTH"),
        ("fecha de nacimiento", ["1971-04-03", "1988-11-17"], "DATE_OF_BIRTH"),
        ("apellidos", ["García López", "Ruiz Pérez"], "PERSON"),
        ("woonplaats", ["Utrecht", "Zwolle"], "GPE"),
        ("kod pocztowy", ["00-950", "31-135"], "ZIP_CODE"),
        ("ulica", ["Marszałkowska 12", "Długa 3"], "LOCATION"),
        ("data_nascimento", ["1971-04-03"], "DATE_OF_BIRTH"),
        ("Straße", ["Hauptstraße 5", "Am Markt 1"], "LOCATION"),
        ("mot de passe", ["hunter22!", "qwerty77"], "API_KEY"),
        ("hasło", ["hunter22!", "qwerty77"], "API_KEY"),
        ("nome_completo", ["Ana Souza", "Rui Costa"], "PERSON"),
        ("geslacht", ["man", "vrouw"], "GENDER"),
        ("stanowisko", ["kierowca", "lekarz"], "OCCUPATION"),
        ("azienda", ["Rossi & Figli", "Officine Blu"], "ORGANIZATION"),
        ("nationalité", ["française", "belge"], "NRP"),
        ("identifiant", ["jdupont", "mleroy"], "USERNAME"),
    ],
)
def test_headers_of_eight_languages(header: str, values: list[str], entity: str, matcher: Matcher) -> None:
    assert best(header, pl.Series(values), matcher) == entity


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("phone_type", ["mobile", "home", "work"]),
        ("email_verified", ["yes", "no"]),
        ("title", ["The Long Way Home", "Dune", "Moby Dick"]),
        ("name", ["Blue mug", "Garden chair", "Desk lamp"]),
        ("card", ["Visa", "Mastercard"]),
        ("password_reset_at", ["2024-01-01", "2024-02-03"]),
        ("phone", ["yes", "no", "unknown"]),
        ("date_of_birth", ["open", "closed"]),
        ("page_title", ["Home", "About"]),
        ("quantity", ["1", "2", "3"]),
    ],
)
def test_headers_that_mislead(header: str, values: list[str], matcher: Matcher) -> None:
    assert best(header, pl.Series(values), matcher) in (None, "DATE_TIME")


def test_header_and_values_together_are_surer_than_either(matcher: Matcher) -> None:
    names = pl.Series(["Maria", "Peter", "Laura", "Kevin", "Susan", "Brian", "Nicole", "Thomas", "Julia", "Daniel"])
    alone = infer_column("c7", names, matcher)[0]
    said = infer_column("vorname", pl.Series(["Xqwz", "Ptrr"]), matcher)[0]
    both = infer_column("vorname", names, matcher)[0]
    assert alone.entity == said.entity == both.entity == "PERSON"
    assert max(alone.confidence, said.confidence) < both.confidence <= 1


def test_types_other_than_text(matcher: Matcher) -> None:
    days = pl.Series([date(1971, 4, 3), date(1988, 11, 17)])
    assert infer_column("geboortedatum", days, matcher)[0].entity == "DATE_OF_BIRTH"
    assert infer_column("shipped", days, matcher)[0].entity == "DATE_TIME"
    assert infer_column("alter", pl.Series([34, 57]), matcher)[0].entity == "AGE"
    for values in (pl.Series([1.5, 2.5]), pl.Series([True, False]), pl.Series([[1]]), pl.Series([None, None])):
        assert infer_column("phone", values, matcher) == []


def test_words_of_a_header() -> None:
    assert folded("PrénomDuClient") == "prenom du client"
    assert spoken_of("first_name") == spoken_of("FIRSTNAME") == spoken_of("FirstName") == {"PERSON": 1.0}
    assert "LOCATION" not in spoken_of("email address")
    assert spoken_of("telephone country code")["PHONE_NUMBER"] < 0.5


def found(name: str, values: list[str], mode: str = "reserved") -> list[tuple[str | None, str | None, int]]:
    scanner = Scanner(mode, ner="off")  # type: ignore[arg-type]
    return [(f.entity, f.recognizer, f.count) for f in scanner.scan("t", {name: Column.of(pl.Series(values))})]


def test_a_column_of_weak_numbers_is_one_finding() -> None:
    numbers = ["84 23", "23 41", "55 10", "-", ""]  # too short for any plan of telephone numbers
    assert found("telefon", numbers) == [("PHONE_NUMBER", "synthgen:column", 3)]
    assert found("measure", numbers) == []
    assert found("dowód osobisty", ["ABX 77123 K", "CDE 10923 Z"]) == [("NATIONAL_ID", "synthgen:column", 2)]


def test_reserved_values_and_broken_check_digits_excuse_a_column() -> None:
    reserved = ["(212) 555-0143", "(212) 555-0177", "+1 415 555 0100"]
    assert found("telefon", reserved) == []
    assert {f[0] for f in found("telefon", reserved, "none")} == {"PHONE_NUMBER"}
    assert found("national_id", ["900-12-3456", "912-45-0001"]) == []
    assert found("codice_fiscale", ["RSSMRA85T10A562X", "RSSMRA85T10A562A"]) == []


def test_a_declared_column_is_left_to_its_proof() -> None:
    scanner = Scanner("synthetic", ner="off")
    column = {"telefon": Column.of(pl.Series(["84 23 30", "23 41 07"]))}
    assert scanner.scan("t", column, declared={"telefon": "PHONE_NUMBER"}) == []


def test_a_scan_of_files_says_what_columns_are(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("kundennr,prénom,menge\nK-1,Zoé,3\nK-2,Yann,4\nK-3,Aminata,7\n", encoding="utf-8")
    described = scan_paths([path], ner="off").described
    assert described["columns"] == {
        f"{path}.kundennr": {"entity": "CUSTOMER_ID", "confidence": 0.93},
        f"{path}.prénom": {"entity": "PERSON", "confidence": pytest.approx(0.95, abs=0.05)},
    }
