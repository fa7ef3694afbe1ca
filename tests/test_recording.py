"""Columns that a model writes, through the line: asked for once, replayed for nothing, scanned like any other text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import pipeline
from synthgen.cli.main import execute as cli
from synthgen.errors import RecipeError, UsageError
from synthgen.llm.permit import Permit
from tests.llm.server import Model, sentence, serving

ASK = Permit(record=True)
Make = Callable[..., Path]


@pytest.fixture
def model() -> Iterator[Model]:
    with serving() as found:
        yield found


@pytest.fixture
def recipe(tmp_path: Path, model: Model) -> Make:
    """Writes a recipe: `columns` stand in a table of customers, `%` is the endpoint and the model."""

    def make(columns: str, rows: int = 60, head: str = "") -> Path:
        path = tmp_path / "shop.yaml"
        text = f"synthgen: 1\nseed: 4\n{head}tables:\n  customers:\n    rows: {rows}\n    key: customer_id\n"
        text += "    entities: {person: [first_name, email]}\n    columns:\n      customer_id: {id: int}\n"
        text += "      tier: {choice: {basic: 0.7, gold: 0.2, vip: 0.1}}\n      score: {integer: [1, 1000000]}\n"
        where = f"endpoint: {model.url}, model: tiny"
        path.write_text(text + "".join(f"      {line}\n" for line in columns.replace("%", where).splitlines()))
        return path

    return make


def table(result: pipeline.RunResult, name: str = "customers") -> pl.DataFrame:
    assert result.target is not None, result.verdict
    return pl.concat([pl.read_parquet(result.target / f["path"]) for f in result.tables[name]["files"]])


def told(result: pipeline.RunResult, column: str) -> dict[str, Any]:
    columns = {c["name"]: c for c in result.tables["customers"]["columns"]}
    return dict(columns[column]["llm"])


NOTE = 'note: {llm: "Write one sentence about number {score} for a {tier} customer.", %}'


def test_nothing_is_called_without_a_flag(recipe: Make, model: Model, tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as error:
        pipeline.run(recipe(NOTE), out=tmp_path / "out")
    text = str(error.value)
    assert "not-recorded: customers.note: 60 answers of tiny are not in shop.llm.jsonl" in text
    assert "ask for them with --record: at most 60 requests, " in text and "tokens" in text
    assert model.requests == [] and not (tmp_path / "out").exists()


def test_a_recorded_run_is_free_offline_and_the_same(recipe: Make, model: Model, tmp_path: Path) -> None:
    path = recipe(NOTE)
    first = pipeline.run(path, out=tmp_path / "one", permit=ASK)
    assert sorted(model.prompts()) == sorted({*model.prompts()}) and len(model.requests) == 60
    data = table(first)
    for row in data.iter_rows(named=True):
        prompt = f"Write one sentence about number {row['score']} for a {row['tier']} customer."
        assert row["note"] == sentence({"messages": [{"content": prompt}]})
    took = told(first, "note")
    assert took["answers"] == 60 and took["refused"] == 0 and took["model"] == "tiny" and took["prompt_tokens"] > 300
    for workers, rows in ((1, 7), (2, 20)):
        again = pipeline.run(path, out=tmp_path / f"again{workers}", workers=workers, partition_rows=rows)
        assert table(again).equals(data) and told(again, "note") == took
    assert len(model.requests) == 60
    same = pipeline.run(path, out=tmp_path / "same")
    assert (tmp_path / "same" / "manifest.json").read_bytes() == (tmp_path / "one" / "manifest.json").read_bytes()
    assert same.verdict.passed


def test_two_workers_record_once(recipe: Make, model: Model, tmp_path: Path) -> None:
    result = pipeline.run(recipe(NOTE), out=tmp_path / "two", workers=2, partition_rows=16, permit=ASK)
    assert len(model.requests) == 60 and table(result)["note"].null_count() == 0


def test_an_export_holds_the_answers_it_needs(recipe: Make, tmp_path: Path) -> None:
    path = recipe(NOTE)
    pipeline.run(path, out=tmp_path / "more", rows={"customers": 90}, permit=ASK)
    result = pipeline.run(path, out=tmp_path / "out")
    (tmp_path / "shop.llm.jsonl").unlink()
    path.unlink()
    assert result.target is not None
    kept = (result.target / "inputs" / "shop.llm.jsonl").read_text().splitlines()
    assert len(kept) == 60 and kept == sorted(kept, key=lambda line: json.loads(line)["key"])
    checked = pipeline.verify(result.target, regenerate=60)
    assert checked.verdict.passed and checked.regenerated == 60
    forged = (result.target / "inputs" / "shop.llm.jsonl").read_text().replace("quick", "quack")
    (result.target / "inputs" / "shop.llm.jsonl").write_text(forged)
    assert not pipeline.verify(result.target).verdict.passed


def test_more_rows_ask_for_more_alone_and_keep_the_rest(recipe: Make, model: Model, tmp_path: Path) -> None:
    path = recipe(NOTE)
    first = table(pipeline.run(path, out=tmp_path / "a", permit=ASK))
    more = table(pipeline.run(path, out=tmp_path / "b", rows={"customers": 75}, permit=ASK))
    assert len(model.requests) == 75 and more.head(60).equals(first)


def test_equal_prompts_are_asked_once_and_samples_vary_them(recipe: Make, model: Model, tmp_path: Path) -> None:
    columns = 'a: {llm: "About {tier}", %}\nb: {llm: "Of {tier}", samples: 4, %}'
    count = iter(range(10_000))
    model.reply = lambda body: f"answer number {next(count)}"
    data = table(pipeline.run(recipe(columns, rows=300), out=tmp_path / "out", permit=ASK))
    assert sum(p.startswith("About") for p in model.prompts()) == 3
    assert sum(p.startswith("Of") for p in model.prompts()) == 12
    assert data.group_by("tier").agg(pl.col("a").n_unique(), pl.col("b").n_unique()).sort("tier").rows() == [
        ("basic", 1, 4), ("gold", 1, 4), ("vip", 1, 4),
    ]  # fmt: skip


def test_only_cells_that_are_kept_are_asked_for(recipe: Make, model: Model, tmp_path: Path) -> None:
    columns = """a: {llm: "A {score}", if: "tier = 'vip'", %}
