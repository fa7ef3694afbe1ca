"""`synthgen run`: generate, scan, gate and export a recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgen.cli.options import AllowLlm, AllowOutside, Json, NoProgress, Quiet, RecipeFile, Record, Replay
from synthgen.cli.render import Output
from synthgen.errors import usage

if TYPE_CHECKING:
    from synthgen.llm.permit import Permit
    from synthgen.plan.model import Plan
    from synthgen.plan.world import World
    from synthgen.recipe.model import Window
Scale = Annotated[float | None, typer.Option("--scale", metavar="X", help="Multiply the rows of all tables by X.")]
PartitionRows = Annotated[
    int | None, typer.Option("--partition-rows", min=1, metavar="N", help="Rows that are in memory at a time.")
]
Sign = Annotated[Path | None, typer.Option("--sign", metavar="FILE", help="Sign the export with this private key.")]
Redteam = Annotated[bool, typer.Option("--redteam", help="Measure what the gate catches, and keep it in the manifest.")]
FromDate = Annotated[
    str | None, typer.Option("--from-date", metavar="DAY", help="Write rows from this day on: an increment.")
]
ToDate = Annotated[
    str | None, typer.Option("--to-date", metavar="DAY", help="The last day of tables that grow, for the recipe's.")
]


def run(
    recipe: RecipeFile,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to write; may lie outside the project.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Another seed than the recipe's.")] = None,
    rows: Annotated[
        list[str] | None, typer.Option("--rows", metavar="TABLE=N", help="Rows of one table; may be repeated.")
    ] = None,
    scale: Scale = None,
    engine: Annotated[str, typer.Option("--engine", help="What runs the partitions.")] = "local",
    workers: Annotated[int, typer.Option("--workers", min=1, metavar="N", help="Worker processes.")] = 1,
    partition_rows: PartitionRows = None,
    sign: Sign = None,
    redteam: Redteam = False,
    from_date: FromDate = None,
    to_date: ToDate = None,
    record: Record = False,
    replay: Replay = False,
    allow_llm: AllowLlm = None,
    allow_outside: AllowOutside = False,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make the data, scan every value, and publish it only if nothing is found.

    Exit code 0: published. 3: blocked, nothing was published and an older export is left as it was.

    \b
    Example:
      synthgen run recipes/shop.yaml --out outputs/shop --rows customers=20000 --workers 2
    """
    sizes = parse_rows(rows or ())
    permit = permitted(record, replay, allow_llm or ())
    from synthgen import pipeline

    output = Output(json=json, quiet=quiet, no_progress=no_progress)
    with output.progress() as progress:
        result = pipeline.run(
            recipe,
            out=out,
            seed=seed,
            rows=sizes or None,
            scale=scale,
            engine=engine,
            workers=workers,
            partition_rows=partition_rows,
            allow_outside=allow_outside,
            sign=sign,
            attack=_attack() if redteam else None,
            permit=permit,
            window=window(from_date, to_date),
            progress=progress,
        )
    output.run(result, recipe)
    if not result.verdict.passed:
        raise typer.Exit(3)


def permitted(record: bool, replay: bool, hosts: Sequence[str]) -> Permit:
    """Which language models a run may ask; raises UsageError where the flags contradict each other."""
    from synthgen.llm.permit import Permit

    if replay and (record or hosts):
        raise usage("contradiction", "--replay asks no model, but --record does", "keep one of them")
    if hosts and not record:
        raise usage("contradiction", "--allow-llm names hosts for --record, which is not there", "add --record")
    return Permit(record, tuple(host.lower() for host in hosts))


def window(start: str | None, end: str | None) -> Window | None:
    """The days of tables that grow; raises UsageError for what is no day."""
    from synthgen.recipe.model import Window

    days = []
    for flag, text in (("--from-date", start), ("--to-date", end)):
        try:
            days.append(None if text is None else date.fromisoformat(text))
        except ValueError:
            raise usage("bad-value", f"{flag} {text}: not a day", f"write {flag} 2026-01-31") from None
    return None if days == [None, None] else Window(days[0], days[1])


def _attack() -> Callable[[Plan, World], Mapping[str, Any]]:
    """The red team; a run without it does not load it."""
    from synthgen.redteam.report import measured

    return measured


def parse_rows(items: Sequence[str]) -> dict[str, int]:
    """Read `TABLE=N` items; raises UsageError for one that is not."""
    sizes: dict[str, int] = {}
    for item in items:
        table, equals, number = item.rpartition("=")
        count = number.replace("_", "")
        if not equals or not table or not count.isascii() or not count.isdecimal():
            raise usage("bad-value", f"--rows {item}: not TABLE=N", "write --rows customers=20000")
        if table in sizes:
            raise usage("bad-value", f"--rows names table {table} twice", "keep one")
        sizes[table] = int(count)
    return sizes
