"""Currencies: decimals by ISO 4217, signs, and the currency of each country."""

from __future__ import annotations

from functools import lru_cache

_DECIMALS = {  # ISO 4217, list one: the minor units that are not 2
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_SIGNS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "KRW": "₩", "RUB": "₽", "TRY": "₺",
    "UAH": "₴", "ILS": "₪", "VND": "₫", "NGN": "₦", "PHP": "₱", "THB": "฿", "PLN": "zł", "CZK": "Kč", "HUF": "Ft",
    "SEK": "kr", "NOK": "kr", "DKK": "kr", "ISK": "kr", "CHF": "CHF", "BRL": "R$", "CAD": "CA$", "AUD": "A$",
    "NZD": "NZ$", "MXN": "MX$", "SGD": "S$", "HKD": "HK$", "TWD": "NT$", "ZAR": "R", "RON": "lei", "BGN": "лв",
    "KZT": "₸", "GEL": "₾", "AMD": "֏", "AZN": "₼", "BDT": "৳", "PKR": "₨", "LKR": "Rs", "NPR": "Rs", "IDR": "Rp",
    "MYR": "RM", "ARS": "AR$", "CLP": "CLP$", "COP": "COL$", "PEN": "S/", "GHS": "GH₵", "KES": "KSh",
}  # fmt: skip
_COUNTRIES = """
USD US PR GU VI AS MP EC SV PA TL FM MH PW TC VG BQ IO UM ZW;
EUR AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK AD MC SM VA ME XK GF GP MQ RE YT PM BL MF AX TF;
GBP GB IM JE GG; JPY JP; CNY CN; INR IN; CHF CH LI; CAD CA; AUD AU KI NR TV CC CX NF HM; NZD NZ CK NU TK PN;
SEK SE; NOK NO SJ BV; DKK DK FO GL; ISK IS; PLN PL; CZK CZ; HUF HU; RON RO; BGN BG; RSD RS; BAM BA; MKD MK; ALL AL;
MDL MD; UAH UA; BYN BY; RUB RU; TRY TR; GEL GE; AMD AM; AZN AZ; KZT KZ; UZS UZ; KGS KG; TJS TJ; TMT TM; MNT MN;
ILS IL PS; JOD JO; LBP LB; SYP SY; IQD IQ; IRR IR; SAR SA; AED AE; QAR QA; KWD KW; BHD BH; OMR OM; YER YE;
AFN AF; PKR PK; BDT BD; LKR LK; NPR NP; BTN BT; MVR MV; MMK MM; THB TH; LAK LA; KHR KH; VND VN; MYR MY; SGD SG;
IDR ID; PHP PH; BND BN; KRW KR; KPW KP; TWD TW; HKD HK; MOP MO; FJD FJ; PGK PG; SBD SB; VUV VU; WST WS; TOP TO;
XPF PF NC WF; EGP EG; MAD MA EH; DZD DZ; TND TN; LYD LY; SDG SD; SSP SS; ETB ET; ERN ER; DJF DJ; SOS SO; KES KE;
UGX UG; TZS TZ; RWF RW; BIF BI; CDF CD; AOA AO; ZMW ZM; MWK MW; MZN MZ; BWP BW; NAD NA; SZL SZ; LSL LS; ZAR ZA;
MGA MG; MUR MU; SCR SC; KMF KM; CVE CV; GMD GM; GNF GN; SLE SL; LRD LR; GHS GH; NGN NG; MRU MR; STN ST;
XOF BJ BF CI GW ML NE SN TG; XAF CM CF TD CG GQ GA; SHP SH; FKP FK; GIP GI;
MXN MX; GTQ GT; BZD BZ; HNL HN; NIO NI; CRC CR; CUP CU; JMD JM; HTG HT; DOP DO; BSD BS; BBD BB; TTD TT;
XCD AG DM GD KN LC VC AI MS; AWG AW; XCG CW SX; KYD KY; BMD BM; COP CO; VES VE; GYD GY; SRD SR; BRL BR; PEN PE;
BOB BO; PYG PY; UYU UY; ARS AR; CLP CL"""


@lru_cache(maxsize=1)
def by_country() -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes of countries to ISO 4217 codes of their currencies."""
    found: dict[str, str] = {}
    for line in _COUNTRIES.split(";"):
        currency, *countries = line.split()
        found |= dict.fromkeys(countries, currency)
    return found


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Codes of all currencies of countries, and of the units of account that have decimals of their own."""
    return frozenset(by_country().values()) | frozenset(_DECIMALS[4].split())


def places(currency: str) -> int:
    """Decimals that amounts of a currency have.

    >>> places("EUR"), places("JPY"), places("KWD")
    (2, 0, 3)
    """
    return next((n for n, codes in _DECIMALS.items() if currency in codes.split()), 2)


def sign(currency: str) -> str:
    """The currency's sign, or its code with a space where it has none of its own."""
    return _SIGNS.get(currency, currency)
