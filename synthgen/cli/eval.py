"""`synthgen eval`: sizes, audits, comparisons and differences of eval sets, one file for each verb."""

from __future__ import annotations

import typer

from synthgen.cli import eval_audit, eval_compare, eval_diff, eval_lock, eval_size

app = typer.Typer(
    name="eval",
    help="Size, audit, compare and diff eval sets; lock prompts.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("audit", short_help="prove every gold, and look for repeats and leaks")(eval_audit.audit)
app.command("compare", short_help="is the candidate worse than the base?")(eval_compare.compare)
app.command("diff", short_help="what changed between two exports' eval sets")(eval_diff.diff)
app.command("lock", short_help="record the hash of every prompt's version")(eval_lock.lock)
app.command("size", short_help="how many cases an effect takes, and why")(eval_size.size)
