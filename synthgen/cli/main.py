"""The `synthgen` command: assembles the verbs, and turns whatever goes wrong into a message and an exit code.

Exit codes: 0 fine, 1 unexpected failure, 2 bad recipe or usage, 3 blocked or findings, 130 interrupted. Verbs import
what they need inside their functions, so that `synthgen --help` loads nothing heavy.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

import typer

from synthgen import __version__
from synthgen.cli import allow, check, fingerprint, init, preview, redteam, run, scan, sign, verify
from synthgen.cli import eval as eval_verbs
from synthgen.cli import list as list_verb
from synthgen.cli.render import Output
from synthgen.errors import Problem, SynthgenError

INTERRUPTED = 130
EPILOG = "Start with: synthgen run recipes/shop.yaml, or with your schema: synthgen init --from schema.sql"

app = typer.Typer(
    name="synthgen",
    help="Fake data you can prove is fake, eval sets you can prove are right.",
    epilog=EPILOG,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for _verb, _name, _summary in (
    (init.init, "init", "a recipe and a contract from a schema or data that exist"),
    (check.check, "check", "all problems of recipes, with lines and remedies"),
    (preview.preview, "preview", "the first rows and cases, at once"),
    (run.run, "run", "make the data, scan it, and publish it if nothing is found"),
    (scan.scan, "scan", "find personal data in files"),
    (fingerprint.fingerprint, "fingerprint", "hashes of real data, so that CI can look for leaks without the data"),
    (allow.allow, "allow", "answer for findings of a scan, until a date"),
    (redteam.redteam, "redteam", "plant personal data in what a recipe makes, and see what its gate catches"),
    (verify.verify, "verify", "is an export what its manifest says it is?"),
    (sign.sign, "sign", "vouch for an export with a key"),
    (sign.keygen, "keygen", "a key pair to sign and check exports with"),
    (list_verb.list_plugins, "list", "generators, entities, exporters, eval families and other plug-ins"),
):
    app.command(_name, short_help=_summary)(_verb)
app.add_typer(eval_verbs.app, name="eval", short_help="size, audit, compare and diff eval sets")


def _version(asked: bool) -> None:
    if asked:
        print(f"synthgen {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an unexpected failure; works after a verb too.")
    ] = False,
) -> None:
    """Fake data you can prove is fake, eval sets you can prove are right: recipes in, gated exports out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit the process with its code."""
    code = execute(list(sys.argv[1:] if arguments is None else arguments))
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has gone: what is left must not be flushed at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def execute(arguments: list[str]) -> int:
    """Run the command line and return its exit code; every error is rendered here, as text or as JSON."""
    arguments = arguments or ["--help"]
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    debug = "--debug" in words
    output = Output(json=_wants_json(words), quiet="--quiet" in words or "-q" in words)
    started = time.perf_counter()
    try:
        code: Any = app([a for a in arguments if a != "--debug"], prog_name="synthgen", standalone_mode=False)
        if code == INTERRUPTED:  # newer versions of typer return this, older ones raise Abort
            raise KeyboardInterrupt
        return int(code or 0)
    except SynthgenError as error:
        output.failure(error.problems, error.exit_code, time.perf_counter() - started)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        output.note("interrupted; nothing was published")
        return INTERRUPTED
    except Exception as error:
        problem = _usage(error)
        if problem is not None:
            output.failure([problem], 2, time.perf_counter() - started)
            return 2
        if debug:
            output.traceback(error)
        output.failure([_unexpected(error, debug)], 1, time.perf_counter() - started)
        return 1


def _wants_json(words: Sequence[str]) -> bool:
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairwise(words)


def _usage(error: Exception) -> Problem | None:
    """A usage error of typer: known by its methods, because its class moved between typer's versions."""
    describe = getattr(error, "format_message", None)
    if not callable(describe) or not hasattr(error, "exit_code"):
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "synthgen"
    return Problem("usage", str(describe()).rstrip("."), remedy=f"see: {path} --help")


def _unexpected(error: Exception, debug: bool) -> Problem:
    """What may be said of an unexpected error: its type and place, but not its text, which could hold a value."""
    trace, where = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("synthgen."):
            where = f" in {name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    remedy = None if debug else "add --debug to see the traceback (it may show values), and report it: it is a bug"
    return Problem("unexpected", f"{type(error).__name__}{where}", remedy=remedy)


if __name__ == "__main__":
    main()
