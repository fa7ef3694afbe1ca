"""Each generator and entity has a page that shows it and explains every key, and the index leads to all pages."""

from __future__ import annotations

import re

import pytest

from synthgen.registry import ENTITIES, GENERATORS
from tests.pages import FENCE, ROOT

BUILTIN = [
    n for n in [*GENERATORS.names(), *ENTITIES.names()] if "synthgen" in (GENERATORS.source(n), ENTITIES.source(n))
]


@pytest.mark.parametrize("name", BUILTIN)
def test_every_generator_has_a_page_that_shows_it_and_every_key(name: str) -> None:
    text = (ROOT / "docs" / "generators" / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    examples = [body for language, body in FENCE.findall(text) if language == "yaml"]
    assert examples and re.search(rf"\b{name}:", examples[0])
    plugin = (GENERATORS if name in GENERATORS else ENTITIES).get(name)
    keys = [field.alias or key for key, field in plugin.Params.model_fields.items()]
    attributes = list(plugin.attributes()) if name in ENTITIES else []
    rows = "".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    assert [k for k in [*keys, *attributes] if not re.search(rf"`[^`]*\b{re.escape(k)}\b", rows)] == []


def test_the_index_leads_to_every_page() -> None:
    index = (ROOT / "docs" / "generators.md").read_text(encoding="utf-8")
    pages = sorted(p.stem for p in (ROOT / "docs" / "generators").glob("*.md"))
    assert [p for p in pages if index.count(f"- [{p}](generators/{p}.md): ") != 1] == []
    assert [p for p in BUILTIN if p not in pages] == []
