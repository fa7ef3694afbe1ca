"""Entries added to an allow-list: sorted, with comments kept, renewed when they have expired, and readable again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.artifacts import Finding
from synthgen.errors import UsageError
from synthgen.reporting.allow import covers, load
from synthgen.reporting.allow_write import HEADER, add, escaped
from tests.reporting.samples import FINDINGS, NASTY

ON, END = date(2026, 6, 1), date(2026, 12, 31)
B = Finding("pii", "b.csv", "mail", 1, "EMAIL_ADDRESS", 1.0)
A = Finding("pii", "a.md", entity="PERSON", score=0.8, line=2, mark="12345")


def put(file: Path, *findings: Finding, reason: str = "why: not", expires: date = END, on: date = ON) -> int:
    return add(file, findings, reason=reason, owner="docs team", expires=expires, on=on)


def test_a_new_file_is_sorted_and_says_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "allow.yaml"
    assert put(file, B, A) == 2
    assert file.read_text() == HEADER + (
        f'- fingerprint: "{A.fingerprint}"\n  entity: PERSON\n  path: a.md\n'
        '  reason: "why: not"\n  owner: docs team\n  expires: 2026-12-31\n'
        f'- fingerprint: "{B.fingerprint}"\n  entity: EMAIL_ADDRESS\n  path: b.csv\n  column: mail\n'
        '  reason: "why: not"\n  owner: docs team\n  expires: 2026-12-31\n'
    )
    assert load(file).apply([A, B], ["a.md", "b.csv"], ON).findings == []


def test_what_is_written_lets_pass_what_was_found_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "allow.yaml"
    found = [f for f in FINDINGS if f.code != "allow"]
    assert put(file, *FINDINGS) == len(found)
    applied = load(file).apply(FINDINGS, [], ON)
    assert applied.suppressed == len(found) and [f.code for f in applied.findings] == ["allow"]
    other = Finding("pii", "data/customers.csv", "other", 3, "EMAIL_ADDRESS", 0.95)
    assert load(file).apply([other], [], ON).findings == [other]


def test_nasty_names_are_written_and_read(tmp_path: Path) -> None:
    found = [Finding("pii", n, n, entity="US_SSN") for n in (*NASTY, "a*b?[c].csv") if "\udcff" not in n]
    assert put(tmp_path / "allow.yaml", *found) == len(found)
    assert load(tmp_path / "allow.yaml").apply(found, [], ON).suppressed == len(found)


def test_adding_again_adds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "allow.yaml"
    put(file, A)
    before = file.read_bytes()
    assert put(file, A, reason="another") == 0 and file.read_bytes() == before


def test_comments_stay_with_their_entries(tmp_path: Path) -> None:
    file = tmp_path / "allow.yaml"
    entry = "- entity: US_SSN\n  path: {}\n  reason: r  # inside\n  owner: o\n  expires: 2027-01-01\n"
    file.write_text(f"# about the file\n\n# about z\n{entry.format('z')}\n# about aa\n{entry.format('aa')}# the end\n")
    put(file, B)
    text = file.read_text()
    assert text.startswith("# about the file\n\n# about aa\n- entity: US_SSN\n  path: aa\n")
    assert "# about z\n- entity: US_SSN\n  path: z\n" in text and text.count("# inside") == 2
    assert text.index("path: aa") < text.index("path: b.csv") < text.index("path: z")
    assert "# the end\n" in text and len(load(file).entries) == 3


def test_an_entry_that_has_expired_is_renewed(tmp_path: Path) -> None:
    file = tmp_path / "allow.yaml"
    put(file, A, B)
    later = date(2027, 2, 1)
    assert put(file, A, on=later, expires=date(2027, 12, 31)) == 1
    assert [str(e.expires) for e in load(file).entries] == ["2027-12-31", "2026-12-31"]


@pytest.mark.parametrize(
    ("settings", "word"), [({"reason": "  "}, "reason"), ({"expires": date(2026, 5, 31)}, "passed")]
)
def test_what_cannot_be_answered_for(tmp_path: Path, settings: dict[str, str], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        put(tmp_path / "allow.yaml", A, **settings)  # type: ignore[arg-type]
    assert not (tmp_path / "allow.yaml").exists()


@pytest.mark.parametrize("text", ["[{entity: A, path: b, reason: c, owner: d, expires: 2027-01-01}]\n", "a: b\n"])
def test_a_file_in_another_form_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "allow.yaml"
    file.write_text(text)
    with pytest.raises(UsageError):
        put(file, A)
    assert file.read_text() == text and list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        put(tmp_path / "no" / "allow.yaml", A)


@given(st.text(st.characters(exclude_characters="\\\0/#"), min_size=1, max_size=20))
def test_an_escaped_name_matches_itself_alone(name: str) -> None:
    assert covers(escaped(name), name)
    assert not covers(escaped(name), name + "x")
