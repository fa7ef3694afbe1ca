"""Paraphrases by a real server on this machine: recorded, proven, replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import pipeline
from synthgen.errors import RecipeError, UsageError
from synthgen.evalcase import Piece, text_of
from synthgen.evals.paraphrase import marked, restored
from synthgen.llm.permit import Permit
from tests.llm.server import Model, serving

Write = Callable[..., Path]


ASK = Permit(record=True)


def rewriting(mode: str) -> Callable[[dict[str, Any]], str]:
    """Rewrites: keeps marks, drops one, or adds an address, by `mode`."""

    def reply(body: dict[str, Any]) -> str:
        text = str(body["messages"][1]["content"])
        if mode == "dropped":
            return text.replace("[[0]]", "somebody")
        return f"So to speak: {text}" if mode == "good" else f"{text} Write to someone@company.de"

    return reply


@pytest.fixture
def model() -> Iterator[Model]:
    with serving(Model(rewriting("good"))) as found:
        yield found


def evals(url: str) -> str:
    asked = f"{{url: '{url}', model: tiny, share: 0.5}}"
    return f"plans: {{family: toy, from: customers, cases: 40, paraphrase: {asked}}}"


def inputs(target: Path | None) -> list[str]:
    assert target is not None
    return pl.read_parquet(target / "evals" / "plans.parquet")["input"].to_list()


def test_half_of_the_cases_are_rewritten_recorded_and_replayed_offline(recipe: Write, model: Model) -> None:
    path = recipe(evals(model.url))
    with pytest.raises(UsageError, match=r"plans: 20 answers of tiny are not in paraphrases\.jsonl"):
        pipeline.run(path, out=Path("one"))
    assert model.requests == [], "nothing is called without a flag"
    first = pipeline.run(path, out=Path("one"), permit=ASK)
    assert sum(text.startswith("So to speak: ") for text in inputs(first.target)) == 20
    assert first.target is not None and pipeline.verify(first.target, regenerate=40).verdict.passed
    assert all("[[0]]" in prompt for prompt in model.prompts()) and len(model.requests) == 20
    again = pipeline.run(path, out=Path("two"))
    assert len(model.requests) == 20, "the second run asks nothing"
    assert inputs(again.target) == inputs(first.target)
    assert again.target is not None and (again.target / "inputs" / "paraphrases.jsonl").is_file()
    assert pipeline.verify(again.target, regenerate=40).verdict.passed


def test_a_budget_holds_for_paraphrases_too(recipe: Write, model: Model) -> None:
    path = recipe(evals(model.url).replace("0.5}", "0.5, budget: {requests: 19}}"))
    with pytest.raises(UsageError, match="passes the budget of 19 requests"):
        pipeline.run(path, out=Path("out"), permit=ASK)
    assert model.requests == []


def test_an_answer_that_loses_a_value_is_not_taken(recipe: Write, model: Model) -> None:
    model.reply = rewriting("dropped")
    result = pipeline.run(recipe(evals(model.url)), out=Path("out"), permit=ASK)
    assert result.verdict.passed and not any("somebody" in text for text in inputs(result.target))


def test_personal_data_that_a_model_adds_blocks_the_export(recipe: Write, model: Model) -> None:
    model.reply = rewriting("mail")
    result = pipeline.run(recipe(evals(model.url)), out=Path("out"), permit=ASK)
    found = [f for f in result.verdict.findings if f.code == "pii"]
    assert [(f.entity, f.count) for f in found] == [("EMAIL_ADDRESS", 20)] and result.target is None


def test_an_endpoint_that_is_not_there_is_a_clear_error(recipe: Write) -> None:
    with pytest.raises(UsageError, match="cannot be reached"):
        pipeline.run(
            recipe(evals("http://127.0.0.1:9/v1").replace("0.5}", "0.5, retries: 0}")), out=Path("out"), permit=ASK
        )
    with pytest.raises(UsageError, match=r"--record --allow-llm api\.models\.example"):
        pipeline.run(recipe(evals("https://api.models.example/v1")), out=Path("out"))
    with pytest.raises(RecipeError, match="without user and password"):
        pipeline.run(recipe(evals("http://me:secret@127.0.0.1:9/v1")), out=Path("out"))


def test_marks_go_out_and_come_back_in_any_order() -> None:
    pieces = [Piece("Hello "), Piece("Ada", "name"), Piece(", you owe "), Piece("$5", "amount")]
    assert marked(pieces) == "Hello [[1]], you owe [[3]]"
    made = restored("You owe [[3]], dear [[1]].", pieces)
    assert made is not None and text_of(made) == "You owe $5, dear Ada."
    for wrong in ("You owe [[3]].", "[[1]] [[1]] [[3]]", "[[1]] [[3]] [[2]]", "[[1]] [[3]] ]]"):
        assert restored(wrong, pieces) is None
