"""Optional paraphrases by a language model, accepted only where the gold is proven again.

Values are replaced by numbered marks before the wording goes out, so no model ever rewrites a name, an amount or a
gold. An answer is accepted if every mark stands in it exactly once, in any order, and the family's proof passes on the
new text; otherwise the template's wording stays. Answers are kept in a file of the project by the hash of what was
asked, so a second run is offline, free and the same, and an export holds a copy of that file. Nothing is asked without
`run --record`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pydantic import Field, field_validator

from synthgen.errors import usage
from synthgen.evalcase import EvalCase, Piece
from synthgen.evals.base import Family, Room
from synthgen.generator import Params
from synthgen.llm.asking import Job, NotAskedError
from synthgen.llm.budget import Budget, Prices
from synthgen.llm.client import Endpoint
from synthgen.llm.permit import ADDRESS, KEY_NAME, Permit
from synthgen.llm.request import Question, Request
from synthgen.llm.responses import Responses

_MARK = re.compile(r"\[\[(\d+)\]\]")
_PROMPT = (
    "Rewrite the message below in other words. Keep its meaning, its language and its tone, add no fact and drop none."
    " Keep every mark such as [[1]] exactly as it is, each exactly once. Answer with the message alone."
)


class ParaphraseParams(Params):
    """`paraphrase: {url: ..., model: ...}`: an OpenAI-compatible endpoint that rewrites the wording of some cases."""

    url: str = Field(
        description="write the base URL of an OpenAI-compatible endpoint, such as http://localhost:8000/v1"
    )
    model: str = Field(description="write the model's name")
    share: float = Field(default=0.3, gt=0, le=1, description="write the share of cases, such as 0.3")
    cache: str = Field(default="paraphrases.jsonl", description="write the file that keeps the answers")
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=512, ge=1, le=100_000)
    budget: Budget = Field(default=Budget(requests=1000), description="write budget: {usd: 5, requests: 1000}")
    prices: Prices | None = Field(default=None, description="write prices: {input: 0.15, output: 0.60}")
    retries: int = Field(default=4, ge=0, le=10)
    key_env: str = Field(
        default="OPENAI_API_KEY",
        pattern=KEY_NAME.pattern,
        description="write the environment variable that holds the key; its name ends in _API_KEY",
    )
    timeout: float = Field(default=60, gt=0, le=600, description="write seconds")
    concurrency: int = Field(default=4, ge=1, le=64)

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not ADDRESS.fullmatch(value):
            raise ValueError("'url' is an http address without user and password")
        return value.rstrip("/")


def marked(pieces: Sequence[Piece]) -> str:
    """The text with its values as numbered marks.

    >>> marked([Piece("Hello "), Piece("Ada", "name"), Piece("!")])
    'Hello [[1]]!'
    """
    return "".join(f"[[{i}]]" if p.label else p.text for i, p in enumerate(pieces))


def restored(answer: str, pieces: Sequence[Piece]) -> list[Piece] | None:
    """The answer as pieces, its marks replaced by the values; None unless each mark stands there once."""
    wanted = [i for i, p in enumerate(pieces) if p.label]
    parts = _MARK.split(answer.strip())
    found = [int(number) for number in parts[1::2]]
    if sorted(found) != wanted or any("[[" in part or "]]" in part for part in parts[::2]):
        return None
    made = [Piece(parts[0])] if parts[0] else []
    for number, text in zip(found, parts[2::2], strict=True):
        made += [pieces[number], *([Piece(text)] if text else [])]
    return made


@dataclass
class Paraphraser:
    """Rewrites cases of one eval: from answers on record, and from the endpoint where the permit allows it."""

    params: ParaphraseParams
    responses: Responses
    permit: Permit = field(default_factory=Permit)

    def request(self, case: EvalCase) -> Request:
        """What is asked for a case."""
        parameters = {"temperature": self.params.temperature, "max_tokens": self.params.max_tokens}
        return Question(self.params.model, _PROMPT, parameters).request(marked(case.pieces), 0, 0)

    def due(self, case: EvalCase) -> bool:
        """Whether a case of that number is among the share that is rewritten; conversations are not."""
        share = self.params.share
        return not case.messages and int((case.number + 1) * share) > int(case.number * share)

    def ask(self, name: str, cases: Sequence[EvalCase]) -> None:
        """Put the answers to all cases on record, each as it comes; raises UsageError where that may not be."""
        asked = {r.key: r for r in map(self.request, cases)}
        known = self.responses.known
        missing = [r for key, r in asked.items() if key not in known]
        if not missing:
            return
        params = self.params
        endpoint = Endpoint(params.url, params.key_env, params.timeout, params.retries, params.concurrency)
        job = Job(name, params.model, params.cache, endpoint, params.budget, params.prices, self.permit)
        try:
            job.ask(missing, [known[key] for key in asked if key in known], lambda r, a: self.responses.keep(a))
        except NotAskedError as error:
            raise usage(error.code, error.message, error.remedy) from None

    def apply(self, case: EvalCase, family: Family, room: Room) -> EvalCase:
        """The case with the model's wording where the proof passes again, else as it was."""
        answer = self.responses.known.get(self.request(case).key)
        pieces = restored(answer.text, case.pieces) if answer else None
        if pieces is None:
            return case
        made = replace(case, pieces=tuple(pieces), slices={**case.slices, "wording": "model"})
        made = replace(made, target=family.retarget(made))
        return case if family.prove(made, room) else made
