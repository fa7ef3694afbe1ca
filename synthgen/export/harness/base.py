"""What every export for a harness shares: names, lines, prompts, and the scorer that goes with the cases."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import keyword
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from synthgen.errors import usage
from synthgen.evalcase import EvalCase, EvalSet, Json, Message, Prompt, chat, compact

CASES, SCORING, FILES, SCORED = "cases", "scoring", "files", "scored.py"
LABELS = "synthgen.scoring.label"
_BREAKS = str.maketrans({"\u0085": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
HASH = 32
_LONGEST = 60  # characters of a name: some harnesses put several into one file name


class Harness(Protocol):
    """Writes eval sets as the files of one harness."""

    def holds(self, s: EvalSet) -> bool:
        """Whether the harness has a form for this set."""

    def write(self, sets: Sequence[EvalSet], folder: Path) -> None:
        """Write all files of all sets into an empty folder; the bytes depend on the sets alone.

        Sets that the harness cannot hold are left out. Raises UsageError where it can hold none.
        """


def held(harness: Harness, name: str, sets: Sequence[EvalSet]) -> list[tuple[str, EvalSet]]:
    """The sets that the harness holds, each with its name in files. Raises UsageError where there is none."""
    found = [s for s in sets if harness.holds(s)]
    if not found:
        families = ", ".join(sorted({s.family for s in sets}))
        message = f"{name} can hold none of the eval sets ({families})"
        raise usage("nothing-to-export", message, f"take {name} out of export.evals, or add a set that it can hold")
    return list(zip(names(s.name for s in found), found, strict=True))


def names(given: Iterable[str]) -> list[str]:
    """A name for each set or split that is a Python identifier in ASCII, and distinct where case does not count.

    A hyphen becomes an underscore; what changes more, or is taken, gets the start of the name's sha256. No name holds
    two underscores in a row: they stand between a set and its prompt.

    >>> names(["faq", "FAQ", "how-to", "größe 2", "class"])
    ['faq', 'FAQ_dbc468a1', 'how_to', 'gr_e_2_6b17f5d7', 'class_0889113e']
    """
    given = list(given)
    found: list[str] = []
    for name in given:
        plain = re.sub(r"[^A-Za-z0-9]+", "_", name)[:_LONGEST].strip("_")
        plain = plain if re.match(r"[A-Za-z]", plain) else f"set_{plain}".rstrip("_")
        others = [] if plain == name else [g for g in given if g != name]  # who is called so keeps the name
        taken = {f.casefold() for f in (*found, *others)}
        harmless = plain == name.replace("-", "_") and not keyword.iskeyword(plain)
        found.append(plain if harmless and plain.casefold() not in taken else _hashed(plain, name, taken))
    return found


def _hashed(plain: str, name: str, taken: set[str]) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return next(n for k in range(8, 65) if (n := f"{plain}_{digest[:k]}").casefold() not in taken)


def line(value: Mapping[str, Json] | Sequence[Json]) -> str:
    """One line of JSON, keys as they come; what some readers take for the end of a line is escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_BREAKS)


def write_lines(path: Path, rows: Iterable[Mapping[str, Json]]) -> None:
    """JSON Lines in UTF-8."""
    write(path, "".join(f"{line(row)}\n" for row in rows))


def write(path: Path, text: str) -> None:
    """A text file in UTF-8 with plain line ends; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def yaml_text(value: Json) -> str:
    """YAML, keys as they come, one line per scalar."""
    import yaml

    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1_000_000)
    return text


def metadata(case: EvalCase, s: EvalSet) -> dict[str, Json]:
    """The case's metadata, its id, and what says which set in which version it belongs to.

    Hashes are cut to 32 hexadecimal digits: promptfoo takes 64 for a key, and writes `[REDACTED]` into its results.
    """
    told = {"canary": s.canary, "set_version": s.version, "content_hash": s.content_digest[:HASH]}
    own = {"id": case.id, **case.metadata, "eval": s.name, "group_id": group_of(case)}
    return {**own, **{k: v for k, v in told.items() if v}, "content_digest": case.content_digest[:HASH]}


def about(case: EvalCase, s: EvalSet) -> dict[str, Json]:
    """The metadata without what only the scorer needs: that lies in `cases/`, and would swell every log."""
    return {k: v for k, v in metadata(case, s).items() if k not in case.extra}


def group_of(case: EvalCase) -> str:
    """What a standard error is clustered by: what the case shares with others, else the case itself."""
    return case.groups[0] if case.groups else case.parent or case.id


def write_scoring(name: str, s: EvalSet, folder: Path, *, cases: bool = True) -> None:
    """The scorer's source and files, and the cases as it wants them, so that the export runs where synthgen is not."""
    spec = importlib.util.find_spec(s.scorer)
    if spec is None or spec.origin is None:
        raise usage("no-scorer", f"the scorer {s.scorer} of {s.name} cannot be found", "reinstall the family's package")
    write(folder / SCORING / f"{name}.py", Path(spec.origin).read_text(encoding="utf-8"))
    write(folder / SCORED, Path(__file__).with_name(SCORED).read_text(encoding="utf-8"))
    for file, path in sorted(s.files.items()):
        target = folder / FILES / name / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if cases:
        write_lines(folder / CASES / f"{name}.jsonl", (c.plain() for c in s.cases))


