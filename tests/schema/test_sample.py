"""Samples: types, ranges, shares and keys are found; nothing that identifies anyone is copied."""

import gzip
import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.errors import RecipeError, UsageError
from synthgen.schema.importers.sample import import_sample
from synthgen.schema.table import FieldSchema, ForeignKey, TableSchema

SHARED = (Path(__file__).parents[3] / "shared" / "data").resolve()


def sample(folder: Path, text: str, name: str = "t.csv") -> TableSchema:
    (folder / name).write_text(text, encoding="utf-8")
    (table,) = import_sample(folder / name).tables
    return table


def column(folder: Path, name: str, values: list[object]) -> FieldSchema:
    text = "\n".join([name, *("" if v is None else f'"{v}"' for v in values)]) + "\n"
    return sample(folder, text.replace("\n\n", "\n NA\n")).fields[0]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "30"], "integer"), (["1", "2.5"], "number"), (["1e5", "2"], "number"), (["007", "123"], "string"),
        (["true", "FALSE"], "boolean"), (["Yes", "no"], "boolean"), (["2024-01-31", "2023-12-01"], "date"),
        (["31.01.2024", "01.12.2023"], "date"), (["1/31/2024", "12/1/2023"], "date"), (["1/11/99", "12/30/15"], "date"),
        (["2024-01-31 10:00:00", "2023-12-01 00:00:00"], "timestamp"), (["2024-01-31T10:00:00Z"], "timestamp"),
        (["10:30", "23:59"], "time"), (["a", "1"], "string"), (["99999999999999999999"], "number"),
    ],
)  # fmt: skip
def test_text_becomes_what_it_spells(values: list[object], kind: str, tmp_path: Path) -> None:
    assert column(tmp_path, "x", values).type == kind


def test_packed_dates_by_name(tmp_path: Path) -> None:
    assert column(tmp_path, "date", ["19580329", "20011231"]).type == "date"
    assert column(tmp_path, "amount", ["19580329", "20011231"]).type == "integer"


def test_nulls_have_a_share(tmp_path: Path) -> None:
    table = sample(tmp_path, "a,b\n1,x\n,y\nNA,z\n4,w\n")
    assert table.fields[0].nullable and table.fields[0].hints["null_share"] == 0.5
    assert not table.fields[1].nullable and table.rows == 4


def test_ranges_are_rounded_outwards(tmp_path: Path) -> None:
    hints = column(tmp_path, "x", [f"{v}.5" for v in range(1234, 1934, 7)]).hints
    assert hints["minimum"] == 1200 and hints["maximum"] == 2000
    assert hints["mean"] == pytest.approx(1581, rel=0.01)


def test_dates_keep_whole_months(tmp_path: Path) -> None:
    days = [date(2024, 3, 7) + timedelta(days=i) for i in range(60)]
    hints = column(tmp_path, "x", [d.isoformat() for d in days]).hints
    assert (hints["minimum"], hints["maximum"]) == ("2024-03-01", "2024-05-31")


def test_categories_are_few_and_repeated(tmp_path: Path) -> None:
    values: list[object] = ["red"] * 60 + ["blue"] * 38 + ["rare1", "rare2"]
    assert column(tmp_path, "x", values).hints["categories"] == {"red": 0.6122, "blue": 0.3878}
    assert "categories" not in column(tmp_path, "x", [f"v{i}" for i in range(100)]).hints
    assert column(tmp_path, "n", [1] * 50 + [2] * 50).hints["categories"] == {1: 0.5, 2: 0.5}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "kim@corp.example"), ("note", "kim@corp.example"), ("ref", "https://corp.example/x"),
        ("host", "corp.com"),
        ("x", "corp-intern.com"), ("phone", "+49 30 1234567"), ("x", "030/123 45 67"), ("first_name", "Kimberly"),
        ("customer", "Kim Larsson"), ("assigned_to", "Kim Larsson"), ("x", "10.1.2.3"), ("ssn", "123-45-6789"),
        ("x", "Dr. Larsson"), ("street", "Long Road 5"), ("zip", "12345-1"), ("company", "Larsson Ltd"),
    ],
)  # fmt: skip
def test_no_identifying_value_is_copied(name: str, value: str, tmp_path: Path) -> None:
    field = column(tmp_path, name, [value] * 40 + [value[::-1].upper()] * 2)
    assert value not in json.dumps(field.hints) and "categories" not in field.hints


def test_numbers_of_people_have_no_range(tmp_path: Path) -> None:
    assert column(tmp_path, "phone", range(4930123456, 4930123556)).hints == {}  # type: ignore[arg-type]  # numbers
    assert "minimum" not in column(tmp_path, "birth_date", ["1980-01-02"] * 30).hints


