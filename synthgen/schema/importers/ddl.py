"""Imports SQL DDL of any dialect: tables, keys, references and constraints; what it cannot read is a warning."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlglot import exp

from synthgen.errors import Place, Problem, RecipeError, did_you_mean, usage
from synthgen.schema.importers.result import ImportResult
from synthgen.schema.importers.sql_columns import ColumnReader, table_name
from synthgen.schema.importers.sql_draft import Draft, Drafts, Name, finish
from synthgen.schema.importers.sql_parse import DIALECTS, candidates, guess_dialect, parse, parse_create, salvage
from synthgen.schema.importers.sql_text import Statement, split
from synthgen.schema.importers.sql_types import TypeReader
from synthgen.schema.table import FieldSchema

_MAX_BYTES = 2_000_000_000
_KINDS = {  # how a statement starts -> which reader takes it
    "create_table": r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:UNLOGGED|FOREIGN|EXTERNAL|TRANSIENT|HYBRID|DYNAMIC|COLUMN|ROW"
    r"|MULTISET|SET)\s+)*TABLE\b",
    "alter_table": r"ALTER\s+(?:FOREIGN\s+)?TABLE\b",
    "create_type": r"CREATE\s+TYPE\b",
    "create_domain": r"CREATE\s+DOMAIN\b",
    "unique_index": r"CREATE\s+UNIQUE\s+(?:CLUSTERED\s+|NONCLUSTERED\s+)?INDEX\b",
    "comment": r"COMMENT\s+ON\s+(?:TABLE|COLUMN)\b",
    "search_path": r"SET\s+(?:SESSION\s+|LOCAL\s+)?(?:search_path|schema|current_schema)\b|USE\s+",
}
_STARTS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _KINDS.items()}
_NAME = r"(?:(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[^\s(,;.]+)\s*\.\s*)*(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[^\s(,;.]+)"
_DOMAIN = re.compile(rf"CREATE\s+DOMAIN\s+(?P<name>{_NAME})\s+(?:AS\s+)?(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_ATTACH = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<parent>{_NAME})\s+ATTACH\s+PARTITION\s+(?P<child>{_NAME})\s*(?P<bound>.*)",
    re.IGNORECASE | re.DOTALL,
)
_PARTITION_OF = re.compile(rf"PARTITION\s+OF\s+(?P<parent>{_NAME})\s*(?P<bound>.*)", re.IGNORECASE | re.DOTALL)
_PARTITION_BY = re.compile(r"PARTITION\s+BY\s+(?:RANGE|LIST)\s*\(\s*(?P<key>[^()]+?)\s*\)\s*$", re.IGNORECASE)
_IDENTITY = re.compile(
    rf"ALTER\s+TABLE\s+(?:ONLY\s+)?(?P<table>{_NAME})\s+ALTER\s+(?:COLUMN\s+)?(?P<column>{_NAME})\s+ADD\s+GENERATED\b",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\bADD\b|\bMODIFY\b|\bALTER\s+COLUMN\b", re.IGNORECASE)


def import_ddl(source: Path | str, dialect: str | None = None) -> ImportResult:
    """Tables of a SQL file (`.sql` or `.sql.gz`), or of SQL text; `dialect` is sqlglot's name, guessed if not given.

    Raises UsageError for a missing file or an unknown dialect, and RecipeError if no table is found. A statement that
    cannot be read is a warning that names file and line.
    """
    name, text = _read(source) if isinstance(source, Path) else ("DDL", source)
    aliases = {"postgresql": "postgres", "mssql": "tsql", "sqlserver": "tsql", "mariadb": "mysql"}
    chosen = aliases.get(dialect, dialect) if dialect else guess_dialect(text, name)
    if dialect and chosen not in DIALECTS:
        raise usage("unknown-dialect", f"'{dialect}' is not a SQL dialect", did_you_mean(dialect, DIALECTS))
    reader = _Ddl(name, chosen)
    for statement in split(text):
        reader.take(statement)
    return reader.result()


def read_ddl(path: Path) -> str:
    """Text of a SQL file, packed or not, whatever its encoding."""
    return _read(path)[1]


def _read(path: Path) -> tuple[str, str]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise usage("too-large", f"{path} is larger than 2 GB", "take the DDL alone: dump the schema without data")
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (OSError, EOFError) as error:
        message = f"cannot read {path}: {getattr(error, 'strerror', None) or 'the gzip stream is broken'}"
        raise usage("missing-file", message, "check the path") from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return path.name, data.decode("utf-16", errors="replace")
    try:
        return path.name, data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return path.name, data.decode("latin-1")


def _bare(name: str) -> Name:
    parts = [p.strip().strip('"`[]') for p in re.findall(r'"[^"]+"|`[^`]+`|\[[^\]]+\]|[^.\s]+', name)]
    return (parts[-2] if len(parts) > 1 else "", parts[-1])


class _Ddl:
    """Reads one file, statement by statement."""

    def __init__(self, file: str, dialect: str) -> None:
        self.file, self.dialect = file, dialect
        self.types = TypeReader("" if dialect == "db2" else dialect)
        self.warnings: list[Problem] = []
        self.drafts = Drafts(self.warn)
        self.namespace = ""
        self.partitions: dict[Name, tuple[Name, str]] = {}  # partition without columns of its own -> parent, bound

    def warn(self, line: int, code: str, message: str, remedy: str | None = None) -> None:
        """Note something that is not carried over."""
        self.warnings.append(Problem(code, message, Place(self.file, line, 1), remedy, severity="warning"))

    def take(self, statement: Statement) -> None:
        """Read one statement; those that say nothing about tables are ignored."""
        for kind, start in _STARTS.items():
            if start.match(statement.text):
                getattr(self, f"_{kind}")(statement)
                return

    def result(self) -> ImportResult:
        """All tables, references resolved."""
        if not self.drafts.tables:
            found = "; ".join(w.message for w in self.warnings[:3])
            message = f"{self.file} creates no table" + (f" that could be read: {found}" if found else "")
            raise RecipeError(Problem("no-tables", message, remedy="give a file with CREATE TABLE statements"))
        for name, (parent, bound) in self.partitions.items():
            self._bound(parent, None, bound)
            message = f"{name[1]} is a partition of {parent[1]}; its rows are made as rows of {parent[1]}"
            self.warnings.append(Problem("partition", message, severity="warning"))
        names = self.drafts.public_names()
        tables = []
        for draft in self.drafts.tables.values():
            table, problems = finish(draft, self.drafts, names)
            tables.append(table)
            self.warnings += [replace(p, place=Place(self.file, draft.line, 1)) for p in problems]
        return ImportResult(tables, self.warnings)

    # -- statements

    def _create_table(self, statement: Statement) -> None:
        partition = _PARTITION_OF.search(statement.text) if "(" not in statement.text.split("PARTITION")[0] else None
        if partition:
            name = self._named(re.split(r"\s+PARTITION\s+OF", statement.text, flags=re.IGNORECASE)[0].split()[-1])
            self.partitions[name] = (self._root(self._named(partition["parent"])), partition["bound"])
            return
        found = parse_create(statement.text, self.dialect, self.types)
        if found is None:
            saved = salvage(statement.text, self.dialect, self.types)
            if saved is None:
                words = " ".join(statement.text.split()[:6])
                self.warn(statement.line, "unreadable-statement", f"cannot read '{words} ...'; it is skipped")
                return
            found = saved[:2]
            for part in saved[2]:
                self.warn(
                    statement.line, "unreadable-column", f"cannot read '{part.split(chr(10))[0]}'; it is left out"
                )
        self._table(statement, *found)

    def _table(self, statement: Statement, tree: exp.Create, dialect: str) -> None:
        schema = tree.this
        table = schema.this if isinstance(schema, exp.Schema) else schema
        name = self._spaced(table_name(table))
        if name[1].startswith("#"):
            return  # a temporary table
        inherits = [self._spaced(table_name(t)) for p in tree.find_all(exp.InheritsProperty) for t in p.expressions]
        likes = [self._spaced(table_name(p.this)) for p in tree.find_all(exp.LikeProperty)]
        if not isinstance(schema, exp.Schema) and not likes:
            words = "is made from a query, so its columns are not known" if tree.expression else "has no columns"
            self.warn(statement.line, "no-columns", f"table {name[1]} {words}; it is skipped")
            return
        if name in self.drafts.tables and not tree.args.get("replace"):
            if not tree.args.get("exists"):
                self.warn(statement.line, "duplicate-table", f"table {name[1]} is created twice; the first one counts")
            return
        draft = Draft(name, statement.line)
        for source in [*inherits, *likes]:
            found = self.drafts.find(source)
            if found is None:
                self.warn(
                    statement.line, "unknown-table", f"{name[1]} takes columns from {source[1]}, which is not known"
                )
            else:
                draft.fields |= found.fields
                draft.checks += found.checks
        columns = ColumnReader(TypeReader(dialect, self.types.made), draft, self._spaced)
        for part in schema.expressions if isinstance(schema, exp.Schema) else []:
            columns.take(part)
        for unknown in columns.types.unknown:
            self.warn(statement.line, "unknown-type", f"{name[1]}: type '{unknown}' is not known; it is taken as text")
        for lost in columns.lost:
            self.warn(statement.line, "constraint-dropped", f"{name[1]}: {lost} is not carried over")
        by = _PARTITION_BY.search(statement.text.rstrip())
        draft.partition_key = tuple(_bare(k)[1] for k in by["key"].split(",")) if by else ()
        if draft.fields:
            self.drafts.tables[name] = draft

    def _alter_table(self, statement: Statement) -> None:
        attach = _ATTACH.match(statement.text)
        if attach:
            self._bound(self._named(attach["parent"]), self._named(attach["child"]), attach["bound"])
            return
        identity = _IDENTITY.match(statement.text)
        if identity:
            found = self.drafts.find(self._named(identity["table"]))
            if found is not None:
                found.change(_bare(identity["column"])[1], identity=True)
            return
        trees = (parse(statement.text, d) for d in candidates(self.dialect)[:5])
        tree = next((t for t in trees if t is not None), None)
        if not isinstance(tree, exp.Alter) or not isinstance(tree.this, exp.Table):
            if _ADDS.search(statement.text) and not re.search(r"\bOWNER\s+TO\b", statement.text, re.IGNORECASE):
                words = " ".join(statement.text.split()[:8])
                self.warn(statement.line, "unreadable-statement", f"cannot read '{words} ...'; it is skipped")
            return
        draft = self.drafts.find(self._spaced(table_name(tree.this)))
        if draft is None:
            return  # an index, a view, or a table that is reported already
        columns = ColumnReader(TypeReader(self.types.dialect, self.types.made), draft, self._spaced)
        for action in tree.args.get("actions") or []:
            columns.alter(action)
        for lost in columns.lost:
            self.warn(statement.line, "constraint-dropped", f"{draft.name[1]}: {lost} is not carried over")

    def _create_type(self, statement: Statement) -> None:
        tree = parse(statement.text, "postgres")
        if not isinstance(tree, exp.Create) or not isinstance(tree.expression, exp.DataType | exp.Schema):
            words = " ".join(statement.text.split()[:4])
            self.warn(statement.line, "unreadable-statement", f"cannot read '{words} ...'; it is skipped")
            return
        name = table_name(tree.this)[1].lower()
        if isinstance(tree.expression, exp.Schema):
            fields = [
                FieldSchema(c.name, **self.types.read(c.args.get("kind")))
                for c in tree.expression.expressions
                if isinstance(c, exp.ColumnDef)
            ]
            self.types.made[name] = {"type": "object", "fields": tuple(fields), "physical": name}
        else:
            self.types.made[name] = self.types.read(tree.expression) | {"physical": name}

    def _create_domain(self, statement: Statement) -> None:
        match = _DOMAIN.match(statement.text)
        tree = parse(f'CREATE TABLE d ("VALUE" {match["rest"]})', "postgres") if match else None
        if match is None or not isinstance(tree, exp.Create):
            self.warn(statement.line, "unreadable-statement", "cannot read a CREATE DOMAIN; it is skipped")
            return
        draft = Draft(("", "d"), statement.line)
        ColumnReader(self.types, draft, lambda n: n).take(tree.this.expressions[0])
        table, _ = finish(draft, Drafts(self.warn), {draft.name: "d"})
        field = table.fields[0]
        kept = {k: v for k, v in vars(field).items() if k not in ("name", "hints", "identity", "unique", "default")}
        self.types.made[_bare(match["name"])[1].lower()] = kept

    def _unique_index(self, statement: Statement) -> None:
        tree = next(
            (t for t in (parse(statement.text, d) for d in candidates(self.dialect)[:4]) if t is not None), None
        )
        index = tree.this if isinstance(tree, exp.Create) else None
        if not isinstance(index, exp.Index) or index.args.get("table") is None:
            return
        params = index.args.get("params")
        names = (
            [c.this if isinstance(c, exp.Ordered) else c for c in (params.args.get("columns") or [])] if params else []
        )
        draft = self.drafts.find(self._spaced(table_name(index.args["table"])))
        if draft is None or params is None or not names:
            return
        if params.args.get("where") or not all(isinstance(c, exp.Column) for c in names):
            self.warn(
                statement.line,
                "index-dropped",
                f"{draft.name[1]}: a partial or computed unique index is not carried over",
            )
            return
        draft.uniques.append(tuple(c.name for c in names))

    def _comment(self, statement: Statement) -> None:
        tree = parse(statement.text, "postgres")
        text = tree.expression.name if isinstance(tree, exp.Comment) and tree.expression else None
        if not text:
            return
        if isinstance(tree.this, exp.Table):
            draft = self.drafts.find(self._spaced(table_name(tree.this)))
            if draft is not None:
                draft.description = text
        elif isinstance(tree.this, exp.Column):
            draft = self.drafts.find(self._spaced((tree.this.db, tree.this.table)))
            if draft is not None:
                draft.change(tree.this.name, description=text)

    def _search_path(self, statement: Statement) -> None:
        match = re.search(r"(?:\bTO\b|=|\bUSE\b|\bSCHEMA\b)\s*[\"'`\[]?(\w+)", statement.text, re.IGNORECASE)
        if match and not statement.text.upper().startswith("USE"):
            self.namespace = match[1]

    # -- names and partitions

    def _spaced(self, name: Name) -> Name:
        return (name[0] or self.namespace, name[1])

    def _named(self, text: str) -> Name:
        return self._spaced(_bare(text))

    def _root(self, name: Name) -> Name:
        while name in self.partitions:
            name = self.partitions[name][0]
        return name

    def _bound(self, parent: Name, child: Name | None, text: str) -> None:
        """What a partition's bound says about the partition key, for the parent and for the partition itself."""
        owner = self.drafts.find(parent)
        if owner is None or len(owner.partition_key) != 1:
            return
        key = owner.partition_key[0]
        bound = re.search(r"FROM\s*\((?P<low>[^()]*)\)\s*TO\s*\((?P<high>[^()]*)\)", text, re.IGNORECASE)
        inside = self.drafts.find(child) if child else None
        targets = [owner, *([inside] if inside is not None else [])]
        owner.parts += [inside] if inside is not None else []
        if bound:
            ends = [re.search(r"'([^']*)'", bound[side]) for side in ("low", "high")]
            low, high = (e[1][:10] if e else None for e in ends)
            for draft in targets:
                draft.ranges.setdefault(key, []).append((low, _before(high)))
        elif re.search(r"\bIN\s*\(", text, re.IGNORECASE):
            for draft in targets:
                draft.lists.setdefault(key, []).extend(re.findall(r"'([^']*)'", text))
        else:  # a default partition takes everything
            owner.ranges[key] = [(None, None)]
            owner.lists.pop(key, None)


def _before(day: str | None) -> str | None:
    """The day before: a partition's upper bound is excluded."""
    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat() if day else None
    except ValueError:
        return None
