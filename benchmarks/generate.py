"""The whole line against its peers: rows per CPU second, side by side in one run.

    python benchmarks/generate.py [--rounds 3] [--only customers accounts shop workers memory]

Three workloads: `customers` (one table of 12 columns), `accounts` (one of 30) and `shop` (4 tables). Every variant runs
in a process of its own, in turn, round after round. Imports are left out for all of them, and the work is timed:

- line: `pipeline.run` with all of it: the recipe, vocabularies, generation, scan, gate, Parquet, manifest, publication.
- generation alone: the same rows, every value made, nothing scanned or written.
- write-only: the finished tables, in memory, written again with the same settings: the floor under any generator.
- peers: see `generate_peers.py`. They write nothing.

`workers` compares the seconds of one worker and of two on 40,000,000 rows; it needs two idle processors. `memory`
makes 50,000,000 rows and watches the resident memory of all processes, only when asked for; its output is removed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generate_peers import Timed

HERE = Path(__file__).parent
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as users run it
Measured = dict[str, float]


@dataclass(frozen=True)
class Workload:
    """A recipe, the rows of its root table, and the rows that each peer makes of it."""

    recipe: str
    root: str
    rows: int
    says: str
    peers: dict[str, int]


WORKLOADS = {
    "customers": Workload(
        "customers.yaml", "customers", 1_000_000, "1,000,000 rows of 12 columns",
        {"faker": 10_000, "faker-unweighted": 30_000, "mimesis-field": 50_000, "mimesis-fieldset": 60_000},
    ),
    "accounts": Workload(
        "wide.yaml", "accounts", 1_000_000, "1,000,000 rows of 30 columns",
        {"faker": 5_000, "faker-unweighted": 10_000, "mimesis-field": 20_000, "mimesis-fieldset": 20_000},
    ),
    "shop": Workload(
        "shop.yaml", "customers", 500_000, "4 tables of a shop, 4,250,000 rows in all",
        {"faker": 5_000, "faker-unweighted": 10_000, "mimesis-field": 10_000},
    ),
}  # fmt: skip
WORKER_ROWS, MEMORY_ROWS = 40_000_000, 50_000_000


def line(load: Workload, out: str) -> None:
    """The whole line in this process, as the Python API runs it; how its time divides comes with it."""
    import faker  # noqa: F401  # imports are left out for the peers too
    import pyarrow.parquet  # noqa: F401

    from synthgen import pipeline, produce
    from synthgen.privacy.scanner import Scanner

    spent = {"make": 0.0, "scan": 0.0, "write": 0.0}
    _count(Scanner, "scan", spent, "scan")
    _count(produce.Slice, "frame", spent, "make")
    _count(produce, "write_partition", spent, "write")
    start = time.process_time()
    result = pipeline.run(HERE / load.recipe, out=Path(out), rows={load.root: load.rows})
    cpu = time.process_time() - start
    assert result.verdict.passed
    print(json.dumps({"rows": sum(t["rows"] for t in result.tables.values()), "cpu": cpu, **spent}))


def _count(owner: Any, name: str, spent: Measured, part: str) -> None:
    """Add the CPU seconds of a function to a part."""
    function = getattr(owner, name)

    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            return function(*arguments, **options)
        finally:
            spent[part] += time.process_time() - start

    setattr(owner, name, timed)


def generation(load: Workload) -> None:
    """Every value of every table, partition by partition, and nothing else."""
    import faker  # noqa: F401  # imports are left out for the peers too

    from synthgen import produce
    from synthgen.pipeline import overridden
    from synthgen.plan.compile import compile_recipe
    from synthgen.plan.partition import partition
    from synthgen.plan.world import World
    from synthgen.recipe.load import collect

    made = 0
    start = time.process_time()
    recipe, problems = collect(HERE / load.recipe)
    assert recipe is not None and not problems
    world = World(compile_recipe(overridden(recipe, None, {load.root: load.rows}, None)))
    for task in partition(world):
        for part in produce.slices(world, task).values():
            for column in part.frame().values():
                assert len(column.values) == part.count
            made += part.count
    print(json.dumps({"rows": made, "cpu": time.process_time() - start}))


def write_only(path: str) -> None:
    """Write finished tables again with synthgen's own Parquet settings."""
    import polars as pl

    from synthgen.registry import EXPORTERS

    tables = {}
    for entry in json.loads((Path(path) / "manifest.json").read_text())["tables"].values():
        files = [Path(path) / file["path"] for file in entry["files"]]
        tables[entry["stem"]] = pl.concat([pl.read_parquet(f) for f in files], rechunk=True)
    exporter = EXPORTERS.get("parquet")()
    with tempfile.TemporaryDirectory() as folder, Timed(sum(map(len, tables.values()))):
        for name, frame in tables.items():
            exporter.write(frame, Path(folder) / f"{name}.parquet")


