"""`synthgen eval size`: the number, the words, the curve, and what contradicts itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from synthgen.cli.eval_charts import chart, in_terminal, svg, ticks
from synthgen.cli.eval_words import chances, explanation
from synthgen.cli.main import execute
from synthgen.evals.sizing import CasesParams, resolve

RECIPE = """\
synthgen: 1
evals:
  routing: {family: classification, labels: [a, b], cases: {detect: 0.03, baseline: 0.85, power: 0.8}}
  plain: {family: classification, labels: [a, b], cases: 400}
  bare: {family: classification, labels: [a, b]}
  guard: {family: guardrail, cases: {zero_failures: 0.01}}
"""


def asked(arguments: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, Any]:
    assert execute(["eval", "size", *arguments.split(), "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "evals.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "n"),
    [
        ("--detect 0.03 --baseline 0.85", 1045),
        ("--detect 0.05 --discordance 0.15", 469),
        ("--detect 0.03 --variance 0.111", 969),
        ("--detect 0.05 --baseline 0.8 --unpaired", 906),
        ("--detect 0.05 --baseline 0.8 --unpaired --arms 2", 1812),
        ("--zero-failures 0.01", 299),
        ("--zero-failures 0.01 --confidence 0.99", 459),
        ("--non-inferiority 0.02 --discordance 0.1", 1546),
        ("--detect 0.03 --baseline 0.85 --cluster-size 4 --rho 0.2", 1672),
        ("--detect 0.03 --baseline 0.85 --power 0.9 --alpha 0.01", 1979),
        ("--n 400 --baseline 0.85", 400),
    ],
)
def test_numbers(arguments: str, n: int, capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(arguments, capsys)
    assert (found["verdict"], found["findings"], found["tables"]) == ("pass", [], {})
    (size,) = found["sizes"]
    assert size["n"] == n
    assert [s["n"] for s in size["sees"]] == [n // 2, n, 2 * n]
    seen = [s["mde"] for s in size["sees"]]
    assert seen == sorted(seen, reverse=True) and seen[1] == size["mde"]
    chances_seen = [point["power"] for point in size["curve"]]
    assert chances_seen == sorted(chances_seen) and chances_seen[-1] > 0.9
    assert f"{n:,}" in size["explanation"]


def test_the_paragraph_says_what_a_product_manager_asks(capsys: pytest.CaptureFixture[str]) -> None:
    (size,) = asked("--detect 0.03 --baseline 0.85", capsys)["sizes"]
    for words in (
        "1,045 cases show a difference of 3 points between two models on the same cases, such as 0.85 against 0.88.",
        "is missed in 20 of 100 comparisons",
        "look different in 5 of 100 (a false alarm)",
        "on 12 % of the cases exactly one of the models is right (the discordance)",
        "mends 7.5 % of the cases and breaks 4.5 %",
        "That is a guess",
        "Half the difference takes 4.5 times the cases: 4,707.",
        "in 80.3 of 100 comparisons with mid-p, in 77.9 with its exact p-value",
        "An A/B test of 3 points, where each user meets one model, takes 2,036 users in each arm.",
    ):
        assert words in size["explanation"]
    assert size["mcnemar_power"] == pytest.approx({"mid_p": 0.8033, "exact": 0.7794}, abs=1e-4)
    assert size["ab"] == 2036


def test_text_has_the_number_the_table_and_the_curve(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["eval", "size", "--detect", "0.03", "--baseline", "0.85"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1,045 cases  ")
    assert any(re.match(r"2,090 +2\.19 points \(the asked one in 98 of 100\)", line) for line in lines)
    assert sum("█" in line for line in lines) == 10
    assert any(line.startswith("Formula: n = (z[alpha/2] sqrt(p_d)") for line in lines)
    assert max(map(len, lines)) <= 120
    assert execute(["eval", "size", "--detect", "0.03", "--baseline", "0.85", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_every_eval_of_a_recipe(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = {s["eval"]: s for s in asked(str(recipe), capsys)["sizes"]}
    assert {name: s["n"] for name, s in sizes.items()} == {"routing": 1045, "plain": 400, "bare": 200, "guard": 299}
    assert [name for name, s in sizes.items() if s["baseline_assumed"]] == ["plain", "bare"]
    assert sizes["plain"]["explanation"].startswith("Nothing is said about the models, so a baseline of 0.8 is taken.")
    assert execute(["eval", "size", str(recipe)]) == 0
    shown = capsys.readouterr().out
    assert all(f"{name}: {s['n']:,} cases" in shown for name, s in sizes.items())


def test_what_is_known_of_the_models_is_taken_for_plain_numbers(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (size,) = asked(f"{recipe} plain --baseline 0.95", capsys)["sizes"]
    assert (size["eval"], size["inputs"]["baseline"], size["baseline_assumed"]) == ("plain", 0.95, False)
    (known,) = asked(f"{recipe} routing --baseline 0.95", capsys)["sizes"]
    assert known["inputs"]["baseline"] == 0.85


@pytest.mark.parametrize(
    ("arguments", "said", "remedy"),
    [
        ("", "one of --detect, --non-inferiority, --zero-failures and --n", "write --detect 0.03 --baseline 0.85"),
        ("--detect 0.03", "need --baseline, --discordance or --variance", "--baseline 0.85"),
        ("--detect 0.1 --baseline 0.95", "sum to more than 1", "write --detect 0.05 or less"),
        ("--detect 0.1 --discordance 0.05", "disagree on at least as many", "write --discordance 0.1 or more"),
        ("--detect 0.1 --baseline 0.5 --alpha 1.5", "--alpha 1.5", "such as 0.05"),
        ("--detect 0.1 --zero-failures 0.01", "--detect and --zero-failures", "write"),
        ("--n 400 --baseline 0.8 --rho 0.2", "--cluster-size and --rho go together", "--cluster-size 4 --rho 0.2"),
        ("--n 400 --baseline 0.8 --rho 2 --cluster-size 4", "--rho 2.0", "such as 0.2"),
        ("--n 0 --baseline 0.8", "--n 0", "number of cases"),
        ("{recipe} --detect 0.03", "--detect is for the recipe to say", "leave it out"),
        ("{recipe} plane", "no eval 'plane'", "did you mean 'plain'?"),
        ("{recipe} --svg x.svg", "the curve of one eval", "routing, plain, bare, guard"),
        ("--n 400 --baseline 0.8 --svg {folder}", "is a folder", "ends with .svg"),
        ("{folder}/none.yaml", "there is no file", "check the path"),
    ],
)
def test_contradictions_have_a_remedy(
    arguments: str, said: str, remedy: str, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(arguments.format(recipe=recipe, folder=recipe.parent), capsys, 2)
    (problem,) = found["problems"]
    assert said in problem["message"] and remedy in problem["remedy"]
    assert found["verdict"] == "error"


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ("{detect: 0.1, baseline: 0.95}", "sum to more than 1"),
        ("{detekt: 0.1, baseline: 0.9}", "'detekt'"),
        ("many", "a whole number of at least 1"),
        ("0", "a whole number of at least 1"),
        ("true", "a whole number of at least 1"),
    ],
)
def test_problems_of_a_recipe_have_a_place(
    cases: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(f"synthgen: 1\nevals:\n  one:\n    family: classification\n    cases: {cases}\n", encoding="utf-8")
    problems = asked(str(path), capsys, 2)["problems"]
    assert any(said in p["message"] and p["line"] == 5 for p in problems), problems


def test_a_recipe_without_evals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("synthgen: 1\ntables: {}\n", "synthgen: 1\nevals:\n", "synthgen: 1\nevals: [1]\n"):
        path = tmp_path / "none.yaml"
        path.write_text(text, encoding="utf-8")
        assert asked(str(path), capsys, 2)["problems"][0]["code"] == "no-evals"


def test_the_svg_shows_the_powers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "charts" / "power.svg"
    (size,) = asked(f"--detect 0.03 --baseline 0.85 --svg {path}", capsys)["sizes"]
    space = "{http://www.w3.org/2000/svg}"
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    lines = root.findall(f"{space}polyline")
    assert len(lines) == 3
    points = [tuple(map(float, p.split(","))) for p in (lines[1].get("points") or "").split()]
    assert [y for _, y in points] == [pytest.approx(384 - 320 * c["power"], abs=0.06) for c in size["curve"]]
    words = {e.text for e in root.iter(f"{space}text")}
    assert {"What 1,045 cases show", "522 cases", "1,045 cases", "2,090 cases", "3 points", "80 %"} <= words
    assert {"difference between the models, points", "chance of seeing it"} <= words
    assert all(0 <= x <= 760 and 0 <= y <= 460 for x, y in points)


def test_the_chart_without_unicode() -> None:
    cases = CasesParams(detect=0.03, baseline=0.85)
    lines = in_terminal(chart(resolve(cases), cases), plain=True)
    assert "".join(lines).isascii() and any("#" in line for line in lines)
    shown = in_terminal(chart(resolve(cases), cases))
    level = next(line for line in shown if line.startswith("   80 %"))
    assert level.index("█") - 9 == pytest.approx(63 * 3 / 6.075, abs=2)  # the curve reaches 80 % at three points


@pytest.mark.parametrize(
    "written",
    [
        {"n": 1, "baseline": 0.5},
        {"n": 10, "baseline": 0.999},
        {"n": 2, "zero_failures": 0.01},
        {"n": 10_000_000, "discordance": 0.001},
        {"detect": 0.999, "baseline": 0.0005},
        {"detect": 1e-6, "discordance": 0.9},
        {"detect": 0.5, "baseline": 0.5},
        {"detect": 0.5, "baseline": 0.5, "unpaired": True, "arms": 2},
        {"zero_failures": 0.99},
        {"non_inferiority": 0.9, "baseline": 0.5},
        {"n": 500, "variance": 0.1, "alpha": 1e-9, "power": 0.999999},
    ],
    ids=str,
)
def test_extremes_are_drawn_and_explained(written: dict[str, Any]) -> None:
    cases = CasesParams(**written)
    size = resolve(cases)
    words = explanation(size, cases)
    assert f"{size.n:,}" in words and "nan" not in words and "inf" not in words.replace("inferior", "")
    assert len(in_terminal(chart(size, cases))) == 14
    assert "nan" not in svg(chart(size, cases))


def test_ticks_are_round() -> None:
    assert ticks(6.1, 8) == [0, 1, 2, 3, 4, 5, 6]
    assert ticks(0.037, 8) == [0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035]
    assert ticks(100, 8) == [0, 20, 40, 60, 80, 100]
    assert chances(0.9985) == "over 99 of 100"
