"""Power curves: which effects a number of cases shows, and how surely; in the terminal and as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from synthgen.evals.sizing import CasesParams, Size, design, mde, power

POINTS = 121
_BLOCKS = " ▁▂▃▄▅▆▇█"
_WIDTH, _HEIGHT = 64, 10  # of the terminal's chart, in characters


@dataclass(frozen=True)
class Chart:
    """A power curve for one or several numbers of cases, and what is written beside it.

    `curves` has for each number of cases its powers at `xs`; the middle one is the set's. `scale` turns an effect into
    what the axis shows. `level` is the power that was asked for, `asked` the effect (None if none was).
    """

    title: str
    x_label: str
    y_label: str
    xs: tuple[float, ...]
    curves: tuple[tuple[int, tuple[float, ...]], ...]
    n: int
    level: float
    asked: float | None
    scale: float
    unit: str


def chart(size: Size, cases: CasesParams) -> Chart:
    """The curve of a set, and of half and twice its cases."""
    numbers = tuple(dict.fromkeys((max(1, size.n // 2), size.n, 2 * size.n)))
    reach = mde(numbers[0], cases) or mde(size.n, cases) or 1.0
    end = min(design(cases).top, max(1.5 * reach, 1.1 * (cases.effect or 0.0)))
    xs = tuple(end * i / (POINTS - 1) for i in range(POINTS))
    x_label, y_label, level = "difference between the models", "chance of seeing it", cases.power
    if cases.zero_failures is not None:
        x_label, y_label, level = "share of cases that fail", "chance of at least one failure", cases.confidence
    elif cases.non_inferiority is not None:
        x_label, y_label = "margin", "chance that an equal candidate is accepted"
    scores = cases.variance is not None
    unit = "" if scores else "%" if cases.zero_failures is not None else "points"
    return Chart(
        title=f"What {size.n:,} cases show",
        x_label=f"{x_label}, {unit}" if unit else f"{x_label}, on the scale of the scores",
        y_label=y_label,
        xs=xs,
        curves=tuple((n, tuple(power(n, cases, x) for x in xs)) for n in numbers),
        n=size.n,
        level=level,
        asked=cases.effect or size.mde,
        scale=1.0 if scores else 100.0,
        unit=unit,
    )


def ticks(end: float, most: int) -> list[float]:
    """Round numbers from 0 up to `end`, at most `most` steps of 1, 2 or 5 times a power of ten.

    >>> ticks(7.3, 5)
    [0.0, 2.0, 4.0, 6.0]
    """
    rough = end / most
    power_of_ten = 10.0 ** math.floor(math.log10(rough))
    step = next(power_of_ten * m for m in (1, 2, 5, 10) if power_of_ten * m >= rough * (1 - 1e-9))
    return [round(step * i, 12) for i in range(math.floor(end / step + 1e-9) + 1)]


def in_terminal(chart: Chart, *, plain: bool = False) -> list[str]:
    """Lines of text: the area under the set's curve. `plain` uses ASCII alone."""
    ys = next(ys for n, ys in chart.curves if n == chart.n)
    columns = [ys[round(i * (POINTS - 1) / (_WIDTH - 1))] for i in range(_WIDTH)]
    lines = [f"{chart.title}: {chart.y_label}"]
    level_row = min(_HEIGHT - 1, math.floor(chart.level * _HEIGHT - 1e-9))
    for row in reversed(range(_HEIGHT)):
        cells = []
        for y in columns:
            filled = min(8, max(0, round((y * _HEIGHT - row) * 8)))
            empty = ("-" if plain else "╌") if row == level_row else " "
            cells.append((("#" if filled >= 4 else empty) if plain else _BLOCKS[filled]) if filled else empty)
        label = f"{100 * chart.level:.3g} %" if row == level_row else "100 %" if row == _HEIGHT - 1 else ""
        lines.append(f"{label:>7} {'|' if plain else '│'}{''.join(cells)}".rstrip())
    end = chart.xs[-1] * chart.scale
    axis, labels = [("-" if plain else "─")] * _WIDTH, [" "] * (_WIDTH + 8)
    for tick in ticks(end, 8):
        at = round(tick / end * (_WIDTH - 1))
        axis[at] = "+" if plain else "┬"
        text = f"{tick:g}"
        labels[at : at + len(text)] = text
    lines.append(f"{'0 %':>7} {'+' if plain else '└'}{''.join(axis)}")
    lines.append(" " * 9 + "".join(labels).rstrip())
    lines.append(" " * 9 + chart.x_label)
    return lines


