"""`synthgen eval size`: how many cases an effect takes, what a number of cases shows, and why."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgen.cli.options import AllowOutside, Json, Quiet
from synthgen.cli.render import WIDTH, Output
from synthgen.errors import Problem, RecipeError, UsageError, did_you_mean, usage

if TYPE_CHECKING:
    from pydantic import ValidationError

    from synthgen.evals.sizing import CasesParams, Size

BASELINE = 0.8
"""What today's model is taken to score where a recipe gives a plain number of cases and nobody says."""
_DEFAULT_CASES = 200
_ASKED = ("detect", "zero_failures", "non_inferiority", "n", "variance", "confidence")  # what a recipe says itself


@dataclass(frozen=True)
class Explained:
    """One number of cases: of an eval of a recipe, or (name None) of the command's options."""

    name: str | None
    size: Size
    cases: CasesParams
    assumed: bool = False


def size(
    recipe: Annotated[
        Path | None, typer.Argument(metavar="RECIPE", help="Explain the sizes of its evals.", show_default=False)
    ] = None,
    name: Annotated[str | None, typer.Argument(metavar="EVAL", help="One eval.", show_default=False)] = None,
    detect: Annotated[float | None, typer.Option(help="The least difference that must be seen, as 0.03.")] = None,
    baseline: Annotated[float | None, typer.Option(help="What today's model scores, as 0.85.")] = None,
    power: Annotated[float | None, typer.Option(help="How often the difference must be seen (0.8).")] = None,
    alpha: Annotated[float | None, typer.Option(help="How often a false alarm may come (0.05).")] = None,
    discordance: Annotated[
        float | None, typer.Option(help="Share of cases on which exactly one model is right; else guessed.")
    ] = None,
    unpaired: Annotated[bool, typer.Option("--unpaired", help="Each model has cases of its own: an A/B test.")] = False,
    arms: Annotated[int | None, typer.Option(help="2: count the cases of both models, with --unpaired.")] = None,
    cluster_size: Annotated[float | None, typer.Option(help="Cases that share a record or document.")] = None,
    rho: Annotated[float | None, typer.Option(help="Correlation of the scores inside a cluster.")] = None,
    variance: Annotated[float | None, typer.Option(help="Variance over cases of the difference of scores.")] = None,
    zero_failures: Annotated[float | None, typer.Option(help="A failure rate to rule out, as 0.01.")] = None,
    confidence: Annotated[float | None, typer.Option(help="How surely, for --zero-failures (0.95).")] = None,
    non_inferiority: Annotated[float | None, typer.Option(help="How much worse a candidate may be, as 0.02.")] = None,
    n: Annotated[int | None, typer.Option("--n", help="A number of cases: what does it show?")] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the power curve as SVG.")] = None,
    allow_outside: AllowOutside = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """How many cases an effect takes, in words, with the power curve. Differences are shares: 0.03 is three points.

    \b
    Example:
      synthgen eval size --detect 0.03 --baseline 0.85
      synthgen eval size --n 400 --baseline 0.85 --svg power.svg
      synthgen eval size recipes/support_bot.yaml
    """
    started = time.perf_counter()
    written = {
        "detect": detect, "baseline": baseline, "power": power, "alpha": alpha, "discordance": discordance,
        "unpaired": unpaired or None, "arms": arms, "variance": variance, "zero_failures": zero_failures,
        "confidence": confidence, "non_inferiority": non_inferiority, "n": n, "clusters": _clusters(cluster_size, rho),
    }  # fmt: skip
    flags = {k: v for k, v in written.items() if v is not None}
    found = [_asked(flags)] if recipe is None else _of_recipe(recipe, name, flags, allow_outside)
    if svg is not None:
        _write(svg, found)
    output = Output(json=json, quiet=quiet)
    if json:
        output.object("pass", time.perf_counter() - started, sizes=[_plain(e) for e in found])
    elif not quiet:
        _print(output, found)


def _clusters(cluster_size: float | None, rho: float | None) -> dict[str, float] | None:
    if cluster_size is None and rho is None:
        return None
    if cluster_size is None or rho is None:
        raise usage("usage", "--cluster-size and --rho go together", "write --cluster-size 4 --rho 0.2")
    return {"size": cluster_size, "rho": rho}


def _asked(flags: Mapping[str, Any], assumed: bool = False, name: str | None = None) -> Explained:
    """The size that options ask for; raises UsageError in the words of the options."""
    from pydantic import ValidationError

    from synthgen.evals.sizing import CasesParams, resolve

    try:
        cases = CasesParams.model_validate(flags)
    except ValidationError as error:
        raise UsageError(_in_options(error)) from None
    return Explained(name, resolve(cases), cases, assumed)


def _in_options(error: ValidationError) -> list[Problem]:
    """Contradictions in options: `'detect'` is `--detect`, and `write detect: 0.05` is `write --detect 0.05`."""
    from synthgen.evals.sizing import CasesParams, Clusters

    def option(found: re.Match[str]) -> str:
        return "--" + found[1].replace("_", "-")

    problems = []
    for item in error.errors(include_url=False):
        message, remedy = str(item["msg"]), item.get("ctx", {}).get("remedy")
        place = [str(part) for part in item["loc"]]
        if place:
            key = {"clusters.size": "cluster_size", "clusters.rho": "rho"}.get(".".join(place[:2]), place[0])
            message = f"'{key}' {item['input']}: {message[:1].lower()}{message[1:]}"
            field = CasesParams.model_fields.get(place[0])
            if key != place[0]:
                field = Clusters.model_fields[place[1]]
            remedy = remedy or (field.description if field is not None else None)
        if remedy:
            remedy = re.sub(r"(\w+): ([\d.]+)", lambda m: f"--{m[1].replace('_', '-')} {m[2]}", remedy)
            remedy = re.sub(r"'(\w+)'", option, re.sub(r"[{}]|,(?= --)", "", remedy))
        problems.append(Problem("usage", re.sub(r"'(\w+)'", option, message), remedy=remedy))
    return problems


def _of_recipe(path: Path, name: str | None, flags: Mapping[str, Any], allow_outside: bool) -> list[Explained]:
    """The sizes of a recipe's evals, or of one; options say what to assume where a recipe gives a plain number."""
    from synthgen.recipe.load import collect

    wrong = next((k for k in _ASKED if k in flags), None)
    if wrong is not None:
        remedy = "leave it out, or leave the recipe out; --baseline, --power and --alpha may stay"
        raise usage("usage", f"--{wrong.replace('_', '-')} is for the recipe to say, below 'cases:'", remedy)
    recipe, problems = collect(path, allow_outside=allow_outside)
    if recipe is None:
        raise RecipeError(problems)
    evals = recipe.node.at("evals") if "evals" in recipe.node.children else None
    known = [] if evals is None or not isinstance(evals.value, dict) else [str(k) for k in evals.value]
    if not known or evals is None:
        raise usage("no-evals", f"{path} has no evals", "add 'evals:' to the recipe; see docs/evals.md")
    if name is not None and name not in known:
        raise usage("unknown-eval", f"there is no eval '{name}' in {path}", did_you_mean(name, known))
    return [_of_eval(evals.at(k), k, flags) for k in known if name in (None, k)]


def _of_eval(node: Any, name: str, flags: Mapping[str, Any]) -> Explained:
    """The size of one eval; raises RecipeError with the places of what is wrong below `cases:`."""
    from pydantic import ValidationError

    from synthgen.evals.sizing import CasesParams, resolve
    from synthgen.plan.params import explain

    value = node.value.get("cases", _DEFAULT_CASES) if isinstance(node.value, dict) else _DEFAULT_CASES
    if isinstance(value, dict):
        try:
            cases = CasesParams.model_validate(value)
        except ValidationError as error:
            raise RecipeError(explain(error, CasesParams, node.at("cases"))) from None
        return Explained(name, resolve(cases), cases)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = "'cases' is a whole number of at least 1, or says what the set must be able to see"
        remedy = "write 400, or {detect: 0.03, baseline: 0.85}"
        raise RecipeError(node.at("cases").problem("bad-value", message, remedy))
    assumed = not flags.keys() & {"baseline", "discordance"}
    return _asked({"n": value, **({"baseline": BASELINE} if assumed else {}), **flags}, assumed, name)


def _write(path: Path, found: list[Explained]) -> None:
    """The power curve as a file; a recipe with several evals must say of which."""
    from synthgen.cli.eval_charts import chart, svg
    from synthgen.export.storage import storage

    if len(found) > 1:
        names = ", ".join(str(e.name) for e in found)
        raise usage("usage", "--svg draws the curve of one eval", f"name one after the recipe: {names}")
    if path.is_dir():
        raise usage("not-a-file", f"{path} is a folder", "name a file that ends with .svg")
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg(chart(found[0].size, found[0].cases)), encoding="utf-8")


