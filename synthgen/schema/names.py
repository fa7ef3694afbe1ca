"""What a column is, by its name: words of any naming style, in English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from synthgen.schema.table import FieldSchema, TableSchema

_PHRASES = {  # attribute of an entity -> how columns of it are called, each phrase as words
    "person.first_name": "first name|firstname|fname|given name|givenname|forename|middle name|middlename|vorname"
    "|prenom|primer nombre|nombre de pila|nombre pila",
    "person.last_name": "last name|lastname|lname|surname|family name|familyname|maiden name|nachname|familienname"
    "|nom de famille|nom famille|apellido|apellidos|apellido paterno|apellido materno",
    "person.full_name": "full name|fullname|person name|customer name|employee name|contact name|patient name"
    "|author name|user full name|cardholder|cardholder name|card holder|account holder|kontoinhaber|ansprechpartner"
    "|vollstaendiger name|kundenname|nom complet|nom client|nombre completo|nombre cliente|titular|contact person"
    "|member name|student name|doctor name|recipient|recipient name|beneficiary|guest name|passenger name|ship name",
    "person.email": "email|e mail|mail|email address|emailaddress|mail address|emailadresse|email adresse|mailadresse"
    "|courriel|adresse email|adresse mail|correo|correo electronico|useremail",
    "person.phone": "phone|phone number|phonenumber|phone no|telephone|telephone number|tel|mobile|mobile phone"
    "|mobile number|cell|cell phone|cellphone|cell number|fax|fax number|home phone|work phone|telefon|telefonnummer"
    "|telefax|handy|handynummer|mobil|mobilnummer|rufnummer|numero telephone|numero de telephone|portable|telefono"
    "|numero telefono|numero de telefono|movil|celular",
    "person.username": "username|user name|login|login name|loginname|login id|screen name|nickname|nick name"
    "|user handle|benutzername|nutzername|identifiant|nom utilisateur|nombre usuario|nombre de usuario|usuario",
    "person.birth_date": "birth date|birthdate|date of birth|dob|birthday|birth day|geburtsdatum|geburtstag"
    "|date naissance|date de naissance|fecha nacimiento|fecha de nacimiento",
    "person.age": "age|customer age|alter|edad",
    "person.gender": "gender|sex|geschlecht|sexe|sexo",
    "person.job": "job title|jobtitle|job|occupation|profession|beruf|berufsbezeichnung|metier|puesto|ocupacion"
    "|contact title",
    "person.prefix": "salutation|honorific|name prefix|title of courtesy|anrede|civilite|tratamiento",
    "person.national_id": "ssn|social security|social security number|socialsecuritynumber|national id|nationalid"
    "|national insurance number|nino|tax id number|tin|itin|personal id number|steuer id|steuernummer"
    "|sozialversicherungsnummer"
    "|numero securite sociale|dni|nif|nie|passport|passport number|passport no|drivers license|driver license number",
    "address.street": "street|street address|streetaddress|street name|address|address line|address line 1|address 1"
    "|addressline 1|address1|addr|addr 1|addr line 1|line 1|strasse|strassenname|anschrift|adresse|rue|direccion|calle"
    "|domicilio|street 1",
    "address.street2": "address 2|address line 2|addressline 2|street 2|addr 2|addr line 2|line 2|apartment|suite"
    "|adresszusatz"
    "|complement adresse|complemento",
    "address.city": "city|city name|cityname|town|stadt|wohnort|ort|ville|ciudad|localidad|poblacion|commune",
    "address.state": "state|state name|province|state province|stateprovince|region|region name|county|bundesland"
    "|departement|provincia|district",
    "address.state_code": "state code|province code|state abbr|state abbreviation",
    "address.postcode": "zip|zip code|zipcode|postcode|post code|postal code|postalcode|postal|plz|postleitzahl"
    "|code postal|codepostal|codigo postal|cp|zip postal code",
    "address.country": "country|country name|countryname|land|pays|pais|nation name",
    "address.country_code": "country code|countrycode|country iso|iso country|country iso code|laendercode"
    "|laenderkennung"
    "|code pays|codigo pais|cntry code",
    "address.latitude": "latitude|lat|breitengrad|latitud",
    "address.longitude": "longitude|lon|lng|long|laengengrad|longitud",
    "address.timezone": "timezone|time zone|tz|zeitzone|fuseau horaire|zona horaria",
    "address.full_address": "full address|mailing address|postal address|complete address",
    "company.company": "company|company name|companyname|organization|organization name|organisation|organisation name"
    "|employer|employer name|business name|legal name|supplier name|vendor name|manufacturer|manufacturer name|firma"
    "|firmenname"
    "|unternehmen|lieferant|entreprise|societe|raison sociale|empresa|razon social|bank name|carrier|issuing authority",
    "company.industry": "industry|branche|sector|secteur|industria",
    "company.domain": "domain|domain name|domainname",
    "company.url": "url|uri|website|web site|homepage|home page|web page|webpage|link|href|webseite|site web|sitio web"
    "|page web|profile url|image url",
    "company.vat_id": "vat|vat id|vat number|vat no|ust id|ustid|umsatzsteuer id|numero tva|tva|tax number",
    "payment.card_number": "card number|cardnumber|credit card|creditcard|credit card number|cc number|ccn|kreditkarte"
    "|kreditkartennummer|kartennummer|numero carte|numero de carte|numero tarjeta|tarjeta",
    "payment.card_brand": "card type|card brand|cc type|credit card type",
    "payment.card_expiry": "card expiry|card expiration|cc expiry|card expiration date",
    "payment.card_cvv": "cvv|cvc|cvv 2|card security code",
    "payment.card_last4": "last 4|last four|card last 4|last4",
    "payment.iban": "iban|account iban",
    "payment.bic": "bic|swift|swift code|bic code|swift bic",
    "payment.bank": "bank|banque|banco",
    "payment.currency": "currency|currency code|currencycode|waehrung|devise|moneda|divisa|currency iso",
    "device.ip": "ip|ip address|ipaddress|ip addr|remote addr|client ip|last ip|ipv 4|ip v 4|adresse ip|direccion ip",
    "device.ipv6": "ipv 6|ip v 6|ipv 6 address",
    "device.mac": "mac address|macaddress|mac addr|mac",
    "device.user_agent": "user agent|useragent",
    "device.device_type": "device type",
    "device.os": "operating system|os name|betriebssystem",
    "device.browser": "browser|browser name",
    "device.hostname": "hostname|host name|host",
    "device.imei": "imei|imei number",
}  # fmt: skip
_TYPES = {  # other than text
    "person.birth_date": ("date",), "person.age": ("integer", "decimal"),
    "address.latitude": ("number", "decimal"), "address.longitude": ("number", "decimal"),
}  # fmt: skip
# words that mean an address only where another column of the table says so too
_NEEDS_ADDRESS = {"state", "region", "county", "district", "land", "ort", "cp", "line 1", "line 2", "suite", "commune"}
_ADDRESS_SIGNS = ("address.street", "address.city", "address.postcode")
_IDENTIFYING = frozenset(
    """person.first_name person.last_name person.full_name person.email person.phone person.username person.birth_date
    person.national_id address.street address.street2 address.full_address address.latitude address.longitude
    address.postcode payment.card_number payment.card_expiry payment.card_cvv payment.card_last4 payment.iban device.ip
    device.ipv6 device.mac device.user_agent device.hostname device.imei company.vat_id
    company.company company.domain company.url company.email payment.bic""".split()  # noqa: SIM905
)
_PEOPLE = frozenset(
    """customer user employee staff person people patient doctor student teacher author actor
    contact member client guest
    passenger driver agent astronaut owner player artist dependent reviewer seller buyer subscriber participant lead
    physician nurse manager applicant candidate tenant resident voter individual admin worker kunde kunden mitarbeiter
    benutzer nutzer personal angestellte utilisateur personne employe empleado cliente usuario
    persona paciente""".split()  # noqa: SIM905
)
_COMPANIES = frozenset(
    """company companies organization organisation supplier vendor manufacturer shipper carrier employer bank firm firma
    firmen lieferant lieferanten fournisseur proveedor agency agencies publisher label distributor
    airline insurer""".split()  # noqa: SIM905
)
_GENERIC = frozenset("user customer employee contact primary main person client member my the".split())  # noqa: SIM905
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(frozen=True)
class Meaning:
    """An attribute of an entity (`person`, `email`), and which of several such entities in the row (`billing`)."""

    entity: str
    attribute: str
    instance: str | None = None

    @property
    def name(self) -> str:
        """`person.email`."""
        return f"{self.entity}.{self.attribute}"

    @property
    def identifying(self) -> bool:
        """Whether values of it point at a person or a device, so that none may be copied from a sample."""
        return self.name in _IDENTIFYING


@cache
def words(name: str) -> tuple[str, ...]:
    """Lower-case ASCII words of a name in any style.

    >>> words("BillingZipCode2"), words("Straße_nr")
    (('billing', 'zip', 'code', '2'), ('strasse', 'nr'))
    """
    plain = unicodedata.normalize("NFKD", name.translate(_UMLAUTS)).encode("ascii", "ignore").decode()
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)", " ", plain)
    return tuple(w for w in re.split(r"[^A-Za-z0-9]+", split.lower()) if w)


def singular(word: str) -> str:
    """A rough singular: `companies` -> `company`, `addresses` -> `address`, `orders` -> `order`."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


