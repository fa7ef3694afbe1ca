"""What documents call a column: its name in words, with the usual synonyms and abbreviations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parents[1] / "templates" / "extraction_labels.yaml"


@lru_cache(maxsize=1)
def wording() -> Mapping[str, Any]:
    """The data file of labels, openers, fillers and neighbours."""
    read: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return read


@lru_cache(maxsize=1000)
def labels(path: str) -> tuple[str, ...]:
    """What a document may call a leaf, the plainest first.

    >>> labels("customers.last_name")[:3]
    ('Customer last name', 'Customer surname', 'Customer family name')
    >>> labels("shipped_on")
    ('Shipped on', 'Date shipped', 'Shipped')
    """
    *owners, column = path.split(".")
    own = _own(column)
    if not owners:
        return own
    table = owners[-1]
    called = wording()["owners"].get(table) or [_words(_singular(table))]
    return tuple(f"{owner} {_lower(label)}" for owner in called for label in own)


def spoken(options: Sequence[str]) -> list[str]:
    """The labels that a sentence can hold: no abbreviations, and things rather than what was done to them."""
    whole = [o for o in options if not re.search(r"[#]|\.$|\. ", o)] or [options[0].strip("#. ")]
    return [o for o in whole if not re.search(r" (on|at|since|by)$|^\w+(ed|sent)$", o)] or whole


def _own(column: str) -> tuple[str, ...]:
    known = wording()["names"].get(column.lower())
    if known:
        return tuple(known)
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", column).lower()
    head, _, tail = words.rpartition("_")
    if head and tail in ("on", "at", "date"):
        stem = _words(head)
        if re.search(r"(ed|sent|paid|made|sold|built|born)$", head):
            return (f"{stem} {'on' if tail == 'date' else tail}", f"Date {_lower(stem)}", stem)
        return (f"{stem} date", f"Date of {_lower(stem)}")
    if head and tail in ("no", "nr", "number", "num"):
        stem = _words(head)
        return (f"{stem} number", f"{stem} no.", f"{stem} #")
    return (_words(words),)


def _words(name: str) -> str:
    tokens = wording()["tokens"]
    text = " ".join(str(tokens.get(t, t)) for t in re.split(r"[\W_]+", name.lower()) if t) or name
    return text[0].upper() + text[1:]


def _lower(label: str) -> str:
    """The label inside a sentence: no capital, unless it is an abbreviation."""
    return label if label[:2].isupper() or not label[:1].isalpha() else label[0].lower() + label[1:]


def _singular(table: str) -> str:
    if table.endswith("ies"):
        return table[:-3] + "y"
    if re.search(r"(ss|x|ch|sh)es$", table):
        return table[:-2]
    return table[:-1] if table.endswith("s") and not table.endswith("ss") else table