def _plain(explained: Explained) -> dict[str, Any]:
    """Everything that is known of a size, for programs."""
    from synthgen.cli.eval_charts import chart
    from synthgen.cli.eval_words import exact_power, explanation, steps

    size, cases = explained.size, explained.cases
    drawn = chart(size, cases)
    curve = next(ys for n, ys in drawn.curves if n == size.n)
    return {
        "eval": explained.name,
        **asdict(size),
        "baseline_assumed": explained.assumed,
        "explanation": explanation(size, cases, explained.assumed),
        "mcnemar_power": exact_power(size, cases) or None,
        "sees": [{"n": n, "mde": least, "power": chance} for n, least, chance in steps(size, cases)],
        "curve": [{"effect": round(x, 9), "power": round(y, 9)} for x, y in zip(drawn.xs, curve, strict=True)],
    }


def _print(output: Output, found: list[Explained]) -> None:
    """Number, paragraph and table of each; the curve where there is one set alone."""
    import shutil
    import textwrap

    from synthgen.cli.eval_charts import chart, in_terminal
    from synthgen.cli.eval_words import amount, chances, explanation, headline, steps

    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 40)).columns) if sys.stdout.isatty() else WIDTH
    for explained in found:
        size, cases = explained.size, explained.cases
        of = f"{explained.name}: " if explained.name else ""
        output.word(f"{of}{size.n:,} cases", True, headline(size, cases))
        print()
        print(textwrap.fill(explanation(size, cases, explained.assumed), width))
        print()
        rows = []
        for n, least, chance in steps(size, cases):
            sees = "nothing" if least is None else amount(least, cases)
            asked = "" if chance is None else f" (the asked one in {chances(chance)})"
            rows.append((f"{n:,}", sees + asked))
        output.grid(rows, "cases", "least that they show")
        if len(found) == 1:
            plain = "utf" not in (sys.stdout.encoding or "").lower()
            print("\n".join(in_terminal(chart(size, cases), plain=plain)))
            print()
            print(textwrap.fill(f"Formula: {size.formula}", width))
    if len(found) > 1:
        output.note("name an eval after the recipe to see its power curve")
