"""Whether a text is in a language that the English models were not trained on, by its function words."""

from __future__ import annotations

import re


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _set("""
the of and to in is that for it with as was on are be this have from or had by not but at an they which you were we his
her all would there their what been if when can will has more no do said my your our could about me out up how than
""")
_OTHERS = tuple(
    _set(words)
    for words in (
        """
        der das und ist nicht ein eine einen einem einer mit auf für sich den dem des zu von ich sie wir auch wird
        werden haben wurde bei nach aus oder aber wenn noch wie durch über vor zum zur bitte ihre ihr mein meine
        guten sehr mich uns
        """,
        """
        le la les des une et est que dans pour pas sur avec il elle nous vous je ce cette qui du au aux mais sont
        été ont par plus votre notre mon ma très être fait bonjour chez leur demain hier merci
        """,
        """
        el la los las que y en un una es por con para se su del al lo como más pero sus le ya este esta fue son
        está han muy mi nos usted ha señor señora hola ayer mañana pedido gracias
        """,
        """
        il lo la gli che di e è un una per con non del della dei delle nel nella si sono ha come più ma anche
        questo questa mio mia al alla ho nostro ieri domani signora signor buongiorno grazie
        """,
        """
        o os as que e de um uma em para com não do da dos das no na nos nas por mais se foi são está ao pelo pela
        seu sua meu minha muito você ontem amanhã senhora senhor olá obrigado
        """,
        """
        de het een en van dat niet zijn op te voor met aan er ook bij naar om maar als dan nog uit ik wij jij hij
        zij haar heeft hebben wordt werd deze dit mijn uw geen wel gisteren morgen graag mevrouw meneer
        """,
        """
        w na nie się z do że jest to o jak za co przez po dla od są był była było czy ale oraz lub już tylko mnie
        mi proszę przed został zostało moje moja państwa pan pani wczoraj jutro dzień dziękuję
        """,
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 3
"""Function words of another language without which a text counts as English: a name may hold two (de la Cruz)."""


_LONG = 8
"""Words in small letters of which an English text has at least one function word."""


def foreign(text: str) -> bool:
    """Whether a text is in German, French, Spanish, Italian, Portuguese, Dutch or Polish rather than English.

    More function words of one of them than of English stand in its beginning, each counted once; words with accents
    count for them. A longer text without any function word of English is foreign too.

    >>> foreign("Bitte rufen Sie mich morgen zurück, der Kunde ist nicht da.")
    True
    >>> foreign("Ask Maria de la Cruz about it.")
    False
    """
    found = set(_WORD.findall(text[:2_000]))
    words = {w.lower() for w in found}
    if len(words) < _ENOUGH:
        return False
    small = {w for w in found if w.islower() and len(w) > 1}
    english, accented = len(words & _ENGLISH), sum(not w.isascii() for w in small)
    if not english and len(small) >= _LONG:
        return True
    return any(len(words & other) + accented >= max(_ENOUGH, english + 1) for other in _OTHERS)
