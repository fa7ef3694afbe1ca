"""Secrets: tokens in the formats that their issuers publish, private keys, passwords in assignments and in URLs.

The formats are those of the issuers' own documentation, as the public rules of secret scanners collect them. A password
has no format: it counts after its name (`password=`, `Passwort:`) where it is no word, no name of a variable and no
placeholder.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from synthgen.privacy.base import Match
from synthgen.privacy.patterns import LIKELY, STRONG, Spans
from synthgen.privacy.recognizers import words

_FORMS = (
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}",  # AWS
    r"gh[pousr]_[A-Za-z0-9]{36,255}", r"github_pat_[A-Za-z0-9_]{22,255}",  # GitHub
    r"gl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|oas|soat)-[A-Za-z0-9_-]{20,64}",  # GitLab
    r"xox[abeoprs]-[A-Za-z0-9-]{10,250}", r"xapp-\d-[A-Z0-9]{5,20}-\d{5,20}-[a-z0-9]{20,80}",  # Slack
    r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{40,70}",
    r"[rs]k_(?:live|test|prod)_[A-Za-z0-9]{16,255}", r"whsec_[A-Za-z0-9+/=]{24,255}",  # Stripe
    r"AIza[0-9A-Za-z_-]{35}", r"ya29\.[0-9A-Za-z_-]{20,255}", r"GOCSPX-[0-9A-Za-z_-]{28}",  # Google
    r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", r"AccountKey=[A-Za-z0-9+/]{86}==",  # Azure
    r"sk-(?:proj-|svcacct-|admin-|ant-(?:api|admin)\d\d-)?[A-Za-z0-9_-]{32,255}",  # OpenAI, Anthropic
    r"(?:hf|api_org)_[A-Za-z0-9]{34}", r"(?:gsk|pplx|xai|r8)[_-][A-Za-z0-9]{36,84}",  # Hugging Face and others
    r"npm_[A-Za-z0-9]{36}", r"pypi-AgE[A-Za-z0-9_-]{50,255}", r"dckr_pat_[A-Za-z0-9_-]{27,40}",  # npm, PyPI, Docker
    r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}", r"key-[0-9a-f]{32}",  # SendGrid, Mailgun
    r"[0-9a-f]{32}-us\d{1,2}", r"(?:SK|AC)[0-9a-f]{32}",  # Mailchimp, Twilio
    r"do[opr]_v1_[0-9a-f]{64}", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",  # DigitalOcean, Shopify
    r"sq0atp-[0-9A-Za-z_-]{22}", r"sq0csp-[0-9A-Za-z_-]{43}", r"EAAA[A-Za-z0-9_-]{60}",  # Square
    r"\d{8,10}:AA[A-Za-z0-9_-]{33}", r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}",  # chat bots
    r"discord(?:app)?\.com/api/webhooks/\d{15,22}/[A-Za-z0-9_-]{60,80}",
    r"dapi[0-9a-f]{32}", r"lin_api_[A-Za-z0-9]{40}", r"ntn_[A-Za-z0-9]{43,50}", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
    r"gl(?:c|sa)_[A-Za-z0-9+/=_]{32,255}", r"dp\.(?:pt|st|ct|sa|scim)\.[A-Za-z0-9._-]{40,60}", r"NRAK-[A-Z0-9]{27}",
    r"sntr[yu]s_[A-Za-z0-9+/=_-]{40,255}", r"ATATT3[A-Za-z0-9_=-]{100,255}", r"hv[sb]\.[A-Za-z0-9_-]{90,200}",
    r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}", r"sbp_[0-9a-f]{40}", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{58}", r"HRKU-[A-Za-z0-9_-]{36,64}", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}",
    r"eyJ[A-Za-z0-9_-]{8,1000}\.eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,1000}",  # JSON Web Token
    r"-----BEGIN[ A-Z0-9]{0,24} PRIVATE KEY(?: BLOCK)?-----",
)  # fmt: skip
_TOKEN = re.compile(rf"(?<![\w/+-])(?:{'|'.join(_FORMS)})")
_STARTS = (
    r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_"
    r"|\bgl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|oas|soat)-[A-Za-z0-9_-]{20}|\bxox[abeoprs]-|\bxapp-[0-9]|hooks\.slack\.com/"
    r"|\b[rs]k_(?:live|test|prod)_|\bwhsec_|\bAIza[0-9A-Za-z_-]{35}|\bya29\.|\bGOCSPX-|[0-9]Q~|AccountKey="
    r"|\bsk-[A-Za-z0-9_-]{32}|\b(?:hf|api_org)_[A-Za-z0-9]{34}|\b(?:gsk|pplx|xai|r8)[_-][A-Za-z0-9]{36}"
    r"|\bnpm_[A-Za-z0-9]{36}|\bpypi-AgE|\bdckr_pat_|\bSG\.[A-Za-z0-9_-]{16}|\bkey-[0-9a-f]{32}|[0-9a-f]{32}-us[0-9]"
    r"|\b(?:SK|AC)[0-9a-f]{32}|\bdo[opr]_v1_|\bshp(?:at|ca|pa|ss)_|\bsq0[ac]|\bEAAA[A-Za-z0-9_-]{60}|[0-9]:AA[A-Za-z0-9_-]{33}"
    r"|\b[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.|/api/webhooks/|\bdapi[0-9a-f]{32}|\blin_api_|\bntn_|\bPMAK-"
    r"|\bgl(?:c|sa)_|\bdp\.(?:pt|st|ct|sa|scim)\.|\bNRAK-|\bsntr[yu]s_|\bATATT3|\bhv[sb]\.|\bpat[A-Za-z0-9]{14}\."
    r"|\bsbp_[0-9a-f]{40}|\bpscale_|AGE-SECRET|\bHRKU-|\.atlasv1\.|\beyJ[A-Za-z0-9_-]{8}|-----BEGIN "
)

_NAME = (
    r"pass(?:word|wd|phrase|wort)|pwd|kennwort|mot[ _]de[ _]passe|mdp|contrase(?:ñ|n)a|parola[ _]d['\u2019]ordine|senha"
    r"|wachtwoord|has(?:ł|l)o|secret|token|api[_ -]?key|apikey|access[_ -]?key(?:[_ -]?id)?|account[_ -]?key"
    r"|private[_ -]?key|auth[_ -]?key|credentials?"
)
_ASSIGNED = re.compile(
    rf"(?i)(?P<name>{_NAME})(?:[_-][a-z0-9]{{1,16}}){{0,2}}[\"'`\]]{{0,2}}"
    r"\s{0,3}(?::?=>?|:|\b(?:is|lautet|ist|est|es|è|é|jest)\b:?)\s{0,3}[\"'`]?"
    r"(?P<value>[^\s\"'`,;<>(){}\[\]|]{6,200})"
)
_ASSIGNED_START = (
    rf"(?i)(?:{_NAME})(?:[_-][a-z0-9_-]{{1,33}})?[\x22'\x60\]]{{0,2}}[ \t]{{0,3}}"
    r"(?:[:=]|(?:is|lautet|ist|est|es|è|é|jest)[ :])"
).replace(r"\u2019", r"\x{2019}")  # fmt: skip
_CONNECTION = re.compile(
    r"(?i)(?<![a-z0-9])[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'<>]{0,64}:(?P<value>[^\s/@\"'<>]{1,128})@[^\s/\"'<>:?]{1,255}"
)
_CONNECTION_START = r"://[^ \t\r\n:/@]{0,64}:[^ \t\r\n/@]{1,128}@"
_PLACEHOLDER = re.compile(
    r"(?i)^[<\[{$%*.#]|[*.x]{4}|x{3,}|\.{3}|placeholder|example|sample|dummy|fake|redacted|hidden|masked|your|change.?me"
    r"|^my[_-]|^passw?d?\d*$|insert|replace|todo|^test|^none$|^null$|^undefined$|123456789|^12345|abcdef|qwerty|0{6}|password|passwort|secret"
    r"|^\$\{|\{\{|^os\.|^env\.|^process\.|_here$|^loader$|^user$|^pass$|^foo|^bar|lorem"
)
_CODE = re.compile(r"^[A-Za-z_][\w]*(?:[.:/-][A-Za-z_][\w]*)*[.:]?$|^/[\w./-]+$|^\w+://")
_KEYED = re.compile(r"(?i)key|token|secret|credential")


def entropy(text: str) -> float:
    """Bits per character of a text by its own frequencies.

    >>> round(entropy("aabb"), 1)
    1.0
    """
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def _password(value: str, keyed: bool) -> bool:
    """Whether a value looks made up to be secret: letters and digits mixed, no word, no placeholder.

    A key or a token is long and evenly mixed; a password may be short, but has a digit or a sign among letters.
    """
    value = value.rstrip(".,:;!?")
    if len(value) < 6 or _PLACEHOLDER.search(value) or value.count("*") > 2 or "://" in value:
        return False
    digits, letters = sum(c.isdigit() for c in value), sum(c.isalpha() for c in value)
    signs = sum(not c.isalnum() and c not in "._-/:" for c in value)
    if not letters or not (digits or signs):
        return False
    if keyed:
        return len(value) >= 16 and digits >= 2 and entropy(value) >= 3.2
    if _CODE.match(value) and (not digits or "." in value or "_" in value or "/" in value):
        return False
    return entropy(value) >= 2.5 and (len(value) >= 8 or bool(signs and digits))


class Secret:
    """Tokens by form, passwords by the name before them or by their place in a URL."""

    entity = "API_KEY"
    prefilter = f"{_STARTS}|{_ASSIGNED_START}|{_CONNECTION_START}"
    context = words.SECRET
    name = "synthgen:api_key"

    def find(self, text: str, context: str = "") -> list[Match]:
        """The tokens and passwords themselves, without the name before them."""
        found = [Match(self.entity, *m.span(), STRONG, self.name) for m in _TOKEN.finditer(text)]
        spans = [m.span("value") for m in _CONNECTION.finditer(text) if not _PLACEHOLDER.search(m.group("value"))]
        for assigned in _ASSIGNED.finditer(text):
            if _password(assigned.group("value"), _KEYED.search(assigned.group("name")) is not None):
                start, end = assigned.span("value")
                spans.append((start, start + len(text[start:end].rstrip(".,:;!?"))))
        tokens, last = Spans((m.start, m.end) for m in found), 0
        for start, end in sorted(spans):
            if start >= last and not tokens.touch(start, end):
                found.append(Match(self.entity, start, end, LIKELY, self.name))
                last = end
        return found


SECRET = Secret()
