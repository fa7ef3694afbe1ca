"""Keyed hashes: the published test vectors, and what a salt decides."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from synthgen.privacy.leakage.hashing import Keys, Members, _siphash, distinct, siphash

KEYS = Keys(b"a salt of the tests, long enough")
WORDS = st.integers(0, 2**64 - 1)


def reference(key: tuple[int, int], words: list[int]) -> int:
    """SipHash-2-4 as its paper writes it, one word at a time."""
    mask = 2**64 - 1

    def rotate(x: int, by: int) -> int:
        return (x << by | x >> (64 - by)) & mask

    v0, v1 = key[0] ^ 0x736F6D6570736575, key[1] ^ 0x646F72616E646F6D
    v2, v3 = key[0] ^ 0x6C7967656E657261, key[1] ^ 0x7465646279746573

    def turn(count: int) -> None:
        nonlocal v0, v1, v2, v3
        for _ in range(count):
            v0 = (v0 + v1) & mask
            v2 = (v2 + v3) & mask
            v1, v3 = rotate(v1, 13) ^ v0, rotate(v3, 16) ^ v2
            v0 = rotate(v0, 32)
            v2 = (v2 + v1) & mask
            v0 = (v0 + v3) & mask
            v1, v3 = rotate(v1, 17) ^ v2, rotate(v3, 21) ^ v0
            v2 = rotate(v2, 32)

    for word in [*words, (8 * len(words) & 0xFF) << 56]:
        v3 ^= word
        turn(2)
        v0 ^= word
    v2 ^= 0xFF
    turn(4)
    return v0 ^ v1 ^ v2 ^ v3


def test_the_vectors_of_the_reference_implementation() -> None:
    """`vectors_sip64` of the authors' C code: key 00..0f, messages 00..07 and 00..0f less nothing (8 bytes)."""
    key = (int.from_bytes(bytes(range(8)), "little"), int.from_bytes(bytes(range(8, 16)), "little"))
    word = int.from_bytes(bytes(range(8)), "little")
    expected = int.from_bytes(bytes.fromhex("6224939a79f5f593"), "little")
    assert int(_siphash(key, [np.array([word], dtype=np.uint64)])[0]) == expected
    assert reference(key, [word]) == expected


@given(st.tuples(WORDS, WORDS), st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_columns_at_once_are_values_one_by_one(key: tuple[int, int], columns: list[list[int]]) -> None:
    made = siphash(key, [np.array(c, dtype=np.uint64) for c in columns])
    assert made.tolist() == [reference(key, [c[i] for c in columns]) or 1 for i in range(3)]


def test_a_hash_depends_on_salt_and_purpose() -> None:
    values = pl.Series(["ada@realmail.com", "karl@realmail.com", None, ""])
    one, again, other = KEYS.column(values), Keys(b"a salt of the tests, long enough").column(values), None
    other = Keys(b"another salt of the tests, longer").column(values)
    assert one is not None and again is not None and other is not None
    assert one.tolist() == again.tolist()
    assert set(one[:2].tolist()).isdisjoint(other.tolist())
    assert one[2:].tolist() == [0, 0]
    parts = [one[:2], one[:2]]
    assert KEYS.combined(parts, "row").tolist() != KEYS.combined(parts, "pair").tolist()
    assert KEYS.check != Keys(b"another salt of the tests, longer").check


def test_repeated_values_keep_their_rows() -> None:
    values = pl.Series(["b", "a", None, "B ", "c", "a"])
    made = KEYS.column(values)
    assert made is not None
    assert made[0] == made[3] and made[1] == made[5] and made[2] == 0
    assert len(set(made.tolist())) == 4


@given(st.lists(WORDS, max_size=200), st.lists(WORDS, max_size=50))
def test_members(held: list[int], asked: list[int]) -> None:
    members = Members.of(np.array(held, dtype=np.uint64))
    probe = np.array(held + asked, dtype=np.uint64)
    expected = [x in set(held) and x != 0 for x in probe.tolist()]
    assert members.mask(probe).tolist() == expected
    assert [i >= 0 for i in members.at(probe).tolist()] == expected
    assert distinct(np.array(held, dtype=np.uint64)).tolist() == sorted(set(held) - {0})
