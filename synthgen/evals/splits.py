"""Do splits leak? Cases that share a record group or a template are one component, and a component has one side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from synthgen.evalcase import EvalCase


@dataclass(frozen=True)
class Leak:
    """A group that stands on more than one side, with ids of two cases that share it."""

    group: str
    cases: tuple[str, str]
    splits: tuple[str, str]


def leaks(cases: Iterable[EvalCase]) -> list[Leak]:
    """Every group (record or template) that cases of two splits share."""
    first: dict[str, EvalCase] = {}
    found: dict[str, Leak] = {}
    for case in cases:
        for group in case.groups:
            known = first.setdefault(group, case)
            if known.split != case.split and group not in found:
                found[group] = Leak(group, (known.id, case.id), (known.split, case.split))
    return list(found.values())


def components(cases: Sequence[EvalCase]) -> list[int]:
    """For each case the number of its connected component over shared groups: what a statistic must cluster by.

    Numbers count from 0 in the order of first cases. Union by link to the smaller number.
    """
    parent = list(range(len(cases)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    owner: dict[str, int] = {}
    for i, case in enumerate(cases):
        for group in case.groups or (case.parent or case.id,):
            j = owner.setdefault(group, i)
            a, b = root(i), root(j)
            parent[max(a, b)] = min(a, b)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(i), len(numbers)) for i in range(len(cases))]
