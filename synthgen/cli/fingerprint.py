"""`synthgen fingerprint`: hashes of real data, against which exports are checked where the data must not be."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgen.cli.options import Json, Quiet
from synthgen.cli.render import Output
from synthgen.errors import usage

if TYPE_CHECKING:
    from synthgen.privacy.leakage.fingerprint import Fingerprint


Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="Real data: csv, parquet, jsonl, xlsx, sqlite, duckdb, a folder, or a database's URL.",
        show_default=False,
    ),
]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The file to write.", show_default=False)]
Identifying = Annotated[
    str | None,
    typer.Option("--identifying", metavar="COL,...", help="Columns whose values identify, besides those found."),
]
Key = Annotated[
    str | None, typer.Option("--key", metavar="COL,...", help="Row numbers, which are no part of a copied row.")
]
Combine = Annotated[
    list[str] | None,
    typer.Option("--combine", metavar="COL,COL", help="Columns that identify together. Repeat for more."),
]
Table = Annotated[str | None, typer.Option("--table", metavar="NAME", help="The table's name, if not the file's.")]
Canary = Annotated[
    Path | None, typer.Option("--canary", metavar="FILE", help="Marks that must never turn up, one a line.")
]
SaltFile = Annotated[
    Path | None,
    typer.Option("--salt-file", metavar="FILE", help="Keep the salt there, outside; made if missing."),
]


def fingerprint(
    sources: Sources,
    out: Out,
    identifying: Identifying = None,
    key: Key = None,
    combine: Combine = None,
    table: Table = None,
    canary: Canary = None,
    salt_file: SaltFile = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a salted fingerprint of real data: hashes of what must not turn up in an export, and no value.

    Without --salt-file or the variable SYNTHGEN_SALT, the salt stands in the file: then whoever has the file can test
    guesses. With one of them, the file alone tells nothing about any value.

    \b
    Example:
      synthgen fingerprint crm.csv -o fingerprints/crm.fp --salt-file crm.salt
    """
    from synthgen.privacy.leakage import salt as salts
    from synthgen.privacy.leakage.fingerprint import make
    from synthgen.privacy.leakage.source import Settings

    started = time.perf_counter()
    settings = Settings(_names(identifying), _names(key), tuple(_pair(c) for c in combine or ()))
    apart = salts.given_salt(salt_file, create=True)
    secret = bytes.fromhex(salts.new_salt()) if apart is None else apart
    made = make(
        out.name.split(".")[0], _batches(sources, table), secret, settings, _lines(canary), salt_inside=apart is None
    )
    made = made.save(out)
    seconds = time.perf_counter() - started
    output = Output(json=json, quiet=quiet)
    if json:
        output.object("pass", seconds, **_document(made, out))
    else:
        _show(output, made, out)


def _batches(sources: Iterable[str], table: str | None) -> Iterable[tuple[str, Any]]:
    from synthgen.privacy.leakage.sources import tables_at

    for source in sources:
        yield from tables_at(source, table)


def _document(made: Fingerprint, out: Path) -> dict[str, Any]:
    tables = {
        t.name: {
            "rows": t.rows,
            "identifying": {entity: len(members) for entity, members in sorted(t.values.items())},
            "reserved": t.left_out,
            "rows_alone": 0 if t.whole is None else len(t.whole.once),
            "combinations": {_words(c.traits): len(c.rare) for c in t.combinations},
            "passages": 0 if t.passages is None else len(t.passages.shingles),
        }
        for t in made.tables
    }
    return {
        "fingerprint": str(out), "sha256": made.identity, "bytes": out.stat().st_size, "canaries": len(made.canaries),
        "salt": "inside" if made.salt_inside else "apart", "source": tables,
    }  # fmt: skip


def _show(output: Output, made: Fingerprint, out: Path) -> None:
    for t in made.tables:
        rows = [("rows", f"{t.rows:,}")]
        rows += [(f"{entity} values", f"{len(members):,}") for entity, members in sorted(t.values.items())]
        if t.left_out:
            rows.append(("reserved values, left out: nobody's", f"{t.left_out:,}"))
        if t.whole is not None:
            rows.append(("rows that occur once", f"{len(t.whole.once):,}"))
        rows += [(f"rare {_words(c.traits)}", f"{len(c.rare):,}") for c in t.combinations]
        if t.passages is not None:
            rows.append(("passages of texts", f"{len(t.passages.shingles):,}"))
        output.grid(rows, t.name, "hashes")
    where = "inside the file" if made.salt_inside else "kept apart"
    output.word("FINGERPRINT", True, f"{out}, {out.stat().st_size / 1e6:.1f} MB, salt {where}")


def _words(traits: Iterable[str]) -> str:
    """The traits of a combination; columns of the user's choice go without a name, which could be data."""
    return " + ".join("column" if t.startswith("column:") else t for t in traits)


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _pair(text: str) -> tuple[str, ...]:
    names = _names(text)
    if len(names) < 2:
        raise usage("bad-value", f"--combine {text}: one column is no combination", "write --combine city,job")
    return names


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        found = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise usage("missing-file", f"{path} cannot be read ({type(error).__name__})", "check the path") from None
    if not any(found):
        raise usage("bad-value", f"{path} holds no canary", "write one mark a line")
    return [line for line in found if line]
