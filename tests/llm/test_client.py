"""The real client against a real server: retries, waits, time limits, what is told, and what is never sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from synthgen.errors import UsageError
from synthgen.llm.budget import Budget, Cost, Ledger, OverBudgetError, Prices
from synthgen.llm.client import Client, Endpoint, ask_all
from synthgen.llm.request import Question, Request
from tests.llm.server import Model, serving

QUESTION = Question("tiny", None, {"max_tokens": 20})
CHEAP = {"error": {"message": "slow down", "code": "rate_limit"}}


def request(prompt: str = "Say hello") -> Request:
    return QUESTION.request(prompt, 0, 0)


OPEN: list[Client] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def ledger(**budget: Any) -> Ledger:
    return Ledger(Budget(**budget), None, Cost())


def client(model: Model, waits: list[float] | None = None, **options: Any) -> Client:
    note = (lambda s: None) if waits is None else waits.append
    OPEN.append(Client(Endpoint(model.url, **options), note))
    return OPEN[-1]


def failure(status: int, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, {k.replace("_", "-"): v for k, v in headers.items()}, json.dumps(CHEAP).encode()


def test_an_answer_and_its_tokens() -> None:
    with serving() as model:
        book = ledger()
        answer = client(model).ask(request("Say hello to me"), book)
    assert answer.text.startswith("This is a") and answer.key == request("Say hello to me").key
    assert (answer.prompt_tokens, answer.completion_tokens, answer.counted) == (4, len(answer.text.split()), True)
    assert book.cost == Cost(1, 4, answer.completion_tokens, 0.0 if book.prices else book.cost.usd)
    assert model.requests == [
        {"model": "tiny", "messages": [{"role": "user", "content": "Say hello to me"}], "max_tokens": 20}
    ]


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    waits: list[float] = []
    with serving(Model(failures=[failure(status), failure(status)])) as model:
        assert client(model, waits).ask(request(), ledger()).text
    assert len(model.requests) == 3 and waits == [0.5, 1.0]


@pytest.mark.parametrize("headers", [{"Retry_After": "3"}, {"retry_after_ms": "3000"}, {"Retry_After": "date"}])
def test_the_server_says_how_long_to_wait(headers: dict[str, str]) -> None:
    if headers.get("Retry_After") == "date":
        headers = {"Retry_After": format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)}
    waits: list[float] = []
    with serving(Model(failures=[failure(429, **headers)])) as model:
        client(model, waits).ask(request(), ledger())
    assert len(waits) == 1 and 1.5 < waits[0] <= 3.0


def test_a_wait_that_is_too_long_is_given_up() -> None:
    with serving(Model(failures=[failure(429, Retry_After="86400")])) as model, pytest.raises(UsageError, match="429"):
        client(model).ask(request(), ledger())
    assert len(model.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_will_not_pass_is_told_at_once(status: int) -> None:
    body = b'{"error": {"message": "secret-words of the server", "code": "model_not_found"}}'
    with serving(Model(failures=[(status, {}, body)])) as model, pytest.raises(UsageError) as told:
        client(model).ask(request(), ledger())
    assert len(model.requests) == 1
    assert f"answered {status} (model_not_found)" in str(told.value) and "secret" not in str(told.value)


@pytest.mark.parametrize("body", [b"{not json", b"[]", b'{"choices": []}', b'{"choices": [{}]}', b"null", b'"hello"'])
def test_what_is_no_completion_is_tried_again(body: bytes) -> None:
    with serving(Model(failures=[(200, {}, body)])) as model:
        assert client(model).ask(request(), ledger()).text
    with (
        serving(Model(failures=[(200, {}, body)] * 2)) as model,
        pytest.raises(UsageError, match="gave no chat completion"),
    ):
        client(model, retries=1).ask(request(), ledger())


def test_a_slow_answer_is_given_up_and_booked_as_if_it_came() -> None:
    with serving(Model(delay=1.0)) as model, pytest.raises(UsageError, match=r"gave no answer in 0\.2 s"):
        book = ledger()
        client(model, timeout=0.2, retries=1).ask(request(), book)
    assert book.cost.requests == 2 and book.cost.completion == 40


def test_nobody_answers() -> None:
    with serving() as model:
        pass
    with pytest.raises(UsageError, match="cannot be reached"):
        client(model, retries=1).ask(request(), ledger())


def test_redirects_are_not_followed() -> None:
    with serving() as elsewhere:
        moved = Model(failures=[failure(307, Location=f"{elsewhere.url}/chat/completions")])
        with serving(moved), pytest.raises(UsageError, match="answered 307"):
            client(moved).ask(request(), ledger())
    assert elsewhere.requests == []


def test_a_server_that_counts_nothing_is_estimated() -> None:
    with serving(Model(usage=False)) as model:
        answer = client(model).ask(request(), ledger())
    assert not answer.counted and answer.prompt_tokens > 0 and answer.completion_tokens > 0


def test_the_key_comes_from_the_variable_that_is_named_and_nothing_else_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "other-secret")
    monkeypatch.setenv("OPENAI_ORG_ID", "my-organisation")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "my-project")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("MINE_API_KEY", "right-one")
    with serving() as model:
        client(model, key_env="MINE_API_KEY").ask(request(), ledger())
        client(model, key_env="NOBODYS_API_KEY").ask(request(), ledger())
    assert [h["authorization"] for h in model.headers] == ["Bearer right-one", "Bearer none"]
    sent = json.dumps(model.headers)
    assert not any(word in sent for word in ("other-secret", "my-organisation", "my-project"))


def test_several_at_a_time() -> None:
    kept: list[str] = []
    with serving(Model(delay=0.05)) as model:
        ask_all(
            client(model, concurrency=3),
            [request(str(i)) for i in range(12)],
            ledger(),
            lambda r, a: kept.append(r.key),
        )
    assert 2 <= model.busiest <= 3
    assert sorted(kept) == sorted(request(str(i)).key for i in range(12))


def test_a_budget_is_never_passed() -> None:
    """However many run at once, what is spent and what is under way stays within the budget."""
    kept: list[str] = []
    prices = Prices(input=1.0, output=1000.0)
    with serving(Model(delay=0.01)) as model:
        book = Ledger(Budget(usd=0.1), prices, Cost(usd=0.0))
        with pytest.raises(OverBudgetError, match=r"\$0.1"):
            ask_all(
                client(model, concurrency=8),
                [request(str(i)) for i in range(60)],
                book,
                lambda r, a: kept.append(a.text),
            )
    assert book.cost.usd is not None and 0.05 < book.cost.usd <= 0.1
    assert len(kept) == len(model.requests) == book.cost.requests < 60


def test_the_first_failure_ends_it_and_nothing_answered_is_lost() -> None:
    done = threading.Event()
    kept: list[str] = []

    def reply(body: dict[str, Any]) -> str:
        return "fine"

    model = Model(reply, delay=0.02)
    with serving(model):
        model.failures = [failure(200)] * 0

        def keep(r: Request, a: Any) -> None:
            kept.append(a.text)
            if len(kept) == 5:
                model.failures.append(failure(401))
                done.set()

        with pytest.raises(UsageError, match="answered 401"):
            ask_all(client(model, concurrency=2), [request(str(i)) for i in range(40)], ledger(), keep)
    assert done.is_set() and 5 <= len(kept) == len(model.requests) - 1 < 40
