"""Scores tool calls: the calls themselves, and the state that they lead to. Stand-alone for exports.

A gold is `{"calls": [{"name", "arguments": {argument: [allowed values]}}], "ordered", "state", "ask"}`. As in BFCL, an
argument may be left out where its allowed values hold an empty text, and an argument that the gold does not know is
wrong.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from typing import Any

_FENCE = re.compile(r"```[a-zA-Z0-9_]*\s*\n?(.*?)```", re.DOTALL)
_ZERO = {"score": 0.0, "name_match": 0.0, "argument_match": 0.0, "state_match": 0.0}
_LONGEST = 200_000  # characters of an answer that are looked at


def score(case: dict[str, Any], answer: str, folder: str = "") -> dict[str, float]:
    """1 where the calls are those of the gold, no more and no less, in its order if it is `ordered`.

    Calls may be a JSON list of `{"name", "arguments"}`, OpenAI `tool_calls`, or BFCL's `[{name: {...}}]`, in a code
    fence or with words around. Where the gold has no calls, any answer without calls is right; where it asks for an
    argument, the answer is `{"ask": argument}` or a text that has one of the words in `metadata.ask_words`.
    `name_match` compares the names only, `argument_match` is the share of the gold's arguments that were given rightly,
    `state_match` says whether a replay on `metadata.store` by `metadata.effects` reaches the gold's state.
    """
    try:
        return _scored(case, str(answer)[:_LONGEST])
    except (RecursionError, ValueError, TypeError, KeyError, AttributeError):
        return dict(_ZERO)


def _scored(case: dict[str, Any], answer: str) -> dict[str, float]:
    gold, meta = case["target"], case.get("metadata", {})
    if not answer.strip():
        return dict(_ZERO)
    given, asked = parsed(answer)
    wanted = gold["calls"]
    state = _state(gold.get("state"), meta, given)
    if not wanted:
        right = not given and (gold.get("ask") is None or _asks(gold["ask"], asked, answer, meta.get("ask_words", [])))
        return {
            "score": float(right),
            "name_match": float(not given),
            "argument_match": float(right),
            "state_match": state,
        }
    pairs = _paired(wanted, given, bool(gold.get("ordered")))
    names = [c["name"] for c in wanted], [c["name"] for c in given]
    same_names = names[0] == names[1] if gold.get("ordered") else sorted(names[0]) == sorted(names[1])
    arguments = sum(len(c["arguments"]) for c in wanted)
    hits = sum(_hits(w, g) for w, g in pairs)
    return {
        "score": float(len(given) == len(wanted) == sum(matches(w, g) for w, g in pairs)),
        "name_match": float(same_names),
        "argument_match": hits / arguments if arguments else float(same_names),
        "state_match": state,
    }


def _state(wanted: Any, meta: dict[str, Any], given: list[dict[str, Any]]) -> float:
    """Whether the calls lead to the state, where the case has one."""
    if not isinstance(wanted, str) or "store" not in meta:
        return 0.0
    reached = replay(meta["store"], meta.get("effects", {}), given)
    return float(reached is not None and state_hash(reached) == wanted)


def _asks(argument: str, asked: Any, answer: str, words: list[str]) -> bool:
    """Whether an answer asks for the missing argument."""
    if asked is not None:
        asked = asked if isinstance(asked, list) else [asked]
        return [_plain(a) for a in asked] == [_plain(argument)]
    text = f" {_letters(answer)} "
    return any(f" {_letters(w)} " in text for w in [argument, *words])


def _letters(text: str) -> str:
    """The words of a text in small letters; `invoice_no` is two."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


# -- reading answers


def parsed(answer: str) -> tuple[list[dict[str, Any]], Any]:
    """The calls of an answer, and what it asks for as JSON (None if it does not)."""
    for text in [*_FENCE.findall(answer), answer]:
        found = _json(text)
        if found is not None:
            return found
    return [], None


def _json(text: str) -> tuple[list[dict[str, Any]], Any] | None:
    """The first JSON value of a text that holds calls or a question."""
    decoder, at = json.JSONDecoder(), 0
    for _ in range(50):
        starts = [i for i in (text.find("[", at), text.find("{", at)) if i >= 0]
        if not starts:
            return None
        try:
            value, _ = decoder.raw_decode(text, min(starts))
        except ValueError:
            at = min(starts) + 1
            continue
        if isinstance(value, dict) and value.get("ask") and not value.get("calls") and not value.get("tool_calls"):
            return [], value["ask"]
        calls = _calls(value)
        if calls:
            return calls, None
        at = min(starts) + 1 if value in ([], {}) else min(starts) + len(json.dumps(value))
    return None


