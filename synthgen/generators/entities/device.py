"""Devices: addresses from documentation ranges, and a browser, system and type that go together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from synthgen.columns import Column, Rows, Vocabulary
from synthgen.generator import Build
from synthgen.generators.digits import decimal, hexadecimal, literal, strings
from synthgen.generators.entities.base import Codes, EntityParams, Segments, Trait, distinct
from synthgen.seeds import below

_TEXT = pl.String()
_TRAITS = {
    "ip": Trait(_TEXT, "IP_ADDRESS", "reserved"),
    "ipv6": Trait(_TEXT, "IP_ADDRESS", "reserved"),
    "mac": Trait(_TEXT, "MAC_ADDRESS", "reserved"),
    "user_agent": Trait(_TEXT),
    "device_type": Trait(_TEXT),
    "os": Trait(_TEXT),
    "browser": Trait(_TEXT),
    "hostname": Trait(_TEXT, "URL", "reserved"),
    "imei": Trait(_TEXT, "IMEI", "reserved"),
}
_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_MOBILE = f"{_APPLE} Version/18 Mobile Safari/604.1"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_DEVICES = (  # share, type, system, browser, user agent
    (30, "desktop", "Windows", "Chrome", f"{_WINDOWS}) {_KIT} Chrome/139 Safari/537.36"),
    (8, "desktop", "Windows", "Edge", f"{_WINDOWS}) {_KIT} Chrome/139 Safari/537.36 Edg/139"),
    (5, "desktop", "Windows", "Firefox", f"{_WINDOWS}; rv:142) Gecko/20100101 Firefox/142"),
    (8, "desktop", "macOS", "Safari", f"{_MAC} {_APPLE} Version/18 Safari/605.1.15"),
    (5, "desktop", "macOS", "Chrome", f"{_MAC} {_KIT} Chrome/139 Safari/537.36"),
    (2, "desktop", "Linux", "Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:142) Gecko/20100101 Firefox/142"),
    (20, "mobile", "Android", "Chrome", f"Mozilla/5.0 (Linux; Android 15; K) {_KIT} Chrome/139 Mobile Safari/537.36"),
    (16, "mobile", "iOS", "Safari", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) {_MOBILE}"),
    (3, "tablet", "iPadOS", "Safari", f"Mozilla/5.0 (iPad; CPU OS 18 like Mac OS X) {_MOBILE}"),
    (3, "tablet", "Android", "Chrome", f"Mozilla/5.0 (Linux; Android 15; Tablet) {_KIT} Chrome/139 Safari/537.36"),
)  # fmt: skip
_NETS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737
_IPS = Vocabulary("reserved:ipv4", pl.Series([f"{net}.{i}" for net in _NETS for i in range(1, 255)]))
_MACS = Vocabulary("reserved:mac", pl.Series([f"00-00-5E-00-53-{i:02X}" for i in range(256)]))  # RFC 9542
_KINDS = ("web", "app", "db", "mail", "cache", "node", "edge", "build")


class Device:
    """A device on the network: RFC 5737 and RFC 3849 addresses, RFC 9542 MACs, `.example` hosts, test IMEIs."""

    Params = EntityParams

    @classmethod
    def attributes(cls) -> Mapping[str, Trait]:
        """Every attribute."""
        return _TRAITS

    def __init__(self, params: EntityParams, build: Build) -> None:
        self.limit = params.max_length
        self._vocabularies: dict[str, Vocabulary] = {}

    def generate(self, attribute: str, rows: Rows, unique: bool) -> Column:
        """One attribute's column."""
        declared = _TRAITS[attribute].declared
        if attribute in ("ip", "mac"):
            words = _IPS if attribute == "ip" else _MACS
            if unique:
                codes = distinct(rows, attribute, len(words.values))
            else:
                codes = below(rows.bits(attribute), len(words.values))
            return Column.coded(words, codes.astype(np.uint32), declared)
        if attribute in ("device_type", "os", "browser", "user_agent"):
            return Column.coded(self._words(attribute), self._kind(rows))
        made = {"ipv6": self._ipv6, "hostname": self._hostname, "imei": self._imei}[attribute](rows, unique)
        return Column.of(made, declared)

    def _words(self, attribute: str) -> Vocabulary:
        if attribute not in self._vocabularies:
            place = {"device_type": 1, "os": 2, "browser": 3, "user_agent": 4}[attribute]
            words = [str(d[place])[: self.limit] for d in _DEVICES]
            self._vocabularies[attribute] = Vocabulary(f"entity:{attribute}", pl.Series(words))
        return self._vocabularies[attribute]

    def _kind(self, rows: Rows) -> Codes:
        return rows.memo("device", lambda: _SHARES.pick(rows.bits("device"), 0))

    def _ipv6(self, rows: Rows, unique: bool) -> pl.Series:
        """2001:db8::/32 (RFC 3849), six random groups of which the last four are distinct by row if wanted."""
        high = hexadecimal(rows.bits("ipv6"), 8)
        low = hexadecimal(distinct(rows, "ipv6", 2**62) if unique else rows.bits("low"), 16)
        groups = np.concatenate([high, low], axis=1)
        colon = literal(b":", rows.count)
        parts = [literal(b"2001:0db8", rows.count)]
        for i in range(0, 24, 4):
            parts += [colon, groups[:, i : i + 4]]
        return strings(np.concatenate(parts, axis=1))

    def _hostname(self, rows: Rows, unique: bool) -> pl.Series:
        kind = pl.Series(_KINDS).gather(pl.Series(below(rows.bits("host"), len(_KINDS)).astype(np.uint32)))
        number = rows.numbers.astype(np.int64) + 1 if unique else below(rows.bits("number"), 500).astype(np.int64)
        text = pl.Series(number).cast(pl.String)
        return pl.select(pl.concat_str([kind, pl.lit("-"), text, pl.lit(".example")])).to_series()

    def _imei(self, rows: Rows, unique: bool) -> pl.Series:
        """Reporting body 00 marks test equipment (GSMA TS.06); twelve digits and Luhn's check digit follow."""
        size = 10**12
        rank = distinct(rows, "imei", size) if unique else below(rows.bits("imei"), size)
        digits = decimal(rank, 14)
        values = digits.astype(np.int64) - 48
        doubled = values[:, 1::2] * 2
        total = (doubled - 9 * (doubled > 9)).sum(axis=1) + values[:, ::2].sum(axis=1)
        check = ((10 - total % 10) % 10).astype(np.uint8)[:, None] + np.uint8(48)
        return strings(np.concatenate([digits, check], axis=1))

    def shortest(self, attribute: str) -> int:
        """The least `max_length` that an attribute can keep to."""
        return {"ip": 14, "ipv6": 39, "mac": 17, "imei": 15, "hostname": 17}.get(attribute, 1)

    def capacity(self, attribute: str) -> int | None:
        """How many rows can be unique in an attribute."""
        sizes = {"ip": len(_IPS.values), "mac": 256, "ipv6": 2**62, "imei": 10**12}
        return None if attribute == "hostname" else sizes.get(attribute, 0)


_SHARES = Segments([([d[4] for d in _DEVICES], [float(d[0]) for d in _DEVICES])], [0])
