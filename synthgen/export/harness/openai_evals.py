"""OpenAI Evals: a registry of YAML files and samples, scored by the library's own classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet, Prompt
from synthgen.export.harness.base import (
    as_dicts,
    held,
    messages,
    metadata,
    prompts,
    write,
    write_lines,
    write_readme,
    yaml_text,
)

_ABOUT = """
A registry: `evals/SET.yaml` names the eval, `data/SET/samples.jsonl` holds its samples. Answers are compared by the
library's own classes, more strictly than by synthgen's scorers: `Match` for labels (the answer begins with the gold),
`JsonMatch` for records, `Includes` for values.
"""
_RUN = "oaieval MODEL {name} --registry_path ."
_CLASSES = {
    "synthgen.scoring.label": "match:Match",
    "synthgen.scoring.fields": "json_match:JsonMatch",
    "synthgen.scoring.contains": "includes:Includes",
}


class OpenaiEvals:
    """A registry folder. Example: `evals: [openai-evals]`."""

    def holds(self, s: EvalSet) -> bool:
        """Sets whose gold one of the library's comparisons decides: labels, records, values."""
        return s.scorer in _CLASSES

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write one eval for each set and prompt."""
        found = held(self, "openai-evals", sets)
        for name, s in found:
            for suffix, prompt in prompts(s):
                full = f"{name}{suffix}"
                write_lines(folder / "data" / full / "samples.jsonl", (_sample(c, s, prompt) for c in s.cases))
                write(folder / "evals" / f"{full}.yaml", f"# {s.canary}\n{yaml_text(_eval(full, s))}")
        first = found[0][0] + prompts(found[0][1])[0][0]
        write_readme(folder, "Eval sets for OpenAI Evals", _ABOUT, _RUN.format(name=first), found)


def _eval(name: str, s: EvalSet) -> dict[str, Any]:
    records = any(not isinstance(c.target, str) for c in s.cases)
    version = f"{name}.test.v{s.version.partition('.')[0]}"
    return {
        name: {"id": version, "metrics": ["accuracy"], "description": s.description or f"{s.name}: {s.family}"},
        version: {
            "class": f"evals.elsuite.basic.{'json_match:JsonMatch' if records else _CLASSES[s.scorer]}",
            "args": {"samples_jsonl": f"{name}/samples.jsonl"},
        },
    }


def _sample(case: EvalCase, s: EvalSet, prompt: Prompt | None) -> dict[str, Any]:
    accepted = [str(a) for a in case.extra.get("accepted", []) if a != case.target]
    ideal: Any = [case.target_text, *accepted] if accepted else case.target_text
    return {"input": as_dicts(messages(case, s, prompt)), "ideal": ideal, "metadata": metadata(case, s)}
