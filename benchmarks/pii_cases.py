"""The pattern recognizers, measured: Presidio's own cases, labelled texts, and texts that hold nothing.

    python benchmarks/pii_cases.py [--half even|odd|all] [--show]

**Cases** (`presidio_recognizer_cases.jsonl`, the test tables of Presidio's recognizers): a file names an entity. A
positive case counts as found if a match of that entity is found in the text alone (`bare`), or with a column that is
called after the entity: bare digits whose check digit one number in ten has by chance count only with context, as do
forms without a check digit, and Presidio gives most of them a score under 0.4 too. A negative case must give no match
of the file's entity in the text alone. `in named column` counts negatives that match when the column is called after
the entity: values that another country's form allows. `contradictory` are texts that one table of a file calls
positive and another negative. A negative that lies in a range which is never issued (`BG123612A`, `078-05-0000`) is
recognised on purpose, because mode `none` refuses it and mode `reserved` accounts for it: it is no alarm. Three cases
of entities with a checksum are missed, since none of them has a right one: a tax code with another check letter
(`it_fiscal_code`) and two names of variables that the table was to fill in (`ng_nin`).

**Spans** (`presidio_synth_v2`, `presidio_generated_large`): half-open offsets; a match is right if it overlaps a gold
span of its entity by an IoU of at least 0.5. Tuned on the texts with an even index, reported for both halves. `excused`
leaves out the spans and alarms of `FAULTS`, each looked at by hand.

**Silence** (`kjv_verses`, `techdocs_dlt`, generated values): lines with a match of a direct or indirect entity, per
1,000 lines. Values in reserved ranges do not count; `PLACEHOLDERS` and `REAL` say what each alarm in the technical
documents is. Generated values go through the scanner as a column of 100,000 for each format, in mode `none`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from synthgen.columns import Column
from synthgen.privacy.base import Match
from synthgen.privacy.entities import ENTITIES
from synthgen.privacy.matching import Matcher
from synthgen.privacy.reserved import explain
from synthgen.privacy.scanner import Scanner

DATA = (Path(__file__).parents[1] / "../shared/data/C_pii").resolve()
SPECIAL = {
    "email": "EMAIL_ADDRESS", "ip": "IP_ADDRESS", "mac": "MAC_ADDRESS", "phone": "PHONE_NUMBER", "date": "DATE_TIME",
    "ph_mobile_number": "PHONE_NUMBER", "tr_phone_number": "PHONE_NUMBER", "certificate_number": "MEDICAL_LICENSE",
    "aba_routing": "ABA_ROUTING_NUMBER", "us_bank": "US_BANK_NUMBER", "sg_fin": "SG_NRIC_FIN",
}  # fmt: skip
"""Files whose name is not the entity's."""
NOT_OURS = ("pattern", "spacy", "stanza", "transformers")
"""Files that test Presidio's machinery or a language model: no entity of a pattern."""
LABELS = {
    "CREDIT_CARD": "CREDIT_CARD",
    "PHONE_NUMBER": "PHONE_NUMBER",
    "EMAIL_ADDRESS": "EMAIL_ADDRESS",
    "IBAN_CODE": "IBAN_CODE",
    "US_SSN": "US_SSN",
    "IP_ADDRESS": "IP_ADDRESS",
    "DOMAIN_NAME": "URL",
    "US_DRIVER_LICENSE": "US_DRIVER_LICENSE",
}
SETS = ("presidio_synth_v2", "presidio_generated_large")
N = 100_000
FAULTS = {
    (
        "presidio_synth_v2",
        1191,
        "CREDIT_CARD",
    ): "the label holds twelve digits that begin with 0: no card scheme has it",
    ("presidio_synth_v2", 839, "PHONE_NUMBER"): "a house number twice, written like a number in Pocking: ours is wrong",
}
"""Spans and alarms that were looked at by hand, with the verdict; those whose fault is the label's are excused."""
EXCUSED = frozenset(k for k, v in FAULTS.items() if v.startswith("the label"))
PLACEHOLDERS = {
    65: "a password made up for the page",
    482: "a key typed at random for the page",
}
REAL = {
    13893: "the private key of a public sandbox account, in full",
    13906: "the same key",
    14257: "user info: the public reader of a genome database",
    14737: "the same account",
}
"""Lines of the technical documents by number: what is excused as made up, and what is no false alarm."""


