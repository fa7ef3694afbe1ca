"""The attack: plants are real and judged one by one, recall falls when the gate is weakened, and no value is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthgen.evals.draw import Draw
from synthgen.pipeline import planned, run
from synthgen.plan.world import World
from synthgen.privacy.base import Match
from synthgen.privacy.entities import ENTITIES
from synthgen.privacy.matching import Matcher
from synthgen.privacy.reserved import explain
from synthgen.redteam import plants
from synthgen.redteam.attack import attack, blocked
from synthgen.redteam.forms import FORMS, PLAIN, SPLIT, halves, mutated
from synthgen.redteam.plants import Plant
from synthgen.redteam.report import Recall, Report, redteam
from synthgen.redteam.values import entities, make
from synthgen.registry import RECOGNIZERS

RECIPES = sorted((Path(__file__).resolve().parents[1] / "recipes").glob("*.yaml"))
RECIPE = """
synthgen: 1
name: small
seed: 3
tables:
  people:
    rows: 30
    key: id
    entities: {person: [full_name, email]}
    columns:
      id: {id: int}
      colour: {choice: [red, green, blue]}
      note: {text: sentence}
      tags: {list: {choice: [new, old]}, length: [0, 2]}
      more: {struct: {size: {integer: [1, 9]}, label: {choice: [a, b]}}}
"""
FEW = ["EMAIL_ADDRESS", "CREDIT_CARD", "US_SSN", "PERSON", "LOCATION", "DATE_OF_BIRTH", "UK_PASSPORT", "API_KEY"]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight entities, so that an attack takes a second."""
    monkeypatch.setattr(plants, "entities", lambda: list(FEW))


def test_there_is_a_value_for_every_direct_identifier() -> None:
    """Of every recognizer that is built in, and of people, addresses and dates of birth."""
    direct = {name for name, entity in ENTITIES.items() if entity.kind == "direct" and name in RECOGNIZERS}
    assert direct | {"PERSON", "LOCATION", "DATE_OF_BIRTH"} <= set(entities())


@pytest.mark.parametrize("entity", entities())
def test_values_are_valid_in_no_reserved_range_and_the_same_for_the_same_seed(entity: str) -> None:
    made = [make(entity, Draw(seed, entity)) for seed in range(20)]
    assert made == [make(entity, Draw(seed, entity)) for seed in range(20)]
    assert len({p.value for p in made}) > 1
    assert all(explain(p.value, entity) is None for p in made)
    if ENTITIES[entity].proof == "form":
        assert not any(p.label for p in made)


@pytest.mark.parametrize("form", FORMS[:-1])
def test_each_form_changes_the_value_or_means_nothing(form: str) -> None:
    for entity in entities():
        planted = make(entity, Draw(1, entity))
        text = mutated(planted, form, Draw(2, entity))
        if form == PLAIN:
            assert text == planted.text
        else:
            assert text is None or planted.value not in text
    assert mutated(make("US_SSN", Draw(1)), "upper case", Draw(1)) is None
    assert mutated(make("API_KEY", Draw(1)), "upper case", Draw(1)) is None
    assert mutated(make("PERSON", Draw(1)), "unicode digits", Draw(1)) is None


def test_a_value_over_two_columns_is_whole_and_cut_where_people_cut() -> None:
    assert "".join(halves(make("EMAIL_ADDRESS", Draw(1))) or ()) == make("EMAIL_ADDRESS", Draw(1)).value
    for entity in entities():
        planted = make(entity, Draw(1, entity))
        both = halves(planted)
        if both is not None:
            assert "".join(both).replace(" ", "") == planted.value.replace(" ", "") and all(both)
    assert halves(make("PERSON", Draw(1))) is None
    assert halves(make("UK_PASSPORT", Draw(1))) is None


@pytest.mark.usefixtures("few")
def test_everything_is_planted_everywhere_and_caught(recipe: Path) -> None:
    report = redteam(recipe, rows=30)
    assert report.passed and report.clean == [] and report.rows == 30
    columns = {p.column for p, _ in report.plants}
    assert columns == {"full_name", "email", "id", "colour", "note", "tags[]", "more.label"}
    assert {p.form for p, _ in report.plants} == set(FORMS)
    assert {p.entity for p, _ in report.plants} == set(FEW)
    assert report.plain.share == 1.0
    assert not any(p.column == "full_name" and p.entity == "PERSON" for p, _ in report.plants)
    assert report.left_out["the column declares the entity"] > 0
    assert report.left_out["the form means nothing for the value"] > 0


@pytest.mark.usefixtures("few")
def test_the_same_seed_gives_the_same_attack_and_another_one_other_values(recipe: Path) -> None:
    assert redteam(recipe, rows=20, seed=4).to_json() == redteam(recipe, rows=20, seed=4).to_json()
    assert make("US_SSN", Draw(4, "redteam")) != make("US_SSN", Draw(5, "redteam"))


