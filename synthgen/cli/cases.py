"""Eval cases as a person would read them, and eval sets in a few figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synthgen.cli.render import clean, grid_of, text_of

if TYPE_CHECKING:
    from rich.console import Console

    from synthgen.evalcase import EvalCase
    from synthgen.evals.audit import Examined

_LONG = 2000  # characters of a passage or input that are shown


def print_sets(console: Console, evals: Mapping[str, Mapping[str, Any]]) -> None:
    """Each eval set with its size and what its audit says in a few figures."""
    grid = grid_of("eval", "family", ">cases", ">variants", ">oracle", ">null", ">chance", ">baseline", ">near-dups")
    for name, made in evals.items():
        audit = made["audit"]
        baseline = "" if "baseline" not in audit else f"{audit['baseline']:.2f}"
        figures = [f"{audit[k]:.2f}" for k in ("oracle", "null", "chance")]
        counts = (f"{made['base_cases']:,}", f"{made['cases'] - made['base_cases']:,}")
        near = f"{audit['near_duplicates']:.1%}"
        grid.add_row(text_of(name), text_of(made["family"]), *counts, *figures, baseline, near)
    console.print(grid)
    console.print()


def print_cases(console: Console, name: str, cases: Sequence[Examined]) -> None:
    """Each case with its labels, what the model is given, the gold, and whether the gold is proven."""
    from rich.text import Text

    console.print(Text(f"\n{clean(name)}", "bold"), soft_wrap=True)
    for examined in cases:
        case = examined.case
        console.print(Text(f"\n{case.id}  {_about(case)}", "cyan"), soft_wrap=True)
        for title, content in _parts(case):
            console.print(Text(f"  {title}", "bold"), soft_wrap=True)
            console.print(_indented(content), soft_wrap=True)
        proven = "proven" if not examined.reasons else "NOT PROVEN: " + "; ".join(examined.reasons)
        style = "green" if not examined.reasons else "bold red"
        console.print(Text(f"  gold {proven}", style), soft_wrap=True)


def _about(case: EvalCase) -> str:
    words = [case.split, case.difficulty, *(f"{k}: {v}" for k, v in case.slices.items())]
    if case.variant:
        words += [f"variant {case.variant} ({case.relation}) of {case.parent}"]
    if case.must_pass:
        words += ["must pass"]
    return ", ".join(clean(w) for w in words if w)


def _parts(case: EvalCase) -> list[tuple[str, str]]:
    parts = [(f"passage {p.id}" + (f": {p.title}" if p.title else ""), p.text) for p in case.context]
    if case.tools:
        names = [str(t.get("function", t).get("name", "?")) for t in case.tools]
        parts.append(("tools", ", ".join(names)))
    if case.messages:
        parts += [(m.role, m.content) for m in case.messages]
    else:
        parts.append(("input", case.input))
    if case.choices:
        parts.append(("choices", ", ".join(case.choices)))
    gold = case.target if isinstance(case.target, str) else json.dumps(case.target, ensure_ascii=False, indent=2)
    return [*parts, ("gold", gold)]


def _indented(content: str) -> str:
    shown = content if len(content) <= _LONG else f"{content[:_LONG]} ... ({len(content):,} characters)"
    return "\n".join(f"    {line}" for line in clean(shown).splitlines())