def cases() -> Iterator[tuple[str, str, str, bool]]:
    """File, entity, text, and whether something is to be found, of every case that is ours."""
    for line in (DATA / "presidio_recognizer_cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        kind = case["file"].removeprefix("test_").removesuffix("_recognizer.py")
        if kind in NOT_OURS:
            continue
        found = case.get("expected_len", case.get("expected", case.get("expected_positions", 0)))
        positive = len(found) > 0 if isinstance(found, (str, list)) else bool(found)
        yield kind, SPECIAL.get(kind, kind.upper()), case["text"], positive


def recognizer_cases() -> dict[str, Any]:
    """Counts for each file, and the texts that are missed or wrongly found."""
    matchers: dict[str, Matcher] = {}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    missed, alarms = [], []
    both = {(k, t) for k, _, t, p in cases() if p} & {(k, t) for k, _, t, p in cases() if not p}
    for kind, entity, text, positive in cases():
        matcher = matchers.setdefault(entity, Matcher({entity}))
        bare = _unreserved(matcher, text, "", positive)
        named = bare or _unreserved(matcher, text, entity.lower(), positive)
        count = counts[kind]
        if (kind, text) in both:
            count["contradictory"] += 1
        elif positive:
            count["positive"] += 1
            count["bare"] += bare
            count["found"] += named
            if not named:
                missed.append((kind, text))
        else:
            count["negative"] += 1
            count["alarms"] += bare
            count["in named column"] += named
            if bare:
                alarms.append((kind, text))
    proven = {k: c for k, c in counts.items() if "checksum" in ENTITIES[SPECIAL.get(k, k.upper())].proof}
    return {
        "files": {k: dict(c) for k, c in sorted(counts.items())},
        "with a checksum": _total(proven.values()),
        "all": _total(counts.values()),
        "missed": missed,
        "alarms": alarms,
    }


def _unreserved(matcher: Matcher, text: str, column: str, positive: bool) -> bool:
    """Whether there is a match; for a negative case one that no rule explains as never issued (`BG123612A`)."""
    found = matcher.matches([text], column)[0]
    return any(positive or explain(text[m.start : m.end], m.entity) is None for m in found)


def _total(counts: Any) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)


# -- labelled texts


