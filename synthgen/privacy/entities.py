"""What each entity means for a person: its class, what proves a match, and how bad it is.

- `direct`: the value identifies somebody by itself, or opens somebody's account: addresses, numbers, secrets.
- `indirect`: it identifies somebody together with little else: a name, a street address, a date of birth, the tax
  number of a self-employed person.
- `quasi`: it describes; only many of them together single somebody out (a city, a date, an age, a firm).

The gate and `synthgen scan` look for direct and indirect entities. Quasi entities are looked for when they are asked
for by name: a date or a city alone is nobody's datum, and a scanner that cries wolf is switched off.

A URL is quasi: the address of a public page names a page, and documentation is full of them. What makes a URL personal
is in it: user info, a profile page, a home directory, an e-mail address or a token in the query. Such a URL is a
`PERSONAL_URL`, which is direct. So a bare URL is not checked for a real host by default: whoever wants a table without
any asks for `URL`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from synthgen.privacy.reserved import rules_of

Kind = Literal["direct", "indirect", "quasi"]
Severity = Literal["error", "warning", "note"]

_SEVERITY: dict[Kind, Severity] = {"direct": "error", "indirect": "warning", "quasi": "note"}


@dataclass(frozen=True)
class Entity:
    """One entity: class, what makes a match count, and what it is in one line.

    `proof` is `checksum` (bare digits need context too, where one number in ten has it by chance), `form` (the spelling
    says enough), `context` (a word in the column's name or shortly before must name it), a combination of these, or
    `model` (a language model and name vocabularies).
    """

    name: str
    kind: Kind
    proof: str
    about: str

    @property
    def severity(self) -> Severity:
        """Direct is an error, indirect a warning, quasi a note."""
        return _SEVERITY[self.kind]


_TABLE = """
EMAIL_ADDRESS | direct | form | e-mail address, at private and reserved domains too
PHONE_NUMBER | direct | checksum or context | telephone number that libphonenumber finds valid; bare digits with context
CREDIT_CARD | direct | checksum | payment card number, 12 to 19 digits (Luhn, ISO/IEC 7812)
IBAN_CODE | direct | checksum | international bank account number (ISO 13616)
US_BANK_NUMBER | direct | context | US bank account number
CRYPTO | direct | checksum | wallet address: Bitcoin, Litecoin, Ethereum, Monero, Tron, Ripple and others
IP_ADDRESS | direct | form | IPv4 or IPv6 address
MAC_ADDRESS | direct | form | hardware address of a network card
PERSONAL_URL | direct | form | URL with user info, a profile page, a home directory, or a person in its query
API_KEY | direct | form or context | access token, private key, password or connection string with one
IMEI | direct | checksum | serial number of a mobile phone
VIN | direct | context | vehicle identification number (ISO 3779; check digit in North America)
US_SSN | direct | form | US social security number
US_ITIN | direct | form | US individual taxpayer number
US_PASSPORT | direct | context | US passport number
US_DRIVER_LICENSE | direct | context | US driver licence number, any state's form
US_MBI | direct | form | US Medicare beneficiary identifier
MEDICAL_LICENSE | direct | checksum and context | DEA registration number of a US prescriber
CA_SIN | direct | checksum | Canadian social insurance number
CA_PASSPORT | direct | context | Canadian passport number
CA_DRIVER_LICENSE | direct | context | Canadian driver licence number
BR_CPF | direct | checksum | Brazilian taxpayer number of a person
MX_CURP | direct | checksum | Mexican population register code
CL_RUT | direct | checksum | Chilean tax and identity number
UK_NINO | direct | form | British national insurance number
UK_NHS | direct | checksum | British health service number
UK_PASSPORT | direct | context | British passport number
UK_DRIVING_LICENCE | direct | form | British driving licence number
UK_VEHICLE_REGISTRATION | direct | context | British number plate
DE_TAX_ID | direct | checksum | German tax identification number (ISO 7064)
DE_TAX_NUMBER | direct | context | German tax number of a tax office
DE_PASSPORT | direct | context | German passport number
DE_ID_CARD | direct | context | German identity card number
DE_FUEHRERSCHEIN | direct | context | German driving licence number
DE_SOCIAL_SECURITY | direct | checksum | German pension insurance number
DE_HEALTH_INSURANCE | direct | checksum and context | German health insurance number
DE_LANR | direct | checksum and context | German physician's number
DE_KFZ | direct | context | German number plate
FR_NIR | direct | checksum | French social security number
FR_PASSPORT | direct | context | French passport number
FR_DRIVER_LICENSE | direct | context | French driving licence number
ES_NIF | direct | checksum | Spanish tax number of a person (DNI)
ES_NIE | direct | checksum | Spanish number of a foreigner
ES_PASSPORT | direct | context | Spanish passport number
ES_DRIVER_LICENSE | direct | context | Spanish driving licence number
IT_FISCAL_CODE | direct | checksum | Italian tax code
IT_PASSPORT | direct | context | Italian passport number
IT_DRIVER_LICENSE | direct | context | Italian driving licence number
IT_IDENTITY_CARD | direct | context | Italian identity card number
PT_PASSPORT | direct | context | Portuguese passport number
PT_DRIVER_LICENSE | direct | context | Portuguese driving licence number
PL_PESEL | direct | checksum and context | Polish population register number
PL_PASSPORT | direct | context | Polish passport number
PL_DRIVER_LICENSE | direct | context | Polish driving licence number
NL_BSN | direct | checksum and context | Dutch citizen service number
NL_PASSPORT | direct | context | Dutch passport or identity card number
NL_DRIVER_LICENSE | direct | context | Dutch driving licence number
SE_PERSONNUMMER | direct | checksum | Swedish personal identity number
FI_PERSONAL_IDENTITY_CODE | direct | checksum | Finnish personal identity code
DK_CPR | direct | checksum and context | Danish civil register number
NO_FODSELSNUMMER | direct | checksum and context | Norwegian birth number
BE_NATIONAL_NUMBER | direct | checksum | Belgian national register number
CH_AHV | direct | checksum | Swiss social insurance number
CH_PASSPORT | direct | context | Swiss passport number
AT_PASSPORT | direct | context | Austrian passport number
IN_AADHAAR | direct | checksum | Indian resident number (Verhoeff)
IN_PAN | direct | form | Indian taxpayer number
IN_PASSPORT | direct | context | Indian passport number
IN_DRIVER_LICENSE | direct | context | Indian driving licence number
IN_VOTER | direct | context | Indian voter card number
IN_VEHICLE_REGISTRATION | direct | context | Indian number plate
AU_TFN | direct | checksum | Australian tax file number
AU_MEDICARE | direct | checksum | Australian health card number
AU_PASSPORT | direct | context | Australian passport number
AU_DRIVER_LICENSE | direct | context | Australian driver licence number
SG_NRIC_FIN | direct | context | Singaporean identity number
KR_RRN | direct | checksum or form | Korean resident registration number
KR_FRN | direct | form | Korean registration number of a foreigner
KR_PASSPORT | direct | form or context | Korean passport number
KR_DRIVER_LICENSE | direct | form | Korean driver licence number
CN_RIC | direct | checksum | Chinese resident identity number
CN_PASSPORT | direct | context | Chinese passport number
JP_PASSPORT | direct | context | Japanese passport number
ZA_ID_NUMBER | direct | checksum and context | South African identity number
NG_NIN | direct | checksum and context | Nigerian identity number (Verhoeff)
NG_VEHICLE_REGISTRATION | direct | context | Nigerian number plate
PH_TIN | direct | checksum and context | Philippine taxpayer number
TR_NATIONAL_ID | direct | checksum and context | Turkish identity number
TR_LICENSE_PLATE | direct | context | Turkish number plate
TH_TNIN | direct | checksum | Thai identity number
PERSON | indirect | model | name of a person
LOCATION | indirect | form or model | street address
DATE_OF_BIRTH | indirect | context | date of birth
US_EIN | indirect | context | US employer number, a sole proprietor's too
US_NPI | indirect | checksum | US health provider number; its register is public
BR_CNPJ | indirect | checksum | Brazilian taxpayer number of a firm, a sole trader's too
IT_VAT_CODE | indirect | checksum | Italian VAT number, any self-employed person's too
IN_GSTIN | indirect | form | Indian goods and services tax number: it holds the owner's PAN
URL | quasi | form | address of a public page or host
USERNAME | quasi | context | user name or handle: it identifies within one service
COORDINATES | quasi | form or context | pair of latitude and longitude with four or more decimals
BIC | quasi | form or context | business identifier code of a bank (ISO 9362)
ABA_ROUTING_NUMBER | quasi | checksum | US bank routing number
DE_VAT_ID | quasi | checksum | German VAT number
DE_HANDELSREGISTER | quasi | form | German commercial register number
DE_BSNR | quasi | context | German medical practice number
DE_PLZ | quasi | context | German postcode
UK_POSTCODE | quasi | form | British postcode
AU_ABN | quasi | checksum | Australian business number
AU_ACN | quasi | checksum | Australian company number
SG_UEN | quasi | checksum | Singaporean entity number
KR_BRN | quasi | checksum | Korean business registration number
SE_ORGANISATIONSNUMMER | quasi | checksum | Swedish organisation number
GPE | quasi | model | city, region or country
ORGANIZATION | quasi | model | firm, authority or club
DATE_TIME | quasi | form or model | date or time
NRP | quasi | model | nationality, religious or political group
AGE | quasi | context or model | age
TITLE | quasi | model | title before a name
ZIP_CODE | quasi | context or model | postcode
"""


def _read(table: str) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    kinds: dict[str, Kind] = {"direct": "direct", "indirect": "indirect", "quasi": "quasi"}
    for line in table.strip().splitlines():
        name, kind, proof, about = (part.strip() for part in line.split("|"))
        found[name] = Entity(name, kinds[kind], proof, about)
    return found


ENTITIES: dict[str, Entity] = _read(_TABLE)
"""Every entity by name: those of the patterns and those of the language models."""

QUASI = frozenset(e.name for e in ENTITIES.values() if e.kind == "quasi")
"""Entities that are looked for only when asked for."""


def entity(name: str) -> Entity:
    """The entity of that name. One that an outside package adds is direct: it was installed to be found.

    >>> entity("EMAIL_ADDRESS").severity
    'error'
    >>> entity("MEMBER_NUMBER").kind
    'direct'
    """
    return ENTITIES.get(name) or Entity(name, "direct", "form", "an entity of an outside package")


def looked_for(name: str) -> bool:
    """Whether the gate and `scan` look for this entity without being asked."""
    return name not in QUASI


def markdown() -> str:
    """All entities as a Markdown table: class, what proves a match, what it is, and its never-issued ranges."""
    rows = ["| entity | class | counts by | what it is | reserved ranges |", "|---|---|---|---|---|"]
    for found in ENTITIES.values():
        rules = ", ".join(f"`{r.name}`" for r in rules_of(found.name)) or "none"
        rows.append(f"| `{found.name}` | {found.kind} | {found.proof} | {found.about} | {rules} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(markdown())
