"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but problems.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress bar (there is none without a terminal).")]
AllowOutside = Annotated[bool, typer.Option("--allow-outside", help="Let the recipe name paths outside the project.")]
RecipeFile = Annotated[Path, typer.Argument(metavar="RECIPE", help="The recipe, a YAML file.", show_default=False)]
Record = Annotated[
    bool, typer.Option("--record", help="Ask language models for answers that are not on record; keep them.")
]
Replay = Annotated[bool, typer.Option("--replay", help="Use recorded answers alone, as runs do without --record.")]
AllowLlm = Annotated[
    list[str] | None, typer.Option("--allow-llm", metavar="HOST", help="A host that --record may call; repeatable.")
]
