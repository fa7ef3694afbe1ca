"""A comparison of two runs as text, as the object of `--json`, as Markdown and as JUnit XML. Ids only, never inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from synthgen.cli.render import Output, clean
from synthgen.evals.compare import Check, Comparison
from synthgen.evals.paired import Estimate
from synthgen.evals.results import Results

SHOWN = 10  # ids in text and Markdown; --json has them all
NAME = 40  # characters of a file's name: Inspect's are longer, and their ends differ
_ENTITIES = {ord(mark): f"&#{ord(mark)};" for mark in "&\\|<>`@#[]*~"}
_WORDS = {
    "pass": ("PASS", "bold green"),
    "regression": ("REGRESSION", "bold red"),
    "inconclusive": ("INCONCLUSIVE", "bold yellow"),
}


def write(path: Path, text: str) -> None:
    """Write a report; raises UsageError without its folder, SynthgenError where the disk refuses."""
    from synthgen.errors import usage
    from synthgen.export.storage import storage

    if not path.parent.is_dir():
        raise usage("no-folder", f"{path} cannot be written: {path.parent} is no folder", "make the folder first")
    with storage(path):
        path.write_text(text, encoding="utf-8")


def show(output: Output, found: Comparison, seconds: float, *, failed: bool) -> None:
    """The summary on stdout, or the JSON object; with --quiet only what fails."""
    if output.json:
        output.object(found.verdict, seconds, findings=findings(found), comparison=as_json(found))
        return
    if output.quiet and not failed:
        return
    from rich.text import Text

    from synthgen.cli.render import _out, grid_of, text_of

    console = _out()
    word, style = _WORDS[found.verdict]
    console.print(Text.assemble((word, style), "  ", clean(found.sentence)), soft_wrap=True)
    for note in found.notes:
        console.print(Text.assemble(("note: ", "yellow"), clean(note)), soft_wrap=True)
    if output.quiet:
        return
    console.print()
    output.grid(figures(found), "comparison", "")
    if found.slices:
        grid = grid_of("slice", ">cases", ">base", ">candidate", ">difference", ">interval", ">p, corrected", "")
        for check in found.slices:
            cells = [text_of(cell) for cell in _slice(check)]
            grid.add_row(*cells, text_of(_mark(check), "red" if check.dropped else ""))
        console.print(grid)
        console.print()
    for title, ids in _ids(found):
        console.print(Text(clean(f"{title}: {ids}")), soft_wrap=True)


def figures(found: Comparison) -> list[tuple[str, str]]:
    """The overall figures as rows of words and values."""
    e, settings = found.overall.estimate, found.settings
    clusters = "" if e.clusters == e.cases else f" in {e.clusters:,} clusters"
    exact = "" if e.p_exact is None else f", exact {_p(e.p_exact)}"
    tested = any(c.p_adjusted is not None for c in found.slices)
    corrected = f"; {_p(found.overall.p_adjusted)} corrected for slices" if tested else ""
    rows = [
        ("cases", f"{e.cases:,}{clusters}{_samples(found)}"),
        (f"base: {_run(found.base)}", f"{e.base:.3f}"),
        (f"candidate: {_run(found.candidate)}", f"{e.candidate:.3f}"),
        ("difference", f"{e.difference:+.3f}"),
        (f"interval, {_level(found)}", _interval(e)),
        ("cases better, worse", f"{e.wins:,}, {e.losses:,}"),
        (f"p of a drop ({e.method}{exact})", f"{_p(e.p)}{corrected}"),
        ("p of any change", _p(e.p_two_sided)),
        (f"smallest drop found with a chance of {settings.power:.0%}", f"{e.mde:.3f}"),
        ("drop that matters", f"{settings.threshold:g}"),
    ]
    if found.bootstrap:
        rows.append((f"bootstrap interval, {_level(found)}", f"{found.bootstrap[0]:+.3f} to {found.bootstrap[1]:+.3f}"))
    if found.must_pass:
        rows.append(("must-pass cases failed", f"{len(found.failed_must_pass):,} of {len(found.must_pass):,}"))
    return rows


def findings(found: Comparison) -> list[dict[str, Any]]:
    """What is wrong, one object each: must-pass cases, drops, an inconclusive set."""
    out: list[dict[str, Any]] = [
        {"code": "must-pass", "case": m.id, "message": _must(m.base)} for m in found.failed_must_pass
    ]
    for check in (found.overall, *found.slices):
        if check.dropped:
            out.append({"code": "drop", "check": check.name, "message": _drop(check)})
    if found.verdict == "inconclusive":
        out.append({"code": "inconclusive", "check": "overall", "message": found.sentence})
    return out


def as_json(found: Comparison) -> dict[str, Any]:
    """All figures, and the ids in full."""
    settings = found.settings
    return {
        "sentence": found.sentence,
        "notes": list(found.notes),
        "base": _source(found.base),
        "candidate": _source(found.candidate),
        "threshold": settings.threshold,
        "alpha": settings.alpha,
        "power": settings.power,
        "correction": settings.correction,
        "overall": _check(found.overall),
        "bootstrap": None if found.bootstrap is None else {"low": found.bootstrap[0], "high": found.bootstrap[1]},
        "slices": [_check(c) for c in found.slices],
        "must_pass": {
            "cases": len(found.must_pass),
            "failed": [{"id": m.id, "base_passed": m.base} for m in found.failed_must_pass],
        },
        "wins": list(found.wins),
        "losses": list(found.losses),
        "excluded": list(found.excluded),
    }


def markdown(found: Comparison) -> str:
    """A comment for a pull request."""
    word = _WORDS[found.verdict][0]
    lines = [f"### Eval: {word}", "", _escaped(found.sentence), ""]
    lines += [f"> **Note:** {_escaped(note)}\n" for note in found.notes]
    lines += _table(("", ""), figures(found), right=1)
    if found.slices:
        heads = ("slice", "cases", "base", "candidate", "difference", "interval", "p, corrected", "")
        lines += _table(heads, [(*_slice(c), _mark(c)) for c in found.slices], right=6)
    lines += [f"- {title}: {_escaped(ids)}" for title, ids in _ids(found)]
    return "\n".join(lines).rstrip() + "\n"


def junit(found: Comparison, *, fail_inconclusive: bool) -> str:
    """JUnit XML: a test case for the whole set, for each slice, and for each must-pass case."""
    cases: list[tuple[str, str, str | None, str | None]] = []  # name, group, failure, skipped
    failure = _drop(found.overall) if found.overall.dropped else None
    unsure = found.sentence if found.verdict == "inconclusive" else None
    overall = (failure or unsure, None) if fail_inconclusive else (failure, unsure)
    cases.append(("overall", "overall", *overall))
    for check in found.slices:
        untested = "too few cases to test" if check.p_adjusted is None else None
        cases.append((check.name, "slices", _drop(check) if check.dropped else None, untested))
    cases += [(m.id, "must-pass", None if m.candidate else _must(m.base), None) for m in found.must_pass]
    suite = ElementTree.Element(
        "testsuite",
        name="synthgen eval compare",
        tests=str(len(cases)),
        failures=str(sum(failed is not None for *_, failed, _ in cases)),
        errors="0",
        skipped=str(sum(failed is None and skipped is not None for *_, failed, skipped in cases)),
        time="0",
    )
    for name, group, failed, skipped in cases:
        case = ElementTree.SubElement(suite, "testcase", classname=f"synthgen.eval.{group}", name=clean(name), time="0")
        if failed is not None:
            ElementTree.SubElement(case, "failure", type=found.verdict, message=clean(failed)).text = clean(failed)
        elif skipped is not None:
            ElementTree.SubElement(case, "skipped", message=clean(skipped))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _slice(check: Check) -> tuple[str, ...]:
    e = check.estimate
    p = "" if check.p_adjusted is None else _p(check.p_adjusted)
    return check.name, f"{e.cases:,}", f"{e.base:.3f}", f"{e.candidate:.3f}", f"{e.difference:+.3f}", _interval(e), p


def _mark(check: Check) -> str:
    return "worse" if check.dropped else "too few to test" if check.p_adjusted is None else ""


def _ids(found: Comparison) -> Iterable[tuple[str, str]]:
    for title, ids in (
        ("must pass, failed", [m.id for m in found.failed_must_pass]),
        ("worse", found.losses),
        ("better", found.wins),
        ("left out", found.excluded),
    ):
        if ids:
            more = f" and {len(ids) - SHOWN:,} more" if len(ids) > SHOWN else ""
            yield f"{title} ({len(ids):,})", ", ".join(ids[:SHOWN]) + more


def _check(check: Check) -> dict[str, Any]:
    from dataclasses import asdict

    return {"name": check.name, **asdict(check.estimate), "p_adjusted": check.p_adjusted, "dropped": check.dropped}


def _source(results: Results) -> dict[str, Any]:
    return {
        "path": str(results.path),
        "format": results.format,
        "model": results.model,
        "metric": results.metric,
        "cases": len(results.cases) + len(results.unscored),
        "unscored": len(results.unscored),
    }


def _run(results: Results) -> str:
    model = f", {results.model}" if results.model else ""
    name = results.path.name
    short = name if len(name) <= NAME else f"...{name[-NAME + 3 :]}"
    return f"{short} ({results.format}{model})"


def _samples(found: Comparison) -> str:
    sides = [sorted({c.samples for c in results.cases.values()}) for results in (found.base, found.candidate)]
    if sides == [[1], [1]]:
        return ""
    told = ["-".join(str(n) for n in dict.fromkeys((side[0], side[-1]))) for side in sides]
    return f", {told[0]} answers each" if told[0] == told[1] else f", {told[0]} and {told[1]} answers each"


def _level(found: Comparison) -> str:
    return f"{1 - 2 * found.settings.alpha:.0%}"


def _interval(e: Estimate) -> str:
    return f"{e.low:+.3f} to {e.high:+.3f}"


def _p(p: float | None) -> str:
    return "" if p is None else "below 0.0001" if p < 0.0001 else f"{p:.4f}"


def _drop(check: Check) -> str:
    e = check.estimate
    return (
        f"{check.name}: {e.base:.3f} to {e.candidate:.3f}, {e.difference:+.3f} ({_interval(e)}),"
        f" p {_p(check.p_adjusted)} after correction, {e.cases:,} cases"
    )


def _must(base: bool) -> str:
    return "must pass, but failed" + (" (passed in the base)" if base else " (as in the base)")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: int) -> list[str]:
    """A Markdown table whose columns 1 to `right` are aligned to the right."""
    rule = ["---:" if 1 <= i <= right else "---" for i in range(len(heads))]
    lines = [heads, rule, *([_escaped(cell) for cell in row] for row in rows)]
    return ["| " + " | ".join(line) + " |" for line in lines] + [""]


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is: ids and file names may hold anything."""
    return clean(text).replace("\n", " ").translate(_ENTITIES)