@cache
def _phrases() -> dict[str, str]:
    return {phrase: attribute for attribute, text in _PHRASES.items() for phrase in text.split("|")}


def _match(name: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]] | None:
    """(attribute, phrase, words before it) for the longest phrase that the name ends with; a counter may follow."""
    known = _phrases()
    for cut in (len(name), len(name) - 1):
        if cut < 1 or (cut < len(name) and not name[-1].isdigit()):
            continue
        for start in range(max(0, cut - 5), cut):
            phrase = " ".join(name[start:cut])
            if phrase in known:
                counter = name[cut:] if name[cut:] != ("1",) else ()
                return known[phrase], phrase, (*name[:start], *counter)
    return None


def about(table: TableSchema) -> str | None:
    """`person` or `company` if the table's rows are people or companies, by its name."""
    last = [form for w in words(table.name)[-1:] for form in (w, singular(w))]
    if any(w in _PEOPLE for w in last):
        return "person"
    return "company" if any(w in _COMPANIES for w in last) else None


def meaning(table: TableSchema, field: FieldSchema) -> Meaning | None:
    """The entity attribute that a column holds, by name and type; None if it is none."""
    if field.entity is not None and "." in field.entity:
        entity, _, attribute = field.entity.partition(".")
        return Meaning(entity, attribute)
    name = words(field.name)
    found = _match(name)
    if found is None:
        return _bare_name(table, field, name)
    attribute, phrase, before = found
    if field.type not in _TYPES.get(attribute, ("string",)):
        return None
    if phrase in _NEEDS_ADDRESS and not _has_address(table, field):
        return None
    attribute = _coded(attribute, field)
    entity, _, attribute = attribute.partition(".")
    return Meaning(entity, attribute, _instance(before, table))


