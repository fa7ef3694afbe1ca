"""Columns that a language model writes: a prompt over the row's other columns, and the answers that are on record."""

from __future__ import annotations

import re
from typing import Any, Protocol

import numpy as np
import polars as pl
from pydantic import Field, field_validator, model_validator

from synthgen.columns import Column, Inserted, Rows
from synthgen.errors import RecipeError
from synthgen.generator import BaseGenerator, Build, Params
from synthgen.generators.template import Template, TemplateParams, parse
from synthgen.llm.budget import Budget, Prices
from synthgen.llm.fields import Fields
from synthgen.llm.permit import ADDRESS, KEY_NAME
from synthgen.llm.request import Question, Request
from synthgen.llm.responses import Answer, BadRecordError, Responses, Wanted
from synthgen.seeds import below

Prompts = str | list[str] | dict[str, float]
RECORD = "run with --record to ask the model"


class RecordBuild(Build, Protocol):
    """The plan's side, as a column that a model writes sees it."""

    def responses(self, file: str | None, *path: str | int) -> Responses:
        """The recorded answers in a file beside the recipe; the recipe's own file without a name."""


class LlmParams(Params):
    """`llm: "Write one sentence about {product}"`, with `endpoint` and `model`."""

    llm: Prompts = Field(description='write llm: "Write one sentence about {product}"')
    endpoint: str = Field(description="write the base URL of an OpenAI-compatible endpoint: http://localhost:8000/v1")
    model: str = Field(min_length=1, description="write the model's name")
    system: str | None = None
    fields: dict[str, Any] | None = Field(default=None, description="write fields: {title: text, mood: [good, bad]}")
    samples: int = Field(default=1, ge=1, le=10_000)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int = Field(default=256, ge=1, le=100_000)
    limit_as: str = Field(default="max_tokens", pattern="^(max_tokens|max_completion_tokens)$")
    max_length: int | None = Field(default=None, ge=1)
    budget: Budget = Field(default=Budget(requests=1000), description="write budget: {usd: 5, requests: 1000}")
    prices: Prices | None = Field(default=None, description="write prices: {input: 0.15, output: 0.60}")
    concurrency: int = Field(default=4, ge=1, le=64)
    timeout: float = Field(default=60, gt=0, le=600)
    retries: int = Field(default=4, ge=0, le=10)
    retries_on_invalid: int = Field(default=2, ge=0, le=10)
    retries_on_finding: int = Field(default=0, ge=0, le=10)
    key_env: str = "OPENAI_API_KEY"
    responses: str | None = Field(default=None, description="write responses: answers.jsonl")

    @field_validator("llm")
    @classmethod
    def _readable(cls, value: Prompts) -> Prompts:
        return TemplateParams(template=value).template

    @field_validator("endpoint")
    @classmethod
    def _address(cls, value: str) -> str:
        if not ADDRESS.fullmatch(value):
            raise ValueError("an endpoint is an http address without user, password and query")
        return value.rstrip("/")

    @field_validator("key_env")
    @classmethod
    def _key(cls, value: str) -> str:
        if not KEY_NAME.fullmatch(value):
            raise ValueError("the key is read from an environment variable whose name ends in _API_KEY; write its name")
        return value

    @field_validator("fields")
    @classmethod
    def _fields(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value is not None:
            if not value:
                raise ValueError("write at least one field, or leave 'fields' out for plain text")
            Fields(value)
        return value

    @model_validator(mode="after")
    def _fits(self) -> LlmParams:
        if self.budget.usd is not None and self.prices is None:
            raise ValueError("a budget in usd needs the prices: {input: 0.15, output: 0.60}, per million tokens")
        if self.fields is not None and self.max_length is not None:
            raise ValueError("'max_length' is for plain text; a structured answer has 'fields'")
        return self


class Llm(BaseGenerator[LlmParams]):
    """What a language model answers to a prompt over the row's other columns: text, or a struct with `fields`.

    Cells come from recorded answers alone; `run --record` asks for those that are missing, each distinct prompt once
    (or `samples` times, of which a row takes one). Given the record, a cell is a function of seed and row as ever.

    Example: `note: {llm: "Write one sentence about a {tier} customer.", endpoint: "http://localhost/v1", model: tiny}`.
    """

    Params = LlmParams
    sparing = True
    """Only rows whose cells are kept are asked for: an answer costs something."""

    def __init__(self, params: LlmParams, build: RecordBuild) -> None:
        super().__init__(params, build)
        written = [params.llm] if isinstance(params.llm, str) else list(params.llm)
        for piece in (p for prompt in written for p in parse(prompt) if p.column is not None):
            if build.dtype_of(piece.column or "").is_nested():
                message = f"'{piece.column}' has parts, which cannot be written into a prompt"
                raise build.fail("wrong-type", message, "name a plain column", "llm")
        self.prompt = Template(TemplateParams(template=params.llm), build)
        self.needs = self.prompt.needs
        self.fields = Fields(params.fields) if params.fields else None
        self.dtype = pl.String() if self.fields is None else self.fields.dtype
        given = {"temperature": params.temperature, "top_p": params.top_p, params.limit_as: params.max_tokens}
        shape = {"response_format": self.fields.response_format} if self.fields else {}
        parameters = {**{k: v for k, v in given.items() if v is not None}, **shape}
        self.question = Question(params.model, params.system, parameters)
        self.responses = build.responses(params.responses, "responses")
        self.used: set[str] = set()

    def generate(self, rows: Rows) -> Column:
        """One answer per row; raises RecipeError where one is not on record."""
        prompts = self.prompt.generate(rows.scoped("prompt"))
        some = below(rows.bits("sample"), self.params.samples).astype(np.int64)
        asked = pl.DataFrame([prompts.values.alias("prompt"), pl.Series("sample", some)])
        distinct = asked.unique(maintain_order=True).with_row_index("code")
        codes = asked.join(distinct, on=["prompt", "sample"], how="left", maintain_order="left")["code"]
        first = codes.arg_unique()
        cells = [
            self._cell(prompt, sample, prompts.inserted, row)
            for prompt, sample, row in zip(distinct["prompt"], distinct["sample"], first, strict=True)
        ]
        values = pl.Series(cells, dtype=self.dtype).gather(codes)
        if self.params.max_length is not None:
            values = values.str.head(self.params.max_length)
        return Column.of(values, inserted=prompts.inserted)

    def _cell(self, prompt: str, sample: int, inserted: tuple[Inserted, ...], row: int) -> Any:
        answer = self._answer(prompt, sample)
        if isinstance(answer, Answer):
            return answer.text if self.fields is None else self.fields.read(answer.text)
        if self.responses.collect:
            if answer.key not in self.responses.wanted:
                values = tuple((_text(part.values[row]), part.declared) for part in inserted)
                self.responses.wanted[answer.key] = Wanted(answer, self, values)
            return None
        if self.responses.show_missing:
            return f"[not recorded] {prompt}" if self.fields is None else None
        raise self._missing()

    def valid(self, text: str) -> bool:
        """Whether an answer can be taken at all."""
        return bool(text) if self.fields is None else self.fields.read(text) is not None

    def _answer(self, prompt: str, sample: int) -> Answer | Request:
        """The first answer that was not refused, or the last of those that held a finding; or what is still to ask."""
        left = {"invalid": self.params.retries_on_invalid, "finding": self.params.retries_on_finding}
        attempt = 0
        while True:
            request = self.question.request(prompt, sample, attempt)
            self.used.add(request.key)
            answer = self._recorded(request)
            if answer is None:
                return request
            reason = answer.refused or ("invalid" if not self.valid(answer.text) else None)
            if reason is None or (reason == "finding" and not left["finding"]):
                return answer
            if not left[reason]:
                raise self._invalid(attempt + 1)
            left[reason] -= 1
            attempt += 1

    def _recorded(self, request: Request) -> Answer | None:
        try:
            return self.responses.get(request)
        except (BadRecordError, OSError) as error:
            message = f"{self.responses.name} cannot be read: {_plain(error)}"
            raise self._problem("bad-record", message, "restore it, or remove it and record anew") from None

    def _missing(self) -> RecipeError:
        message = f"an answer of {self.params.model} is not in {self.responses.name}"
        return self._problem("not-recorded", message, RECORD)

    def _invalid(self, tries: int) -> RecipeError:
        what = "fits the fields" if self.fields else "holds any text"
        message = f"{self.params.model} gave no answer that {what} in {tries} tries"
        return self._problem("bad-answer", message, "say in the prompt what to write, or raise max_tokens")

    def _problem(self, code: str, message: str, remedy: str) -> RecipeError:
        problem = self.build.fail(code, message, remedy, "llm").problem
        assert problem is not None
        return RecipeError(problem)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _plain(error: Exception) -> str:
    return str(error) if isinstance(error, BadRecordError) else re.sub(r"\W+", " ", type(error).__name__)
