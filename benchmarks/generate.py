"""The whole line against its peers: rows per CPU second, side by side in one run.

    python benchmarks/generate.py [--rounds 5] [--rows 1000000] [--table docs/performance.md]

Every variant runs in a process of its own, in turn, round after round. The peers are given their best case: only their
row loop is timed, after imports and set-up, and they write nothing. Synthgen is given its worst: user and system time of
the whole process and its children, start-up, scan, gate, Parquet and manifest included. `write-only` reads synthgen's
finished table into memory and writes it again, timed without the reading: the floor under any generator.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
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

    frame = pl.read_parquet(path, rechunk=True)
    exporter = EXPORTERS.get("parquet")()
    with tempfile.TemporaryDirectory() as folder, Timed(len(frame)):
        exporter.write(frame, Path(folder) / "again.parquet")


class Timed:
    """CPU seconds of this process over a block, printed as JSON."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def __enter__(self) -> Timed:
        self.start = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        print(json.dumps({"rows": self.rows, "cpu": time.process_time() - self.start}))


def synthgen_line(rows: int, workers: int, out: Path) -> dict[str, float]:
    """One whole `synthgen run`, as a process; CPU seconds and peak memory from the operating system."""
    command = [sys.executable, "-m", "synthgen.cli.main", "run", str(HERE / "customers.yaml"), "--out", str(out)]
    command += ["--rows", f"customers={rows}", "--workers", str(workers), "--json", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE.parent)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"synthgen failed: {output.decode()}")
    return {"rows": rows, "cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def peer(*arguments: str) -> dict[str, float]:
    """One peer in a process of its own."""
    output = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, check=True, text=True)
    result: dict[str, float] = json.loads(output.stdout.splitlines()[-1])
    return result


def measure(rounds: int, rows: int) -> dict[str, dict[str, float]]:
    """Medians over rounds of every variant, interleaved."""
    seen: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "customers"
        for round_ in range(rounds):
            seen.setdefault("synthgen, whole line", []).append(synthgen_line(rows, 1, out))
            file = next(iter([*out.glob("customers.parquet"), *out.glob("customers")]))
            seen.setdefault("write-only", []).append(peer("--write", str(file)))
            for name, count in PEER_ROWS.items():
                seen.setdefault(name, []).append(peer("--peer", name, "--rows", str(count)))
            print(f"round {round_ + 1} of {rounds}", file=sys.stderr)
    return {
        name: {
            "rate": statistics.median(r["rows"] / r["cpu"] for r in results),
            "peak_mb": statistics.median(r.get("peak_mb", 0.0) for r in results),
        }
        for name, results in seen.items()
    }


def table(found: dict[str, dict[str, float]], rounds: int, rows: int) -> str:
    """The medians as a Markdown table."""
    ours = found["synthgen, whole line"]["rate"]
    lines = [
        f"{rows:,} rows of 12 columns; medians of {rounds} interleaved rounds; CPU is user + system time.",
        "",
        "| variant | rows per CPU second | synthgen's whole line against it | peak memory |",
        "|---|---:|---:|---:|",
    ]
    for name, values in found.items():
        peak = f"{values['peak_mb']:,.0f} MB" if values["peak_mb"] else ""
        lines.append(f"| {name} | {values['rate']:,.0f} | {ours / values['rate']:.2f}x | {peak} |")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark, or one peer in its own process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer", choices=PEER_ROWS)
    parser.add_argument("--write")
    chosen = parser.parse_args()
    if chosen.write:
        write_only(chosen.write)
    elif chosen.peer and chosen.peer.startswith("faker"):
        faker_loop(chosen.rows, weighted=chosen.peer == "faker")
    elif chosen.peer:
        mimesis_loop(chosen.rows, fieldset=chosen.peer == "mimesis-fieldset")
    else:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        print(table(measure(chosen.rounds, chosen.rows), chosen.rounds, chosen.rows))


if __name__ == "__main__":
    main()
