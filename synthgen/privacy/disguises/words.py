"""Words that are written otherwise: look-alike letters, an address with its signs spelled out, names in capitals."""

from __future__ import annotations

import re
from itertools import pairwise

from synthgen.privacy.disguises.base import Disguise
from synthgen.privacy.names import is_pair

_CYRILLIC = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d"
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405\u0423",
        "aeopcyxijshdqwABEKMHOPCTXIJSY",
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "\u03bf\u03bd\u03c1\u03b1\u03b9\u03ba\u03c5\u0391\u0392\u0395"
        "\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "ovpaikuABEZHIKMNOPTYX",
        strict=True,
    )
)
_LATIN = str.maketrans(_CYRILLIC | _GREEK)
_ALIKE = "".join(_CYRILLIC | _GREEK)

_AT = r"(?: ?[\[({<] ?(?:at|@|ät|chez|arroba) ?[\])}>] ?)"
_DOT = r"(?: ?[\[({<] ?(?:dot|\.|punkt|point|punto|ponto|kropka) ?[\])}>] ?)"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?"
_BRACKETS = re.compile(
    rf"(?i)(?<![\w.+-])([\w.+-]{{1,64}})(?:{_AT}|@)({_LABEL}(?:(?:{_DOT}|\.){_LABEL}){{1,6}})(?![\w-])"
)
_LOCAL = re.compile(rf"(?i)(?<![\w.+-])(\w{{1,40}}(?:{_DOT}\w{{1,40}}){{1,4}})(?={_AT}|@)")
_SPOKEN = re.compile(
    rf"(?i)(?<![\w.+-])([\w.+-]{{1,64}}(?: dot \w{{1,40}}){{0,3}}) at ({_LABEL}(?: dot {_LABEL}){{1,5}})(?![\w-])"
)
_WIDE = re.compile(
    r"(?<![\w.+-])(\w{1,40}(?: ?[._+-] ?\w{1,40}){1,4}|[A-Za-z]{1,40}\d{1,8})"
    rf"(?: @ ?| ?@ )({_LABEL}(?: ?\. ?{_LABEL}){{1,5}})(?![\w-])"
)
_CAPITALS = re.compile(r"(?<![\w-])[A-Z][A-Z'.-]{1,24}(?:,? [A-Z][A-Z'.-]{0,24}){1,5}(?![\w-])")
_STREET = re.compile(
    r"\b\d{1,5}[A-Z]? (?:[A-Z][A-Z'-]{1,24} ){1,3}(?:STREET|ST|AVENUE|AVE|ROAD|RD|LANE|LN|DRIVE|DR|BOULEVARD|BLVD|COURT"
    r"|CT|WAY|PLACE|PL|SQUARE|SQ|TERRACE|HIGHWAY|HWY|PARKWAY|PKWY|CRESCENT|CLOSE|GROVE)\b"
    r"|\b[A-ZÄÖÜ]{3,30}(?:STRASSE|WEG|PLATZ|ALLEE|GASSE) \d{1,4}\b"
)
_LOWER = re.compile(r"(?<![^\W_])[a-z]{2,}(?![^\W_])")
_LINKS = re.compile(
    r"\b(?:THE|AND|FOR|WITH|WAS|IS|ARE|FROM|ABOUT|HAS|HAD|HAVE|TO|BY|OUR|HIS|HER|THAT|PLEASE|WILL|NOT|BUT|SAID|CALLED)\b"
)
_SENTENCE, _LINKED = 3, 2
"""Words in small letters, or small words in capitals, that make a text a sentence."""
_AROUND = 200
"""Characters before and after a name in which they are looked for."""
_MONTH = re.compile(
    r"\b(?:JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
    r"|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)\b"
)


def to_latin(text: str) -> str:
    """Cyrillic and Greek letters that look like Latin ones, as those.

    >>> to_latin("m\\u0430ra@mail.test")
    'mara@mail.test'
    """
    return text.translate(_LATIN)


def _sign(text: str, spelled: str) -> str:
    return re.sub(spelled, ".", text, flags=re.IGNORECASE).replace(" ", "")


def written_out(text: str) -> str:
    """E-mail addresses whose signs are words or stand apart.

    >>> written_out("mara [at] mail (dot) test; mara.q @ mail.test; mara at mail dot test")
    'mara@mail.test; mara.q@mail.test; mara@mail.test'
    """
    text = _LOCAL.sub(lambda m: _sign(m[1], _DOT), text)
    text = _BRACKETS.sub(lambda m: f"{m[1]}@{_sign(m[2], _DOT)}", text)
    text = _SPOKEN.sub(lambda m: f"{_sign(m[1], ' dot ')}@{_sign(m[2], ' dot ')}", text)
    return _WIDE.sub(lambda m: f"{m[1].replace(' ', '')}@{m[2].replace(' ', '')}", text)


def _told(text: str) -> bool:
    """Whether a text is a sentence, in which a name stands, and no list entry that may be called after somebody."""
    return len(_LOWER.findall(text)) >= _SENTENCE or len(_LINKS.findall(text)) >= _LINKED


def _named(match: re.Match[str]) -> str:
    """A run of capitals in title case, if two words of it are a name and it is a name alone or stands in a sentence."""
    run = match.group()
    words = re.split(r"[ ,]+", run)
    if not any(is_pair(a, b) or ("," in run and is_pair(b, a)) for a, b in pairwise(words)):
        return run
    around = match.string[max(0, match.start() - _AROUND) : match.end() + _AROUND]
    return run.title() if len([w for w in words if len(w) > 2]) == 2 or _told(around) else run


def cased(text: str) -> str:
    """Full names, streets and months in capitals, written as usual; other words stay.

    >>> cased("the owner LAURA BENNETT, born 12 MARCH 1984")
    'the owner Laura Bennett, born 12 March 1984'
    >>> cased("RONALD REAGAN WASHINGTON NATL")
    'RONALD REAGAN WASHINGTON NATL'
    """
    made = _STREET.sub(lambda m: m.group().title(), text)
    return _CAPITALS.sub(_named, _MONTH.sub(lambda m: m.group().title(), made))


WORDS = (
    Disguise("homoglyph", f"[0-9A-Za-z@][{_ALIKE}]|[{_ALIKE}][0-9A-Za-z@]", to_latin),
    Disguise(
        "words",
        rf"(?i)[0-9a-z_]{_AT}[0-9a-z]|@[0-9a-z.-]+{_DOT}[a-z]|[0-9a-z] at [0-9a-z-]+ dot [a-z]"
        r"|[0-9a-z](?: @ ?| ?@ )[0-9a-z-]+ ?\. ?[a-z]|[0-9a-z]@[0-9a-z-]+(?: \.|\. )[a-z]",
        written_out,
    ),
    Disguise(
        "case", r"[A-Z]{2}[A-Z'.-]*,? [A-Z]{2}|[0-9] [A-Z]{3}|[A-Z](?:STRASSE|WEG|PLATZ|ALLEE|GASSE) [0-9]", cased
    ),
)
