"""Faker's methods compiled, against Faker itself: nanoseconds a value, and whether the distributions agree.

    python benchmarks/faker_compiled.py [--rows 100000] [--methods name,email] [--locale en_US]
    python benchmarks/faker_compiled.py --coverage

The first form makes `rows` values with each and compares them (chi-square, or Kolmogorov-Smirnov for numbers and dates;
p-values after Bonferroni's correction for the features of a text). Times are processor times: compiled values for
1,000,000 rows in one run, after a run that is not counted. The second form counts compiled methods by locale.
"""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np

from synthgen.generators.compiled.compiler import compile_method, why
from synthgen.generators.compiled.coverage import COMMON, LOCALES, coverage
from synthgen.generators.compiled.validate import agreement, real_values
from synthgen.seeds import U64, draws, stream_key

TIMED = 1_000_000
MORE = (
    "last_name", "name_female", "ascii_email", "company_email", "domain_name", "msisdn", "catch_phrase", "bs", "color",
    "hex_color", "latitude", "ean13", "license_plate", "mac_address", "ipv6", "file_path", "md5", "sha256", "pyfloat",
    "random_number", "pricetag", "time_object", "iso8601", "unix_time", "user_agent", "slug", "language_name", "bban",
    "swift", "currency_code",
)  # fmt: skip


class Rows:
    """A run of rows of one column."""

    def __init__(self, ids: U64, whole: bool = True) -> None:
        self.ids, self.count, self._whole = ids, len(ids), whole

    def bits(self, slot: str = "") -> U64:
        """The column's stream, as the line makes it for a run of rows."""
        key = stream_key(1, "table", "column", slot)
        if self._whole:
            return draws(key, 0, self.count)
        from synthgen.seeds import draws_at

        return draws_at(key, self.ids)

    def take(self, index: Any) -> Rows:
        """Some of them."""
        return Rows(self.ids[index], whole=False)


def line(method: str, locale: str, rows: int) -> tuple[str, float | None]:
    """One method's row of the table, and how many times faster it is."""
    started = time.process_time()
    sampler = compile_method(method, locale, {}, datetime.now(UTC))
    compiled = time.process_time() - started
    if sampler is None:
        return f"{method:22} not compiled: {why(method, locale)}", None
    started = time.process_time()
    real = real_values(method, locale, {}, rows)
    slow = (time.process_time() - started) / rows * 1e9
    found = agreement(sampler, Rows(np.arange(rows, dtype=np.uint64)), real)  # type: ignore[arg-type]  # all it asks for
    many = Rows(np.arange(TIMED, dtype=np.uint64))
    sampler.sample(many)  # type: ignore[arg-type]
    started = time.process_time()
    sampler.sample(many)  # type: ignore[arg-type]
    quick = (time.process_time() - started) / TIMED * 1e9
    text = f"{method:22} {sampler.kind:10} {slow:10,.0f} {quick:8,.0f} {slow / quick:8,.0f}x {found.p:8.3f}"
    return f"{text} {compiled * 1e3:7,.0f} ms{'  REJECTED' if found.p < 0.001 else ''}", slow / quick


def main() -> None:
    """Print the table, or the coverage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--methods", default=",".join(dict.fromkeys((*COMMON, *MORE))))
    parser.add_argument("--locale", default="en_US")
    parser.add_argument("--coverage", action="store_true")
    given = parser.parse_args()
    if given.coverage:
        for locale in LOCALES:
            found = coverage(locale)
            total = len(found.made) + len(found.refused)
            print(f"{locale}: {len(found.made)} of {total} methods ({found.share:.1%}), most used {found.common:.1%}")
        return
    print(f"{'method':22} {'kind':10} {'Faker ns':>10} {'ns':>8} {'ratio':>9} {'p':>8} {'compile':>10}")
    ratios = []
    for method in given.methods.split(","):
        text, ratio = line(method, given.locale, given.rows)
        print(text, flush=True)
        ratios += [ratio] if ratio else []
    print(f"{len(ratios)} methods, median ratio {statistics.median(ratios):,.0f}x")


if __name__ == "__main__":
    main()
