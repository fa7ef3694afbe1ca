"""Scanning as a library: settings, levels, the allow-list of the working directory, places, and sources."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from synthgen.artifacts import Finding
from synthgen.errors import UsageError
from synthgen.privacy.leakage.fingerprint import make
from synthgen.privacy.leakage.source import Settings
from synthgen.privacy.readers import Batch
from synthgen.scanning import allow, counts, level, rule, scan, selected

ON = date(2026, 6, 1)
EMAIL = "jane.doe" + "@" + "gmail.com"
DIRECT = Finding("pii", "t", "a", 0, "EMAIL_ADDRESS", 1.0)
INDIRECT = Finding("pii", "t", "a", 0, "PERSON", 0.8)
QUASI = Finding("pii", "t", "a", 0, "GPE", 0.8)
UNSCANNED = Finding("unscanned", "t")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a table, a text and a clean file."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    pl.DataFrame({"id": [1, 2, 3], "contact": ["none", EMAIL, EMAIL]}).write_csv(data / "a.csv")
    (data / "b.md").write_text(f"Hello.\nWrite to {EMAIL}.\n")
    (data / "c.txt").write_text("Nothing.\n")
    return data


def test_levels_follow_the_class_of_the_entity() -> None:
    assert [level(f) for f in (DIRECT, INDIRECT, QUASI, UNSCANNED)] == ["error", "warning", "note", "error"]
    assert level(Finding("pii", "t", entity="OF_A_PLUGIN")) == "error"
    assert rule(DIRECT).name == "EMAIL_ADDRESS" and rule(Finding("leak", "t", entity="PERSON")).name == "leak"


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("error", [DIRECT, UNSCANNED]),
        ("warning", [DIRECT, INDIRECT, UNSCANNED]),
        ("note", [DIRECT, INDIRECT, QUASI, UNSCANNED]),
        ("never", [UNSCANNED]),
    ],
)
def test_what_fails(fail_on: str, failing: list[Finding]) -> None:
    found = (DIRECT, INDIRECT, QUASI, UNSCANNED)
    assert [f for f in found if counts(f, fail_on)] == failing  # type: ignore[arg-type]


def test_findings_files_rows_and_names(folder: Path) -> None:
    result = scan(["data"], ner="off")
    assert not result.verdict.passed and result.findings == result.verdict.findings
    assert result.files == 3 and result.rows == 3 + 2 + 1 and result.suppressed == 0
    assert result.names == ("data/a.csv", "data/b.md", "data/c.txt")
    table, text = sorted(result.findings, key=lambda f: f.table)
    assert (table.table, table.column, table.row, table.count, table.line) == ("data/a.csv", "contact", 1, 2, None)
    assert (text.table, text.line, len(text.mark)) == ("data/b.md", 2, 5)
    assert result.scanned["mode"] == "reserved"


def test_paths_below_the_working_directory_are_relative_however_they_are_named(folder: Path) -> None:
    absolute, relative = scan([folder], ner="off"), scan(["data"], ner="off")
    assert absolute.names == relative.names
    assert [f.fingerprint for f in absolute.findings] == [f.fingerprint for f in relative.findings]


def test_a_fingerprint_survives_edits_above_and_rows_before_it(folder: Path) -> None:
    before = {f.fingerprint for f in scan(["data"], ner="off").findings}
    (folder / "b.md").write_text(f"A new line.\n\nHello.\nWrite to {EMAIL}.\n")
    (folder / "a.csv").write_text(f"id,contact\n7,no\n8,no\n9,no\n1,{EMAIL}\n")
    assert {f.fingerprint for f in scan(["data"], ner="off").findings} == before
    (folder / "b.md").write_text(f"Hello.\nPlease write to {EMAIL}.\n")
    assert {f.fingerprint for f in scan(["data"], ner="off").findings} != before


def test_a_least_score_and_entities_choose(folder: Path) -> None:
    (folder / "d.csv").write_text("full_name,age\nXqzw Vbnm,41\n")
    found = scan([folder / "d.csv"], ner="off").findings
    assert [f.entity for f in found] == ["PERSON"] and found[0].score is not None
    assert scan([folder / "d.csv"], ner="off", min_score=found[0].score).findings == found
    assert scan([folder / "d.csv"], ner="off", min_score=found[0].score + 0.01).findings == ()
    assert scan(["data"], ner="off", entities=["IBAN_CODE"]).findings == ()
    assert {f.entity for f in scan(["data"], ner="off", entities=["direct"]).findings} == {"EMAIL_ADDRESS"}


def test_classes_and_names_of_entities() -> None:
    assert selected(None) is None
    both = selected(["quasi", "IBAN_CODE"])
    assert both is not None and {"GPE", "IBAN_CODE"} <= both and "PERSON" not in both
    with pytest.raises(UsageError, match="EMAIL_ADDRES") as caught:
        selected(["EMAIL_ADDRES", "indirekt"])
    assert len(caught.value.problems) == 2 and "EMAIL_ADDRESS" in str(caught.value.problems[0].remedy)
    with pytest.raises(UsageError):
        selected([])


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"pii": "all"}, "none or reserved"),
        ({"pii": "synthetic"}, "none or reserved"),
        ({"fail_on": "fatal"}, "fatal"),
        ({"min_score": 1.5}, "1.5"),
        ({"min_score": -0.1}, "-0.1"),
        ({"allow": Path("missing.yaml")}, "missing.yaml"),
        ({"source": Path("missing.print")}, "missing.print"),
    ],
)
def test_bad_settings(folder: Path, settings: dict[str, str], word: str) -> None:
    with pytest.raises(UsageError) as caught:
        scan(["data"], **settings)  # type: ignore[arg-type]
    assert word in str(caught.value)


def test_a_missing_target_is_an_error_and_not_an_empty_scan(folder: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        scan(["data", "nowhere"])


def test_what_is_allowed_passes_until_its_day_has_passed(folder: Path) -> None:
    done = allow(["data"], reason="r", owner="o", expires=date(2026, 12, 31), on=ON, ner="off")
    assert done.added == 2 and done.file == Path(".synthgen-allow.yaml") and done.files == 3
    passed = scan(["data"], ner="off", allow="auto", on=ON)
    assert passed.verdict.passed and passed.suppressed == 2 and passed.findings == ()
    assert not scan(["data"], ner="off", allow=None, on=ON).verdict.passed
    later = scan(["data"], ner="off", allow="auto", on=date(2027, 1, 1))
    assert not later.verdict.passed and later.suppressed == 0
    assert sorted(f.code for f in later.findings) == ["allow", "allow", "pii", "pii"]
    again = allow(["data"], reason="r", owner="o", expires=date(2027, 12, 31), on=date(2027, 1, 1), ner="off")
    assert again.added == 2 and scan(["data"], ner="off", allow="auto", on=date(2027, 1, 1)).verdict.passed


def test_the_allow_list_holds_no_value(folder: Path) -> None:
    allow(["data"], reason="r", owner="o", expires=date(2026, 12, 31), on=ON, ner="off")
    text = Path(".synthgen-allow.yaml").read_text()
    assert "jane" not in text and "gmail" not in text


def test_an_unused_entry_is_a_warning_and_fails_nothing(folder: Path) -> None:
    allow(["data"], reason="r", owner="o", expires=date(2026, 12, 31), on=ON, ner="off")
    (folder / "b.md").write_text("Nobody.\n")
    result = scan(["data"], ner="off", allow="auto", on=ON)
    assert result.verdict.passed and [p.code for p in result.warnings] == ["unused-allow"]
    assert scan(["data/a.csv"], ner="off", allow="auto", on=ON).warnings == []  # the other file was not looked at


def test_comments_in_the_text_are_counted_with_what_is_allowed(folder: Path) -> None:
    (folder / "b.md").write_text(f"Write to {EMAIL}.  <!-- synthgen: allow -->\n")
    result = scan(["data/b.md"], ner="off")
    assert result.verdict.passed and result.suppressed == 1


def test_a_source_is_checked_in_tables_and_texts(folder: Path, tmp_path: Path) -> None:
    values = [f"K-{i * 7919 % 100_003:05d}-{i * 104_729 % 99_991:05d}" for i in range(200)]
    canary = "the quick silver fox hums over nine lazy stones"
    source = [("orders", Batch({"code": pl.Series(values)}, len(values)))]
    print_ = make("orders", source, b"s" * 32, Settings(identifying=("code",)), canaries=[canary])
    print_.save(tmp_path / "orders.print")
    clean = scan(["data"], ner="off", entities=["IBAN_CODE"], source=tmp_path / "orders.print")
    assert clean.verdict.passed
    (folder / "copy.txt").write_text(f"One.\nTwo.\nThen {canary}.\n")
    pl.DataFrame({"code": values[:50]}).write_parquet(folder / "copy.parquet")
    found = scan(["data"], ner="off", entities=["IBAN_CODE"], source=tmp_path / "orders.print").findings
    assert {f.code for f in found} == {"leak"} and {f.table for f in found} == {"data/copy.txt", "data/copy.parquet"}
    text = next(f for f in found if f.table == "data/copy.txt")
    assert text.line == 3 and text.row is None
    assert "quick" not in str(found) and not any(v in str(found) for v in values)
