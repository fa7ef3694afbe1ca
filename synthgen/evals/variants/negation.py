"""An addition that turns the gold."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from synthgen.evalcase import EvalCase, Relation
from synthgen.evals.base import Family
from synthgen.evals.draw import Draw


class Negation:
    """Withdraws what was said and says another thing, as the family's `negate` does.

    `I want a refund` (refund) becomes `I want a refund. No, forget the refund, just tell me how to export` (how_to).
    """

    name: ClassVar[str] = "negation"
    relation: ClassVar[Relation] = "DIR"
    rule: ClassVar[str] = "The gold changes to what the addition says, by the family's own rule."

    def apply(self, case: EvalCase, draw: Draw, family: Family) -> EvalCase | None:
        """The case with the addition and its gold; None if the family has no such rule, or nothing would change."""
        made = family.negate(case, draw)
        if made is None or made.input == case.input or made.target == case.target:
            return None
        return replace(
            made, id=f"{case.id}-{self.name}", parent=case.id, variant=self.name, relation=self.relation,
            slices={**made.slices, "variant": self.name}, must_pass=False,
        )  # fmt: skip
