"""Addresses of the network and of the post inside reserved domains and documentation ranges, by rank.

Columns of such methods come from the entities (`person.email`, `device.ip`, ...); these values stand for them inside
other values: profiles, documents, templates.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import polars as pl

from synthgen.generators.entities.id_forms import NationalId, number
from synthgen.generators.entities.slugs import name_slugs
from synthgen.generators.entities.vocabulary import words
from synthgen.seeds import U64

TARGETS = {
    **dict.fromkeys(
        ("email", "ascii_email", "free_email", "ascii_free_email", "safe_email", "ascii_safe_email"), "person.email"
    ),
    **dict.fromkeys(("company_email", "ascii_company_email"), "company.email"),
    **dict.fromkeys(("ipv4", "ipv4_public", "ipv4_private"), "device.ip"),
    **dict.fromkeys(("url", "uri", "image_url"), "company.url"),
    **dict.fromkeys(("domain_name", "safe_domain_name", "free_email_domain", "dga"), "company.domain"),
    "user_name": "person.username",
    "credit_card_number": "payment.card_number",
    "ipv6": "device.ipv6",
    "mac_address": "device.mac",
    "hostname": "device.hostname",
}
"""The entity's attribute that stands for a method's column."""

_CARDS = "{4111111111111111|4242424242424242|5555555555554444|5105105105105100|2223003122003222|4000056655665556}"


def _names(locale: str) -> tuple[str, ...]:
    found = words("person", locale, "last_names", "last_name")[0]
    return tuple(dict.fromkeys(name_slugs(found[:400], locale, "last"))) or ("user",)


def _slugged(entity: str, authority: str, locale: str, spell: Callable[[pl.Series, pl.Series], pl.Expr]) -> NationalId:
    slugs = pl.Series(_names(locale))
    size = len(slugs) * 1000

    def made(rank: U64) -> pl.Series:
        place = pl.Series((rank % size).astype("uint32"))
        return pl.select(spell(slugs.gather(place // 1000), (place % 1000).cast(pl.String))).to_series()

    return NationalId(entity, size, made, authority)


@lru_cache(maxsize=2048)
def net(method: str, locale: str) -> NationalId | None:
    """Values that stand for a method's inside others; None for methods that make no address."""
    target = TARGETS.get(method, "")
    if target.endswith("email"):
        what = "IETF, RFC 2606: example.com, .org and .net"
        return _slugged(
            "EMAIL_ADDRESS", what, locale, lambda s, n: pl.concat_str([pl.lit(s), pl.lit(n), pl.lit("@example.com")])
        )
    if target == "person.username":
        return _slugged(
            "USERNAME",
            "no range exists: a name and a number",
            locale,
            lambda s, n: pl.concat_str([pl.lit(s), pl.lit(n)]),
        )
    if target == "company.url":
        what = "IETF, RFC 6761: .example"
        return _slugged(
            "URL", what, locale, lambda s, _: pl.concat_str([pl.lit("https://"), pl.lit(s), pl.lit(".example/")])
        )
    if target in ("company.domain", "device.hostname"):
        return _slugged(
            "URL", "IETF, RFC 6761: .example", locale, lambda s, _: pl.concat_str([pl.lit(s), pl.lit(".example")])
        )
    forms = {
        "device.ip": ("IP_ADDRESS", "IETF, RFC 5737", "{192.0.2|198.51.100|203.0.113}.{10-99}"),
        "device.ipv6": ("IP_ADDRESS", "IETF, RFC 3849", "2001:db8:####:####::####"),
        "device.mac": ("MAC_ADDRESS", "IANA, RFC 9542", "00-00-5E-00-53-##"),
        "payment.card_number": ("CREDIT_CARD", "card gateways: published test numbers", _CARDS),
    }
    return number(*forms[target]) if target in forms else None