def prompts(s: EvalSet) -> list[tuple[str, Prompt | None]]:
    """The prompts that the cases are crossed with, each with a suffix for names; one without name if there are none."""
    if not s.prompts:
        return [("", None)]
    return list(zip([f"__{n}" for n in names(p.name for p in s.prompts)], s.prompts, strict=True))


def messages(case: EvalCase, s: EvalSet, prompt: Prompt | None, *, bare: bool = False) -> list[Message]:
    """What a chat model is sent; `bare` leaves out the instruction and the tools.

    Without a prompt: the family's instruction, passages and tools as the system message, then the conversation or the
    input. A prompt of the recipe replaces the instruction and the last user turn; passages, tools and earlier turns
    that it does not show itself are given as without it.
    """
    shown = prompt.variables if prompt is not None else ()
    instruction = s.instruction if prompt is None and not bare else ""
    if case.tools and "tools" not in shown and not bare:
        tools = "\n".join(compact(dict(t)) for t in case.tools)
        instruction = "\n\n".join(t for t in (instruction, f"Tools:\n{tools}") if t)
    given = replace(case, tools=(), context=() if "context" in shown else case.context)
    sent = list(chat(given, instruction))
    if prompt is None:
        return sent
    said = Message("user", rendered(prompt, case, s.instruction))
    turns = len(case.messages) or 1
    if "messages" in shown:
        return [*sent[:-turns], said]
    last = max((i for i, m in enumerate(sent) if m.role == "user"), default=len(sent))
    return [*sent[:last], said, *sent[last + 1 :]]


def rendered(prompt: Prompt, case: EvalCase, instruction: str) -> str:
    """A prompt's text over the fields of a case, rendered in Jinja's sandbox."""
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    plain = case.plain()
    fields = {k: plain.get(k, []) for k in ("choices", "context", "tools", "messages")}
    try:
        template = SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True).from_string(prompt.text)
        return template.render(input=case.input, instruction=instruction, **fields)
    except TemplateError as error:
        message = f"the prompt {prompt.name} cannot be rendered for case {case.id}: {error}"
        raise usage("bad-prompt", message, "correct the prompt's text") from error


def transcript(sent: Sequence[Message]) -> str:
    """Messages as one text, for harnesses that know no roles: a lone message as it is, others with their roles."""
    if all(m.role in ("system", "user") for m in sent) and sum(m.role == "user" for m in sent) == 1:
        return "\n\n".join(m.content for m in sent)
    return "\n\n".join(m.content if m.role == "system" else f"{m.role.title()}: {m.content}" for m in sent)


def as_dicts(sent: Sequence[Message]) -> list[dict[str, str]]:
    """Messages as JSON objects."""
    return [{"role": m.role, "content": m.content} for m in sent]


def row(case: EvalCase, s: EvalSet) -> dict[str, Any]:
    """The case as a flat row, nested fields as JSON text; `scored.case_of` makes the case of it again."""
    plain = case.plain()
    return {
        "id": case.id,
        "input": case.input,
        "target": case.target_text,
        "target_is_json": not isinstance(case.target, str),
        **{f"prompt{suffix}": transcript(messages(case, s, prompt)) for suffix, prompt in prompts(s)},
        **{key: compact(plain.get(key, [])) for key in ("choices", "messages", "context", "tools")},
        "split": case.split,
        "difficulty": case.difficulty,
        "variant": case.variant,
        "parent": case.parent,
        "template": case.template,
        "group_id": group_of(case),
        "must_pass": case.must_pass,
        "metadata": compact(case.metadata),
        "content_digest": case.content_digest[:HASH],
        "canary": s.canary,
    }


BOOLEANS = ("target_is_json", "must_pass")
"""Columns of `row` that are not text."""


def row_columns(s: EvalSet) -> list[str]:
    """The columns of `row`, in order."""
    return list(row(s.cases[0] if s.cases else EvalCase("", "", "", (), ""), s))


def is_label_set(s: EvalSet) -> bool:
    """Whether every case has one label out of the same closed list as its gold."""
    if not s.cases or s.scorer != LABELS:
        return False
    choices = s.cases[0].choices
    return len(choices) > 1 and all(c.choices == choices and is_label(c) for c in s.cases)


def is_label(case: EvalCase) -> bool:
    """Whether one label out of the case's choices is right, and no other."""
    return isinstance(case.target, str) and case.target in case.choices and not case.extra.get("accepted")


def write_readme(folder: Path, title: str, about: str, run: str, sets: Sequence[tuple[str, EvalSet]]) -> None:
    """README.md: what the folder holds, and the command that runs it."""
    shown = [f"| `{n}` | {s.family} | {len(s.cases):,} | {s.version} | {s.canary} |" for n, s in sets]
    head = ["| set | family | cases | version | canary |", "| --- | --- | ---: | --- | --- |"]
    text = [f"# {title}", "", about.strip(), "", "```sh", run.strip(), "```", "", *head, *shown, ""]
    write(folder / "README.md", "\n".join([*text, CANARY, ""]))


CANARY = "The canary strings mark these sets: text that holds one must not be trained on."
