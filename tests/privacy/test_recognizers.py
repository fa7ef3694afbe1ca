"""What each recognizer must find and must not: with context and without, in eight languages, tokens, URLs, handles."""

from __future__ import annotations

import pytest

from synthgen.privacy.entities import ENTITIES
from synthgen.privacy.matching import Matcher
from synthgen.privacy.texts import MASK
from synthgen.registry import RECOGNIZERS
from tests.privacy.planted import REAL, TOLD


def found(entity: str, text: str, column: str = "") -> list[str]:
    return [text[m.start : m.end] for m in Matcher({entity}).matches([text], column)[0] if m.entity == entity]


def test_every_direct_entity_has_an_example() -> None:
    direct = {n for n in RECOGNIZERS.names() if ENTITIES[n].kind == "direct"}
    assert direct <= {*REAL, *TOLD, "BR_CNPJ", "MX_CURP", "CL_RUT", "AU_TFN", "FI_PERSONAL_IDENTITY_CODE"} | {
        "BE_NATIONAL_NUMBER", "KR_RRN", "CN_RIC", "TH_TNIN",
    }  # fmt: skip


@pytest.mark.parametrize("entity", TOLD)
def test_context_makes_it_count_and_nothing_else_does(entity: str) -> None:
    column, value, words = TOLD[entity]
    assert found(entity, value, column) == [value]
    assert found(entity, f"Please note: {words} {value}, thank you.", "note") == [value]
    assert found(entity, f"The article {value} is out of stock.", "note") == []
    assert found(entity, f"{words} is on its way. " + "It was sent without any number. " * 3 + value, "note") == []


