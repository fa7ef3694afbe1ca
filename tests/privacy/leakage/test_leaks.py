"""Planted leaks of every kind are found at their number; what chance makes is not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from synthgen import pipeline
from synthgen.artifacts import Finding
from synthgen.plan.compile import compile_recipe
from synthgen.plan.world import World
from synthgen.privacy.leakage.evidence import judged
from synthgen.privacy.leakage.fingerprint import Fingerprint, make
from synthgen.privacy.leakage.source import Settings
from synthgen.privacy.readers import Batch
from synthgen.produce import frame_of
from synthgen.recipe.load import load
from tests.privacy.leakage.people import export, planted, source

SALT = b"a salt of the tests, long enough"
SOURCE = source()
CLEAN = export()


def fingerprint(
    frame: pl.DataFrame = SOURCE, settings: Settings | None = None, canaries: Sequence[str] = (), pieces: int = 1
) -> Fingerprint:
    size = -(-frame.height // pieces)
    parts = [frame.slice(i * size, size) for i in range(pieces)]
    batches = [("crm", Batch({c.name: c for c in p.get_columns()}, p.height)) for p in parts]
    return make("crm", batches, SALT, settings, canaries)


@pytest.fixture(scope="module")
def crm() -> Fingerprint:
    return fingerprint(canaries=["CANARY-7f3a9c", "the purple elephant audits"])


def found(made: Fingerprint, frame: pl.DataFrame) -> list[tuple[str | None, str | None, int | None, int]]:
    findings = made.check("t", frame)
    assert all(f.code == "leak" and f.table == "t" for f in findings)
    return sorted((f.entity, f.column, f.row, f.count) for f in findings)  # type: ignore[type-var]


def test_clean(crm: Fingerprint) -> None:
    assert found(crm, CLEAN) == []


def test_everything_of_the_source_itself_is_found(crm: Fingerprint) -> None:
    """Names and cities are too many to be anybody's; names with birth dates are rare, and all of them met."""
    kinds = {(entity, count) for entity, _, _, count in found(crm, SOURCE)}
    assert kinds == {
        ("EMAIL_ADDRESS", 400), ("PHONE_NUMBER", 400), ("SOURCE_ROW", 400), ("RARE_COMBINATION", 400),
        ("SOURCE_TEXT", 400),
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("column", "change", "entity"),
    [
        ("email", str.lower, "EMAIL_ADDRESS"),
        ("email", str.upper, "EMAIL_ADDRESS"),
        ("phone", lambda v: v.replace(" ", ""), "PHONE_NUMBER"),
        ("phone", lambda v: v.replace("+1 415 ", "1 (415) "), "PHONE_NUMBER"),
        ("email", lambda v: "x" + v, "NEAR_COPY"),
        ("email", lambda v: v[1:], "NEAR_COPY"),
        ("email", lambda v: v[:3] + "é" + v[4:], "NEAR_COPY"),
        ("email", lambda v: v.replace("@", "@@"), "NEAR_COPY"),
    ],
)
def test_values(crm: Fingerprint, column: str, change: object, entity: str, count: int) -> None:
    frame = CLEAN
    for i in range(count):
        frame = planted(frame, column, 10 * i + 5, change(SOURCE[column][7 * i]))  # type: ignore[operator]
    assert found(crm, frame) == [(entity, column, 5, count)]


def test_a_value_in_a_column_of_another_name(crm: Fingerprint) -> None:
    frame = CLEAN.with_columns(contact=pl.Series([SOURCE["email"][3], *[None] * 299]))
    frame = frame.with_columns(number=pl.Series([None, 14150000001, *[None] * 298], dtype=pl.Int64))
    assert found(crm, frame) == [("EMAIL_ADDRESS", "contact", 0, 1)]
    digits = int("".join(c for c in SOURCE["phone"][8] if c.isdigit()))
    assert ("PHONE_NUMBER", "number", 1, 1) in found(crm, planted(frame, "number", 1, digits))


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("write to <{email}>, please", "EMAIL_ADDRESS"),
        ("mailto:{email}.", "EMAIL_ADDRESS"),
        ("call {phone} at 10", "PHONE_NUMBER"),
        ("room 12 {phone} or 99", "PHONE_NUMBER"),
        ("tel:{bare};", "PHONE_NUMBER"),
        ("she is {email}x now", "NEAR_COPY"),
    ],
)
def test_values_inside_texts(crm: Fingerprint, text: str, entity: str) -> None:
    row = SOURCE.row(20, named=True)
    said = text.format(email=row["email"], phone=row["phone"], bare="".join(c for c in row["phone"] if c.isdigit()))
    assert found(crm, planted(CLEAN, "note", 17, said)) == [(entity, "note", 17, 1)]