def iou(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Intersection over union of two half-open spans."""
    inside = min(a[1], b[1]) - max(a[0], b[0])
    return max(0, inside) / (max(a[1], b[1]) - min(a[0], b[0]))


def texts_of(name: str, half: str) -> list[tuple[int, dict[str, Any]]]:
    """Index and item of a set: those with an even index, an odd one, or all."""
    with gzip.open(DATA / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        items = list(enumerate(json.load(file)))
    return items if half == "all" else [(i, x) for i, x in items if i % 2 == (half == "odd")]


def resolved(matches: Sequence[Match]) -> list[Match]:
    """Of overlapping matches the strongest, then the longest."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (-m.score, m.start - m.end, m.entity)):
        if not any(match.start < k.end and k.start < match.end for k in kept):
            kept.append(match)
    return kept


def spans(name: str, half: str, matcher: Matcher) -> dict[str, Any]:
    """Recall and precision for each entity, and the spans that are missed or found where no label is."""
    items = texts_of(name, half)
    counts: dict[str, Counter[str]] = {e: Counter() for e in LABELS.values()}
    missed, alarms = [], []
    for (index, item), found in zip(items, matcher.matches([x["full_text"] for _, x in items], ""), strict=True):
        gold = [
            (LABELS[s["entity_type"]], s["start_position"], s["end_position"])
            for s in item["spans"] if s["entity_type"] in LABELS
        ]  # fmt: skip
        kept = [m for m in resolved(found) if m.entity in counts]
        for entity, start, end in gold:
            hit = any(m.entity == entity and iou((m.start, m.end), (start, end)) >= 0.5 for m in kept)
            counts[entity]["gold"] += 1
            counts[entity]["found"] += hit
            counts[entity]["excused"] += not hit and (name, index, entity) in EXCUSED
            if not hit:
                missed.append((index, entity, start, end))
        for match in kept:
            right = any(match.entity == e and iou((match.start, match.end), (a, b)) >= 0.5 for e, a, b in gold)
            counts[match.entity]["matches"] += 1
            counts[match.entity]["right"] += right
            if not right:
                alarms.append((index, match.entity, match.start, match.end))
    return {"entities": {e: _rates(c) for e, c in counts.items()}, "missed": missed, "alarms": alarms}


def _rates(count: Counter[str]) -> dict[str, Any]:
    recall = count["found"] / count["gold"] if count["gold"] else None
    precision = count["right"] / count["matches"] if count["matches"] else None
    fair = count["found"] / (count["gold"] - count["excused"]) if count["gold"] else None
    return {**count, "recall": recall, "precision": precision, "recall, excused": fair}


# -- texts and values that hold nothing


def kjv() -> list[str]:
    """The verses of the King James Bible."""
    with gzip.open(DATA / "kjv_verses.csv.gz") as file:
        return pl.read_csv(file.read())["text"].to_list()


def documents() -> list[str]:
    """The lines of the technical documents."""
    with gzip.open(DATA / "techdocs_dlt.jsonl.gz", "rt", encoding="utf-8") as file:
        return [line for doc in file for line in json.loads(doc)["text"].splitlines()]


def lines_alarmed(lines: list[str], matcher: Matcher) -> list[tuple[int, str, int, int]]:
    """Matches in lines, less those that a reserved range explains."""
    found = []
    for number, (line, matches) in enumerate(zip(lines, matcher.matches(lines, ""), strict=True)):
        for m in resolved(matches):
            if m.entity != "LOCATION" and explain(line[m.start : m.end], m.entity) is None:
                found.append((number, m.entity, m.start, m.end))
    return found


def ordinary(seed: int = 5) -> dict[str, pl.Series]:
    """Columns of 100,000 values that are nobody's: numbers, dates, UUIDs, prices, product codes, in several formats."""
    rng = np.random.default_rng(seed)
    return {**_numbers(rng), **_days(rng), **_codes(rng)}


def _told(form: str, *parts: Any) -> pl.Series:
    return pl.Series([form.format(*p) for p in zip(*parts, strict=True)])


def _numbers(rng: np.random.Generator) -> dict[str, pl.Series]:
    n = rng.integers
    cents = n(1, 10_000_000, N) / 100
    digits = {name: (10 ** (k - 1), 10**k) for k, name in ((9, "nine"), (10, "ten"), (11, "eleven"))}
    texts = {name: pl.Series(n(*bounds, N).astype(str)) for name, bounds in digits.items()}
    return {
        "id": pl.Series(np.arange(N)),
        "count": pl.Series(n(0, 5000, N)),
        "quantity": pl.Series(n(-500, 500, N).astype(str)),
        "serial": pl.Series(n(0, 10**8, N).astype(str)),
        **texts,
        "twelve": pl.Series(n(10**11, 10**12, N)),
        "thirteen": pl.Series(n(10**12, 10**13, N)),
        "big": pl.Series(n(10**17, 9 * 10**18, N)),
        "price": _told("${:,.2f}", cents),
        "amount": _told("{:.2f}", cents),
        "euro": pl.Series([f"{c:,.2f} EUR".translate(str.maketrans(",.", ".,")) for c in cents]),
        "yen": _told("{:,d}", n(10**3, 10**9, N)),
    }


def _days(rng: np.random.Generator) -> dict[str, pl.Series]:
    n = rng.integers
    days = pl.Series(n(0, 20_000, N).astype(np.int32)).cast(pl.Date)
    stamps = pl.Series(n(0, 1_700_000_000_000, N)).cast(pl.Datetime("ms")).cast(pl.String)
    return {
        "seconds": pl.Series(n(10**9, 17 * 10**8, N).astype(str)),
        "millis": pl.Series(n(10**12, 17 * 10**11, N).astype(str)),
        "day": days.cast(pl.String),
        "german_day": days.dt.strftime("%d.%m.%Y"),
        "us_day": days.dt.strftime("%m/%d/%Y"),
        "compact": days.dt.strftime("%Y%m%d"),
        "said_day": days.dt.strftime("%d %B %Y"),
        "stamp": stamps,
        "zoned": stamps.str.replace(" ", "T") + "Z",
    }


def _codes(rng: np.random.Generator) -> dict[str, pl.Series]:
    n = rng.integers
    letters = np.array(list("ABCDEFGHJKLMNPRSTUVWXYZ"))
    two, three = (["".join(p) for p in letters[n(0, 23, (N, k))]] for k in (2, 3))
    w = rng.integers(0, 2**32, (N, 4), dtype=np.uint64)
    tail = w[:, 0] * w[:, 1] & np.uint64(0xFFFFFFFFFFFF)
    uuids = (w[:, 0], w[:, 1] & np.uint64(0xFFFF), w[:, 2] & np.uint64(0xFFF), w[:, 3] & np.uint64(0xFFF), tail)
    return {
        "uuid": _told("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", *uuids),
        "hex": _told("{:08x}{:08x}{:08x}{:08x}", *w.T),
        "sku": _told("{}-{:04d}-{:02d}", three, n(0, 10**4, N), n(0, 100, N)),
        "code": _told("{}{:05d}", two, n(0, 10**5, N)),
        "part": _told("{:04d}-{:03d}-{}", n(0, 10**4, N), n(0, 1000, N), two),
        "order": _told("ORD-2024-{:06d}", n(0, 10**6, N)),
        "lot": _told("{}{:02d}{}{:03d}", two, n(0, 100, N), two, n(0, 1000, N)),
        "asin": _told("B0{:02d}{}{:03d}", n(0, 100, N), three, n(0, 1000, N)),
        "version": _told("{}.{}.{}", *n(0, 40, (3, N))),
        "size": _told("{}x{}x{} cm", *n(1, 300, (3, N))),
        "ean": pl.Series([_ean(x, 13) for x in n(10**11, 10**12, N)]),
        "upc": pl.Series([_ean(x, 12) for x in n(10**10, 10**11, N)]),
        "isbn": pl.Series(["978-" + _ean(9780 * 10**8 + x, 13)[3:] for x in n(0, 10**8, N)]),
    }


def _ean(number: int, length: int) -> str:
    """An article number with its check digit (GS1)."""
    text = str(number).zfill(length - 1)[-(length - 1) :]
    total = sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(reversed(text)))
    return text + str(-total % 10)


