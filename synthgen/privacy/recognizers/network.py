"""Addresses of machines and pages: IP, MAC, URL."""

from __future__ import annotations

import ipaddress
import re

from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer

_GENERIC = (
    "com|org|net|edu|gov|mil|int|info|biz|io|co|ai|app|dev|xyz|online|site|shop|store|cloud|tech|blog|news|jobs|mobi|tv"
)
_COUNTRY = "de|uk|fr|es|nl|pl|ch|se|dk|fi|cz|eu|ca|au|nz|jp|cn|kr|br|mx|ru|ie|pt|gr|hu|ro|tr|il|za|sg|hk|tw|ua|lt|lv|ee"
_TLD = f"{_GENERIC}|{_COUNTRY}"
_HARMLESS = re.compile(r"^(?:127\.|0\.0\.0\.0$|255\.255\.255\.|::1?$)")


def _ip(text: str) -> float:
    """Loopback, unspecified, broadcast and netmasks are constants, not somebody's address."""
    bare = text.strip("[]").partition("/")[0].partition("%")[0]
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return 0.0
    return 0.0 if _HARMLESS.match(bare) else STRONG


def _mac(text: str) -> float:
    digits = re.sub(r"[^0-9a-fA-F]", "", text)
    return 0.0 if digits.lower() in ("0" * 12, "f" * 12) or (digits.isdigit() and "." in text) else LIKELY


def _url(text: str) -> float:
    return LIKELY


_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

IP = PatternRecognizer(
    entity="IP_ADDRESS",
    expression=rf"(?<![\w.])(?<![vV]\s)(?<!ersion\s)(?<!rv:)(?<![A-Za-z]/){_BYTE}(?:\.{_BYTE}){{3}}(?:/\d{{1,2}})?(?![\w]|\.\d)"
    r"|(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){1,7}:?(?:[0-9a-fA-F]{1,4}:){0,6}"
    rf"(?:{_BYTE}(?:\.{_BYTE}){{3}}|[0-9a-fA-F]{{1,4}})?(?:%\w+)?(?:/\d{{1,3}})?(?![\w:]|\.\d)"
    r"|(?<![\w:.])::(?:[0-9a-fA-F]{1,4}:){0,6}[0-9a-fA-F]{1,4}(?:/\d{1,3})?(?![\w:]|\.\d)"
    rf"|(?<![\w:.])::(?:ffff(?::0{{1,4}})?:)?{_BYTE}(?:\.{_BYTE}){{3}}(?![\w:])",
    strong_prefilter=r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|(?:[0-9a-fA-F]{1,4}:){3}|[0-9a-fA-F]{1,4}::|::[0-9a-fA-F]",
    validate=_ip,
    context=("ip", "ipv4", "ipv6", "ip address"),
)

MAC = PatternRecognizer(
    entity="MAC_ADDRESS",
    expression=r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])"
    r"|(?<![\w.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w.])",
    strong_prefilter=r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
    validate=_mac,
    context=("mac", "mac address", "hardware address"),
)

_PATH = r"(?:[/?#][^\s<>\"'(){}\[\]]*)?"

URL = PatternRecognizer(
    entity="URL",
    expression=rf"(?i)\b(?:https?|ftps?|wss?|sftp)://[^\s<>\"'(){{}}]{{1,2000}}|(?<![\w@.-])www\d?\.(?:[\w-]{{1,63}}\.){{1,8}}\w{{2,24}}{_PATH}"
    rf"|(?<![\w@./-])(?:[^\W_][\w-]{{0,62}}\.){{1,8}}(?-i:{_TLD})(?::\d{{1,5}})?{_PATH}(?![\w@-]|\.\w)",
    strong_prefilter=rf"(?i)(?:https?|ftps?|wss?|sftp)://|\bwww\d?\.|\w\.(?-i:{_TLD})\b",
    validate=_url,
    context=("url", "website", "link", "homepage"),
)
