"""Conversations: the state is read back from the texts alone, turn by turn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from synthgen.errors import RecipeError
from synthgen.evalcase import EvalCase, Message, Piece
from synthgen.evals.draw import Draw
from synthgen.evals.toolbox.talks import Slot, domains, said
from synthgen.evals.toolbox.talks_reader import read_back

TABLES = """\
stays:
  rows: 900
  key: stay_no
  columns:
    stay_no: {id: int}
    arrives_on: {date: {from: "2026-01-01", to: clock}}
    room: {choice: ['the "Q"', "{braces}", "naïve", "日本"]}
    floor: {integer: [1, 60]}
"""
EIGHT = {"time": "20:00"}
BACK = "go back to the time of arrival that we had before"
Plan = Callable[..., Any]


def test_all_domains_hold(line: Plan) -> None:
    made = line("family: dialogue")
    cases = made.holds(300)
    assert all(made.family.score(c, c.target_text) == 1.0 for c in cases)  # what exports give an oracle to say
    assert {c.slices["domain"] for c in cases} == set(domains())
    assert set(Counter(c.slices["turns"] for c in cases)) == {"3", "4", "5", "6", "7"}
    assert min(Counter(c.difficulty for c in cases).values()) > 40
    for case in cases:
        roles = [m.role for m in case.messages]
        assert roles[0] == "system" and roles[1::2] == ["user"] * len(roles[1::2]) and roles[-1] == "user"
        assert case.messages[-1].content == case.input and case.extra["states"][-1] == case.target
        assert len(case.extra["states"]) == int(case.slices["turns"])
    back = [
        c
        for c in cases
        if any(
            a[k] not in (None, b[k]) for a, b in zip(c.extra["states"], c.extra["states"][1:], strict=False) for k in a
        )
    ]
    assert len(back) > 150  # most conversations change or drop something that was said


def test_records_of_a_table_and_hostile_values(line: Plan) -> None:
    cases = line("{family: dialogue, from: stays, turns: [2, 5]}", TABLES).holds(200)
    rooms = {c.target["room"] for c in cases}
    assert {'the "Q"', "{braces}", "naïve", "日本"} <= rooms
    assert all(c.target["stay_no"] is None or c.target["stay_no"].isdigit() for c in cases)


def planted(case: EvalCase) -> list[EvalCase]:
    """Errors of kinds that the family's own mutants do not hold."""
    states, found = list(case.extra["states"]), []
    found.append(replace(case, extra={**case.extra, "states": states[:-1]}))
    found.append(replace(case, messages=case.messages[:-2]))
    slot = next(k for k, v in case.target.items() if v is not None or k)
    found.append(replace(case, extra={**case.extra, "states": [{**s, slot: "else"} for s in states]}))
    spoken = [i for i, m in enumerate(case.messages[:-1]) if m.role == "user"]
    if spoken:
        name = next(iter(domains()[case.extra["domain"]].slots)).words
        more = Message("user", f"{case.messages[spoken[0]].content} Forget about the {name}.")
        messages = [more if i == spoken[0] else m for i, m in enumerate(case.messages)]
        if states[0][next(iter(case.target))] is not None:
            found.append(replace(case, messages=tuple(messages)))
    twice = (*case.pieces, Piece(" That would be 23:45 and 3 more."))
    last = Message("user", case.input + " That would be 23:45 and 3 more.")
    found.append(replace(case, pieces=twice, messages=(*case.messages[:-1], last)))
    return found


def test_planted_errors_are_caught(line: Plan) -> None:
    made = line("family: dialogue")
    wrong = [w for c in made.cases(60) for w in planted(c)]
    assert len(wrong) >= 200
    missed = [w for w in wrong if not made.prove(w)]
    assert len(missed) == sum(
        "23:45" in w.input for w in missed
    )  # what is said after "last time it was" changes nothing
    assert len(missed) < 0.05 * len(wrong)


