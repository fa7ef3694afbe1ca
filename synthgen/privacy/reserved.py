"""Values that an authority promises never to assign: explained one by one, or proven a whole column at a time.

The rules stand by kind in `reserved_net`, `reserved_phone`, `reserved_payment` and `reserved_ids`, each with a source.
Usernames, names, coordinates, passports and driving licences have no reserved range: nothing here excuses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from synthgen.privacy import reserved_ids, reserved_net, reserved_payment, reserved_phone
from synthgen.privacy.rule import Rule, union

RULES: tuple[Rule, ...] = (*reserved_net.RULES, *reserved_phone.RULES, *reserved_payment.RULES, *reserved_ids.RULES)
"""Every rule, of every entity."""


@dataclass(frozen=True)
class Reserved:
    """Why a value is reserved: the rule's name, who promises it, where, and for which entity."""

    rule: str
    authority: str
    source: str
    entity: str


@lru_cache(maxsize=64)
def rules_of(entity: str) -> tuple[Rule, ...]:
    """The rules that can excuse an entity."""
    return tuple(r for r in RULES if entity in r.entities)


@lru_cache(maxsize=64)
def reserved_regex(entity: str) -> str | None:
    """One anchored Rust regex over all rules of an entity; None where the entity has no reserved range."""
    rules = rules_of(entity)
    return union(rules) if rules else None


def explain(value: str, entity: str | None = None) -> Reserved | None:
    """The rule that reserves a whole value, of one entity or of any; None if it could be real.

    >>> explain("anna@mail.example.org").rule
    'reserved-domain-email'
    >>> explain("+44 7700 900123", "PHONE_NUMBER").authority
    'Ofcom'
    >>> explain("10.0.0.1") is None
    True
    """
    text = value.strip()
    for rule in RULES if entity is None else rules_of(entity):
        if rule.holds(text):
            return Reserved(rule.name, rule.authority, rule.source, entity or rule.entities[0])
    return None


def reserved_mask(values: pl.Series, entity: str) -> pl.Series:
    """For each value whether it is reserved for the entity; null stays null. One pass of Rust's regex engine."""
    regex = reserved_regex(entity)
    if regex is None:
        return pl.select(pl.when(pl.lit(values).is_null()).then(None).otherwise(False)).to_series().cast(pl.Boolean)
    return values.cast(pl.String).str.strip_chars().str.contains(regex)


def markdown() -> str:
    """All rules as a Markdown table: entity, rule, authority, source, and how far it was checked."""
    rows = ["| entity | rule | authority | source | checked |", "|---|---|---|---|---|"]
    rows += [
        f"| {', '.join(f'`{e}`' for e in r.entities)} | `{r.name}` | {r.authority} | {r.source} | {r.checked} |"
        for r in RULES
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    print(markdown())
