"""Regular expressions read into trees by the standard library's parser, with bounds on their size."""

from __future__ import annotations

import re
from collections.abc import Sequence as Seq
from re import _constants as c  # type: ignore[attr-defined]  # the standard parser's own tree; no public name
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from synthgen.generators.expressions import LONGEST, Chain, Either, Node, PatternError, Repeat, Words
from synthgen.generators.unicode_classes import CLASSES, letters

STAR = 8  # repeats of an unbounded quantifier beyond its minimum
_SHORT = 16  # repeats that are written out
_DEEPEST = 40  # nested groups
_MERGED = 4096  # words that neighbouring parts are joined into
_REPEATS = (c.MAX_REPEAT, c.MIN_REPEAT)
_UNICODE = re.compile(r"\\p\{?(\w+)\}?")
_PRINTABLE = "".join(chr(i) for i in range(32, 127))
_CLASSES = {
    c.CATEGORY_DIGIT: "0123456789",
    c.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
    c.CATEGORY_SPACE: " ",
}
_NEGATED = {
    c.CATEGORY_NOT_DIGIT: c.CATEGORY_DIGIT,
    c.CATEGORY_NOT_WORD: c.CATEGORY_WORD,
    c.CATEGORY_NOT_SPACE: c.CATEGORY_SPACE,
}
_AROUND = ("look-around", "write what must stand there as part of the pattern, or leave it out")
_AGAIN = ("a back-reference", "write the part out, or make it a column and put it twice into a template")
_NAMES = {
    c.ASSERT: _AROUND,
    c.ASSERT_NOT: _AROUND,
    c.GROUPREF: _AGAIN,
    c.GROUPREF_EXISTS: ("a conditional group", "write both cases as alternatives: (a|b)"),
    c.AT: ("a word boundary", "leave it out; ^ and $ may stand at the ends"),
    c.ATOMIC_GROUP: ("an atomic group", "write a plain group"),
    c.POSSESSIVE_REPEAT: ("a possessive repeat", "write *, + or {m,n}"),
}


def compile_pattern(pattern: str, star: int = STAR) -> Node:
    """The tree of a pattern; raises PatternError for what has no countable strings.

    `*`, `+` and `{m,}` repeat at most `star` times more than they must. `\\p{L}` and its kin are Unicode's.

    >>> compile_pattern("[A-C]{2}-[0-9]").count, compile_pattern("a+", star=2).count
    (90, 3)
    """
    try:
        return _chain(parser.parse(spelled_out(pattern)), 0, star)
    except re.error as error:
        raise PatternError(f"'{pattern}' is not a regular expression: {error.msg}") from None
    except (OverflowError, RecursionError):
        raise PatternError(f"'{pattern}' is too large") from None


def open_ended(pattern: str) -> bool:
    """Whether the pattern has a repeat without an upper bound."""

    def inside(tree: Any) -> bool:
        if isinstance(tree, parser.SubPattern):
            return any(inside(value) or (op in _REPEATS and value[1] is c.MAXREPEAT) for op, value in tree)
        return isinstance(tree, list | tuple) and any(inside(part) for part in tree)

    return inside(parser.parse(spelled_out(pattern)))


def spelled_out(pattern: str) -> str:
    """The pattern with Unicode's classes (`\\p{Lu}`, `\\p{Greek}`) written as ranges.

    >>> spelled_out(r"\\p{Nd}[\\p{Nd}x]")
    '[0-9][0-9x]'
    """
    out, at, inside = "", 0, False
    while at < len(pattern):
        taken = pattern[at : at + 2] if pattern[at] == "\\" else pattern[at]
        found = _UNICODE.match(pattern, at)
        if found is not None:
            ranges = letters(found[1])
            if ranges is None:
                raise PatternError(
                    f"there are no letters of the class '{found[1]}' here", f"known: {', '.join(CLASSES)}"
                )
            out, at = out + (ranges if inside else f"[{ranges}]"), found.end()
            continue
        if taken == "[" and not inside:
            inside = True
            more = re.match(r"\[\^?\]?", pattern[at:])
            taken = more[0] if more else taken
        elif taken == "]":
            inside = False
        out, at = out + taken, at + len(taken)
    return out


