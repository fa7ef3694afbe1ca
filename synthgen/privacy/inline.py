"""Lines of text that findings point at: their marks, and the comments that let a line pass."""

from __future__ import annotations

import hashlib
import re
from typing import Any

_ALLOW = re.compile(r"synthgen:\s*allow(?![\w-])((?:[ \t,]+[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?![\w]))*)")
HINT = "synthgen:"
"""Every line that may hold such a comment holds this."""


def allowed(text: str) -> frozenset[str] | None:
    """The entities that a comment on the line lets pass: all if it names none (empty set), None without a comment.

    Words in capitals right after `allow` are entities; a reason follows in small letters or after a dash.

    >>> allowed("a@b.example.org  # synthgen: allow"), allowed("no comment")
    (frozenset(), None)
    >>> sorted(allowed("<!-- synthgen: allow URL, EMAIL_ADDRESS our own -->") or ())
    ['EMAIL_ADDRESS', 'URL']
    """
    found = _ALLOW.search(text)
    if found is None:
        return None
    return frozenset(re.findall(r"[A-Z][A-Z0-9_]*", found.group(1)))


def lets_pass(allowance: frozenset[str] | None, entity: str | None) -> bool:
    """Whether a comment's entities let a finding of this entity pass; what could not be scanned never passes."""
    return allowance is not None and entity is not None and (not allowance or entity in allowance)


def mark(text: str) -> str:
    """Five hexadecimal digits, the first 20 bits of the sha256 of a line without its end.

    >>> mark("hello")
    '2cf24'
    """
    return mark_of(hashlib.sha256(text.encode("utf-8", "surrogatepass")))


def mark_of(digest: Any) -> str:
    """The mark from a sha256 that was fed piece by piece."""
    return str(digest.hexdigest()[:5])
