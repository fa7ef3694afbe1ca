"""Words that announce a name: titles, greetings and phrases of eight languages, and what they announce.

A name after a cue counts without any model, so these rules also read languages for which none is installed: English,
German, French, Spanish, Italian, Portuguese, Dutch and Polish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthgen.privacy.name_words import NO_NAMES, PARTICLES, PLACES, TAILS
from synthgen.privacy.names import LOWER, UPPER, common_words, names
from synthgen.privacy.place_words import is_demonym

_LETTER = f"{UPPER}{LOWER}"
_PARTICLE = r"(?:[Vv]an der|[Vv]an den|[Vv]an de|[Vv]on der|[Vv]on|[Vv]an|[Dd]e la|[Dd]el|[Dd]ella|[Dd]e|[Dd]i|[Dd]a|[Dd]os|[Dd]u|[Ll]a|[Ll]e|[Bb]in|[Aa]l|ter|ten|zu)"  # noqa: E501
NAME_WORD = rf"[{UPPER}](?:[{LOWER}]+(?:-[{UPPER}]?[{LOWER}]+)*|['\u2019][{UPPER}][{LOWER}]+)(?:[{UPPER}][{LOWER}]+)?"
NAME = rf"{NAME_WORD}(?: (?:{_PARTICLE} )?(?:[{UPPER}]\.? )?{NAME_WORD}){{0,3}}"
"""One to four capitalised words, with particles and an initial between them."""

TITLE = (
    r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Hon|Capt|Sgt|Lt|Col|Gen|Sen|Gov|Sr|Sra|Srta|Sig|Dott|Dra|Mme|Mlle|Dhr|Mevr|Mw)\.?"
    r"|Miss|Sir|Madam|Lord|Lady|Judge|Professor|Doctor|Captain|Sergeant|Senator|President|Mister|Missus"
    r"|Herrn?|Frau|Monsieur|Madame|Mademoiselle|Señora?|Señorita|Signora?|Signor|Senhora?|Dona|Doña"
    r"|Meneer|Mevrouw|Panią|Panem|Panu|Pani|Pana|Pan"
)
_SHORT_TITLE = (
    r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Miss|Herrn?|Frau|Mme|Dhr|Mevr|Sr|Sra|Sir|Madam|Lady|Lord|Professor|Doctor|Mlle)"
)
_STATED = (
    r"(?:my|his|her|their|the|your) (?:full |first |last |sur|family |maiden )?name (?:is|was)|maiden name(?: is| was)?"
    r"|(?:is|was|am|been|were|be) (?:called|named)|(?:it'?s|it is) under(?: the name)?|name of|under the name"
    r"|(?:everyone|everybody|people|they|friends) calls? (?:me|him|her)|mein name ist|ich hei(?:ß|ss)e|heißt"
    r"|je m'appelle"
    r"|je suis|s'appelle|me llamo|mi nombre es|se llama|mi chiamo|il mio nome è|si chiama|(?:o )?meu nome é|me chamo"
    r"|chama-se|mijn naam is|ik heet|nazywam się|mam na imię|moje imię to"
)
_FIELD = (
    r"(?:full |first |last |family |given |customer |patient |contact |account |employee |client "
    r"|card ?holder(?:'s)? )?name"
    r"|surname|forename|referred by|cardholder|holder|tenant|assistant|author|owner|recipient|sender|from|to|cc"
    r"|attn|attention|patient|employee|customer|user|contact|signed(?: by)?|kind regards|best regards|regards|sincerely"
    r"|yours (?:truly|faithfully|sincerely)|vorname|nachname|nom|prénom|nombre|apellidos?|nome|cognome|naam|imię"
    r"|nazwisko"
    r"|imię i nazwisko|mit freundlichen grüßen|cordialement|atentamente|cordiali saluti|atenciosamente|pozdrawiam"
)
_KEY = r"first|last|first_?name|last_?name|full_?name|given_?name|family_?name|middle_?name|patient_?name|user_?name"
_GREETING = (
    r"(?:Dear|Hi|Hello|Hey|Liebe[rs]?|Hallo|Cher|Chère|Bonjour|Querid[oa]|Estimad[oa]|Hola|Car[oa]|Ciao|Gentile"
    r"|Prezad[oa]|Olá|Beste|Geachte|Drog[ia]|Cześć|Szanown[ya])"
)
_KIN = (
    r"(?:my|his|her|their|our) (?:dear |late |older |younger |big |little |great |best )?(?:brother|sister|wife|husband"
    r"|son|daughter|mother|father|mom|mum|dad|uncle|aunt|cousin|friend|partner|boss|colleague|manager|neighbou?r"
    r"|doctor)"
    r"(?:'s name)?"
)
_BY = (
    r"(?:(?:directed|written|sung|composed|produced|signed|painted|performed|played|founded|created"
    r"|reported) by|starring)"
)
_SPEECH = r"(?:said|says|asked|asks|replied|replies|wrote|writes|told|added|adds|explained|explains|shouted|answered)"

_AFTER = (
    (re.compile(rf"(?<![{_LETTER}])(?:{TITLE}) (?={NAME})"), 0.85),
    (
        re.compile(
            rf"(?<![{_LETTER}])(?:herrn?|frau|monsieur|madame|mademoiselle|señora?|señorita|signora?|signor"
            rf"|senhora?|dona|doña"
            rf"|meneer|mevrouw|dhr\.?|mevr\.?|mw\.?|pani|pana|panem|panią|mr\.?|mrs\.?|ms\.?"
            rf"|dr\.?) (?=(?:{_PARTICLE} ){{0,2}}{NAME})"
        ),
        0.8,
    ),
    (re.compile(rf"(?i:(?<![{_LETTER}])(?:{_STATED}):? )(?={NAME})"), 0.8),
    (re.compile(rf"(?im:(?:^|[ \t]{{2}})[ \t>?*-]*(?:{_FIELD})(?:[ \t]*[:=][ \t]*|,\s+))(?={NAME})"), 0.75),
    (re.compile(rf"(?i:[?!.:][ ]+(?:{_FIELD}):[ ]+)(?={NAME})"), 0.75),
    (re.compile(rf"(?i:[\"'](?:{_FIELD}|{_KEY})[\"']?[ ]?[:=][ ]?[\"'])(?={NAME}[\"'])"), 0.75),
    (
        re.compile(
            rf"(?i:\b(?:thanks|thank you|cheers|danke|merci|gracias|grazie|obrigad[oa]|bedankt"
            rf"|dzięki),? )(?={NAME}[,.!\n]|{NAME}$)"
        ),
        0.65,
    ),
    (re.compile(rf"(?i:\bname\?[ \n]+)(?={NAME}[.,!\n]|{NAME}$)"), 0.8),
    (re.compile(rf"(?<![{_LETTER}]){_GREETING} (?={NAME}[,!.:;\n]|{NAME}$)"), 0.75),
    (
        re.compile(
            rf"(?i:\b(?:this is|i am|i'm|ich bin|c'est|soy|sono|sou|ik ben|jestem) )(?={NAME}(?:[.,!;\n]| and "
            rf"| from |$))"
        ),
        0.6,
    ),
    (re.compile(rf"(?i:\b{_KIN},? )(?={NAME})"), 0.7),
    (re.compile(rf"(?i:\b{_BY}[: ]\s*)(?={NAME})"), 0.7),
    (re.compile(rf"(?:[,\"\u201d'] ?){_SPEECH} (?={NAME}[.,:\n]|{NAME}$)"), 0.7),
)
_LIFE = (
    r"(?:lives|lived|was born|shouted|married|died|spent|smiled|laughed|thinks|grew up|graduated|retired|resigned"
    r"|had given|wants|asked|told|moved to|works (?:at|for|as)|worked (?:at|for|as)"
    r"|is from)"
)
_BEFORE = (
    (re.compile(rf"(?<![{_LETTER}.-])({NAME}),? {_SPEECH}(?= ?[:,\"]| that | to )"), 0.65),
    (re.compile(rf"(?:^|[\n.!?\"] ?)({NAME_WORD}(?: {NAME_WORD})?) {_LIFE}(?= )"), 0.6),
    (re.compile(rf"(?m:^)({NAME}),? can I "), 0.65),
    (
        re.compile(rf"(?<![{_LETTER}.-])({NAME_WORD}(?: [{UPPER}]\. ?{NAME_WORD})(?:-{NAME_WORD})?)(?![{_LETTER}])"),
        0.75,
    ),
    (re.compile(rf"(?<![{_LETTER}.-])({NAME_WORD} [{UPPER}] {NAME_WORD})(?![{_LETTER}])"), 0.65),
    (re.compile(rf"(?<![{_LETTER}.-])({NAME}) ?\( ?(?:born|b\.|née?|died|geb\.|nacid[oa]|nat[oa]|né)\b"), 0.75),
)
_CODE = re.compile(r" ?[A-Z]{0,4}[-#]?[0-9]")
_REVERSED = re.compile(
    rf"(?im:(?:^|[ \t]{{2}}|[\"'])(?:{_FIELD})[\"']?[ \t]?[:=]?[ \t]?[\"']?)({NAME_WORD}, {NAME_WORD})(?![{_LETTER}])"
)
"""A last name, a comma and a first name after a field's name."""
_QUOTED = re.compile(rf"(?i:\b(?:{_FIELD}) [\"'])({NAME_WORD}, {NAME_WORD})(?=[\"'])")
_NAME = re.compile(rf"(?:{_PARTICLE} ){{0,2}}{NAME}")
_TITLE = re.compile(rf"(?:{_SHORT_TITLE})\.?$")


