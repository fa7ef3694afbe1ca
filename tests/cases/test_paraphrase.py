"""Paraphrases by a real server on this machine: recorded, proven, replayed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest

from synthgen import pipeline
from synthgen.errors import RecipeError, UsageError
from synthgen.evalcase import Piece, text_of
from synthgen.evals.paraphrase import marked, restored

Write = Callable[..., Path]


class Model(BaseHTTPRequestHandler):
    """Rewrites: keeps marks, drops one, or answers nonsense, by `mode`."""

    mode: ClassVar[str] = "good"
    asked: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Model.asked.append(body)
        text = body["messages"][1]["content"]
        answer = {"good": f"So to speak: {text}", "dropped": text.replace("[[0]]", "somebody"), "mail": text}[
            Model.mode
        ]
        if Model.mode == "mail":
            answer += " Write to someone@company.de"
        content = json.dumps({"choices": [{"message": {"content": answer}}]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Model.mode, Model.asked = "good", []
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}/v1"
    httpd.shutdown()
    httpd.server_close()


def evals(url: str) -> str:
    asked = f"{{url: '{url}', model: tiny, share: 0.5}}"
    return f"plans: {{family: toy, from: customers, cases: 40, paraphrase: {asked}}}"


def inputs(target: Path | None) -> list[str]:
    assert target is not None
    return pl.read_parquet(target / "evals" / "plans.parquet")["input"].to_list()


def test_half_of_the_cases_are_rewritten_recorded_and_replayed_offline(recipe: Write, server: str) -> None:
    path = recipe(evals(server))
    first = pipeline.run(path, out=Path("one"))
    assert sum(text.startswith("So to speak: ") for text in inputs(first.target)) == 20
    assert first.target is not None and pipeline.verify(first.target, regenerate=40).verdict.passed
    assert all("[[0]]" in a["messages"][1]["content"] for a in Model.asked) and len(Model.asked) == 20
    again = pipeline.run(path, out=Path("two"))
    assert len(Model.asked) == 20, "the second run asks nothing"
    assert inputs(again.target) == inputs(first.target)
    assert again.target is not None and (again.target / "inputs" / "paraphrases.jsonl").is_file()
    assert pipeline.verify(again.target, regenerate=40).verdict.passed


def test_an_answer_that_loses_a_value_is_not_taken(recipe: Write, server: str) -> None:
    Model.mode = "dropped"
    result = pipeline.run(recipe(evals(server)), out=Path("out"))
    assert result.verdict.passed and not any("somebody" in text for text in inputs(result.target))


def test_personal_data_that_a_model_adds_blocks_the_export(recipe: Write, server: str) -> None:
    Model.mode = "mail"
    result = pipeline.run(recipe(evals(server)), out=Path("out"))
    found = [f for f in result.verdict.findings if f.code == "pii"]
    assert [(f.entity, f.count) for f in found] == [("EMAIL_ADDRESS", 20)] and result.target is None


def test_an_endpoint_that_is_not_there_is_a_clear_error(recipe: Write) -> None:
    with pytest.raises(UsageError, match="cannot be reached"):
        pipeline.run(recipe(evals("http://127.0.0.1:9/v1")), out=Path("out"))
    with pytest.raises(RecipeError, match="without user and password"):
        pipeline.run(recipe(evals("http://me:secret@127.0.0.1:9/v1")), out=Path("out"))


def test_marks_go_out_and_come_back_in_any_order() -> None:
    pieces = [Piece("Hello "), Piece("Ada", "name"), Piece(", you owe "), Piece("$5", "amount")]
    assert marked(pieces) == "Hello [[1]], you owe [[3]]"
    made = restored("You owe [[3]], dear [[1]].", pieces)
    assert made is not None and text_of(made) == "You owe $5, dear Ada."
    for wrong in ("You owe [[3]].", "[[1]] [[1]] [[3]]", "[[1]] [[3]] [[2]]", "[[1]] [[3]] ]]"):
        assert restored(wrong, pieces) is None
