"""A second opinion by Presidio's own pattern recognizers, offline: the only place that imports Presidio.

It looks at what our prefilter let through and our validators did not take. Its URL, date and number-only matches do not
count (they fire on ordinary values), nor do scores under 0.4. Loading takes several CPU seconds, so it happens late.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from synthgen.privacy.base import Match

THRESHOLD = 0.4
_ENTITIES = (
    "CREDIT_CARD", "CRYPTO", "EMAIL_ADDRESS", "IBAN_CODE", "US_SSN", "US_ITIN", "UK_NINO",
    "ES_NIF", "ES_NIE", "IT_FISCAL_CODE", "IN_PAN", "FI_PERSONAL_IDENTITY_CODE", "US_MBI",
)  # fmt: skip


class _Timeouts(logging.Handler):
    """Presidio only logs a pattern that times out; here it is remembered, so that the scan fails closed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen = False

    def emit(self, record: logging.LogRecord) -> None:
        """Remember any message about a time-out; the message itself is dropped, since it may hold the text."""
        self.seen = self.seen or "timed out" in record.getMessage().lower() or "timeout" in record.getMessage().lower()


@lru_cache(maxsize=1)
def _engine() -> tuple[Any, _Timeouts]:
    os.environ.setdefault("TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS", "")
    os.environ.setdefault("REGEX_TIMEOUT_SECONDS", "5")
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    offline = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    tldextract.tldextract.TLD_EXTRACTOR = offline
    handler = _Timeouts()
    logger = logging.getLogger("presidio-analyzer")
    logger.addHandler(handler)
    logger.propagate = False
    configuration = {"nlp_engine_name": "no_op", "models": [{"lang_code": "en", "model_name": "no_op"}]}
    nlp = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    return AnalyzerEngine(nlp_engine=nlp, registry=registry, supported_languages=["en"]), handler


def second_opinion(texts: Sequence[str]) -> tuple[list[list[Match]], bool]:
    """Presidio's matches for each text, and whether any of its patterns timed out."""
    engine, timeouts = _engine()
    timeouts.seen = False
    supported = [e for e in _ENTITIES if e in engine.get_supported_entities("en")]
    found = []
    for text in texts:
        results = engine.analyze(text=text[:20_000], language="en", entities=supported, score_threshold=THRESHOLD)
        matches = [Match(r.entity_type, r.start, r.end, float(r.score), "presidio") for r in results]
        found.append([m for m in matches if not _bare(text, m)])
    return found, timeouts.seen


@lru_cache(maxsize=1)
def _reader(path: str) -> Any:
    """Presidio's batch analyzer over a spaCy model in a folder, its default mapping of labels, and organizations."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import SpacyRecognizer

    _engine()  # sets what keeps its dependencies off the network
    models = [{"lang_code": "en", "model_name": path}]
    nlp = SpacyNlpEngine(models=models, ner_model_configuration=NerModelConfiguration(labels_to_ignore=["CARDINAL"]))
    nlp.load()
    registry = RecognizerRegistry(recognizers=[SpacyRecognizer()])
    return BatchAnalyzerEngine(AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"]))


def named_entities(texts: Sequence[str], path: str) -> list[list[tuple[int, int, str]]]:
    """For each text, start, end and label of what Presidio's own engine finds with the spaCy model in a folder."""
    wanted = ["PERSON", "LOCATION", "NRP", "ORGANIZATION", "DATE_TIME"]
    found = _reader(path).analyze_iterator(list(texts), language="en", batch_size=64, entities=wanted)
    return [[(r.start, r.end, r.entity_type) for r in results] for results in found]


def _bare(text: str, match: Match) -> bool:
    """Whether a match is digits only, or a part of a longer word or number."""
    inside = text[match.start : match.end]
    before, after = text[match.start - 1 : match.start], text[match.end : match.end + 1]
    return (bool(re.fullmatch(r"[\d.]+", inside)) and inside.count(".") != 3) or (before + after).strip("-").isalnum()
