"""Killed at any moment, a run leaves the old export or the new one, whole, and the next run succeeds."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synthgen.export.verify import read_manifest, verify_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")

RECIPE = """
synthgen: 1
name: bank
seed: 1
clock: "2026-09-01T00:00:00Z"
tables:
  accounts:
    rows: 2000
    key: account_id
    columns:
      account_id: {id: int}
      tier: {choice: {basic: 0.9, vip: 0.1}}
      opened_at: {datetime: {from: "2023-01-01", to: clock}}
  payments:
    per: accounts
    count: {poisson: 2}
    key: payment_id
    columns:
      payment_id: {id: uuid}
      account_id: {ref: accounts}
      amount: {lognormal: {median: 25, sigma: 0.6}, decimals: 2}
export: {to: out, formats: [parquet, csv]}
"""
MOMENTS = 20


def start(folder: Path, seed: int, workers: int = 1) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "synthgen.cli.main", "run", "bank.yaml", "--out", "out", "--quiet"]
    command += ["--seed", str(seed), "--partition-rows", "200", "--workers", str(workers)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def finish(run: subprocess.Popen[bytes]) -> None:
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 0, output.decode()


def test_a_run_killed_at_twenty_moments(tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_text(RECIPE, encoding="utf-8")
    finish(start(tmp_path, 0))
    before = time.monotonic()
    finish(start(tmp_path, 1))
    whole = time.monotonic() - before
    moments, last, interrupted = random.Random(9), 1, 0
    for seed in range(2, 2 + MOMENTS):
        run = start(tmp_path, seed)
        time.sleep(moments.uniform(0.2, 1.1) * whole)
        run.send_signal(signal.SIGKILL)
        run.communicate(timeout=60)
        interrupted += run.returncode == -signal.SIGKILL
        assert verify_files(tmp_path / "out") == []
        found = read_manifest(tmp_path / "out").seed
        assert found in (last, seed)
        assert found == seed or run.returncode == -signal.SIGKILL
        last = found
    assert interrupted >= 3  # far more on a machine that keeps its pace
    finish(start(tmp_path, 99, workers=2))
    assert verify_files(tmp_path / "out") == [] and read_manifest(tmp_path / "out").seed == 99
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bank.yaml", "out"]


EVERY_LINE = '''
"""Publish version after version; kill each at one more line than the last, until one gets through alive."""
import os, signal, sys
from pathlib import Path
from synthgen.artifacts import Finding
from synthgen.export import staging
from synthgen.export.manifest import canonical
from synthgen.gate import clear, judge

target = Path(sys.argv[1])
if sys.argv[2] == "aside":
    staging._exchange = lambda one, other: False
cleared = clear(judge([], on_finding="block", scanned={}))
traced = ("staging.py", "target.py", "storage.py", "shutil.py")
left = 0

def count(frame, event, arg):
    global left
    if not frame.f_code.co_filename.endswith(traced):
        return None
    left -= event == "line"
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return count

def publish(version):
    text = str(version).encode()
    with staging.Staging(target) as made:
        made.write("a.txt", text)
        made.write("deep/b.txt", text)
        made.write("manifest.json", canonical({"synthgen": text.decode(), "tables": {}, "inputs": [
            {"path": "a.txt"}, {"path": "deep/b.txt"}]}))
        made.publish(cleared)

def version():
    files = sorted(p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file())
    assert files == ["a.txt", "deep/b.txt", "manifest.json"], files
    first, second = (int((target / f).read_text()) for f in files[:2])
    assert first == second and f'"{first}"' in (target / files[2]).read_text()
    return first

publish(0)
last, line, seen = 0, 1, set()
while True:
    child = os.fork()
    if child == 0:
        left = line
        sys.settrace(count)
        publish(line)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not target.exists():
        assert sys.argv[2] == "aside", line
        staging.Staging(target).abort()  # puts the old one back
    found = version()
    assert found in (last, line), (found, last, line)
    seen.add(found == line)
    last = found
    if status == 0:
        break
    line += 1
assert seen == {True, False} and found == line
assert [p.name for p in target.parent.iterdir()] == [target.name]
print(line)
'''


@pytest.mark.parametrize("way", ["exchange", "aside"])
def test_a_publication_killed_at_every_line(way: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(EVERY_LINE, encoding="utf-8")
    (tmp_path / "place").mkdir()
    command = [sys.executable, "-W", "error", str(tmp_path / "script.py"), str(tmp_path / "place" / "shop"), way]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
