"""The whole line against its peers: rows per CPU second, side by side in one run.

    python benchmarks/generate.py [--rounds 5] [--rows 1000000]

Every variant runs in a process of its own, in turn, round after round. Imports are left out for all of them, and the
work is timed: the row loop of a peer, which writes nothing, and `pipeline.run` of synthgen with all of it: reading
the recipe, vocabularies, generation, scan, gate, Parquet, manifest, publication. `whole process` is synthgen's command
as the operating system counts it, interpreter and imports included. `write-only` reads synthgen's finished table into
memory and writes it again, timed without the reading: the floor under any generator.
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
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LINE = "synthgen, whole line"
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as users run it
PEER_ROWS = {"faker": 10_000, "faker-unweighted": 30_000, "mimesis-field": 60_000, "mimesis-fieldset": 80_000}


def faker_loop(rows: int, weighted: bool) -> None:
    """Twelve columns, one Faker call per cell, as its documentation shows."""
    import random

    from faker import Faker

    fake = Faker("en_US", use_weighting=weighted)
    Faker.seed(1)
    start, end = 1672531200, 1788220800
    with Timed(rows):
        [
            {
                "customer_id": i,
                "first_name": fake.first_name(),
                "last_name": fake.last_name(),
                "email": fake.email(),
                "phone": fake.phone_number(),
                "street": fake.street_address(),
                "city": fake.city(),
                "state": fake.state(),
                "postcode": fake.postcode(),
                "tier": random.choices(("basic", "plus", "vip"), (0.7, 0.2, 0.1))[0],
                "signup_at": fake.date_time_between(start, end),
                "newsletter": fake.boolean(35),
            }
            for i in range(rows)
        ]


def mimesis_loop(rows: int, fieldset: bool) -> None:
    """The same columns by Mimesis: a Field call per cell, or a Fieldset call per column."""
    from mimesis import Field, Fieldset, Locale

    names = (
        "increment", "person.first_name", "person.last_name", "person.email", "person.phone_number",
        "address.address", "address.city", "address.state", "address.postal_code",
        "choice", "datetime.datetime", "development.boolean",
    )  # fmt: skip
    options = {"choice": {"items": ["basic", "plus", "vip"]}, "datetime.datetime": {"start": 2023, "end": 2026}}
    if fieldset:
        make = Fieldset(Locale.EN, i=rows, seed=1)
        with Timed(rows):
            [make(name, **options.get(name, {})) for name in names]
        return
    field = Field(Locale.EN, seed=1)
    with Timed(rows):
        [[field(name, **options.get(name, {})) for name in names] for _ in range(rows)]


def write_only(path: str) -> None:
    """Write a finished table again with synthgen's own Parquet settings."""
    import polars as pl

    from synthgen.registry import EXPORTERS

    files = sorted(Path(path).rglob("*.parquet"))
    frame = pl.concat([pl.read_parquet(f) for f in files], rechunk=True)
    exporter = EXPORTERS.get("parquet")()
    with tempfile.TemporaryDirectory() as folder, Timed(len(frame)):
        exporter.write(frame, Path(folder) / "again.parquet")


class Timed:
    """CPU seconds of this process over a block, printed as JSON."""

    def __init__(self, rows: int, parts: dict[str, float] | None = None) -> None:
        self.rows, self.parts = rows, parts or {}

    def __enter__(self) -> Timed:
        self.start = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        print(json.dumps({"rows": self.rows, "cpu": time.process_time() - self.start, **self.parts}))


def synthgen_line(rows: int, out: str) -> None:
    """The whole line in this process, as the Python API runs it; how its time divides comes with it."""
    from synthgen import pipeline, produce
    from synthgen.privacy.scanner import Scanner

    spent = {"scan": 0.0, "make": 0.0}
    for owner, name, part in ((Scanner, "scan", "scan"), (produce.Slice, "frame", "make")):
        setattr(owner, name, _counted(getattr(owner, name), spent, part))
    with Timed(rows, spent):
        result = pipeline.run(HERE / "customers.yaml", out=Path(out), rows={"customers": rows})
    assert result.verdict.passed


def _counted(function: Any, spent: dict[str, float], part: str) -> Any:
    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            return function(*arguments, **options)
        finally:
            spent[part] += time.process_time() - start

    return timed


def synthgen_process(rows: int, out: Path) -> dict[str, float]:
    """One whole `synthgen run`, as a process; CPU seconds and peak memory from the operating system."""
    command = [sys.executable, "-m", "synthgen.cli.main", "run", str(HERE / "customers.yaml"), "--out", str(out)]
    command += ["--rows", f"customers={rows}", "--json", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE.parent, env=ENVIRONMENT)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"synthgen failed: {output.decode()}")
    return {"rows": rows, "cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def peer(*arguments: str) -> dict[str, float]:
    """One peer in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=ENVIRONMENT)
    result: dict[str, float] = json.loads(output.stdout.splitlines()[-1])
    return result


def measure(rounds: int, rows: int) -> dict[str, dict[str, float]]:
    """Medians over rounds of every variant, interleaved."""
    seen: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "customers"
        for round_ in range(rounds):
            seen.setdefault(LINE, []).append(peer("--line", str(out), "--rows", str(rows)))
            seen.setdefault("synthgen, whole process", []).append(synthgen_process(rows, out))
            seen.setdefault("write-only", []).append(peer("--write", str(out)))
            for name, count in PEER_ROWS.items():
                seen.setdefault(name, []).append(peer("--peer", name, "--rows", str(count)))
            print(f"round {round_ + 1} of {rounds}", file=sys.stderr)
    return {
        name: {
            "rate": statistics.median(r["rows"] / r["cpu"] for r in results),
            "peak_mb": statistics.median(r.get("peak_mb", 0.0) for r in results),
            "scan": statistics.median(r.get("scan", 0.0) for r in results),
            "make": statistics.median(r.get("make", 0.0) for r in results),
        }
        for name, results in seen.items()
    }


def table(found: dict[str, dict[str, float]], rounds: int, rows: int) -> str:
    """The medians as a Markdown table."""
    ours = found[LINE]["rate"]
    lines = [
        f"{rows:,} rows of 12 columns; medians of {rounds} interleaved rounds; CPU is user + system time.",
        "",
        "| variant | rows per CPU second | synthgen's whole line against it | peak memory |",
        "|---|---:|---:|---:|",
    ]
    for name, values in found.items():
        peak = f"{values['peak_mb']:,.0f} MB" if values["peak_mb"] else ""
        lines.append(f"| {name} | {values['rate']:,.0f} | {ours / values['rate']:.2f}x | {peak} |")
    scan, make = found[LINE]["scan"], found[LINE]["make"]
    lines += ["", f"Of the line, making took {make:.2f} CPU seconds and scanning {scan:.2f}."]
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark, or one peer in its own process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer", choices=PEER_ROWS)
    parser.add_argument("--write")
    parser.add_argument("--line")
    chosen = parser.parse_args()
    if chosen.line:
        synthgen_line(chosen.rows, chosen.line)
    elif chosen.write:
        write_only(chosen.write)
    elif chosen.peer and chosen.peer.startswith("faker"):
        faker_loop(chosen.rows, weighted=chosen.peer == "faker")
    elif chosen.peer:
        mimesis_loop(chosen.rows, fieldset=chosen.peer == "mimesis-fieldset")
    else:
        print(table(measure(chosen.rounds, chosen.rows), chosen.rounds, chosen.rows))


if __name__ == "__main__":
    main()