def test_values_in_nested_columns(crm: Fingerprint) -> None:
    mails = [[f"a{i}@example.com"] for i in range(300)]
    mails[42] = ["b@example.com", SOURCE["email"][9]]
    frame = CLEAN.with_columns(mails=pl.Series(mails), deep=pl.struct(mail="email"))
    assert found(crm, frame) == [("EMAIL_ADDRESS", "mails[]", 42, 1)]
    deep = CLEAN.with_columns(deep=pl.struct(pl.Series("mail", [SOURCE["email"][1]] * 300)))
    assert found(crm, deep) == [("EMAIL_ADDRESS", "deep.mail", 0, 300)]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_rows(crm: Fingerprint, count: int) -> None:
    """A copied row is a row, whatever its number in the key and the order of the columns."""
    copies = SOURCE.head(count).with_columns(id=pl.col("id") + 5000)
    frame = pl.concat([CLEAN, copies]).select(reversed(CLEAN.columns))
    assert ("SOURCE_ROW", None, 300, count) in found(crm, frame)
    changed = pl.concat([CLEAN, copies.with_columns(score=pl.col("score") + 1)])
    assert all(entity != "SOURCE_ROW" for entity, *_ in found(crm, changed))


def test_rows_beside_nulls_and_repeats(crm: Fingerprint) -> None:
    """Columns with as many distinct values as rows, null among them, in another order than the rows."""
    row = SOURCE.slice(7, 1)
    for holes in ([None, 1], [1, None], [1, 1, None], [None, None]):
        frame = pl.concat([CLEAN.head(len(holes)), row]).with_columns(
            score=pl.Series([*holes, row["score"][0]], dtype=pl.Float64),
            city=pl.Series([*["Rome"] * len(holes), row["city"][0]]),
        )
        assert ("SOURCE_ROW", None, len(holes), 1) in found(crm, frame)


def test_rows_of_categories_are_no_proof() -> None:
    random = np.random.default_rng(3)
    frames = [pl.DataFrame({c: random.choice(list("abc"), 200) for c in ("size", "colour", "shape")}) for _ in range(2)]
    assert found(fingerprint(frames[0]), frames[1]) == []


def test_combinations_beyond_chance(crm: Fingerprint) -> None:
    """Names and birth dates of the source, with all else made: found in full names and typed dates too."""
    frame = CLEAN
    for i in range(12):
        for column in ("first_name", "last_name", "birth_date"):
            frame = planted(frame, column, 2 * i, SOURCE[column][i])
    assert found(crm, frame) == [("RARE_COMBINATION", "first_name, last_name, birth_date", 0, 12)]
    full = frame.select(
        full_name=pl.col("last_name") + ", " + pl.col("first_name").str.to_uppercase(),
        dob=pl.col("birth_date").cast(pl.String),
    )
    assert found(crm, full) == [("RARE_COMBINATION", "full_name, dob", 0, 12)]


def test_a_combination_of_the_user() -> None:
    frame = SOURCE.with_columns(job=pl.Series([f"job {i % 90}" for i in range(400)]), grade=SOURCE["score"].round(1))
    made = fingerprint(frame, Settings(combine=(("job", "Grade"),)))
    leaked = CLEAN.with_columns(JOB=frame["job"].head(300), grade=frame["grade"].head(300))
    assert [e for e, *_ in found(made, leaked)] == ["RARE_COMBINATION"]


def test_a_combination_is_rare_by_people_not_by_rows() -> None:
    orders = pl.concat([SOURCE] * 10)
    people = fingerprint(orders).tables[0].combinations[0]
    assert people.traits == ("name", "birth") and people.rows == 400 and len(people.rare) == 400


def test_passages(crm: Fingerprint) -> None:
    note = SOURCE["note"][30]
    middle = " ".join(note.split()[4:26])
    for text in (note, note.upper().replace(",", ";"), f"Hello. {middle} and so on, thank you", middle):
        assert found(crm, planted(CLEAN, "note", 9, text)) == [("SOURCE_TEXT", "note", 9, 1)], text
    short = " ".join(note.split()[4:11])
    assert found(crm, planted(CLEAN, "note", 9, f"Hello. {short} and so on, thank you all for it")) == []


def test_templates_are_no_leak() -> None:
    """Two sets from one template agree in all but what is put in."""

    def letters(frame: pl.DataFrame) -> pl.DataFrame:
        text = "Dear {}, thank you for your order from {}. We have sent it to you today and hope to see you again soon."
        rows = zip(frame["first_name"], frame["city"], strict=True)
        return frame.with_columns(note=pl.Series([text.format(a, b) for a, b in rows]))

    assert found(fingerprint(letters(SOURCE)), letters(CLEAN)) == []


@pytest.mark.parametrize("text", ["CANARY-7f3a9c", "see canary 7F3A9C there", "So: the Purple  elephant, audits it."])
def test_canaries(crm: Fingerprint, text: str) -> None:
    for column in ("note", "city"):
        assert found(crm, planted(CLEAN, column, 3, text)) == [("CANARY", column, 3, 1)]


def test_a_part_of_a_canary_is_none(crm: Fingerprint) -> None:
    assert found(crm, planted(CLEAN, "note", 3, "the purple elephant; canary-7f3a9")) == []


