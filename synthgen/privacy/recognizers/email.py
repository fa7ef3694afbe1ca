"""E-mail addresses, at every top-level domain: also the private and reserved ones that Presidio drops."""

from __future__ import annotations

from synthgen.privacy.patterns import STRONG, PatternRecognizer

_LOCAL = r"[\w!#$%&'*+/=?^`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,127}|\"[^\"@\n]{1,64}\""
_HOST = r"(?:[^\W_](?:[\w-]{0,62}[^\W_])?\.){1,12}[^\W\d_](?:[\w-]{0,61}[^\W_])?|\[[0-9a-fA-F:.]{3,45}\]|localhost"


def _score(text: str) -> float:
    local = text.rpartition("@")[0]
    return 0.0 if local.endswith(".") and len(local) == 1 else STRONG


EMAIL = PatternRecognizer(
    entity="EMAIL_ADDRESS",
    expression=rf"(?:{_LOCAL})@(?:{_HOST})(?![\w@])",
    strong_prefilter="@",
    validate=_score,
    context=("email", "e mail", "mail"),
)
