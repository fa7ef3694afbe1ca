"""Word lists of a locale, out of Faker's own providers, each made once per process.

Where a provider holds its words as lists (with weights, for some), they are taken as they are. Where a locale composes
them in code, a fixed sample of the provider's own output stands for them.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

Weighted = tuple[tuple[str, ...], tuple[float, ...]]
_SAMPLE = 600
_SEED = 20_260_901


@lru_cache(maxsize=256)
def provider(kind: str, locale: str) -> Any:
    """Faker's provider class for a locale, or the nearest that Faker has (same language, then en_US)."""
    name = near(kind, locale)
    return importlib.import_module(f"faker.providers.{kind}.{name}" if name else f"faker.providers.{kind}").Provider


@lru_cache(maxsize=1024)
def near(kind: str, locale: str) -> str:
    """The locale itself where Faker has a provider of this kind for it, else the nearest that has; empty for none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some locales are old names of others
        for name in [locale, *_SAME_LANGUAGE.get(locale.partition("_")[0], ()), "en_US"]:
            try:
                importlib.import_module(f"faker.providers.{kind}.{name}")
            except ModuleNotFoundError:
                continue
            return name
    return ""


_SAME_LANGUAGE = {
    "de": ("de_DE", "de"), "en": ("en_US", "en_GB", "en"), "fr": ("fr_FR",), "es": ("es_ES", "es"), "it": ("it_IT",),
    "ar": ("ar_SA", "ar_DZ"), "el": ("el_GR",), "th": ("th_TH",), "dk": ("da_DK",), "sr": ("hr_HR",), "bs": ("hr_HR",),
    "lb": ("de_LU", "de_DE"), "nl": ("nl_NL",), "pt": ("pt_PT", "pt_BR"), "sv": ("sv_SE",), "pl": ("pl_PL",),
    "no": ("no_NO",),
}  # fmt: skip


@lru_cache(maxsize=64)
def generator(locale: str) -> Any:
    """A real Faker generator with the person, address, company and job providers only, seeded with a constant."""
    from faker import Factory  # the only use of Faker's factory here

    kinds = [f"faker.providers.{k}" for k in ("misc", "person", "address", "company", "job", "phone_number")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some locales are old names of others
        try:
            made = Factory.create(locale, providers=kinds, use_weighting=False)  # a sample of forms: four times as fast
        except AttributeError:  # Faker's way to say that it does not know a locale
            made = Factory.create("en_US", providers=kinds, use_weighting=False)
    made.seed_instance(_SEED)
    return made


@lru_cache(maxsize=512)
def words(kind: str, locale: str, *attributes: str) -> Weighted:
    """The first of the named lists that the locale's provider has, else a sample of the method of that name."""
    source = provider(kind, locale)
    for attribute in attributes:
        found = getattr(source, attribute, None)
        if isinstance(found, Mapping) and found and all(isinstance(k, str) for k in found):
            return tuple(found), tuple(float(w) for w in found.values())
        if isinstance(found, Sequence) and not isinstance(found, str) and found and isinstance(found[0], str):
            unique = tuple(dict.fromkeys(found))
            return unique, (1.0,) * len(unique)
    return sample(locale, attributes[-1].rstrip("s"), _SAMPLE)


@lru_cache(maxsize=512)
def sample(locale: str, method: str, count: int) -> Weighted:
    """Distinct results of `count` calls of a Faker method with a constant seed, in order of appearance."""
    made = generator(_speaking(locale, method))
    made.seed_instance(f"{_SEED}:{method}")
    call = getattr(made, method)
    found: dict[str, float] = {}
    for _ in range(count):
        text = " ".join(str(call()).split())
        found[text] = found.get(text, 0.0) + 1.0
    return tuple(found), tuple(found.values())


def _speaking(locale: str, method: str) -> str:
    """The locale whose provider of addresses or people makes a method's values: one of the same language, if any."""
    kind = "address" if method in _ADDRESSES else "job" if method.startswith("job") else "person"
    if kind == "job" or not near(kind, locale):
        return locale
    found = near(kind, locale)
    return locale if found == "en_US" else found


_ADDRESSES = frozenset({"street_name", "city", "state", "province", "administrative_unit", "postcode"})
