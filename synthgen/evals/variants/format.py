"""The same text in another layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from synthgen.evalcase import EvalCase, Piece, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw
from synthgen.evals.variant import Sentence, changed, reworded, sentences, together

LAYOUTS = ("lines", "bullets", "quoted", "html", "markdown")


def laid_out(pieces: Sequence[Piece], layout: str) -> list[Piece] | None:
    """The text in a layout; None where the layout would not hold it."""
    whole = "".join(p.text for p in pieces)
    parts = sentences(pieces)
    if layout == "quoted":
        quoted = reworded(pieces, lambda text: text.replace("\n", "\n> "))
        single = not any("\n" in p.text for p in pieces if p.label)
        return [Piece("----- Forwarded message -----\n> "), *quoted] if single else None
    if layout == "markdown":
        return [Piece("## Message\n\n"), *pieces, Piece("\n\n---\n")] if not whole.startswith("#") else None
    if layout == "html":
        if "<" in whole or "&" in whole:
            return None
        broken = reworded(pieces, lambda text: "</p>\n<p>".join(p.replace("\n", "<br>\n") for p in text.split("\n\n")))
        return [Piece("<p>"), *broken, Piece("</p>")]
    if len(parts) < 2 or "\n" in whole:
        return None
    if layout == "lines":
        return together([Sentence(s.pieces, "\n") for s in parts[:-1]] + [parts[-1]])
    marked = [Sentence((Piece("- "), *s.pieces), "\n") for s in parts]
    return together([*marked[:-1], Sentence(marked[-1].pieces, "")])


class Format:
    """Breaks lines, makes a bullet list, quotes an e-mail, or marks paragraphs in HTML or Markdown.

    `It broke. Please help.` becomes two lines that begin with `- `.
    """

    name: ClassVar[str] = "format"
    relation: ClassVar[Relation] = "INV"
    rule: ClassVar[str] = "The gold stays: lines are broken and marked, and no word of the message changes."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case in another layout; None if it is empty."""
        if not case.input.strip():
            return None
        for layout in draw.shuffled(LAYOUTS):
            pieces = laid_out(case.pieces, layout)
            made = None if pieces is None else changed(case, pieces, self.name, family, change=layout)
            if made is not None:
                return made
        return None
