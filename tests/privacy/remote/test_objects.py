"""Object storage: a real server with S3's interface, run by the clients' Python (`make harness-clients`)."""

from __future__ import annotations

import builtins
import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synthgen.errors import UsageError
from synthgen.privacy.files import scan_paths
from synthgen.privacy.remote import fetched
from synthgen.privacy.remote import objects as objects_module
from synthgen.privacy.remote.objects import ObjectInput, objects, split
from tests.privacy.readers.planted import REAL, TWIN

PYTHON = Path(__file__).resolve().parents[3] / ".venv" / "clients" / "python" / "bin" / "python"
SERVER = """
import sys, threading
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    if not PYTHON.exists():
        pytest.skip("the S3 server is not installed: make harness-clients")
    with subprocess.Popen([PYTHON, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None and running.stdin is not None
        port = running.stdout.readline().strip()
        assert port, "no moto: make harness-clients"
        yield f"http://127.0.0.1:{port}"
        running.stdin.close()


@pytest.fixture
def store(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    import urllib.request

    import obstore
    from obstore.store import S3Store

    for name, value in (
        ("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", endpoint), ("AWS_ALLOW_HTTP", "true"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/data", method="PUT")).close()
    opened = S3Store("data")
    obstore.put(opened, "a.csv", f"id,mail\n1,{TWIN}\n2,{REAL}\n".encode())
    obstore.put(opened, "logs/app.log.gz", gzip.compress(f"x\n{REAL}\n".encode()))
    obstore.put(opened, "logs/deep/ä b.txt", REAL.encode())
    obstore.put(opened, "logs/pic.png", b"\x89PNG\r\n\x1a\n\0")
    obstore.put(opened, "logs/folder/", b"")
    obstore.put(opened, "logs2.txt", REAL.encode())
    yield opened


def places(*urls: str, **settings: Any) -> list[tuple[str, str | None, int | None, int | None]]:
    found = scan_paths(urls, ner="off", **settings).findings
    return [(f.table, f.column, f.row, f.line) for f in found]


def test_an_object(store: Any) -> None:
    assert places("s3://data/a.csv") == [("s3://data/a.csv", "mail", 1, None)]


@pytest.mark.parametrize("prefix", ["s3://data/logs", "s3://data/logs/"])
def test_all_below_a_prefix(store: Any, prefix: str) -> None:
    expected = [("s3://data/logs/app.log.gz", None, None, 2), ("s3://data/logs/deep/ä b.txt", None, None, 1)]
    assert places(prefix) == expected
    assert places(prefix, workers=2) == expected
    assert places(prefix, exclude=["deep/*"]) == expected[:1]
    assert scan_paths([prefix], ner="off").described["skipped"] == {"image/png": 1}


def test_a_whole_bucket(store: Any) -> None:
    assert len(places("s3://data")) == len(places("s3://data/")) == 4


def test_an_object_in_several_ranges(store: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import obstore

    content = b"line\n" * 50_000 + REAL.encode()
    obstore.put(store, "big.txt", content)
    monkeypatch.setattr(objects_module, "STEP", 70_000)
    (one,) = objects("s3://data/big.txt")
    one._fetch(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == content
    assert places("s3://data/big.txt") == [("s3://data/big.txt", None, None, 50_001)]
    assert fetched.STEP > 70_000


def test_an_object_that_changes_or_goes_meanwhile_is_told(store: Any) -> None:
    import obstore

    (one,) = objects("s3://data/a.csv")
    obstore.put(store, "a.csv", b"id,mail\n" + b"1,x\n" * 100)
    for _ in range(2):
        with pytest.raises(Exception, match="cannot be fetched"):
            list(one.items())
        obstore.delete(store, "a.csv")


def test_what_is_not_there_is_a_usage_error(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="missing-file"):
        scan_paths(["s3://data/nothing/here"])
    with pytest.raises(UsageError, match="unreachable"):
        scan_paths(["s3://no-such-bucket/x"])
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(UsageError, match="unreachable"):
        scan_paths(["s3://data/a.csv"])


def test_without_the_extra_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("obstore"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UsageError, match=r"missing-extra.*obstore.*\s+pip install 'synthgen\[cloud\]'"):
        scan_paths(["gs://bucket/x"])


def test_urls() -> None:
    assert split("s3://b/k/x.csv?versionId=1") == ("s3://b", "k/x.csv")
    assert split("gs://b") == ("gs://b", "")
    assert split("az://account/container/k/x.csv?sig=secret") == ("az://account/container", "k/x.csv")
    assert split("abfss://container@account.dfs.core.windows.net/k") == (
        "abfss://container@account.dfs.core.windows.net", "k",
    )  # fmt: skip
    assert split("s3://user:secret@b/k") == ("s3://b", "k")
    assert ObjectInput("s3://b", "k", 1).shown == "s3://b/k"
