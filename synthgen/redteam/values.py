"""Values to plant: made up from a seed, with valid check digits, in no reserved range, in the form that people write.

Each line of the table is one entity: its label, its spellings, and what must accept it. A value is drawn until the
check of its authority (python-stdnum, libphonenumber) accepts it and no reserved range explains it. The label is the
word that makes a weak form recognisable: nine bare digits mean nothing to anybody without one, and are never planted
without. In parentheses it is needed only where the value loses its usual form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from synthgen.evals.draw import Draw
from synthgen.privacy.reserved import explain
from synthgen.redteam.checks import check_of

_TRIES = 20_000

# In spellings: # a digit, % a digit but 0, ^ a capital, & a small letter or digit, ~ a hexadecimal digit, [...] one of
# these, {yymmdd} a date of birth, anything else itself.
_TABLE = """
EMAIL_ADDRESS | | (words).(words)##@(hosts); (words)_(words)@(hosts) | |
PHONE_NUMBER | | +49 30 %#######; +1 (212) [2-9]##-####; +44 7911 ######; +33 6 ## ## ## ## | phone | digits
CREDIT_CARD | | 4539 #### #### ####; 5[1-5]## #### #### ####; 3714 ###### #####; 2221 #### #### #### | luhn | digits
IBAN_CODE | | DE## #### #### #### #### ##; FR## #### #### #### #### #### ###; NL##ABNA########## | iban |
IP_ADDRESS | | 84.17.1##.%#; 2a00:1450:4001:8##::200~ | |
MAC_ADDRESS | | 3c:22:fb:~~:~~:~~; A4-83-E7-##-##-## | |
PERSONAL_URL | | https://(words):(words)##@portal.(hosts)/inbox | | exact
API_KEY | | AKIA^^^^^^^^[2-7]^^^^^^^; ghp_&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&; glpat-&&&&&&&&&&&&&&&&&&&& | | exact
CRYPTO | | (coin); 0x~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ | | exact
IMEI | IMEI | 35-######-######-#; 35############# | luhn |
VIN | VIN | WVWZZZ1JZ#W###### | |
US_SSN | (SSN) | [1-5]##-[1-9]#-###%; [1-5]## [1-9]# ###% | us.ssn | digits
US_ITIN | (ITIN) | 9##-7#-###% | us.itin | digits
US_BANK_NUMBER | bank account number | %########### | |
US_PASSPORT | passport number | 5%####### | |
US_DRIVER_LICENSE | driver's license number | D####### | |
US_MBI | | 1EG%-TE%-MK7% | |
MEDICAL_LICENSE | DEA number | B^####### | dea |
CA_SIN | (SIN) | [1-7]## ### ### | ca.sin | digits
CA_PASSPORT | Canadian passport number | ^^###### | |
CA_DRIVER_LICENSE | Ontario driver's licence | ^####-#####-#0%1% | |
BR_CPF | (CPF) | ###.###.###-## | br.cpf | digits
MX_CURP | | [BCDFG][AEIOU][BCDFG][BCDFG]{yymmdd}HDF[BCDFG][LMNPR][BCDFG]0# | mx.curp |
CL_RUT | (RUT) | 1#.###.###-# | cl.rut | digits
UK_NINO | | AB ## ## ## C; J[CEGHJKM]######D | |
UK_NHS | (NHS number) | [4-7]## ### #### | gb.nhs | digits
UK_PASSPORT | British passport number | 5######## | |
UK_DRIVING_LICENCE | | MORGA[6-8]0%1%#SM9IJ | |
UK_VEHICLE_REGISTRATION | registration plate | [LGB][ABCDEF]6% [ABC][JKL][RST] | |
DE_TAX_ID | (Steuer-ID) | %# ### ### ### | de.idnr | digits
DE_TAX_NUMBER | Steuernummer | 21/815/0#### | |
DE_PASSPORT | Reisepassnummer | C[CFGHJK0-9]####[CFGHJK]## | icao |
DE_ID_CARD | Personalausweis Nr. | L[CFGHJK]1X##T4# | icao |
DE_FUEHRERSCHEIN | Führerschein Nr. | B072RRE2I5% | |
DE_SOCIAL_SECURITY | Rentenversicherungsnummer | 65{ddmmyy}M### | vsnr |
DE_HEALTH_INSURANCE | Krankenversichertennummer | ^######### | kvnr |
DE_LANR | LANR | %######01 | lanr |
DE_KFZ | Kennzeichen | M-AB %###; HH-XY %## | |
FR_NIR | (NIR) | [12] 8# 0% 75 ### ### ## | fr.nir | digits
FR_PASSPORT | numéro de passeport | 1#CV##### | |
FR_DRIVER_LICENSE | permis de conduire | 1#AB##### # | |
ES_NIF | (DNI) | ########^ | es.dni |
ES_NIE | | [XY]#######^ | es.nie |
ES_PASSPORT | pasaporte | AAB###### | |
ES_DRIVER_LICENSE | permiso de conducir | ########^ | es.dni |
IT_FISCAL_CODE | | RSSMRA[5-8]#A[0-2][1-9]F[1-9]##^ | it.codicefiscale |
IT_PASSPORT | passaporto | YA####### | |
IT_DRIVER_LICENSE | patente di guida | AB#######K | |
IT_IDENTITY_CARD | carta d'identità | CA#####AA; AX####### | |
PT_PASSPORT | passaporte | CA###### | |
PT_DRIVER_LICENSE | carta de condução | L-####### # | |
PL_PESEL | PESEL | {yymmdd}##### | pl.pesel | digits
PL_PASSPORT | paszport | EH####### | |
PL_DRIVER_LICENSE | prawo jazdy | #####/##/#### | |
NL_BSN | BSN | ######### | nl.bsn | digits
NL_PASSPORT | paspoortnummer | NX#PL%##% | |
NL_DRIVER_LICENSE | rijbewijsnummer | 5######### | |
SE_PERSONNUMMER | (personnummer) | {yymmdd}-#### | se.personnummer | digits
FI_PERSONAL_IDENTITY_CODE | | {ddmmyy}-###[0-9A-Y] | fi.hetu |
DK_CPR | CPR | {ddmmyy}-#### | dk.cpr | digits
NO_FODSELSNUMMER | fødselsnummer | {ddmmyy} ##### | no.fodselsnummer | digits
BE_NATIONAL_NUMBER | (rijksregisternummer) | {yy.mm.dd}-###.## | be.nn | digits
CH_AHV | (AHV) | 756.####.####.## | ch.ssn | digits
CH_PASSPORT | Swiss passport number | X####### | |
AT_PASSPORT | Austrian passport number | P####### | |
IN_AADHAAR | (Aadhaar) | [2-9]### #### #### | in_.aadhaar | digits
IN_PAN | | ^^^P^####^ | in_.pan |
IN_PASSPORT | Indian passport number | [JKM]%###### | |
IN_DRIVER_LICENSE | Indian driving licence | MH12 20110####### | |
IN_VOTER | voter id | ^^^####### | in_.epic |
IN_VEHICLE_REGISTRATION | vehicle registration | MH 12 DE 1%## | |
AU_TFN | (TFN) | ### ### ### | au.tfn | digits
AU_MEDICARE | (Medicare) | [2-6]### ##### # | medicare | digits
AU_PASSPORT | Australian passport number | N####### | |
AU_DRIVER_LICENSE | NSW driver licence | %####### | |
SG_NRIC_FIN | NRIC | S#######^ | nric |
KR_RRN | | {yymmdd}-1###### | kr.rrn |
KR_FRN | | {yymmdd}-5###### | |
KR_PASSPORT | Korean passport number | M######## | |
KR_DRIVER_LICENSE | | 11-%#-######-## | |
CN_RIC | | 110105{yyyymmdd}###[0-9X] | cn.ric |
CN_PASSPORT | Chinese passport number | E######## | |
JP_PASSPORT | Japanese passport number | TK####### | |
ZA_ID_NUMBER | South African id number | {yymmdd} #### 08# | za.idnr | digits
NG_NIN | NIN | %########## | verhoeff | digits
NG_VEHICLE_REGISTRATION | Nigerian number plate | ABC-###DE | |
PH_TIN | Philippine TIN | %##-###-###-000 | ph_tin |
TR_NATIONAL_ID | T.C. kimlik no | %########## | tr.tckimlik | digits
TR_LICENSE_PLATE | plaka | 34 ABC %## | |
TH_TNIN | (Thai id) | %-####-#####-##-# | th.pin | digits
PERSON | | (first) (last) | | name
LOCATION | | %## (streets) (kinds) | | place
DATE_OF_BIRTH | date of birth | {d Month yyyy}; {yyyy-mm-dd} | |
"""
_LISTS = {
    "words": "mara quell lina torben hakan odette brisk wyler jonte selma ruiz kato arden finch tilda moss",
    "hosts": "quellmark-berg.de brightmoorlabs.com postkanal.net veltrano.it northgatepress.co.uk orlandine.fr",
    "first": "Laura Daniel Sarah Michael Emily Kevin Julia Thomas Rebecca Stephen Nicole Patrick Angela Brian Karen",
    "last": "Bennett Hoffmann Mitchell Ramirez Sullivan Petersen Gallagher Whitaker Schneider Fitzgerald Campbell",
    "streets": "Alder Maple Orchard Hawthorn Juniper Chestnut Wexford Lakeview Brookfield Ashcombe",
    "kinds": "Street Avenue Road Lane Drive",
}
_DATES = {
    "yymmdd": "%y%m%d", "ddmmyy": "%d%m%y", "yyyymmdd": "%Y%m%d", "yy.mm.dd": "%y.%m.%d", "yyyy-mm-dd": "%Y-%m-%d",
    "d Month yyyy": "%d %B %Y",
}  # fmt: skip
_CLASSES = {
    "#": "0123456789", "%": "123456789", "^": "ABCDEFGHJKLMNPRSTUVWXYZ", "&": "abcdefghijkmnpqrstuvwxyz23456789",
    "~": "0123456789abcdef",
}  # fmt: skip
_PIECE = re.compile(r"\(([a-z]+)\)|\{([^}]+)\}|\[([^\]]+)\]|([#%^&~])|(.)")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True)
class Planted:
    """A made-up value of an entity.

    `label` is the context word that a weak form needs, empty for a form that says enough; `weak` is the word for a
    value whose digits are torn apart. `kind` tells what can be done to it: `digits` (a number that may be spaced out),
    `exact` (a token that another case or a space destroys), `name`, `place`, or nothing.
    """

    entity: str
    value: str
    label: str
    kind: str
    weak: str = ""

    @property
    def text(self) -> str:
        """The value with the word that makes it recognisable."""
        return f"{self.label} {self.value}" if self.label else self.value


@dataclass(frozen=True)
class _Entry:
    label: str
    spellings: tuple[str, ...]
    check: Callable[[str], bool]
    kind: str
    weak: str


@lru_cache(maxsize=1)
def _entries() -> dict[str, _Entry]:
    found = {}
    for line in _TABLE.strip().splitlines():
        name, label, spellings, check, kind = (part.strip() for part in (line + " |").split(" |")[:5])
        weak = label.strip("()")
        listed = tuple(s.strip() for s in spellings.split(";"))
        found[name] = _Entry("" if label != weak else label, listed, check_of(check), kind, weak)
    return found


def entities() -> list[str]:
    """Entities that there are values for."""
    return list(_entries())


def make(entity: str, draw: Draw) -> Planted:
    """A value of the entity, the same for the same draw. Raises KeyError for an entity without a line in the table."""
    entry = _entries()[entity]
    for _ in range(_TRIES):
        value = _PIECE.sub(lambda m: _piece(m, draw), draw.pick(entry.spellings))
        if entry.check(value) and explain(value, entity) is None:
            return Planted(entity, value, entry.label, entry.kind, entry.weak)
    raise AssertionError(f"no valid {entity} in {_TRIES} draws")


def _piece(match: re.Match[str], draw: Draw) -> str:
    listed, dated, among, kind, plain = match.groups()
    if listed == "coin":
        return _coin(draw)
    if listed:
        return draw.pick(_LISTS[listed].split())
    if dated:
        return (date(1951, 1, 1) + timedelta(days=draw.below(17_000))).strftime(_DATES[dated])
    return plain if plain is not None else draw.pick(_letters(among) if among else _CLASSES[kind])


def _letters(among: str) -> str:
    """`A-Z` in brackets stands for the letters between."""
    return re.sub(r"(\w)-(\w)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), among)


def _coin(draw: Draw) -> str:
    """A Bitcoin address of the main network: version byte 0, 20 bytes, four bytes of a double SHA-256, in base 58."""
    body = bytes([0, *(draw.below(256) for _ in range(20))])
    number = int.from_bytes(body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4], "big")
    made = ""
    while number:
        number, digit = divmod(number, 58)
        made = _BASE58[digit] + made
    return "1" + made
