"""The pytest plug-in as its users run it: a project and a pytest of its own, and synthgen installed from a wheel."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pydantic import BaseModel

from synthgen.errors import UsageError
from synthgen.pytest_plugin import DataScanner, PersonalDataError, assert_no_pii

ROOT = Path(__file__).resolve().parents[1]
MAIL = "jane.roe@" + "corp.com"  # planted
SAFE = "jane.roe@example.com"

PROJECT = """
import pandas as pd
import polars as pl
import pytest

from synthgen.pytest_plugin import assert_no_pii

MAIL = "jane.roe@" + "corp.com"


@pytest.fixture
def people():
    return pl.DataFrame({"id": [1, 2], "contact": ["jane.roe@example.com", MAIL]})


@pytest.fixture
def loaded():
    frame = pd.DataFrame({"contact": [MAIL]})
    assert_no_pii(frame)
    return frame


def test_clean():
    assert_no_pii(pl.DataFrame({"contact": ["jane.roe@example.com"]}))


def test_fixture(assert_no_pii, people):
    secret = MAIL
    assert_no_pii(people)


def test_call(people):
    other = people.to_dicts()
    assert_no_pii(pd.DataFrame(other), entities=["EMAIL_ADDRESS"])


def test_setup(loaded):
    pass


def test_caught(people):
    with pytest.raises(AssertionError, match="EMAIL_ADDRESS"):
        assert_no_pii(people)


def test_wrapped(people):
    try:
        assert_no_pii(people)
    except AssertionError:
        raise RuntimeError("while loading")


def test_bad_settings(people):
    assert_no_pii(people, pii="everything")


def test_crash(people, monkeypatch):
    from synthgen import in_memory

    def broken(data, scanner):
        raise ValueError(MAIL)

    monkeypatch.setattr(in_memory, "scan", broken)
    assert_no_pii(people)


def test_session(synthgen_scanner, people):
    (finding,) = synthgen_scanner.findings(people)
    assert (finding.entity, finding.column, finding.row) == ("EMAIL_ADDRESS", "contact", 1)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package installed in it, built offline with the backend of the test lock."""
    target = tmp_path_factory.mktemp("site")
    uv = Path(sys.executable).with_name("uv")
    options = ("--offline", "--no-deps", "--no-build-isolation", "--no-config", "--python", sys.executable)
    command = [uv, "pip", "install", *options, "--target", target, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=target)
    assert done.returncode == 0, done.stderr
    return target


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """pytest in a project that has nothing to do with ours."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment |= {"PYTHONPATH": str(site), "COLUMNS": "200"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, env=environment)


@pytest.fixture(scope="module")
def project(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "test_data.py").write_text(PROJECT, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("style", [(), ("--showlocals", "--tb=long", "-vv"), ("--tb=native", "-ra")])
def test_a_project_fails_where_it_should_and_shows_no_value(style: tuple[str, ...], site: Path, project: Path) -> None:
    done = run(site, project, *style, f"--junitxml={project / 'report.xml'}")
    assert done.returncode == 1, done.stdout + done.stderr
    failed = {line.split("::")[1].split()[0] for line in done.stdout.splitlines() if line.startswith("FAILED ")}
    assert failed == {"test_fixture", "test_call", "test_wrapped", "test_bad_settings", "test_crash"}
    assert "ERROR test_data.py::test_setup" in done.stdout and "3 passed" in done.stdout
    for told in (done.stdout, done.stderr, (project / "report.xml").read_text(encoding="utf-8")):
        assert "corp.com" not in told and "jane" not in told, told
    assert done.stdout.count("EMAIL_ADDRESS") >= 3 and "in contact, row 1 (score 1.00" in done.stdout
    assert "could not be scanned, so nothing is known of it: ValueError" in done.stdout
    assert "write none or reserved" in done.stdout and "while loading" in done.stdout


def test_in_workers_too(site: Path, project: Path) -> None:
    done = run(site, project, "-n", "1", "-k", "fixture or clean", "--showlocals")
    assert "1 failed, 1 passed" in done.stdout and "EMAIL_ADDRESS" in done.stdout
    assert "corp.com" not in done.stdout + done.stderr


def test_the_fixtures_are_listed_with_what_they_do(site: Path, project: Path) -> None:
    done = run(site, project, "--fixtures")
    assert "assert_no_pii" in done.stdout and "synthgen_scanner [session scope]" in done.stdout
    assert "no docstring available" not in done.stdout.split("synthgen_scanner")[1][:200]


def test_it_costs_nothing_until_it_is_used(site: Path, tmp_path: Path) -> None:
    """Less than 50 ms on top of a pytest that starts; the best of five, since the machine may be busy."""
    program = (
        "import time, pytest, _pytest.config\n"
        "begun = time.perf_counter()\n"
        "import synthgen.pytest_plugin\n"
        "spent = time.perf_counter() - begun\n"
        "import sys\n"
        "heavy = {'polars', 'numpy', 'pyarrow', 'pydantic', 'pandas', 'spacy', 'yaml', 'phonenumbers'}\n"
        "print(spent, sorted(heavy & set(sys.modules)))\n"
    )
    spent = []
    for _ in range(5):
        environment = {**os.environ, "PYTHONPATH": str(site)}
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, env=environment)
        seconds, loaded = done.stdout.split(maxsplit=1)
        assert loaded.strip() == "[]", done.stdout + done.stderr
        spent.append(float(seconds))
    assert min(spent) < 0.05, spent


