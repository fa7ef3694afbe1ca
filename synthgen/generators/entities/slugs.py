"""Words in lower-case ASCII letters, for e-mail addresses, user names and domains.

Latin letters lose their accents (German umlauts become ae, oe, ue). Other alphabets and syllabaries are read from
Unicode's own names of their characters (`CYRILLIC SMALL LETTER ZHE` -> zh, `HANGUL SYLLABLE GIM` -> gim), close to
how they are romanised. Chinese characters have no such names: see `romanised`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from synthgen.generators.entities.vocabulary import provider

_LATIN = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LETTERS = {
    "CYRILLIC": "a=A be=B ve=V ghe=G de=D ie=E io=E zhe=ZH ze=Z i=I short_i=I ka=K el=L em=M en=N o=O pe=P er=R es=S "
    "te=T u=U ef=F ha=KH tse=TS che=CH sha=SH shcha=SHCH hard_sign= yeru=Y soft_sign= e=E yu=YU ya=YA "
    "ukrainian_ie=YE byelorussian-ukrainian_i=I yi=YI ghe_with_upturn=G je=J lje=LJ nje=NJ tshe=C dje=DJ "
    "dzhe=DZ kje=KJ gje=GJ dze=DZ short_u=U",
    "GREEK": "alpha=A beta=V gamma=G delta=D epsilon=E zeta=Z eta=I theta=TH iota=I kappa=K lamda=L mu=M nu=N xi=X "
    "omicron=O pi=P rho=R sigma=S final_sigma=S tau=T upsilon=Y phi=F chi=CH psi=PS omega=O",
    "ARABIC": "alef=A beh=B teh=T theh=TH jeem=J hah=H khah=KH dal=D thal=DH reh=R zain=Z seen=S sheen=SH sad=S "
    "dad=D tah=T zah=Z ain=A ghain=GH feh=F qaf=Q kaf=K keheh=K lam=L meem=M noon=N heh=H waw=W yeh=Y "
    "peh=P tcheh=CH jeh=ZH gaf=G teh_marbuta=A farsi_yeh=Y alef_maksura=A hamza= alef_with_madda_above=A",
    "HEBREW": "alef=A bet=B gimel=G dalet=D he=H vav=V zayin=Z het=CH tet=T yod=Y kaf=K lamed=L mem=M nun=N "
    "samekh=S ayin=A pe=P tsadi=TS qof=K resh=R shin=SH tav=T",
}  # fmt: skip
_TABLES = {
    script: {k.replace("_", " ").upper(): v for k, _, v in (pair.partition("=") for pair in pairs.split())}
    for script, pairs in _LETTERS.items()
}
_FIRST_SOUND = re.compile(r"[AEIOU]|[^AEIOU\s-]+")
_INDIC = frozenset("DEVANAGARI BENGALI GUJARATI GURMUKHI ORIYA TAMIL TELUGU KANNADA MALAYALAM SINHALA".split())  # noqa: SIM905


def slug(word: str, locale: str = "") -> str:
    """Lower-case ASCII letters of a text; empty where it has none and none can be read from Unicode's names.

    >>> slug("Müller-Lüdenscheidt", "de_DE"), slug("Žižek"), slug("Гордеева"), slug("김")
    ('muellerluedenscheidt', 'zizek', 'gordeeva', 'gim')
    """
    lower = unicodedata.normalize("NFC", word).lower().translate(_LATIN)
    lower = lower.translate(_GERMAN) if locale[:2] == "de" else lower
    if lower.isascii():
        return re.sub("[^a-z]", "", lower)
    return re.sub("[^a-z]", "", _read(lower))


def _read(word: str) -> str:
    out = ""
    for character in word:
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        if plain.isalnum():
            out += plain
            continue
        name = unicodedata.name(character, "")
        script, _, rest = name.partition(" ")
        if script in _INDIC:
            out = _indic(out, rest)
        else:
            out += _letter(script, rest).lower()
    return out


def _letter(script: str, rest: str) -> str:
    """The sound of one character by its name."""
    if script == "HANGUL":
        return rest.removeprefix("SYLLABLE ")
    if script in ("HIRAGANA", "KATAKANA"):
        return rest.rpartition(" ")[2] if "LETTER" in rest else ""
    if script == "THAI":
        sound = rest.removeprefix("CHARACTER ").removeprefix("SARA ")
        return (
            "" if sound.startswith(("MAI ", "THANTH")) and "HAN" not in sound else _sound(sound.replace("MAI HAN", "A"))
        )
    if "LETTER" not in rest:
        return ""
    letter = re.sub(r"^(SMALL |CAPITAL )?LETTER (FINAL )?", "", rest)
    if script == "GREEK" and rest.endswith("FINAL SIGMA"):
        return "S"
    table = _TABLES.get(script)
    if table is None:
        return _sound(letter)
    base = letter.partition(" WITH ")[0]
    return table.get(letter, table.get(base, _sound(base)))


def _sound(name: str) -> str:
    found = _FIRST_SOUND.match(name)
    return found[0] if found else ""


def _indic(out: str, rest: str) -> str:
    """Consonants carry an a, which a vowel sign replaces and a virama takes away."""
    sound = re.sub(r"[^A-Z]", "", rest.rpartition(" ")[2]).lower()
    if "VOWEL SIGN" in rest:
        return out.removesuffix("a") + sound
    if "VIRAMA" in rest or "AL-LAKUNA" in rest:
        return out.removesuffix("a")
    if "ANUSVARA" in rest or "CANDRABINDU" in rest:
        return out + "n"
    return out + sound if "LETTER" in rest else out


@lru_cache(maxsize=64)
def romanised(locale: str, kind: str) -> tuple[Mapping[str, str], Sequence[str]]:
    """For Japanese and Chinese `first` or `last` names: known spellings, and spellings that stand for the others."""
    source: Any = provider("person", locale)
    pairs = [p for a in ("", "_male", "_female") for p in getattr(source, f"{kind}_name{a}_pairs", ())]
    known = {kanji: slug(latin) for kanji, _, latin in pairs}
    return known, [slug(w) for w in getattr(source, f"{kind}_romanized_names", ())]


def name_slugs(words: Sequence[str], locale: str, kind: str) -> list[str]:
    """A slug of at most 20 letters for each first or last name of a locale; never empty."""
    found = []
    known, others = romanised(locale, kind) if locale[:2] in ("ja", "zh") else ({}, ())
    for i, word in enumerate(words):
        made = known.get(word) or slug(word, locale) or (others[i % len(others)] if others else "user")
        found.append(made[:20])
    return found
