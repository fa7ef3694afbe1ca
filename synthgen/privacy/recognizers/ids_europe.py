"""Identity numbers of Europe."""

from __future__ import annotations

import re

from stdnum.it import codicefiscale

from synthgen.privacy.checksums import by_chance, checked
from synthgen.privacy.patterns import LIKELY, STRONG, PatternRecognizer
from synthgen.privacy.recognizers.words import ID_CARD, SOCIAL, TAX, words
from synthgen.privacy.reserved import explain


def _nino(text: str) -> float:
    """A prefix that HMRC allocates (letters and pairs that it does not are the rule `nino-never-allocated`)."""
    compact = re.sub(r"[ .-]", "", text).upper()
    if explain(compact, "UK_NINO") is not None:
        return LIKELY
    return STRONG if re.fullmatch(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", compact) else 0.0


_NINO = r"[A-Za-z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-Da-d]"

NINO = PatternRecognizer(
    entity="UK_NINO",
    expression=rf"(?<![\w-]){_NINO}(?![\w-])",
    strong_prefilter=rf"\b{_NINO}\b",
    validate=_nino,
    context=(*SOCIAL, "nino", "ni number"),
)

NHS = PatternRecognizer(
    entity="UK_NHS",
    expression=r"(?<![\w+-])(?<!\d )\d{3}[- ]\d{3}[- ]\d{4}(?![\w]|[- ]\d)",
    strong_prefilter=r"\b\d{3}[- ]\d{3}[- ]\d{4}\b",
    validate=by_chance("gb.nhs"),
    validate_weak=checked("gb.nhs"),
    context=("nhs", "nhs number", "national health", "health services authority"),
    weak=r"(?<![\w-])\d{10}(?![\w-])",
    weak_prefilter=r"\b\d{10}\b",
)


_NIR = r"[12]\s?\d\d\s?(?:0[1-9]|1[0-2]|[2-9]\d)\s?(?:\d\d|2[ABab])\s?\d{3}\s?\d{3}\s?\d\d"

FR_NIR = PatternRecognizer(
    entity="FR_NIR",
    expression=rf"(?<![\w-]){_NIR}(?![\w-])",
    strong_prefilter=rf"\b{_NIR}\b",
    validate=checked("fr.nir"),
    context=(*SOCIAL, "nir", "insee"),
)

ES_NIF = PatternRecognizer(
    entity="ES_NIF",
    expression=r"(?<![\w-])\d{7,8}-?[A-Z](?![\w-])",
    strong_prefilter=r"\b\d{7,8}-?[A-Z]\b",
    validate=lambda text: checked("es.dni")(text.replace("-", "").zfill(9).upper()),
    context=(*TAX, *ID_CARD, "dni", "nif"),
    weak=r"(?<![\w-])\d{7,8}-?[a-z](?![\w-])",
    weak_prefilter=r"\b\d{7,8}-?[a-z]\b",
)

ES_NIE = PatternRecognizer(
    entity="ES_NIE",
    expression=r"(?<![\w-])[XYZxyz]-?\d{7}-?[A-Za-z](?![\w-])",
    strong_prefilter=r"\b[XYZxyz]-?\d{7}-?[A-Za-z]\b",
    validate=checked("es.nie"),
    context=(*TAX, *ID_CARD, "nie", *words("número de identificación de extranjero")),
)

_CF = r"(?i)[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"


def _codice(text: str) -> float:
    """The check letter of the first fifteen characters (D.M. 12/03/1974)."""
    compact = text.upper()
    return STRONG if codicefiscale.calc_check_digit(compact[:15]) == compact[15] else 0.0


IT_FISCAL_CODE = PatternRecognizer(
    entity="IT_FISCAL_CODE",
    expression=rf"{_CF[:4]}(?<!\w){_CF[4:]}(?!\w)",
    strong_prefilter=rf"{_CF[:4]}\b{_CF[4:]}\b",
    validate=_codice,
    context=(*TAX, "fiscal code"),
)

PL_PESEL = PatternRecognizer(
    entity="PL_PESEL",
    expression=None,
    strong_prefilter=None,
    validate=checked("pl.pesel"),
    context=words("pesel, numer pesel"),
    weak=r"(?<![\w-])\d{11}(?![\w-])",
    weak_prefilter=r"\b\d{11}\b",
)

NL_BSN = PatternRecognizer(
    entity="NL_BSN",
    expression=None,
    strong_prefilter=None,
    validate=checked("nl.bsn"),
    context=words("bsn, burgerservicenummer, sofinummer, sofi"),
    weak=r"(?<![\w-])(?:\d{9}|\d{4}[. ]\d\d[. ]\d{3})(?![\w-])",
    weak_prefilter=r"\b(?:\d{9}|\d{4}[. ]\d\d[. ]\d{3})\b",
)

SE_PERSONNUMMER = PatternRecognizer(
    entity="SE_PERSONNUMMER",
    expression=r"(?<![\w-])(?:\d{2})?\d{2}[01]\d[0-9]\d[-+]\d{4}(?![\w-])",
    strong_prefilter=r"\b\d{6}(?:\d\d)?[-+]\d{4}\b",
    validate=checked("se.personnummer"),
    context=words("personnummer, personal identity, pnr, samordningsnummer, swedish id, swedish id code"),
    weak=r"(?<![\d-])(?:\d{10}|\d{12})(?![\w-])",
    weak_prefilter=r"\d{10}(?:\d\d)?\b",
)

_HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def _hetu(text: str) -> float:
    """Check character: date and number modulo 31; separators of 2023 included (Digital and Population Data Agency)."""
    return STRONG if _HETU[int(text[:6] + text[7:10]) % 31] == text[10] and _is_day(text) else 0.0


def _is_day(text: str) -> bool:
    """Whether six digits are a day, a month and a year."""
    longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= int(text[2:4]) <= 12 and 1 <= int(text[:2]) <= longest[int(text[2:4]) - 1]


FI_HETU = PatternRecognizer(
    entity="FI_PERSONAL_IDENTITY_CODE",
    expression=r"(?<![\w-])\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Y](?![\w-])",
    strong_prefilter=r"\b\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Y]\b",
    validate=_hetu,
    context=words("hetu, henkilötunnus, personal identity code, finnish id, finnish id code"),
    weak=r"(?<![\d-])\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Y](?![\w-])",
    weak_prefilter=r"\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Y]",
)

DK_CPR = PatternRecognizer(
    entity="DK_CPR",
    expression=None,
    strong_prefilter=None,
    validate=checked("dk.cpr"),
    context=("cpr", "cpr nr", "cpr nummer", "personnummer"),
    weak=r"(?<![\w-])[0-3]\d[01]\d{3}-?\d{4}(?![\w-])",
    weak_prefilter=r"\b[0-3]\d[01]\d{3}-?\d{4}\b",
)

NO_FODSELSNUMMER = PatternRecognizer(
    entity="NO_FODSELSNUMMER",
    expression=None,
    strong_prefilter=None,
    validate=checked("no.fodselsnummer"),
    context=words("fødselsnummer, personnummer"),
    weak=r"(?<![\w-])\d{6} ?\d{5}(?![\w-])",
    weak_prefilter=r"\b\d{6} ?\d{5}\b",
)

BE_NN = PatternRecognizer(
    entity="BE_NATIONAL_NUMBER",
    expression=r"(?<![\w.])\d\d\.\d\d\.\d\d-\d{3}[.-]\d\d(?![\w-])",
    strong_prefilter=r"\d\d\.\d\d\.\d\d-\d{3}[.-]\d\d",
    validate=checked("be.nn"),
    context=("rijksregisternummer", "registre national", "national number"),
    weak=r"(?<![\w-])\d{11}(?![\w-])",
    weak_prefilter=r"\b\d{11}\b",
)

CH_AHV = PatternRecognizer(
    entity="CH_AHV",
    expression=r"(?<![\w.])756[. ]\d{4}[. ]\d{4}[. ]\d\d(?![\w.])",
    strong_prefilter=r"\b756[. ]\d{4}[. ]\d{4}[. ]\d\d\b",
    validate=checked("ch.ssn"),
    context=(*SOCIAL, "ahv", "avs", "ahv nummer"),
    weak=r"(?<![\w-])756\d{10}(?![\w-])",
    weak_prefilter=r"\b756\d{10}\b",
)
