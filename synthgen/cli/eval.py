"""`synthgen eval`: sizes, audits, comparisons and differences of eval sets, one file for each verb."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="eval",
    help="Size, audit, compare and diff eval sets.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
