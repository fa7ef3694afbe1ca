"""One question to a language model, and the key that its answer is kept under."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_OVERHEAD = 16  # tokens that a chat format adds to a message, about


@dataclass(frozen=True)
class Request:
    """What is sent: model, messages and parameters, as the body of a chat completion.

    The key is the sha256 of all of it with `sample` and `attempt`, so an answer is found again wherever it was asked
    for, and any change of prompt, model or parameters asks anew. The endpoint is no part of it.
    """

    body: Mapping[str, Any]
    sample: int = 0
    attempt: int = 0

    @cached_property
    def key(self) -> str:
        """The key, in hexadecimal."""
        content = {"body": self.body, "sample": self.sample, "attempt": self.attempt}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def size(self) -> int:
        """UTF-8 bytes of the messages and the schema: no tokenizer makes more tokens of them."""
        texts = [str(m["content"]) for m in self.body["messages"]]
        schema = self.body.get("response_format")
        return sum(len(t.encode()) for t in texts) + (len(json.dumps(schema)) if schema else 0)

    @property
    def likely(self) -> int:
        """Tokens that the prompt has, about: a token is four bytes of English."""
        return self.size // 4 + _OVERHEAD * len(self.body["messages"])

    @property
    def most(self) -> int:
        """Tokens that the prompt has at most."""
        return self.size + _OVERHEAD * len(self.body["messages"])

    @property
    def limit(self) -> int:
        """Tokens that the answer may have."""
        return int(self.body.get("max_completion_tokens") or self.body.get("max_tokens") or 0)


@dataclass(frozen=True)
class Question:
    """The constant part of a column's requests: `request` fills in the prompt."""

    model: str
    system: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def request(self, prompt: str, sample: int, attempt: int) -> Request:
        """The request of one prompt."""
        system = [{"role": "system", "content": self.system}] if self.system else []
        messages = [*system, {"role": "user", "content": prompt}]
        return Request({"model": self.model, "messages": messages, **self.parameters}, sample, attempt)
