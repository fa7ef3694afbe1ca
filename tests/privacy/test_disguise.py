"""Personal data in disguise is found, reserved values in disguise pass, noise stays silent, and nothing is slow."""

from __future__ import annotations

import base64
import hashlib
import html
import quopri
import random
import string
import time
import unicodedata
import uuid
from collections.abc import Callable
from urllib.parse import quote

import polars as pl
import pytest

from synthgen.artifacts import Finding
from synthgen.columns import Column
from synthgen.privacy.account import Account, unaccounted
from synthgen.privacy.disguise import DEPTH, DISGUISES, views
from synthgen.privacy.matching import Matcher
from synthgen.privacy.scanner import Scanner
from synthgen.privacy.texts import normalised

MAIL, TWIN = "mara.quell@posteo.de", "mara.quell@example.com"
CARD = "4539148803436467"
NOISE = 100_000


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def url64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def lookalike(text: str) -> str:
    return text.translate(str.maketrans("aeo", "\u0430\u0435\u043e"))


MAILS: dict[str, tuple[str, Callable[[str], str]]] = {
    "base64": ("base64", b64),
    "base64, in a sentence": ("base64", lambda t: f"the token {b64(t)} was sent"),
    "base64, URL-safe and bare": ("base64", lambda t: f"id-{url64(t)}"),
    "base64, with letters of Latin 1": ("base64", lambda t: b64(f"Grüße an {t}")),
    "base64, in lines": ("base64", lambda t: base64.encodebytes(f"{'lorem ipsum ' * 12}{t} dolor".encode()).decode()),
    "base64 twice": ("base64+base64", lambda t: b64(b64(t))),
    "base64 of HTML": ("base64+html", lambda t: b64("".join(f"&#{ord(c)};" for c in t))),
    "hexadecimal": ("hex", lambda t: t.encode().hex()),
    "hexadecimal, in pairs": ("hex", lambda t: t.encode().hex(" ")),
    "HTML, decimal": ("html", lambda t: "".join(f"&#{ord(c)};" for c in t)),
    "HTML, hexadecimal": ("html", lambda t: "".join(f"&#x{ord(c):x};" for c in t)),
    "HTML, named": ("html", lambda t: html.escape(t).replace("@", "&commat;").replace(".", "&period;")),
    "percent": ("percent", lambda t: quote(t, safe="")),
    "escapes, u": ("escape", lambda t: t.replace("@", "\\u0040")),
    "escapes, x": ("escape", lambda t: "".join(f"\\x{ord(c):02x}" for c in t)),
    "quoted-printable": ("quoted-printable", lambda t: quopri.encodestring(t.encode()).decode().replace("@", "=40")),
    "at and dot in brackets": ("words", lambda t: t.replace("@", " [at] ").replace(".", " (dot) ")),
    "at and dot in words": ("words", lambda t: t.replace("@", " at ").replace(".", " dot ")),
    "signs apart": ("words", lambda t: t.replace("@", " @ ")),
    "letters apart": ("spelled", " ".join),
}  # fmt: skip
PLAIN: dict[str, Callable[[str], str]] = {
    "zero-width": "\u200b".join,
    "soft hyphen": lambda t: t.replace("q", "q\u00ad"),
    "full-width": lambda t: "".join(chr(ord(c) + 0xFEE0) for c in t),
    "mathematical": lambda t: "".join(chr(0x1D5BA + ord(c) - 97) if c.isalpha() else c for c in t),
    "look-alike letters": lookalike,
    "upper case": str.upper,
}


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner("reserved", ner="off")


def scan(scanner: Scanner, *texts: str, name: str = "note") -> list[Finding]:
    return scanner.scan("t", {name: Column.of(pl.Series(["red", None, *texts]))})


@pytest.mark.parametrize("case", MAILS)
def test_an_address_in_disguise_is_found_and_its_reserved_twin_passes(scanner: Scanner, case: str) -> None:
    kind, hide = MAILS[case]
    found = scan(scanner, hide(MAIL), hide(MAIL))
    assert [(f.entity, f.row, f.count) for f in found] == [("EMAIL_ADDRESS", 2, 2)]
    assert (found[0].recognizer or "").endswith(f"+{kind}")
    assert MAIL not in str(found)
    assert scan(scanner, hide(TWIN)) == []


