"""The scanner and Presidio on texts whose personal data is known: the cases of `pii_spans`.

    python benchmarks/redaction.py --cases 1000

Both say which entities a text holds (Presidio with its default recognizers and the same spaCy model, score at least
0.4; the scanner as `synthgen scan --pii none`). Recall is over texts that hold the entity; the last line counts texts
without personal data in which anything is found. The cases hold reserved values (`example.com`, 555 numbers, test
cards), in English of the United States and Britain.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import polars as pl

from synthgen.cases.make import Maker, Setup
from synthgen.evalcase import EvalCase
from synthgen.pipeline import planned
from synthgen.plan.world import World
from synthgen.privacy import ner
from synthgen.privacy.account import Account
from synthgen.privacy.examine import Examiner
from synthgen.privacy.leaves import leaves

RECIPE = """\
synthgen: 1
name: redaction
seed: 31
clock: "2026-09-01T00:00:00Z"
locale: {{en_US: 0.7, en_GB: 0.3}}
evals:
  redaction: {{family: pii_spans, cases: {cases}}}
"""
SAME = {"US_SSN": ("US_SSN", "UK_NINO", "US_ITIN", "UK_NHS"), "NATIONAL_ID": ("US_SSN", "UK_NINO", "US_ITIN", "UK_NHS")}
"""What counts as found for an entity besides its own name."""
PRESIDIO = {"DATE_OF_BIRTH": ("DATE_TIME",)}


def cases(count: int) -> list[EvalCase]:
    """The cases of a recipe without tables."""
    with tempfile.TemporaryDirectory() as folder:
        recipe = Path(folder) / "redaction.yaml"
        recipe.write_text(RECIPE.format(cases=count), encoding="utf-8")
        plan = planned(recipe)
        maker = Maker(Setup(plan.recipe, {}, Path(folder)), plan, World(plan))
        return [maker.case("redaction", number) for number in range(count)]


def ours(texts: list[str]) -> list[set[str]]:
    """Entities that the scanner finds in each text, nothing excused."""
    found: list[set[str]] = [set() for _ in texts]
    examiner = Examiner()
    for leaf in leaves("text", pl.Series(texts)):
        for flag in examiner.flags(leaf, Account("none"), ()):
            for row in flag.rows.to_list():
                found[row].add(flag.entity or "")
    return found


def presidio(texts: list[str]) -> list[set[str]]:
    """Entities that Presidio's analyzer finds in each text."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())

    class Engine(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__(ner_model_configuration=NerModelConfiguration())
            self.nlp = {"en": model()}

    analyzer = AnalyzerEngine(nlp_engine=Engine(), supported_languages=["en"])
    return [{r.entity_type for r in analyzer.analyze(t, "en", score_threshold=0.4)} for t in texts]


def model() -> Any:
    """The spaCy model that the scanner uses, with all its pipes."""
    import spacy

    name = next(m for m, d in ner._MODELS if d == (ner.model_name() or "").partition("==")[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = importlib.import_module(name)
        return spacy.load(package.model_path()) if hasattr(package, "model_path") else package.load()


def main() -> None:
    """Print recall by entity for both, and false alarms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    made = cases(parser.parse_args().cases)
    texts = [case.input for case in made]
    gold = [{span["entity"] for span in case.target} for case in made]
    results = {}
    for name, scan in (("synthgen", ours), ("presidio", presidio)):
        started = time.process_time()
        results[name] = scan(texts)
        print(f"{name}: {time.process_time() - started:.1f} CPU s for {len(texts):,} texts, loading included")
    print(f"\n{'entity':18}{'texts':>7}{'synthgen':>10}{'presidio':>10}")
    for entity in sorted({e for g in gold for e in g}):
        holding = [i for i, g in enumerate(gold) if entity in g]
        shares = []
        for name in ("synthgen", "presidio"):
            counted = {entity, *SAME.get(entity, ()), *(PRESIDIO.get(entity, ()) if name == "presidio" else ())}
            shares.append(sum(bool(results[name][i] & counted) for i in holding) / len(holding))
        print(f"{entity:18}{len(holding):>7,}" + "".join(f"{s:>10.3f}" for s in shares))
    empty = [i for i, g in enumerate(gold) if not g]
    alarms = [sum(bool(results[n][i] - {"DATE_TIME"}) for i in empty) / max(1, len(empty)) for n in results]
    print(f"{'(none: alarms)':18}{len(empty):>7,}" + "".join(f"{a:>10.3f}" for a in alarms))


if __name__ == "__main__":
    main()
