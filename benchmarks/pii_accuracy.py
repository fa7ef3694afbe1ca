"""Span-level accuracy of the detector and of Presidio on labelled texts.

    python benchmarks/pii_accuracy.py --data FOLDER --half odd --cache presidio.json

FOLDER holds `presidio_synth_v2.json.gz`, `presidio_generated_large.json.gz` (full_text, and spans with start_position,
end_position, entity_type) and `wikigold.conll.txt.gz`. Rules were tuned on even items (`--half even`); odd ones are
what is reported.

A prediction counts if its class is that of a labelled span and their intersection over union is at least one half, one
to one. Classes, for both scanners: GPE, LOCATION, STREET_ADDRESS and ADDRESS are LOCATION; DOMAIN_NAME and PERSONAL_URL
are URL; PREFIX is TITLE; DATE_OF_BIRTH is DATE_TIME; postcodes of countries are ZIP_CODE. Predictions of a class that a
data set never labels are left out for both. Presidio runs its AnalyzerEngine as it comes (every default recognizer, no
threshold) with the spaCy model that the detector uses.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthgen.privacy import ner
from synthgen.privacy.detect import Detector

Spans = list[tuple[str, int, int]]
CLASSES = {
    "GPE": "LOCATION", "STREET_ADDRESS": "LOCATION", "ADDRESS": "LOCATION", "DOMAIN_NAME": "URL",
    "PERSONAL_URL": "URL", "PREFIX": "TITLE", "DATE_OF_BIRTH": "DATE_TIME", "UK_POSTCODE": "ZIP_CODE",
    "DE_PLZ": "ZIP_CODE",
}  # fmt: skip
CONLL = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
SETS = ("presidio_synth_v2", "presidio_generated_large", "wikigold")


@dataclass
class Count:
    """Labelled spans, predicted ones, and those that agree."""

    gold: int = 0
    said: int = 0
    right: int = 0

    @property
    def recall(self) -> float | None:
        """Share of the labelled spans that were found."""
        return self.right / self.gold if self.gold else None

    @property
    def precision(self) -> float | None:
        """Share of the predicted spans that are labelled."""
        return self.right / self.said if self.said else None

    @property
    def f2(self) -> float:
        """F-measure that weighs recall twice."""
        p, r = self.precision or 0.0, self.recall or 0.0
        return 5 * p * r / (4 * p + r) if p + r else 0.0


@dataclass
class Score:
    """Counts by class, and of all."""

    classes: dict[str, Count] = field(default_factory=dict)

    @property
    def micro(self) -> Count:
        """Counts over all classes."""
        counts = self.classes.values()
        return Count(sum(c.gold for c in counts), sum(c.said for c in counts), sum(c.right for c in counts))


def iou(a: tuple[str, int, int], b: tuple[str, int, int]) -> float:
    """Intersection over union of two spans, in characters."""
    common = min(a[2], b[2]) - max(a[1], b[1])
    return common / (max(a[2], b[2]) - min(a[1], b[1])) if common > 0 else 0.0


def classed(spans: Spans) -> Spans:
    """The spans by class, each once."""
    return sorted({(CLASSES.get(entity, entity), start, end) for entity, start, end in spans})


def pairs(gold: Spans, said: Spans) -> list[tuple[int, int]]:
    """Indices of spans that agree, each used once, best overlap first."""
    found = [
        (iou(g, s), i, j) for i, g in enumerate(gold) for j, s in enumerate(said) if g[0] == s[0] and iou(g, s) >= 0.5
    ]
    taken: list[tuple[int, int]] = []
    for _, i, j in sorted(found, reverse=True):
        if all(i != a and j != b for a, b in taken):
            taken.append((i, j))
    return taken


def score(gold: Sequence[Spans], said: Sequence[Spans]) -> Score:
    """Counts of the classes that the labels know."""
    known = {c for spans in gold for c, _, _ in classed(spans)}
    counts = {c: Count() for c in sorted(known)}
    for labelled, predicted in zip(gold, said, strict=True):
        want, have = classed(labelled), [s for s in classed(predicted) if s[0] in known]
        for c, _, _ in want:
            counts[c].gold += 1
        for c, _, _ in have:
            counts[c].said += 1
        for i, _ in pairs(want, have):
            counts[want[i][0]].right += 1
    return Score(counts)


# -- data


def load(folder: Path, name: str) -> tuple[list[str], list[Spans]]:
    """Texts and labelled spans of a data set."""
    if name == "wikigold":
        return wikigold(folder / "wikigold.conll.txt.gz")
    with gzip.open(folder / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        items = json.load(file)
    spans = [[(s["entity_type"], s["start_position"], s["end_position"]) for s in i["spans"]] for i in items]
    return [i["full_text"] for i in items], spans


def wikigold(path: Path) -> tuple[list[str], list[Spans]]:
    """Sentences of a CoNLL file, tokens joined by spaces, with their entities."""
    texts: list[str] = []
    labels: list[Spans] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            text, spans, last = "", [], "O"
            for line in block.splitlines():
                token, _, tag = line.rpartition(" ")
                start = len(text) + bool(text)
                text += (" " if text else "") + token
                kind = CONLL.get(tag[2:])
                if kind and last == tag[2:] and not tag.startswith("B-"):
                    spans[-1] = (kind, spans[-1][1], len(text))
                elif kind:
                    spans.append((kind, start, len(text)))
                last = tag[2:] if tag != "O" else "O"
            if text and not text.startswith("-DOCSTART-"):
                texts.append(text)
                labels.append(spans)
    return texts, labels


def halved(items: list[Any], half: str) -> list[Any]:
    """Even items, odd ones or all."""
    return items if half == "all" else items[half == "odd" :: 2]


# -- scanners


def ours(engine: str) -> Callable[[list[str]], list[Spans]]:
    """The detector with all its entities."""
    detector = Detector(ner=engine, entities="all")
    return lambda texts: [[(m.entity, m.start, m.end) for m in found] for found in detector.detect(texts)]


def presidio(texts: list[str]) -> list[Spans]:
    """Presidio's AnalyzerEngine as it comes, offline."""
    import presidio_analyzer
    import tldextract
    import yaml
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    models = [{"lang_code": "en", "model_name": ner.model_path()}]
    configuration = yaml.safe_load(
        (Path(presidio_analyzer.__file__).parent / "conf" / "default.yaml").read_text("utf-8")
    )
    labels = NerModelConfiguration.from_dict(configuration["ner_model_configuration"])  # leaves organizations out
    nlp = SpacyNlpEngine(models=models, ner_model_configuration=labels)
    nlp.load()
    analyzer = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])
    return [[(r.entity_type, r.start, r.end) for r in analyzer.analyze(text, "en")] for text in texts]