@pytest.mark.parametrize(
    ("entity", "text", "value"),
    [
        ("DATE_OF_BIRTH", "She was born on 3 May 1984 in Leeds", "3 May 1984"),
        ("DATE_OF_BIRTH", "geboren am 03.05.1984", "03.05.1984"),
        ("DATE_OF_BIRTH", "née le 3 mai 1984", "3 mai 1984"),
        ("DATE_OF_BIRTH", "fecha de nacimiento: 03/05/1984", "03/05/1984"),
        ("DATE_OF_BIRTH", "nata il 3 maggio 1984", "3 maggio 1984"),
        ("DATE_OF_BIRTH", "data de nascimento: 3 de maio de 1984", "3 de maio de 1984"),
        ("DATE_OF_BIRTH", "geboortedatum 03-05-1984", "03-05-1984"),
        ("DATE_OF_BIRTH", "data urodzenia: 3 maja 1984", "3 maja 1984"),
        ("DATE_OF_BIRTH", "DOB: 1984-05-03", "1984-05-03"),
        ("PHONE_NUMBER", "You can reach me at 450 0840", "450 0840"),
        ("PHONE_NUMBER", "61 51 81 office", "61 51 81"),
        ("PHONE_NUMBER", "zadzwoń: 22 123 45 67", "22 123 45 67"),
        ("BIC", "BIC: DEUTDEFF500", "DEUTDEFF500"),
        ("BIC", "DE75 5121 0800 1245 1261 99, DEUTDEFF", "DEUTDEFF"),
        ("COORDINATES", "GPS: 48.858370, 2.294481", "48.858370, 2.294481"),
        ("COORDINATES", "geo:48.8583,2.2944", "48.8583,2.2944"),
        ("USERNAME", "my handle is @anna_k", "@anna_k"),
        ("USERNAME", "Benutzername: akeller84", "akeller84"),
        ("ZIP_CODE", "Denver, CO 80202", "80202"),
        ("UK_POSTCODE", "London SW1A 1AA", "SW1A 1AA"),
        ("CRYPTO", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        ("CRYPTO", "pay rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
        (
            "PERSONAL_URL",
            "see https://cs.example-university.edu/~akeller/",
            "https://cs.example-university.edu/~akeller/",
        ),
        ("PERSONAL_URL", "postgres://anna:geheim7@db.keller.de/x", "postgres://anna:geheim7@db.keller.de/x"),
        ("API_KEY", "password = 'Xk9!vTq2'", "Xk9!vTq2"),
        ("API_KEY", "Das Passwort lautet Xk9vTq2ab", "Xk9vTq2ab"),
        ("API_KEY", "amqp://anna:Xk9vTq2ab@mq.keller.de", "Xk9vTq2ab"),
        ("EMAIL_ADDRESS", "https://keller.de/?mail=anna@keller.de&x=1", "anna@keller.de"),
    ],
)
def test_it_is_found_with_its_exact_span(entity: str, text: str, value: str) -> None:
    assert found(entity, text) == [value]


def _random(length: int, letters: str = "a1B2c3D4e5F6g7H8i9J0") -> str:
    return (letters * 20)[:length]


TOKENS = {
    "aws": "ASIA" + _random(16, "QW2ER3TY"), "github": "ghs_" + _random(36), "github fine": "github_pat_" + _random(30),
    "gitlab": "glpat-" + _random(20), "slack": "xoxb-" + _random(24), "stripe": "sk_live_" + _random(24),
    "google": "AIza" + _random(35), "google oauth": "GOCSPX-" + _random(28), "openai": "sk-proj-" + _random(48),
    "anthropic": "sk-ant-api03-" + _random(93), "hugging face": "hf_" + _random(34), "npm": "npm_" + _random(36),
    "pypi": "pypi-AgE" + _random(60), "sendgrid": "SG." + _random(22) + "." + _random(43),
    "twilio": "SK" + _random(32, "a1b2"),
    "digitalocean": "dop_v1_" + _random(64, "0a1b2c"), "shopify": "shpat_" + _random(32, "0a1b2c"),
    "square": "sq0atp-" + _random(22), "telegram": "123456789:AA" + _random(33),
    "discord": "M" + _random(23) + "." + _random(6) + "." + _random(27),
    "azure storage": "AccountKey=" + _random(86) + "==",
    "azure secret": "abc8Q~" + _random(34), "jwt": "eyJ" + _random(20) + ".eyJ" + _random(20) + "." + _random(20),
    "pem": "-----BEGIN OPENSSH PRIVATE KEY-----", "docker": "dckr_pat_" + _random(27), "vault": "hvs." + _random(92),
}  # fmt: skip


@pytest.mark.parametrize("issuer", TOKENS)
def test_the_tokens_of_issuers_are_found(issuer: str) -> None:
    token = TOKENS[issuer]
    assert found("API_KEY", f"x {token} y") == [token]


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("API_KEY", "password = os.environ['PASSWORD']"),
        ("API_KEY", "password: <your password>"),
        ("API_KEY", "password=changeme123"),
        ("API_KEY", "token = get_token(request)"),
        ("API_KEY", "The secret is to bake it at 200 degrees for 30 minutes"),
        ("API_KEY", "postgres://user:password@host/db"),
        ("PERSONAL_URL", "https://www.python.org/downloads/"),
        ("PERSONAL_URL", "https://docs.keller.de/users/guide"),
        ("PERSONAL_URL", "postgres://user:password@host/db"),
        ("EMAIL_ADDRESS", "the `@dlt.resource` decorator"),
        ("EMAIL_ADDRESS", "git clone git@github.com:owner/name.git"),
        ("CRYPTO", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"),
        ("PHONE_NUMBER", "version 40.0.811.0 Mobile"),
        ("PHONE_NUMBER", "call about order 12345678"),
        ("CREDIT_CARD", "036000291452"),
        ("IBAN_CODE", "de12a3b4c5d6e7f8a9b0c1d2e3f4a5b6"),
        ("USERNAME", "the username is required"),
        ("DATE_OF_BIRTH", "the order was born out of need on Monday"),
    ],
)
def test_it_is_not_found(entity: str, text: str) -> None:
    assert found(entity, text) == []


def test_quasi_entities_are_found_only_when_asked_for() -> None:
    text = "see https://www.python.org/downloads/ and London SW1A 1AA"
    assert Matcher().matches([text], "")[0] == []
    assert {m.entity for m in Matcher({"URL", "UK_POSTCODE"}).matches([text], "")[0]} == {"URL", "UK_POSTCODE"}


def test_a_context_word_raises_the_score() -> None:
    plain, told = (Matcher({"US_SSN"}).matches([t], "")[0][0].score for t in ("536-22-8145", "SSN 536-22-8145"))
    assert plain < told


def test_many_texts_and_few_give_the_same_matches() -> None:
    texts = [f"Please note: {w} {v}, thank you." for _, v, w in TOLD.values()] + ["nothing here"] * 40
    matcher = Matcher(RECOGNIZERS.names())
    many = matcher.matches(texts, "note")
    for text, matches in zip(texts, many, strict=True):
        key = {(m.entity, m.start, m.end, m.score) for m in matches}
        assert {(m.entity, m.start, m.end, m.score) for m in matcher.matches([text], "note")[0]} == key, text


def test_small_words_are_no_number_plate() -> None:
    said = ["the number plate of 15 to 30 of them", "the number plate is 34 ABC 123", "number plate 34abc123"]
    found = [[m.entity for m in matches] for matches in Matcher().matches(said, "note")]
    assert found == [[], ["TR_LICENSE_PLATE"], ["TR_LICENSE_PLATE"]]


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("please send it to 486 Renee Courts instead", "486 Renee Courts"),
        ("she is residing at 29 Debbie Loaf, The Bronx, NY 10472 now", "29 Debbie Loaf, The Bronx, NY 10472"),
        ("we live at 23 Anthony Fork, Colchester, ENG CO4 3SQ now", "23 Anthony Fork, Colchester, ENG CO4 3SQ"),
        ("er wohnt in der Lindenallee 12a seit letztem Jahr", "Lindenallee 12a"),
        ("il habite au 12 bis, rue de la Paix avec son chat", "12 bis, rue de la Paix"),
        ("vive en la Calle de Alcalá 45 con su madre", "Calle de Alcalá 45"),
        ("abita in Via Garibaldi, 12 con sua madre", "Via Garibaldi, 12"),
        ("mora na Rua Augusta, 1508 com o filho", "Rua Augusta, 1508"),
        ("hij woont in de Keizersgracht 123 sinds vorig jaar", "Keizersgracht 123"),
        ("mieszka przy ul. Polna 12 razem z matką", "ul. Polna 12"),
    ],
)
def test_street_addresses_in_sentences(text: str, street: str) -> None:
    found = Matcher().matches([text], "note")[0]
    assert [text[m.start : m.end] for m in found if m.entity == "LOCATION"] == [street]


def test_what_is_no_street_in_a_sentence() -> None:
    said = ["we sold 12 of the Garden Tools via Paris in 2024", "see chapter 4 Road Maps of the book that I sent"]
    assert [m.entity for found in Matcher().matches(said, "note") for m in found] == []


@pytest.mark.parametrize(
    "text",
    [
        "As asked on the phone, here it is. The tax file is 35-27958.",
        f"Your contact: {MASK}; Ticket: 91-23546",
        f"Your contact ____ {MASK}\nWarranty ____ 76-24313",
        f'{{"phone": "{MASK}", "joined": "20240917"}}',
        f"contact | plan\n{MASK} | 39-40362",
        "holds the driving licence; her order is SO-53297",
    ],
)
def test_a_number_is_what_the_nearest_word_says(text: str) -> None:
    assert Matcher().matches([text], "input") == [[]]


@pytest.mark.parametrize("text", ["phone: 35-27958", f"the phone of {MASK} is 9123546", "your contact is 91-23546"])
def test_a_word_before_a_number_still_counts(text: str) -> None:
    assert [m.entity for m in Matcher().matches([text], "input")[0]] == ["PHONE_NUMBER"]
