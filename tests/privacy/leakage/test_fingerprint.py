"""The file: what it holds, what it does not, and what is said of one that cannot be used."""

from __future__ import annotations

import gzip
import json
import pickle
import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from synthgen.errors import UsageError
from synthgen.privacy.leakage import storage
from synthgen.privacy.leakage.fingerprint import Fingerprint, make
from synthgen.privacy.leakage.hashing import Keys
from synthgen.privacy.leakage.salt import given_salt, new_salt
from synthgen.privacy.leakage.source import Settings
from synthgen.privacy.leakage.sources import checked_files, open_source, tables_at, tables_of
from tests.privacy.leakage.people import export, source

SALT = b"a salt of the tests, long enough"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "crm.csv"
    source(120).write_csv(path)
    return path


@pytest.fixture
def made(data: Path) -> Fingerprint:
    return make("crm", tables_of(data), SALT, Settings(combine=(("city", "score"),)), ["CANARY-77", "two words"])


def code(call: object, *arguments: object) -> str:
    with pytest.raises(UsageError) as caught:
        call(*arguments)  # type: ignore[operator]
    (problem,) = caught.value.problems
    assert problem.remedy
    return problem.code


def test_round_trip(made: Fingerprint, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "crm.fp"
    saved = made.save(path)
    read = Fingerprint.load(path)
    assert read.identity == saved.identity and len(read.identity) == 64
    again = tmp_path / "again.fp"
    read.save(again)
    assert again.read_bytes() == path.read_bytes()
    leaked = pl.read_csv(data).head(30).with_columns(note=pl.lit("CANARY-77"))
    findings = made.check("t", leaked)
    assert findings == read.check("t", leaked) == pickle.loads(pickle.dumps(read)).check("t", leaked)
    assert {f.entity for f in findings} == {
        "EMAIL_ADDRESS", "PHONE_NUMBER", "RARE_COMBINATION", "CANARY",
    }  # fmt: skip
    assert read.describe() == {"source": "crm", "sha256": read.identity, "rows": {"crm": 120}}


def test_the_file_holds_no_value(made: Fingerprint, data: Path, tmp_path: Path) -> None:
    """Nor a header: its bytes, packed and unpacked, hold no word of the data, of its headers or of a canary."""
    path = tmp_path / "crm.fp"
    made.save(path)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        content += b"".join(archive.read(name) for name in archive.namelist())
    low = content.lower()
    frame = pl.read_csv(data, infer_schema=False)
    for column in frame.get_columns():
        for value in column.unique().to_list():
            assert len(value) < 6 or value.lower().encode() not in low, column.name
    for word in ("first_name", "last_name", "birth_date", "score", "canary-77", "two words"):
        assert word.encode() not in low, word


def test_equal_data_under_another_salt_share_no_hash(data: Path) -> None:
    one, other = (make("crm", tables_of(data), s).tables[0] for s in (SALT, b"another salt of the tests, longer"))
    assert one.whole is not None and other.whole is not None
    assert not np.isin(one.whole.once.hashes, other.whole.once.hashes).any()
    assert not np.isin(one.patterns.hashes, other.patterns.hashes).any()
    assert {h for h, _, _ in one.columns}.isdisjoint(h for h, _, _ in other.columns)


def test_a_salt_apart(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTHGEN_SALT", raising=False)
    path = tmp_path / "apart.fp"
    make("crm", tables_of(data), SALT, salt_inside=False).save(path)
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("header.json"))["salt"] is None
    assert SALT.hex().encode() not in path.read_bytes()
    assert code(Fingerprint.load, path) == "missing-salt"
    assert code(Fingerprint.load, path, b"another salt of the tests, longer") == "wrong-salt"
    assert Fingerprint.load(path, SALT).check("t", export(50)) == []
    monkeypatch.setenv("SYNTHGEN_SALT", SALT.decode())
    assert Fingerprint.load(path).check("t", source(120))
    monkeypatch.setenv("SYNTHGEN_SALT", "short")
    assert code(Fingerprint.load, path) == "bad-salt"


def test_salt_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTHGEN_SALT", raising=False)
    path = tmp_path / "crm.salt"
    assert given_salt() is None
    assert code(given_salt, path) == "bad-salt"
    salt = given_salt(path, create=True)
    assert salt is not None and len(bytes.fromhex(salt.decode())) == 32
    assert given_salt(path) == given_salt(path, create=True) == salt
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("too short")
    assert code(given_salt, path) == "bad-salt"
    assert new_salt() != new_salt()


def test_files_that_cannot_be_used(made: Fingerprint, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "crm.fp"
    made.save(path)
    content = path.read_bytes()
    for size in (60, 200, len(content) // 2, len(content) - 10):
        cut = tmp_path / "cut.fp"
        cut.write_bytes(content[:size])
        assert code(Fingerprint.load, cut) == "broken-fingerprint", size
    changed = bytearray(content)
    changed[len(content) // 2] ^= 0xFF
    path.write_bytes(changed)
    assert code(Fingerprint.load, path) == "broken-fingerprint"
    assert code(Fingerprint.load, data) == "not-a-fingerprint"
    assert code(Fingerprint.load, tmp_path) == "not-a-fingerprint"
    assert code(Fingerprint.load, tmp_path / "none.fp") == "missing-file"
    foreign = tmp_path / "foreign.fp"
    with zipfile.ZipFile(foreign, "w") as archive:
        archive.writestr("data.csv", "a,b")
    assert code(Fingerprint.load, foreign) == "not-a-fingerprint"
    assert code(made.save, tmp_path / "nowhere" / "crm.fp") == "unwritable"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": 2}, "fingerprint-version"),
        ({"format": "other"}, "not-a-fingerprint"),
        ({"tables": [{}]}, "broken-fingerprint"),
        ({"tables": None}, "broken-fingerprint"),
        ({"salt": "no hex"}, "broken-fingerprint"),
        ({"salt": "00" * 32}, "wrong-salt"),
        ({"arrays": {"0/near": ["sorted", 3]}}, "broken-fingerprint"),
        ({"arrays": {"0/near": ["pickle", 3]}}, "broken-fingerprint"),
        ({"arrays": {"0/near": ["sorted", 10**15]}}, "broken-fingerprint"),
        ({"arrays": {"../../x": ["sorted", 3]}}, "broken-fingerprint"),
        ({"arrays": 7}, "broken-fingerprint"),
    ],
)
def test_headers_that_lie(made: Fingerprint, tmp_path: Path, changes: dict[str, object], expected: str) -> None:
    path, forged = tmp_path / "crm.fp", tmp_path / "forged.fp"
    made.save(path)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(forged, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "header.json":
                content = json.dumps(json.loads(content) | changes).encode()
            copy.writestr(name, content)
    assert code(Fingerprint.load, forged) == expected


@pytest.mark.parametrize("kind", ["sorted", "u64", "u32"])
def test_arrays_come_back(tmp_path: Path, kind: str) -> None:
    top = 2**32 - 1 if kind == "u32" else 2**64 - 1
    for values in ([], [0], [7], [0, 1, 5, 5, top], list(range(0, 4000, 7))):
        storage.write(tmp_path / "a.fp", {}, {"x": (kind, np.array(values, dtype=np.uint64))})
        assert storage.read(tmp_path / "a.fp")[1]["x"].tolist() == values


def test_sorted_hashes_take_less_than_eight_bytes(tmp_path: Path) -> None:
    hashes = np.sort(np.random.default_rng(1).integers(0, 2**64, 200_000, dtype=np.uint64))
    storage.write(tmp_path / "a.fp", {}, {"x": ("sorted", hashes)})
    assert (tmp_path / "a.fp").stat().st_size < 6.2 * 200_000


def test_sources_of_every_kind(data: Path, tmp_path: Path) -> None:
    """The same rows in other formats give the same identifying values, as a file or at a URL."""
    frame = pl.read_csv(data, infer_schema=False)
    frame.write_parquet(tmp_path / "crm.parquet")
    frame.write_ndjson(tmp_path / "crm.jsonl")
    with gzip.open(tmp_path / "crm.csv.gz", "wb") as file:
        file.write(data.read_bytes())
    with sqlite3.connect(tmp_path / "crm.sqlite") as db:
        db.execute(f"CREATE TABLE crm ({', '.join(frame.columns)})")
        db.executemany(f"INSERT INTO crm VALUES ({', '.join('?' * frame.width)})", frame.rows())
    db.close()
    whole = make("crm", tables_of(data), SALT).tables
    paths = [str(tmp_path / n) for n in ("crm.parquet", "crm.jsonl", "crm.csv.gz", "crm.sqlite")]
    for target in [*paths, f"sqlite:///{tmp_path / 'crm.sqlite'}"]:
        tables = make("crm", tables_at(target, "crm"), SALT).tables
        assert [t.rows for t in tables] == [120], target
        for entity in ("EMAIL_ADDRESS", "PHONE_NUMBER"):
            assert tables[0].values[entity].hashes.tolist() == whole[0].values[entity].hashes.tolist(), target


def test_a_folder_is_all_its_files(data: Path) -> None:
    source(80, 9).write_parquet(data.parent / "old.parquet")
    assert {t.name: t.rows for t in make("all", tables_at(str(data.parent)), SALT).tables} == {"crm": 120, "old": 80}


def test_data_as_a_source_have_a_salt_of_their_own(data: Path, tmp_path: Path) -> None:
    one, again = open_source(data), open_source(data)
    assert one.identity == again.identity and one.salt == again.salt
    assert [f.entity for f in one.check("t", pl.read_csv(data).select("email"))] == ["EMAIL_ADDRESS"]
    path = tmp_path / "crm.fp"
    one.save(path)
    assert one.salt.hex().encode() not in path.read_bytes()
    assert code(open_source, path, Settings(identifying=("email",))) == "contradiction"


def test_sources_that_cannot_be_read(tmp_path: Path) -> None:
    assert code(open_source, tmp_path / "none.csv") == "missing-file"
    assert code(open_source, tmp_path) == "unreadable-source"
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    assert code(open_source, tmp_path / "broken.parquet") == "unreadable-source"
    (tmp_path / "empty.csv").write_text("")
    assert code(open_source, tmp_path / "empty.csv") == "empty-source"


def test_columns_that_no_table_has(data: Path) -> None:
    with pytest.raises(UsageError) as caught:
        make("crm", tables_of(data), SALT, Settings(identifying=("E-Mail", "e_mial"), key=("nr",)))
    assert [p.code for p in caught.value.problems] == ["unknown-column", "unknown-column"]


def test_files_of_an_export_count_their_rows_on(data: Path, tmp_path: Path) -> None:
    made = make("crm", tables_of(data), SALT)
    export(50, 3).write_parquet(tmp_path / "a.parquet")
    pl.read_csv(data).slice(7, 1).select("email").write_parquet(tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 and no more")
    files = [tmp_path / f"{n}.parquet" for n in "abc"]
    leak, unread = checked_files([made], {"customers": files})
    assert (leak.code, leak.table, leak.row, leak.count) == ("leak", "customers", 50, 1)
    assert (unread.code, unread.table) == ("unscanned", "customers")


def test_the_salt_is_not_shown(made: Fingerprint) -> None:
    assert SALT.decode() not in repr(made) and "salt_inside" in repr(made)


def test_a_check_tells_another_salt_from_the_right_one() -> None:
    assert Keys(SALT).check == Keys(bytes(SALT)).check != Keys(SALT + b"x").check
