"""From what is missing to what is kept: permit, estimate, budget, and the questions themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from synthgen.llm.budget import Budget, Cost, Ledger, OverBudgetError, Prices, estimate, passes, spent, total
from synthgen.llm.client import Client, Endpoint, ask_all
from synthgen.llm.permit import Permit, host, is_local
from synthgen.llm.request import Request
from synthgen.llm.responses import Answer


class NotAskedError(Exception):
    """Answers that may not be asked for, or not all of them: a problem's code, message and remedy."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy


@dataclass(frozen=True)
class Job:
    """Who asks which model for answers, what they may cost, and the file (as the recipe names it) that keeps them."""

    name: str
    model: str
    file: str
    endpoint: Endpoint
    budget: Budget
    prices: Prices | None
    permit: Permit

    def ask(
        self, requests: Sequence[Request], known: Sequence[Answer], keep: Callable[[Request, Answer], None]
    ) -> None:
        """Ask for answers; `known` are those that the budget has paid for already.

        Raises NotAskedError where permit or budget stand against it, UsageError where the endpoint fails.
        """
        so_far, cost = spent(known, self.prices), estimate(requests, self.prices)
        self._permitted(len(requests), cost)
        limit = passes(total(so_far, cost), self.budget)
        if limit is not None:
            spending = f" ({so_far.words()} are spent)" if so_far.requests else ""
            message = (
                f"{self.name}: {len(requests):,} answers can take {cost.words()}, which passes the budget of {limit}"
            )
            raise NotAskedError("over-budget", message + spending, "raise the budget, or lower rows or max_tokens")
        client, ledger = Client(self.endpoint), Ledger(self.budget, self.prices, so_far)
        try:
            ask_all(client, requests, ledger, keep)
        except OverBudgetError as error:
            message = f"{self.name}: the next request could pass the budget of {error}; {ledger.cost.words()} are spent"
            raise NotAskedError("over-budget", message, "raise the budget and run again; nothing is lost") from None
        finally:
            client.close()

    def _permitted(self, count: int, cost: Cost) -> None:
        url = self.endpoint.url
        if self.permit.allows(url):
            return
        flags = "--record" if is_local(url) else f"--record --allow-llm {host(url)}"
        if not self.permit.record:
            message = f"{self.name}: {count:,} answers of {self.model} are not in {self.file}"
            raise NotAskedError("not-recorded", message, f"ask for them with {flags}: at most {cost.words()}")
        message = f"{self.name}: the recipe wants to call {host(url)}, which the command line does not allow"
        raise NotAskedError("not-allowed", message, f"if you trust that host, add {flags}")
