"""Where `synthgen.scatter` stood; its names for generators that still import them from here."""

from synthgen.scatter import Index as Index
from synthgen.scatter import gathered as gathered
from synthgen.scatter import scattered as scattered
from synthgen.scatter import spread as spread
