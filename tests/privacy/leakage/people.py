"""Made-up people that stand for a real source: no value of theirs is reserved, and no value belongs to anybody."""

from __future__ import annotations

import numpy as np
import polars as pl

_WORDS = (
    "Ada Karl Emmy Omar Ines Rosa Paul Nora Hugo Vera Ivan Lena Otto Mila Ezra Cora Finn Jana Leon Maya",
    "Smith Jones Brown Kowalski Moreau Rossi Silva Berg Novak Haas Lund Petit Costa Weber Vogel Moss",
    "Berlin Paris Rome Oslo Bern Lisbon Prague Vienna",
    "parcel invoice refund kettle lamp carpet ladder garden window bottle engine folder basket camera ticket",
    "lost broke returned ordered painted mended carried borrowed cleaned opened counted dropped folded sent",
    "yesterday today monday friday morning evening noon spring autumn winter weekend lunch breakfast midnight",
)
FIRST, LAST, CITIES, NOUNS, VERBS, WHEN = (words.split() for words in _WORDS)


def source(rows: int = 400, seed: int = 1) -> pl.DataFrame:
    """Customers with everything that can leak: identifiers, traits, a note of 30 words that is like no other."""
    random = np.random.default_rng(seed)

    def pick(words: list[str]) -> list[str]:
        return [words[i] for i in random.integers(0, len(words), rows)]

    first, last = pick(FIRST), pick(LAST)
    numbers = random.choice(10**7, rows, replace=False)
    days = random.integers(0, 20_000, rows)
    return pl.DataFrame(
        {
            "id": range(1, rows + 1),
            "first_name": first,
            "last_name": last,
            "email": [f"{a}.{b}{n:07d}@realmail.com".lower() for a, b, n in zip(first, last, numbers, strict=True)],
            "phone": [f"+1 415 {200 + n // 10**4 % 700:03d} {n % 10**4:04d}" for n in numbers.tolist()],
            "birth_date": (pl.Series(days) + pl.Series([-10_000])).cast(pl.Int32).cast(pl.Date),
            "city": pick(CITIES),
            "score": random.normal(50, 9, rows).round(3),
            "note": [note(random) for _ in range(rows)],
        }
    )


def note(random: np.random.Generator, clauses: int = 6) -> str:
    """Words put together at random, five a clause, so that no two notes share a passage."""
    made = []
    for _ in range(clauses):
        a, b, c, d, e = (random.integers(0, 14) for _ in range(5))
        made.append(f"{FIRST[a]} {VERBS[b]} {NOUNS[c]} {WHEN[d]} {VERBS[e]}")
    return ", ".join(made) + "."


def export(rows: int = 300, seed: int = 2) -> pl.DataFrame:
    """What a generator would make of the same vocabularies: the same names and cities, reserved addresses."""
    made = source(rows, seed)
    return made.with_columns(
        email=pl.col("email").str.replace("realmail.com", "example.com", literal=True),
        phone=pl.lit("+1 415 555 01") + pl.col("id").mod(100).cast(pl.String).str.zfill(2),
    )


def planted(frame: pl.DataFrame, column: str, row: int, value: object) -> pl.DataFrame:
    """The frame with one cell changed."""
    values = frame[column].to_list()
    values[row] = value
    return frame.with_columns(pl.Series(column, values, dtype=frame.schema[column]))
