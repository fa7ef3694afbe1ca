"""What docs/ci.md tells people to copy fits what we ship; the GitLab job is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MAIL = "jane.roe@" + "corp.com"  # planted


def snippet(name: str) -> dict[str, Any]:
    """The file of this name that the page shows."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    (body,) = re.findall(rf"^```text\n# {re.escape(name)}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return dict(yaml.safe_load(body))


def test_the_workflow_gives_inputs_that_the_action_has() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps = snippet(".github/workflows/privacy.yml")["jobs"]["scan"]["steps"]
    assert set(steps[-1]["with"]) <= set(action["inputs"]) and steps[0]["with"] == {"fetch-depth": 0}
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in (*action["inputs"], *action["outputs"]))


def test_the_configuration_names_a_hook_that_there_is() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (repository,) = snippet(".pre-commit-config.yaml")["repos"]
    assert {h["id"] for h in repository["hooks"]} <= {h["id"] for h in hooks}
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(f"`{h['id']}`" in page for h in hooks)


@pytest.mark.parametrize("added, code", [("ann@example.com", 0), (MAIL, 3)], ids=["clean", "planted"])
def test_the_gitlab_job(added: str, code: int, tmp_path: Path) -> None:
    """Its script in a clone of a merge request, as the shell of its runner reads it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "CI_"))}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def ran(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=environment)

    def commit(text: str) -> str:
        (tmp_path / "data.csv").write_text(text, encoding="utf-8")
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        for command in (("add", "-A"), (*who, "commit", "-q", "-m", "change")):
            assert ran("git", *command).returncode == 0
        return ran("git", "rev-parse", "HEAD").stdout.strip()

    ran("git", "init", "-q")
    environment["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = commit(f"id,m\n1,{MAIL}\n")  # it was there before
    commit(f"id,m\n1,{MAIL}\n2,{added}\n")
    job = snippet(".gitlab-ci.yml")["privacy"]
    done = ran("bash", "-eo", "pipefail", "-c", "\n".join(job["script"]))
    assert done.returncode == code, done.stdout + done.stderr
    report = ElementTree.parse(tmp_path / job["artifacts"]["reports"]["junit"])
    assert len(report.findall(".//failure")) == (1 if code else 0)
    assert "corp.com" not in done.stdout + done.stderr + ElementTree.tostring(report.getroot(), encoding="unicode")
