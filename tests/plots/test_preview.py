"""`preview --plot`, as users run it: in the terminal, as JSON, and as PNG, SVG and HTML files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RECIPE = """\
synthgen: 1
clock: "2026-09-01T00:00:00Z"
tables:
  customers:
    rows: 300
    key: customer_id
    columns:
      customer_id: {id: int}
      tier: {choice: {basic: 0.9, vip: 0.1}}
      spent: {lognormal: {median: 20, sigma: 1}}
"""


def preview(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "r.yaml").write_text(RECIPE, encoding="utf-8")
    command = [sys.executable, "-m", "synthgen", "preview", "r.yaml", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120)


def test_the_terminal_shows_distributions_and_no_keys(tmp_path: Path) -> None:
    done = preview(tmp_path, "--plot")
    assert done.returncode == 0
    assert "customers.tier" in done.stdout and "customers.spent" in done.stdout
    assert "customer_id" not in done.stdout


def test_json_holds_the_numbers(tmp_path: Path) -> None:
    shown = json.loads(preview(tmp_path, "customers", "--plot", "--json", "-n", "100").stdout)
    bars = shown["figures"]["customers"][0]
    assert bars["labels"] == ["basic", "vip"] and sum(bars["shares"]) == pytest.approx(1)
    assert all(share * 100 == pytest.approx(round(share * 100)) for share in bars["shares"])


@pytest.mark.parametrize("suffix", [".png", ".svg", ".html"])
def test_files_are_pictures(tmp_path: Path, suffix: str) -> None:
    done = preview(tmp_path, "--plot-to", f"shop{suffix}")
    assert done.returncode == 0, done.stderr
    content = (tmp_path / f"shop{suffix}").read_bytes()
    if suffix == ".png":
        assert content.startswith(b"\x89PNG") and len(content) > 10_000
    else:
        assert b"customers.tier" in content and b"<svg" in content
        assert b"<script" not in content


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plot-to", "shop.jpg"], "end the file's name in .png"),
        (["custmers", "--plot"], "did you mean 'customers'?"),
        (["--plot-to", "missing/shop.png"], "there is no folder 'missing'"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = preview(tmp_path, *arguments)
    assert done.returncode == 2 and words in done.stderr
    assert "Traceback" not in done.stderr
