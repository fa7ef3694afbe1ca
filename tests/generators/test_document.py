import json
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthgen import pipeline
from synthgen.privacy.scanner import Scanner
from tests.conformance.doubles import OTHERS, RefusedError, column

RECIPE = """\
synthgen: 1
clock: "2026-09-01T00:00:00Z"
tables:
  buyers:
    rows: 40
    key: buyer_id
    entities: {person: [first_name, last_name, email]}
    columns: {buyer_id: {id: int}}
  orders:
    per: buyers
    count: {poisson: 2}
    key: order_id
    columns:
      order_id: {id: int}
      buyer_id: {ref: buyers}
      ordered_at: {datetime: {from: "2026-01-01", to: clock}}
      invoice:
        document: |
          # Order {{ order_id }} of {{ buyers.first_name }} {{ buyers.last_name }}, {{ ordered_at|date("%d %B %Y") }}
          {% for line in lines|sort(attribute="amount") %}
          {{ loop.index }}. {{ line.item }}: {{ line.amount|money("EUR") }}
          {% else %}
          Nothing.
          {% endfor %}
          Total: {{ lines|sum(attribute="amount")|money("EUR") }} in {{ lines|length }} lines
        as: markdown
        children: lines
  lines:
    per: orders
    count: {integer: [0, 4]}
    key: [order_id, number]
    columns:
      order_id: {ref: orders}
      number: {id: ordinal}
      item: {choice: [lamp, table]}
      amount: {uniform: [1, 2000], decimals: 2}
"""


def written(source: str, count: int = 20, **more: Any) -> list[str]:
    return column({"document": source, **more}).values(count).to_list()


def test_holes_conditions_and_filters() -> None:
    source = (
        "{{ order_id }}|{% if quantity > 4 %}many{% else %}few{% endif %}|{{ total|number(1) }}|{{ signup_at.year }}"
        "|{{ first_name|upper }}|{{ (quantity * 2 + 1) }}|{{ signup_at|date('%d.%m.') }}"
    )
    made = column({"document": source})
    rows = made.rows(30)
    names = ("order_id", "quantity", "total", "signup_at", "first_name")
    for text, *cells in zip(made.values(30), *(rows.values(n) for n in names), strict=True):
        order, quantity, total, at, first = cells
        size = "many" if quantity > 4 else "few"
        wanted = f"{order}|{size}|{total:.1f}|{at.year}|{first.upper()}|{quantity * 2 + 1}|{at:%d.%m.}"
        assert text == wanted
    assert set(made.generator.needs) == set(names)


def test_rows_with_the_same_values_share_one_document() -> None:
    made = column({"document": "{{ tier }} {{ first_name }}"})
    calls = 0
    plain = made.generator.template.render

    def counted(values: Any) -> Any:
        nonlocal calls
        calls += 1
        return plain(values)

    made.generator.template.render = counted
    assert made.values(500).n_unique() == 6 and calls == 6


def test_html_is_escaped() -> None:
    others = {**OTHERS, "text": {"constant": '<b title="x">O\'Brien & Co</b>'}}
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            found.append(tag)
            found.extend(v for _, v in attrs)

        def handle_data(self, data: str) -> None:
            found.append(data)

    (page,) = column({"document": '<p title="{{ text }}">{{ text }}</p>', "as": "html"}, others=others).values(1)
    Reader().feed(page)
    assert found == ["p", '<b title="x">O\'Brien & Co</b>', '<b title="x">O\'Brien & Co</b>']


def test_json_is_checked_and_holes_write_values() -> None:
    others = {**OTHERS, "odd": {"choice": ['a"b', "c\nd"]}, "maybe": {"lookup": "country", "map": {"US": "x"}}}
    source = (
        '{"odd": {{ odd }}, "none": {{ maybe }}, "n": {{ quantity }}, "at": {{ signup_at }}, "yes": {{ quantity > 3 }}}'
    )
    made = column({"document": source, "as": "json"}, others=others)
    rows = made.rows(50)
    for text, odd, none, n in zip(
        made.values(50), *(rows.values(x) for x in ("odd", "maybe", "quantity")), strict=True
    ):
        found = json.loads(text)
        assert (found["odd"], found["none"], found["n"], found["yes"]) == (odd, none, n, n > 3)


