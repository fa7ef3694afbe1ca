"""Wallet addresses, each with the checksum of its coin; testnet coins too, so that they can be accounted for."""

from __future__ import annotations

import hashlib

from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers import words

_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_XRP = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_B32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_MASK = (1 << 64) - 1
_CONSTANTS = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip


def _rolled(value: int, by: int) -> int:
    return (value << by | value >> (64 - by)) & _MASK if by else value


def _permuted(lanes: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600], 24 rounds over 5 x 5 lanes of 64 bits (FIPS 202 section 3.2)."""
    for constant in _CONSTANTS:
        parity = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
        change = [parity[(x - 1) % 5] ^ _rolled(parity[(x + 1) % 5], 1) for x in range(5)]
        lanes = [[lanes[x][y] ^ change[x] for y in range(5)] for x in range(5)]
        x, y, held = 1, 0, lanes[1][0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            held, lanes[x][y] = lanes[x][y], _rolled(held, (t + 1) * (t + 2) // 2 % 64)
        lanes = [[lanes[x][y] ^ (~lanes[(x + 1) % 5][y] & lanes[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        lanes[0][0] ^= constant
    return lanes


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the padding of before SHA-3, as Ethereum and Monero use it.

    >>> keccak256(b"").hex()[:16]
    'c5d2460186f7233c'
    """
    rate = 136
    padded = data + b"\x01" + bytes(-(len(data) + 2) % rate) + b"\x80" if (len(data) + 1) % rate else data + b"\x81"
    lanes = [[0] * 5 for _ in range(5)]
    for block in range(0, len(padded), rate):
        for i in range(rate // 8):
            word = int.from_bytes(padded[block + 8 * i : block + 8 * i + 8], "little")
            lanes[i % 5][i // 5] ^= word
        lanes = _permuted(lanes)
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def _base58check(text: str, alphabet: str = _B58) -> bool:
    """Base58Check over 25 bytes: a version, a hash of 20 bytes and four bytes of a double SHA-256."""
    number = 0
    for c in text:
        number = number * 58 + alphabet.index(c)
    raw = number.to_bytes(25, "big") if number < 1 << 200 else b""
    return len(raw) == 25 and hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _bech32(text: str) -> bool:
    """Checksum of BIP 173 (bech32) and BIP 350 (bech32m)."""
    prefix, _, data = text.lower().rpartition("1")
    if not prefix or any(c not in _B32 for c in data) or len(data) < 6:
        return False
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_B32.index(c) for c in data]
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= g if (top >> i) & 1 else 0
    return check in (1, 0x2BC830A3)


def _ethereum(text: str) -> float:
    """Mixed case carries a checksum (EIP-55); one case carries none."""
    digits = text[2:]
    if digits == digits.lower() or digits == digits.upper():
        return LIKELY if len(set(digits)) > 4 else 0.0
    hashed = keccak256(digits.lower().encode()).hex()
    cased = (c.upper() if int(h, 16) >= 8 else c for c, h in zip(digits.lower(), hashed, strict=False))
    return STRONG if digits == "".join(cased) else 0.0


def _monero(text: str) -> bool:
    """Blocks of eleven letters for eight bytes, the last four of which are a Keccak-256 checksum."""
    raw = b""
    for start in range(0, len(text), 11):
        block = text[start : start + 11]
        number = 0
        for c in block:
            number = number * 58 + _B58.index(c)
        size = 8 if len(block) == 11 else 5
        if number >= 1 << 8 * size:
            return False
        raw += number.to_bytes(size, "big")
    return keccak256(raw[:-4])[:4] == raw[-4:]


def _coin(text: str) -> float:
    if text.startswith("0x"):
        return _ethereum(text)
    if text.lower().startswith(("bc1", "tb1", "bcrt1", "ltc1", "addr1", "stake1", "cosmos1")):
        return STRONG if _bech32(text) else 0.0
    if len(text) == 95:
        return STRONG if all(c in _B58 for c in text) and _monero(text) else 0.0
    if text.startswith("r"):
        return STRONG if all(c in _XRP for c in text) and _base58check(text, _XRP) else 0.0
    return STRONG if all(c in _B58 for c in text) and _base58check(text) else 0.0


CRYPTO = PatternRecognizer(
    entity="CRYPTO",
    expression=r"(?<!\w)(?:(?:bc1|tb1|bcrt1|ltc1|addr1|stake1|cosmos1)[a-z0-9]{25,110}|(?:BC1|TB1)[A-Z0-9]{25,87}"
    r"|[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}|[13mn2LMDXT9Ar][1-9A-HJ-NP-Za-km-z]{24,34}|0x[0-9a-fA-F]{40})(?!\w)",
    strong_prefilter=r"\b(?:(?i:bc1|tb1|bcrt1|ltc1|addr1|stake1|cosmos1)[A-Za-z0-9]{25}"
    r"|[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b|[13mn2LMDXT9Ar][1-9A-HJ-NP-Za-km-z]{24,34}\b|0x[0-9a-fA-F]{40}\b)",
    validate=_coin,
    context=words.WALLET,
)