def _chain(tree: Any, depth: int, star: int) -> Node:
    if depth > _DEEPEST:
        raise PatternError(f"groups are nested more than {_DEEPEST} deep")
    return _sequence([node for op, value in tree if (node := _node(op, value, depth, star)) is not None])


def _sequence(parts: Seq[Node]) -> Node:
    """Parts in a row; neighbours that have few strings of one length are joined."""
    joined: list[Node] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(last, Words) and isinstance(part, Words) and _joins(last, part):
            shares = None
            if last.shares or part.shares:
                shares = tuple((last.weights()[:, None] * part.weights()).ravel().tolist())
            joined[-1] = Words(tuple(a + b for a in last.words for b in part.words), shares)
        else:
            joined.append(part)
    return joined[0] if len(joined) == 1 else Chain(tuple(joined))


def _joins(a: Words, b: Words) -> bool:
    return a.lengths.bit_count() == 1 and b.lengths.bit_count() == 1 and a.count * b.count <= _MERGED


def _either(parts: Seq[Node]) -> Node:
    """One of the parts; branches of plain words become one weighted list of words."""
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(p, Words) for p in parts) and sum(p.count for p in parts) <= _MERGED:
        found: dict[str, float] = {}
        for part in parts:
            assert isinstance(part, Words)
            for word, share in zip(part.words, part.weights().tolist(), strict=True):
                found[word] = found.get(word, 0.0) + share / len(parts)
        return Words(tuple(found), tuple(found.values()))
    return Either(tuple(parts))


def _node(op: Any, value: Any, depth: int, star: int) -> Node | None:
    if op is c.LITERAL:
        return _letters(chr(value))
    if op is c.NOT_LITERAL:
        return _letters(_PRINTABLE.replace(chr(value), ""))
    if op is c.ANY:
        return _letters(_PRINTABLE)
    if op is c.IN:
        return _letters(_set(value))
    if op is c.BRANCH:
        return _either([_chain(branch, depth + 1, star) for branch in value[1]])
    if op is c.SUBPATTERN:
        return _chain(value[3], depth + 1, star)
    if op in (c.MAX_REPEAT, c.MIN_REPEAT):
        low, high, body = value
        return _repeat(low, high, body, depth, star)
    if op is c.AT and value in (c.AT_BEGINNING, c.AT_END, c.AT_BEGINNING_STRING, c.AT_END_STRING):
        return None
    words, remedy = _NAMES.get(op, (str(op).lower().replace("_", " "), None))
    raise PatternError(f"{words} cannot be generated", remedy)


def _repeat(low: int, high: Any, body: Any, depth: int, star: int) -> Node:
    high = low + star if high is c.MAXREPEAT else high
    inner = _chain(body, depth + 1, star)
    if max(high, 1) * max(inner.longest, 1) > LONGEST:
        raise PatternError(f"its strings can be longer than {LONGEST} characters")
    if low == high <= _SHORT:
        return _sequence([inner] * low)
    if isinstance(inner, Words) and high <= _SHORT and sum(inner.count**n for n in range(low, high + 1)) <= _MERGED:
        return _either([_sequence([inner] * n) for n in range(low, high + 1)])
    return Repeat(inner, low, high)


def _letters(letters: str) -> Words:
    if any(0xD800 <= ord(x) <= 0xDFFF for x in letters):
        raise PatternError("half a surrogate pair is no character")
    return Words(tuple(dict.fromkeys(letters)))


def _set(items: Any) -> str:
    found: list[str] = []
    negate = False
    for op, value in items:
        if op is c.NEGATE:
            negate = True
        elif op is c.LITERAL:
            found.append(chr(value))
        elif op is c.RANGE:
            if value[1] - value[0] > 5000:
                raise PatternError("a character range of more than 5000 characters is too large")
            found += [chr(i) for i in range(value[0], value[1] + 1)]
        elif op is c.CATEGORY and value in _CLASSES:
            found += _CLASSES[value]
        elif op is c.CATEGORY and value in _NEGATED:
            found += [x for x in _PRINTABLE if x not in _CLASSES[_NEGATED[value]]]
        else:
            raise PatternError(f"{str(value).lower().replace('_', ' ')} cannot be generated")
    letters = "".join(x for x in _PRINTABLE if x not in found) if negate else "".join(found)
    if not letters:
        raise PatternError("a character set is empty")
    return letters