def test_nested_columns() -> None:
    others = {
        **OTHERS,
        "size": {"struct": {"width": {"constant": 3}, "unit": {"constant": "cm"}}},
        "tags": {"list": {"choice": ["new"]}, "length": 2},
    }
    source = "{{ size.width }} {{ size.unit|upper }}{% for t in tags %} {{ loop.index }}{{ t }}{% endfor %}"
    source += " {{ tags|join('+') }}"
    text = column({"document": source}, others=others).values(2)[0]
    assert text == "3 CM 1new 2new new+new"
    (found,) = column({"document": "{{ tags|tojson }}", "as": "json"}, others=others).values(1)
    assert json.loads(found) == ["new", "new"]


def test_a_file_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "letter.html.j2").write_text("<p>{{ first_name }} &lt; {{ '<' }}</p>", encoding="utf-8")
    snippet: Any = {"document": {"file": "letter.html.j2"}}
    assert column(snippet, root=tmp_path).values(1)[0].endswith("&lt; &lt;</p>")
    for name, words in (("../x.html", "outside"), ("/etc/passwd", "outside"), ("none.md", "missing-file")):
        with pytest.raises(RefusedError, match=words):
            column({"document": {"file": name}}, root=tmp_path)
    (tmp_path / "link.md").symlink_to("/etc/passwd")
    with pytest.raises(RefusedError, match="outside"):
        column({"document": {"file": "link.md"}}, root=tmp_path)


def test_child_rows(tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(RECIPE, encoding="utf-8")
    read = []
    for rows in (7, 1000):
        assert pipeline.run(recipe, out=tmp_path / f"out{rows}", partition_rows=rows).verdict.passed
        files = sorted((tmp_path / f"out{rows}").rglob("*.parquet"))
        of = [[f for f in files if t in str(f.relative_to(tmp_path))] for t in ("orders", "lines")]
        read.append([pl.concat([pl.read_parquet(f) for f in found]) for found in of])
    (orders, lines), (others, _) = read
    assert orders.sort("order_id").equals(others.sort("order_id"))
    assert len(orders) > 40 and lines["order_id"].n_unique() < len(orders)
    for order, text in zip(orders["order_id"], orders["invoice"], strict=True):
        mine = lines.filter(lines["order_id"] == order).sort("amount")
        assert text.startswith(f"# Order {order} of ")
        body = [f"{i}. {r['item']}: EUR {r['amount']:,.2f}" for i, r in enumerate(mine.to_dicts(), 1)] or ["Nothing."]
        assert text.splitlines()[1:-1] == body
        total = sum(mine["amount"]) if len(mine) else 0
        assert text.splitlines()[-1] == f"Total: EUR {total:,.2f} in {len(mine)} lines"


def test_what_is_written_of_declared_columns_is_known() -> None:
    others = {**OTHERS, "who": {"faker": "last_name"}, "mail": {"faker": "email"}}
    for kind, source in (
        (
            "text",
            "Dear {{ who }}, we wrote to {{ mail|lower }} for {{ who|upper }} about {{ 'Mr ' + who }} for now.",
        ),
        ("html", "<p>Dear {{ who|title }}, we wrote to <b>{{ mail }}</b> about it all.</p>"),
        ("json", '{"who": {{ who }}, "text": "we wrote to {{ mail|lower }} about it", "x": {{ [1]|tojson }}}'),
    ):
        if kind == "json":
            source = '{"who": {{ who }}, "mail": {{ mail|lower }}}'
        made = column({"document": source, "as": kind}, others=others).make(300)
        assert {i.declared.entity for i in made.inserted if i.declared} == {"PERSON", "EMAIL_ADDRESS"}
        assert Scanner("reserved").scan("t", {"note": made}) == []
        for i, text in enumerate(made.values):
            assert all(p.values[i] is None or p.values[i] in text for p in made.inserted)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ first_nam }}", "did you mean 'first_name'"),
        ("{{ first_name", "line 1 of the template"),
        ("a\n{% if %}", "line 2 of the template"),
        ("{% set x = 1 %}", "'set' cannot be used"),
        ("{{ first_name ~ tier }}", "'~' cannot be used"),
        ("{{ 9 ** 9 ** 9 }}", "'**' cannot be used"),
        ("{{ first_name.upper() }}", "a call cannot be used"),
        ("{{ first_name.upper }}", "there is no attribute 'upper'"),
        ("{{ first_name.__class__ }}", "'__class__' cannot be used"),
        ("{{ first_name['__class__'] }}", "a"),
        ("{{ ''['__cl' + 'ass__'] }}", "bad-template"),
        ("{% include 'x' %}", "'include' cannot be used"),
        ("{% macro a() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}", "cannot be used"),
        ("{{ total|pprint }}", "the filter 'pprint' cannot be used"),
        ("{{ range(10**9) }}", "'**' cannot be used"),
        ("{{ range(1000000000) }}", "more than 1,000 numbers"),
        ("{% for i in range(999) %}{% for j in range(999) %}{% endfor %}{% endfor %}", "more than 100,000 steps"),
        ("{% for i in range(999) %}{{ '%s' * 3 }}{% endfor %}", "'*' works on numbers"),
        ("{{ 'a' * 1000000000 }}", "'*' works on numbers"),
        ("{{ '%1000000000d' % 1 }}", "'%' works on numbers"),
        ("{{ lipsum }}", "no column 'lipsum'"),
        ("{{ self }}", "self"),
        ("{{ [tier, [tier]] }}", "anything but fixed values"),
        ("{% for a in ['x'] recursive %}{{ loop(a) }}{% endfor %}", "cannot be used"),
        ("{{ ['a']|map('upper')|first }}", "names a column of child rows"),
        ("{% for a in 'ab' %}{{ loop }}{% endfor %}", "a hole writes one value"),
        ("{% for a in 'ab' %}{{ loop['_iterable'] }}{% endfor %}", "there is no attribute '_iterable'"),
        ("{{ ['a']|sort(attribute='__class__') }}", "names a column of child rows"),
        ("{{ total|_counted }}", "the filter '_counted' cannot be used"),
        ("{{ [1, 2] }}", "a hole writes one value"),
        ("{{ total|date }}", "takes dates"),
        ("{{ signup_at|date('%999999d') }}", "format is text"),
    ],
)
def test_problems(source: str, words: str) -> None:
    start = time.process_time()
    with pytest.raises(RefusedError) as caught:
        column({"document": source})
    assert words in str(caught.value)
    assert time.process_time() - start < 3.0


