"""The forms that a value is planted in: as people write it, and as it looks after it was copied, encoded or hidden."""

from __future__ import annotations

import base64
import re

from synthgen.evals.draw import Draw
from synthgen.redteam.values import Planted

PLAIN = "plain"
SPLIT = "split"
FORMS = (PLAIN, "spaces", "unicode digits", "zero-width", "full-width", "base64", "upper case", "html", SPLIT)
"""All forms; each but the first is a mutation."""

_ZEROS = (0x660, 0x966, 0x9E6, 0xE50, 0x6F0)  # Arabic, Devanagari, Bengali, Thai, Persian
_INVISIBLE = ("\u200b", "\u200c", "\u2060", "\u00ad", "\ufeff")
_SEAM = re.compile(r"(?<=[-.:])(?=\w)")


def mutated(planted: Planted, form: str, draw: Draw) -> str | None:
    """The text to plant, or None where the form means nothing for the value.

    - plain: the value, with its label where a weak form needs one.
    - spaces: every digit of a number apart (with its label, since it is bare digits now), spaces around the signs of an
      e-mail address.
    - unicode digits: those of another script. zero-width: invisible characters inside. full-width: all characters.
    - base64: label and value together. upper case: not of tokens that it destroys, not of what has no small letter.
    - html: every character as an entity, decimal and hexadecimal ones in turn.

    The form `split` is no text but two: see `halves`.
    """
    value = planted.value
    made = value
    if form == "spaces":
        made = _spaced(planted)
    elif form == "unicode digits":
        zero = draw.pick(_ZEROS)
        made = "".join(chr(zero + int(c)) if c.isascii() and c.isdigit() else c for c in value)
    elif form == "zero-width":
        made = _broken(value, draw)
    elif form == "full-width":
        made = "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)
    elif form == "base64":
        return base64.b64encode(planted.text.encode()).decode()
    elif form == "upper case":
        made = value if planted.kind == "exact" else value.upper()
    elif form == "html":
        made = "".join(f"&#{ord(c)};" if i % 2 else f"&#x{ord(c):x};" for i, c in enumerate(value))
    if form != PLAIN and made == value:
        return None
    label = planted.weak if form == "spaces" else planted.label
    return f"{label} {made}" if label else made


def _spaced(planted: Planted) -> str:
    if planted.entity == "EMAIL_ADDRESS":
        user, _, host = planted.value.partition("@")
        return f"{user} @ {host.replace('.', ' . ')}"
    if planted.kind == "digits":
        return " ".join(re.sub(r"[^\d+]", "", planted.value))
    return planted.value


def _broken(value: str, draw: Draw) -> str:
    """An invisible character after every second or third one."""
    invisible = draw.pick(_INVISIBLE)
    step = draw.integer(2, 3)
    return invisible.join(value[i : i + step] for i in range(0, len(value), step))


def halves(planted: Planted) -> tuple[str, str] | None:
    """The value over two cells: an address after its at sign, a number after a hyphen, or else in the middle.

    None where it means nothing: names, places and dates stand in several columns anyway, a token is cut by nobody, and
    a form that needs its label is not recognisable without it.
    """
    value = planted.value
    if planted.label or planted.kind in ("exact", "name", "place") or planted.entity == "DATE_OF_BIRTH":
        return None
    if "@" in value:
        at = value.index("@") + 1
        return value[:at], value[at:]
    middle = len(value) / 2
    seams = [m.start() for m in _SEAM.finditer(value)] or [m.end() for m in re.finditer(" ", value)] or [round(middle)]
    at = min(seams, key=lambda s: abs(s - middle))
    return value[:at].rstrip(), value[at:]
