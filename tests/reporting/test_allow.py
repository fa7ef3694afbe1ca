"""The allow-list: what an entry matches, when it ends, what is wrong with a file, and that no value of it shows."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from synthgen.artifacts import Finding
from synthgen.errors import UsageError
from synthgen.reporting.allow import AllowList, covers, load, today

ON = date(2026, 6, 1)
EMAIL = Finding("pii", "docs/a.md", entity="EMAIL_ADDRESS", score=1.0, line=3, mark="0a1b2")
PHONE = Finding("pii", "data/shop.xlsx#Orders", "phone", 4, "PHONE_NUMBER", 1.0)
BLOB = Finding("unscanned", "docs/blob.bin", message="no")
FILES = ["docs/a.md", "data/shop.xlsx", "docs/blob.bin"]
WHO = "reason: documented\n  owner: docs\n  expires: 2026-12-31\n"


def written(tmp_path: Path, text: str) -> AllowList:
    file = tmp_path / "allow.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


@pytest.mark.parametrize(
    ("how", "matched"),
    [
        (f'fingerprint: "{EMAIL.fingerprint}"', [EMAIL]),
        (f'fingerprint: "{EMAIL.fingerprint}"\n  path: docs/b.md', []),
        (f'fingerprint: "{EMAIL.fingerprint[:16]}"', []),
        ("entity: EMAIL_ADDRESS\n  path: docs/*.md", [EMAIL]),
        ("entity: EMAIL_ADDRESS\n  path: '*.md'", []),
        ("entity: EMAIL_ADDRESS\n  path: '**/*.md'", [EMAIL]),
        ("entity: PHONE_NUMBER\n  path: data/shop.xlsx", [PHONE]),
        ("entity: PHONE_NUMBER\n  path: data/shop.xlsx#Orders\n  column: phone", [PHONE]),
        ("entity: PHONE_NUMBER\n  path: data/shop.xlsx\n  column: fax", []),
        ("entity: PHONE_NUMBER\n  path: data/**", [PHONE]),
        ("entity: US_SSN\n  path: '**'", []),
        ("entity: unscanned\n  path: docs/blob.bin", [BLOB]),
    ],
)
def test_what_an_entry_matches(tmp_path: Path, how: str, matched: list[Finding]) -> None:
    found = [EMAIL, PHONE, BLOB]
    applied = written(tmp_path, f"- {how}\n  {WHO}").apply(found, FILES, ON)
    assert applied.findings == [f for f in found if f not in matched]
    assert applied.suppressed == len(matched)


def test_an_entry_holds_through_its_last_day_and_is_a_finding_after_it(tmp_path: Path) -> None:
    allowed = written(tmp_path, f"# who knows\n- entity: EMAIL_ADDRESS\n  path: docs/a.md\n  {WHO}")
    last = date(2026, 12, 31)
    assert allowed.apply([EMAIL], FILES, last).findings == []
    after = allowed.apply([EMAIL], FILES, last + timedelta(days=1))
    assert after.suppressed == 0 and after.findings[0] == EMAIL
    expired = after.findings[1]
    assert (expired.code, expired.line, expired.table) == ("allow", 2, str(tmp_path / "allow.yaml"))
    assert "2026-12-31" in expired.message and "docs" not in expired.message


def test_expired_entries_cannot_be_let_pass_by_others(tmp_path: Path) -> None:
    text = f"- entity: US_SSN\n  path: a\n  {WHO}- entity: allow\n  path: '**'\n  {WHO.replace('2026', '2030')}"
    applied = written(tmp_path, text).apply([], [], date(2027, 1, 1))
    assert [f.code for f in applied.findings] == ["allow"] and applied.suppressed == 0


def test_two_expired_entries_are_two_findings(tmp_path: Path) -> None:
    text = f"- entity: US_SSN\n  path: a\n  {WHO}- entity: US_SSN\n  path: b\n  {WHO}"
    found = written(tmp_path, text).apply([], [], date(2027, 1, 1)).findings
    assert len({f.fingerprint for f in found}) == 2


def test_unused_and_long_entries_are_warned_of(tmp_path: Path) -> None:
    text = (
        f"- entity: US_SSN\n  path: docs/*.md\n  {WHO}"  # its files were scanned
        f"- entity: US_SSN\n  path: other/*.md\n  {WHO}"  # they were not: nothing to say
        f"- entity: EMAIL_ADDRESS\n  path: docs/a.md\n  {WHO.replace('2026', '2029')}"
    )
    warnings = written(tmp_path, text).apply([EMAIL], FILES, ON).warnings
    assert [(p.code, p.place.line if p.place else 0, p.severity) for p in warnings] == [
        ("unused-allow", 1, "warning"),
        ("long-allow", 11, "warning"),
    ]


BAD = """\
- fingerprint: nonsense
  reason: why
  owner: me
  expires: 2026-12-31
