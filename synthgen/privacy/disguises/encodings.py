"""Encodings: base64, hexadecimal, HTML entities, percent-encoding, backslash escapes, quoted-printable.

Noise stays noise: a random token seldom decodes to printable text, and what it decodes to is no address and no number
with a valid check digit.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from itertools import pairwise
from urllib.parse import unquote

from synthgen.privacy.disguises.base import Disguise

# A quad of base64 whose three bytes are printable ASCII: some bits of its first, second and third character are known.
_QUAD = "[I-Za-f][C-HS-Xi-nyz0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_READABLE = re.compile(f"(?:{_QUAD}){{3}}")
_WRAPPED = re.compile(r"(?<=[A-Za-z0-9+/]{64})\r?\n(?=[A-Za-z0-9+/]{4})")
_CUT = re.compile(r"[/_-]")
_PARTS = 16
"""Most pieces of one token, cut at `/`, `_` or `-`, that are tried as base64 of their own."""
_SHORT = 16
_SIGNS = re.compile(r"[^\w\s@.,:;+()/'-]")
"""A short text with other signs than these is a code that decodes to something by chance."""

_PAIR = "[2-7][0-9a-fA-F]"
_HEX = re.compile(rf"(?<![0-9a-zA-Z])(?:0[xX])?((?:{_PAIR}){{9,}}|(?:{_PAIR}[ :-]){{8,}}{_PAIR})(?![0-9a-zA-Z])")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-3][0-7]{2}))"
)
_QUOTED = re.compile(r"(?:=[0-9A-F]{2})+")
_SOFT = re.compile(r"=\r?\n")


def _printable(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(c.isprintable() or c in "\t\r\n" for c in text) else None


def _unbase64(token: str) -> str | None:
    """The text of one token, or None if it is none; the standard and the URL-safe alphabet, padded or not."""
    bare = token.rstrip("=").replace("-", "+").replace("_", "/")
    if len(bare) % 4 == 1:
        return None
    try:
        text = _printable(base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True))
    except binascii.Error:
        return None
    return None if text is None or (len(text) < _SHORT and _SIGNS.search(text)) else text


def _token(match: re.Match[str]) -> str:
    """A token decoded as a whole, or else those of its parts that can be."""
    token = match.group()
    if not _READABLE.search(token):
        return token
    whole = _unbase64(token)
    if whole is not None:
        return whole
    cuts = [0, *(m.end() for m in _CUT.finditer(token)), len(token) + 1]
    if len(cuts) > _PARTS:
        return token
    made = []
    for start, end in pairwise(cuts):
        part = token[start : end - 1]
        found = _unbase64(part) if len(part) >= 12 and _READABLE.match(part) else None
        made.append((part if found is None else found) + token[end - 1 : end])
    return "".join(made)


def from_base64(text: str) -> str:
    """Tokens of base64 that hold printable text; lines of 64 characters and more are joined first.

    >>> from_base64("id bWFyYUBwb3N0ZW8uZXhhbXBsZQ== end")
    'id mara@posteo.example end'
    """
    return _TOKEN.sub(_token, _WRAPPED.sub("", text))


def from_hex(text: str) -> str:
    """Pairs of hexadecimal digits that spell printable text of nine characters or more.

    >>> from_hex("0x6d617261406d61696c2e74657374")
    'mara@mail.test'
    """

    def made(match: re.Match[str]) -> str:
        found = _printable(bytes.fromhex(re.sub("[ :-]", "", match.group(1))))
        return match.group() if found is None else found

    return _HEX.sub(made, text)


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def from_escapes(text: str) -> str:
    r"""Backslash escapes of program texts: `\u0040`, `\x40`, `\100`.

    >>> from_escapes(r"mara\u0040mail.test")
    'mara@mail.test'
    """
    return _ESCAPE.sub(lambda m: _character(int(m[5], 8) if m[5] else int(m[1] or m[2] or m[3] or m[4], 16)), text)


def from_quoted_printable(text: str) -> str:
    """Quoted-printable of e-mails (RFC 2045, section 6.7): `=40` for an at sign, lines that end with `=` joined.

    >>> from_quoted_printable("mara=40mail.test")
    'mara@mail.test'
    """

    def made(match: re.Match[str]) -> str:
        return bytes.fromhex(match.group().replace("=", "")).decode("utf-8", "replace")

    return _QUOTED.sub(made, _SOFT.sub("", text))


ENCODINGS = (
    Disguise("base64", f"(?:{_QUAD}){{3}}", from_base64),
    Disguise("hex", f"(?:{_PAIR}){{9}}|(?:{_PAIR}[ :-]){{8}}", from_hex),
    Disguise("html", "&#[xX]?[0-9a-fA-F]{1,7}|&[A-Za-z]{2,31}[0-9]{0,2};", html.unescape),
    Disguise("percent", "%[2-7][0-9a-fA-F]|%[c-fC-F][0-9a-fA-F]%", unquote),
    Disguise("escape", r"\\(?:[uU]\{?[0-9a-fA-F]{1,8}|x[0-9a-fA-F]{2}|[0-3][0-7]{2})", from_escapes),
    Disguise("quoted-printable", r"=(?:[2-7][0-9A-F]|[C-F][0-9A-F]=|\r?\n)", from_quoted_printable),
)
