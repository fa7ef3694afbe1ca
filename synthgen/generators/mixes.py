"""Kinds that a generator offers: one of them, all of them, or some with weights."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from synthgen.generators.choice import checked_weights

Mix = str | Mapping[str, float]


def mix(value: Mix, kinds: Mapping[str, float]) -> Mix:
    """The value as it stands; raises ValueError for kinds that are not offered and for weights that cannot be."""
    if isinstance(value, str):
        return value
    if not value:
        raise ValueError(f"write at least one of {', '.join(kinds)}")
    for name in value:
        if name not in kinds:
            near = get_close_matches(name, kinds, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"write {', '.join(kinds)}"
            raise ValueError(f"there is no kind '{name}'; {hint}")
    checked_weights(list(value.values()))
    return value


def mixed(value: Mix, kinds: Mapping[str, float]) -> dict[str, float]:
    """Kinds with weights above 0: those of `any` (the usual shares), of one name, or of a mapping."""
    if isinstance(value, str):
        return dict(kinds) if value == "any" else {value: 1.0}
    return {name: weight for name, weight in value.items() if weight > 0}
