"""What a column's header says in English, German, French, Spanish, Italian, Portuguese, Dutch and Polish.

A header is compared without case, accents and separators: `Prénom`, `PRENOM` and `prenom_client` are one word here. How
much of the header a word covers, and where it stands, makes the strength: `phone` says more than `phone of the shop`,
and `phone_type` says that the values are no telephone numbers.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from synthgen.privacy.patterns import named


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPECIAL = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d"})

_WORDS = """
PERSON:
    first name, last name, full name, given name, given names, family name, middle name, maiden name, second
    name, fname, lname, mname, forename, surname, customer name, client name, contact name, contact person,
    employee name, patient name, person name, user full name, cardholder, cardholder name, account holder, owner
    name, author name, mothers maiden, mother maiden name, candidate name, guest name, guest list, director,
    cast members, passenger name, student name, teacher name, driver name, manager name, recipient, addressee,
    ship name, billing name, shipping name, vorname, nachname, familienname, geburtsname, zuname, rufname, vor
    und nachname, kundenname, ansprechpartner, inhaber, kontoinhaber, mitarbeiter, sachbearbeiter,
    patientenname, empfänger, prénom, nom de famille, nom complet, nom et prénom, nom du client, nom client, nom
    de naissance, titulaire, destinataire, nombre y apellidos, nombre completo, nombre del cliente, nombre
    cliente, apellido, apellidos, primer apellido, segundo apellido, primer nombre, titular, destinatario,
    cognome, nome e cognome, nome completo, nome cliente, nome di battesimo, intestatario, nominativo,
    sobrenome, apelido, nome próprio, nome do cliente, primeiro nome, último nome, voornaam, achternaam,
    tussenvoegsel, roepnaam, volledige naam, klantnaam, contactpersoon, rekeninghouder, imię, imiona, nazwisko,
    imię i nazwisko, nazwisko rodowe, odbiorca
EMAIL_ADDRESS:
    email, e mail, mail, email address, e mail address, mail address, mailadresse, emailadresse, e mail adresse,
    courriel, adresse mail, adresse électronique, correo, correo electrónico, email cliente, posta elettronica,
    indirizzo email, endereço de email, correio eletrónico, correio eletrônico, mailadres, emailadres, e
    mailadres, adres email, poczta, pec
PHONE_NUMBER:
    phone, telephone, tel, phone number, telephone number, mobile, mobile number, mobile phone, cell, cell
    phone, cellphone, cell number, fax, fax number, msisdn, whatsapp, phone no, telefon, telefonnummer,
    telefonnr, tel nr, handy, handynummer, mobil, mobilnummer, mobiltelefon, rufnummer, festnetz, durchwahl,
    telefax, téléphone, numéro de téléphone, portable, tél, téléphone portable, mobile client, teléfono, móvil,
    celular, número de teléfono, teléfono móvil, telefono, cellulare, numero di telefono, recapito telefonico,
    telefone, telemóvel, número de telefone, telefoon, telefoonnummer, mobiel, mobiele nummer, gsm, gsm nummer,
    numer telefonu, telefon komórkowy, komórka, nr telefonu, telefon kontaktowy
CREDIT_CARD:
    credit card, card number, credit card number, cc number, ccnumber, ccnum, cc num, card no, pan number, debit
    card, kreditkarte, kreditkartennummer, kartennummer, carte bancaire, numéro de carte, carte de crédit,
    tarjeta, tarjeta de crédito, número de tarjeta, carta di credito, numero carta, cartão, cartão de crédito,
    número do cartão, creditcard, creditcardnummer, kaartnummer, karta kredytowa, numer karty
IBAN_CODE:
    iban, iban number, iban code, iban nummer, numero iban, kod iban
US_SSN:
    ssn, social security, social security number, ss number, social security no
NATIONAL_ID:
    national id, national identifier, national identity number, identity number, identity card, id card, id card
    number, national number, personal id, personal identity number, citizen id, tax id, taxpayer id, passport,
    passport number, passport no, ausweisnummer, personalausweis, personalausweisnummer, reisepass, passnummer,
    steuer id, steuernummer, steueridentifikationsnummer, sozialversicherungsnummer, rentenversicherungsnummer,
    versichertennummer, numéro de sécurité sociale, sécurité sociale, nir, carte d identité, numéro fiscal,
    passeport, numéro de passeport, dni, nif, nie, documento de identidad, documento nacional de identidad,
    cédula, número de identidad, pasaporte, seguridad social, codice fiscale, carta d identità, numero
    documento, passaporto, cpf, bilhete de identidade, cartão de cidadão, contribuinte, número de contribuinte,
    passaporte, bsn, burgerservicenummer, paspoort, paspoortnummer, rijksregisternummer, pesel, dowód osobisty,
    numer dowodu, nr dowodu, paszport, numer paszportu, personnummer, nino, national insurance, national
    insurance number, nhs number, aadhaar, curp, rut, cpr
