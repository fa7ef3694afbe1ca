"""A real outside package: built, installed where a fresh process finds it, listed, used, and refused when at fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
RECIPE = """\
synthgen: 1
tables:
  cars:
    rows: 200
    key: plate
    columns:
      plate: {plate: SYN}
export: {to: cars}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package installed in it: offline, with the build backend of the test lock."""
    folder = tmp_path_factory.mktemp("plugin")
    source, target = folder / "source", folder / "site"
    (source / "synthgen_plates").mkdir(parents=True)
    for name in ("pyproject.toml", "synthgen_plates/__init__.py"):
        (source / name).write_bytes((HERE / name).read_bytes())
    uv = Path(sys.executable).with_name("uv")
    options = ("--offline", "--no-deps", "--no-build-isolation", "--no-config", "--python", sys.executable)
    command = [uv, "pip", "install", *options, "--target", target, source]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder)
    assert done.returncode == 0, done.stderr
    return target


def synthgen(site: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "synthgen", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd, env=environment)


def claim(site: Path, distribution: str, name: str) -> None:
    """Metadata of another installed package that provides the generator `name`."""
    info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[synthgen.generators]\n{name} = json:loads\n", encoding="utf-8")


def test_it_is_listed_with_its_package_and_its_fault(site: Path, tmp_path: Path) -> None:
    done = synthgen(site, tmp_path, "list", "generators", "--json")
    assert done.returncode == 0, done.stderr
    plugins = {p["name"]: p for p in json.loads(done.stdout)["generators"]}
    assert plugins["plate"]["package"] == "synthgen-plates"
    assert plugins["plate"]["summary"].startswith("A licence plate")
    assert "synthgen-plates cannot be loaded: ModuleNotFoundError" in plugins["torn_plate"]["broken"]


def test_a_recipe_uses_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "cars.yaml").write_text(RECIPE, encoding="utf-8")
    done = synthgen(site, tmp_path, "run", "cars.yaml", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["tables"]["cars"]["rows"] == 200
    done = synthgen(site, tmp_path, "preview", "cars.yaml", "-n", "200", "--json")
    plates = [row["plate"] for row in json.loads(done.stdout)["tables"]["cars"]["preview"]]
    assert len(set(plates)) == 200 and all(p.startswith("SYN ") and len(p) == 8 for p in plates)


def test_its_parameters_are_checked_with_positions(site: Path, tmp_path: Path) -> None:
    (tmp_path / "cars.yaml").write_text(RECIPE.replace("plate: SYN", "plate: lower"), encoding="utf-8")
    done = synthgen(site, tmp_path, "check", "cars.yaml")
    assert done.returncode == 2
    assert done.stderr.startswith("cars.yaml:7:") and "capital letters" in done.stderr


@pytest.mark.parametrize("name", ["torn_plate", "plate"])
def test_a_fault_is_told_only_to_who_asks_for_it(site: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "cars.yaml").write_text(RECIPE.replace("{plate: SYN}", f"{{{name}: SYN}}"), encoding="utf-8")
    done = synthgen(site, tmp_path, "check", "cars.yaml")
    if name == "plate":
        assert done.returncode == 0, done.stderr
    else:
        assert done.returncode == 2
        assert "broken-plugin" in done.stderr and "synthgen-plates" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "owners"), [("plate", ("synthgen-plates", "other-plates")), ("choice", ("synthgen",))]
)
def test_a_name_that_two_packages_claim_is_refused(
    site: Path, tmp_path: Path, name: str, owners: tuple[str, ...]
) -> None:
    claim(tmp_path / "site", "other-plates", name)
    (tmp_path / "cars.yaml").write_text(RECIPE.replace("{plate: SYN}", f"{{{name}: SYN}}"), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(tmp_path / "site")))}
    command = [sys.executable, "-m", "synthgen", "check", "cars.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=environment)
    assert done.returncode == 2
    assert "duplicate-plugin" in done.stderr and "other-plates" in done.stderr
    assert all(owner in done.stderr for owner in owners)
