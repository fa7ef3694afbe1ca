"""Classes of values that are judged by a few of them: the same findings as value by value, and fast."""

from __future__ import annotations

import polars as pl
import pytest

from synthgen.privacy import examine
from synthgen.privacy.account import Account
from synthgen.privacy.alike import CLASSES, RESERVED, classes, luhn, mod97
from synthgen.privacy.examine import Examiner
from synthgen.privacy.leaves import Leaf
from synthgen.privacy.reserved import explain

ROWS = 1_500


def mixed(i: int, modulus: int) -> int:
    return (i * 2_654_435_761 + 40_503) % modulus


def cards(i: int) -> str:
    """Card numbers, one in ten of which has the right check digit; some grouped."""
    digits = f"4539{mixed(i, 10**12):012d}"
    return digits if i % 3 else " ".join(digits[k : k + 4] for k in range(0, 16, 4))


def valid_cards(i: int) -> str:
    body = f"4539{mixed(i, 10**11):011d}"
    total = sum(d if k % 2 else 2 * d - 9 * (d > 4) for k, d in enumerate(int(c) for c in reversed(body)))
    return body + str(-total % 10)


def ibans(i: int) -> str:
    body = f"{mixed(i, 10**18):018d}"
    check = 98 - int(body + "131400") % 97
    return f"DE{check if i % 4 else (check + 1) % 100:02d}{body}"


def broken_ibans(i: int) -> str:
    return f"DE{(0, 1, 99)[i % 3]:02d}{mixed(i, 10**18):018d}"


def ssns(i: int) -> str:
    return f"{mixed(i, 900):03d}-{mixed(i, 99) + 1:02d}-{mixed(i, 9999) + 1:04d}"


def never_ssns(i: int) -> str:
    return f"9{mixed(i, 100):02d}-{mixed(i, 40) + 1:02d}-{mixed(i, 9999) + 1:04d}"


def phones(i: int) -> str:
    area, middle, last = 201 + mixed(i, 780), 200 + mixed(i, 800), mixed(i, 10_000)
    return (
        f"({area}) {middle}-{last:04d}", f"+1 {area} {middle} {last:04d}", f"{area}-{middle}-{last:04d}",
        f"+49 30 {middle}{last:04d}", f"+33 6 {last:04d}{area}{i % 10}", f"+44 20 7946 {last:04d}",
        f"+999 {last:04d} {area}",
    )[i % 7]  # fmt: skip


def drama_phones(i: int) -> str:
    return (f"(212) 555-01{i % 100:02d}", f"+1 415 555 01{i % 100:02d}", f"+44 20 7946 0{i % 1000:03d}")[i % 3]


def addresses(i: int) -> str:
    return f"{mixed(i, 256)}.{mixed(i, 251)}.{i % 256}.{mixed(i, 199)}"


def mails(i: int) -> str:
    return f"user.{i}@" + ("gmail.com", "mail.northwind.net", "example.com", "shop.test", "web.de")[i % 5]


MAKERS = (cards, valid_cards, ibans, broken_ibans, ssns, never_ssns, phones, drama_phones, addresses, mails)


def found(values: pl.Series, mode: str, column: str) -> dict[str | None, list[int]]:
    flags = Examiner("off").flags(Leaf(column, values), Account(mode), ())  # type: ignore[arg-type]
    return {f.entity: f.rows.to_list() for f in flags}


@pytest.mark.parametrize("column", ["value", "contact"])
@pytest.mark.parametrize("mode", ["reserved", "none"])
@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
def test_a_class_is_judged_as_its_values_are(
    maker: object, mode: str, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = pl.Series([maker(i) for i in range(ROWS)])  # type: ignore[operator]
    by_class = found(values, mode, column)
    monkeypatch.setattr(examine, "classes", lambda rest, reserved: iter([(rest, False)]))
    assert by_class == found(values, mode, column)


def test_hardly_a_value_is_judged_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    matches = examine.Matcher.matches

    def counted(self: examine.Matcher, texts: list[str], column: str) -> list[list[examine.Match]]:
        seen.extend(texts)
        return matches(self, texts, column)

    monkeypatch.setattr(examine.Matcher, "matches", counted)
    for maker in (valid_cards, never_ssns, drama_phones):
        seen.clear()
        found(pl.Series([maker(i) for i in range(20_000)]), "reserved", "value")
        assert 0 < len(seen) < 1_000, maker.__name__


def test_reserved_values_in_the_middle_of_others_are_excused() -> None:
    values = pl.Series([drama_phones(i) if i % 5 else f"(212) 736-{mixed(i, 10_000):04d}" for i in range(ROWS)])
    assert found(values, "reserved", "value")["PHONE_NUMBER"] == [
        i for i, v in enumerate(values) if explain(v, "PHONE_NUMBER") is None
    ]


def test_what_an_address_carries_is_looked_at_however_many_there_are() -> None:
    values = pl.Series([f"u{i}@example.com" for i in range(ROWS)] + ["4539578763621486@example.com"])
    assert found(values, "reserved", "value") == {"CREDIT_CARD": [ROWS]}


def test_members_of_classes_are_disjoint_and_whole() -> None:
    values = pl.Series([m(i) for m in MAKERS for i in range(ROWS)])
    parts = list(classes(values, reserved=True))
    assert not parts[-1][1] and all(known for _, known in parts[:-1]) and len(parts) > 6
    assert sorted(v for members, _ in parts for v in members) == sorted(values)


@pytest.mark.parametrize("form", [kind.form for kind in (*CLASSES, *RESERVED)])
def test_forms_are_of_whole_values(form: str) -> None:
    assert form.startswith("^") and form.endswith("$")


def test_check_digits() -> None:
    values = pl.Series([cards(i).replace(" ", "") for i in range(300)])

    def slow(text: str) -> bool:
        digits = [int(c) for c in reversed(text)]
        return sum(sum(divmod(2 * d, 10)) if k % 2 else d for k, d in enumerate(digits)) % 10 == 0

    assert luhn(values).to_list() == [slow(v) for v in values]
    accounts = pl.Series([ibans(i) for i in range(300)] + ["GB82WEST12345698765432", "MT84MALT011000012345MTLCAST001S"])
    numbers = ["".join(str(int(c, 36)) for c in v[4:] + v[:4]) for v in accounts]
    assert mod97(accounts).to_list() == [int(n) % 97 == 1 for n in numbers]