def test_variants_keep_the_proof(line: Plan) -> None:
    made = line("{family: dialogue, variants: {typos: 1, casing: 1, distractor: 1, punctuation: 1, synonym: 1}}")
    varied = [v for c in made.cases(60) for v in made.maker.variants("one", c)]
    assert len(varied) > 100
    assert [(v.input, made.prove(v)) for v in varied if made.prove(v)] == []


@pytest.mark.parametrize(
    ("turns", "state"),
    [
        (["We would come on Friday.", "Actually, make it tomorrow."], {"date": "2026-09-02"}),
        (["We could be there at 7 pm", "I misspoke, it is 8 pm", "Actually, make it 9 pm", BACK], EIGHT),
        (["We would come on Tuesday."], {"date": "2026-09-08"}),
        (["We would come on 1 September."], {"date": "2027-09-01"}),
        (["We would come on 3 March 2027. counting everybody we are 12"], {"date": "2027-03-03", "guests": 12}),
        (["Book it under the name of Ada Null.", "forget about the name for the booking."], {"contact": None}),
        (["We could be there at 7.30 pm.", "Last time it was 8 pm, sadly."], {"time": "19:30"}),
        (["we could be there at 7 pm", "wait, change that to 8 pm", BACK], {"time": "19:00"}),
    ],
)  # fmt: skip
def test_the_reader_by_hand(turns: list[str], state: dict[str, Any]) -> None:
    domain = domains()["restaurant"]
    read = read_back(domain, [("user", t) for t in turns], date(2026, 9, 1), ["Ada Null"], [])
    assert read.faults == []
    assert {k: v for k, v in read.states[-1].items() if k in state} == state
    assert all(v is None for k, v in read.states[-1].items() if k not in state)


def test_offers_and_answers_by_hand() -> None:
    domain = domains()["restaurant"]
    ask, offer = (
        "Noted. For how many people?",
        "For the seating area I could also offer bar counter. Shall I change it to that?",
    )
    turns = [("user", "A table."), ("assistant", ask), ("user", "six, please."), ("assistant", offer)]
    yes = read_back(domain, [*turns, ("user", "Good idea, let us do that.")], date(2026, 9, 1), [], [])
    no = read_back(domain, [*turns, ("user", "No, keep it as it was.")], date(2026, 9, 1), [], [])
    assert yes.states[-1]["area"] == "bar counter" and no.states[-1]["area"] is None
    assert yes.states[-1]["guests"] == no.states[-1]["guests"] == 6
    assert read_back(domain, [("user", "Good idea, let us do that.")], date(2026, 9, 1), [], []).faults


def test_days_are_read_as_they_are_said() -> None:
    today = date(2026, 9, 1)
    slot = Slot("date", "date", "day of the dinner")
    domain = domains()["restaurant"]
    for i in range(400):
        day = date.fromordinal(today.toordinal() + 1 + i % 150)
        text = said(slot, day.isoformat(), today, Draw(i))
        assert (
            read_back(domain, [("user", f"We would come on {text}.")], today, [], []).states[-1]["date"]
            == day.isoformat()
        )


def test_scores(line: Plan) -> None:
    made = line("family: dialogue")
    case = made.case(1)
    assert made.family.score(case, f"```json\n{json.dumps(case.target, indent=1)}\n```") == 1.0
    assert made.family.score(case, "{}") == 0.0


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("{family: dialogue, domains: [hotell]}", "unknown-domain"),
        ("{family: dialogue, turns: [5, 2]}", "bad-value"),
        ("{family: dialogue, turns: [0, 2]}", "bad-value"),
        ("{family: dialogue, from: stays, domains: [hotel]}", "two-sources"),
        ("{family: dialogue, from: stais}", "unknown-table"),
    ],
)
def test_mistakes_are_placed(line: Plan, family: str, code: str) -> None:
    with pytest.raises(RecipeError) as caught:
        line(family, TABLES)
    assert code in {p.code for p in caught.value.problems}
    assert all(p.place is not None for p in caught.value.problems)
