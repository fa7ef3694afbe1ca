"""Phone numbers that no subscriber has: ranges that authorities keep for fiction, as whole vocabularies by country.

- US, CA: NPA-555-0100 to 0199 (NANPA, 555 line number guidelines), for assigned area codes.
- GB: Ofcom's numbers for drama, 07700 900000 to 900999 and the 0xxx ranges of geographic areas.
- DE: Bundesnetzagentur, Mitteilung 148/2021: 030 23125, 040 66969, 069 90009, 0221 4710, 089 99998, each with 000-999.
- FR: ARCEP, decision 2018-0881: 01 99 00, 02 61 91, 03 53 01, 04 65 71, 05 36 49, 06 39 98.
- AU: ACMA, numbers for use in creative works: 5550 and 7010 in each region, six mobile numbers.
- SE: PTS, 070-174 06 05 to 06 99. IE: ComReg, 020 91x xxxx.

Other countries have no range that is known to be reserved: their rows get the North American one in full form.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
import polars as pl

from synthgen.columns import Column, Declared, Rows, Vocabulary
from synthgen.generators.entities.base import Segments, distinct, locale_group

_US = """201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252
253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323
325 330 331 334 336 337 339 347 351 352 360 361 385 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423
424 425 432 434 435 440 443 469 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530 540
541 551 559 561 562 563 567 570 571 573 574 575 580 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618
619 620 623 626 630 631 636 641 646 650 651 660 661 662 678 682 701 702 703 704 706 707 708 712 713 714 715 716 717 718
719 720 724 727 731 732 734 740 757 760 763 765 770 772 773 774 775 781 785 786 801 802 803 804 805 806 808 810 812 813
814 815 816 817 818 828 830 831 832 843 845 847 848 850 856 857 858 859 860 862 863 864 865 870 901 903 904 906 907 908
909 910 912 913 914 915 916 917 918 919 920 925 928 931 936 937 940 941 947 949 951 952 954 956 970 971 972 973 978 979
980 985 989"""
_CA = "204 226 236 250 289 306 343 365 403 416 418 431 437 438 450 506 514 519 579 581 587 604 613 639 647 705 709 778 780 807 819 867 873 902 905"  # noqa: E501
_GB = ("113 496", "114 496", "115 496", "116 496", "117 496", "118 496", "121 496", "131 496", "141 496", "151 496",
       "161 496", "191 498", "20 7946", "28 9018", "29 2018")  # fmt: skip
_DE = ("30 23125", "40 66969", "69 90009", "221 4710", "89 99998")
_FR = ("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49", "6 39 98")


@lru_cache(maxsize=32)
def reserved_phones(country: str) -> tuple[str, ...]:
    """Every number of a country's reserved ranges (a sample of 8,000 for AU and IE), in international form."""
    if country == "GB":
        mobile = [f"+44 7700 900{n:03d}" for n in range(1000)]
        return (*mobile, *(f"+44 {area} 0{n:03d}" for area in _GB for n in range(1000)))
    if country == "DE":
        return tuple(f"+49 {area}{n:03d}" for area in _DE for n in range(1000))
    if country == "FR":
        return tuple(f"+33 {area} {n // 100:02d} {n % 100:02d}" for area in _FR for n in range(10_000))
    if country == "AU":
        mobile = [f"+61 491 570 {n:03d}" for n in (6, 110, 156, 157, 158, 159)]
        return (*mobile, *(f"+61 {r} {p} {n:04d}" for r in "2378" for p in (5550, 7010) for n in range(1000)))
    if country == "SE":
        return tuple(f"+46 70 174 06 {n:02d}" for n in range(5, 100))
    if country == "IE":
        return tuple(f"+353 20 91{n // 1000} {n % 1000:03d}0" for n in range(8000))
    codes = (_CA if country == "CA" else _US).split()
    return tuple(f"+1-{code}-555-01{n:02d}" for code in codes for n in range(100))


_CODES = {"GB": "44", "DE": "49", "FR": "33", "AU": "61", "SE": "46", "IE": "353"}
_TRUNK = ("GB", "DE", "FR", "SE")  # national numbers without separators are unmistakable there


@lru_cache(maxsize=64)
def fitting_phones(country: str, limit: int | None) -> tuple[str, ...]:
    """A country's reserved numbers in the fullest spelling of at most `limit` characters (7 at least).

    Spellings: international, the same without separators, national without separators; where none fits, those of North
    America, down to the seven digits of a local call (555 0100 to 555 0199).
    """
    numbers = reserved_phones(country)
    if limit is None or max(map(len, numbers)) <= limit:
        return numbers
    code = _CODES.get(country, "1")
    bare = ["".join(c for c in n if c in "+0123456789") for n in numbers]
    national = [("" if code == "1" else "0") + n[len(code) + 1 :] for n in bare]
    spellings: list[Sequence[str]] = [bare]
    if code == "1" or country in _TRUNK:
        spellings.append(national)
    if code == "1":
        spellings += [[f"{n[3:6]}-{n[6:]}" for n in national], [n[3:] for n in national]]
    found = next((s for s in spellings if max(map(len, s)) <= limit), None)
    if found is None:
        return fitting_phones("US", limit) if code != "1" else tuple(dict.fromkeys(n[3:] for n in national))
    return tuple(dict.fromkeys(found))


class ReservedPhones:
    """Phone numbers of each row's country, out of its reserved ranges; people and companies share it."""

    shortest = 7
    """The least `max_length` that some spelling keeps to."""

    def __init__(self, countries: Sequence[str], limit: int | None) -> None:
        self._countries, self._limit = countries, limit

    @cached_property
    def _numbers(self) -> tuple[Vocabulary, Segments]:
        every = [fitting_phones(country, self._limit) for country in self._countries]
        segments = Segments([(n, [1.0] * len(n)) for n in every], range(len(every)))
        return Vocabulary("reserved:phones", pl.Series(segments.words)), segments

    def column(self, rows: Rows, unique: bool, declared: Declared | None) -> Column:
        """One number per row; with `unique`, each at most once."""
        vocabulary, segments = self._numbers
        if unique:
            codes = distinct(rows, "phone", len(vocabulary.values)).astype(np.uint32)
            return Column.coded(vocabulary, codes, declared)
        return Column.coded(vocabulary, segments.pick(rows.bits("phone"), locale_group(rows)), declared)

    @property
    def capacity(self) -> int:
        """How many rows can have numbers of their own: none where countries are mixed."""
        return len(self._numbers[0].values) if len(self._countries) == 1 else 0
