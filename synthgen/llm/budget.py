"""What answers may cost: prices, a hard budget, and the ledger that keeps to it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from synthgen.llm.request import Request
from synthgen.llm.responses import Answer

_MILLION = 1_000_000


class Prices(BaseModel):
    """`prices: {input: 0.15, output: 0.60}`: US dollars for a million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0)
    output: float = Field(ge=0)

    def usd(self, prompt: int, completion: int) -> float:
        """What these tokens cost."""
        return (prompt * self.input + completion * self.output) / _MILLION


class Budget(BaseModel):
    """`budget: {usd: 5, tokens: 1000000, requests: 1000}`: what a column may cost at most, over all its runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    usd: float | None = Field(default=None, ge=0)
    tokens: int | None = Field(default=None, ge=0)
    requests: int | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class Cost:
    """Requests, tokens and dollars (None without prices)."""

    requests: int = 0
    prompt: int = 0
    completion: int = 0
    usd: float | None = None

    def words(self) -> str:
        """In words."""
        money = "" if self.usd is None else f" and ${self.usd:.4f}"
        return f"{self.requests:,} requests, {self.prompt + self.completion:,} tokens{money}"


def estimate(requests: Iterable[Request], prices: Prices | None) -> Cost:
    """What requests cost if every answer is as long as it may be."""
    every = list(requests)
    prompt, completion = sum(r.likely for r in every), sum(r.limit for r in every)
    return Cost(len(every), prompt, completion, prices.usd(prompt, completion) if prices else None)


def spent(answers: Iterable[Answer], prices: Prices | None) -> Cost:
    """What answers have cost."""
    every = list(answers)
    prompt, completion = sum(a.prompt_tokens for a in every), sum(a.completion_tokens for a in every)
    return Cost(len(every), prompt, completion, prices.usd(prompt, completion) if prices else None)


def total(first: Cost, second: Cost) -> Cost:
    """Both together."""
    usd = None if first.usd is None or second.usd is None else first.usd + second.usd
    return Cost(
        first.requests + second.requests, first.prompt + second.prompt, first.completion + second.completion, usd
    )


def passes(cost: Cost, budget: Budget) -> str | None:
    """The limit that a cost would pass, in words; None if it keeps to all."""
    if budget.requests is not None and cost.requests > budget.requests:
        return f"{budget.requests:,} requests"
    if budget.tokens is not None and cost.prompt + cost.completion > budget.tokens:
        return f"{budget.tokens:,} tokens"
    if budget.usd is not None and cost.usd is not None and cost.usd > budget.usd * (1 + 1e-9):
        return f"${budget.usd:g}"
    return None


class OverBudgetError(Exception):
    """The next request could pass the budget, so it was not sent; says which limit."""


@dataclass
class Ledger:
    """Keeps a column to its budget: every request is reserved at its most before it is sent. Thread-safe."""

    budget: Budget
    prices: Prices | None
    cost: Cost
    _held: Cost = field(default_factory=Cost)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, request: Request) -> Cost:
        """Hold what a request can cost at most; raises OverBudgetError where that would pass the budget."""
        most = self._priced(1, request.most, request.limit)
        with self._lock:
            held = self._sum(self._held, most)
            limit = passes(self._sum(self.cost, held), self.budget)
            if limit is not None:
                raise OverBudgetError(limit)
            self._held = held
        return most

    def settle(self, held: Cost, prompt: int, completion: int) -> None:
        """Book what the request has taken in place of what was held."""
        back = self._priced(-held.requests, -held.prompt, -held.completion)
        with self._lock:
            self._held = self._sum(self._held, back)
            self.cost = self._sum(self.cost, self._priced(1, prompt, completion))

    def _priced(self, requests: int, prompt: int, completion: int) -> Cost:
        return Cost(requests, prompt, completion, self.prices.usd(prompt, completion) if self.prices else None)

    def _sum(self, first: Cost, second: Cost) -> Cost:
        zero = 0.0 if self.prices else None
        return total(
            *(c if c.usd is not None else Cost(c.requests, c.prompt, c.completion, zero) for c in (first, second))
        )
