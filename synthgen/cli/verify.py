"""`synthgen verify`: is an export what its manifest says it is?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import Json, Quiet
from synthgen.cli.render import Output


def verify(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="The folder that a run has written.", show_default=False)
    ],
    regenerate: Annotated[
        int,
        typer.Option("--regenerate", min=0, metavar="N", help="Make N rows of each table anew and compare them."),
    ] = 0,
    key: Annotated[
        list[Path] | None,
        typer.Option("--key", metavar="FILE", help="A public key that must have signed it; of several, one must."),
    ] = None,
    source: Annotated[
        list[Path] | None,
        typer.Option("--source", metavar="FINGERPRINT", help="Real data that nothing may come from."),
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Check every file of an export against its manifest; with --regenerate, rows against the recipe and seed.

    With --key, the signature is checked too: the export must be, byte for byte, the one that was signed. With --source,
    every value, row and text is compared with real data, or with the fingerprint that stands for it.

    Exit code 0: all as it was made. 3: something differs.

    \b
    Example:
      synthgen verify outputs/shop --regenerate 100 --key release.pub
    """
    from synthgen import pipeline

    result = pipeline.verify(export, regenerate=regenerate, keys=key or (), sources=source or ())
    Output(json=json, quiet=quiet).verify(result, export)
    if not result.verdict.passed:
        raise typer.Exit(3)