CUED = (
    rf"(?i:(?:^|[^a-z])(?:{_FIELD}|{_KEY})[\"']?\s{{0,2}}[:=,]?\s{{0,3}}[\"']?)(?:[{UPPER}][{LOWER}]|[{UPPER}]\.)"
    rf"|(?:^|[^A-Za-z.])(?:{_SHORT_TITLE})\.? [{UPPER}]|(?:^|[^A-Za-z.&])[{UPPER}]\. ?[{UPPER}][{LOWER}]"
)
"""Rust regex of texts in which a field's name, a title or an initial may announce a name."""


def cued(text: str) -> Iterator[tuple[int, int, float]]:
    """Spans that a cue announces as a name, with a score; words that are no names are refused or cut off.

    >>> [text[a:b] for text in ("Guten Tag, Frau Zielke.",) for a, b, _ in cued(text)]
    ['Zielke']
    """
    for pattern, score in _AFTER:
        for match in pattern.finditer(text):
            found = _NAME.match(text, match.end())
            if found and (end := accepted(text, found.start(), found.end())) and not _CODE.match(text, end):
                yield found.start(), end, score
    for pattern in (_REVERSED, _QUOTED):
        for match in pattern.finditer(text):
            yield *match.span(1), 0.75
    for pattern, score in _BEFORE:
        for match in pattern.finditer(text):
            if (end := accepted(text, *match.span(1))) == match.end(1):
                yield match.start(1), end, score


def titled(before: str) -> bool:
    """Whether a text ends in a title, as it stands before a name."""
    return _TITLE.search(before.rstrip()) is not None


def accepted(text: str, start: int, end: int) -> int | None:
    """End of the words from `start` that can be a name: up to the first that cannot; None if that is the first."""
    last = None
    ordinary, known = common_words(), names()
    for match in re.finditer(rf"[{_LETTER}'\u2019-]+", text[start:end]):
        word = match.group().lower().removesuffix("'s").removesuffix("\u2019s")
        whole = match.group().lower()
        if word in PARTICLES and match.end() < end - start:
            continue
        refused = word in NO_NAMES or is_demonym(word) or (word in TAILS and word not in known.last)
        if last is None and (refused or word in PLACES or (word in ordinary and word not in known.first | known.last)):
            return None
        if last is not None and (refused or (word in ordinary and word not in known.last)):
            break
        last = start + match.start() + len(word)
        if whole != word:
            break
    return last
