"""Kernels of identifiers: UUIDs, hashes, network addresses, passwords."""

from __future__ import annotations

import itertools
import string
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthgen.generators.compiled import strings
from synthgen.generators.compiled.base import UnsupportedError
from synthgen.generators.compiled.draws import Draw
from synthgen.generators.compiled.nodes import Atom, Computed, Raw, trace
from synthgen.generators.digits import hexadecimal, uuids
from synthgen.generators.digits import strings as texts
from synthgen.seeds import U64, below

_HEXTETS = [f"{i:x}" for i in range(65_536)]
_UNIX_MS = 253_402_300_799_000 - 1  # the last moment that Faker's uuid7 draws, when its own constant is not found
_GREGORIAN = 0x01B21DD213814000  # 100 ns steps from 1582-10-15 to 1970-01-01 (RFC 9562, 5.1)


def raw() -> Raw:
    """64 random bits."""
    return Raw(trace().place())


def uuid4(context: Any, cast_to: Any) -> Any:
    """A version 4 UUID (RFC 9562): 122 random bits."""
    _as_text(cast_to)

    def make(high: U64, low: U64) -> pl.Series:
        high = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
        return uuids(high, (low & np.uint64(2**62 - 1)) | np.uint64(1 << 63))

    return Computed("str", make, raw(), raw())


def uuid7(context: Any, cast_to: Any) -> Any:
    """A version 7 UUID: 48 bits of a random time in milliseconds, 74 random bits."""
    _as_text(cast_to)
    last = _constant(context, "_MAX_UNIX_TIME_MS", _UNIX_MS)

    def make(time: U64, high: U64, low: U64) -> pl.Series:
        first = (below(time, last + 1) << np.uint64(16)) | np.uint64(0x7000) | (high >> np.uint64(52))
        return uuids(first, (low & np.uint64(2**62 - 1)) | np.uint64(1 << 63))

    return Computed("str", make, raw(), raw(), raw())


def uuid1(context: Any, cast_to: Any) -> Any:
    """A version 1 UUID: a random time in steps of 100 ns, a random clock sequence and node."""
    _as_text(cast_to)
    last = _constant(context, "_MAX_UNIX_TIME_NS", _UNIX_MS * 1_000_000)

    def make(time: U64, rest: U64) -> pl.Series:
        stamp = below(time, last + 1) // np.uint64(100) + np.uint64(_GREGORIAN)
        low, middle = stamp & np.uint64(0xFFFFFFFF), (stamp >> np.uint64(32)) & np.uint64(0xFFFF)
        high = (low << np.uint64(32)) | (middle << np.uint64(16)) | ((stamp >> np.uint64(48)) & np.uint64(0x0FFF))
        return uuids(high | np.uint64(0x1000), (rest & np.uint64(2**62 - 1)) | np.uint64(1 << 63))

    return Computed("str", make, raw(), raw())


def _constant(context: Any, name: str, otherwise: int) -> int:
    return int(getattr(context.real, "__globals__", {}).get(name, otherwise))


def _as_text(cast_to: Any) -> None:
    if cast_to is not str:
        raise UnsupportedError("it makes UUID objects")


def digest(size: int) -> Callable[..., Any]:
    """A hash of a random number: `size` random hexadecimal digits."""

    def make(context: Any, raw_output: bool) -> Any:
        words = [raw() for _ in range(-(-size // 16))]

        def write(*bits: U64) -> pl.Series:
            made = np.concatenate([hexadecimal(b, 16) for b in bits], axis=1)[:, :size]
            return texts(np.ascontiguousarray(made))

        text = Computed("str", write, *words)
        return Computed("bytes", lambda s: s.str.decode("hex"), text) if raw_output else text

    return make


def ipv6(context: Any, network: bool) -> Any:
    """Eight groups of 16 bits, the first six not all zero; runs of zero groups (2 in 10**9) are written out."""
    if network:
        raise UnsupportedError("it makes networks")
    parts: list[Any] = []
    for place in range(8):
        parts += [":"] * (place > 0) + [Atom(Draw(trace().place(), 65_536), _HEXTETS, "str")]
    return strings.joined(parts)


def password(context: Any, length: int, special_chars: bool, digits: bool, upper_case: bool, lower_case: bool) -> Any:
    """Random characters, with one of each kind that is asked for at places of its own."""
    kinds = [
        kind for kind, wanted in (
            ("!@#$%^&*()_+", special_chars), (string.digits, digits),
            (string.ascii_uppercase, upper_case), (string.ascii_lowercase, lower_case),
        ) if wanted
    ]  # fmt: skip
    if not kinds or len(kinds) > length:
        raise UnsupportedError("the password is too short for what it must hold")
    if length > 200:
        raise UnsupportedError("the password is longer than 200 characters")
    table = _order(length, len(kinds))
    pool = np.frombuffer("".join(kinds).encode(), np.uint8)
    sets = [np.frombuffer(k.encode(), np.uint8) for k in kinds]

    def make(*bits: U64) -> pl.Series:
        count = len(bits[0])
        made = np.empty((count, length), np.uint8)
        for place in range(length):  # 16 bits of a word for each place; 2**-16 is the bias of a character
            word = (bits[1 + place // 2] >> np.uint64(32 * (place % 2))) & np.uint64(0xFFFFFFFF)
            made[:, place] = pool.take(((word * np.uint64(len(pool))) >> np.uint64(32)).astype(np.int64))
        places = table.take(below(bits[0], len(table)).astype(np.int64), axis=0)
        for i, kind in enumerate(sets):
            chosen = kind.take(below(bits[-1 - i], len(kind)).astype(np.int64))
            made[np.arange(count), places[:, i]] = chosen
        return texts(made)

    return Computed("str", make, *(raw() for _ in range(1 + -(-length // 2) + len(kinds))))


def _order(length: int, kinds: int) -> NDArray[np.int64]:
    """Places of the required characters, one row for each sequence of draws.

    Faker gathers the places in a set and gives them out in the set's order, so its order is asked for. For long
    passwords a table would be large: every run of places that differ alike has the order of its residues.
    """
    reach = min(length, 16 if kinds > 3 else 40)
    rows = [list(_gathered(p)) for p in itertools.permutations(range(reach), kinds)]
    if length > reach:
        raise UnsupportedError("the password is longer than its table")
    return np.array(rows, dtype=np.int64).reshape(len(rows), kinds)


def _gathered(places: tuple[int, ...]) -> set[int]:
    found: set[int] = set()
    for place in places:
        found.add(place)
    return found


KERNELS: dict[str, Callable[..., Any]] = {
    "misc:Provider.uuid4": uuid4,
    "misc:Provider.uuid7": uuid7,
    "misc:Provider.uuid1": uuid1,
    "misc:Provider.md5": digest(32),
    "misc:Provider.sha1": digest(40),
    "misc:Provider.sha256": digest(64),
    "misc:Provider.password": password,
    "internet:Provider.ipv6": ipv6,
}
