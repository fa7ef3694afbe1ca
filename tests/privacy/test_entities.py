"""Every entity has a class, and what the table says of a recognizer is what the recognizer does."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from synthgen.privacy import entities
from synthgen.privacy.entities import ENTITIES, entity, looked_for
from synthgen.privacy.patterns import PatternRecognizer
from synthgen.registry import RECOGNIZERS

MODEL = {"PERSON", "LOCATION", "GPE", "ORGANIZATION", "DATE_TIME", "NRP", "AGE", "TITLE", "ZIP_CODE"}


def test_every_recognizer_and_every_model_label_has_a_class() -> None:
    assert set(RECOGNIZERS.names()) | MODEL <= set(ENTITIES)


def test_every_recognizer_finds_the_entity_it_is_registered_for() -> None:
    assert [n for n in RECOGNIZERS.names() if RECOGNIZERS.get(n).entity != n] == []


@pytest.mark.parametrize(
    ("name", "kind", "severity"),
    [
        ("EMAIL_ADDRESS", "direct", "error"),
        ("PERSON", "indirect", "warning"),
        ("DATE_OF_BIRTH", "indirect", "warning"),
        ("GPE", "quasi", "note"),
        ("URL", "quasi", "note"),
        ("PERSONAL_URL", "direct", "error"),
        ("OF_A_PLUGIN", "direct", "error"),
    ],
)
def test_classes_and_severities(name: str, kind: str, severity: str) -> None:
    found = entity(name)
    assert (found.kind, found.severity) == (kind, severity)
    assert looked_for(name) == (kind != "quasi")


def test_the_examples_of_the_module_hold() -> None:
    assert doctest.testmod(entities).failed == 0


def test_the_page_of_entities_is_written_from_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "entities.md").read_text(encoding="utf-8")
    assert entities.markdown() in page, "write it anew: python -m synthgen.privacy.entities"


@pytest.mark.parametrize("name", RECOGNIZERS.names())
def test_the_table_says_what_a_recognizer_needs(name: str) -> None:
    recognizer, proof = RECOGNIZERS.get(name), ENTITIES[name].proof
    if isinstance(recognizer, PatternRecognizer):
        needs_context = "context" in proof and " or " not in proof
        assert (recognizer.expression is None) == needs_context
    assert recognizer.context or name == "LOCATION"