_COLOURS = ("#9db8d9", "#174a7e", "#5b8fc7")
_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#333;font-size:13px}"
    ".title{font-size:18px;font-weight:600;fill:#111}.small{font-size:12px;fill:#555}"
)


def svg(chart: Chart) -> str:
    """The chart as an SVG document of 760 by 460: three curves, axes, the asked power and effect, a legend."""
    left, top, width, height = 72, 64, 656, 320
    bottom, right = top + height, left + width
    end = chart.xs[-1]

    def at_x(effect: float) -> float:
        return round(left + width * effect / end, 1)

    def at_y(chance: float) -> float:
        return round(bottom - height * chance, 1)

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="460" viewBox="0 0 760 460" role="img"'
        f' aria-label="{escape(chart.title)}">',
        f"<style>{_STYLE}</style>",
        '<rect width="760" height="460" fill="#fff"/>',
        _text(left, 34, chart.title, kind="title"),
    ]
    for percent in range(0, 101, 20):
        y = at_y(percent / 100)
        parts.append(_line(left, y, right, y, "#e6e6e6"))
        parts.append(_text(left - 10, y + 4, f"{percent} %", anchor="end"))
    for tick in ticks(end * chart.scale, 8):
        x = at_x(tick / chart.scale)
        parts.append(_line(x, bottom, x, bottom + 5, "#333"))
        parts.append(_text(x, bottom + 21, f"{tick:g}", anchor="middle"))
    parts.append(_line(left, bottom, right, bottom, "#333"))
    parts.append(_text(left + width / 2, bottom + 48, chart.x_label, anchor="middle"))
    parts.append(_text(left, top - 12, chart.y_label, kind="small"))
    parts += _marks(chart, at_x(chart.asked) if chart.asked else None, at_y(chart.level), left, right, bottom)
    for (n, ys), colour in zip(chart.curves, _colours(chart), strict=True):
        points = " ".join(f"{at_x(x)},{at_y(y)}" for x, y in zip(chart.xs, ys, strict=True))
        stroke = 3 if n == chart.n else 2
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{stroke}"/>')
    low = max(ys[-1] for _, ys in chart.curves) < 0.5  # then the curves end where the legend would stand
    parts += _legend(chart, right - 146, top + 84 if low else bottom - 24 * len(chart.curves) - 10)
    return "\n".join([*parts, "</svg>", ""])


def _colours(chart: Chart) -> Sequence[str]:
    return [_COLOURS[1] if n == chart.n else _COLOURS[0] if n < chart.n else _COLOURS[2] for n, _ in chart.curves]


def _marks(chart: Chart, x: float | None, y: float, left: float, right: float, bottom: float) -> list[str]:
    """The asked power across, the asked effect upwards, and a dot where they meet."""
    parts = [_line(left, y, right, y, "#b5482a", dashed=True)]
    parts.append(
        _text(right, y + (16 if chart.level > 0.9 else -6), f"{100 * chart.level:.3g} %", anchor="end", kind="small")
    )
    if x is not None and chart.asked is not None:
        parts.append(_line(x, bottom, x, y, "#b5482a", dashed=True))
        unit = " point" if chart.unit == "points" and f"{chart.asked * 100:.3g}" == "1" else f" {chart.unit}"
        text = f"{chart.asked * chart.scale:.3g}{unit.rstrip()}"
        parts.append(_text(x + 7, bottom - 9, text, kind="small"))
    return parts


def _legend(chart: Chart, x: float, y: float) -> list[str]:
    height = 24 * len(chart.curves) + 4
    parts = [f'<rect x="{x - 12}" y="{y - 6}" width="158" height="{height}" rx="4" fill="#fff" fill-opacity="0.9"/>']
    for i, ((n, _), colour) in enumerate(zip(chart.curves, _colours(chart), strict=True)):
        middle = y + 24 * i + 8
        parts.append(_line(x, middle, x + 26, middle, colour, width=3 if n == chart.n else 2))
        parts.append(_text(x + 36, middle + 4, f"{n:,} cases" if n > 1 else "1 case"))
    return parts


def _text(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "") -> str:
    of_kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{of_kind}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False, width: int = 1) -> str:
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    ends = f'x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{dashes}/>'
