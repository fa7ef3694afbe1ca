"""Documents that state columns of one record of a table: forms, tables, letters, messages, scans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from synthgen.evalcase import Piece
from synthgen.evals.documents.facts import Leaf, Others
from synthgen.evals.documents.labels import _lower, labels, spoken, wording
from synthgen.evals.documents.values import NOTES, Style
from synthgen.evals.draw import Draw
from synthgen.evals.phrasing import REGISTERS, dress
from synthgen.evals.wording import fill, joined, merged

HEADED = ("form", "dotted", "pipes", "columns", "scan", "letter")
"""Layouts that a firm's letterhead may stand over."""


@dataclass(frozen=True)
class Entry:
    """A labelled value of a document; `said` is the label that a sentence uses."""

    label: str
    said: str
    value: Piece


def entries(leaves: Sequence[Leaf], style: Style, draw: Draw) -> list[Entry]:
    """One entry for each leaf that has a value; no two have the same label."""
    used: set[str] = set()
    found = []
    for leaf in leaves:
        if leaf.value is None:
            continue
        options = [o for o in labels(leaf.path) if o.casefold() not in used] or [leaf.path]
        chosen = draw.pick(options)
        said = draw.pick(spoken(options))
        used |= {chosen.casefold(), said.casefold()}
        found.append(Entry(chosen, said, leaf.piece(style)))
    return found


def neighbours(count: int, avoid: Sequence[str], others: Others, draw: Draw) -> list[Entry]:
    """Entries that are not asked for: none whose label shares a word's beginning with a label to avoid."""
    stems = {w[:5] for label in avoid for w in label.casefold().split() if len(w) > 3} - {"date", "numbe"}
    found: list[Entry] = []
    for label, slot, said in draw.shuffled(wording()["others"]):
        if len(found) == count:
            break
        words = f"{label} {said}".casefold()
        if any(w[:5] in stems for w in words.split()) or any(a.casefold() in words for a in avoid):
            continue
        found.append(Entry(label, said, others.piece(f"{slot}{len(found) + 1}")))
    return found


def write(layout: str, found: Sequence[Entry], style: Style, draw: Draw) -> list[Piece]:
    """The entries as a document of that layout, in random order, with a note on the date format where one is needed."""
    pieces = LAYOUTS[layout](draw.shuffled(found), draw)
    if style.date in NOTES:
        lead = draw.pick(("Dates: ", "Date format: ", "All dates are written ", "(dates as "))
        end = ")" if lead.startswith("(") else ""
        pieces = [*pieces, Piece("\n" + lead), Piece(NOTES[style.date], "other.note"), Piece(end)]
    return merged(pieces)


def _form(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    words = wording()
    between = draw.pick((": ", ":  ", ":\t", " - "))
    cut = draw.integer(1, max(1, len(found) - 1))
    lines: list[Sequence[Piece] | str] = [draw.pick(words["titles"]).upper(), draw.pick(("", "-" * 24, "=" * 30))]
    for i, entry in enumerate(found):
        if i == cut:
            lines.append(f"\n{draw.pick(words['sections'])}")
        lines.append([Piece(entry.label + between), entry.value])
    return joined(lines, "\n")


def _dotted(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    width = max(len(e.label) for e in found) + draw.integer(3, 14)
    dot = draw.pick((".", " ", "_"))
    rows = [[Piece(f"{e.label} " + dot * (width - len(e.label)) + " "), e.value] for e in found]
    return joined([draw.pick(wording()["titles"]), *rows], "\n")


def _pipes(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    head = draw.pick(("| Field | Entry |", "| Item | Value |", "| What | On file |"))
    rows = [[Piece(f"| {e.label} | "), e.value, Piece(" |")] for e in found]
    return joined([draw.pick(wording()["sections"]) + ":", head, "|---|---|", *rows], "\n")


def _columns(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    bar = draw.pick((" | ", "; ", " || "))
    values: list[Piece] = []
    for i, e in enumerate(found):
        values += [Piece(bar), e.value] if i else [e.value]
    head = bar.join(e.label for e in found)
    return joined([draw.pick(wording()["titles"]), head, values], "\n")


def _scan(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    """What is left of a printed form after text recognition: capitals, torn lines, specks."""
    lines: list[Sequence[Piece] | str] = [
        f"{draw.pick(('~', '|', '.', ':'))}  {draw.pick(wording()['titles']).upper()}"
    ]
    for e in found:
        label = e.label.upper() if draw.chance(0.6) else e.label
        between = draw.weighted({"   ": 3, "\n      ": 2, " : ": 2, " .. ": 1, " |  ": 1})
        lines.append([Piece(f"{draw.weighted({'': 4, '| ': 1, '- ': 1, ' ': 2})}{label}{between}"), e.value])
        if draw.chance(0.25):
            lines.append(draw.pick(("_ _ _", "'", "· ·", "|", "--- -")))
    return joined([*lines, draw.pick(("page 1", "p. 1 of 1", "copy", "scanned"))], "\n")


def _sentences(found: Sequence[Entry], draw: Draw) -> list[list[Piece]]:
    """One or two entries a sentence."""
    said: list[list[Piece]] = []
    rest = list(found)
    while rest:
        group, rest = (rest[:2], rest[2:]) if draw.chance(0.5) and len(rest) > 1 else (rest[:1], rest[1:])
        parts = [fill(draw.pick(wording()["says"]), {"label": Piece(_lower(e.said)), "value": e.value}) for e in group]
        pieces = joined(parts, draw.pick((" and ", ", and ", "; ")))
        if not pieces[0].label:
            pieces[0] = replace(pieces[0], text=pieces[0].text[0].upper() + pieces[0].text[1:])
        said.append([*pieces, Piece(".")])
    return said


def _filled(found: Sequence[Entry], draw: Draw, between: str) -> list[Piece]:
    said: list[Sequence[Piece] | str] = [*_sentences(found, draw)]
    for filler in draw.sample(wording()["fillers"], draw.below(3)):
        said.insert(draw.below(len(said) + 1), filler)
    return joined(said, between)


def _letter(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    core = joined([draw.pick(wording()["openers"]), _filled(found, draw, " ")], "\n\n")
    return dress(core, draw.child("letter"), "formal")


def _message(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    core = joined([draw.pick(wording()["openers"]), _filled(found, draw, " ")], " ")
    return dress(core, draw.child("message"), draw.pick([r for r in REGISTERS if r != "formal"]))


def _narrative(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    return joined([draw.pick(wording()["openers"]), _filled(found, draw, " ")], " ")


def _inline(found: Sequence[Entry], draw: Draw) -> list[Piece]:
    """A note that runs the labels together."""
    style = draw.pick(wording()["asks"])
    parts = [fill(style, {"label": Piece(e.label), "value": e.value}) for e in found]
    return joined([draw.pick(wording()["openers"]), joined(parts, draw.pick((", ", "; ", " / ")))], " ")


LAYOUTS: dict[str, Callable[[Sequence[Entry], Draw], list[Piece]]] = {
    "form": _form, "dotted": _dotted, "pipes": _pipes, "columns": _columns, "scan": _scan, "letter": _letter,
    "message": _message, "narrative": _narrative, "inline": _inline,
}  # fmt: skip
