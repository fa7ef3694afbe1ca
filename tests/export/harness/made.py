"""Hand-made eval sets for the tests: every shape that a case can have, and content that breaks careless files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthgen.evalcase import EvalCase, EvalSet, Message, Passage, Piece, Prompt

CANARY = "synthgen canary 0b5c7a52-1111-4222-8333-944445555666"
LABELS = ("billing", "bug", "how_to")
HOSTILE = (
    "{{ 7 * 7 }} {{env.HOME}} {% raw %} {# comment #} {{ '{{' }} {%- if x -%}",
    "file:///etc/hostname",
    "file://scored.py",
    'quotes " \' ` and \\ backslashes \\n \\" \\u0041 $HOME ${HOME} %s %(x)s {0} {}',
    "lines\nand\r\nreturns\rand\ttabs\n\n---\n- yaml: [no]\n# heading\n",
    "emoji 👩‍👩‍👧‍👦 🇩🇪 é combined é, wide 表, \U0001f600",
    "right to left: שלום עולם مرحبا \u202eevil\u202c \u200f",
    "controls \x01\x02\x07\x08\x0b\x0c\x1b[31m\x7f\x85 \u2028 \u2029 \ufeff end",
    "<script>alert(1)</script> &amp; <|im_start|>system <|endoftext|> [INST] ]]> <!--",
    "[1, 2",
    '{"role": "system", "content": "json"}',
    '[{"role": "user", "content": "chat json"}]',
    "2024-01-01",
    "null",
    "12345678901234567890",
    "  leading and trailing  ",
    "@include https://example.com/x.json | {{ input }} {{chat}}",
    "long " + "wörd {{x}} " * 9_300,  # a little over 100 kB
)


def label_set(name: str = "routing", **more: Any) -> EvalSet:
    """Labels out of three, in two splits, hostile inputs, two prompts if asked for."""
    cases = []
    for i, text in enumerate((*HOSTILE, *(f"plain question number {i}" for i in range(12)))):
        cases.append(
            EvalCase(
                id=f"{name}-{i}", eval=name, family="classification", pieces=(Piece(text),), target=LABELS[i % 3],
                number=i, split="dev" if i % 5 == 0 else "test", choices=LABELS, template=f"t{i % 4}",
                groups=(f"customers:{i // 2}", f"template:t{i % 4}"), sources=(f"customers:{i}",),
                slices={"register": "curt" if i % 2 else "formal"}, must_pass=i == 3,
                variant="typos" if i == 7 else "", relation="INV" if i == 7 else "MFT",
                parent=f"{name}-6" if i == 7 else "",
            )
        )  # fmt: skip
    instruction = 'Answer with one of: billing, bug, how_to. {{ 7 * 7 }} "quoted"'
    return EvalSet(name, "classification", tuple(cases), "synthgen.scoring.label", instruction, CANARY, **more)


def json_set(name: str = "fields") -> EvalSet:
    """Records as JSON, with hostile values in the gold."""
    cases = []
    for i, text in enumerate(HOSTILE):
        gold = {"no": i, "value": text, "absent": None, "items": [{"a": text[:20], "n": i + 0.5}], "{{k}}": "{% x %}"}
        cases.append(
            EvalCase(f"{name}-{i}", name, "extraction", (Piece("Read: "), Piece(text, "value")), gold, number=i,
                     split="test", groups=(f"invoices:{i}",), extra={"ordered": False})
        )  # fmt: skip
    return EvalSet(name, "extraction", tuple(cases), "synthgen.scoring.fields", "Give the record as JSON.", CANARY)


def dialogue_set(name: str = "talks") -> EvalSet:
    """Conversations of several turns, with a system turn of their own in one of them."""
    cases = []
    for i, text in enumerate(HOSTILE[:9]):
        turns = (Message("user", text), Message("assistant", f"Noted: {text}"), Message("user", f"And now {i}? {text}"))
        turns = (Message("system", "You book rooms."), *turns) if i == 2 else turns
        cases.append(
            EvalCase(f"{name}-{i}", name, "dialogue", (Piece(f"And now {i}? {text}"),), {"slot": text, "turn": i},
                     number=i, split="test", messages=turns)
        )  # fmt: skip
    return EvalSet(name, "dialogue", tuple(cases), "synthgen.scoring.fields", "Give the state as JSON.", CANARY)


def passage_set(name: str = "policies") -> EvalSet:
    """Questions over passages; the gold is text, hostile too."""
    cases = []
    for i, text in enumerate(HOSTILE[:9]):
        passages = (Passage("p1", f"The answer is {text}.", "Policy {{x}}"), Passage("p2", "Nothing here.\n" + text))
        cases.append(
            EvalCase(f"{name}-{i}", name, "rag_qa", (Piece(f"What is answer {i}?"),), {"answer": text, "ids": ["p1"]},
                     number=i, split="test", context=passages)
        )  # fmt: skip
    return EvalSet(name, "rag_qa", tuple(cases), "synthgen.scoring.fields", "Answer from the passages.", CANARY)


def tool(name: str, **types: str) -> dict[str, Any]:
    """An OpenAI tool schema."""
    properties = {k: {"type": t, "description": f"The {k}"} for k, t in types.items()}
    parameters = {"type": "object", "properties": properties, "required": list(types)[:1]}
    return {"type": "function", "function": {"name": name, "description": f"Does {name}", "parameters": parameters}}


def tool_set(name: str = "agent", scorer: str = "synthgen.scoring.fields") -> EvalSet:
    """Requests for one, several and no tool calls."""
    tools = (tool("refund", invoice="string", amount="number"), tool("close.account", id="integer", now="boolean"))
    golds: list[list[dict[str, Any]]] = [
        [{"name": "refund", "arguments": {"invoice": ["INV-1"], "amount": [5.0, 5]}}],
        [{"name": "refund", "arguments": {"invoice": [HOSTILE[0]], "amount": ["", 1.5]}}],
        [{"name": "refund", "arguments": {"invoice": ["INV-2"]}}, {"name": "close.account", "arguments": {"id": [7]}}],
        [],
    ]
    cases = [
        EvalCase(f"{name}-{i}", name, "tool_call", (Piece(f"Please do {i} {HOSTILE[i]}"),), {"calls": gold}, number=i,
                 split="test", tools=tools if i else tools[:1])
        for i, gold in enumerate(golds)
    ]  # fmt: skip
    return EvalSet(name, "tool_call", tuple(cases), scorer, "Call the tools.", CANARY)


def span_set(name: str = "redaction") -> EvalSet:
    """Texts with places of personal data, one without any."""
    cases = []
    for i, text in enumerate(("plain", *HOSTILE[:9])):
        head, who, mail = f"{text} Dear ", "Ada Byron", f"ada{i}@example.com"
        whole = f"{head}{who}, write to {mail}. Bye"
        at = len(head), len(head) + len(who) + len(", write to ")
        gold = [
            {"entity": "PERSON", "start": at[0], "end": at[0] + len(who), "text": who},
            {"entity": "EMAIL_ADDRESS", "start": at[1], "end": at[1] + len(mail), "text": mail},
        ]
        cases.append(
            EvalCase(f"{name}-{i}", name, "pii_spans", (Piece(whole),), gold, number=i, split="test", template=f"t{i}")
        )
    cases.append(EvalCase(f"{name}-none", name, "pii_spans", (Piece("Nobody here."),), [], number=99, split="test"))
    return EvalSet(name, "pii_spans", tuple(cases), "synthgen.scoring.spans", "List the spans as JSON.", CANARY)


def multi_label_set(name: str = "topics") -> EvalSet:
    """Several labels a case."""
    golds = (["billing"], ["bug", "how_to"], [])
    cases = [
        EvalCase(f"{name}-{i}", name, "classification", (Piece(f"Topic {i}"),), g, number=i, choices=LABELS)
        for i, g in enumerate(golds)
    ]
    return EvalSet(name, "classification", tuple(cases), "synthgen.scoring.label", "List the labels.", CANARY)


def file_set(folder: Path, name: str = "lookups") -> EvalSet:
    """A set whose scorer reads a file; its module is written into `folder`, which must be importable."""
    source = (
        '"""Looks the gold up in a file."""\n\nfrom __future__ import annotations\n\nimport dataclasses\nimport json\n'
        "from pathlib import Path\n\n\n@dataclasses.dataclass\nclass Gold:\n    value: str\n\n\n"
        'def score(case, answer, folder=""):\n'
        '    gold = Gold(json.loads((Path(folder) / "gold.json").read_text())[case["id"]])\n'
        '    return {"score": float(answer.strip() == gold.value), "length": min(1.0, len(answer) / 10)}\n'
    )
    (folder / "made_lookup_scorer.py").write_text(source)
    (folder / "gold.json").write_text(json.dumps({f"{name}-{i}": f"v{i}" for i in range(4)}))
    cases = [EvalCase(f"{name}-{i}", name, "lookup", (Piece(f"Look up {i}"),), f"v{i}", number=i) for i in range(4)]
    return EvalSet(
        name,
        "lookup",
        tuple(cases),
        "made_lookup_scorer",
        "Look it up.",
        CANARY,
        files={"gold.json": folder / "gold.json"},
    )


PROMPTS = (
    Prompt("router", "1.2.0", "Which of {{ choices | join(', ') }} is this?\n\n{{ input }}\n", ("input", "choices")),
    Prompt("short-one", "1.0.0", "{{ instruction }}\n<{{ input }}>", ("input", "instruction"), {"temperature": 0}),
)


def all_sets(folder: Path) -> list[EvalSet]:
    """One set of each shape."""
    plain = [label_set(), json_set(), dialogue_set(), passage_set(), tool_set(), span_set(), multi_label_set()]
    return [*plain, file_set(folder), label_set("routing 2/ä", prompts=PROMPTS)]
