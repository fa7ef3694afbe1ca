"""Small valid files of many kinds, each as bytes with holes that a number fills: a colour, or digits in a text.

Formats: PNG (W3C, third edition), GIF89a (CompuServe 1990), BMP (BITMAPINFOHEADER), SVG 1.1, PDF 1.4 (ISO 32000-1), WAV
(RIFF, 8-bit PCM), ZIP (PKWARE APPNOTE 6.3, stored), CSV (RFC 4180), plain text.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synthgen.generators.digits import decimal
from synthgen.seeds import U64

Bytes = NDArray[np.uint8]
Fill = Literal["solid", "checks", "stripes"]
DIGITS = 8
_SECOND = bytes([255, 255, 255])  # the other colour of checks and stripes
_SIDE = 8  # pixels of a check or stripe
_RATE = 8000
MIME = {
    "png": "image/png", "gif": "image/gif", "bmp": "image/bmp", "svg": "image/svg+xml", "pdf": "application/pdf",
    "wav": "audio/wav", "csv": "text/csv", "txt": "text/plain", "zip": "application/zip",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sum:
    """A CRC-32 over `covered` (first and last-but-one byte), which stands at `at`."""

    at: int
    covered: tuple[int, int]
    order: Literal["big", "little"]


@dataclass(frozen=True, eq=False)
class Blank:
    """A file with holes for a number below 2**24: as a colour (bytes, hexadecimal text, PDF shares) and as digits.

    Each hole is where its first byte stands. `reversed_` writes blue first. `sums` are brought up to date.
    """

    content: bytes
    colour: int | None = None
    reversed_: bool = False
    hexadecimal: int | None = None
    fractions: int | None = None
    digits: tuple[int, ...] = ()
    sums: tuple[Sum, ...] = ()

    def filled(self, numbers: U64) -> Bytes:
        """A file for each number below 2**24; shape (n, bytes)."""
        out = np.tile(np.frombuffer(self.content, np.uint8), (len(numbers), 1))
        colour = np.stack([numbers >> np.uint64(s) & np.uint64(255) for s in (16, 8, 0)], axis=1).astype(np.uint8)
        if self.colour is not None:
            out[:, self.colour : self.colour + 3] = colour[:, ::-1] if self.reversed_ else colour
        if self.hexadecimal is not None:
            out[:, self.hexadecimal : self.hexadecimal + 6] = _HEX.take(colour, axis=0).reshape(-1, 6)
        if self.fractions is not None:
            out[:, self.fractions : self.fractions + 18] = _SHARES.take(colour, axis=0).reshape(-1, 18)
        text = decimal(numbers, DIGITS)
        for place in self.digits:
            out[:, place : place + DIGITS] = text
        for check in self.sums:
            out[:, check.at : check.at + 4] = self._crc(out, check)
        return out

    def _crc(self, out: Bytes, check: Sum) -> Bytes:
        """CRC-32 is affine over GF(2): what a byte adds to it depends on the byte and its place alone."""
        start, end = check.covered
        blank = bytearray(self.content[start:end])
        holes = sorted({p for p in self._changing() if start <= p < end})
        for place in holes:
            blank[place - start] = 0
        base = zlib.crc32(blank)
        total = np.full(len(out), base, np.uint32)
        for place in holes:
            table = np.empty(256, np.uint32)
            for value in range(256):
                blank[place - start] = value
                table[value] = zlib.crc32(blank) ^ base
            blank[place - start] = 0
            total ^= table.take(out[:, place])
        return total.astype(">u4" if check.order == "big" else "<u4").view(np.uint8).reshape(-1, 4)

    def _changing(self) -> list[int]:
        colour = [] if self.colour is None else [self.colour + i for i in range(3)]
        return colour + [place + i for place in self.digits for i in range(DIGITS)]


_HEX = np.array([list(f"{i:02x}".encode()) for i in range(256)], np.uint8)
_SHARES = np.array([list(f"{i / 255:.3f} ".encode()) for i in range(256)], np.uint8)


def blank(kind: str, width: int, height: int, fill: Fill, seconds: float) -> Blank:
    """The file of a kind; pictures have that width and height in pixels, sounds that length."""
    pixels = _pixels(width, height, fill)
    makers: dict[str, Callable[[], Blank]] = {
        "png": lambda: _png(pixels),
        "gif": lambda: _gif(pixels),
        "bmp": lambda: _bmp(pixels),
        "svg": lambda: _svg(width, height),
        "pdf": lambda: _pdf(width, height),
        "wav": lambda: _wav(seconds),
        "csv": lambda: _text(b"number,label\r\n", b",placeholder\r\n"),
        "txt": lambda: _text(b"Placeholder file ", b"\n"),
        "zip": _zip,
    }
    return makers[kind]()


def _pixels(width: int, height: int, fill: Fill) -> NDArray[np.uint8]:
    """0 for the first colour, 1 for the second; shape (height, width)."""
    down, across = np.arange(height)[:, None] // _SIDE, np.arange(width)[None, :] // _SIDE
    parity = {"solid": 0 * (down + across), "stripes": (down + 0 * across) % 2, "checks": (down + across) % 2}[fill]
    return parity.astype(np.uint8)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(pixels: NDArray[np.uint8]) -> Blank:
    height, width = pixels.shape
    rows = np.packbits(pixels, axis=1)
    lines = b"".join(b"\0" + row.tobytes() for row in rows)  # filter type 0 before each row
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0))
    palette = _chunk(b"PLTE", bytes(3) + _SECOND)
    colour = len(head) + 8
    content = head + palette + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
    return Blank(content, colour=colour, sums=(Sum(colour + 6, (colour - 4, colour + 6), "big"),))


def _gif(pixels: NDArray[np.uint8]) -> Blank:
    height, width = pixels.shape
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    data = _lzw(pixels.ravel().tolist())
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    image = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02" + blocks + b"\0"
    return Blank(head + bytes(3) + _SECOND + image + b";", colour=len(head))


def _lzw(values: list[int]) -> bytes:
    """GIF's LZW of values below 4: codes from 3 to 12 bits, least significant bit first."""
    clear, end = 4, 5
    codes: dict[tuple[int, ...], int] = {(v,): v for v in range(4)}
    size = 3
    bits, count = clear, 3
    word: tuple[int, ...] = ()
    for value in values:
        if (*word, value) in codes:
            word = (*word, value)
            continue
        bits |= codes[word] << count
        count += size
        if len(codes) + 2 < 4096:
            codes[(*word, value)] = len(codes) + 2
            size = max(size, (len(codes) + 1).bit_length())
        word = (value,)
    bits |= codes[word] << count
    count += size
    if len(codes) + 2 == 1 << size and size < 12:
        size += 1  # the decoder has one entry more by now
    bits |= end << count
    return bits.to_bytes((count + size + 7) // 8, "little")


def _bmp(pixels: NDArray[np.uint8]) -> Blank:
    height, width = pixels.shape
    rows = np.packbits(pixels, axis=1)
    lines = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4)))[::-1].tobytes()  # rows of whole words, the last one first
    colour = 14 + 40
    offset = colour + 8
    head = b"BM" + struct.pack("<IHHI", offset + len(lines), 0, 0, offset)
    about = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 1, 0, len(lines), 2835, 2835, 2, 2)
    return Blank(head + about + bytes(4) + _SECOND + b"\0" + lines, colour=colour, reversed_=True)


