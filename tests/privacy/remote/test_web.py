"""Files of a web server on this machine."""

from __future__ import annotations

import base64
import http.server
import threading
from collections.abc import Iterator
from dataclasses import asdict
from urllib.request import Request

import pytest

from synthgen.privacy.files import scan_paths
from synthgen.privacy.remote.web import WebInput, _Redirects
from tests.privacy.readers.planted import REAL

SEEN: list[tuple[str, str | None]] = []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        SEEN.append((self.path, self.headers.get("Authorization")))
        path = self.path.partition("?")[0]
        if path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/data.csv")
            self.end_headers()
            return
        if path == "/torn.csv":
            self.send_response(200)
            self.send_header("Content-Length", "999")
            self.end_headers()
            self.wfile.write(b"a,b\n")
            return
        found = {"/data.csv": f"id,mail\n1,{REAL}\n".encode(), "/pic.png": b"\x89PNG\r\n\x1a\n\0"}.get(path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(found or b"")))
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    SEEN.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_file_without_what_is_secret_in_its_url(server: str) -> None:
    result = scan_paths([f"http://me:pass%40word@{server}/data.csv?token=hidden#part"], ner="off")
    assert [(f.table, f.column, f.row) for f in result.findings] == [(f"http://{server}/data.csv", "mail", 0)]
    told = str([asdict(f) for f in result.findings]) + repr(WebInput(f"http://me:pass@{server}/x?token=hidden"))
    assert "hidden" not in told and "pass" not in told
    assert [("/data.csv?token=hidden", f"Basic {base64.b64encode(b'me:pass@word').decode()}")] == SEEN


def test_moved_missing_and_torn_files(server: str) -> None:
    assert scan_paths([f"http://me:x@{server}/moved"], ner="off").findings[0].code == "pii"
    assert SEEN[1] == ("/data.csv", None)
    for path, said in (("gone.csv", "404"), ("torn.csv", "whole"), ("pic.png", "image/png")):
        (finding,) = scan_paths([f"http://{server}/{path}"], ner="off").findings
        assert finding.code == "unscanned" and said in finding.message
    (finding,) = scan_paths(["http://127.0.0.1:1/x.csv"], ner="off").findings
    assert finding.code == "unscanned"


def test_a_secure_address_never_leads_to_another_kind() -> None:
    handler, request = _Redirects(), Request("https://a.example/x")
    for target in ("http://a.example/x", "ftp://a.example/x"):
        assert handler.redirect_request(request, None, 302, "", {}, target) is None
    assert handler.redirect_request(request, None, 302, "", {}, "https://b.example/x") is not None