@dataclasses.dataclass
class Person:
    name: str
    mail: str


class Model(BaseModel):
    mail: str


class Mail(enum.Enum):
    ADDRESS = MAIL


PLACED: dict[str, tuple[Any, str | None, int | None]] = {
    "polars frame": (pl.DataFrame({"id": [1, 2], "m": [SAFE, MAIL]}), "m", 1),
    "polars lazy": (pl.LazyFrame({"m": [MAIL]}), "m", 0),
    "polars series": (pl.Series("m", [None, MAIL]), "m", 1),
    "polars nested": (pl.DataFrame({"m": [[{"to": MAIL}]]}), "m[].to", 0),
    "polars categories": (pl.DataFrame({"m": pl.Series([SAFE, MAIL], dtype=pl.Categorical)}), "m", 1),
    "many rows": (pl.DataFrame({"m": [SAFE] * 70_000 + [MAIL]}), "m", 70_000),
    "pandas frame": (pd.DataFrame({"id": [1, 2], "m": [SAFE, MAIL]}), "m", 1),
    "pandas mixed": (pd.DataFrame({"m": [1, MAIL, None, 2.5]}), "m", 1),
    "pandas mixed twice": (pd.DataFrame([[1, MAIL], ["x", 3]], columns=["m", "m"]), "m#2", 0),
    "pandas index": (pd.DataFrame({"n": [1, 2]}, index=["x", MAIL]), "__index_level_0__", 1),
    "pandas mixed, index": (pd.DataFrame({"n": [1, "x"]}, index=["x", MAIL]), "(index)", 1),
    "pandas series": (pd.Series([MAIL], name="m"), "m", 0),
    "arrow table": (pa.table({"m": [MAIL]}), "m", 0),
    "columns": ({"id": [1, 2], "m": [SAFE, MAIL]}, "m", 1),
    "uneven columns": ({"id": [1], "m": (SAFE, MAIL)}, "m", 1),
    "columns of arrays": ({"m": np.array([SAFE, MAIL])}, "m", 1),
    "record": ({"id": 1, "user": {"mail": MAIL}}, "user.mail", 0),
    "records": ([{"id": 1}, {"id": 2, "m": MAIL}], "m", 1),
    "numbers": ([{"card": 4539578763621486}], "card", 0),
    "tuples": ([(1, MAIL)], "[][]", 0),
    "list": ([SAFE, MAIL], "value", 1),
    "array": (np.array([SAFE, MAIL]), "value", 1),
    "generator": ((m for m in (SAFE, MAIL)), "value", 1),
    "set": ({MAIL}, "value", 0),
    "dataclass": ([Person("x", MAIL)], "mail", 0),
    "pydantic": (Model(mail=MAIL), "mail", 0),
    "enum": ([Mail.ADDRESS], "value", 0),
    "bytes in a record": ({"m": MAIL.encode()}, "m", 0),
    "key": ({"a": {MAIL: 1}}, "(keys)[]", 0),
    "text": (f"one\ntwo {MAIL}\n", None, None),
    "bytes": (f"one\ntwo {MAIL}\n".encode(), None, None),
}


@pytest.mark.parametrize("name", PLACED)
def test_every_form_of_data(name: str) -> None:
    data, column, row = PLACED[name]
    with pytest.raises(PersonalDataError) as caught:
        assert_no_pii(data)
    found = {(f.column, f.row) for f in caught.value.findings}
    assert (column, row) in found, found
    assert "corp" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None


def test_lines_of_a_text_are_counted_from_one() -> None:
    with pytest.raises(PersonalDataError, match="line 2"):
        assert_no_pii(f"one\ntwo {MAIL}\n")