@pytest.mark.parametrize("case", PLAIN)
def test_an_address_in_other_characters_is_found(scanner: Scanner, case: str) -> None:
    assert [f.entity for f in scan(scanner, PLAIN[case](MAIL))] == ["EMAIL_ADDRESS"]
    if case != "look-alike letters":  # a domain in other letters is another domain, and nobody has reserved it
        assert scan(scanner, PLAIN[case](TWIN)) == []


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("4539.1488.0343.6467", "CREDIT_CARD"),
        ("4539_1488_0343_6467", "CREDIT_CARD"),
        ("4539 / 1488 / 0343 / 6467", "CREDIT_CARD"),
        ("4539  1488  0343  6467", "CREDIT_CARD"),
        (" ".join(CARD), "CREDIT_CARD"),
        ("_".join(CARD), "CREDIT_CARD"),
        ("536_22_8145", "US_SSN"),
        ("536/22/8145", "US_SSN"),
        ("536 - 22 - 8145", "US_SSN"),
        ("SSN 5 3 6 2 2 8 1 4 5", "US_SSN"),
        ("D E 7 5 5 1 2 1 0 8 0 0 1 2 4 5 1 2 6 1 9 9", "IBAN_CODE"),
        ("D\u041575 5121 0800 1245 1261 99", "IBAN_CODE"),
        ("the owner is LAURA BENNETT now", "PERSON"),
        ("THE CUSTOMER LAURA BENNETT CALLED ABOUT THE ORDER", "PERSON"),
        ("they moved to 4811 ALDER LANE last spring", "LOCATION"),
    ],
)
def test_numbers_torn_apart_and_capitals_are_found(text: str, entity: str) -> None:
    assert entity in [f.entity for f in scan(Scanner("reserved"), text)]


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3 4 5 6 7 8 9", "123.456.782", "1.3.6.1.4.1.9.9.1", "2024/01/05_12/30", "5 3 6 2 2 8 1 4 5",
        "RONALD REAGAN WASHINGTON NATL", "NEW YORK GRAND CENTRAL", "lunch @ noon", "AT&amp;T", "100%25", "a=40b",
        "look at the dot", "4242.4242.4242.4242", "000/22/8145",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_disguise_is_silent(scanner: Scanner, text: str) -> None:
    assert scan(scanner, text) == []


def test_every_digit_and_every_invisible_character_is_undone() -> None:
    """All of Unicode: decimal digits of every script, and format characters."""
    every = [chr(c) for c in range(0x80, 0x110000) if not 0xD800 <= c < 0xE000]
    digits = [c for c in every if c.isdecimal()]
    assert normalised(pl.Series([f"1{c}2" for c in digits])).to_list() == [
        f"1{unicodedata.decimal(c)}2" for c in digits
    ]
    hidden = [c for c in every if unicodedata.category(c) == "Cf"]
    assert set(normalised(pl.Series([f"a{c}b" for c in hidden]))) == {"ab"}


def noise() -> dict[str, Callable[[random.Random], str]]:
    letters, capitals = string.ascii_letters + string.digits, string.ascii_uppercase + string.digits

    def token(r: random.Random, of: str, size: int) -> str:
        return "".join(r.choices(of, k=size))

    def jwt(r: random.Random) -> str:
        return ".".join(base64.urlsafe_b64encode(r.randbytes(n)).decode().rstrip("=") for n in (18, 45, 32))

    return {
        "base64": lambda r: base64.b64encode(r.randbytes(r.randint(9, 60))).decode(),
        "hashes": lambda r: hashlib.sha256(r.randbytes(8)).hexdigest(),
        "commits": lambda r: r.randbytes(20).hex(),
        "jwt": jwt,
        "uuids": lambda r: str(uuid.UUID(bytes=r.randbytes(16))),
        "codes": lambda r: token(r, capitals, 12),
        "groups": lambda r: "-".join(token(r, capitals, 4) for _ in range(4)),
        "ids": lambda r: token(r, letters, 22),
        "paths": lambda r: "/" + "/".join(token(r, string.ascii_lowercase, r.randint(3, 12)) for _ in range(4)),
        "versions": lambda r: f"{r.randint(0, 20)}.{r.randint(0, 20)}.{r.randint(0, 30_000)}.{r.randint(0, 9999)}",
        "stamps": lambda r: (
            f"{r.randint(1950, 2026)}/{r.randint(1, 12):02d}/{r.randint(1, 28):02d}_{r.randint(0, 59):02d}"
        ),
    }


