"""OpenAI Evals: a registry of YAML files and samples. Labels by exact match, records by JSON match."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from synthgen.evalcase import EvalCase, EvalSet
from synthgen.export.harness.base import Variation, readme, variations, write_lines, write_text

HOW = """
    oaieval MODEL NAME --registry_path .

Answers are compared with the gold by the library's own classes: `Match` for text, `JsonMatch` for records.
"""


class OpenaiEvals:
    """A registry folder. Example: `evals: [openai-evals]`."""

    def holds(self, made: EvalSet) -> bool:
        """Sets whose gold an exact comparison decides: labels and values, and flat records."""
        return made.family in ("classification", "fairness", "multilingual", "extraction", "needle", "dialogue")

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """One eval for each set and prompt."""
        for made in sets:
            for variation in variations(made):
                name = variation.name
                records = any(isinstance(c.target, dict | list) for c in made.cases)
                kind = "json_match:JsonMatch" if records else "match:Match"
                (folder / "data" / name).mkdir(parents=True)
                write_lines(folder / "data" / name / "samples.jsonl", (_sample(c, variation) for c in made.cases))
                version = f"{name}.test.v{made.version.partition('.')[0]}"
                content = {
                    name: {"id": version, "metrics": ["accuracy"], "description": f"{made.family}; {made.canary}"},
                    version: {
                        "class": f"evals.elsuite.basic.{kind}",
                        "args": {"samples_jsonl": f"{name}/samples.jsonl"},
                    },
                }
                write_text(folder / "evals" / f"{name}.yaml", yaml.safe_dump(content, sort_keys=False))
        write_text(folder / "README.md", readme("Eval sets for OpenAI Evals", sets, HOW))


def _sample(case: EvalCase, variation: Variation) -> dict[str, Any]:
    messages = [{"role": m.role, "content": m.content} for m in variation.messages(case)]
    accepted = [str(a) for a in case.extra.get("accepted", []) if a != case.target]
    ideal: Any = [case.target_text, *accepted] if accepted else case.target_text
    return {"input": messages, "ideal": ideal, "id": case.id, "metadata": case.metadata}
