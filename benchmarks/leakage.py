"""How long a fingerprint of 200,000 customers takes, how large it is, and how long a check against it takes.

    python benchmarks/leakage.py [ROWS]

Ten columns: number, first and last name, e-mail, phone, date of birth, city, postcode, balance, and a note of 36 words.
Addresses, phones and notes differ from row to row, the worst case. Seconds are of the processor, over all threads.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from synthgen.privacy.leakage.fingerprint import Fingerprint, make
from synthgen.privacy.leakage.sources import tables_of

SALT = bytes(32)


def customers(rows: int, seed: int, domain: str, area: int) -> pl.DataFrame:
    """A table whose values are drawn from the same words for every seed."""
    random = np.random.default_rng(seed)
    words = [f"{a}{b}{c}" for a in ("ka", "lo", "mi", "ra", "su", "te") for b in "bdlmnrst" for c in "aeiou"]

    def pick(count: int) -> list[str]:
        return [words[i] for i in random.integers(0, count, rows)]

    numbers = random.choice(10**9, rows, replace=False)
    notes = random.integers(0, len(words), (rows, 36))
    return pl.DataFrame(
        {
            "customer_id": range(1, rows + 1),
            "first_name": pick(120),
            "last_name": pick(240),
            "email": [f"{w}.{n:09d}@{domain}" for w, n in zip(pick(240), numbers, strict=True)],
            "phone": [f"+{area} {n // 10**6:03d} {n // 10**3 % 1000:03d} {n % 1000:03d}" for n in numbers],
            "birth_date": pl.Series(random.integers(-11_000, 12_000, rows)).cast(pl.Int32).cast(pl.Date),
            "city": pick(60),
            "postcode": [f"{n:05d}" for n in random.integers(10_000, 99_999, rows)],
            "balance": random.lognormal(4, 1, rows).round(2),
            "note": [" ".join(words[i] for i in row) for row in notes],
        }
    )


def main(rows: int) -> None:
    """Measure, and print one JSON object."""
    found: dict[str, object] = {"rows": rows, "columns": 10}
    with tempfile.TemporaryDirectory() as folder:
        data, file = Path(folder) / "crm.csv", Path(folder) / "crm.fp"
        customers(rows, 1, "realmail.com", 44).write_csv(data)
        export = customers(rows, 2, "othermail.org", 49)
        started = time.process_time()
        made = make("crm", tables_of(data), SALT)
        found["make_cpu_s"] = round(time.process_time() - started, 1)
        started = time.process_time()
        made.save(file)
        found["save_cpu_s"] = round(time.process_time() - started, 1)
        found["megabytes"] = round(file.stat().st_size / 1e6, 1)
        started = time.process_time()
        read = Fingerprint.load(file)
        found["load_cpu_s"] = round(time.process_time() - started, 1)
        started = time.process_time()
        found["findings"] = len(read.check("export", export))
        found["check_cpu_s"] = round(time.process_time() - started, 1)
        parts = export.drop("note")
        started = time.process_time()
        read.check("export", parts)
        found["check_without_notes_cpu_s"] = round(time.process_time() - started, 1)
        found["leaks_of_itself"] = sorted({f.entity or "" for f in read.check("crm", pl.read_csv(data))})
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