@pytest.mark.parametrize("kind", noise())
def test_a_hundred_thousand_tokens_of_noise_hide_nothing(kind: str) -> None:
    draw = random.Random(f"noise {kind}")
    made = noise()[kind]
    matcher, account = Matcher(), Account("reserved")
    for view in views(pl.Series([made(draw) for _ in range(NOISE)])):
        texts = view.texts.to_list()
        for text, matches in zip(texts, matcher.matches(texts, "code"), strict=True):
            assert not unaccounted(text, matches, account), (view.kind, text)


def test_a_view_tells_which_value_it_was_hidden_in() -> None:
    values = pl.Series([b64(MAIL), "plain", None, b64(MAIL), b64("another sentence")])
    (view,) = views(values)
    assert (view.kind, view.index.to_list()) == ("base64", [0, 3, 4])
    assert view.texts.to_list() == [MAIL, "another sentence"]
    assert view.positions(pl.Series([0])).to_list() == [0, 3]


def test_disguises_lie_two_deep_and_no_deeper() -> None:
    kinds = [v.kind for v in views(pl.Series([b64(b64(b64(MAIL)))]))]
    assert max(kind.count("+") for kind in kinds) == DEPTH - 1
    assert all(MAIL not in v.texts.to_list() for v in views(pl.Series([b64(b64(b64(MAIL)))])))


ADVERSE = {
    "slashes": "a/" * 1_000_000,
    "dashes": "abcdefgh-" * 220_000,
    "base64": b64("lorem ipsum dolor sit amet " * 56_000),
    "hex": "3a" * 1_000_000,
    "entities": "&#64;" * 400_000,
    "percent": "%41" * 660_000,
    "escapes": "\\u0041" * 320_000,
    "equals": "=4" * 1_000_000,
    "digits": "1 " * 1_000_000,
    "groups": "1234_" * 400_000,
    "ats": "a [at] b dot " * 154_000,
    "words": "a at a dot " * 180_000,
    "capitals": "LAURA BENNETT " * 142_800,
    "letters": "a\u0430" * 660_000,
    "mails": "a.b @ c . " * 200_000,
}


@pytest.mark.parametrize("name", ADVERSE)
def test_two_megabytes_take_linear_time(name: str) -> None:
    """A tenth of the text is decoded in at least a thirtieth of the time: quadratic time would be a hundredth."""
    text = ADVERSE[name]
    spent = []
    for size in (len(text) // 10, len(text)):
        started = time.process_time()
        for disguise in DISGUISES:
            made = disguise.decode(text[:size])
            assert len(made.encode()) <= 2 * size + 100
        spent.append(time.process_time() - started)
    assert spent[1] < 30 * spent[0] + 1, spent


def test_a_clean_column_costs_one_pass() -> None:
    """Views of columns without disguises take a small part of a scan's time: 1.7 % in the benchmark's columns."""
    draw = random.Random(5)
    words = [f"{draw.choice(['red', 'green', 'blue'])} apples, {draw.randrange(10**6)} in all" for _ in range(200_000)]
    values = pl.Series(words)
    scanner = Scanner("reserved", ner="off")
    scanner.scan("t", {"code": Column.of(values.head(100))})
    started = time.process_time()
    scanner.scan("t", {"code": Column.of(values)})
    whole = time.process_time() - started
    started = time.process_time()
    assert list(views(values)) == []
    assert time.process_time() - started < 0.25 * whole
