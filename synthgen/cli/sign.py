"""`synthgen sign` and `synthgen keygen`: who vouches for an export."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from synthgen.cli.options import Json, Quiet
from synthgen.cli.render import Output


def keygen(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="NAME", help="Write NAME.key and NAME.pub.")] = Path(
        "synthgen"
    ),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make an ed25519 key pair: NAME.key signs exports and stays secret, NAME.pub checks them and goes to everybody.

    Files that exist are never overwritten. Needs the extra: pip install 'synthgen[sign]'

    \b
    Example:
      synthgen keygen -o release
    """
    from synthgen import signing

    started = time.perf_counter()
    secret, shown, keyid = signing.generate(out)
    output = Output(json=json, quiet=quiet)
    if json:
        output.object("pass", time.perf_counter() - started, keyid=keyid, private=str(secret), public=str(shown))
        return
    output.word("KEY", True, f"{signing.short(keyid)}: {secret} signs and stays secret, {shown} checks")


def sign(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="The folder that a run has written.", show_default=False)
    ],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The private key: NAME.key.", show_default=False)],
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Check an export and sign it: writes manifest.dsse.json beside the manifest. Signatures of other keys are kept.

    Exit code 0: signed. 3: the export is not what its manifest says, or holds a signature of another export.

    \b
    Example:
      synthgen sign outputs/shop --key release.key
    """
    from synthgen import provenance, signing

    started = time.perf_counter()
    signed = provenance.sign(export, key)
    seconds = time.perf_counter() - started
    output = Output(json=json, quiet=quiet)
    if json:
        more = {"keyid": signed.keyid, "signatures": list(signed.signatures), "subjects": signed.files}
        output.object("pass", seconds, target=str(signed.path), **more)
        return
    output.word("SIGNED", True, f"{signed.files:,} files, by key {signing.short(signed.keyid)}; {signed.path}")
