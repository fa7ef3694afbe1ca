"""What all harness exports share: names, prompts, the scorer that goes along, bytes that depend on the sets alone."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from synthgen.errors import UsageError
from synthgen.evalcase import EvalCase, EvalSet, Message, Passage, Piece, Prompt
from synthgen.export.harness import base
from synthgen.registry import HARNESSES
from tests.export.harness import made
from tests.export.harness.conftest import Export

NAMES = HARNESSES.names()


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_names_are_distinct_identifiers() -> None:
    given = ["faq", "FAQ", "größe 2", "class", "a-b", "a_b", "9lives", "../../x", "x" * 200, "", "a__b", "_a"]
    found = base.names(given)
    assert found[0] == "faq" and found[5] == "a_b"
    assert all(n.isidentifier() and n.isascii() and len(n) < 80 for n in found)
    assert len({n.casefold() for n in found}) == len(given)
    assert "class" not in found and not any("__" in n for n in found)
    assert base.names(given) == found


@pytest.mark.parametrize("harness", NAMES)
def test_bytes_depend_on_the_sets_alone(harness: str, export: Export, tmp_path: Path) -> None:
    folder, held = export(harness)
    again = tmp_path / "again"
    again.mkdir()
    HARNESSES.get(harness)().write(held, again)
    assert files(again) == files(folder)


@pytest.mark.parametrize("harness", NAMES)
def test_every_folder_says_how_to_run_it_and_carries_the_canary(harness: str, export: Export) -> None:
    folder, held = export(harness)
    written = files(folder)
    readme = written["README.md"].decode()
    assert "```" in readme and all(s.canary in readme for s in held)
    assert all(f"{len(s.cases):,}" in readme for s in held)
    assert b"/tmp" not in written["README.md"]
    for s in held:
        for case in s.cases:
            assert case.id.encode() in b"".join(v for k, v in written.items() if not k.endswith(".parquet")) or (
                harness == "parquet"
            )


@pytest.mark.parametrize("harness", NAMES)
def test_a_harness_that_holds_none_of_the_sets_says_so(harness: str, tmp_path: Path) -> None:
    exporter = HARNESSES.get(harness)()
    unknown = EvalSet("odd", "unknown_family", (), "synthgen.scoring.none")
    planned = EvalSet("odd", "tool_call", (), "synthgen.scoring.calls")  # as the plan asks, before there are cases
    if exporter.holds(unknown):
        assert exporter.holds(planned)
        return
    assert exporter.holds(planned) == (harness == "bfcl")
    with pytest.raises(UsageError, match=r"can hold none of the eval sets \(unknown_family\)"):
        exporter.write([unknown], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sets_that_a_harness_cannot_hold_are_left_out(sets: list[EvalSet], tmp_path: Path) -> None:
    HARNESSES.get("bfcl")().write(sets, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["README.md", "agent"]


@pytest.mark.parametrize("harness", ["jsonl", "parquet", "huggingface", "inspect", "lm-eval", "deepeval", "langfuse"])
def test_scores_need_nothing_but_the_folder(harness: str, export: Export, tmp_path: Path) -> None:
    """A bare Python without site packages scores an answer: synthgen cannot be imported there."""
    folder, held = export(harness)
    if harness in ("parquet", "huggingface"):
        rows = {
            n: [base.row(c, s) for c in s.cases] for n, s in zip(base.names(s.name for s in held), held, strict=True)
        }
        asked = [
            (n, r, s.cases[i].target_text)
            for (n, rs), s in zip(rows.items(), held, strict=True)
            for i, r in enumerate(rs)
        ]
        call = "[scored.scored(n, scored.case_of(r), a)['score'] for n, r, a in asked]"
    else:
        asked = [
            (n, c.id, c.target_text)
            for n, s in zip(base.names(s.name for s in held), held, strict=True)
            for c in s.cases
        ]
        call = "[scored.score(n, i, a)['score'] for n, i, a in asked]"
    (tmp_path / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    script = f"import json, scored; asked = json.load(open({str(tmp_path / 'asked.json')!r})); print({call})"
    done = subprocess.run([sys.executable, "-S", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [1.0] * len(asked) and len(asked) > 50


def test_the_exported_cases_are_the_cases(export: Export) -> None:
    folder, held = export("jsonl")
    scored = module(folder / "scored.py")
    for name, s in zip(base.names(s.name for s in held), held, strict=True):
        lines = (folder / "cases" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()  # splits at U+2028 too
        assert [json.loads(line) for line in lines] == [c.plain() for c in s.cases]
        assert scored.case(name, s.cases[-1].id) == s.cases[-1].plain()
        assert [scored.case_of(base.row(c, s)) for c in s.cases] == [c.plain() for c in s.cases]
        with pytest.raises(KeyError):
            scored.case(name, "no such case")


def test_files_of_two_sets_with_the_same_name_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    one = made.file_set(tmp_path)
    other = tmp_path / "other.json"
    other.write_text(json.dumps({f"lookups-{i}": f"w{i}" for i in range(4)}))
    cases = tuple(replace(c, target=f"w{i}") for i, c in enumerate(one.cases))
    two = replace(one, name="second", cases=cases, files={"gold.json": other})
    folder = tmp_path / "export"
    folder.mkdir()
    HARNESSES.get("jsonl")().write([one, two], folder)
    scored = module(folder / "scored.py")
    assert scored.score("lookups", "lookups-1", "v1") == {"score": 1.0, "length": 0.2}
    assert scored.score("second", "lookups-1", "w1")["score"] == 1.0
    assert scored.score("second", "lookups-1", "v1")["score"] == 0.0


def prompted(case: EvalCase, prompt: Prompt | None, instruction: str = "Be brief.") -> list[tuple[str, str]]:
    s = EvalSet("x", "f", (case,), "synthgen.scoring.label", instruction)
    return [(m.role, m.content) for m in base.messages(case, s, prompt)]


def test_what_a_model_is_sent() -> None:
    case = EvalCase("a", "x", "f", (Piece("{{ input }}?"),), "t", context=(Passage("p1", "Text.", "Title"),))
    tool = made.tool("refund", invoice="string")
    system = "Be brief.\n\n[p1] Title\nText."
    assert prompted(case, None) == [("system", system), ("user", "{{ input }}?")]
    shows = Prompt("p", "1.0.0", "Q: {{ input }} ({{ context[0].text }})", ("input", "context"))
    assert prompted(case, shows) == [("user", "Q: {{ input }}? (Text.)")]
    hides = Prompt("p", "1.0.0", "{{ instruction }} Q: {{ input }}", ("input", "instruction"))
    assert prompted(case, hides) == [("system", "[p1] Title\nText."), ("user", "Be brief. Q: {{ input }}?")]
    called = prompted(replace(case, context=(), tools=(tool,)), None)
    assert called[0][1].startswith("Be brief.\n\nTools:\n{") and json.loads(called[0][1].split("\n")[-1]) == tool
    assert called[1:] == [("user", "{{ input }}?")]


def test_a_prompt_takes_the_last_turn_of_a_conversation() -> None:
    turns = (Message("user", "one"), Message("assistant", "two"), Message("user", "three"))
    case = EvalCase("a", "x", "f", (Piece("three"),), "t", messages=turns)
    last = Prompt("p", "1.0.0", "<{{ input }}>")
    assert prompted(case, last) == [("user", "one"), ("assistant", "two"), ("user", "<three>")]
    whole = Prompt("p", "1.0.0", "{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}", ("messages",))
    assert prompted(case, whole) == [("user", "user:one;assistant:two;user:three;")]
    sent = [Message("system", "Rules."), *turns]
    assert base.transcript(sent) == "Rules.\n\nUser: one\n\nAssistant: two\n\nUser: three"
    assert base.transcript(sent[:2]) == "Rules.\n\none"


def test_prompts_are_rendered_in_a_sandbox() -> None:
    case = EvalCase("a", "x", "f", (Piece("hi"),), "t")
    for text in ("{{ ''.__class__.__mro__ }}", "{{ unknown }}", "{{ input.nothing }}"):
        with pytest.raises(UsageError, match="cannot be rendered for case a"):
            prompted(case, Prompt("p", "1.0.0", text))


def test_label_sets() -> None:
    labels = made.label_set()
    assert base.is_label_set(labels)
    assert not base.is_label_set(made.multi_label_set())
    assert not base.is_label_set(made.json_set())
    more = replace(labels.cases[0], extra={"accepted": ["bug"]})  # a second label is right as well
    assert not base.is_label_set(replace(labels, cases=(more, *labels.cases[1:])))
    other = replace(labels.cases[0], choices=("billing", "other"))
    assert not base.is_label_set(replace(labels, cases=(other, *labels.cases[1:])))


def test_line_has_no_line_breaks_of_any_kind() -> None:
    text = "a\u0085b\u2028c\u2029d\ne\x0bf\x0cg\x1ch"
    written = base.line({"k": text})
    assert len(written.splitlines()) == 1 and json.loads(written) == {"k": text}
