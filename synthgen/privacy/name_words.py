"""Words around names: what stands before them, after them, and what is a name and an ordinary word at once."""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _set("""
mr mrs ms miss dr prof professor doctor judge senator governor president captain colonel lieutenant sergeant sir madam
herr herrn frau mme m mlle monsieur madame mademoiselle sr sra señor señora señorita signor signora signore senhor
senhora pani pana mevrouw meneer dhr mevr dott ing dipl mx jr ii iii iv md phd dds dvm
""")
"""Titles and suffixes that stand beside a name."""

PARTICLES = _set("""
van von de der den da di del la le bin al dos das do e y ten ter zu zum
""")
"""Small words inside last names."""

ORDINARY = _set("""
amber white green brown black gray grey crystal ruby jade rose violet olive summer autumn winter dawn faith hope grace
hunter forest grant hill park parks banks rivers stone woods fields case long short young day may april june august
will mark rich art sky ocean star penny royal king prince duke bishop page chase mason taylor carpenter cook baker
england france paris london berlin sydney austin dallas denver jordan israel florence virginia georgia carolina
charlotte savannah madison lincoln washington jackson houston victoria adelaide brooklyn chelsea dakota india china
asia santa san saint major general christian english french german west north east south best good sweet love cross
bush field ford frost golden hall heath horn house lake land lane marsh moon moss noble pearl pepper pool power price
prior reed ridge robin sand sandy shepherd spring steel street temple waters wells wise wood worth small large blue
red silver gold ivory hazel ginger cherry lemon daisy iris holly ivy basil sage honey angel trinity sunny stormy gene
room sleeps office section order table time date number page note notes list item total price sale store shop phone
mail letter box card key door window fire earth light dark night week month year hour minute morning evening bottom
low new old first last next bad big hot cold fast slow open close start stop begin end yes no please thank thanks
hello welcome sorry help info information question answer problem issue error warning success failure update upgrade
release version build test check review report summary detail details amount balance payment refund invoice receipt
contract agreement policy terms privacy security account user guest client customer supplier vendor partner manager
director engineer developer designer analyst assistant nurse doctor teacher student patient member driver worker owner
buyer seller agent visitor guard chief head lead senior junior staff team crew board committee council department
division branch unit project product service system software hardware server network database column row field value
type name title subject body message text comment reply forward draft sent inbox folder file document image photo
video audio music song film movie book story news article blog post link site website home menu search login logout
register sign password code token lock access permission role admin root super public private local remote global
national international special standard premium basic free trial bronze unknown none object meanwhile afterwards
however unit emeritus joy patience harmony melody destiny miracle blessing flora fauna clay cliff dale glen heather lily
""")
"""Words that are names and ordinary words at once: two of them make no person."""

TAILS = _set("""
street st avenue ave road rd lane ln drive dr boulevard blvd court ct way place pl square terrace highway parkway inc
ltd llc plc gmbh ag kg corp co company group sons partners associates bank university college school hospital church
airport cathedral stadium museum institute foundation award awards library theatre theater center centre county island
islands lake river bay beach valley mountain mountains park bridge station building tower house hotel city town club
brooks mills hills brook mill glen pike dam forge plains pines points ports rest route run shore shores springs spur
squares trail tunnel union views village ville vista walk wall well wells estate estates extension falls forks fort
gateway green grove harbor haven heights inlet junction key knoll landing loop manor meadow mews mission orchard oval
pass path prairie ranch shoals skyway summit throughway trace track turnpike underpass viaduct villas causeway cape
kgaa ohg gbr ug eg ek ev llp sa sl srl sarl sas snc bv nv league championship prize act effect syndrome test theorem
law model scale index method distribution products systems solutions services industries technologies media studios
records
""")
"""Last words of streets, places, organisations and works that are called after people."""

PLACES = _set("""
north south east west new old saint st san santa lake port mount fort upper lower great royal grand sierra são sao
sainte
""")
"""First words of places: no first name here."""

NO_NAMES = _set("""
i'm i\u2019m it's we're he's she's don't there everyone everybody all team customer customers sir madam mr mrs ms dr
colleague colleagues support friend friends damen herren you your we our they he she it this that these those the an
and or but not for with from monday tuesday wednesday thursday friday saturday sunday january february march april
june july august september october november december world manager admin user guest unknown none null true false yes
no ok please thanks thank order invoice account bank card payment email phone number date address city street state
country company emeritus emerita
""")
"""Words that stand where a cue expects a name, and are none."""

FUNCTION_WORDS = _set("""
lucky boss cash roll tone nan ok art bill long king more love baby buddy honey a about above after again all also am
an and any are as at be because been before being below between both but by can did do does doing done down during
each every few for from further get gets go goes going got had has have having he her here hers him his how i if in
into is it its just last let like likes made make makes many me more most much must my need needs never new next no
nor not now of off on once one only or other our out over own please same say says see she should since so some still
such take than thank thanks that the their them then there these they this those through to today told too two under
until up us use very via want wants was we were what when where which while who whom why will with would yes yet you
your called calls call name names lives live works work lived said asked met meet new york song list concert novel
band film street road avenue city town card account number order phone zip code email
""")
"""Words of English that are no names in a text without capitals."""

RANKS = _set("""
colonel captain general major lieutenant sergeant brigadier president senator governor judge professor doctor king
queen prince princess pope bishop lord lady minister mayor
""")
"""Ranks and offices before a name."""

NO_PLACES = _set("""
i the a an my his her their our your this that he she we they it mr mrs ms dr miss and or but
""")
"""Words that stand where a cue expects a place, and are none."""

FIRMS = _set("""
inc incorporated corp corporation llc llp ltd limited plc gmbh ag kg sa sarl sas bv nv co company group holding
holdings partners associates university college bank institute foundation
""")
"""Last words of firms and institutions."""