def _calls(value: Any) -> list[dict[str, Any]]:
    """Calls in any of the usual shapes."""
    if isinstance(value, dict):
        for key in ("calls", "tool_calls"):
            if isinstance(value.get(key), list):
                return _calls(value[key])
        call = _call(value)
        return [call] if call else []
    if isinstance(value, list):
        found = [_call(v) for v in value]
        return [c for c in found if c] if all(found) else []
    return []


def _call(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    if isinstance(inner, dict):
        value = inner
    elif isinstance(inner, str):
        value = {"name": inner, **value}
    name = value.get("name")
    arguments: Any
    if isinstance(name, str):
        arguments = next((value[k] for k in ("arguments", "parameters", "args", "input") if k in value), {})
    elif len(value) == 1:
        name, arguments = next(iter(value.items()))
    else:
        return None
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except ValueError:
            return None
    return {"name": name, "arguments": arguments} if isinstance(arguments, dict) else None


# -- comparing calls


def matches(wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    """Whether a call is the gold's: its name, every argument allowed, none missing and none too many."""
    allowed, got = wanted["arguments"], given["arguments"]
    if wanted["name"] != given["name"] or set(got) - set(allowed):
        return False
    return all(_allowed(got[a], v) if a in got else "" in v for a, v in allowed.items())


def _hits(wanted: dict[str, Any], given: dict[str, Any]) -> int:
    """How many of the gold's arguments a call gives rightly."""
    if wanted["name"] != given["name"]:
        return 0
    got = given["arguments"]
    return sum(_allowed(got[a], v) if a in got else "" in v for a, v in wanted["arguments"].items())


def _allowed(value: Any, allowed: list[Any]) -> bool:
    """Whether a value is one of those allowed; the list of all of them counts, which is how a gold reads."""
    return value == allowed or any(same(value, a) for a in allowed)


def same(given: Any, gold: Any) -> bool:
    """Whether two argument values are the same: numbers by value, text without case and outer space, no type mixed."""
    if isinstance(given, bool) or isinstance(gold, bool):
        return given is gold
    if isinstance(given, int | float) and isinstance(gold, int | float):
        return abs(given - gold) < 1e-9
    if isinstance(given, str) and isinstance(gold, str):
        return _plain(given) == _plain(gold)
    return bool(type(given) is type(gold) and given == gold)


def _plain(value: Any) -> str:
    return " ".join(str(value).casefold().split())


def _paired(
    wanted: list[dict[str, Any]], given: list[dict[str, Any]], ordered: bool
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Gold calls with the answer's: in order, or so that matching calls meet and then calls of the same name."""
    if ordered:
        return list(zip(wanted, given, strict=False))
    left, pairs, rest = list(given), [], []
    for w in wanted:
        found = next((i for i, g in enumerate(left) if matches(w, g)), None)
        if found is None:
            rest.append(w)
        else:
            pairs.append((w, left.pop(found)))
    for w in rest:
        if left:
            best = max(range(len(left)), key=lambda i: _hits(w, left[i]))
            pairs.append((w, left.pop(best)))
    return pairs


# -- replaying calls


def replay(store: dict[str, Any], effects: dict[str, Any], calls: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The state after the calls, on a copy of the store; None where a call cannot be carried out.

    `store` maps tables to records by key. An effect is `read`, `set` (a column of a record), `delete` (a record) or
    `add` (the arguments, to a list of their own, about a record that must exist if there is a `key`).
    """
    state: dict[str, Any] = copy.deepcopy(store)
    for call in calls:
        effect, arguments = effects.get(call["name"]), call["arguments"]
        if effect is None:
            return None
        records = state.get(effect.get("table", ""), {})
        key = str(arguments.get(effect["key"])) if "key" in effect else None
        known = next((k for k in records if _plain(k) == _plain(key)), None)
        if key is not None and known is None:
            return None
        if effect["op"] == "set":
            if effect["value"] not in arguments:
                return None
            records[known][effect["column"]] = arguments[effect["value"]]
        elif effect["op"] == "delete":
            del records[known]
        elif effect["op"] == "add":
            state.setdefault(effect["to"], []).append(dict(arguments))
    return state


def state_hash(state: dict[str, Any]) -> str:
    """The sha256 of a state: lists in any order, text without case, whole floats as integers."""
    return hashlib.sha256(json.dumps(_canonical(state), sort_keys=True).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _canonical(v) for k, v in value.items()}
    if isinstance(value, list):
        return sorted((_canonical(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _plain(value) if isinstance(value, str) else value
