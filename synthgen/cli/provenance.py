"""How the chain from recipe to file is shown, and who has signed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from synthgen.pipeline import RunResult, VerifyResult
    from synthgen.provenance import Trust

SHOWN = 20  # files in human form; --json has them all
_DIGITS = 16  # of a sha256, for people


def links(chain: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The chain as rows: which link, what it is, the start of its sha256."""
    if not chain:
        return
    recipe, plan = chain["recipe"], chain["plan"]
    yield "recipe", f"{recipe['name']} ({recipe['path']})", recipe["sha256"][:_DIGITS]
    for read in chain["inputs"]:
        yield "input", f"{read['path']} ({read['role']})", read["sha256"][:_DIGITS]
    sizes = [f"{table}={rows}" for table, rows in plan["rows"].items()]
    sizes += [f"scale {plan['scale']}"] if plan["scale"] is not None else []
    yield "plan", ", ".join((f"seed {plan['seed']}", *sizes, f"synthgen {plan['synthgen']}")), ""
    for file in chain["files"][:SHOWN]:
        yield "file", file["path"], file["sha256"][:_DIGITS]
    more = len(chain["files"]) - SHOWN
    if more > 0:
        yield "", f"... and {more:,} more files; --json has them all", ""


def print_chain(console: Console, trust: Trust) -> None:
    """The chain as a table."""
    from synthgen.cli.render import grid_of, text_of

    if not trust.chain:
        return
    grid = grid_of("chain", "", "sha256")
    for link, what, digest in links(trust.chain):
        grid.add_row(text_of(link), text_of(what), text_of(digest))
    console.print(grid)
    console.print()


def signed_by(result: RunResult) -> str:
    """Who has signed an export that was just written; empty where nobody has."""
    from synthgen.signing import short

    return f"; signed by {', '.join(map(short, result.signed_by))}" if result.signed_by else ""


def said(result: VerifyResult) -> str:
    """One line on the signature and on what was made anew; empty where there is neither."""
    from synthgen.signing import short

    parts = []
    if result.trust.state == "valid":
        parts.append("signed by " + ", ".join(map(short, result.trust.signed_by)))
    elif result.trust.state == "unchecked":
        parts.append("a signature is there and was not checked: --key FILE.pub checks it")
    if result.regenerated:
        differences = sum(f.count for f in result.verdict.findings if f.code not in ("signature", "leak"))
        parts.append(f"{result.regenerated:,} rows regenerated")
        parts.append(f"{differences:,} differences")
    return "; ".join(parts)


def trust_json(result: VerifyResult) -> dict[str, Any]:
    """The signature, how many rows were made anew, and the chain, for `--json`."""
    trust = result.trust
    signature = {"state": trust.state, "signed_by": list(trust.signed_by)}
    return {"signature": signature, "regenerated": result.regenerated, "chain": trust.chain}
