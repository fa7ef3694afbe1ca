"""User names and handles. Any word can be one, so they count only after a word that says so, or as `@name`."""

from __future__ import annotations

import re

from synthgen.privacy.base import Match
from synthgen.privacy.patterns import LIKELY, WEAK, mentions, named, spoken
from synthgen.privacy.recognizers import words

_SAID = rf"(?<![^\W_])(?:{spoken(words.USER)})(?![^\W_])"
_CODE = re.compile(
    r"(?i)^(?:name|id|and|or|the|is|with|via|page|to|for|on|by|in|your|you|as|required|not|none|null|true)$"
)


class Username:
    """`username: anna_k`, `my handle is @anna`, and every value of a column that is called so."""

    entity = "USERNAME"
    prefilter = r"(?i)(?:" + spoken(words.USER).replace(r"\u2019", r"\x{2019}") + r")|(?:^|[\s(])@[A-Za-z0-9_]{2}"
    context = words.USER
    name = "synthgen:username"

    _assigned = re.compile(
        rf"(?i){_SAID}[\"'`]{{0,2}}\s{{0,3}}(?::|=|\bis\b|\bist\b|\best\b|\bes\b|\bè\b|\bé\b|\bjest\b)\s{{0,3}}[\"'`]?"
        r"(?P<value>@?[A-Za-z0-9][\w.-]{1,38})(?![\w@(])"
    )
    _handle = re.compile(r"(?<![\w@./])(?P<value>@[A-Za-z0-9_]{2,30})(?![\w@.(:/-])")
    _whole = re.compile(r"@?[A-Za-z0-9][\w.-]{1,38}")

    def find(self, text: str, context: str = "") -> list[Match]:
        """The names, without the word before them; no decorator in code unless the text speaks of users."""
        if mentions(self.context, named(context)) and self._whole.fullmatch(text.strip()):
            start = len(text) - len(text.lstrip())
            return [Match(self.entity, start, start + len(text.strip()), LIKELY, self.name)]
        spans = [m.span("value") for m in self._assigned.finditer(text) if not _CODE.match(m.group("value"))]
        if re.search(rf"(?i){_SAID}", text):
            spans += [m.span("value") for m in self._handle.finditer(text)]
        return [Match(self.entity, *span, WEAK, self.name) for span in sorted(set(spans))]


USERNAME = Username()
