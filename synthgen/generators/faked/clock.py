"""Faker held to the recipe: its providers see the recipe's clock and one seeded source of chance, and nothing else.

Faker's providers ask `datetime.now()`, `date.today()` and, in some locales, the module `random`. While `pinned` lasts,
the modules of `faker.providers` see stand-ins for them; no other module does. Two optional packages that two methods
want (`xmltodict`, Pillow) are replaced by few lines of the standard library, so that a machine that has them makes the
same values as one that has not.
"""

from __future__ import annotations

import datetime as real
import random as chance
import struct
import sys
import threading
import time
import types
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any
from xml.sax.saxutils import escape

_LOCK = threading.RLock()
_IN_USE: dict[str, Any] = {"clock": real.datetime(2026, 1, 1, tzinfo=real.UTC), "random": Random(0)}


class _Instances(type):
    """A class whose instances are those of the class that it stands for, so that `isinstance` answers as before."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__mro__[1])

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.__mro__[1])


class PinnedDateTime(real.datetime, metaclass=_Instances):
    """`datetime` whose now is the recipe's clock, and whose local time zone is UTC."""

    @classmethod
    def now(cls, tz: real.tzinfo | None = None) -> PinnedDateTime:
        """The recipe's clock: aware in `tz`, else naive UTC."""
        clock = _IN_USE["clock"].astimezone(tz or real.UTC)
        fold = clock.replace(tzinfo=tz)
        return cls(fold.year, fold.month, fold.day, fold.hour, fold.minute, fold.second, fold.microsecond, tz)

    @classmethod
    def today(cls) -> PinnedDateTime:
        """The recipe's clock, naive UTC."""
        return cls.now()

    @classmethod
    def utcnow(cls) -> PinnedDateTime:
        """The recipe's clock, naive UTC."""
        return cls.now()

    def astimezone(self, tz: real.tzinfo | None = None) -> Any:
        """A naive time is UTC, whatever zone the machine is in."""
        aware = self if self.tzinfo is not None else self.replace(tzinfo=real.UTC)
        return real.datetime.astimezone(aware, tz or real.UTC)


class PinnedDate(real.date, metaclass=_Instances):
    """`date` whose today is the recipe's clock's."""

    @classmethod
    def today(cls) -> PinnedDate:
        """The day of the recipe's clock."""
        clock = _IN_USE["clock"]
        return cls(clock.year, clock.month, clock.day)


class _Module(types.ModuleType):
    """A module in which some names are replaced."""

    def __init__(self, module: types.ModuleType, **replaced: Any) -> None:
        super().__init__(module.__name__)
        self._module, self.__dict__["_replaced"] = module, replaced

    def __getattr__(self, name: str) -> Any:
        replaced = self.__dict__["_replaced"]
        return replaced[name] if name in replaced else getattr(self.__dict__["_module"], name)


class _Chance(types.ModuleType):
    """The module `random`, whose functions draw from the pinned source; seeding it is without effect."""

    def __getattr__(self, name: str) -> Any:
        if name == "seed":
            return lambda *_: None
        source = _IN_USE["random"]
        return getattr(source, name) if name[:1].islower() and hasattr(source, name) else getattr(chance, name)


_TIME = _Module(real, datetime=PinnedDateTime, date=PinnedDate)
_RANDOM = _Chance("random")
_STANDS_FOR = {id(real): _TIME, id(real.datetime): PinnedDateTime, id(real.date): PinnedDate, id(chance): _RANDOM}


def _stand_in(value: Any) -> Any:
    found = _STANDS_FOR.get(id(value))
    if found is None and getattr(value, "__self__", None) is chance._inst:  # a function imported from `random`
        return lambda *a, **k: getattr(_IN_USE["random"], value.__name__)(*a, **k)
    return found


_SEEN: dict[str, list[tuple[Any, str, Any, Any]]] = {}


def _patches() -> list[tuple[Any, str, Any, Any]]:
    """(module, name, real value, stand-in) of every provider module that is loaded."""
    for name, module in list(sys.modules.items()):
        if name.startswith("faker.providers") and name not in _SEEN and module is not None:
            found = [(module, k, v, _stand_in(v)) for k, v in vars(module).items()]
            _SEEN[name] = [p for p in found if p[3] is not None]
    return [p for found in _SEEN.values() for p in found]


@contextmanager
def pinned(clock: real.datetime, source: Random) -> Iterator[None]:
    """While it lasts, Faker's providers read `clock` for now and today, and draw from `source` alone."""
    with _LOCK:
        before, patches = dict(_IN_USE), _patches()
        optional = sys.modules.get("xmltodict")
        _IN_USE.update(clock=clock, random=source)
        for module, name, _, instead in patches:
            setattr(module, name, instead)
        sys.modules["xmltodict"] = _XML
        zipfile.time = _Module(time, localtime=lambda *_: clock.timetuple())  # type: ignore[attr-defined]  # of entries
        try:
            yield
        finally:
            for module, name, value, _ in patches:
                setattr(module, name, value)
            zipfile.time = time  # type: ignore[attr-defined]
            if optional is None:
                del sys.modules["xmltodict"]
            else:
                sys.modules["xmltodict"] = optional
            _IN_USE.update(before)


def xml(content: Mapping[str, Any]) -> str:
    """A mapping as an XML document: keys are elements, lists repeat theirs.

    >>> xml({"order": {"item": [1, 2]}}).splitlines()[1]
    '<order><item>1</item><item>2</item></order>'
    """
    return '<?xml version="1.0" encoding="utf-8"?>\n' + "".join(_element(k, v) for k, v in content.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list | tuple | set):
        return "".join(_element(name, v) for v in value)
    inner = "".join(_element(k, v) for k, v in value.items()) if isinstance(value, Mapping) else escape(str(value))
    return f"<{name}>{inner}</{name}>"


_XML: Any = types.ModuleType("xmltodict")
_XML.unparse = xml


def png(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    """A PNG picture of one colour (RGB), at most 64 by 64 points: a placeholder (PNG specification, ISO/IEC 15948)."""
    width, height = (max(1, min(64, n)) for n in size)
    rows = (b"\x00" + bytes(colour) * width) * height

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
