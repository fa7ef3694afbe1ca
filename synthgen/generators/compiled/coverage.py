"""Which of Faker's methods are compiled: what counts as a method, the 30 most used ones, and the table of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from synthgen.generators.compiled.compiler import compile_method, why
from synthgen.generators.compiled.providers import methods

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "pt_BR", "ja_JP", "hi_IN", "ar_SA", "zh_CN")
COMMON = (  # the methods that tutorials, Stack Overflow questions and Faker's own front page show most
    "name", "first_name", "last_name", "email", "phone_number", "address", "street_address", "city",
    "administrative_unit", "postcode", "country", "company", "job", "date_of_birth", "date_between", "date_time",
    "text", "sentence", "paragraph", "word", "uuid4", "ipv4", "url", "user_name", "password", "credit_card_number",
    "iban", "ssn", "color_name", "random_int",
)  # fmt: skip
_CLOCK = datetime(2026, 1, 1)


@dataclass(frozen=True)
class Coverage:
    """One locale: its methods with how each is made (`vocabulary`, `grammar`, `kernel`) or why it is not compiled."""

    locale: str
    made: dict[str, str]
    refused: dict[str, str]

    @property
    def share(self) -> float:
        """Compiled methods of all methods."""
        return len(self.made) / (len(self.made) + len(self.refused))

    @property
    def common(self) -> float:
        """Compiled methods of the most used ones that the locale has."""
        known = [m for m in COMMON if m in self.made or m in self.refused]
        return sum(m in self.made for m in known) / len(known)


def coverage(locale: str, names: Iterable[str] | None = None) -> Coverage:
    """Compile every method of a locale (without arguments) and say how it went."""
    made: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name in names or methods(locale):
        sampler = compile_method(name, locale, {}, _CLOCK)
        if sampler is None:
            refused[name] = why(name, locale) or ""
        else:
            made[name] = sampler.kind
    return Coverage(locale, made, refused)


__all__ = ["COMMON", "LOCALES", "Coverage", "coverage", "methods"]