def silent() -> dict[str, dict[str, int]]:
    """For each column of ordinary values, the number of values that the scanner finds something in, by entity."""
    scanner = Scanner("none", ner="off")
    found = {}
    for name, values in ordinary().items():
        findings = scanner.scan("t", {name: Column.of(values)})
        found[name] = {str(f.entity): f.count for f in findings}
    return found


def report(half: str) -> dict[str, Any]:
    """Everything, as one object; `half` is `even`, `odd` or `all` and concerns the labelled texts."""
    wide = Matcher({*Matcher().recognizers, "URL"})
    narrow = Matcher()
    verses, lines = kjv(), documents()
    return {
        "cases": recognizer_cases(),
        "spans": {name: spans(name, half, wide) for name in SETS},
        "kjv": {"lines": len(verses), "alarms": lines_alarmed(verses, narrow)},
        "techdocs": {
            "lines": len(lines),
            "alarms": lines_alarmed(lines, narrow),
            "excused": PLACEHOLDERS,
            "real": REAL,
        },
        "ordinary": silent(),
    }


def main() -> None:
    """Print the report as tables; with --show the texts behind each miss and alarm."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--half", choices=("even", "odd", "all"), default="all")
    parser.add_argument("--show", action="store_true", help="print each miss and each alarm")
    options = parser.parse_args()
    started = time.process_time()
    made = report(options.half)
    for kind, count in made["cases"]["files"].items():
        print(f"{kind:32}" + "  ".join(f"{k} {v}" for k, v in count.items()))
    for key in ("with a checksum", "all"):
        print(f"{key:32}{made['cases'][key]}")
    for name, result in made["spans"].items():
        print(f"\n{name} ({options.half})")
        for entity, rates in result["entities"].items():
            print(f"  {entity:20}" + "  ".join(f"{k} {_short(v)}" for k, v in rates.items()))
    for name in ("kjv", "techdocs"):
        part = made[name]
        rate = 1000 * len({a[0] for a in part["alarms"]}) / part["lines"]
        print(f"\n{name}: {len(part['alarms'])} alarms in {part['lines']} lines, {rate:.2f} lines per 1,000")
        kinds = Counter(
            "real" if a[0] in REAL else "made up" for a in part["alarms"] if a[0] in {**REAL, **PLACEHOLDERS}
        )
        left = len({a[0] for a in part["alarms"]} - (set() if name == "kjv" else {*REAL, *PLACEHOLDERS}))
        print(f"  looked at by hand: {dict(kinds) if name != 'kjv' else {}}; false alarms left: {left}")
    wrong = {k: v for k, v in made["ordinary"].items() if v}
    print(f"\nordinary values: {len(made['ordinary'])} columns of {N:,}, alarms: {wrong or 'none'}")
    if options.show:
        _show(made)
    print(f"\n{time.process_time() - started:.0f} CPU s")


def _short(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _show(made: dict[str, Any]) -> None:
    """The public test data behind the figures; this is no output of the product."""
    for key in ("missed", "alarms"):
        for kind, text in made["cases"][key]:
            print(f"case {key}: {kind}: {text!r}")
    for name, result in made["spans"].items():
        items = dict(texts_of(name, "all"))
        for key in ("missed", "alarms"):
            for index, entity, start, end in result[key]:
                text = items[index]["full_text"]
                print(f"{name} {key}: {index} {entity}: {text[max(0, start - 40) : start]!r} [{text[start:end]}]")
    for name, lines in (("kjv", kjv()), ("techdocs", documents())):
        for number, entity, start, end in made[name]["alarms"]:
            line = lines[number]
            print(f"{name}: {number} {entity}: {line[max(0, start - 40) : end + 10]!r} [{line[start:end]}]")


if __name__ == "__main__":
    main()