def test_reserved_values_belong_to_nobody_unless_the_user_says_so() -> None:
    fake = export(400, 5)
    assert found(fingerprint(fake), planted(CLEAN, "email", 4, fake["email"][2])) == []
    named = fingerprint(fake, Settings(identifying=("E-Mail",)))
    assert found(named, planted(CLEAN, "email", 4, fake["email"][2])) == [("EMAIL_ADDRESS", "email", 4, 1)]


def test_a_column_that_the_user_names_counts_whatever_it_holds() -> None:
    frame = SOURCE.with_columns(nickname=pl.Series([f"Quiet Otter {i}" for i in range(400)]))
    made = fingerprint(frame, Settings(identifying=("nickname",)))
    assert found(made, CLEAN.with_columns(nickname=pl.lit("quiet otter 17"))) == [("IDENTIFIER", "nickname", 0, 300)]
    assert found(made, planted(CLEAN, "note", 8, "I met Quiet Otter 17 there")) == [("IDENTIFIER", "note", 8, 1)]
    assert found(fingerprint(frame), CLEAN.with_columns(nickname=pl.lit("quiet otter 17"))) == []


def test_random_codes_identify_and_numbers_of_rows_do_not() -> None:
    random = np.random.default_rng(4)
    codes = ["".join(random.choice(list("0123456789abcdef"), 16)) for _ in range(400)]
    made = fingerprint(SOURCE.with_columns(token=pl.Series(codes)))
    frame = CLEAN.with_columns(reference=pl.lit(codes[5]))
    assert found(made, frame) == [("IDENTIFIER", "reference", 0, 300)]


def test_batches_are_one_table() -> None:
    """The source in pieces gives the same hashes; evidence of an export in pieces adds up."""
    whole, pieces = fingerprint(), fingerprint(pieces=7)
    one, other = whole.tables[0], pieces.tables[0]
    assert {e: m.hashes.tolist() for e, m in one.values.items()} == {
        e: m.hashes.tolist() for e, m in other.values.items()
    }
    assert one.patterns.hashes.tolist() == other.patterns.hashes.tolist() and one.near_pairs == other.near_pairs
    assert one.whole is not None and other.whole is not None
    assert one.whole.once.hashes.tolist() == other.whole.once.hashes.tolist()
    assert [c.rare.hashes.tolist() for c in one.combinations] == [c.rare.hashes.tolist() for c in other.combinations]
    assert one.passages is not None and other.passages is not None
    assert one.passages.shingles.tolist() == other.passages.shingles.tolist()


def test_evidence_of_pieces_adds_up(crm: Fingerprint) -> None:
    """Rows, first row, matches and chance of all batches are those of one table, in any order of the batches."""
    frame = pl.concat([CLEAN, SOURCE.slice(100, 60)])
    pieces = [
        crm.evidence("t", {c.name: c for c in frame.slice(i, 40).get_columns()}, i) for i in range(0, frame.height, 40)
    ]
    whole = {(f.entity, f.column): (f.row, f.count) for f in crm.check("t", frame)}
    for order in (pieces, pieces[::-1]):
        found = judged(e for piece in order for e in piece)
        assert {(f.entity, f.column): (f.row, f.count) for f in found} == whole
    assert whole["SOURCE_ROW", None] == (300, 60) and whole["EMAIL_ADDRESS", "email"] == (300, 60)


RECIPE = """\
synthgen: 1
locale: {en_US: 0.5, de_DE: 0.2, fr_FR: 0.1, es_ES: 0.1, en_GB: 0.1}
tables:
  customers:
    rows: 1500
    key: customer_id
    entities:
      person: [first_name, last_name, email, phone, birth_date, gender, national_id, username]
      address: [street, city, postcode]
    columns:
      customer_id: {id: int}
      token: {id: uuid}
      plan: {choice: [free, pro]}
      spent: {lognormal: {median: 80, sigma: 0.7}, decimals: 2}
      note: {template: ["{first_name} from {city} called about the order and wants it sent to {street} by tomorrow",
        "The parcel to {city} came back; {first_name} {last_name} is at {email} and would like a refund of the price"]}
"""


def fakes(tmp_path: Path, seed: int) -> pl.DataFrame:
    path = tmp_path / "fake.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    world = World(compile_recipe(pipeline.overridden(load(path), seed, {}, None)))
    return frame_of(world.rows("customers", 0, 1500).frame())


def test_independent_fakes_of_the_same_vocabularies_share_nothing(tmp_path: Path) -> None:
    """Thirty sets against one: names, cities, streets and templates agree by chance, and none of it is a finding."""
    known = fingerprint(fakes(tmp_path, 0))
    wrong: list[Finding] = []
    for seed in range(1, 31):
        wrong += known.check("customers", fakes(tmp_path, seed))
    assert wrong == []


def test_independent_people_share_nothing(crm: Fingerprint) -> None:
    wrong: list[Finding] = []
    for seed in range(100, 130):
        wrong += crm.check("t", export(1000, seed))
    assert wrong == []
