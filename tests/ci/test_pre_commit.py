"""The pre-commit hook as its users have it: really installed by pre-commit, from a repository, into a new project.

pre-commit builds an environment with our package in it. What the package depends on is found in the environment of the
tests, so that pip fetches nothing; it still checks every requirement.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

from synthgen.privacy.readers.formats import BY_SUFFIX

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
MAIL = "jane.roe@" + "corp.com"  # planted
CONFIG = """\
repos:
  - repo: {hooks}
    rev: {rev}
    hooks:
      - id: synthgen-scan-text
        stages: [manual]
      - id: synthgen-scan
"""


class Project:
    """A git repository of a user, and the repository that its hooks come from."""

    def __init__(self, folder: Path) -> None:
        self.folder, hooks = folder / "project", folder / "hooks"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PRE_COMMIT", "PYTEST"))}
        self.environment |= {
            "HOME": str(folder), "PRE_COMMIT_HOME": str(folder / "cache"), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t",
            "GIT_COMMITTER_EMAIL": "t@example.com", "PYTHONPATH": sysconfig.get_path("purelib"), "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip's word for yes, here
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }  # fmt: skip
        hooks.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE", MANIFEST.name):
            shutil.copy(ROOT / name, hooks / name)
        shutil.copytree(ROOT / "synthgen", hooks / "synthgen", ignore=shutil.ignore_patterns("__pycache__"))
        rev = self.committed(hooks)
        self.folder.mkdir()
        config = CONFIG.format(hooks=hooks, rev=rev)
        (self.folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
        self.committed(self.folder)
        self.ran("pre-commit", "install", "--install-hooks")

    def committed(self, repository: Path) -> str:
        """Everything in a folder as the first commit of a repository; returns its name."""
        for command in ("git init -q -b main", "git add -A", "git commit -q -m first"):
            self.ran(*command.split(), cwd=repository)
        return self.ran("git", "rev-parse", "HEAD", cwd=repository).stdout.strip()

    def ran(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        done = self.run(*command, cwd=cwd)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=300, cwd=cwd or self.folder, env=self.environment
        )

    def commit(self, **files: str) -> subprocess.CompletedProcess[str]:
        for name, content in files.items():
            (self.folder / name).write_text(content, encoding="utf-8")
            self.ran("git", "add", "--", name)
        return self.run("git", "commit", "-q", "-m", "change")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("hook"))


def test_the_manifest_is_valid(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("pre-commit")), "validate-manifest", str(MANIFEST)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hook_takes_every_format_that_scan_reads() -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}
    wanted = re.compile(hooks["synthgen-scan"]["files"])
    assert [suffix for suffix in BY_SUFFIX if not wanted.search(f"data/a{suffix.upper()}")] == [".gz", ".bz2", ".xz",
        ".lzma", ".zst"]  # fmt: skip
    assert all(wanted.search(name) for name in ("a.csv.gz", "b/c.jsonl.zst", "notes.txt", "x.log.bz2"))
    assert not any(wanted.search(name) for name in ("a.py", "a.png", "csv", "a.csv.py"))


def test_the_environment_of_the_hook_is_its_own(project: Project) -> None:
    (installed,) = Path(project.environment["PRE_COMMIT_HOME"]).glob("repo*/py_env-*/lib/python*/site-packages")
    assert (installed / "synthgen" / "cli" / "scan.py").is_file() and not (installed / "polars").exists()


def test_a_commit_with_personal_data_is_refused_and_a_clean_one_passes(project: Project) -> None:
    before = project.ran("git", "rev-parse", "HEAD").stdout
    done = project.commit(**{"people.csv": f"id,contact\n1,jane@example.com\n2,{MAIL}\n"})
    told = done.stdout + done.stderr
    assert done.returncode == 1 and "EMAIL_ADDRESS" in told and "people.csv" in told and "contact, row 1" in told
    assert "corp.com" not in told and project.ran("git", "rev-parse", "HEAD").stdout == before
    done = project.commit(**{"people.csv": "id,contact\n1,jane@example.com\n2,roe@example.org\n"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.ran("git", "rev-parse", "HEAD").stdout != before
    done = project.commit(**{"code.py": f"author = '{MAIL}'\n"})
    assert done.returncode == 0 and "no files to check" in done.stdout + done.stderr


def test_the_other_hook_reads_source_code_too(project: Project) -> None:
    (project.folder / "odd.py").write_text(f"author = '{MAIL}'\n", encoding="utf-8")
    hook = ("pre-commit", "run", "synthgen-scan-text", "--hook-stage", "manual", "--files", "odd.py")
    done = project.run(*hook)
    assert done.returncode == 1 and "odd.py" in done.stdout and "EMAIL_ADDRESS" in done.stdout
    (project.folder / "odd.py").write_text(f"author = '{MAIL}'  # synthgen: allow EMAIL_ADDRESS\n", encoding="utf-8")
    assert project.run(*hook).returncode == 0


def test_a_file_that_is_called_like_an_option_is_a_file(project: Project) -> None:
    done = project.commit(**{"--fail-on=never.csv": f"m\n{MAIL}\n"})
    told = done.stdout + done.stderr
    assert done.returncode == 1 and "EMAIL_ADDRESS" in told
    project.ran("git", "rm", "-q", "--cached", "--", "--fail-on=never.csv")


def test_options_are_given_in_the_users_configuration(project: Project) -> None:
    path = project.folder / ".pre-commit-config.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + '        args: ["--pii", "none", "--"]\n', encoding="utf-8")
    project.ran("git", "add", path.name)
    done = project.run("pre-commit", "run", "--files", "people.csv")
    assert done.returncode == 1 and "people.csv" in done.stdout and "EMAIL_ADDRESS" in done.stdout
    path.write_text(text + "        exclude: ^people\n", encoding="utf-8")
    project.ran("git", "add", path.name)
    assert project.run("pre-commit", "run", "--files", "people.csv").returncode == 0
