"""Words for peoples and groups, and for months and days: what names a group or a date, not a person or a place."""

from __future__ import annotations

from functools import lru_cache


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


DEMONYMS = _set("""
afghan albanian algerian american andorran angolan argentine argentinian argentinean armenian australian austrian
azerbaijani bahamian bahraini bangladeshi barbadian belarusian belgian belizean beninese bhutanese bolivian bosnian
botswanan brazilian british bruneian bulgarian burkinabe burmese burundian cambodian cameroonian canadian chadian
chilean chinese colombian comoran congolese croatian cuban cypriot czech danish djiboutian dominican dutch ecuadorian
egyptian emirati english eritrean estonian ethiopian fijian filipino finnish french gabonese gambian georgian german
ghanaian greek greenlander greenlandic grenadian guatemalan guinean guyanese haitian honduran hungarian icelandic
icelander indian indonesian iranian iraqi irish israeli italian ivorian jamaican japanese jordanian kazakh kenyan
korean kosovar kuwaiti kyrgyz laotian latvian lebanese liberian libyan liechtensteiner lithuanian luxembourger
macedonian malagasy malawian malaysian maldivian malian maltese mauritanian mauritian mexican micronesian moldovan
monegasque mongolian montenegrin moroccan mozambican namibian nepalese nepali nicaraguan nigerian nigerien norwegian
omani pakistani palauan palestinian panamanian paraguayan persian peruvian polish portuguese qatari romanian russian
rwandan salvadoran samoan saudi scottish senegalese serbian seychellois singaporean slovak slovakian slovene slovenian
somali spanish sudanese surinamese swazi swedish swiss syrian taiwanese tajik tanzanian thai togolese tongan
trinidadian tunisian turkish turkmen tuvaluan ugandan ukrainian uruguayan uzbek venezuelan vietnamese welsh yemeni
zambian zimbabwean scandinavian european african asian arab latino latina hispanic kurdish tibetan basque catalan
breton flemish bavarian sicilian soviet hawaiian californian texan swede dane finn norseman briton englishman
englishwoman frenchman frenchwoman irishman welshman scot dutchman spaniard portuguese pole turk serb croat slav
""")
"""Adjectives and nouns of nationality in English, lower case; with an `s` they are a people."""

GROUPS = _set("""
muslim christian jewish jew hindu buddhist sikh catholic protestant orthodox lutheran methodist baptist anglican
mormon sunni shia shiite islamic atheist republican democrat democratic socialist communist conservative labour
liberal
""")
"""Religious and political groups."""

_TWICE = _set("polish french labour liberal orthodox conservative democratic swede finn dane pole scot slav turk welsh")
"""Also ordinary words or names: a group only where the capital says so."""

MONTHS = _set("""
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec
""")
MONTHS |= _set("""
januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre
novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio
febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março maio junho julho setembro
outubro novembro dezembro januari februari maart mei augustus
""")
WEEKDAYS = _set("monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun")


@lru_cache(maxsize=50_000)
def is_demonym(word: str) -> bool:
    """Whether a lower-case word names a people.

    >>> is_demonym("cambodian"), is_demonym("saudis"), is_demonym("thomas")
    (True, True, False)
    """
    return word in DEMONYMS or (word.endswith("s") and word[:-1] in DEMONYMS)


def is_group(word: str) -> bool:
    """Whether a word, in the case that it has in the text, names a people, a religion or a party."""
    low = word.lower()
    known = is_demonym(low) or low in GROUPS or (low.endswith("s") and low[:-1] in GROUPS)
    return known and not (word == low and (low in _TWICE or low in GROUPS))
