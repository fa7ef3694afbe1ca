"""Optional paraphrases by a language model, accepted only where the gold is proven again.

Values are replaced by numbered marks before the wording goes out, so no model ever rewrites a name, an amount or a
gold. An answer is accepted if every mark stands in it exactly once, in any order, and the family's proof passes on the
new text; otherwise the template's wording stays. Answers are kept in a file of the project by the hash of what was
asked, so a second run is offline, free and the same, and an export holds a copy of that file.
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import Field, field_validator

from synthgen.errors import usage
from synthgen.evalcase import EvalCase, Piece, compact, digest
from synthgen.evals.base import Family, Room
from synthgen.generator import Params

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
    key_env: str = Field(default="OPENAI_API_KEY", description="write the environment variable that holds the key")
    timeout: float = Field(default=60, gt=0, le=600, description="write seconds")
    concurrency: int = Field(default=4, ge=1, le=64)

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^\s/@]+(?:/[^\s@]*)?", value):
            raise ValueError("'url' is an http address without user and password")
        return value.rstrip("/")


@dataclass
class Cache:
    """Answers by the hash of what was asked. `fresh` are those of this run."""

    answers: dict[str, str] = field(default_factory=dict)
    fresh: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> Cache:
        """From the file's text; raises ValueError for a line that is none of ours."""
        answers = {}
        for line in (text or "").splitlines():
            if line.strip():
                entry = json.loads(line)
                answers[str(entry["key"])] = str(entry["text"])
        return cls(answers)

    def lines(self) -> str:
        """What to append to the file."""
        return "".join(compact({"key": k, "text": t}) + "\n" for k, t in sorted(self.fresh.items()))

    def get(self, key: str) -> str | None:
        """A known answer."""
        return self.answers.get(key, self.fresh.get(key))


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
    """Rewrites cases of one eval. Without `online`, only what the cache knows; an unknown question is an error then."""

    params: ParaphraseParams
    cache: Cache
    online: bool = True

    def key(self, case: EvalCase) -> str:
        """The hash of model, settings, prompt and text."""
        return digest([self.params.model, self.params.temperature, _PROMPT, marked(case.pieces)])

    def due(self, case: EvalCase) -> bool:
        """Whether a case of that number is among the share that is rewritten; conversations are not."""
        share = self.params.share
        return not case.messages and int((case.number + 1) * share) > int(case.number * share)

    def ask(self, cases: Sequence[EvalCase]) -> None:
        """Fill the cache with the answers to all cases; raises UsageError where the endpoint fails."""
        asked = {self.key(c): marked(c.pieces) for c in cases}
        missing = {k: t for k, t in asked.items() if self.cache.get(k) is None}
        if not missing:
            return
        if not self.online:
            message = f"{len(missing)} paraphrases are not in {self.params.cache}"
            raise usage("not-recorded", message, "run the recipe once with the endpoint, and keep that file")
        with ThreadPoolExecutor(self.params.concurrency) as pool:
            for key, answer in zip(missing, pool.map(self._complete, missing.values()), strict=True):
                self.cache.fresh[key] = answer

    def apply(self, case: EvalCase, family: Family, room: Room) -> EvalCase:
        """The case with the model's wording where the proof passes again, else as it was."""
        answer = self.cache.get(self.key(case))
        pieces = restored(answer, case.pieces) if answer else None
        if pieces is None:
            return case
        made = replace(case, pieces=tuple(pieces), slices={**case.slices, "wording": "model"})
        made = replace(made, target=family.retarget(made))
        return case if family.prove(made, room) else made

    def _complete(self, text: str) -> str:
        body = {
            "model": self.params.model,
            "temperature": self.params.temperature,
            "messages": [{"role": "system", "content": _PROMPT}, {"role": "user", "content": text}],
        }
        headers = {"Content-Type": "application/json"}
        if os.environ.get(self.params.key_env):
            headers["Authorization"] = f"Bearer {os.environ[self.params.key_env]}"
        request = urllib.request.Request(f"{self.params.url}/chat/completions", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=self.params.timeout) as response:
                content: Any = json.load(response)
            return str(content["choices"][0]["message"]["content"])
        except urllib.error.HTTPError as error:
            what = f"answered {error.code}"
        except (OSError, ValueError) as error:
            what = f"cannot be reached ({type(error).__name__})"
        except (KeyError, IndexError, TypeError):
            what = "gave no chat completion"
        message = f"the endpoint {self.params.url} {what}"
        raise usage("endpoint", message, f"start it, check 'url' and {self.params.key_env}, or take 'paraphrase' out")