class Blind:
    """A recognizer of e-mail addresses that finds nothing."""

    entity, prefilter, context = "EMAIL_ADDRESS", "@", ()

    def find(self, text: str, context: str = "") -> list[Match]:
        return []


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that knows no e-mail address, and asks nobody else."""
    monkeypatch.setitem(RECOGNIZERS._loaded, "EMAIL_ADDRESS", Blind())
    monkeypatch.setattr("synthgen.privacy.presidio.second_opinion", lambda texts, *_: ([[] for _ in texts], False))


@pytest.mark.usefixtures("few", "blind")
def test_recall_falls_when_a_recognizer_is_weakened(recipe: Path) -> None:
    report = redteam(recipe, rows=30)
    assert not report.passed
    assert report.plain.share < 1.0
    assert {p.entity for p in report.missed if p.form != SPLIT} == {"EMAIL_ADDRESS"}
    assert {"note", "colour"} <= {p.column for p in report.missed}


@pytest.mark.usefixtures("few")
def test_recall_of_a_form_falls_when_its_disguise_is_not_undone(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthgen.privacy.examine.views", lambda _: iter(()))
    monkeypatch.setattr("synthgen.privacy.scanner.spanning", lambda *_: iter(()))
    report = redteam(recipe, rows=30)
    assert report.plain.share == 1.0
    caught = {(p.column, p.form) for p, found in report.plants if found}
    assert not {("colour", "base64"), ("colour", "html"), ("tags[]", "base64")} & caught
    assert report.forms[SPLIT].share < 0.5
    assert not report.passed


@pytest.mark.usefixtures("few")
def test_findings_without_plants_fail_the_attack(recipe: Path) -> None:
    text = RECIPE.replace("choice: [red, green, blue]", "choice: [red, green, mara.quell@posteo.de]")
    recipe.write_text(text, encoding="utf-8")
    report = redteam(recipe, rows=30)
    assert [(f.column, f.entity) for f in report.clean] == [("colour", "EMAIL_ADDRESS")]
    assert not report.passed


@pytest.mark.usefixtures("few")
def test_no_planted_value_is_kept(recipe: Path) -> None:
    report = redteam(recipe, rows=20)
    told = json.dumps(report.to_json()) + repr(report)
    for column in ("colour", "note", "email"):
        for entity in FEW:
            assert make(entity, Draw(0, "redteam", "people", column, entity)).value not in told


def test_every_row_is_judged_by_the_gate() -> None:
    from synthgen.artifacts import Finding

    assert blocked([Finding("pii", "t", "c", 4, "PERSON", 0.8), Finding("pii", "t", "d", 9, "US_SSN", 0.7)]) == {4, 9}
    assert blocked([]) == set()


def test_recall_and_its_interval() -> None:
    assert Recall(0, 0).share == 1.0 and Recall(0, 0).interval == (0.0, 1.0)
    low, high = Recall(50, 40).interval  # Wilson: 0.6696 to 0.8876
    assert (round(low, 4), round(high, 4)) == (0.6696, 0.8876)
    one = Plant("t", "c", "PERSON", PLAIN)
    other = Plant("t", "c", "PERSON", "base64")
    assert Report([(one, True), *[(other, True)] * 19, (other, False)]).passed
    assert not Report([(one, True), *[(other, True)] * 18, (other, False)]).passed
    assert not Report([(one, False)]).passed


@pytest.mark.usefixtures("few")
def test_run_keeps_the_measured_recall_in_the_manifest(recipe: Path, tmp_path: Path) -> None:
    from synthgen.redteam.report import measured

    manifests = []
    for folder in ("one", "two"):
        result = run(recipe, out=tmp_path / folder, attack=measured)
        assert result.verdict.passed
        manifests.append((tmp_path / folder / "manifest.json").read_bytes())
    assert manifests[0] == manifests[1]
    kept = json.loads(manifests[0])["verdict"]["scanned"]["redteam"]
    assert kept["plain"]["recall"] == 1.0 and kept["clean"] == 0
    assert kept["forms"][PLAIN] == [kept["plain"]["caught"], kept["plain"]["planted"]]
    run(recipe, out=tmp_path / "three")
    assert "redteam" not in json.loads((tmp_path / "three" / "manifest.json").read_text())["verdict"]["scanned"]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_ready_recipes_catch_every_plain_plant(path: Path) -> None:
    """With eight entities, for time; `synthgen redteam` on each of them plants all."""
    plan = planned(path)
    outcome = attack(plan, World(plan), rows=20)
    report = Report(outcome.caught, outcome.left_out, outcome.clean, outcome.rows)
    assert report.clean == [] or report.clean == ()
    assert report.plain.share == 1.0, report.missed[:10]
    assert report.mutated.share >= 0.95, report.missed[:10]


def test_matchers_are_made_anew_for_each_attack() -> None:
    """A weakened recognizer must not live on in a later test."""
    assert Matcher().matches(["mara.quell@posteo.de"], "note")[0]
