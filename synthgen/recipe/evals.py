"""Eval sets of a recipe: family, number of cases, variants, prompts, audit limits; and the splits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from synthgen.recipe.model import EvalSpec, Node, Splits
from synthgen.recipe.reading import Reading
from synthgen.registry import FAMILIES, VARIANTS, did_you_mean

EVAL = ("family", "cases", "variants", "prompts", "audit", "version", "description", "must_pass", "paraphrase")
"""Keys that every eval has; all others belong to its family."""
AUDIT = ("baseline", "near_duplicates", "balance", "distinct", "self_bleu")
"""Limits that a recipe may set: most that the baseline may score, most near-duplicates, and so on."""
_VERSION = re.compile(r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,79}")


def read_evals(root: Node, reading: Reading) -> dict[str, EvalSpec]:
    """Every eval of the recipe; problems are noted and the rest is read on."""
    node = root.children.get("evals")
    if node is None or node.value is None:
        return {}
    if not reading.mapping(node, "evals", "{routing: {family: classification, labels: [billing, bug]}}"):
        return {}
    found = {}
    for name, child in node.children.items():
        spec = _eval(str(name), child, reading)
        if spec is not None:
            found[spec.name] = spec
    return found


def _eval(name: str, node: Node, reading: Reading) -> EvalSpec | None:
    if not _NAME.fullmatch(name):
        message = f"'{name}' cannot name an eval set"
        reading.add(node.problem("bad-name", message, "begin with a letter; use letters, digits, '_' and '-'"))
    if not isinstance(node.value, dict):
        remedy = "write {family: classification, labels: [billing, bug], cases: 200}"
        reading.add(node.problem("wrong-type", f"eval {name} is a mapping", remedy))
        return None
    family = reading.text(node, "family")
    if family is None:
        if "family" not in node.value:
            remedy = "add 'family:'; see: synthgen list families"
            reading.add(node.problem("missing-key", f"eval {name} names no family", remedy))
        return None
    if family not in FAMILIES:
        remedy = did_you_mean(family, FAMILIES.names()) or "see: synthgen list families"
        reading.add(node.at("family").problem("unknown-family", f"there is no eval family '{family}'", remedy))
        return None
    version = reading.text(node, "version", default="1.0.0") or "1.0.0"
    if not _VERSION.fullmatch(version):
        reading.add(node.at("version").problem("bad-value", f"'{version}' is not a version", 'write "1.0.0"'))
    return EvalSpec(
        name=name,
        family=family,
        node=node,
        options={k: v for k, v in node.value.items() if k not in EVAL},
        cases=node.value.get("cases", 200),
        variants=_variants(node, reading),
        prompts=reading.names(node, "prompts"),
        audit=_audit(node, reading),
        must_pass=reading.share(node, "must_pass"),
        paraphrase=node.value.get("paraphrase"),
        version=version,
        description=reading.text(node, "description"),
    )


def _variants(node: Node, reading: Reading) -> dict[str, float]:
    place = node.children.get("variants")
    if place is None or place.value is None:
        return {}
    if not reading.mapping(place, "variants", "{typos: 0.15, casing: 0.1}"):
        return {}
    found = {}
    for name in place.value:
        if name not in VARIANTS:
            remedy = did_you_mean(str(name), VARIANTS.names()) or "see: synthgen list variants"
            reading.add(place.problem("unknown-variant", f"there is no variant '{name}'", remedy, key=str(name)))
        else:
            found[str(name)] = reading.share(place, str(name))
    return found


def _audit(node: Node, reading: Reading) -> dict[str, float]:
    place = node.children.get("audit")
    if place is None or place.value is None:
        return {}
    if not reading.mapping(place, "audit", "{baseline: 0.8, near_duplicates: 0.01}"):
        return {}
    reading.keys(place, AUDIT)
    found = {}
    for name, value in place.value.items():
        if name not in AUDIT:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            reading.add(place.at(name).problem("bad-value", f"'{name}' is a number of at least 0", "write 0.8"))
        else:
            found[name] = float(value)
    return found


def read_splits(root: Node, tables: Mapping[str, Any], reading: Reading) -> Splits:
    """The shares of the splits, and the table whose rows stay on one side; one split `test` where none are written."""
    node = root.children.get("splits")
    if node is None or node.value is None:
        return Splits()
    if not reading.mapping(node, "splits", "{dev: 0.2, test: 0.8}"):
        return Splits()
    by = reading.text(node, "by")
    if by is not None and by not in tables:
        reading.add(node.at("by").problem("unknown-table", f"there is no table '{by}'", did_you_mean(by, tables)))
        by = None
    shares: dict[str, float] = {}
    for name, value in node.value.items():
        if name == "by":
            continue
        if not _NAME.fullmatch(str(name)):
            reading.add(
                node.problem("bad-name", f"'{name}' cannot name a split", "use letters, digits and '_'", key=name)
            )
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            reading.add(node.at(name).problem("bad-value", "a share lies above 0 and up to 1", "write 0.2"))
        else:
            shares[str(name)] = float(value)
    total = sum(shares.values())
    if shares and abs(total - 1) > 1e-6:
        message = f"the shares of the splits sum to {total:g}, not to 1"
        reading.add(node.problem("bad-value", message, "write shares that sum to 1: {dev: 0.2, test: 0.8}"))
    if not shares:
        return Splits(by=by)
    return Splits({n: s / total for n, s in shares.items()}, by)
