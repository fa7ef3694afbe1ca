"""Files of the web, by `https://`."""

from __future__ import annotations

import base64
import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from synthgen.privacy.readers import Item, UnreadableError
from synthgen.privacy.remote.fetched import STEP, fetched
from synthgen.privacy.sources import Source

_WAIT = 60.0
"""Seconds without an answer after which a server is given up."""


@dataclass(frozen=True)
class WebInput:
    """One file of a server. Its place is shown without user, password and query, which may be secrets."""

    url: str = field(repr=False)

    @property
    def shown(self) -> str:
        """Scheme, host and path."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))

    @property
    def size(self) -> int:
        """Not known before it is fetched."""
        return 0

    def sources(self) -> Iterator[Source]:
        """One: it is fetched by the worker that reads it."""
        yield self

    def items(self) -> Iterator[Item]:
        """The content, by the suffix of the path or by its first bytes."""
        yield from fetched(urlsplit(self.url).path.rpartition("/")[2], self._fetch, named=True)

    def _fetch(self, target: Path) -> None:
        parts = urlsplit(self.url)
        address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
        request = urllib.request.Request(address)
        if parts.username is not None:
            known = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(known.encode()).decode()}")
        opener = urllib.request.build_opener(_Redirects)
        try:
            with opener.open(request, timeout=_WAIT) as answer, target.open("wb") as sink:
                announced = answer.headers.get("Content-Length")
                while block := answer.read(STEP):
                    sink.write(block)
                if announced is not None and sink.tell() != int(announced):
                    raise UnreadableError("it was not fetched whole")
        except urllib.error.HTTPError as error:
            error.close()
            raise UnreadableError(f"the server answers {error.code}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UnreadableError(f"it cannot be fetched: {type(error).__name__}") from None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server to another address, but never from `https` to an address that is not."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """The next request; None makes the redirection an error."""
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
