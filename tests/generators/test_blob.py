"""Files are read by readers of their own: the standard library's where it has one, strict ones of the formats here."""

import csv
import io
import re
import struct
import wave
import zipfile
import zlib
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.conformance.doubles import RefusedError, column

NUMBERS = [0, 1, 255, 256, 0x1E90FF, 2**24 - 1]


def files(snippet: Any) -> list[bytes]:
    return column(snippet).nth(NUMBERS).to_list()


def colour(number: int) -> tuple[int, int, int]:
    return number >> 16, number >> 8 & 255, number & 255


def read_png(data: bytes) -> np.ndarray:
    """Red, green and blue of a palette picture with one bit for each pixel; every check sum is tried."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        (length,), name = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        assert zlib.crc32(name + body) == struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0]
        chunks[name] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, depth, kind, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, kind, rest) == (1, 3, [0, 0, 0])
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    assert not lines[:, 0].any()
    palette = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    return palette[np.unpackbits(lines[:, 1:], axis=1)[:, :width]]


def read_gif(data: bytes) -> np.ndarray:
    """The one picture of a GIF89a with a global palette of two colours, by the specification's LZW decoder."""
    assert data[:6] == b"GIF89a" and data[-1:] == b";"
    width, height, flags = struct.unpack("<HHB", data[6:11])
    assert flags == 0x80
    palette = np.frombuffer(data[13:19], np.uint8).reshape(2, 3)
    assert data[19:20] == b"," and struct.unpack("<HHHH", data[20:28]) == (0, 0, width, height) and data[29] == 2
    at, packed = 30, b""
    while data[at]:
        packed += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    bits, size, out = int.from_bytes(packed, "little"), 3, []
    table, last = [[0], [1], [2], [3], [], []], None
    while True:
        code, bits = bits & ((1 << size) - 1), bits >> size
        if code == 4:
            table, size, last = table[:6], 3, None
            continue
        if code == 5:
            break
        entry = table[code] if code < len(table) else [*last, last[0]]  # type: ignore[misc,index]  # never first
        if last is not None and len(table) < 4096:
            table.append([*last, entry[0]])
        size = min(12, max(size, len(table).bit_length()))
        out += entry
        last = entry
    assert bits == 0 and len(out) == width * height
    return palette[np.array(out).reshape(height, width)]


def read_bmp(data: bytes) -> np.ndarray:
    """Rows from the last one up, in whole words."""
    assert data[:2] == b"BM" and struct.unpack("<I", data[2:6])[0] == len(data)
    offset, about, width, height, planes, depth = struct.unpack("<IIiiHH", data[10:30])
    assert (about, planes, depth, offset) == (40, 1, 1, 62)
    palette = np.frombuffer(data[54:62], np.uint8).reshape(2, 4)[:, 2::-1]
    lines = np.frombuffer(data[offset:], np.uint8).reshape(height, -1)[::-1]
    assert lines.shape[1] % 4 == 0
    return palette[np.unpackbits(lines, axis=1)[:, :width]]


READERS = {"png": read_png, "gif": read_gif, "bmp": read_bmp}


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("fill", ["solid", "checks", "stripes"])
@pytest.mark.parametrize("size", [[1, 1], [16, 16], [33, 9], [100, 61]])
def test_pictures_are_read_back(kind: str, fill: str, size: list[int]) -> None:
    for number, data in zip(NUMBERS, files({"blob": kind, "fill": fill, "size": size}), strict=True):
        picture = READERS[kind](data)
        assert picture.shape == (size[1], size[0], 3)
        down, across = np.indices((size[1], size[0])) // 8
        second = {"solid": 0 * down, "checks": (down + across) % 2, "stripes": down % 2}[fill]
        wanted = np.where(second[:, :, None] == 1, 255, np.array(colour(number)))
        assert np.array_equal(picture, wanted)


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_large_pictures_are_small_files(kind: str) -> None:
    (data, *_) = files({"blob": kind, "size": [512, 300], "fill": "checks"})
    assert READERS[kind](data).shape == (300, 512, 3) and len(data) <= 4096


def test_svg() -> None:
    for number, data in zip(NUMBERS, files({"blob": "svg", "size": [20, 10]}), strict=True):
        root = ElementTree.fromstring(data)
        assert (root.attrib["width"], root.attrib["height"]) == ("20", "10")
        assert root[0].attrib["fill"] == "#{:02x}{:02x}{:02x}".format(*colour(number))


def test_pdf_has_a_right_table_of_objects() -> None:
    for number, data in zip(NUMBERS, files({"blob": "pdf", "size": [200, 100]}), strict=True):
        start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", data)[1])  # type: ignore[index]  # fails if it is None
        assert data[start:].startswith(b"xref\n0 5\n0000000000 65535 f \n")
        places = [int(x) for x in re.findall(rb"(\d{10}) 00000 n \n", data[start:])]
        assert len(places) == 4
        for i, place in enumerate(places, 1):
            assert data[place:].startswith(b"%d 0 obj\n" % i)
        length, body = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", data, re.DOTALL).groups()  # type: ignore[union-attr]  # as above
        assert int(length) == len(body)
        shares = [float(x) for x in body.split()[:3]]
        assert shares == pytest.approx([c / 255 for c in colour(number)], abs=0.0006)
        assert body.split()[3:] == [b"rg", b"0", b"0", b"200", b"100", b"re", b"f"]


def test_wav_is_silence() -> None:
    for number, data in zip(NUMBERS, files({"blob": "wav", "seconds": 0.25}), strict=True):
        with wave.open(io.BytesIO(data)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 1, 8000)
            assert sound.readframes(9999) == b"\x80" * 2000
        assert b"placeholder %08d\0" % number in data and struct.unpack("<I", data[4:8])[0] == len(data) - 8


def test_texts_and_archives() -> None:
    for number, data in zip(NUMBERS, files({"blob": "zip"}), strict=True):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            assert archive.read("placeholder.txt") == b"Placeholder file %08d\n" % number
    assert files({"blob": "txt"})[4] == b"Placeholder file 02003199\n"
    table = list(csv.DictReader(io.StringIO(files({"blob": "csv"})[4].decode(), newline="")))
    assert table == [{"number": "02003199", "label": "placeholder"}]


def test_files_have_names_and_types() -> None:
    made = column({"blob": "png", "as": "file"}).nth(NUMBERS)
    assert made[4]["name"] == "placeholder-02003199.png" and made[4]["mime"] == "image/png"
    assert made.struct.field("content").to_list() == files({"blob": "png"})


def test_colours_are_spread() -> None:
    red = [read_png(data)[0, 0, 0] for data in column({"blob": "png", "size": [1, 1]}).values(3000)]
    assert np.mean(red) == pytest.approx(127.5, abs=4)


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"blob": "jpg"}, "blob"),
        ({"blob": "png", "size": [0, 5]}, "from 1 to 1024"),
        ({"blob": "png", "size": [16]}, "size"),
        ({"blob": "bmp", "size": [512, 512]}, "too-large"),
        ({"blob": "txt", "size": [5, 5]}, "says nothing about a txt file"),
        ({"blob": "pdf", "fill": "checks"}, "says nothing about a pdf file"),
        ({"blob": "wav", "seconds": 60}, "0.5"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)
