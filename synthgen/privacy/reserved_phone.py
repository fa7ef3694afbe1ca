"""Telephone numbers that authorities keep for fiction, in every usual spelling.

A number with its country code is unmistakable. In national form some ranges of one country read like assigned numbers
of another (02 5550 1234 in Sydney, 02 55 50 12 34 in France), so a national form counts only where the digits are
grouped as that country writes them, and not at all where another country groups them alike (Ireland, unless in
parentheses).
"""

from __future__ import annotations

import re

from synthgen.privacy.rule import Rule

_SEP = r"[\s().\-/\u00a0\u2010\u2011\u2013]"
_EXT = r"(?:\s*[,;]?\s*(?:x|ext\.?|extension|#)\s*\d{1,6})?"


def _spelled(number: str, between: str, inside: str = "") -> str:
    """Regex of a number such as `20 7946 0###` (`#`: any digit), with separators between and inside its groups."""
    groups = []
    for group in number.split(" "):
        tokens = re.findall(r"\[[^\]]+\]|\d|#", group)
        groups.append(inside.join(r"\d" if t == "#" else t for t in tokens))
    return between.join(groups)


def _abroad(code: str, numbers: tuple[str, ...], trunk: str = "0") -> str:
    """The numbers in international form, separators anywhere."""
    loose = f"{_SEP}{{0,3}}"
    full = "|".join(_spelled(n, loose, loose) for n in numbers)
    return rf"(?:tel:)?(?:\+|00){_SEP}{{0,2}}{code}{loose}(?:\(?{trunk}\)?{_SEP}{{0,2}})?(?:{full}){_EXT}"


def _loose(numbers: tuple[str, ...]) -> str:
    """The numbers in national form, separators anywhere."""
    loose = f"{_SEP}{{0,3}}"
    return rf"\(?0{loose}(?:{'|'.join(_spelled(n, loose, loose) for n in numbers)}){_EXT}"


def _grouped(numbers: tuple[str, ...]) -> str:
    """The numbers in national form, grouped exactly as written."""
    return rf"\(?0(?:{'|'.join(_spelled(n, f'{_SEP}{{1,3}}') for n in numbers)}){_EXT}"


def _tight(numbers: tuple[str, ...]) -> str:
    """The numbers in national form without any separator."""
    return rf"0(?:{'|'.join(_spelled(n, '') for n in numbers)})"


_AREA = r"\(?[2-9]\d{2}\)?"
_NANP = rf"(?:tel:)?(?:\+?1{_SEP}{{0,3}}|001{_SEP}{{0,3}})?(?:{_AREA}{_SEP}{{0,3}})?555{_SEP}{{0,3}}01{_SEP}?\d\d{_EXT}"
_GB = (
    "11[3-8] 496 0###", "1[2-6]1 496 0###", "191 498 0###", "20 7946 0###", "28 9018 0###", "29 2018 0###",
    "1632 960###", "7700 900###", "8081 570###", "909 8790###", "3069 990###",
)  # fmt: skip
_DE = (
    "30 23125###", "69 90009###", "40 66969###", "221 4710###", "89 99998###", "171 39200##", "176 040690##",
    "152 28817386", "152 28895456", "152 54599371", "172 9925904", "172 9968532", "172 9973185", "172 9973186",
    "172 9980752", "174 9091317", "174 9464308",
)  # fmt: skip
_FR = ("1 99 00 ## ##", "2 61 91 ## ##", "3 53 01 ## ##", "4 65 71 ## ##", "5 36 49 ## ##", "6 39 98 ## ##")
_AU_LAST = """0006 0156 0157 0158 0159 0110 0313 0737 1266 1491 1804 2549 2665 2983 3770 3087 4118 4632 5254 5789 6398
6801 7426 7644 8957 8148 8888 9212 9760 9455"""
_AU_MOBILE = tuple(f"491 57{n[0]} {n[1:]}" for n in _AU_LAST.split())
_AU = ("[2378] 5550 ####", "[2378] 7010 ####")
_AU_FREE = rf"(?:\+61{_SEP}?)?1300{_SEP}?975{_SEP}?7(?:07|08|09|10|11)|(?:\+61{_SEP}?)?1800{_SEP}?(?:160{_SEP}?401|975{_SEP}?7(?:07|08|09|10|11))"  # noqa: E501
_SE = (
    "70 174 06 0[5-9]", "70 174 06 [1-9]#", "31 390 06 ##", "40 628 04 ##", "8 465 004 ##", "8 4650 04 ##",
    "980 31 92 ##",
)  # fmt: skip
_PHONE = ("PHONE_NUMBER",)

RULES = (
    Rule(
        "nanp-fiction", _PHONE, _NANP,
        "NANPA", "555 Line Number Assignment Guidelines: NPA-555-0100 to 0199, in every area code", "secondary",
    ),
    Rule(
        "gb-drama", _PHONE, f"{_abroad('44', _GB)}|{_loose(_GB)}",
        "Ofcom", "Telephone numbers for drama use", "secondary",
    ),
    Rule(
        "de-drama", _PHONE, f"{_abroad('49', _DE)}|{_loose(_DE)}",
        "Bundesnetzagentur", "Mitteilung 148/2021, Amtsblatt 7/2021: five cities and twelve mobile entries", "quoted",
    ),
    Rule(
        "fr-fiction", _PHONE, f"{_abroad('33', _FR)}|{_grouped(_FR)}|{_tight(_FR)}",
        "ARCEP", "Decision 2018-0881, national numbering plan: numbers for audiovisual works", "secondary",
    ),
    Rule(
        "au-creative", _PHONE,
        f"{_abroad('61', _AU + _AU_MOBILE)}|{_grouped(_AU + _AU_MOBILE)}|{_tight(_AU_MOBILE)}|{_AU_FREE}",
        "ACMA", "Phone numbers for use in TV shows, films and creative works: 30 mobiles, 5550 and 7010", "quoted",
    ),
    Rule(
        "se-fiction", _PHONE, f"{_abroad('46', _SE)}|{_grouped(_SE)}|{_tight(_SE)}",
        "PTS", "Telefonnummer till böcker och filmer: 070-174 06 05 to 99 and four cities", "quoted",
    ),
    Rule(
        "ie-drama", _PHONE, _abroad("353", ("20 91# ####",)) + rf"|\(020\){_SEP}?91\d{_SEP}?\d{{4}}",
        "ComReg", "National numbering conventions: 020 91x xxxx for drama", "secondary",
    ),
)  # fmt: skip
