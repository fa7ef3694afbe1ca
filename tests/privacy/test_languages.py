"""Names in eight languages by vocabularies and cues, and silence on prose without names."""

from __future__ import annotations

import importlib

import pytest

from synthgen.privacy.detect import Detector
from synthgen.privacy.language import foreign

NAMED = {  # sentences with a full name, after a cue and without, and with a last name after a title
    "en": [
        "My name is {full}.",
        "Please call Mrs. {last} back.",
        "Yesterday {full} paid the bill.",
        "Regards,\n{full}",
    ],
    "de": ["Mein Name ist {full} und ich warte.", "Bitte rufen Sie Frau {last} zurück.", "Gestern hat {full} bezahlt."],
    "fr": ["Je m'appelle {full} et j'attends.", "Veuillez rappeler Madame {last} demain.", "Hier {full} a payé."],
    "es": ["Hola, me llamo {full} y espero.", "Llame a la señora {last} mañana.", "Ayer {full} pagó la factura."],
    "it": ["Mi chiamo {full} e aspetto.", "Richiamare la signora {last} domani.", "Ieri {full} ha pagato."],
    "pt": ["O meu nome é {full} e espero.", "Ligue para a senhora {last} amanhã.", "Ontem {full} pagou a fatura."],
    "nl": ["Mijn naam is {full} en ik wacht.", "Bel mevrouw {last} morgen terug.", "Gisteren heeft {full} betaald."],
    "pl": [
        "Nazywam się {full} i czekam.",
        "Proszę oddzwonić do Pani {last} jutro.",
        "Wczoraj {full} zapłacił fakturę.",
    ],
}
PEOPLE = {
    "en": ("Martha", "Whitfield"),
    "de": ("Heike", "Zielke"),
    "fr": ("Brigitte", "Lefebvre"),
    "es": ("Rocío", "Uriarte"),
    "it": ("Federica", "Scarpa"),
    "pt": ("Luana", "Domingues"),
    "nl": ("Sanne", "van Dijk"),
    "pl": ("Kacper", "Szymański"),
}
SILENT = {
    "en": "The parcel has not arrived, although the shop told us last week that it was on its way.",
    "de": "Das Paket ist noch nicht angekommen, obwohl der Laden uns letzte Woche gesagt hat, dass es unterwegs ist.",
    "fr": "Le colis n'est pas encore arrivé, mais la boutique nous a dit que la livraison est en route.",
    "es": "El paquete todavía no ha llegado, aunque la tienda nos dijo que estaba en camino por la tarde.",
    "it": "Il pacco non è ancora arrivato, anche se il negozio ci ha detto che era in viaggio per la città.",
    "pt": "A encomenda ainda não chegou, mas a loja disse que o pacote estava a caminho para a nossa casa.",
    "nl": "Het pakket is nog niet aangekomen, maar de winkel heeft ons verteld dat het onderweg is naar ons huis.",
    "pl": "Paczka jeszcze nie dotarła, ale sklep powiedział nam, że jest w drodze do naszego domu.",
}


@pytest.fixture(scope="module", params=["auto", "off"])
def detector(request: pytest.FixtureRequest) -> Detector:
    return Detector(ner=request.param, entities=["PERSON"])


@pytest.mark.parametrize("language", list(NAMED))
def test_names_are_found(detector: Detector, language: str) -> None:
    first, last = PEOPLE[language]
    for template in NAMED[language]:
        text = template.format(full=f"{first} {last}", last=last)
        expected = f"{first} {last}" if "{full}" in template else last
        assert [text[m.start : m.end] for m in detector.detect([text])[0]] == [expected], text


@pytest.mark.parametrize("language", list(SILENT))
def test_prose_without_names_is_silent(detector: Detector, language: str) -> None:
    assert detector.detect([SILENT[language]]) == [[]]
    assert foreign(SILENT[language]) is (language != "en")


@pytest.mark.parametrize("locale", ["de_DE", "fr_FR", "it_IT", "nl_NL"])
def test_random_words_are_silent(locale: str) -> None:
    words = importlib.import_module(f"faker.providers.lorem.{locale}").Provider.word_list
    texts = [" ".join(words[i : i + 12]).capitalize() + "." for i in range(0, 480, 12)]
    alarmed = [t for t, found in zip(texts, Detector(entities=["PERSON"]).detect(texts), strict=True) if found]
    assert len(alarmed) <= len(texts) // 20


@pytest.mark.parametrize(
    "text",
    [
        "Ask Maria de la Cruz about the order.",
        "Los Angeles and San José are in California.",
        "Order 4711 is late",
        "",
        "El Niño",
    ],
)
def test_english_with_foreign_names_is_english(text: str) -> None:
    assert not foreign(text)
