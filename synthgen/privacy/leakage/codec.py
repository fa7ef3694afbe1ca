"""Prints of tables as a header and named arrays, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from synthgen.privacy.leakage.chance import Marginal
from synthgen.privacy.leakage.check import Canaries
from synthgen.privacy.leakage.hashing import Members
from synthgen.privacy.leakage.prints import Combination, Passages, Rows, TablePrint
from synthgen.privacy.leakage.traits import RARE

Found = Mapping[str, NDArray[Any]]


class Encoder:
    """Collects the arrays of a file while their header is written; equal arrays are kept once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], str] = {}
        self.arrays: dict[str, tuple[str, NDArray[Any]]] = {}

    def _put(self, name: str, kind: str, values: NDArray[Any]) -> str:
        content = (kind, hashlib.sha256(values.tobytes()).digest())
        known = self._known.setdefault(content, name)
        if known == name:
            self.arrays[name] = (kind, values)
        return known

    def _marginal(self, name: str, marginal: Marginal) -> dict[str, Any]:
        hashes = self._put(f"{name}/hashes", "sorted", marginal.hashes)
        counts = self._put(f"{name}/counts", "u32", marginal.counts)
        return {"hashes": hashes, "counts": counts, "rows": marginal.rows, "singles": marginal.singles}

    def _marginals(self, name: str, marginals: Sequence[Marginal]) -> list[dict[str, Any]]:
        return [self._marginal(f"{name}/{i}", m) for i, m in enumerate(marginals)]

    def table(self, at: str, table: TablePrint) -> dict[str, Any]:
        """The header of one table; its arrays are named after `at`."""
        header: dict[str, Any] = {
            "name": table.name, "rows": table.rows, "columns": [list(c) for c in table.columns],
            "near": self._put(f"{at}/near", "sorted", table.near.hashes), "near_pairs": table.near_pairs,
            "patterns": self._put(f"{at}/patterns", "sorted", table.patterns.hashes), "left_out": table.left_out,
            "values": {e: self._put(f"{at}/values/{e}", "sorted", m.hashes) for e, m in table.values.items()},
            "phrases": [
                [entity, size, self._put(f"{at}/phrases/{entity}/{size}", "sorted", m.hashes)]
                for (entity, size), m in table.phrases.items()
            ],
            "whole": None, "passages": None,
        }  # fmt: skip
        if table.whole is not None:
            once = self._put(f"{at}/rows", "sorted", table.whole.once.hashes)
            marginals = self._marginals(f"{at}/column", table.whole.marginals)
            header["whole"] = {"columns": list(table.whole.columns), "once": once, "marginals": marginals}
        header["combinations"] = [
            {
                "traits": list(c.traits), "rare": self._put(f"{at}/rare/{i}", "sorted", c.rare.hashes), "most": RARE,
                "rows": c.rows, "pairs": c.pairs, "marginals": self._marginals(f"{at}/rare/{i}", c.marginals),
            }
            for i, c in enumerate(table.combinations)
        ]  # fmt: skip
        if table.passages is not None:
            known = table.passages
            header["passages"] = {
                "shingles": self._put(f"{at}/shingles", "sorted", known.shingles), "pairs": known.pairs,
                "owner": self._put(f"{at}/shingles/text", "u32", known.owner),
                "wholes": self._put(f"{at}/texts", "sorted", known.wholes.hashes),
            }  # fmt: skip
        return header

    def canaries(self, canaries: Canaries) -> dict[str, Any]:
        """The header of the canaries."""
        phrases = {str(size): self._put(f"canaries/{size}", "sorted", m.hashes) for size, m in canaries.phrases.items()}
        return {"values": self._put("canaries/values", "sorted", canaries.values.hashes), "phrases": phrases}


def decoded_canaries(header: Mapping[str, Any], arrays: Found) -> Canaries:
    """Canaries from their header; raises KeyError and the like where something is missing."""
    phrases = {int(size): Members(arrays[name]) for size, name in header["phrases"].items()}
    return Canaries(Members(arrays[header["values"]]), phrases)


def decoded_table(header: Mapping[str, Any], arrays: Found) -> TablePrint:
    """A table from its header; raises KeyError and the like where something is missing."""
    whole, passages = header["whole"], header["passages"]
    return TablePrint(
        name=str(header["name"]),
        rows=int(header["rows"]),
        columns=tuple((str(h), str(e), bool(u)) for h, e, u in header["columns"]),
        values={str(e): Members(arrays[name]) for e, name in header["values"].items()},
        near=Members(arrays[header["near"]]),
        patterns=Members(arrays[header["patterns"]]),
        near_pairs=int(header["near_pairs"]),
        phrases={(str(e), int(size)): Members(arrays[name]) for e, size, name in header["phrases"]},
        whole=None if whole is None else _rows(whole, arrays),
        combinations=tuple(_combination(c, arrays) for c in header["combinations"]),
        passages=None if passages is None else _passages(passages, arrays),
        left_out=int(header["left_out"]),
    )


def _rows(header: Mapping[str, Any], arrays: Found) -> Rows:
    columns = tuple(map(str, header["columns"]))
    return Rows(columns, Members(arrays[header["once"]]), tuple(_marginal(m, arrays) for m in header["marginals"]))


def _combination(header: Mapping[str, Any], arrays: Found) -> Combination:
    return Combination(
        traits=tuple(map(str, header["traits"])),
        rare=Members(arrays[header["rare"]]),
        rows=int(header["rows"]),
        pairs=int(header["pairs"]),
        marginals=tuple(_marginal(m, arrays) for m in header["marginals"]),
    )


def _passages(header: Mapping[str, Any], arrays: Found) -> Passages:
    shingles, owner = arrays[header["shingles"]], arrays[header["owner"]]
    if len(shingles) != len(owner):
        raise ValueError("shingles")
    return Passages(shingles, owner, Members(arrays[header["wholes"]]), int(header["pairs"]))


def _marginal(header: Mapping[str, Any], arrays: Found) -> Marginal:
    hashes, counts = arrays[header["hashes"]], arrays[header["counts"]].astype("int64")
    if len(hashes) != len(counts):
        raise ValueError("marginal")
    return Marginal(hashes, counts, int(header["rows"]), bool(header["singles"]))
