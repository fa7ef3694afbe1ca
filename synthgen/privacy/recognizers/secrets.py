"""API secrets in the token formats that their issuers publish."""

from __future__ import annotations

from synthgen.privacy.patterns import STRONG, PatternRecognizer

_FORMS = (
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",  # AWS access key
    r"gh[pousr]_[A-Za-z0-9]{36,255}", r"github_pat_[A-Za-z0-9_]{22,255}",  # GitHub
    r"glpat-[A-Za-z0-9_-]{20,64}",  # GitLab
    r"xox[abeoprs]-[A-Za-z0-9-]{10,250}",  # Slack
    r"[rs]k_live_[A-Za-z0-9]{16,255}", r"whsec_[A-Za-z0-9]{24,255}",  # Stripe
    r"AIza[0-9A-Za-z_-]{35}", r"ya29\.[0-9A-Za-z_-]{20,255}",  # Google
    r"sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,255}",  # OpenAI, Anthropic
    r"npm_[A-Za-z0-9]{36}", r"pypi-[A-Za-z0-9_-]{50,255}", r"hf_[A-Za-z0-9]{34}",
    r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}",  # SendGrid
    r"eyJ[A-Za-z0-9_-]{8,1000}\.eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,1000}",  # JSON Web Token
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----",
)  # fmt: skip
_ANY = "|".join(_FORMS)

SECRET = PatternRecognizer(
    entity="API_KEY",
    expression=rf"(?<![\w])(?:{_ANY})",
    strong_prefilter=(
        r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_|glpat-|xox[abeoprs]-|[rs]k_live_|whsec_"
        r"|AIza[0-9A-Za-z_-]{35}|ya29\.|sk-[A-Za-z0-9_-]{32}|npm_[A-Za-z0-9]{36}|pypi-|hf_[A-Za-z0-9]{34}|SG\.[\w-]{16}"
        r"|eyJ[A-Za-z0-9_-]{8})|-----BEGIN "
    ),
    validate=lambda _: STRONG,
    context=("secret", "token", "api key"),
)
