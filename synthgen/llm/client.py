"""Asks an OpenAI-compatible endpoint: several at a time, with retries and back-off, and never past a budget."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from synthgen.errors import UsageError, usage
from synthgen.llm.budget import Ledger, OverBudgetError
from synthgen.llm.request import Request
from synthgen.llm.responses import Answer

_LONGEST_WAIT = 120.0  # seconds; a server that asks for more is given up
_FIRST_WAIT = 0.5
_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True)
class Endpoint:
    """Where to ask, and how patiently: seconds until a try is given up, and further tries after the first."""

    url: str
    key_env: str = "OPENAI_API_KEY"
    timeout: float = 60.0
    retries: int = 4
    concurrency: int = 4


class _TryAgainError(Exception):
    """A failure that may pass; `after` are the seconds that the server asked for."""

    def __init__(self, what: str, after: float | None = None, billed: bool = False) -> None:
        super().__init__(what)
        self.what, self.after, self.billed = what, after, billed


class Client:
    """One endpoint. Raises UsageError where it cannot be asked; redirects are not followed."""

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep) -> None:
        self.endpoint, self.sleep = endpoint, sleep
        try:
            import openai
        except ImportError:
            message = "asking a language model needs the openai client"
            raise usage("missing-extra", message, "pip install 'synthgen[llm]'") from None
        self._errors: Any = openai
        self._openai = openai.OpenAI(
            api_key=os.environ.get(endpoint.key_env) or "none",
            base_url=endpoint.url,
            timeout=endpoint.timeout,
            max_retries=0,
            default_headers={"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()},  # type: ignore[dict-item]  # how openai leaves out what the environment says
            http_client=openai.DefaultHttpxClient(follow_redirects=False),
        )

    def close(self) -> None:
        """Let go of all connections."""
        self._openai.close()

    def ask(self, request: Request, ledger: Ledger) -> Answer:
        """The answer to one request; raises UsageError, or OverBudgetError before a try that could pass the budget."""
        for number in range(self.endpoint.retries + 1):
            held = ledger.reserve(request)
            prompt = completion = 0
            try:
                answer = self._try(request)
                prompt, completion = answer.prompt_tokens, answer.completion_tokens
                return answer
            except _TryAgainError as error:
                if error.billed:  # perhaps it was answered too late: then it costs all that it may
                    prompt, completion = held.prompt, held.completion
                if number == self.endpoint.retries or (error.after or 0) > _LONGEST_WAIT:
                    raise self._failed(error.what) from None
                pause = _FIRST_WAIT * 2**number if error.after is None else error.after
            finally:
                ledger.settle(held, prompt, completion)
            self.sleep(min(pause, _LONGEST_WAIT))
        raise AssertionError("unreachable")

    def _try(self, request: Request) -> Answer:
        with self._explained():
            made = self._openai.chat.completions.create(**dict(request.body))
            text = made.choices[0].message.content
            if text is not None and not isinstance(text, str):
                raise TypeError
            return _answer(request, (text or "").strip(), made.usage)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What went wrong in words that hold nothing of the answer: it may hold anything."""
        errors = self._errors
        try:
            yield
        except errors.APITimeoutError:
            raise _TryAgainError(f"gave no answer in {self.endpoint.timeout:g} s", billed=True) from None
        except errors.APIStatusError as error:
            if error.status_code in _AGAIN:
                raise _TryAgainError(f"answered {error.status_code}", _retry_after(error.response.headers)) from None
            raise self._failed(f"answered {error.status_code}{_named(error)}") from None
        except errors.APIConnectionError as error:
            kind = type(error.__cause__).__name__ if error.__cause__ else "no connection"
            raise _TryAgainError(f"cannot be reached ({kind})") from None
        except (errors.APIError, ValueError, TypeError, AttributeError, IndexError, KeyError):
            raise _TryAgainError("gave no chat completion", billed=True) from None

    def _failed(self, what: str) -> UsageError:
        remedy = f"check 'endpoint', 'model' and {self.endpoint.key_env}; what was answered is kept, run again to go on"
        return usage("endpoint", f"the endpoint {self.endpoint.url} {what}", remedy)


def _named(error: Any) -> str:
    """The error's code as the server names it, if it is one plain word."""
    code = getattr(error, "code", None)
    return f" ({code})" if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else ""


def _answer(request: Request, text: str, usage_: Any) -> Answer:
    prompt, completion = (getattr(usage_, name, None) for name in ("prompt_tokens", "completion_tokens"))
    if isinstance(prompt, int) and isinstance(completion, int) and prompt >= 0 and completion >= 0:
        return Answer(request.key, text, prompt, completion)
    return Answer(request.key, text, request.likely, len(text.encode()) // 4 + 1, counted=False)


def _retry_after(headers: Any) -> float | None:
    """The seconds that a server asks to wait, from `retry-after-ms` or `retry-after` (seconds, or a date)."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name)
        if text is None:
            continue
        try:
            return max(0.0, float(text) * unit)
        except ValueError:
            try:
                return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
            except ValueError:
                continue
    return None


def ask_all(
    client: Client, requests: Sequence[Request], ledger: Ledger, keep: Callable[[Request, Answer], None]
) -> None:
    """Ask for all, some at a time; `keep` is called for each answer at once, in the thread that asked.

    The first failure (UsageError, OverBudgetError) ends it: nothing more is sent, and what is under way is still kept.
    """
    upcoming = iter(requests)
    failure: UsageError | OverBudgetError | None = None

    def one(request: Request) -> None:
        keep(request, client.ask(request, ledger))

    with ThreadPoolExecutor(client.endpoint.concurrency) as pool:
        pending: set[Future[None]] = set()
        while True:
            while failure is None and len(pending) < client.endpoint.concurrency:
                request = next(upcoming, None)
                if request is None:
                    break
                pending.add(pool.submit(one, request))
            if not pending:
                break
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    future.result()
                except (UsageError, OverBudgetError) as error:
                    failure = failure or error
    if failure is not None:
        raise failure
