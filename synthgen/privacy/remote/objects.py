"""Object storage: `s3://`, `gs://` and `az://`, an object or all below a prefix, by obstore.

Keys and endpoints come from the environment, as the clouds' own tools read it (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`,
`GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_KEY`) or from the machine's role.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from synthgen.errors import usage
from synthgen.privacy.readers import Item, UnreadableError
from synthgen.privacy.remote.fetched import STEP, fetched
from synthgen.privacy.sources import Source, excluded

_DEEP = {"az": 2, "azure": 2, "adl": 2}
"""How many names say which store it is: account and container; in the other schemes, the bucket alone."""


@dataclass(frozen=True)
class ObjectInput:
    """One object: its store, its key there, its size in bytes and the mark of its version."""

    store: str
    key: str
    size: int
    version: str | None = None
    named: bool = True

    @property
    def shown(self) -> str:
        """The object's URL."""
        return f"{self.store}/{self.key}"

    def sources(self) -> Iterator[Source]:
        """One: it is fetched by the worker that reads it."""
        yield self

    def items(self) -> Iterator[Item]:
        """The content, by the suffix of the key or by its first bytes."""
        yield from fetched(self.key.rpartition("/")[2], self._fetch, self.named)

    def _fetch(self, target: Path) -> None:
        """Range by range; an object that changes meanwhile is an error."""
        import obstore

        store = _opened(self.store)
        options: Any = {"if_match": self.version} if self.version else {}
        try:
            with target.open("wb") as sink:
                for start in range(0, self.size, STEP):
                    part: Any = {**options, "range": (start, min(start + STEP, self.size))}
                    sink.write(memoryview(obstore.get(store, self.key, options=part).bytes()))
        except Exception as error:  # the library's errors, and those of the system
            raise UnreadableError(f"it cannot be fetched: {type(error).__name__}") from None


def objects(url: str, exclude: Sequence[str] = ()) -> Iterator[ObjectInput]:
    """The object of this URL, or all objects below it, in the order of their keys.

    Raises UsageError if the store cannot be reached, or holds nothing there.
    """
    address, key = split(url)
    shown = f"{address}/{key}".rstrip("/")
    try:
        import obstore
    except ImportError:
        message = "object storage needs the package obstore, which is not installed"
        raise usage("missing-extra", message, "pip install 'synthgen[cloud]'") from None
    try:
        store = _opened(address)
        if key and not key.endswith("/"):
            try:
                meta = obstore.head(store, key)
            except FileNotFoundError:
                pass
            else:
                yield ObjectInput(address, key, meta["size"], meta["e_tag"])
                return
        found = sorted((m for page in obstore.list(store, prefix=key.rstrip("/") or None) for m in page), key=_key)
    except Exception as error:  # the library's errors, which may show signed addresses
        message = f"cannot read {shown}: {type(error).__name__}"
        raise usage("unreachable", message, "check the bucket, the credentials and the endpoint") from None
    if not found:
        raise usage("missing-file", f"there is no object '{shown}' and none below it", "check the bucket and the key")
    for meta in found:
        below = meta["path"].removeprefix(key).lstrip("/")
        if meta["size"] and not excluded(below, exclude):
            yield ObjectInput(address, meta["path"], meta["size"], meta["e_tag"], named=False)


def _key(meta: Any) -> str:
    return str(meta["path"])


def split(url: str) -> tuple[str, str]:
    """The store's own URL, without credentials and query, and the key.

    >>> split("s3://bucket/a/b.csv"), split("az://account/container/a.csv?sig=x")
    (('s3://bucket', 'a/b.csv'), ('az://account/container', 'a.csv'))
    """
    parts = urlsplit(url)
    names = parts.path.lstrip("/").split("/")
    own = names[: _DEEP.get(parts.scheme, 1) - 1]
    host = parts.netloc if parts.scheme.startswith("abfs") else parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, "/".join(own), "", "")), "/".join(names[len(own) :])


def _opened(address: str) -> Any:
    from obstore.store import from_url

    return from_url(
        address,
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=60)},
    )
