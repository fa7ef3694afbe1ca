"""Addresses of machines and pages: IP, MAC, URL, and the URLs that name a person."""

from __future__ import annotations

import ipaddress
import re

from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers import words

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
    if ":" in bare and len(re.sub(r"[^0-9a-fA-F]", "", bare)) <= 3:
        return 0.0  # `[1::2]` is a slice in a program
    return 0.0 if _HARMLESS.match(bare) else STRONG


def _mac(text: str) -> float:
    digits = re.sub(r"[^0-9a-fA-F]", "", text)
    return 0.0 if digits.lower() in ("0" * 12, "f" * 12) or (digits.isdigit() and "." in text) else LIKELY


def _url(text: str) -> float:
    """A host has a dot, or it is an address in brackets, or this machine."""
    host = re.split(r"[/?#]", text.partition("://")[2] or text)[0]
    return LIKELY if "." in host or "[" in host or "localhost" in host else 0.0


_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

IP = PatternRecognizer(
    entity="IP_ADDRESS",
    expression=rf"(?<![\w.])(?<![vV]\s)(?<!ersion\s)(?<!rv:)(?<![A-Za-z]/){_BYTE}(?:\.{_BYTE}){{3}}"
    r"(?:/\d{1,2})?(?![\w]|\.\d)|(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){1,7}:?(?:[0-9a-fA-F]{1,4}:){0,6}"
    rf"(?:{_BYTE}(?:\.{_BYTE}){{3}}|[0-9a-fA-F]{{1,4}})?(?:%\w{{1,32}})?(?:/\d{{1,3}})?(?![\w:]|\.\d)"
    r"|(?<![\w:.])::(?:[0-9a-fA-F]{1,4}:){0,6}[0-9a-fA-F]{1,4}(?:/\d{1,3})?(?![\w:]|\.\d)"
    rf"|(?<![\w:.])::(?:ffff(?::0{{1,4}})?:)?{_BYTE}(?:\.{_BYTE}){{3}}(?![\w:])",
    strong_prefilter=r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|(?:[0-9a-fA-F]{1,4}:){3}|[0-9a-fA-F]{1,4}::|::[0-9a-fA-F]",
    validate=_ip,
    context=words.IP,
)

MAC = PatternRecognizer(
    entity="MAC_ADDRESS",
    expression=r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])"
    r"|(?<![\w.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w.])",
    strong_prefilter=r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
    validate=_mac,
    context=words.MAC,
    weak=r"(?<![\w])[0-9A-Fa-f]{12}(?![\w])",
    weak_prefilter=r"\b[0-9A-Fa-f]{12}\b",
)

_END = r"[^\s<>\"'(){}\[\]`|\\^]"
_PATH = rf"(?:[/?#]{_END}{{0,2000}})?"
_SCHEME = r"(?:https?|ftps?|wss?|sftp)://"
_HOST = r"(?:[\w-]{1,63}\.){1,8}\w{2,24}"


def _ends(run: str) -> list[tuple[int, int]]:
    """A URL without the punctuation of the sentence that it ends."""
    return [(0, len(run.rstrip(".,:;!?*")))]


URL = PatternRecognizer(
    entity="URL",
    expression=rf"(?i)\b{_SCHEME}(?:[^\s<>\"'(){{}}\[\]`|\\^]|\[[0-9a-f:.]{{2,45}}\]){{1,2000}}"
    rf"|(?<![\w@.-])www\d?\.{_HOST}{_PATH}"
    rf"|(?<![\w@./-])(?:[^\W_][\w-]{{0,62}}\.){{1,8}}(?-i:{_TLD})(?::\d{{1,5}})?{_PATH}(?![\w@-]|\.\w)",
    strong_prefilter=rf"(?i){_SCHEME}|\bwww\d?\.|\w\.(?-i:{_TLD})\b",
    validate=_url,
    context=words.URL,
    spans=_ends,
)

