"""Titles before a name, and the occupation that somebody is said to have."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from synthgen.privacy.base import Match
from synthgen.privacy.cues import NAME, TITLE
from synthgen.privacy.names import LOWER, UPPER

_TITLE = re.compile(rf"(?<![{UPPER}{LOWER}])({TITLE}) (?={NAME})")
_ROLE = re.compile(
    rf"(?:{NAME}, (?:the|our|your|an?) )([{UPPER}][{LOWER}]+(?:[ ,/-]{{1,2}}[{LOWER}]+){{0,7}})(?=, (?:said|says"
    rf"|told|explained|and))"
)
_WORK = re.compile(
    rf"(?i:\b(?:works?|worked|working|job|position|career|employed)(?: (?:at|for"
    rf"|with) [^,.;\n]{{2,40}}?)? as (?:an? |the )?)"
    rf"([{UPPER}]?[{LOWER}]+(?: [{LOWER}]+){{0,4}})(?=[,.;\n]|$| but| and| in | at | for )"
)


@lru_cache(maxsize=1)
def occupations() -> frozenset[str]:
    """Lower-case occupations of Faker's job provider, whole or the part before the comma."""
    jobs = {j.lower() for j in importlib.import_module("faker.providers.job").Provider.jobs}
    return frozenset(jobs | {j.partition(",")[0] for j in jobs if "," in j})


_LINE = re.compile(r"[ \t]*\n\s*([^\W\d_][^\n:@0-9]{3,60}?)[ \t]*(?:\n|$)")
_DOES = re.compile(
    r"(?i)\b\w+(?:er|or|ist|ian|ant|ent|ive|yst|eer|man|woman|person|smith|nurse|clerk|chef|pilot|judge)(?:$|,| and )"
)


def _is_occupation(line: str) -> bool:
    """Whether a line is a listed occupation, or a few words in lower case that end in one's ending."""
    if line.lower() in occupations():
        return True
    return _DOES.search(line) is not None and len(line.split()) < 8 and not line.istitle()


def titles(text: str, people: Iterable[tuple[int, int]] = ()) -> Iterator[Match]:
    """Titles before a name; occupations after `works as`, in apposition to a name, on the line below one, or alone."""
    for _, end in people:
        below = _LINE.match(text, end)
        if below and _is_occupation(below.group(1)):
            yield Match("TITLE", *below.span(1), 0.7, "synthgen:title")
    for match in _TITLE.finditer(text):
        yield Match("TITLE", *match.span(1), 0.8, "synthgen:title")
    for match in _ROLE.finditer(text):
        yield Match("TITLE", *match.span(1), 0.9, "synthgen:title")
    for match in _WORK.finditer(text):
        yield Match("TITLE", *match.span(1), 0.5, "synthgen:title")
    for match in re.finditer(r"(?m)^[ \t>?*|]*([^\W\d_][^\n:@0-9]{3,50}?)[ \t]*$", text):
        if match.group(1).lower() in occupations():
            yield Match("TITLE", *match.span(1), 0.6, "synthgen:title")