def _svg(width: int, height: int) -> Blank:
    start = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    start += '<rect width="100%" height="100%" fill="#'
    return Blank((start + '000000"/></svg>').encode(), hexadecimal=len(start))


def _pdf(width: int, height: int) -> Blank:
    """One page that a colour fills; the bytes above 127 in its second line say that it is no text."""
    paint = f"{' ' * 18}rg 0 0 {width} {height} re f"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R /Resources << >> >>",
        f"<< /Length {len(paint)} >>\nstream\n{paint}\nendstream",
    ]
    content, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    fractions = content.index(b"stream\n") + 7
    end = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\n"
    end += f"startxref\n{len(content)}\n%%EOF\n"
    return Blank(content + end.encode(), fractions=fractions)


def _wav(seconds: float) -> Blank:
    """Silence, with the number in a comment; 8-bit samples lie around 128."""
    samples = b"\x80" * (round(seconds * _RATE) // 2 * 2)
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, _RATE, _RATE, 1, 8)
    note = b"placeholder " + b"0" * DIGITS + b"\0\0"
    info = b"LIST" + struct.pack("<I", 12 + len(note)) + b"INFOICMT" + struct.pack("<I", len(note)) + note
    rest = b"WAVE" + form + info + b"data" + struct.pack("<I", len(samples)) + samples
    content = b"RIFF" + struct.pack("<I", len(rest)) + rest
    return Blank(content, digits=(content.index(b"placeholder ") + 12,))


def _text(before: bytes, after: bytes) -> Blank:
    return Blank(before + b"0" * DIGITS + after, digits=(len(before),))


def _zip() -> Blank:
    """One stored text; its time is the first that ZIP knows."""
    name, entry = b"placeholder.txt", b"Placeholder file " + b"0" * DIGITS + b"\n"
    about = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, 0, len(entry), len(entry), len(name), 0)
    local = b"PK\3\4" + about + name
    content = local + entry
    more = struct.pack("<HHHII", 0, 0, 0, 0, 0)
    central = b"PK\1\2" + struct.pack("<H", 20) + about + more + name
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(content), 0)
    first = len(local) + len(b"Placeholder file ")
    covered = (len(local), len(content))
    sums = (Sum(14, covered, "little"), Sum(len(content) + 16, covered, "little"))
    return Blank(content + central + end, digits=(first,), sums=sums)
