"""The record: keys, the file, what a crash leaves, and budgets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.llm.budget import Budget, Cost, Prices, estimate, passes, spent
from synthgen.llm.fields import Fields
from synthgen.llm.permit import Permit
from synthgen.llm.request import Question
from synthgen.llm.responses import Answer, BadRecordError, Responses, read

QUESTION = Question("tiny", "Be brief.", {"temperature": 0.5, "max_tokens": 20})


def test_every_part_of_a_request_changes_its_key() -> None:
    others = [
        Question("other", "Be brief.", QUESTION.parameters).request("a", 0, 0),
        Question("tiny", None, QUESTION.parameters).request("a", 0, 0),
        Question("tiny", "Be brief.", {"temperature": 0.6, "max_tokens": 20}).request("a", 0, 0),
        QUESTION.request("b", 0, 0),
        QUESTION.request("a", 1, 0),
        QUESTION.request("a", 0, 1),
    ]
    keys = [QUESTION.request("a", 0, 0).key, *(o.key for o in others)]
    assert len(set(keys)) == len(keys)
    assert keys[0] == Question("tiny", "Be brief.", dict(reversed(QUESTION.parameters.items()))).request("a", 0, 0).key
    assert re.fullmatch("[0-9a-f]{64}", keys[0])


@given(st.text(max_size=60))
def test_no_tokenizer_makes_more_tokens_than_are_reserved(prompt: str) -> None:
    request = QUESTION.request(prompt, 0, 0)
    assert request.likely <= request.most and request.most >= len(prompt.encode())
    assert request.limit == 20


def answer(key: str, text: str = "hello", **more: object) -> Answer:
    return Answer(key, text, 5, 3, **more)  # type: ignore[arg-type]  # as the test says


def test_answers_are_kept_at_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.llm.jsonl"
    first = Responses("a", path)
    first.keep(answer("k1", "line\nbreak and 'quotes' and umlaut ü"))
    first.keep(answer("k2"))
    first.refuse("k2", "finding")
    again = Responses("a", path).known
    assert again["k1"].text == "line\nbreak and 'quotes' and umlaut ü" and again["k2"].refused == "finding"
    assert first.lines(["k2", "k1", "missing"]).decode().count("\n") == 2
    assert list(read(path)) == ["k1", "k2"]


def test_a_torn_last_line_counts_as_none_and_is_written_over_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    whole = answer("k1").line() + answer("k2").line()
    path.write_text(whole[:-9])
    file = Responses("a", path)
    assert list(file.known) == ["k1"]
    file.keep(answer("k3"))
    with pytest.raises(BadRecordError, match="line 2"):
        read(path)


@pytest.mark.parametrize(
    "line", ["{}", "[]", "nonsense", '{"key": 1}', answer("k").line().replace("5", "-5", 1).strip()]
)
def test_a_file_of_other_things_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line + "\n" + answer("k2").line())
    with pytest.raises(BadRecordError, match="line 1 is no recorded answer"):
        read(path)


def test_costs() -> None:
    prices = Prices(input=1, output=2)
    requests = [QUESTION.request("x" * 400, i, 0) for i in range(10)]
    cost = estimate(requests, prices)
    assert cost.requests == 10 and cost.completion == 200 and 1000 < cost.prompt < 1500
    assert cost.usd == pytest.approx((cost.prompt + 2 * cost.completion) / 1e6)
    assert spent([answer("a"), answer("b")], prices) == Cost(2, 10, 6, pytest.approx(22e-6))
    assert passes(cost, Budget(requests=10, tokens=10_000, usd=1)) is None
    assert passes(cost, Budget(requests=9)) == "9 requests"
    assert passes(cost, Budget(tokens=1000)) == "1,000 tokens"
    assert passes(cost, Budget(usd=0.001)) == "$0.001"


def test_who_may_be_called() -> None:
    local, far = "http://127.0.0.1:8000/v1", "https://api.models.example/v1"
    assert not Permit().allows(local) and not Permit(hosts=("api.models.example",)).allows(far)
    assert (
        Permit(True).allows(local)
        and Permit(True).allows("http://localhost:1/v1")
        and Permit(True).allows("http://[::1]/v1")
    )
    assert not Permit(True).allows(far)
    assert Permit(True, ("api.models.example",)).allows(far)
    assert not Permit(True, ("models.example",)).allows(far)
    assert not Permit(True, ("api.models.example",)).allows("https://api.models.example.evil.test/v1")
    assert not Permit(True).allows("http://localhost.evil.test/v1") and not Permit(True).allows(
        "http://127.0.0.1.evil.test"
    )


def test_fields() -> None:
    fields = Fields({"mood": ["good", "bad"], "n": "integer", "x": "number", "ok": "boolean", "tags": {"list": "text"}})
    good = '{"mood": "good", "n": 3, "x": 2, "ok": true, "tags": ["a"]}'
    assert fields.read(good) == {"mood": "good", "n": 3, "x": 2.0, "ok": True, "tags": ["a"]}
    for old, new in [
        ('"good"', '"fine"'),
        ("3", '"3"'),
        ("3", "3.5"),
        ("true", "1"),
        ('["a"]', "null"),
        ("3", str(2**63)),
    ]:
        assert fields.read(good.replace(old, new)) is None
    assert fields.read(good[:-1] + ', "more": 1}') is None and fields.read("{") is None and fields.read("") is None
    assert fields.read('{"mood": "good"}') is None
    assert (
        fields.schema["required"] == ["mood", "n", "x", "ok", "tags"] and fields.schema["additionalProperties"] is False
    )
    for bad in ("words", ["a", "a"], [], {"list": {"list": "text"}}, {"of": "text"}, 3):
        with pytest.raises(ValueError, match="the field 'f' is text, integer"):
            Fields({"f": bad})
