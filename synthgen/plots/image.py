"""Figures as one PNG, SVG or HTML file: drawn by Altair, rendered by vl-convert, without a browser or the network."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.errors import usage
from synthgen.plots.figures import Figure

SUFFIXES = (".png", ".svg", ".html")
_WIDTH, _HEIGHT, _COLUMNS = 320, 150, 3


def check_file(path: Path) -> None:
    """Raises UsageError for a file whose kind cannot be drawn, or whose folder does not exist."""
    if not path.parent.is_dir():
        raise usage("missing-folder", f"--plot-to {path}: there is no folder '{path.parent}'", "make it first")
    if path.suffix.lower() not in SUFFIXES:
        message = f"--plot-to {path}: '{path.suffix}' is not a kind of picture"
        raise usage("bad-value", message, f"end the file's name in {', '.join(SUFFIXES)}")


def save(figures: Sequence[Figure], path: Path, title: str) -> None:
    """Write all figures to one file; its suffix says what kind. Raises UsageError without the extra `plot`."""
    check_file(path)
    try:
        import altair
        import vl_convert
    except ImportError:
        raise usage("missing-extra", "pictures need the extra 'plot'", "pip install 'synthgen[plot]'") from None
    charts = [_chart(altair, figure) for figure in figures]
    rows = [altair.hconcat(*charts[i : i + _COLUMNS]) for i in range(0, len(charts), _COLUMNS)]
    whole = altair.vconcat(*rows).resolve_scale(color="independent").properties(title=title)
    spec: dict[str, Any] = whole.to_dict()
    if path.suffix.lower() == ".png":
        path.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
        return
    drawing = vl_convert.vegalite_to_svg(spec)
    if path.suffix.lower() == ".html":
        name = html.escape(title)
        drawing = (
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{name}</title>\n{drawing}\n</html>\n'
        )
    path.write_text(drawing, encoding="utf-8")


def _chart(altair: Any, figure: Figure) -> Any:
    title = {"text": figure.title, "subtitle": figure.note} if figure.note else figure.title
    chart = {"bars": _bars, "histogram": _histogram, "lines": _lines}[figure.kind](altair, figure)
    return chart.properties(width=_WIDTH, height=_HEIGHT, title=title)


def _bars(altair: Any, figure: Figure) -> Any:
    rows = [{"value": v, "share": s} for v, s in zip(figure.labels, figure.shares, strict=True)]
    share = altair.X("share:Q", axis=altair.Axis(format="%", title="share of rows"))
    return (
        altair.Chart(altair.Data(values=rows)).mark_bar().encode(x=share, y=altair.Y("value:N", sort=None, title=None))
    )


def _histogram(altair: Any, figure: Figure) -> Any:
    scale = 1000 if figure.time else 1  # Vega counts time in milliseconds
    rows = [
        {"low": a * scale, "high": b * scale, "share": s, "zero": 0}
        for a, b, s in zip(figure.edges, figure.edges[1:], figure.shares, strict=False)
    ]
    low = _times(altair, "low", figure.edges) if figure.time else altair.X("low:Q", title=None)
    low = low.scale(zero=False) if not figure.time else low
    share = altair.Y("share:Q", axis=altair.Axis(format="%", title="share of rows"))
    return (
        altair.Chart(altair.Data(values=rows)).mark_rect(stroke="white", strokeWidth=0.5).encode(
            x=low, x2="high", y=share, y2="zero"
        )
    )  # fmt: skip


def _lines(altair: Any, figure: Figure) -> Any:
    rows, marks = [], []
    for line in figure.lines:
        points = [
            {"at": x * 1000, "value": None if math.isnan(y) else y, "line": line.name}
            for x, y in zip(line.x, line.y, strict=True)
        ]
        rows += points
        marks += [points[i] for i in line.marked if points[i]["value"] is not None]
    at = _times(altair, "at", [x for line in figure.lines for x in line.x])
    value = altair.Y("value:Q", title=None, scale=altair.Scale(zero=False))
    drawn = altair.Chart(altair.Data(values=rows)).mark_line(strokeWidth=1).encode(x=at, y=value, color="line:N")
    if not marks:
        return drawn
    dots = altair.Chart(altair.Data(values=marks)).mark_point(color="red", shape="cross", size=30)
    return altair.layer(drawn, dots.encode(x="at:T", y="value:Q"))


def _times(altair: Any, name: str, seconds: Sequence[float]) -> Any:
    """An axis of times whose labels tell as much as the span needs."""
    span = max(seconds) - min(seconds)
    form = "%b %Y" if span > 200 * 86_400 else "%-d %b" if span > 4 * 86_400 else "%-d %b %H:%M"
    return altair.X(f"{name}:T", title=None, axis=altair.Axis(format=form, tickCount=5))
