"""Figures as text for a terminal, drawn by plotext."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from synthgen.plots.figures import Figure, moment

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LABEL = 24  # characters of a bar's label


def drawn(figures: Iterable[Figure], width: int = 80) -> str:
    """All figures as plain text, at most `width` columns wide."""
    return "\n\n".join(_drawn(figure, max(40, min(width, 100))) for figure in figures)


def _drawn(figure: Figure, width: int) -> str:
    notes = ["% of rows" if figure.kind == "histogram" else "", figure.note]
    about = "; ".join(filter(None, notes))
    head = f"{figure.title}  ({about})" if about else figure.title
    return f"{head}\n{_bars(figure, width) if figure.kind == 'bars' else _plotted(figure, width)}"


def _bars(figure: Figure, width: int) -> str:
    labels = ["".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in label) for label in figure.labels]
    labels = [label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…" for label in labels]
    room = max(len(label) for label in labels)
    most = max(figure.shares)
    return "\n".join(
        f"  {label:<{room}}  {'█' * max(1, round(share / most * (width - room - 12)))} {share:.1%}"
        for label, share in zip(labels, figure.shares, strict=True)
    )


def _plotted(figure: Figure, width: int) -> str:
    import plotext  # only those who plot pay for it

    plot: Any = plotext
    plot.clear_figure()
    plot.theme("clear")
    plot.plot_size(width, 12)
    if figure.kind == "histogram":
        middles = [(a + b) / 2 for a, b in zip(figure.edges, figure.edges[1:], strict=False)]
        plot.bar(middles, [s * 100 for s in figure.shares], width=1)
        ends = (figure.edges[0], figure.edges[-1])
    else:
        for line in figure.lines:
            plot.plot(line.x, line.y, marker="braille", label=line.name)
            if line.marked:
                plot.scatter([line.x[i] for i in line.marked], [line.y[i] for i in line.marked], marker="x")
        ends = (min(line.x[0] for line in figure.lines), max(line.x[-1] for line in figure.lines))
    span = ends[1] - ends[0]
    ticks = [ends[0] + span * k / 4 for k in range(5)]
    plot.xticks(ticks, [moment(t, span) if figure.time else f"{t:,.4g}" for t in ticks])
    text = _COLOURS.sub("", plot.build())
    return "\n".join(line.rstrip() for line in text.splitlines())