def test_text_that_grows_by_itself_is_stopped() -> None:
    grown = "'" + "a" * 40 + "'"
    source = "{{ 'x' }}"
    for i in range(12):
        joined = " + ".join([f"v{i - 1}|join" if i else grown] * 9)
        source = source.replace("{{ 'x' }}", f"{{% for v{i} in ({joined})|sort|reverse %}}{{{{ 'x' }}}}{{% endfor %}}")
    start = time.process_time()
    with pytest.raises(RefusedError):
        column({"document": source})
    assert time.process_time() - start < 5.0


def test_documents_that_are_too_long_are_refused() -> None:
    source = "{% for i in range(900) %}" + "x" * 900 + "{% endfor %}"
    with pytest.raises(RefusedError, match="longer than 200,000 characters"):
        column({"document": source})
    with pytest.raises(RefusedError, match="50,000 are the most"):
        column({"document": "x" * 60_000})


def test_what_fails_for_some_rows_is_a_problem_with_a_place(tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "synthgen: 1\ntables:\n  t:\n    rows: 50\n    columns:\n      n: {integer: [0, 3]}\n"
        '      d: {document: "{{ 6 / n }}"}\n',
        encoding="utf-8",
    )
    with pytest.raises(pipeline.RecipeError) as caught:
        pipeline.run(recipe, out=tmp_path / "out")
    (problem,) = caught.value.problems
    assert problem.code == "bad-template" and problem.place is not None and problem.place.line == 7
    assert "DivisionByZero" in problem.message or "ZeroDivisionError" in problem.message


def test_bad_children(tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(RECIPE.replace("children: lines", "children: line"), encoding="utf-8")
    assert [p.code for p in pipeline.check(recipe)] == ["unknown-table"]
    recipe.write_text(RECIPE.replace("line.item", "line.itm"), encoding="utf-8")
    assert "did you mean 'item'?" in str([p.remedy for p in pipeline.check(recipe)])
    recipe.write_text(RECIPE.replace("item: {choice: [lamp, table]}", "item: {copy: orders.invoice}"), encoding="utf-8")
    assert [p.code for p in pipeline.check(recipe)] == ["cycle"]