def test_keys_and_references(tmp_path: Path) -> None:
    (tmp_path / "raw_customers.csv").write_text("id,name\n1,a\n2,b\n3,c\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text("order_id,user_id,n\n10,1,1\n11,1,1\n12,3,1\n", encoding="utf-8")
    items = "\n".join(f"{o},{i},{p}" for o in (10, 11, 12) for i in range(1, 9) for p in (7,))
    (tmp_path / "items.csv").write_text("order_id,line_number,price\n" + items + "\n", encoding="utf-8")
    tables = {t.name: t for t in import_sample(tmp_path).tables}
    assert tables["raw_customers"].primary_key == ("id",)
    assert tables["orders"].primary_key == ("order_id",)
    assert tables["orders"].foreign_keys == (ForeignKey(("user_id",), "raw_customers", ("id",)),)
    assert tables["items"].primary_key == ("order_id", "line_number")
    assert tables["items"].foreign_keys == (ForeignKey(("order_id",), "orders", ("order_id",)),)


def test_a_reference_needs_its_values(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("id,x\n" + "".join(f"{i},1\n" for i in range(10)), encoding="utf-8")
    (tmp_path / "orders.csv").write_text(
        "id,customer_id\n" + "".join(f"{i},{90 + i}\n" for i in range(9)), encoding="utf-8"
    )
    assert [t.foreign_keys for t in import_sample(tmp_path).tables] == [(), ()]


def test_dates_that_follow_others(tmp_path: Path) -> None:
    rows = [(date(2024, 1, 1) + timedelta(days=3 * i), date(2024, 1, 3) + timedelta(days=3 * i)) for i in range(40)]
    table = sample(tmp_path, "sent,got\n" + "".join(f"{a},{b}\n" for a, b in rows))
    assert table.fields[1].hints["after"] == "sent" and table.fields[1].hints["delay"] == "48h"
    assert "after" not in table.fields[0].hints


def test_formats(tmp_path: Path) -> None:
    rows = [{"a": i, "b": f"x{i % 3}", "c": {"d": i / 2}, "e": [i]} for i in range(30)]
    frame = pl.DataFrame(rows)
    frame.write_parquet(tmp_path / "one.parquet")
    (tmp_path / "two.json").write_text(json.dumps({"meta": 1, "features": rows}), encoding="utf-8")
    (tmp_path / "three.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    (tmp_path / "four.tsv").write_text(
        "\ufeffa\tb\n" + "".join(f"{r['a']}\t{r['b']}\n" for r in rows), encoding="utf-8"
    )
    (tmp_path / "five.csv").write_bytes("a;b\n1;größer\n2;kleiner\n".encode("cp1252"))
    (tmp_path / ".hidden.csv").write_text("z\n1\n", encoding="utf-8")
    tables = {t.name: t for t in import_sample(tmp_path).tables}
    assert sorted(tables) == ["five", "four", "one", "three", "two"]
    for name in ("one", "two", "three"):
        assert [f.type for f in tables[name].fields] == ["integer", "string", "object", "array"]
    assert [f.name for f in tables["four"].fields] == ["a", "b"]
    assert [f.name for f in tables["five"].fields] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.csv", "", "empty-file"), ("t.csv", "a,b\n", "empty-file"), ("t.json", "{", "unreadable"),
        ("t.json", "[1, 2]", "empty-file"), ("t.parquet", "PAR1", "unreadable"), ("t.xyz", "a", "unknown-extension"),
        ("t.csv.gz", "\x1f\x8b", "missing-file"),
    ],
)  # fmt: skip
def test_mistakes_are_told(name: str, content: str, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content.encode("latin-1"))
    with pytest.raises((UsageError, RecipeError)) as caught:
        import_sample(tmp_path / name)
    assert [p.code for p in caught.value.problems] == [code] and caught.value.problems[0].remedy


def test_one_bad_file_of_a_folder_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    found = import_sample(tmp_path)
    assert [t.name for t in found.tables] == ["a"]
    assert [(w.code, w.severity) for w in found.warnings] == [("unreadable", "warning")]
    (tmp_path / "none").mkdir()
    with pytest.raises(RecipeError, match="no-tables"):
        import_sample(tmp_path / "none")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet="ab1.,-/: \"'é\n", max_size=8), min_size=1, max_size=12))
def test_any_text_column_is_read(tmp_path: Path, values: list[str]) -> None:
    pl.DataFrame({"x": values, "y": range(len(values))}).write_csv(tmp_path / "t.csv")
    (table,) = import_sample(tmp_path / "t.csv").tables
    assert [f.name for f in table.fields] == ["x", "y"]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not beside this checkout")
@pytest.mark.parametrize("path", sorted((SHARED / "A_tables").glob("*")), ids=lambda p: p.name.split(".")[0])
def test_real_samples(path: Path) -> None:
    (table,) = import_sample(path).tables
    assert table.fields and table.rows


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not beside this checkout")
def test_references_of_real_folders() -> None:
    shop = {t.name: t for t in import_sample(SHARED / "B_relational" / "jaffle_shop").tables}
    assert shop["raw_orders"].foreign_keys == (ForeignKey(("customer_id",), "raw_customers", ("id",)),)
    assert shop["raw_payments"].foreign_keys == (ForeignKey(("order_id",), "raw_orders", ("id",)),)
    assert all(t.primary_key == ("id",) for t in shop.values())
    tpch = {t.name: t for t in import_sample(SHARED / "B_relational" / "tpch_tiny").tables}
    assert tpch["nation"].foreign_keys == (ForeignKey(("n_regionkey",), "region", ("r_regionkey",)),)
    assert tpch["lineitem"].primary_key == ("l_orderkey", "l_linenumber")
