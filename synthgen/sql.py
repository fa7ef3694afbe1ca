"""SQL expressions of recipes: parsed by polars, row by row, with no clock, no subquery and no aggregate."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

_TOKEN = re.compile(
    r"""(?P<string>'(?:[^']|'')*')
    | (?P<path>(?:"(?:[^"]|"")+"|[^\W\d]\w*)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[^\W\d]\w*))*)
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PART = re.compile(r'"((?:[^"]|"")+)"|([^\W\d]\w*)')
_CLOCK = "use the recipe's clock: write the date, or a column that holds it"
_ONE_ROW = "an expression sees one row; for other tables use ref, copy or an aggregate such as sum"
_FORBIDDEN = {
    **dict.fromkeys(
        ("now", "current_timestamp", "current_date", "current_time", "localtimestamp", "localtime"), _CLOCK
    ),
    **dict.fromkeys(("select", "exists", "over"), _ONE_ROW),
}
# functions of one row; whatever else polars knows (aggregates, windows, table functions) depends on other rows
_FUNCTIONS = frozenset(
    """abs ceil ceiling floor round trunc truncate sqrt cbrt exp ln log log1p log2 log10 pow power sign mod div pi
    greatest least coalesce nullif ifnull if length char_length character_length octet_length bit_length lower upper
    initcap trim ltrim rtrim btrim concat concat_ws substr substring left right replace reverse starts_with ends_with
    strpos position lpad rpad repeat split_part regexp_like date_part extract date_trunc strftime strptime date
    timestamp time cast try_cast sin cos tan asin acos atan atan2 degrees radians bit_and bit_or bit_xor
    decimal numeric varchar char in and or not values any all when then else is like between""".split()  # noqa: SIM905
)


_OPERATORS = frozenset("+-*/%<>=!|&^~")
MAX_WORDS = 600  # words and operators: a longer chain could overflow the stack of a thread of polars


class SqlError(ValueError):
    """The text is not an expression that may be used; `remedy` says what to write instead."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True)
class Sql:
    """A parsed expression. `references` are the columns it reads: `column`, or `table.column` as one name."""

    text: str
    expr: pl.Expr
    references: tuple[str, ...]


def parse(text: str) -> Sql:
    """Parse a SQL expression over the columns of one row; raises SqlError.

    `a.b` is one reference, the column named "a.b" of the frame that the expression is evaluated on.

    >>> parse("customers.tier = 'vip' AND total > 0").references
    ('customers.tier', 'total')
    """
    rewritten = _rewrite(text)
    try:
        expr = pl.sql_expr(rewritten)
    except Exception as error:  # polars raises several classes, none of them public for SQL alone
        remedy = "write a SQL expression over the row's columns, such as quantity * unit_price"
        raise SqlError(f"cannot read '{text}' as SQL: {_first_line(error)}", remedy) from None
    if not expr.meta.undo_aliases().meta.eq(expr):
        message = f"'{text}' gives the result a name of its own"
        raise SqlError(message, "write one expression, with an operator between any two columns")
    names = tuple(dict.fromkeys(expr.meta.root_names()))
    return Sql(text, expr, names)


def _rewrite(text: str) -> str:
    out: list[str] = []
    words = 0
    for token in _TOKEN.finditer(text):
        path = token.group("path")
        words += path is not None or token.group() in _OPERATORS
        if words > MAX_WORDS:
            message = f"an expression of more than {MAX_WORDS} words and operators is too long"
            raise SqlError(message, "split it into columns, or list values with IN (...)")
        if path is None:
            out.append(token.group())
            continue
        parts = [quoted.replace('""', '"') if quoted else bare for quoted, bare in _PART.findall(path)]
        word = path.lower()
        if len(parts) == 1 and not path.startswith('"') and word in _FORBIDDEN:
            raise SqlError(f"'{path}' cannot stand in '{text}'", _FORBIDDEN[word])
        called = len(parts) == 1 and text[token.end() :].lstrip().startswith("(")
        if called and not path.startswith('"') and word not in _FUNCTIONS:
            raise SqlError(f"'{path}(...)' in '{text}' is not a function of one row", _ONE_ROW)
        if len(parts) > 1:
            out.append('"' + ".".join(parts).replace('"', '""') + '"')
        else:
            out.append(path)
    return "".join(out)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def evaluate(sql: Sql, columns: dict[str, pl.Series], height: int) -> pl.Series:
    """The expression's value for each of `height` rows; raises SqlError where types or values do not fit.

    No error tells a value: polars' own words are passed on only where there are no rows.
    """
    frame = pl.DataFrame([s.alias(n) for n, s in columns.items()]) if columns else pl.DataFrame(height=height)
    try:
        result = frame.select(sql.expr.alias("value")).to_series()
    except Exception as error:  # as above: type errors of polars, told in its words
        if height:
            remedy = "TRY_CAST(x AS INTEGER) gives null where a value does not fit, and CAST fails"
            raise SqlError(f"'{sql.text}' cannot be computed for some rows", remedy) from None
        remedy = "check the types of the columns it reads; CAST(x AS VARCHAR) turns a value into text"
        raise SqlError(f"cannot compute '{sql.text}': {_first_line(error)}", remedy) from None
    if len(result) == 1 and height != 1:
        result = pl.Series("value", [result[0]], dtype=result.dtype).new_from_index(0, height)
    return result


def is_true(sql: Sql, columns: dict[str, pl.Series], height: int) -> pl.Series:
    """Whether the predicate holds, row by row; unknown (NULL) counts as false."""
    result = evaluate(sql, columns, height)
    if result.dtype == pl.Null:
        return pl.repeat(False, height, eager=True)
    if result.dtype != pl.Boolean:
        raise SqlError(f"'{sql.text}' is {result.dtype}, not a condition", "write a comparison, such as total >= 0")
    return result.fill_null(False)