def measured(*command: str) -> Measured:
    """A part of this file, or a peer, in a process of its own."""
    output = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, check=True, text=True, env=ENVIRONMENT)
    result: Measured = json.loads(output.stdout.splitlines()[-1])
    return result


def variants(name: str, load: Workload, out: str) -> Iterator[tuple[str, Measured]]:
    """Each variant of a workload once."""
    this, peers = str(HERE / "generate.py"), str(HERE / "generate_peers.py")
    yield "synthgen, whole line", measured(this, "--part", "line", name, out)
    yield "synthgen, generation alone", measured(this, "--part", "generation", name, out)
    yield "write-only", measured(this, "--part", "write", name, out)
    for peer, rows in load.peers.items():
        yield peer, measured(peers, name, peer, str(rows))


def compared(names: list[str], rounds: int) -> None:
    """Medians over rounds of every variant of the workloads, interleaved, as Markdown tables."""
    seen: dict[str, dict[str, list[Measured]]] = {name: {} for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(rounds):
            for name in names:
                for variant, result in variants(name, WORKLOADS[name], str(Path(folder) / name)):
                    seen[name].setdefault(variant, []).append(result)
            print(f"round {round_ + 1} of {rounds}", file=sys.stderr)
    for name in names:
        print(f"\n{WORKLOADS[name].says}; medians of {rounds} interleaved rounds; CPU is user + system time.\n")
        print(table(seen[name]))


def table(seen: dict[str, list[Measured]]) -> str:
    """The variants of one workload by their medians."""
    rates = {name: statistics.median(r["rows"] / r["cpu"] for r in results) for name, results in seen.items()}
    ours, alone = rates["synthgen, whole line"], rates["synthgen, generation alone"]
    lines = ["| variant | rows per CPU second | the whole line against it | generation alone against it |"]
    lines.append("|---|---:|---:|---:|")
    lines += [f"| {name} | {rate:,.0f} | {ours / rate:.2f}x | {alone / rate:.2f}x |" for name, rate in rates.items()]
    results = seen["synthgen, whole line"]
    make, scan, write, whole = (
        statistics.median(r[part] for r in results) for part in ("make", "scan", "write", "cpu")
    )
    lines += [
        "",
        f"Of {whole:.2f} CPU seconds of the line, making took {make:.2f}, scanning {scan:.2f}, writing {write:.2f}.",
    ]
    return "\n".join(lines)


def process(rows: int, out: Path, *options: str) -> tuple[float, int]:
    """One `synthgen run` of the customers, as a process: its seconds, and the peak memory of it and its workers."""
    command = [sys.executable, "-m", "synthgen.cli.main", "run", str(HERE / "customers.yaml"), "--out", str(out)]
    command += ["--rows", f"customers={rows}", "--json", "--quiet", *options]
    start, peak = time.monotonic(), 0
    with tempfile.TemporaryFile() as output:
        running = subprocess.Popen(command, stdout=output, cwd=HERE.parent, env=ENVIRONMENT)
        while running.poll() is None:
            peak = max(peak, resident(running.pid))
            time.sleep(0.05)
    if running.returncode:
        raise SystemExit(f"synthgen failed: exit code {running.returncode}")
    return time.monotonic() - start, peak


def resident(pid: int) -> int:
    """Resident bytes of a process and its descendants now (Linux)."""
    total, todo = 0, [pid]
    while todo:
        one = Path(f"/proc/{todo.pop()}")
        try:
            total += int((one / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in (one / "task").iterdir():
                todo += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return total


def workers(rounds: int) -> None:
    """One worker against two, by the clock."""
    seen: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for count, seconds in seen.items():
                seconds.append(process(WORKER_ROWS, Path(folder) / "out", "--workers", str(count))[0])
    one, two = (statistics.median(seconds) for seconds in seen.values())
    print(f"\n{WORKER_ROWS:,} customers: {one:.1f} s by one worker, {two:.1f} s by two: {one / two:.2f}x.")


def memory() -> None:
    """Peak memory of a large table, by two workers."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, peak = process(MEMORY_ROWS, Path(folder) / "out", "--workers", "2")
    print(
        f"\n{MEMORY_ROWS:,} customers by two workers: {seconds:.0f} s, at most {peak / 1e6:,.0f} MB in all processes."
    )


def main() -> None:
    """Run the benchmark, or one part of it in its own process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=[*WORKLOADS, "workers", "memory"], default=[*WORKLOADS, "workers"])
    parser.add_argument("--part", nargs=3, metavar=("PART", "WORKLOAD", "FOLDER"))
    chosen = parser.parse_args()
    if chosen.part:
        part, name, folder = chosen.part
        if part == "write":
            write_only(folder)
        elif part == "line":
            line(WORKLOADS[name], folder)
        else:
            generation(WORKLOADS[name])
        return
    names = [name for name in WORKLOADS if name in chosen.only]
    if names:
        compared(names, chosen.rounds)
    if "workers" in chosen.only:
        workers(chosen.rounds)
    if "memory" in chosen.only:
        memory()


if __name__ == "__main__":
    main()