def remembered(texts: list[str], cache: Path | None) -> list[Spans]:
    """Presidio's results, from the cache where it has them for this text and model."""
    known: dict[str, Any] = json.loads(cache.read_text(encoding="utf-8")) if cache and cache.exists() else {}
    keys = [hashlib.sha256(f"{ner.model_name()}\0{text}".encode()).hexdigest() for text in texts]
    fresh = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
    if fresh:
        known.update(zip(fresh, presidio(list(fresh.values())), strict=True))
        if cache:
            cache.write_text(json.dumps(known), encoding="utf-8")
    return [[(e, a, b) for e, a, b in known[k]] for k in keys]


# -- report


def cell(value: float | None) -> str:
    """A share in two decimals, or a dash."""
    return f"{value:8.3f}" if value is not None else f"{'-':>8}"


def table(name: str, texts: int, scores: dict[str, Score]) -> None:
    """Print a data set's counts."""
    print(f"\n{name}: {texts:,} texts")
    print(f"{'':20}{'spans':>7}" + "".join(f"{s + ' R':>11}{'P':>8}" for s in scores))
    for c, count in next(iter(scores.values())).classes.items():
        both = [s.classes[c] for s in scores.values()]
        print(f"{c:20}{count.gold:>7,}" + "".join(f"   {cell(k.recall)}{cell(k.precision)}" for k in both))
    both = [s.micro for s in scores.values()]
    print(f"{'micro':20}{both[0].gold:>7,}" + "".join(f"   {cell(k.recall)}{cell(k.precision)}" for k in both))
    print(f"{'micro F2':27}" + "".join(f"   {cell(k.f2)}{'':8}" for k in both))