def _coded(attribute: str, field: FieldSchema) -> str:
    """Short columns hold codes: `country CHAR(2)`, `state VARCHAR(2)`."""
    short = field.max_length is not None and field.max_length <= 3
    return f"{attribute}_code" if short and attribute in ("address.country", "address.state") else attribute


def _bare_name(table: TableSchema, field: FieldSchema, name: tuple[str, ...]) -> Meaning | None:
    """`name` (or `c_name`, `customer_name`) in a table of people or companies."""
    if field.type != "string" or not name or name[-1] not in ("name", "nom", "nombre", "title", "titel"):
        return None
    rest = [w for w in name[:-1] if len(w) > 1]
    of = about(table)
    if rest and singular(rest[-1]) in _PEOPLE and name[-1] == "name":
        return Meaning("person", "full_name", _instance(tuple(rest), table))
    if any(singular(w) != singular(words(table.name)[-1]) for w in rest):
        return None
    if name[-1] in ("title", "titel"):
        return Meaning("person", "job") if of == "person" and not rest else None
    if of == "person":
        return Meaning("person", "full_name" if not _has_parts(table) else "last_name")
    return Meaning("company", "company") if of == "company" else None


def _has_parts(table: TableSchema) -> bool:
    return any((m := _match(words(f.name))) is not None and m[0] == "person.first_name" for f in table.fields)


def _has_address(table: TableSchema, field: FieldSchema) -> bool:
    others = [_match(words(f.name)) for f in table.fields if f.name != field.name]
    return any(m is not None and m[0] in _ADDRESS_SIGNS and m[1] not in _NEEDS_ADDRESS for m in others)


def _instance(before: Iterable[str], table: TableSchema) -> str | None:
    """The instance that a prefix names; none for the table's own name, generic words and single letters."""
    own = {singular(w) for w in words(table.name)}
    kept = [w for w in before if len(w) > 1 or w.isdigit()]
    kept = [w for w in kept if singular(w) not in own and w not in _GENERIC]
    return "_".join(kept) or None
