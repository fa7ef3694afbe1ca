"""Splits SQL files into statements: any dialect, client commands, data blocks and missing semicolons included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"--[^\n]*|/\*|\$(?:[A-Za-z_]\w*)?\$|[eE]?'|\"|`|;|\n")
_STARTS = re.compile(
    r"[ \t]*(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?(?:TEMP(?:ORARY)?\s+|UNLOGGED\s+)?TABLE"
    r"|ALTER\s+TABLE|INSERT\s+INTO|DROP\s+TABLE|BULK\s+INSERT|SET\s+IDENTITY_INSERT|CREATE\s+(?:UNIQUE\s+)?INDEX)\b",
    re.IGNORECASE,
)
_CLIENT = re.compile(
    r"[ \t]*(?:\\[^\n]*|GO(?:[ \t]+\d+)?[ \t]*|/[ \t]*|(?:CONNECT|CONN|EXIT|QUIT|SPOOL|PROMPT|REM|REMARK|WHENEVER"
    r"|@@?)\b[^\n]*|\#[^\n]*|!ECHO[^\n]*|DELIMITER[ \t]+\S+[ \t]*)(?=\n|\r|\Z)",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"[ \t]*DELIMITER[ \t]+(\S+)", re.IGNORECASE)
_COPY = re.compile(r"\s*COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
_MYSQL = re.compile(r"ENGINE\s*=|AUTO_INCREMENT|^\s*(?:CREATE TABLE|INSERT INTO)[^\n]*`", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Statement:
    """One statement without comments, and the line that it starts on (from 1)."""

    text: str
    line: int


@dataclass
class _Splitter:
    text: str
    mysql: bool
    position: int = 0
    delimiter: str = ";"
    pieces: list[str] = field(default_factory=list)
    start: int = 0  # where the current piece begins
    line: int = 1
    counted: int = 0  # position up to which lines are counted

    def run(self) -> Iterator[Statement]:
        yield from self._lines()
        while match := _TOKEN.search(self.text, self.position):
            token, at = match.group(), match.start()
            self.position = match.end()
            if token == "\n":
                yield from self._lines()
            elif token == ";":
                if self.delimiter == ";" or self.text.startswith(self.delimiter, at):
                    yield from self._end(at, at + len(self.delimiter))
            elif token.startswith("--"):
                self._skip(at, match.end())
            elif token == "/*":
                self._skip(at, self._comment_end(at))
            else:
                self.position = self._quoted_end(token, at)
        yield from self._end(len(self.text), len(self.text))

    def _comment_end(self, at: int) -> int:
        depth, position = 1, at + 2
        for match in re.finditer(r"/\*|\*/", self.text[position:]) if not self.mysql else ():
            depth += 1 if match.group() == "/*" else -1
            if depth == 0:
                return position + match.end()
        close = self.text.find("*/", position)  # MySQL does not nest; so does a file whose comments do not balance
        return len(self.text) if close < 0 else close + 2

    def _quoted_end(self, token: str, at: int) -> int:
        if token.startswith("$"):
            close = self.text.find(token, self.position)
            return close + len(token) if close >= 0 else self.position
        mark = token[-1]
        escapes = mark != "`" and (self.mysql or token[0] in "eE")
        body = rf"(?:[^{mark}\\]|{mark}{mark}|\\.)*+{mark}" if escapes else rf"(?:[^{mark}]|{mark}{mark})*+{mark}"
        match = re.compile(body, re.DOTALL).match(self.text, self.position)
        return match.end() if match else self.position  # never closed: the mark stands for itself

    def _skip(self, first: int, last: int) -> None:
        """Leave a stretch out of the statement."""
        self.pieces.append(self.text[self.start : first])
        self.pieces.append(" " + "\n" * self.text.count("\n", first, last))
        self.start = self.position = last

    def _blank(self) -> bool:
        return not any(p.strip() for p in self.pieces) and not self.text[self.start : self.position].strip()

    def _lines(self) -> Iterator[Statement]:
        """At the start of a line: client commands are left out, and a keyword may start a statement of its own."""
        if self.delimiter != ";":
            end = self.text.find("\n", self.position)
            line = self.text[self.position : end if end >= 0 else len(self.text)]
            if line.rstrip().endswith(self.delimiter) and not _DELIMITER.match(line):
                at = self.position + len(line.rstrip()) - len(self.delimiter)
                yield from self._end(at, at + len(self.delimiter))
                return
        client = _CLIENT.match(self.text, self.position)
        if client and (
            self._blank() or client.group().strip().upper() in ("GO", "/") or client.group().strip()[:1] == "\\"
        ):
            found = _DELIMITER.match(client.group())
            yield from self._end(self.position, client.end())
            if found:
                self.delimiter = found[1]
        elif not self._blank() and self.delimiter == ";" and _STARTS.match(self.text, self.position):
            yield from self._end(self.position, self.position)

    def _end(self, at: int, resume: int) -> Iterator[Statement]:
        body = "".join([*self.pieces, self.text[self.start : at]])
        lead = len(body) - len(body.lstrip())
        line = self.line + body.count("\n", 0, lead)
        self.line += self.text.count("\n", self.counted, resume)
        self.counted = self.start = self.position = resume
        self.pieces = []
        if body.strip():
            yield Statement(body.strip(), line)
        if _COPY.match(body):
            close = re.compile(r"^\\\.\s*$", re.MULTILINE).search(self.text, resume)
            stop = close.end() if close else len(self.text)
            self.line += self.text.count("\n", self.counted, stop)
            self.counted = self.start = self.position = stop


def split(text: str) -> Iterator[Statement]:
    """The statements of a SQL file; what only clients understand (`GO`, `\\c`, COPY data, DELIMITER) is left out."""
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    return _Splitter(text, mysql=bool(_MYSQL.search(text))).run()


def items(body: str) -> list[str]:
    """The parts of a comma-separated list, commas within parentheses and quotes left alone.

    >>> items("a int, b decimal(1, 2), c text default ','")
    ['a int', 'b decimal(1, 2)', "c text default ','"]
    """
    parts, depth, start, position = [], 0, 0, 0
    pattern = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|[(),]")
    while match := pattern.search(body, position):
        position, token = match.end(), match.group()
        if token in "()":
            depth += 1 if token == "(" else -1
        elif token == "," and depth == 0:
            parts.append(body[start : match.start()])
            start = match.end()
    return [p.strip() for p in [*parts, body[start:]] if p.strip()]