_PROFILES = (
    r"linkedin\.com/(?:in|pub)/[\w%.-]{2,}/?|(?:facebook|fb|instagram|threads|pinterest|vk)\.(?:com|net)/@?[\w.-]{3,}/?"
    r"|(?:twitter|x)\.com/\w{2,15}/?|t\.me/\w{4,32}/?|(?:tiktok|youtube|threads|medium)\.(?:com|net)/@[\w.-]{2,}/?"
    r"|(?:wa\.me|signal\.me)/\S{6,}|(?:reddit|snapchat)\.com/(?:u|user|add)/[\w-]{3,}/?|xing\.com/profile/\w{3,}/?"
    r"|orcid\.org/[\dX-]{19}|keybase\.io/\w{2,}|soundcloud\.com/[\w-]{3,}/?"
    r"|steamcommunity\.com/(?:id|profiles)/\w{3,}/?"
)
_GENERAL = (
    "about home login signup explore help privacy terms policies share sharer intent hashtag search company school "
    "groups events pages watch marketplace settings support jobs learning i features pricing sponsors topics"
)
_PERSONAL = re.compile(
    rf"(?i)^(?:[a-z+]+://)?(?:[^/@\s]+@.+"  # user info
    rf"|(?:(?:www|m|mobile|web|[a-z]{{2}}(?:-[a-z]{{2}})?)\.)?(?:{_PROFILES})(?:[?#].*)?$"
    r"|[^/\s]+/(?:.*/)?~[a-z][\w.-]+(?:/.*)?$"  # home directory
    r"|[^/\s]+/(?:.*/)?(?:people|persons?|users?|profiles?|members?|customers?|patients?|employees?|authors?|accounts?"
    r"|utilisateurs?|usuarios?|utenti|benutzer|kunden)/(?![a-z-]{1,24}(?:[/?#]|$)|[\w.-]+\.(?:html?|md|php|aspx?|rst|txt|pdf)\b)[\w%.@+-]{2,}"
    r"|[^?\s]+\?(?:.*&)?(?:e-?mail|user(?:name|_?id)?|login|phone|tel|ssn|first_?name|last_?name|full_?name|dob|token"
    r"|access_token|sig|signature|session_?id|customer_?id|patient_?id)=(?!$|&|\{|<|\$|%7b)[^&]{3,})"
)


_NOBODY = re.compile(
    r"(?i)^[<{$%*\[]|^(?:my|your|the|some|db)?[_-]?(?:user|username|login|admin|root|name|account|id|loader)?[_-]?\d{0,2}"
    r"(?::.{0,4}(?:pass|pw|pwd|secret|token|xxx|\*\*|\.\.\.|<|\{|\$).*)?$"
)


def _personal(text: str) -> float:
    """Whether the URL itself names somebody; the first word of a path at a social site may be a page of the site.

    A URL whose user and password are placeholders (`user:password@`) shows where they go, and names nobody.
    """
    if not _PERSONAL.match(text):
        return 0.0
    info = re.match(r"(?i)[a-z][a-z0-9+.-]{1,20}://([^\s/@]+)@", text)
    if info is not None and _NOBODY.search(info.group(1)):
        return 0.0
    path = re.sub(r"^(?:[a-z+]+://)?[^/]*/?", "", text.lower())
    first = re.split(r"[/?#]", path.removeprefix("@"))[0]
    return 0.0 if first in _GENERAL.split() and "@" not in text.partition("/")[0] else LIKELY


PERSONAL_URL = PatternRecognizer(
    entity="PERSONAL_URL",
    expression=rf"(?i)\b(?:{_SCHEME}|[a-z][a-z0-9+.-]{{1,20}}://(?=[^\s/]{{1,200}}@)){_END}{{1,2000}}"
    rf"|(?<![\w@./-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}[a-z]{{2,24}}/{_END}{{1,400}}",
    strong_prefilter=r"(?i)://[^\s/]{1,200}@|/~[a-z]|[?&](?:e-?mail|user|login|phone|tel|ssn|first_?name|last_?name"
    r"|full_?name|dob|token|access_token|sig|session|customer_?id|patient_?id)"
    r"|/(?:people|persons?|users?|profiles?|members?|customers?|patients?|employees?|authors?|accounts?|utilisateurs?"
    r"|usuarios?|utenti|benutzer|kunden)/"
    r"|\b(?:linkedin|facebook|fb|instagram|threads|pinterest|medium|vk|twitter|x|tiktok|youtube|reddit|snapchat|xing|orcid"
    r"|keybase|soundcloud|steamcommunity)\.(?:com|net|org|io)/|\b(?:t|wa|signal)\.me/",
    validate=_personal,
    context=("profile url", "profile link", "linkedin", "facebook", "social profile", "profil", "perfil", "profilo"),
    spans=_ends,
)