LOCATION:
    street, street address, address, address line, home address, postal address, mailing address, billing
    address, shipping address, delivery address, addr, road, straße, strasse, anschrift, adresse, hausanschrift,
    straße hausnummer, wohnanschrift, rue, adresse postale, voie, calle, dirección, domicilio, direccion postal,
    via, indirizzo, residenza, rua, endereço, morada, logradouro, straat, straatnaam, adres, huisadres, ulica,
    adres zamieszkania
ZIP_CODE:
    zip, zip code, zipcode, postcode, post code, postal code, plz, postleitzahl, code postal, cp, código postal,
    cap, codice postale, cep, postcode nummer, kod pocztowy
GPE:
    city, town, state, state full, province, county, country, country code, country name, country full, region,
    municipality, birthplace, place of birth, native country, borough, nation, stadt, ort, wohnort, land,
    bundesland, gemeinde, geburtsort, ville, commune, pays, région, département, lieu de naissance, ciudad,
    localidad, municipio, provincia, país, población, lugar de nacimiento, città, comune, paese, regione, luogo
    di nascita, cidade, município, concelho, localidade, estado, stad, plaats, woonplaats, gemeente, provincie,
    geboorteplaats, miasto, miejscowość, województwo, kraj, miejsce urodzenia
DATE_OF_BIRTH:
    dob, birth, birth date, birthdate, birthday, date of birth, born, born on, d o b, geburtsdatum, geburtstag,
    geb datum, geboren, geboren am, naissance, date de naissance, date naissance, né le, fecha de nacimiento,
    fecha nacimiento, nacimiento, data di nascita, data nascita, nascita, data de nascimento, data nascimento,
    nascimento, geboortedatum, geboorte datum, data urodzenia, urodzony, urodzenia
DATE_TIME:
    date, datetime, timestamp, time, created at, updated at, created, updated, modified, pickup, dropoff, datum,
    uhrzeit, erstellt am, heure, date de création, fecha, hora, data, ora, datum tijd, tijd, czas, godzina,
    expires, expiry
AGE:
    age, age years, alter, lebensalter, âge, edad, età, idade, leeftijd, wiek, respondent age
GENDER:
    gender, sex, geschlecht, sexe, genre, sexo, género, sesso, genere, gênero, geslacht, płeć, civilstatus
    geschlecht
TITLE:
    title, salutation, honorific, name prefix, anrede, titel, civilité, tratamiento, titolo, tratamento, aanhef,
    tytuł
NRP:
    nationality, ethnicity, ethnic group, race, religion, citizenship, name set, party affiliation,
    nationalität, staatsangehörigkeit, staatsbürgerschaft, konfession, religionszugehörigkeit, nationalité,
    citoyenneté, nacionalidad, religión, nazionalità, cittadinanza, nacionalidade, nationaliteit, godsdienst,
    narodowość, obywatelstwo, wyznanie
OCCUPATION:
    occupation, job, job title, profession, position, beruf, tätigkeit, berufsbezeichnung, métier, poste,
    emploi, ocupación, profesión, puesto, professione, mestiere, impiego, profissão, ocupação, cargo, beroep,
    functie, zawód, stanowisko
ORGANIZATION:
    company, company name, employer, organization, organisation, organization name, firm, business name,
    operator, vendor, supplier, firma, firmenname, unternehmen, arbeitgeber, gesellschaft, entreprise, société,
    employeur, raison sociale, empresa, razón social, empleador, azienda, società, ditta, ragione sociale,
    datore di lavoro, entidade, empregador, bedrijf, bedrijfsnaam, werkgever, przedsiębiorstwo, pracodawca,
    nazwa firmy
USERNAME:
    username, user name, login, login name, nickname, nick, screen name, handle, user login, benutzername,
    nutzername, benutzerkennung, anmeldename, nom d utilisateur, pseudo, identifiant, usuario, nombre de
    usuario, nome utente, utente, utilizador, nome de usuário, usuário, gebruikersnaam, gebruiker, nazwa
    użytkownika, użytkownik
API_KEY:
    password, passwd, pwd, passphrase, user password, api key, apikey, secret key, access key, access token,
    auth token, private key, client secret, passwort, kennwort, mot de passe, contraseña, clave, clave secreta,
    parola d ordine, parola chiave, senha, palavra passe, wachtwoord, hasło
