"""What the eval verbs print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from synthgen.cli.render import Output

if TYPE_CHECKING:
    from synthgen.evals.audit import Report
    from synthgen.evals.diff import Difference

_FIGURES = (
    ("cases", "cases, variants included"),
    ("base_cases", "cases without variants"),
    ("proven", "golds proven"),
    ("oracle", "score of the gold's own answer"),
    ("mutants", "wrong golds tried"),
    ("caught", "of them rejected"),
    ("null", "score without a look at the input"),
    ("chance", "what chance gives"),
    ("baseline", "TF-IDF with logistic regression, templates apart"),
    ("balance", "rarest label over most frequent"),
    ("duplicates", "exact repeats"),
    ("near_duplicates", "near-repeats (Jaccard 0.8)"),
    ("group_leaks", "groups on two sides of a split"),
    ("groups", "groups of records"),
    ("distinct_1", "different words over all"),
    ("distinct_2", "different word pairs over all"),
    ("self_bleu", "self-BLEU"),
)


def print_audits(output: Output, reports: Mapping[str, Report], seconds: float) -> None:
    """Figures of each set, then what is wrong."""
    faulty = any(report.faults for report in reports.values())
    if output.json:
        evals = {n: {"audit": dict(r.figures), "faults": [asdict(f) for f in r.faults]} for n, r in reports.items()}
        output.object("blocked" if faulty else "pass", seconds, evals=evals)
        return
    for name, report in reports.items():
        rows = [(words, _shown(report.figures[key])) for key, words in _FIGURES if key in report.figures]
        for key in ("splits", "difficulty", "labels"):
            if report.figures.get(key):
                rows.append((key, ", ".join(f"{k} {v:,}" for k, v in report.figures[key].items())))
        output.grid(rows, name, "figure")
    for name, report in reports.items():
        for fault in report.faults:
            where = "" if fault.number is None else f", first at case {fault.number}"
            output.error(f"{name}: {fault.code}", f"{fault.message} ({fault.count:,}{where})")
    output.word("BLOCKED" if faulty else "PASS", not faulty, f"{len(reports)} eval sets audited in {seconds:.1f} s")


def _shown(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def print_differences(output: Output, found: Sequence[Difference], seconds: float) -> None:
    """What happened to each set, and whether its version says so."""
    enough = all(d.enough for d in found)
    if output.json:
        evals = {d.name: {**asdict(d), "bump": d.bump, "due": d.due, "enough": d.enough} for d in found}
        output.object("pass" if enough else "blocked", seconds, evals=evals)
        return
    for d in found:
        rows = [(title, f"{len(ids):,}") for title, ids in d.parts()]
        output.grid([*rows, ("version", f"{d.old} -> {d.new}"), ("change", d.bump)], d.name, "cases")
    for d in found:
        if not d.enough:
            message = f"the change is {d.bump}, but the version went from {d.old} to {d.new}"
            output.error(f"{d.name}: version", f"{message}; write version: {d.due}")
    output.word("PASS" if enough else "BLOCKED", enough, f"{len(found)} eval sets compared in {seconds:.1f} s")


def print_locked(output: Output, versions: Mapping[str, Mapping[str, str]], seconds: float) -> None:
    """What `eval lock` has locked."""
    if output.json:
        output.object("pass", seconds, prompts=versions)
        return
    rows = [(f"{name} {version}", digest[:12]) for name, known in versions.items() for version, digest in known.items()]
    output.grid(rows, "prompt", "sha256")
