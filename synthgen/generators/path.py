"""Paths of files on servers and shared drives; no home folder, so nobody's name."""

from __future__ import annotations

import re
from itertools import product
from typing import Literal

from pydantic import Field, field_validator

from synthgen.generator import Build, Params
from synthgen.generators.choice import checked_weights
from synthgen.generators.expressions import Node, Words
from synthgen.generators.mixes import Mix, mix, mixed
from synthgen.generators.spelled import Framed, Spelled, chain, either, words
from synthgen.generators.text import plain_words

_KINDS = {"document": 0.3, "data": 0.25, "image": 0.15, "log": 0.15, "code": 0.1, "archive": 0.05}
_EXTENSIONS: dict[str, dict[str, float]] = {
    "document": {"pdf": 5, "docx": 3, "xlsx": 2, "md": 1, "txt": 1},
    "data": {"csv": 4, "parquet": 3, "json": 3, "xml": 1},
    "image": {"png": 4, "jpg": 4, "svg": 1, "webp": 1},
    "log": {"log": 3, "log.gz": 1},
    "code": {"py": 3, "sql": 2, "js": 2, "yaml": 2, "sh": 1},
    "archive": {"zip": 2, "tar.gz": 2, "7z": 0.5},
}
_ROOTS = {
    "posix": {
        "document": ("/srv/share", "/mnt/office", "/var/lib/documents"),
        "data": ("/srv/data", "/mnt/warehouse", "/var/lib/exports"),
        "image": ("/srv/www/assets", "/mnt/media", "/var/www/html/img"),
        "log": ("/var/log", "/opt/service/logs"),
        "code": ("/opt/app/src", "/usr/local/lib/app", "/etc/app.d"),
        "archive": ("/mnt/backup", "/srv/archive"),
    },
    "windows": {
        "document": ("D:\\Documents", "S:\\Office", "\\\\fileserver\\share"),
        "data": ("D:\\Data", "E:\\Exports", "\\\\fileserver\\data"),
        "image": ("D:\\Media", "E:\\Images"),
        "log": ("C:\\ProgramData\\Service\\Logs", "D:\\Logs"),
        "code": ("C:\\Program Files\\App", "D:\\Build\\src"),
        "archive": ("E:\\Backup", "\\\\fileserver\\archive"),
    },
}
_EXTENSION = re.compile(r"[a-z0-9]{1,10}(?:\.[a-z0-9]{1,10})?")


class PathParams(Params):
    """`path: posix` or `path: windows`."""

    path: Literal["posix", "windows"] = Field(description="write path: posix, or path: windows")
    kind: Literal["any", "document", "data", "image", "log", "code", "archive"] | dict[str, float] = Field(
        default="any", description="write kind: data, or kinds with weights, such as {data: 3, log: 1}"
    )
    extension: str | list[str] | dict[str, float] | None = Field(
        default=None, description="write extension: csv, [csv, json] or {csv: 3, json: 1}"
    )
    depth: list[int] = Field(default=[0, 2], min_length=2, max_length=2, description="write depth: [0, 2]")

    @field_validator("kind")
    @classmethod
    def _known(cls, value: Mix) -> Mix:
        return mix(value, _KINDS)

    @field_validator("extension")
    @classmethod
    def _written(cls, value: str | list[str] | dict[str, float] | None) -> str | list[str] | dict[str, float] | None:
        for extension in [value] if isinstance(value, str) else value or []:
            if not _EXTENSION.fullmatch(extension):
                raise ValueError(f"'{extension}' is no extension; write csv or tar.gz, without the first dot")
        if isinstance(value, dict):
            checked_weights(list(value.values()))
        return value

    @field_validator("depth")
    @classmethod
    def _shallow(cls, value: list[int]) -> list[int]:
        if not 0 <= value[0] <= value[1] <= 8:
            raise ValueError("depth is [least, most] folders below the first one, between 0 and 8")
        return value


class FilePath(Spelled[PathParams]):
    """An absolute path of a file: a folder that servers have, folders below it, a name, an extension that fits.

    No path leads into a home folder, which would name somebody. Example: `stored_at: {path: posix, kind: data}`.
    """

    Params = PathParams

    def __init__(self, params: PathParams, build: Build) -> None:
        super().__init__(params, build)
        frames: dict[tuple[str, str], float] = {}
        separator = "/" if params.path == "posix" else "\\"
        for kind, weight in mixed(params.kind, _KINDS).items():
            written: str | list[str] | dict[str, float] = params.extension or _EXTENSIONS[kind]
            listed = [written] if isinstance(written, str) else written
            endings = listed if isinstance(listed, dict) else dict.fromkeys(listed, 1.0)
            total = sum(endings.values()) * len(_ROOTS[params.path][kind])
            for root, (ending, share) in product(_ROOTS[params.path][kind], endings.items()):
                if share:
                    frames[root + separator, f".{ending}"] = weight * share / total
        self.spell(f"path:{build.table}.{build.column}", Framed(frames, self._inside(separator)))

    def _inside(self, separator: str) -> Node:
        """Folders and the file's name; each number of folders is equally likely."""
        plain, (low, high) = plain_words(), self.params.depth
        folder = words([word + separator for word in plain])
        name = chain(words(plain), words([f"-{w}" for w in plain]))
        assert isinstance(name, Words)
        return either((1.0, chain(*[folder] * n, name)) for n in range(low, high + 1))
