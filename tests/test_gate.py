"""The gate: what blocks, what only warns, and that nothing else can make Cleared."""

from __future__ import annotations

import ast
import copy
import pickle
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.artifacts import Cleared, Finding, Verdict, claim_issuer
from synthgen.errors import BlockedError, Problem
from synthgen.gate import clear, judge

SOURCE = Path(__file__).resolve().parents[1] / "synthgen"
ALWAYS: list[Literal["check", "contract", "unscanned", "integrity"]] = ["check", "contract", "unscanned", "integrity"]
EMAIL = Finding("pii", "customers", "notes", 17, "EMAIL_ADDRESS", 0.95, 3, "outside every reserved range")


def test_no_findings_pass() -> None:
    verdict = judge([], on_finding="block", scanned={"values": 12})
    assert verdict.passed and verdict.word == "pass" and verdict.scanned == {"values": 12}
    assert clear(verdict).verdict is verdict


@pytest.mark.parametrize("code", ALWAYS)
@pytest.mark.parametrize("on_finding", ["block", "warn"])
def test_what_is_wrong_with_the_data_always_blocks(code: Any, on_finding: Any) -> None:
    verdict = judge([Finding(code, "orders", "total", 4)], on_finding=on_finding, scanned={})
    assert not verdict.passed and verdict.word == "blocked"
    with pytest.raises(BlockedError):
        clear(verdict)


def test_pii_obeys_on_finding() -> None:
    assert not judge([EMAIL], on_finding="block", scanned={}).passed
    warned = judge([EMAIL], on_finding="warn", scanned={})
    assert warned.passed and warned.findings == (EMAIL,)
    assert clear(warned).verdict.findings == (EMAIL,)


codes = st.sampled_from(["pii", *ALWAYS])
findings = st.builds(
    Finding,
    code=codes,
    table=st.sampled_from(["a", "b"]),
    column=st.none() | st.sampled_from(["x", "y"]),
    row=st.none() | st.integers(0, 99),
    entity=st.none() | st.sampled_from(["PERSON", "US_SSN"]),
    score=st.sampled_from([0.4, 0.85]),
    count=st.integers(1, 5),
)


@given(st.lists(findings, max_size=6), st.sampled_from(["block", "warn"]), st.randoms())
def test_the_verdict_does_not_depend_on_the_order_of_findings(found: list[Finding], on_finding: Any, rng: Any) -> None:
    verdict = judge(found, on_finding=on_finding, scanned={})
    assert verdict.passed == all(f.code == "pii" and on_finding == "warn" for f in found)
    shuffled = list(found)
    rng.shuffle(shuffled)
    assert judge(shuffled, on_finding=on_finding, scanned={}).findings == verdict.findings


def test_a_blocked_verdict_says_where_and_what_and_exits_with_three() -> None:
    broken = Finding("check", "orders", row=5, count=1200, message="total >= 0")
    with pytest.raises(BlockedError) as caught:
        clear(judge([broken, EMAIL], on_finding="block", scanned={}))
    assert caught.value.exit_code == 3
    said = [p.format() for p in caught.value.problems]
    assert said == [
        "check: orders row 5: total >= 0: 1,200 rows",
        "pii: customers.notes row 17: EMAIL_ADDRESS (score 0.95): outside every reserved range: 3 rows",
    ]


def test_a_verdict_that_was_not_judged_is_refused() -> None:
    with pytest.raises(BlockedError):
        clear(Verdict(True, (Finding("unscanned", "customers"),)))


def test_problems_survive_the_way_from_a_worker() -> None:
    error = BlockedError([Problem("check", "one"), Problem("pii", "two", remedy="do")])
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is BlockedError and again.problems == error.problems and str(again) == str(error)


class TestOnlyTheGateMakesCleared:
    def test_not_by_calling(self) -> None:
        with pytest.raises(TypeError):
            Cleared()

    def test_not_past_its_constructor(self) -> None:
        forged = object.__new__(Cleared)
        with pytest.raises(TypeError, match="not made by the gate"):
            _ = forged.verdict

    def test_not_by_copying(self) -> None:
        cleared = clear(judge([], on_finding="block", scanned={}))
        for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError):
                attempt(cleared)

    def test_not_by_inheriting(self) -> None:
        with pytest.raises(TypeError):
            type("Mine", (Cleared,), {})

    def test_not_by_setting_it(self) -> None:
        cleared = clear(judge([], on_finding="block", scanned={}))
        with pytest.raises(AttributeError):
            cleared.verdict = Verdict(True)  # type: ignore[misc]

    def test_not_by_claiming_to_be_the_gate(self) -> None:
        with pytest.raises(TypeError, match=r"synthgen\.gate is the gate"):
            claim_issuer("elsewhere")

    def test_no_other_file_asks_for_the_issuer(self) -> None:
        asking = set()
        for path in SOURCE.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
                if {"claim_issuer", "_cleared"} & {*names, getattr(node, "attr", "")}:
                    asking.add(path.name)
        assert asking == {"gate.py"}
