"""What the first bytes of a file say: formats that are read, and media that hold no text."""

from __future__ import annotations

HEAD = 8192
"""How many bytes are looked at."""

_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"SQLite format 3\0", "sqlite"), (b"PAR1", "parquet"), (b"ARROW1", "arrow"), (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)  # fmt: skip

_TEXTLESS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"\xff\xd8\xff", "image/jpeg"), (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"), (8, b"WEBP", "image/webp"), (0, b"II*\0", "image/tiff"), (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\1\0", "image/x-icon"), (0, b"\0\0\2\0", "image/x-icon"), (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"), (0, b"icns", "image/icns"), (8, b"WAVE", "audio/wav"), (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"), (0, b"fLaC", "audio/flac"), (4, b"ftyp", "video/mp4"), (8, b"AVI ", "video/avi"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"), (0, b"wOFF", "font/woff"), (0, b"wOF2", "font/woff2"),
    (0, b"OTTO", "font/otf"), (0, b"\0\1\0\0\0", "font/ttf"), (0, b"ttcf", "font/collection"),
    (0, b"\x7fELF", "application/x-executable"), (0, b"MZ", "application/x-executable"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-executable"), (0, b"\xce\xfa\xed\xfe", "application/x-executable"),
    (0, b"\xca\xfe\xba\xbe", "application/x-executable"), (0, b"\0asm", "application/wasm"),
    (0, b"!<arch>\n", "application/x-archive"),
)  # fmt: skip
"""Offset, bytes and media type; counts only in a file that holds zero bytes, so no text is taken for one."""

_RIFF = (b"WEBP", b"WAVE", b"AVI ")


def format_of(head: bytes) -> str | None:
    """The format that the first bytes of a file prove."""
    for magic, name in _FORMATS:
        if head.startswith(magic):
            return name
    if head[8:12] == b"DUCK":
        return "duckdb"
    return "tar" if head[257:262] == b"ustar" else None


def textless(head: bytes, suffix: str) -> str | None:
    """The media type of a file that holds no text for a reader; None if it may hold some.

    The name alone proves nothing: a table that is called `picture.png` is read.
    """
    if b"\0" not in head:
        return None
    for offset, magic, media in _TEXTLESS:
        if head[offset:].startswith(magic) and (magic not in _RIFF or head.startswith(b"RIFF")):
            return media
    if suffix in (".pyc", ".pyo") and head[2:4] == b"\r\n":
        return "application/x-python-bytecode"
    return None