- entity: EMAIL_ADDRESS
  reason: ''
  expires: 31.12.2026
- path: docs/*.md
  mail: jane.doe@gmail.com
  jane.doe@gmail.com: 1
  owner: [a]
- jane.doe@gmail.com
"""


def test_all_problems_at_once_with_places_and_without_values(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        written(tmp_path, BAD)
    found = [(p.place.line if p.place else 0, p.message) for p in caught.value.problems]
    assert found == [
        (1, "this is no fingerprint"),
        (5, "an entry needs owner"),
        (5, "an entry needs a fingerprint, or an entity and a path"),
        (6, "'reason' must be a text that is not empty"),
        (7, "'expires' must be a date"),
        (8, "an entry needs reason and expires"),
        (8, "an entry needs a fingerprint, or an entity and a path"),
        (9, "this key is not known"),
        (10, "this key is not known"),
        (11, "'owner' must be a text that is not empty"),
        (12, "an entry has keys and values"),
    ]
    assert "jane" not in str(caught.value) and "nonsense" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "jane.doe@gmail.com",
        "entity: jane.doe@gmail.com\n",
        "- a: jane.doe@gmail.com\n  a: jane.doe@gmail.com\n",
        "- [jane.doe@gmail.com\n",
        "- *jane.doe@gmail.com\n",
        "- !jane.doe@gmail.com x\n",
        "- a: {<<: jane.doe@gmail.com}\n",
        "\x01jane.doe@gmail.com",
    ],
)
def test_what_is_no_allow_list_is_a_usage_error_that_quotes_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        written(tmp_path, text)
    assert caught.value.exit_code == 2 and "jane" not in str(caught.value) and "gmail" not in str(caught.value)


def test_a_file_without_entries_allows_nothing(tmp_path: Path) -> None:
    assert written(tmp_path, "# nothing yet\n").entries == () == written(tmp_path, "[]\n").entries
    with pytest.raises(UsageError, match="no file"):
        load(tmp_path / "missing.yaml")


@pytest.mark.parametrize("day", ["2026-02-30", "2026-1-1", "tomorrow", "20261231", "2026-12-31T00:00:00"])
def test_dates_are_dates(tmp_path: Path, day: str) -> None:
    with pytest.raises(UsageError, match="must be a date"):
        written(tmp_path, f"- entity: A\n  path: b\n  {WHO.replace('2026-12-31', day)}")


@pytest.mark.parametrize(
    ("pattern", "table", "fits"),
    [
        ("a.csv", "a.csv", True),
        ("./a.csv", "a.csv", True),
        ("a.csv", "b/a.csv", False),
        ("*", "b/a.csv", False),
        ("**", "b/a.csv", True),
        ("**/a.csv", "a.csv", True),
        ("b/**/a.csv", "b/a.csv", True),
        ("b/**/a.csv", "b/c/d/a.csv", True),
        ("b/**", "b", True),
        ("b/**/d/*.csv", "b/c/a.csv", False),
        ("a?.csv", "ab.csv", True),
        ("[[]a].csv", "[a].csv", True),
        ("b/a.csv", "b\\a.csv", True),
    ],
)
def test_patterns(pattern: str, table: str, fits: bool) -> None:
    assert covers(pattern, table) is fits


def test_many_stars_take_no_time() -> None:
    assert not covers("/".join(["**", "*a*a*a*a*"] * 30) + "/b", "/".join(["a" * 60] * 60))


def test_today_is_a_date() -> None:
    assert today() >= date(2024, 1, 1)
