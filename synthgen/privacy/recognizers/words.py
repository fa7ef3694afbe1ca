"""Context words by meaning, in English, German, French, Spanish, Italian, Portuguese, Dutch and Polish.

Each word stands with its accents and without. A word counts in a column's name (`passport_no`) and in a text, where a
space may be a hyphen, an underscore or an apostrophe.
"""

from __future__ import annotations

import unicodedata

_PLAIN = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def words(text: str) -> tuple[str, ...]:
    """The words of a comma-separated list, each also without accents and with German umlauts spelled out.

    >>> words("führerschein, ssn")
    ('führerschein', 'fuhrerschein', 'fuehrerschein', 'ssn')
    """
    found: dict[str, None] = {}
    for part in text.split(","):
        word = " ".join(part.split())
        bare = unicodedata.normalize("NFD", word.translate(_PLAIN))
        bare = "".join(c for c in bare if not unicodedata.combining(c))
        found |= dict.fromkeys(w for w in (word, bare, word.translate(_UMLAUTS)) if w)
    return tuple(found)


EMAIL = words(
    "email, e mail, mail, mailbox, courriel, correo, correo electrónico, posta elettronica, e mailadres, adres email"
)
PHONE = words(
    "phone, telephone, tel, mobile, cell, fax, handy, telefon, cellphone, msisdn, whatsapp, mobil, rufnummer, "
    "téléphone, portable, numéro de téléphone, teléfono, móvil, celular, telefono, cellulare, telefone, "
    "telemóvel, telefoon, telefoonnummer, mobiel, gsm, komórka, numer telefonu, telefonnummer, phone number, "
    "landline, telepono, cep, cep no, ph, phones, mobiltelefon, tlf"
)
REACH = words(
    "call, calls, called, reach, reached, reachable, contact, answering, message, messages, sms, ring, dial, text "
    "me, erreichbar, anrufen, appeler, appelez, joindre, llamar, llame, chiamare, chiami, ligar, ligue, bellen, "
    "bel, zadzwoń, dzwonić, hotline, voicemail"
)
LINE = words(
    "office, fax, mobile, cell, home, work, tel, phone, desk, voice, direct, main, büro, mobil, dienstlich, "
    "privat, bureau, domicile, portable, oficina, casa, móvil, ufficio, cellulare, escritório, telemóvel, "
    "kantoor, mobiel, biuro, dom, komórka"
)
CARD = words(
    "card, credit card, cc, pan, visa, mastercard, amex, debit card, card number, ccnum, kreditkarte, "
    "kartennummer, carte bancaire, carte de crédit, numéro de carte, tarjeta, tarjeta de crédito, carta di "
    "credito, numero carta, cartão, cartão de crédito, creditcard, creditkaart, kaartnummer, karta kredytowa, "
    "numer karty, karta"
)
IBAN = words(
    "iban, bank account, account, kontonummer, bankverbindung, konto, compte, compte bancaire, rib, cuenta, "
    "cuenta bancaria, conto, conto corrente, conta, conta bancária, rekening, rekeningnummer, bankrekening, "
    "rachunek, numer konta, numer rachunku, nrb"
)
BANK = words(
    "bank account, bank number, account number, account no, account num, acct, acct no, acct number, checking "
    "account, savings account, us bank number, bank acct, banking account, kontonummer, numéro de compte, número "
    "de cuenta, numero di conto, número da conta, rekeningnummer, numer rachunku"
)
BIC = words(
    "bic, swift, swift code, bic code, bic swift, swift bic, bankleitzahl bic, code swift, código swift, codice swift"
)
IP = words(
    "ip, ipv4, ipv6, ip address, ip adresse, adresse ip, dirección ip, indirizzo ip, endereço ip, ip adres, adres ip"
)
MAC = words(
    "mac, mac address, hardware address, mac adresse, adresse mac, dirección mac, indirizzo mac, endereço mac, "
    "mac adres, adres mac, physical address"
)
URL = words("url, website, link, homepage, web, webseite, site web, sitio web, sito web, sítio web, strona internetowa")
WALLET = words(
    "wallet, btc, bitcoin, ethereum, crypto, eth, ltc, litecoin, xmr, monero, tron, ripple, xrp, doge, geldbörse, "
    "portefeuille, monedero, portafoglio, carteira, portemonnee, portfel, wallet address"
)
USER = words(
    "username, user name, login, handle, screen name, twitter, instagram, tiktok, telegram, github, benutzername, "
    "nutzername, nom d utilisateur, identifiant, pseudo, nombre de usuario, usuario, nome utente, nome de "
    "usuário, utilizador, gebruikersnaam, nazwa użytkownika, userid, user id, nickname, discord, snapchat, "
    "reddit, x handle, account name"
)
SECRET = words(
    "secret, token, api key, password, passwort, kennwort, mot de passe, contraseña, clave, parola d ordine, "
    "senha, wachtwoord, hasło, apikey, access key, credentials, passwd, pwd"
)
PASSPORT = words(
    "passport, passports, passport number, passport no, passport num, passport id, travel document, reisepass, "
    "passnummer, reisepassnummer, pass nr, pass no, passeport, numéro de passeport, pasaporte, número de "
    "pasaporte, passaporto, numero di passaporto, passaporte, número de passaporte, paspoort, paspoortnummer, "
    "paszport, numer paszportu"
)
LICENCE = words(
    "driver license, drivers license, driver s license, driver licence, drivers licence, driver s licence, "
    "driving licence, driving license, driving permit, driver license number, dl number, dl no, dln, "
    "führerschein, führerscheinnummer, fahrerlaubnis, permis de conduire, numéro de permis, permiso de conducir, "
    "licencia de conducir, carné de conducir, carnet de conducir, patente, patente di guida, numero patente, "
    "licenza di guida, carta de condução, carteira de motorista, cnh, rijbewijs, rijbewijsnummer, prawo jazdy, "
    "numer prawa jazdy, driver s permit, learner permit"
)
ID_CARD = words(
    "id card, identity card, national id, national identity card, identity number, identification number, "
    "personalausweis, ausweis, ausweisnummer, personalausweisnummer, carte d identité, cni, numéro d identité, "
    "documento de identidad, documento nacional de identidad, carta d identità, carta identità, documento d "
    "identità, identity card number, cartão de cidadão, bilhete de identidade, identiteitskaart, "
    "identiteitsbewijs, id kaart, dowód osobisty, numer dowodu"
)
TAX = words(
    "tax id, tax number, taxpayer, taxpayer id, tin, taxpayer identification number, steuernummer, steuer id, "
    "steuerid, numéro fiscal, identifiant fiscal, número fiscal, identificación fiscal, codice fiscale, partita "
    "iva, número de contribuinte, belastingnummer, fiscaal nummer, numer podatkowy, nip"
)
SOCIAL = words(
    "social security, social security number, social insurance, national insurance, sozialversicherung, "
    "sozialversicherungsnummer, rentenversicherungsnummer, sécurité sociale, numéro de sécurité sociale, "
    "seguridad social, número de la seguridad social, sicurezza sociale, previdenza sociale, segurança social, "
    "sofinummer, burgerservicenummer, ubezpieczenie społeczne, numer ubezpieczenia"
)
HEALTH = words(
    "health insurance, health number, health card, krankenversicherung, krankenkasse, versichertennummer, "
    "assurance maladie, carte vitale, seguro médico, tarjeta sanitaria, tessera sanitaria, assicurazione "
    "sanitaria, seguro de saúde, cartão de saúde, zorgverzekering, polisnummer, ubezpieczenie zdrowotne"
)
PLATE = words(
    "license plate, licence plate, number plate, plate, plate number, plates, vehicle registration, registration "
    "plate, registration number, kennzeichen, kfz kennzeichen, kfz, nummernschild, autokennzeichen, plaque d "
    "immatriculation, immatriculation, matrícula, matricula, targa, numero di targa, placa, placa do carro, "
    "kenteken, nummerplaat, tablica rejestracyjna, numer rejestracyjny, rejestracja"
)
VEHICLE = words(
    "vin, vin number, vehicle identification, vehicle identification number, chassis, chassis number, "
    "fahrgestellnummer, fin, fahrzeugidentifikationsnummer, numéro de châssis, número de bastidor, bastidor, "
    "numero di telaio, telaio, número do chassi, chassi, chassisnummer, numer vin, numer nadwozia"
)
DEVICE = words(
    "imei, imei number, device id, geräteid, gerätenummer, numéro imei, número imei, numero imei, imei nummer, "
    "numer imei"
)
COMPANY = words(
    "company number, business number, registration number, company registration, business registration, vat, vat "
    "id, vat number, vat code, ust id, ustid, umsatzsteuer id, numéro de tva, tva, número de iva, nif iva, "
    "partita iva, piva, btw nummer, btw, numer vat, nip, organisation number, organization number, "
    "handelsregister, siret, siren"
)
BIRTH = words(
    "birth, dob, birthdate, birthday, born, date of birth, birth date, d o b, geburtsdatum, geburtstag, geboren, "
    "geb, date de naissance, naissance, né le, née le, né, née, fecha de nacimiento, nacimiento, nacido, nacida, "
    "nacido el, nacida el, data di nascita, nascita, nato il, nata il, nato, nata, data de nascimento, "
    "nascimento, nascido, nascida, nascido em, nascida em, geboortedatum, geboren op, data urodzenia, urodzony, "
    "urodzona, urodzenia, ur"
)
COORDINATES = words(
    "coordinates, coordinate, coords, gps, lat, lon, lng, latitude, longitude, latlng, lat long, lat lon, latlon, "
    "geo, location, geolocation, position, koordinaten, breitengrad, längengrad, standort, coordonnées, "
    "coordenadas, latitud, longitud, coordinate gps, latitudine, longitudine, coördinaten, breedtegraad, "
    "lengtegraad, współrzędne, szerokość, długość"
)
POSTCODE = words(
    "postcode, post code, postal code, zip, zip code, zipcode, plz, postleitzahl, code postal, código postal, cp, "
    "cap, codice postale, cep, codice di avviamento postale, postcode nl, kod pocztowy, postnummer"
)
DATE = words("date, day, on, datum, tag, fecha, data, jour, dia, giorno, dag, dzień, since, until, dated, today")

OTHERS = words(
    "order, invoice, ticket, case, card, account, id, zip, ssn, line, page, pages, version, file, reference, ref, "
    "claim, policy, record, row, item, amount, total, price, sku, part, serial, model, tracking, bestellung, rechnung, "
    "commande, facture, pedido, factura, ordine, fattura, fatura, bestelling, factuur, zamówienie, faktura"
)
"""A bare number right after one of these is no telephone number, licence or plate, although a word nearby says so."""