IP_ADDRESS:
    ip, ip address, ipv4, ipv6, client ip, remote addr, ip adresse, adresse ip, dirección ip, indirizzo ip
MAC_ADDRESS:
    mac, mac address, hardware address, mac adresse, adresse mac
URL:
    url, website, homepage, web site, link, web page, domain, webseite, site web, sitio web, sito web, dominio,
    domein
CUSTOMER_ID:
    customer id, customer no, customer number, client id, client number, member id, member number, membership
    number, patient id, patient number, employee id, employee number, user id, person id, account id, account
    number, respondent id, individual id, student id, subject id, pid, kundennr, kundennummer, kunden nr, kunden
    id, personalnummer, mitgliedsnummer, patientennummer, matrikelnummer, numéro client, numéro de client, id
    client, matricule, número de cliente, id cliente, codice cliente, numero cliente, matricola, código do
    cliente, número do cliente, klantnummer, klant id, personeelsnummer, numer klienta, id klienta, nr klienta
"""
"""Words by entity. CUSTOMER_ID, GENDER, OCCUPATION and NATIONAL_ID (any country's) are kinds of columns only."""

_AROUND = _set("""
the a of for our my your customer client contact user person people primary secondary main home work private
business billing shipping delivery invoice current old new raw value field col column no nr num number full std 1 2
3 01 02 kunde kunden kontakt privat der die das des du de la le el del della di do da van het cliente klant klienta
owner guest employee patient member student sender receiver emergency candidate passenger
""")
"""Words beside a kind's word that change nothing."""

_OTHER = _set("""
type kind status flag verified valid confirmed sent count counts total id ids template format provider hash hashed
opt consent preference preferred zone size rate score length len width brand level category group class code codes
mode method source target version model make price cost amount fee percent ratio index rank per day days month
months year years hour hours week quarter is has had can allow enable enabled lat lon latitude longitude plan policy
campaign subject typ art anzahl statut tipo stato soort rodzaj expires expiry cvv country calling airport product
item event team file table page course station species show movie song school hospital bank
""")
"""Words beside a kind's word that make another thing of it: `phone_type`, `email_verified`, `airport_name`."""


def folded(header: str) -> str:
    """Lower-case ASCII words of a header.

    >>> folded("Prénom_Client"), folded("Straße/HausNr")
    ('prenom client', 'strasse haus nr')
    """
    text = unicodedata.normalize("NFKD", named(header).translate(_SPECIAL))
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in text if not unicodedata.combining(c))).strip()


def _table() -> dict[str, list[tuple[str, ...]]]:
    found = {}
    for part in re.split(r"\n(?=[A-Z_]+:\n)", _WORDS.strip()):
        kind, _, listed = part.partition(":")
        found[kind] = sorted({tuple(folded(w).split()) for w in listed.split(",")}, key=lambda w: (-len(w), w))
    return found


_TABLE = _table()
_GLUED = {kind: {"".join(w) for w in words} for kind, words in _TABLE.items()}


@lru_cache(maxsize=4_096)
def spoken_of(header: str) -> dict[str, float]:
    """How strongly a header speaks of each kind: 1 where it says nothing else, less where other words stand by.

    >>> spoken_of("kundennr"), spoken_of("codice_fiscale")["NATIONAL_ID"]
    ({'CUSTOMER_ID': 1.0}, 1.0)
    >>> spoken_of("phone_type").get("PHONE_NUMBER", 0) < 0.4 < spoken_of("Phone (evening)")["PHONE_NUMBER"] < 1
    True
    """
    tokens = tuple(folded(header).split())
    places: dict[str, tuple[int, int]] = {}
    for kind, words in _TABLE.items():
        if "".join(tokens) in _GLUED[kind]:
            places[kind] = (0, len(tokens))
            continue
        for word in words:
            at = next((i for i in range(len(tokens) - len(word) + 1) if tokens[i : i + len(word)] == word), None)
            if at is not None:
                places[kind] = (at, at + len(word))
                break
    return {
        kind: _strength(tokens[:start], tokens[end:])
        for kind, (start, end) in places.items()
        if not any(a <= start and end <= b and b - a > end - start for a, b in places.values())
    }


def _strength(before: tuple[str, ...], behind: tuple[str, ...]) -> float:
    rest = [w for w in (*before, *behind) if w not in _AROUND and not w.isdigit()]
    if not rest:
        return 1.0
    if any(w in _OTHER for w in rest):
        return 0.3
    if len(rest) > 3:
        return 0.35
    return 0.8 if not before or not behind else 0.6
