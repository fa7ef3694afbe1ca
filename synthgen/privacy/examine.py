"""One flat column: from its values to the ones that nothing accounts for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from synthgen.columns import Inserted
from synthgen.privacy import lorem, names
from synthgen.privacy.account import INDIRECT, Account, plain_reserved_email, unaccounted
from synthgen.privacy.alike import classes, probes
from synthgen.privacy.base import Match
from synthgen.privacy.corroborate import announced
from synthgen.privacy.disguise import views
from synthgen.privacy.inference import identifies, weak
from synthgen.privacy.leaves import Leaf, as_text
from synthgen.privacy.matching import Matcher, ascii_only
from synthgen.privacy.personal_columns import is_birth, is_place
from synthgen.privacy.prose import Reader, is_prose
from synthgen.privacy.reserved import reserved_mask
from synthgen.privacy.texts import SHAPES, masked, normalised, settled
from synthgen.registry import RECOGNIZERS

_SECOND_LIMIT = 2_000
_ASKED = (
    r"(?i)@|[A-Z].*(?:[0-9][ .-]?){8}|(?:[0-9][ .-]?){8}.*[A-Z]|(?-u:\b)[A-Z]{2} ?[0-9]{2} ?[0-9]{2}"
    r"|[0-9]{6,8}[ -]?[A-Z+]|[A-Z0-9]{25}|[A-Z]{5}[0-9]{4}[A-Z]|(?-u:\b)[1-9][A-Z][A-Z0-9][0-9]-?[A-Z]"
    r"|[0-9]\.[0-9]+\.[0-9]+\."
)
"""Rust regex of every text in which Presidio could find one of the entities that it is asked for."""
_INTEGER_SHARE = 0.2
_TOWER = 1_000
CARRIERS = frozenset({"EMAIL_ADDRESS", "URL", "PERSONAL_URL"})
"""What can carry anything inside: that it is reserved excuses nothing within."""
_ADDRESS = 80
"""Characters up to which a value in a column of places or firms is a name or an address, not a text."""


@dataclass(frozen=True)
class Flag:
    """An entity that stands unaccounted in a column, and the rows (or vocabulary entries) where."""

    entity: str | None
    score: float | None
    recognizer: str | None
    rows: pl.Series
    message: str = ""
    unscanned: bool = False

    @property
    def row(self) -> int:
        """The first row concerned."""
        return int(self.rows[0])

    @property
    def count(self) -> int:
        """How many rows are concerned."""
        return len(self.rows)

    def at(self, rows: pl.Series) -> Flag:
        """The same flag for other rows."""
        return replace(self, rows=rows)


def _of_a_place(match: Match, text: str) -> bool:
    """`04 260-0013`, `04902-452` and `98156-6996` hold postcodes; firms bear their domains as names."""
    inside = text[match.start : match.end]
    if match.entity == "URL":
        return "/" not in inside and inside == text
    if match.entity == "US_ITIN":
        return re.fullmatch(r"\d{5}-\d{4}", inside) is not None
    return match.entity == "PHONE_NUMBER" and re.fullmatch(r"0\d \d{3}-\d{4}|\d{5}-?\d{3}", inside) is not None


def _towers(leaf: Leaf, rows: pl.Series) -> bool:
    """Whether the integers in these rows are a thousand times as great as any other: they do not belong there."""
    if leaf.rows is not None:
        return False
    flagged = leaf.values.gather(rows)
    others = leaf.values.filter(~leaf.values.is_in(flagged.implode())).max()
    return others is not None and int(str(flagged.min())) > _TOWER * abs(int(str(others)))


def _mean_length(values: pl.Series) -> float:
    lengths = values.str.len_chars()
    return float(lengths.sum()) / max(1, len(lengths) - lengths.null_count())


def _merged(flags: Iterable[Flag]) -> list[Flag]:
    """One flag per entity (the strongest one's score and recognizer), with the rows of all."""
    found: dict[tuple[str | None, bool], Flag] = {}
    for flag in flags:
        known = found.setdefault((flag.entity, flag.unscanned), flag)
        if known is not flag:
            best = max(known, flag, key=lambda f: f.score or 0.0)
            found[flag.entity, flag.unscanned] = best.at(pl.concat([known.rows, flag.rows]).unique().sort())
    return list(found.values())


@dataclass
class Examiner:
    """Holds what is expensive and shared: the matcher, the reader of prose, and how much Presidio has looked at.

    `ner` is an engine of `ner.ENGINES`. `entities` are those to look for, None for all direct and indirect ones.
    """

    ner: str = "auto"
    entities: frozenset[str] | None = None
    second: int = 0

    def __post_init__(self) -> None:
        wanted = self.entities
        self.matcher = Matcher() if wanted is None else Matcher(wanted & set(RECOGNIZERS.names()))
        self.reader = Reader(self.ner)
        self.use_model = self.ner != "off"

    def flags(self, leaf: Leaf, account: Account, inserted: Sequence[Inserted]) -> list[Flag]:
        """Everything in the leaf that the account does not cover."""
        values = leaf.values
        if values.null_count() == len(values):
            return []
        if values.dtype.is_temporal():
            return self._temporal(leaf, account)
        try:
            texts = as_text(values, bool(self.matcher.named(leaf.name)))
        except TypeError as error:
            return [Flag(None, None, None, leaf.row_numbers(pl.Series([0])), str(error), True)]
        if texts is None:
            return []
        found = _merged(self._texts(leaf, texts, account, inserted))
        found = _merged([*found, *self.by_name(leaf, account, texts, found)])
        if values.dtype.is_integer() and not self.matcher.named(leaf.name):
            distinct = values.n_unique()
            found = [f for f in found if f.unscanned or f.count >= _INTEGER_SHARE * distinct or _towers(leaf, f.rows)]
        return found

    def by_name(
        self, leaf: Leaf, account: Account, texts: pl.Series | None = None, found: Sequence[Flag] = ()
    ) -> Iterator[Flag]:
        """Values without a form of their own in a column whose name says that they identify somebody.

        `texts` are the leaf's values as text, `found` what else was found in them.
        """
        texts = leaf.values if texts is None else texts
        if account.entity is not None or account.mode == "synthetic":
            return
        best = identifies(leaf.name, texts, self.matcher)
        if best is None or (self.entities is not None and best.entity not in self.entities):
            return
        rows = leaf.row_numbers(weak(best.entity, normalised(texts.str.strip_chars()), account.mode).arg_true())
        for flag in found:
            rows = rows.filter(~rows.is_in(flag.rows.implode()))
        if len(rows):
            message = "the column's name and the form of its values say so"
            yield Flag(best.entity, best.confidence, "synthgen:column", rows, message)

    def _temporal(self, leaf: Leaf, account: Account) -> list[Flag]:
        """Dates of birth have no reserved range: `none` refuses them, the other modes let a seed make them."""
        if account.mode != "none" or not is_birth(leaf.name) or leaf.values.dtype not in (pl.Date, pl.Datetime):
            return []
        rows = leaf.row_numbers(leaf.values.is_not_null().arg_true())
        return [Flag("DATE_OF_BIRTH", 0.7, "synthgen:column_name", rows)]

    def _texts(self, leaf: Leaf, texts: pl.Series, account: Account, inserted: Sequence[Inserted]) -> Iterator[Flag]:
        index = texts.is_not_null().arg_true()
        values = normalised(texts.drop_nulls())
        if inserted:
            values, flags = self._insertions(leaf, values, index, account, inserted)
            yield from flags
        # bare numbers matter in a column that is named for them
        known = SHAPES[:3] if self.matcher.named(leaf.name) else SHAPES
        shapes = [s for s in (account.whole, *known) if s]
        if account.mode == "reserved":
            shapes.append(plain_reserved_email())
        rest = values if account.narrow is None else settled(values, [account.narrow])
        rest = settled(rest, shapes)
        if rest.is_empty():
            return
        yield from self._judged(leaf, values, rest, index, account)
        for view in views(rest):
            shown = Leaf(leaf.name, view.texts)
            for flag in self._judged(shown, view.texts, view.texts, pl.arange(len(view.texts), eager=True), account):
                hidden = rest.gather(view.positions(flag.rows)).unique()
                name = flag.recognizer and f"{flag.recognizer}+{view.kind}"
                yield replace(flag, recognizer=name, rows=self._rows(leaf, values, index, hidden.to_list()))

    def _judged(
        self, leaf: Leaf, values: pl.Series, rest: pl.Series, index: pl.Series, account: Account
    ) -> Iterator[Flag]:
        """Flags of the values as they stand; `rest` are those that no shape settles."""
        rest, bad = self._alike(rest, leaf, account)
        for best, wrong in bad:
            yield Flag(best.entity, best.score, best.recognizer, self._rows(leaf, values, index, wrong))
        for (entity, recognizer), (score, texts) in self._matched(rest, leaf, account).items():
            yield Flag(entity, score, recognizer, self._rows(leaf, values, index, texts))
        yield from self._timed_out(leaf)
        yield from self._people(leaf, values, index, account)
        yield from self._addresses(leaf, values, rest, index, account)

    def _addresses(
        self, leaf: Leaf, values: pl.Series, rest: pl.Series, index: pl.Series, account: Account
    ) -> Iterator[Flag]:
        """Street addresses in sentences; a value that is nothing but an address is its column's matter."""
        recognizer = self.matcher.recognizers.get("LOCATION")
        if recognizer is None or recognizer.prefilter is None or account.covers("LOCATION", ""):
            return
        likely = rest.filter(rest.str.contains(ascii_only(recognizer.prefilter)))
        bad: dict[tuple[str, str], tuple[float, list[str]]] = {}
        for text in likely.filter(is_prose(likely)).unique(maintain_order=True).to_list():
            self._note(bad, text, unaccounted(text, recognizer.find(text, leaf.name), account))
        for (entity, name), (score, texts) in bad.items():
            yield Flag(entity, score, name, self._rows(leaf, values, index, texts))

    @staticmethod
    def _rows(leaf: Leaf, values: pl.Series, index: pl.Series, wrong: list[str] | pl.Series) -> pl.Series:
        mask = values.is_in(wrong.implode() if isinstance(wrong, pl.Series) else wrong)
        return leaf.row_numbers(index.filter(mask))

    # -- pattern matches

    def _alike(self, rest: pl.Series, leaf: Leaf, account: Account) -> tuple[pl.Series, list[tuple[Match, pl.Series]]]:
        """Classes of values that the recognizers judge by a few: what is left to judge by value, and what is wrong."""
        if account.entity is not None or account.mode == "synthetic" or is_place(leaf.name):
            return rest, []
        left, bad = [], []
        reserved = account.mode == "reserved"
        for members, known in classes(rest, reserved):
            best = self._verdict(members, leaf.name) if known else None
            if best is None or (reserved and best.entity in INDIRECT):
                left.append(members)
                continue
            excused = reserved_mask(members, best.entity) if reserved else None
            if excused is not None and excused.any():
                if best.entity in CARRIERS:
                    left.append(members.filter(excused))
                members = members.filter(~excused)
            if len(members):
                bad.append((best, members))
        return (pl.concat(left) if len(left) > 1 else left[0]), bad

    def _verdict(self, members: pl.Series, column: str) -> Match | None:
        """The match that the recognizers agree on for values of a class; None where they do not, or see only a part."""
        texts = probes(members)
        none = Account("none")
        agreed: dict[tuple[str, str], float] = {}
        for text, matches in zip(texts, self.matcher.matches(texts, column), strict=True):
            best = unaccounted(text, matches, none)
            if len(best) != 1 or (best[0].start, best[0].end) != (0, len(text)):
                return None
            kind = (best[0].entity, best[0].recognizer)
            agreed[kind] = max(best[0].score, agreed.get(kind, 0.0))
        if len(agreed) != 1:
            return None
        (entity, recognizer), score = agreed.popitem()
        return Match(entity, 0, 0, score, recognizer)

    def _matched(self, rest: pl.Series, leaf: Leaf, account: Account) -> dict[tuple[str, str], tuple[float, list[str]]]:
        """Values with unaccounted matches, by entity and recognizer."""
        candidates = self.matcher.candidates(rest, leaf.name)
        self.timed_out = False
        if candidates.is_empty():
            return {}
        distinct = candidates.unique(maintain_order=True)
        if account.whole is not None:
            distinct = distinct.filter(~distinct.str.contains(account.whole))
        if account.mode == "reserved":
            distinct = distinct.filter(~distinct.str.contains(plain_reserved_email()))
        texts = distinct.to_list()
        bad: dict[tuple[str, str], tuple[float, list[str]]] = {}
        unseen: list[str] = []
        place = account.entity == "LOCATION" or is_place(leaf.name)
        for text, matches in zip(texts, self.matcher.matches(texts, leaf.name), strict=True):
            if not matches:
                unseen.append(text)
            if place:
                matches = [m for m in matches if not _of_a_place(m, text)]
            self._note(bad, text, unaccounted(text, matches, account))
        self._second_opinion(bad, unseen, account)
        return bad

    @staticmethod
    def _note(bad: dict[tuple[str, str], tuple[float, list[str]]], text: str, matches: Sequence[Match]) -> None:
        for match in matches:
            key = (match.entity, match.recognizer)
            score, texts = bad.setdefault(key, (match.score, []))
            if not texts or texts[-1] != text:
                texts.append(text)
            if match.score > score:
                bad[key] = (match.score, texts)

    def _second_opinion(self, bad: dict[Any, Any], unseen: list[str], account: Account) -> None:
        """Presidio on candidates that our validators took for nothing, as far as the limit goes."""
        series = pl.Series(unseen, dtype=pl.String)
        asked = series.filter(series.str.contains(_ASKED)).head(max(0, _SECOND_LIMIT - self.second)).to_list()
        if not asked:
            return
        from synthgen.privacy.presidio import second_opinion

        self.second += len(asked)
        found, self.timed_out = second_opinion(asked)
        for text, matches in zip(asked, found, strict=True):
            self._note(bad, text, unaccounted(text, matches, account))

    def _timed_out(self, leaf: Leaf) -> Iterator[Flag]:
        if self.timed_out:
            yield Flag(None, None, "presidio", leaf.row_numbers(pl.Series([0])), "a pattern timed out", True)

    # -- names

    def _people(self, leaf: Leaf, values: pl.Series, index: pl.Series, account: Account) -> Iterator[Flag]:
        """Names by vocabulary in labels, by model in prose; in a column that declares names, words of no vocabulary."""
        if self.entities is not None and "PERSON" not in self.entities:
            return
        if account.skips_names:
            if account.entity == "PERSON" and account.mode == "reserved":
                unknown = names.unknown_words(values)
                if unknown.any():
                    rows = leaf.row_numbers(index.filter(unknown))
                    yield Flag("PERSON", 0.6, "synthgen:vocabulary", rows, "a word that no name vocabulary has")
            return
        if account.mode == "synthetic" and account.declares("PERSON"):
            return
        if account.entity == "LOREM" and account.mode == "reserved":
            made_up = lorem.only_words(values)
            values, index = values.filter(~made_up), index.filter(~made_up)
        prose = is_prose(values)
        labels = (names.persons(values) | announced(values)) & (~prose | pl.Series([not self.use_model]))
        if is_place(leaf.name):
            labels = labels & False
            prose = prose & (values.str.len_chars() > _ADDRESS)
        if labels.any():
            yield Flag("PERSON", 0.8, "synthgen:names", leaf.row_numbers(index.filter(labels)))
        where = prose.arg_true()
        read = self.reader.search(values.gather(where))
        if read.missing_model:
            message = "free text needs a language model, and none is installed"
            rows = leaf.row_numbers(index.gather(where.filter(read.hits)))
            yield Flag(None, None, None, rows, message, True)
        elif read.hits.any():
            rows = leaf.row_numbers(index.gather(where.filter(read.hits)))
            yield Flag("PERSON", 0.85, f"ner:{self.model}", rows)

    @property
    def model(self) -> str:
        """Name of the language model in use."""
        from synthgen.privacy import ner

        return ner.model_name(self.ner) or "none"

    # -- templates

    def _insertions(
        self, leaf: Leaf, values: pl.Series, index: pl.Series, account: Account, inserted: Sequence[Inserted]
    ) -> tuple[pl.Series, list[Flag]]:
        """The texts with declared insertions masked, and what the insertions themselves hold unaccounted."""
        flags: list[Flag] = []
        known: list[pl.Series] = []
        for part in inserted:
            if part.declared is None:
                continue
            own = Account.of(account.mode, part.declared)
            if account.mode == "none":
                rows = part.values.is_not_null().arg_true()
                if len(rows):
                    flags.append(Flag(part.declared.entity, 1.0, "declared", rows))
                continue
            column = Leaf(leaf.name, part.values.cast(pl.String), leaf.rows)
            wrong = list(self._texts(column, column.values, own, ()))
            flags += wrong
            if not wrong:
                known.append(normalised(column.values.gather(index)))
        known.sort(key=_mean_length, reverse=True)  # a first name may stand in the name of a street
        return (masked(values, known) if known else values), flags