def as_json(scores: dict[str, Score]) -> dict[str, Any]:
    """A data set's figures."""
    return {
        who: {
            "micro": {"recall": s.micro.recall, "precision": s.micro.precision, "f2": s.micro.f2},
            "entities": {
                c: {"spans": k.gold, "recall": k.recall, "precision": k.precision} for c, k in s.classes.items()
            },
        }
        for who, s in scores.items()
    }


def misses(texts: list[str], gold: list[Spans], said: list[Spans], entity: str, limit: int) -> None:
    """Print what of a class was missed and what was said wrongly, for tuning on the even half."""
    shown = Counter[str]()
    for text, labelled, predicted in zip(texts, gold, said, strict=True):
        want = [s for s in classed(labelled) if s[0] == entity]
        have = [s for s in classed(predicted) if s[0] == entity]
        agreed = pairs(want, have)
        left = [("missed", s) for i, s in enumerate(want) if i not in {a for a, _ in agreed}]
        left += [("wrong", s) for j, s in enumerate(have) if j not in {b for _, b in agreed}]
        for kind, (_, start, end) in left:
            shown[kind] += 1
            if shown[kind] <= limit:
                around = f"{text[max(0, start - 40) : start]}[[{text[start:end]}]]{text[end : end + 40]}"
                print(f"{kind:7}{around!r}")
    print(dict(shown))


def cases() -> dict[str, Any]:
    """Print the recognizer cases and the alarms on ordinary values of `pii_cases.py`, with what it counts in each."""
    from pii_cases import recognizer_cases, silent

    counted = {k: v for k, v in recognizer_cases().items() if k in ("with a checksum", "all")}
    made = {"recognizer cases": counted, "alarms in 100,000 values": silent()}
    for title, counts in made.items():
        print(f"\n{title}: {json.dumps(counts)}")
    return made


def main() -> None:
    """Print a table for each data set, then recognizer cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--half", choices=("even", "odd", "all"), default="odd")
    parser.add_argument("--cache", type=Path, help="file that keeps Presidio's results")
    parser.add_argument("--sets", nargs="*", choices=SETS, default=SETS)
    parser.add_argument("--ner", default="auto", help="the detector's engine")
    parser.add_argument("--no-presidio", action="store_true")
    parser.add_argument("--cases", action="store_true", help="the recognizer cases of pii_cases.py too")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--show", metavar="ENTITY", help="print what differs in this class instead (even half only)")
    args = parser.parse_args()
    if args.show and args.half != "even":
        sys.exit("only the even half may be looked at")
    figures: dict[str, Any] = {"half": args.half, "model": ner.model_name(args.ner), "sets": {}}
    find = ours(args.ner)
    for name in args.sets:
        texts, gold = (halved(part, args.half) for part in load(args.data, name))
        started = time.process_time()
        said = find(texts)
        seconds = time.process_time() - started
        if args.show:
            misses(texts, gold, said, args.show, 60)
            continue
        scores = {"synthgen": score(gold, said)}
        if not args.no_presidio:
            scores["presidio"] = score(gold, remembered(texts, args.cache))
        table(name, len(texts), scores)
        print(f"synthgen: {seconds:.1f} CPU s, loading included")
        figures["sets"][name] = as_json(scores)
    if args.cases:
        figures["cases"] = cases()
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