def test_a_column_that_is_called_by_a_value_goes_by_its_number() -> None:
    for data in ({MAIL: [1]}, pl.DataFrame({MAIL: [1]}), pd.DataFrame({MAIL: [1]})):
        with pytest.raises(PersonalDataError) as caught:
            assert_no_pii(data)
        assert "corp" not in str(caught.value) and "(header)" in str(caught.value)


CLEAN: tuple[Any, ...] = (
    pl.DataFrame({"m": [SAFE, None], "n": [1, 2]}), pd.DataFrame({"m": [SAFE], "at": pd.to_datetime(["2026-01-01"])}),
    {"n": [1.5, 2.5]}, {}, [], "", b"", 7, [None], [{"when": datetime.date(2026, 1, 1), "price": Decimal("1.20")}],
    [uuid.UUID(int=5)], pl.DataFrame(),
)  # fmt: skip


@pytest.mark.parametrize("data", CLEAN, ids=lambda d: type(d).__name__)
def test_clean_data_passes(data: Any) -> None:
    assert_no_pii(data)


@pytest.mark.parametrize(
    "data", [None, object(), [object()], {"a": print}], ids=["none", "object", "objects", "function"]
)
def test_what_cannot_be_read_is_no_pass(data: Any) -> None:
    with pytest.raises(UsageError, match="cannot be scanned"):
        assert_no_pii(data)


def test_data_without_end() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(UsageError, match="nested"):
        assert_no_pii(loop)


def test_paths_are_read_as_scan_reads_them(tmp_path: Path) -> None:
    for name, content in (("a.csv", f"id,m\n1,{MAIL}\n"), ("b/a.jsonl", f'{{"m": "{MAIL}"}}\n')):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(PersonalDataError, match="EMAIL_ADDRESS"):
            assert_no_pii((tmp_path / name).parent)
        (tmp_path / name).write_text(content.replace(MAIL, SAFE), encoding="utf-8")
        assert_no_pii(tmp_path / name)
    with pytest.raises(UsageError, match="no file or folder"):
        assert_no_pii(tmp_path / "nothing.csv")


def fails(data: Any, **settings: Any) -> bool:
    try:
        assert_no_pii(data, **settings)
    except PersonalDataError:
        return True
    return False


@pytest.mark.parametrize("place", [lambda data, folder: data, "file"], ids=["memory", "file"])
def test_settings(place: Callable[[Any, Path], Any] | str, tmp_path: Path) -> None:
    def at(value: str) -> Any:
        if place != "file":
            return {"m": [value], "n": ["x"]}
        (tmp_path / "a.csv").write_text(f"m,n\n{value},x\n", encoding="utf-8")
        return tmp_path / "a.csv"

    assert fails(at(MAIL)) and not fails(at(SAFE))
    assert fails(at(SAFE), pii="none")
    assert not fails(at(MAIL), entities=["IBAN_CODE"]) and fails(at(MAIL), entities=["direct"])
    assert fails(at("192.168.4.4"), min_score=0.1)
    assert not fails(at(MAIL), allow={"m": "EMAIL_ADDRESS"}) and not fails(at(MAIL), allow={"*": ["direct"]})
    assert fails(at(MAIL), allow={"n": "EMAIL_ADDRESS"}) and fails(at(MAIL), allow={"m": ["IBAN_CODE"]})
    for wrong in ({"pii": "x"}, {"entities": ["EMAIL"]}, {"min_score": 7}, {"allow": {"m": "EMAIL"}}, {"fail_on": "x"}):
        with pytest.raises(UsageError):
            assert_no_pii(at(SAFE), **wrong)


def test_an_allow_list_answers_for_findings(tmp_path: Path) -> None:
    data = {"m": [MAIL]}
    (finding,) = DataScanner().findings(data)
    listed = tmp_path / "allow.yaml"
    entry = "- fingerprint: {}\n  reason: a test\n  owner: tests\n  expires: {}\n"
    listed.write_text(entry.format(finding.fingerprint, "2999-01-01"), encoding="utf-8")
    assert not fails(data, allow=listed) and not fails(data, allow=str(listed))
    listed.write_text(entry.format(finding.fingerprint, "2001-01-01"), encoding="utf-8")
    assert fails(data, allow=listed)


def test_a_long_list_of_findings_is_cut() -> None:
    with pytest.raises(PersonalDataError, match=r"\.\.\. and 10 more findings") as caught:
        assert_no_pii({f"c{i}": [MAIL] for i in range(30)})
    assert len(caught.value.findings) == 30