b: {llm: "B {score}", null: 0.5, %}
c: {when: {"tier = 'gold'": {llm: "C {score}", %}}, else: {constant: none}}
d: {llm: "D {a}", if: "a IS NOT NULL", %}"""
    data = table(pipeline.run(recipe(columns), out=tmp_path / "out", permit=ASK))
    asked = [prompt[0] for prompt in model.prompts()]
    vip, gold = (data["tier"] == "vip").sum(), (data["tier"] == "gold").sum()
    assert vip and asked.count("A") == vip == data["a"].is_not_null().sum()
    assert 15 < asked.count("B") == data["b"].is_not_null().sum() < 45
    assert asked.count("C") == gold == (data["c"] != "none").sum()
    assert asked.count("D") == data["a"].drop_nulls().n_unique() and all(
        "thing" in p for p in model.prompts() if p[0] == "D"
    )
    assert table(pipeline.run(tmp_path / "shop.yaml", out=tmp_path / "again", partition_rows=9)).equals(data)


def test_structured_answers(recipe: Make, model: Model, tmp_path: Path) -> None:
    columns = 'review: {llm: "Review {score}", fields: {mood: [good, bad], stars: integer, tags: {list: text}}, %}'

    def reply(body: dict[str, Any]) -> str:
        number = int(body["messages"][0]["content"].split()[1])
        return json.dumps(
            {"mood": "good" if number % 2 else "bad", "stars": number % 5, "tags": ["new"] * (number % 3)}
        )

    model.reply = reply
    data = table(pipeline.run(recipe(columns), out=tmp_path / "out", permit=ASK))
    assert data.schema["review"] == pl.Struct({"mood": pl.String, "stars": pl.Int64, "tags": pl.List(pl.String)})
    for score, review in data.select("score", "review").iter_rows():
        assert review == {"mood": ["bad", "good"][score % 2], "stars": score % 5, "tags": ["new"] * (score % 3)}
    sent = model.requests[0]["response_format"]["json_schema"]
    assert sent["strict"] is True and sent["schema"]["properties"]["mood"] == {
        "type": "string",
        "enum": ["good", "bad"],
    }


def test_an_answer_that_does_not_fit_is_asked_for_again(recipe: Make, model: Model, tmp_path: Path) -> None:
    columns = 'review: {llm: "Review {tier}", fields: {stars: integer}, %}'
    answers = iter(["no json", '{"stars": "many"}', *['{"stars": 4}'] * 3])
    model.reply = lambda body: next(answers)
    result = pipeline.run(recipe(columns), out=tmp_path / "out", permit=ASK)
    assert told(result, "review")["refused"] == 2 and told(result, "review")["answers"] == 5
    assert set(table(result)["review"].struct.field("stars")) == {4}
    model.reply = lambda body: "never"
    (tmp_path / "shop.llm.jsonl").unlink()
    with pytest.raises(RecipeError, match="tiny gave no answer that fits the fields in 3 tries"):
        pipeline.run(tmp_path / "shop.yaml", out=tmp_path / "out", permit=ASK)


def test_a_names_prompt_excuses_that_name_alone(recipe: Make, model: Model, tmp_path: Path) -> None:
    columns = 'note: {llm: "Greet {first_name} at {email} politely.", %}'

    def reply(body: dict[str, Any]) -> str:
        found = re.search("Greet (.+) at (.+) politely", body["messages"][0]["content"])
        assert found
        return f"Dear {found[1]}, we wrote to {found[2]} yesterday."

    model.reply = reply
    assert pipeline.run(recipe(columns), out=tmp_path / "out", permit=ASK).verdict.passed
    model.reply = lambda body: "Dear customer, please write to jane.miller@gmail.com today."
    (tmp_path / "shop.llm.jsonl").unlink()
    verdict = pipeline.run(tmp_path / "shop.yaml", out=tmp_path / "bad", permit=ASK).verdict
    assert not verdict.passed and {f.entity for f in verdict.findings} == {"EMAIL_ADDRESS"}
    assert not (tmp_path / "bad").exists() and (tmp_path / "shop.llm.jsonl").exists()


def test_names_are_excused_in_structured_answers_too(recipe: Make, model: Model, tmp_path: Path) -> None:
    model.reply = lambda body: json.dumps(
        {"text": "We wrote to " + body["messages"][0]["content"].split()[1] + " today."}
    )
    columns = 'note: {llm: "Mention {email} once", fields: {text: text}, %}'
    assert pipeline.run(recipe(columns), out=tmp_path / "out", permit=ASK).verdict.passed


def test_a_finding_can_be_asked_for_again(recipe: Make, model: Model, tmp_path: Path) -> None:
    answers = iter(
        ["Call 212-736-5000 now.", "Write to jane.miller@gmail.com now.", "All is well."] + ["All is fine."] * 2
    )
    model.reply = lambda body: next(answers)
    columns = 'note: {llm: "Say how {tier} is", retries_on_finding: 3, concurrency: 1, %}'
    result = pipeline.run(recipe(columns), out=tmp_path / "out", permit=ASK)
    assert result.verdict.passed and told(result, "note") | {"refused": 2, "answers": 5} == told(result, "note")
    assert set(table(result)["note"]) == {"All is well.", "All is fine."}
    again = pipeline.run(tmp_path / "shop.yaml", out=tmp_path / "again")
    assert table(again).equals(table(result))


def test_a_budget_is_refused_before_anything_is_asked(recipe: Make, model: Model, tmp_path: Path) -> None:
    for budget, words in (
        ("{requests: 59}", "passes the budget of 59 requests"),
        ("{tokens: 3000}", "passes the budget of 3,000 tokens"),
        ("{usd: 0.01}, prices: {input: 1, output: 10}", r"passes the budget of \$0.01"),
    ):
        path = recipe(NOTE.replace("%", f"budget: {budget}, %"))
        with pytest.raises(RecipeError, match=words):
            pipeline.run(path, out=tmp_path / "out", permit=ASK)
    assert model.requests == []


def test_a_budget_counts_what_was_spent_before(recipe: Make, model: Model, tmp_path: Path) -> None:
    path = recipe(NOTE.replace("%", "budget: {requests: 70}, %"))
    pipeline.run(path, out=tmp_path / "out", permit=ASK)
    with pytest.raises(RecipeError, match=r"budget of 70 requests \(60 requests, [\d,]+ tokens are spent\)"):
        pipeline.run(path, out=tmp_path / "out", rows={"customers": 71}, permit=ASK)
    pipeline.run(path, out=tmp_path / "out", rows={"customers": 70}, permit=ASK)
    assert len(model.requests) == 70


def test_a_failure_keeps_what_was_paid_for(recipe: Make, model: Model, tmp_path: Path) -> None:
    path = recipe(NOTE.replace("%", "concurrency: 1, retries: 0, %"))
    count = iter(range(1000))

    def reply(body: dict[str, Any]) -> str:
        if next(count) == 19:
            model.failures.append((401, {}, b"{}"))
        return sentence(body)

    model.reply = reply
    with pytest.raises(
        UsageError, match=r"shop.yaml:\d+:\d+: endpoint: the endpoint http://127.0.0.1:\d+/v1 answered 401"
    ):
        pipeline.run(path, out=tmp_path / "out", permit=ASK)
    assert len((tmp_path / "shop.llm.jsonl").read_text().splitlines()) == 20
    pipeline.run(path, out=tmp_path / "out", permit=ASK)
    assert len(model.requests) == 61


def test_other_hosts_need_to_be_named(recipe: Make, tmp_path: Path) -> None:
    far = recipe('note: {llm: "About {tier}", endpoint: "https://api.models.example/v1", model: m}')
    with pytest.raises(RecipeError, match=r"ask for them with --record --allow-llm api\.models\.example"):
        pipeline.run(far, out=tmp_path / "out")
    with pytest.raises(RecipeError, match=r"wants to call api\.models\.example, which the command line does not allow"):
        pipeline.run(far, out=tmp_path / "out", permit=Permit(True, ("other.example",)))


def test_check_and_preview_ask_nobody(recipe: Make, model: Model) -> None:
    path = recipe(NOTE + '\nx: {llm: "About {tier}", fields: {a: text}, %}')
    assert pipeline.check(path) == []
    shown = pipeline.preview(path, rows=3).tables["customers"]
    assert shown["note"][0] == (
        f"[not recorded] Write one sentence about number {shown['score'][0]} for a {shown['tier'][0]} customer."
    )
    assert shown["x"].null_count() == 3 and model.requests == []


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ('{llm: "About {tyre}", %}', "unknown-column"),
        ('{llm: "About {tier", %}', "a brace stands alone"),
        ('{llm: "About {tier}"}', "'endpoint' is missing"),
        ('{llm: "x", endpoint: "ftp://x", model: m}', "an endpoint is an http address"),
        ('{llm: "x", endpoint: "http://me:secret@x/v1", model: m}', "an endpoint is an http address"),
        ('{llm: "x", key_env: HOME, %}', "whose name ends in _API_KEY"),
        ('{llm: "x", key_env: AWS_SECRET_ACCESS_KEY, %}', "whose name ends in _API_KEY"),
        ('{llm: "x", budget: {usd: 5}, %}', "a budget in usd needs the prices"),
        ('{llm: "x", budget: {eur: 5}, %}', "'eur' is not a key here"),
        ('{llm: "x", fields: {a: word}, %}', "the field 'a' is text, integer"),
        ('{llm: "x", fields: {a: text}, max_length: 5, %}', "'max_length' is for plain text"),
        ('{llm: "x", responses: "../up.jsonl", %}', "lies outside the project"),
        ('{llm: "x", unique: true, %}', "impossible-unique"),
        ('{llm: "About {pair}", %}', "which cannot be written into a prompt"),
    ],
)
def test_mistakes_are_told(recipe: Make, column: str, message: str) -> None:
    problems = pipeline.check(recipe(f"pair: {{struct: {{a: {{integer: [1, 2]}}}}}}\nnote: {column}"))
    assert any(message in p.format() for p in problems), [p.format() for p in problems]
    assert all(p.place is not None for p in problems)


def test_a_record_that_cannot_be_read_is_told(recipe: Make, tmp_path: Path) -> None:
    path = recipe(NOTE)
    (tmp_path / "shop.llm.jsonl").write_text("{}\n{}\n")
    with pytest.raises(RecipeError, match=r"bad-record: shop\.llm\.jsonl cannot be read: line 1 is no recorded answer"):
        pipeline.run(path, out=tmp_path / "out", permit=ASK)


def test_the_command_line(recipe: Make, model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(recipe(NOTE)), "--out", str(tmp_path / "out")]
    assert cli([*words]) == 2 and "ask for them with --record" in capsys.readouterr().err
    assert cli([*words, "--record", "--replay"]) == 2 and "contradiction" in capsys.readouterr().err
    assert cli([*words, "--allow-llm", "x"]) == 2 and "add --record" in capsys.readouterr().err
    assert model.requests == []
    assert cli([*words, "--record"]) == 0 and cli([*words, "--replay"]) == 0
    assert len(model.requests) == 60


def test_an_export_is_scanned_with_its_answers(recipe: Make, tmp_path: Path) -> None:
    from synthgen.scanning import scan

    path = recipe('note: {llm: "Mention {email} once", %}')
    result = pipeline.run(path, out=tmp_path / "out", permit=ASK)
    assert result.target is not None
    (tmp_path / "shop.llm.jsonl").unlink()
    assert scan([str(result.target)]).verdict.passed
