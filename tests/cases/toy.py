"""A family of the smallest kind, to try the line on: which plan does the customer have?"""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.base import BaseFamily, EvalBuild, FamilyParams, Room, Turn
from synthgen.evals.draw import Draw
from synthgen.evals.wording import fill

TEMPLATES = {f"t{i}": f"{{first_name}} wrote on day {{day}} and asks about matter {i}: {{about}}." for i in range(12)}
WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")


class ToyParams(FamilyParams):
    """`family: toy`."""

    from_: str = Field(alias="from")
    wrong: bool = False
    same: bool = False
    flaky: int = 0
    leak: str = ""


class Toy(BaseFamily[ToyParams]):
    """Which plan does the customer have? Example: `family: toy`."""

    Params = ToyParams
    instruction = "Name the plan."

    def __init__(self, params: ToyParams, build: EvalBuild) -> None:
        super().__init__(params, build)
        build.wants(params.from_, "first_name", "email", "plan")
        self.plans = tuple(str(c) for c in build.choices(params.from_, "plan"))

    def render(self, turn: Turn, room: Room) -> EvalCase | None:
        pool = room.pool(self.params.from_, turn.split)
        record = room.record(self.params.from_, pool[turn.deal(len(pool), "record")])
        template = turn.among(sorted(TEMPLATES), "template")
        values: dict[str, Piece | str] = {
            "first_name": record.piece("first_name"),
            "day": "1" if self.params.same else str(turn.draw.below(10**6)),
            "about": Piece(" ".join(WORDS if self.params.same else turn.draw.sample(WORDS, 6))),
        }
        pieces = [*fill(TEMPLATES[template], values), Piece(self.params.leak)]
        plan = str(record["plan"])
        target = self.plans[0] if self.params.wrong else plan
        if self.params.flaky and turn.number % self.params.flaky == 0 and turn.attempt == 0:
            target = next(p for p in self.plans if p != plan)
        groups = (record.group, f"template:{template}")
        return self.case(
            turn, pieces, target, choices=self.plans, template=template, groups=groups, sources=(record.source,)
        )

    def prove(self, case: EvalCase, room: Room) -> list[str]:
        record = room.record(self.params.from_, int(case.sources[0].rpartition(":")[2]))
        return [] if record["plan"] == case.target else ["the record has another plan"]

    def null(self, case: EvalCase, draw: Draw) -> str:
        return draw.pick(case.choices)

    def chance(self, case: EvalCase) -> float:
        return 1 / len(case.choices)

    def mutants(self, case: EvalCase, draw: Draw) -> list[EvalCase]:
        return [replace(case, target=other) for other in case.choices if other != case.target]
