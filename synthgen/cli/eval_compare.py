"""`synthgen eval compare`: is the candidate worse than the base? A verdict for people and for CI."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import Json, Quiet


class Correction(StrEnum):
    """How p-values are corrected for the number of slices."""

    holm = "holm"
    bh = "bh"


class Inconclusive(StrEnum):
    """What an INCONCLUSIVE verdict does to the exit code."""

    passes = "pass"
    fails = "fail"


Base = Annotated[Path, typer.Argument(metavar="BASE", help="Results of the run to hold on to.", show_default=False)]
Candidate = Annotated[Path, typer.Argument(metavar="CANDIDATE", help="Results of the new run.", show_default=False)]
Threshold = Annotated[
    float, typer.Option("--threshold", metavar="DROP", help="The drop of the score that matters: 0.02 is 2 points.")
]
Alpha = Annotated[float, typer.Option("--alpha", help="Chance of a REGRESSION between equal models.")]
Power = Annotated[float, typer.Option("--power", help="Chance of finding the smallest drop that is shown.")]
Metric = Annotated[
    str | None,
    typer.Option("--metric", help="Which score; 'passed' is the harness's verdict on a case.", show_default=False),
]
Slices = Annotated[
    list[str] | None,
    typer.Option("--slice", metavar="KEY", help="Slice by this key of the metadata too.", show_default=False),
]
Cluster = Annotated[
    str, typer.Option("--cluster", metavar="KEY", help="Key of the metadata that names what cases share.")
]
Correct = Annotated[Correction, typer.Option("--correction", help="How p-values are corrected for many slices.")]
AllowMissing = Annotated[
    bool, typer.Option("--allow-missing", help="Compare only the cases that both runs scored with the same gold.")
]
IfInconclusive = Annotated[
    Inconclusive, typer.Option("--inconclusive", help="Exit code of INCONCLUSIVE: pass is 0, fail is 3.")
]
Markdown = Annotated[
    Path | None,
    typer.Option("--markdown", metavar="FILE", help="Write a comment for a pull request.", show_default=False),
]
Junit = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML.", show_default=False)]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the bootstrap, which checks the interval.")]


def compare(
    base: Base,
    candidate: Candidate,
    threshold: Threshold = 0.02,
    alpha: Alpha = 0.05,
    power: Power = 0.8,
    metric: Metric = None,
    slices: Slices = None,
    cluster: Cluster = "group_id",
    correction: Correct = Correction.holm,
    allow_missing: AllowMissing = False,
    inconclusive: IfInconclusive = Inconclusive.fails,
    markdown: Markdown = None,
    junit: Junit = None,
    seed: Seed = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Compare two result files of one eval set: Inspect, promptfoo, lm-eval, DeepEval or JSON Lines.

    Exit code 0: PASS. 3: REGRESSION, or INCONCLUSIVE unless --inconclusive pass. 2: the files cannot be compared.

    \b
    Example:
      synthgen eval compare base.jsonl candidate.jsonl --threshold 0.02 --markdown comment.md
    """
    from synthgen.cli import eval_compare_render as render
    from synthgen.cli.render import Output
    from synthgen.errors import usage
    from synthgen.evals import compare as comparing
    from synthgen.evals.results import load

    started = time.perf_counter()
    _between("threshold", threshold, 0, 1)
    _between("alpha", alpha, 0, 0.5)
    _between("power", power, 0.5, 1)
    if base == candidate or (base.exists() and candidate.exists() and base.samefile(candidate)):
        raise usage("same-file", f"BASE and CANDIDATE are both {base}", "name the results of two runs")
    first, second = (load(path, metric=metric, slices=slices or (), cluster=cluster) for path in (base, candidate))
    settings = comparing.Settings(threshold, alpha, power, correction.value, allow_missing, seed)
    found = comparing.compare(first, second, settings)
    failed = found.verdict == "regression" or (found.verdict == "inconclusive" and inconclusive is Inconclusive.fails)
    if markdown is not None:
        render.write(markdown, render.markdown(found))
    if junit is not None:
        render.write(junit, render.junit(found, fail_inconclusive=inconclusive is Inconclusive.fails))
    render.show(Output(json=json, quiet=quiet), found, time.perf_counter() - started, failed=failed)
    if failed:
        raise typer.Exit(3)


def _between(name: str, value: float, low: float, high: float) -> None:
    from synthgen.errors import usage

    if not low < value < high:
        remedy = "2 points are 0.02" if name == "threshold" else f"see: synthgen eval compare --help, --{name}"
        raise usage("bad-value", f"--{name} lies between {low} and {high}, not at {value:g}", remedy)
