"""Prompts: front matter, versions, the lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthgen import evaluation
from synthgen.cli.main import execute
from synthgen.errors import RecipeError, UsageError
from synthgen.evals.prompts import against_lock, locked, parse_prompt, with_prompts, written

GOOD = """---
name: router
version: 1.2.0
variables: [input, choices]
model: {temperature: 0}
---
Which of {{ choices | join(", ") }} is this about?

{{ input }}
"""


def test_a_prompt_is_read() -> None:
    prompt, problems = parse_prompt(GOOD, "prompts/router.md")
    assert prompt is not None and not problems
    assert (prompt.name, prompt.version, prompt.variables) == ("router", "1.2.0", ("input", "choices"))
    assert prompt.model == {"temperature": 0}
    assert prompt.text.startswith("Which of") and prompt.text.endswith("{{ input }}")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("---\nname", "name"), "bad-prompt"),
        (("version: 1.2.0\n", ""), "missing-key"),
        (("version: 1.2.0", "version: two"), "bad-value"),
        (("variables: [input, choices]", "variables: [input, labels]"), "bad-value"),
        (("variables: [input, choices]\n", ""), "unknown-variable"),
        (("{{ input }}", "{{ input "), "bad-prompt"),
        (("model: {temperature: 0}", "model: hot"), "bad-value"),
        (("name: router", "nmae: router"), "unknown-key"),
        (("name: router", "name: [router"), "bad-prompt"),
    ],
)
def test_what_is_wrong_with_a_prompt_is_said(change: tuple[str, str], code: str) -> None:
    assert change[0] in GOOD
    prompt, problems = parse_prompt(GOOD.replace(*change), "prompts/router.md")
    assert prompt is None and code in {p.code for p in problems}
    assert all("prompts/router.md" in p.message for p in problems)


def test_a_text_that_changes_under_its_version_is_an_error() -> None:
    prompt, _ = parse_prompt(GOOD, "router.md")
    changed, _ = parse_prompt(GOOD.replace("this about", "it about"), "router.md")
    hotter, _ = parse_prompt(GOOD.replace("temperature: 0", "temperature: 1"), "router.md")
    newer, _ = parse_prompt(GOOD.replace("1.2.0", "1.3.0").replace("this about", "it about"), "router.md")
    assert prompt and changed and hotter and newer
    lock, problems = with_prompts({}, [prompt])
    assert not problems and locked(written(lock)) == lock
    assert against_lock(prompt, lock) is None
    for other in (changed, hotter):
        problem = against_lock(other, lock)
        assert problem is not None and problem.code == "changed-prompt" and "1.3.0" in (problem.remedy or "")
    again, problems = with_prompts(lock, [newer])
    assert not problems and set(again["router"]) == {"1.2.0", "1.3.0"}
    unlocked = against_lock(newer, lock)
    assert unlocked is not None and unlocked.severity == "warning"


def test_lock_writes_the_file_and_refuses_changed_texts(tmp_path: Path) -> None:
    (tmp_path / "router.md").write_text(GOOD, encoding="utf-8")
    evaluation.lock(tmp_path)
    before = (tmp_path / "prompts.lock").read_bytes()
    evaluation.lock(tmp_path)
    assert (tmp_path / "prompts.lock").read_bytes() == before
    (tmp_path / "router.md").write_text(GOOD + "Be brief.\n", encoding="utf-8")
    with pytest.raises(RecipeError, match="changed-prompt"):
        evaluation.lock(tmp_path)
    assert (tmp_path / "prompts.lock").read_bytes() == before
    assert execute(["eval", "lock", str(tmp_path)]) == 2


def test_a_folder_without_prompts_and_a_broken_lock_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no-prompts"):
        evaluation.lock(tmp_path)
    with pytest.raises(UsageError, match="not-a-folder"):
        evaluation.lock(tmp_path / "none")
    (tmp_path / "router.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "prompts.lock").write_text("[1]", encoding="utf-8")
    with pytest.raises(UsageError, match="bad-lock"):
        evaluation.lock(tmp_path)
