"""Reads `privacy.sources`: real data that nothing in an export may come from."""

from __future__ import annotations

from synthgen.recipe.model import Node, SourceSpec
from synthgen.recipe.paths import inside
from synthgen.recipe.reading import Reading

EXAMPLE = "write sources: [fingerprints/crm.fp], or [{file: crm.csv, identifying: [email, phone]}]"
KEYS = ("file", "identifying", "key", "combine")


def read_sources(privacy: Node, reading: Reading) -> tuple[SourceSpec, ...]:
    """The sources that can be read; whether the files are there is for the plan to say."""
    node = privacy.children.get("sources")
    if node is None:
        return ()
    if not isinstance(node.value, list) or not node.value:
        reading.add(node.problem("wrong-type", "'sources' is a list of files", EXAMPLE))
        return ()
    found = [_source(node.children[i], reading) for i in range(len(node.value))]
    return tuple(source for source in found if source is not None)


def _source(node: Node, reading: Reading) -> SourceSpec | None:
    if isinstance(node.value, str):
        return SourceSpec(node.value, node) if _allowed(node, node.value, reading) else None
    if not isinstance(node.value, dict):
        reading.add(node.problem("wrong-type", "a source is a file, or a mapping with 'file'", EXAMPLE))
        return None
    reading.keys(node, KEYS)
    if "file" not in node.value:
        reading.add(node.problem("missing-key", "'file' is missing", EXAMPLE))
        return None
    file = reading.text(node, "file")
    if file is None or not _allowed(node.at("file"), file, reading):
        return None
    combine = tuple(_combination(node.at("combine", i), reading) for i in _places(node, reading))
    names = reading.names(node, "identifying"), reading.names(node, "key")
    return SourceSpec(file, node, *names, tuple(c for c in combine if c))


def _places(node: Node, reading: Reading) -> range:
    """The indices of the combinations that are listed."""
    written = node.value.get("combine")
    if written is None:
        return range(0)
    if not isinstance(written, list):
        remedy = "write combine: [[city, job], [city, age, sex]]"
        reading.add(node.at("combine").problem("wrong-type", "'combine' is a list of lists of columns", remedy))
        return range(0)
    return range(len(written))


def _combination(node: Node, reading: Reading) -> tuple[str, ...]:
    value = node.value
    if isinstance(value, list) and len(value) >= 2 and all(isinstance(name, str) for name in value):
        return tuple(value)
    reading.add(node.problem("wrong-type", "a combination lists two columns or more", "write [city, job]"))
    return ()


def _allowed(node: Node, file: str, reading: Reading) -> bool:
    """Whether a file lies in the project. An export's own copy of a recipe never opens its sources."""
    if reading.allow_outside or inside(reading.root, reading.path.parent / file):
        return True
    remedy = "move it in, or allow it: --allow-outside"
    reading.add(node.problem("outside", f"'{file}' lies outside the project", remedy))
    return False
