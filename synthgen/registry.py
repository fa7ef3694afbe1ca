"""One registry per kind of plug-in: built-ins in a lazy table, outside packages through entry points."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar, cast

from synthgen.errors import PluginError, Problem
from synthgen.errors import did_you_mean as did_you_mean  # where most callers look for it

T = TypeVar("T")


@lru_cache(maxsize=1)
def _installed(_: tuple[str, ...]) -> Any:
    """Every entry point on the path, read once for all registries (their type differs between versions of Python)."""
    return entry_points()


class Registry(Generic[T]):
    """Names of one kind of plug-in, each loaded when it is asked for.

    `builtin` maps a name to "module:Attribute". Packages outside add names through the entry-point group
    `synthgen.<kind>`. A name that two packages claim raises PluginError naming both; a plug-in that cannot be imported
    raises PluginError when its own name is asked for, and never before.
    """

    def __init__(self, kind: str, builtin: Mapping[str, str]) -> None:
        self.kind = kind
        self._builtin = dict(builtin)
        self._loaded: dict[str, T] = {}

    @cached_property
    def _outside(self) -> dict[str, list[EntryPoint]]:
        found: dict[str, list[EntryPoint]] = {}
        for point in _installed(tuple(sys.path)).select(group=f"synthgen.{self.kind}"):
            found.setdefault(point.name, []).append(point)
        return found

    def names(self) -> list[str]:
        """All names, sorted; loads nothing."""
        return sorted({*self._builtin, *self._outside})

    def source(self, name: str) -> str:
        """The package that provides a name: "synthgen" or the outside distribution."""
        if name in self._builtin:
            return "synthgen"
        points = self._outside.get(name, [])
        return _owner(points[0]) if points else "unknown"

    def __contains__(self, name: object) -> bool:
        return name in self._builtin or name in self._outside

    def get(self, name: str) -> T:
        """Load and return the plug-in of that name; raises PluginError if it is unknown, doubled or broken."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> T:
        points = self._outside.get(name, [])
        owners = (["synthgen"] if name in self._builtin else []) + [_owner(p) for p in points]
        if not owners:
            message = f"no {self.kind} plug-in is called '{name}'"
            raise PluginError(Problem("unknown-plugin", message, remedy=did_you_mean(name, self.names())))
        if len(owners) > 1:
            message = f"the {self.kind} plug-in '{name}' is provided by both {owners[0]} and {owners[1]}"
            raise PluginError(Problem("duplicate-plugin", message, remedy="uninstall one of the two packages"))
        target = self._builtin.get(name) or points[0].value
        try:
            module, _, attribute = target.partition(":")
            found: Any = getattr(import_module(module), attribute)
        except Exception as error:  # a broken plug-in may raise anything at import
            message = (
                f"the {self.kind} plug-in '{name}' of {owners[0]} cannot be loaded: {type(error).__name__}: {error}"
            )
            raise PluginError(Problem("broken-plugin", message, remedy=f"reinstall or remove {owners[0]}")) from error
        return cast(T, found)


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


_G, _R = "synthgen.generators", "synthgen.relations"

GENERATORS: Registry[Any] = Registry(
    "generators",
    {
        "id": f"{_G}.ids:Id",
        "choice": f"{_G}.choice:Choice",
        "bernoulli": f"{_G}.choice:Bernoulli",
        "constant": f"{_G}.constant:Constant",
        "lookup": f"{_G}.lookup:Lookup",
        "hierarchy": f"{_G}.hierarchy:Hierarchy",
        "level": f"{_G}.hierarchy:Level",
        "uniform": f"{_G}.numbers:Uniform",
        "integer": f"{_G}.numbers:Integer",
        "normal": f"{_G}.numbers:Normal",
        "lognormal": f"{_G}.numbers:Lognormal",
        "exponential": f"{_G}.numbers:Exponential",
        "gamma": f"{_G}.numbers:Gamma",
        "beta": f"{_G}.numbers:Beta",
        "pareto": f"{_G}.numbers:Pareto",
        "triangular": f"{_G}.shapes:Triangular",
        "weibull": f"{_G}.shapes:Weibull",
        "student_t": f"{_G}.shapes:StudentT",
        "histogram": f"{_G}.shapes:Histogram",
        "quantiles": f"{_G}.shapes:QuantilesOf",
        "poisson": f"{_G}.counts:Poisson",
        "negbin": f"{_G}.counts:Negbin",
        "geometric": f"{_G}.counts:Geometric",
        "binomial": f"{_G}.counts:Binomial",
        "zipf": f"{_G}.counts:Zipf",
        "given": f"{_G}.given:Given",
        "mixture": f"{_G}.mixture:Mixture",
        "growth": f"{_G}.growth:GrowthTime",
        "arm": f"{_G}.arm:Arm",
        "exposure": f"{_G}.arm:Exposure",
        "outcome": f"{_G}.outcome:Outcome",
        "datetime": f"{_G}.dates:DateTime",
        "date": f"{_G}.dates:Date",
        "time": f"{_G}.dates:Time",
        "point": f"{_G}.point:Point",
        "timezone": f"{_G}.timezones:Timezone",
        "tick": f"{_G}.tick:Tick",
        "series": f"{_G}.series.series:Series",
        "truth": f"{_G}.truth:Truth",
        "arrivals": f"{_G}.arrivals:Arrivals",
        "retention": f"{_G}.retention:Retention",
        "history": f"{_G}.history:History",
        "changing": f"{_G}.changing:Changing",
        "pattern": f"{_G}.pattern:Pattern",
        "template": f"{_G}.template:Template",
        "text": f"{_G}.text:Text",
        "faker": f"{_G}.faked.generator:Faker",
        "llm": f"{_G}.llm:Llm",
        "struct": f"{_G}.nested:Struct",
        "list": f"{_G}.nested:ListOf",
        "binary": f"{_G}.binary:Binary",
        "blob": f"{_G}.blob:Blob",
        "document": f"{_G}.document:Document",
        "grammar": f"{_G}.grammar:Grammar",
        "json": f"{_G}.json_text:Json",
        "url": f"{_G}.url:Url",
        "path": f"{_G}.path:FilePath",
        "user_agent": f"{_G}.user_agent:UserAgent",
        "version": f"{_G}.version:Version",
        "color": f"{_G}.color:Color",
        "cron": f"{_G}.cron:Cron",
        "duration": f"{_G}.duration:Duration",
        "money": f"{_G}.money:Money",
        "ref": f"{_R}.foreign_key:ForeignKey",
        "copy": f"{_R}.copy:Copy",
        "sum": f"{_R}.aggregate:Sum",
        "min": f"{_R}.aggregate:Min",
        "max": f"{_R}.aggregate:Max",
        "mean": f"{_R}.aggregate:Mean",
        "count": f"{_R}.aggregate:Count",
        "after": f"{_R}.after:After",
        "walk": f"{_G}.walk.walk:Walk",
        "expr": f"{_R}.expression:Expression",
        "when": f"{_R}.expression:When",
    },
)

ENTITIES: Registry[Any] = Registry(
    "entities",
    {name: f"{_G}.entities.{name}:{name.title()}" for name in ("person", "address", "company", "payment", "device")},
)

EXPORTERS: Registry[Any] = Registry(
    "exporters",
    {
        "parquet": "synthgen.export.parquet:Parquet",
        "csv": "synthgen.export.csv:Csv",
        "jsonl": "synthgen.export.jsonl:Jsonl",
        "arrow": "synthgen.export.arrow:Arrow",
    },
)

_F = "synthgen.evals.families"
FAMILIES: Registry[Any] = Registry(
    "families",
    {
        "classification": f"{_F}.classification:Classification",
        "extraction": f"{_F}.extraction:Extraction",
        "pii_spans": f"{_F}.pii_spans:PiiSpans",
        "text_to_sql": f"{_F}.text_to_sql:TextToSql",
        "table_qa": f"{_F}.table_qa:TableQa",
        "rag_qa": f"{_F}.rag_qa:RagQa",
        "tool_call": f"{_F}.tool_call:ToolCall",
        "dialogue": f"{_F}.dialogue:Dialogue",
        "summary": f"{_F}.summary:Summary",
        "matching": f"{_F}.matching:Matching",
        "anomaly": f"{_F}.anomaly:Anomaly",
        "needle": f"{_F}.needle:Needle",
        "guardrail": f"{_F}.guardrail:Guardrail",
        "fairness": f"{_F}.fairness:Fairness",
        "multilingual": f"{_F}.multilingual:Multilingual",
    },
)

_V = "synthgen.evals.variants"
VARIANTS: Registry[Any] = Registry(
    "variants",
    {
        "typos": f"{_V}.typos:Typos",
        "casing": f"{_V}.casing:Casing",
        "punctuation": f"{_V}.punctuation:Punctuation",
        "negation": f"{_V}.negation:Negation",
        "synonym": f"{_V}.synonym:Synonym",
        "reorder": f"{_V}.reorder:Reorder",
        "distractor": f"{_V}.distractor:Distractor",
        "format": f"{_V}.format:Format",
        "locale": f"{_V}.locale:Locale",
        "length": f"{_V}.length:Length",
    },
)

_H = "synthgen.export.harness"
HARNESSES: Registry[Any] = Registry(
    "harnesses",
    {
        "inspect": f"{_H}.inspect:Inspect",
        "promptfoo": f"{_H}.promptfoo:Promptfoo",
        "lm-eval": f"{_H}.lm_eval:LmEval",
        "openai-evals": f"{_H}.openai_evals:OpenaiEvals",
        "deepeval": f"{_H}.deepeval:Deepeval",
        "presidio-research": f"{_H}.presidio_research:PresidioResearch",
        "langsmith": f"{_H}.langsmith:Langsmith",
        "langfuse": f"{_H}.langfuse:Langfuse",
        "bfcl": f"{_H}.bfcl:Bfcl",
        "huggingface": f"{_H}.huggingface:Huggingface",
        "jsonl": f"{_H}.jsonl:Jsonl",
        "parquet": f"{_H}.parquet:Parquet",
    },
)

ENGINES: Registry[Any] = Registry("engines", {"local": "synthgen.engine.local:LocalEngine"})

_P = "synthgen.privacy.recognizers"
RECOGNIZERS: Registry[Any] = Registry(
    "recognizers",
    {
        "EMAIL_ADDRESS": f"{_P}.email:EMAIL",
        "URL": f"{_P}.network:URL",
        "PERSONAL_URL": f"{_P}.network:PERSONAL_URL",
        "IP_ADDRESS": f"{_P}.network:IP",
        "MAC_ADDRESS": f"{_P}.network:MAC",
        "PHONE_NUMBER": f"{_P}.phone:PHONE",
        "CREDIT_CARD": f"{_P}.card:CARD",
        "IBAN_CODE": f"{_P}.bank:IBAN",
        "BIC": f"{_P}.bank:BIC",
        "US_BANK_NUMBER": f"{_P}.bank:US_BANK",
        "ABA_ROUTING_NUMBER": f"{_P}.bank:ABA",
        "CRYPTO": f"{_P}.crypto:CRYPTO",
        "API_KEY": f"{_P}.secrets:SECRET",
        "US_SSN": f"{_P}.ids_america:SSN",
        "US_ITIN": f"{_P}.ids_america:ITIN",
        "US_MBI": f"{_P}.ids_america:US_MBI",
        "MEDICAL_LICENSE": f"{_P}.ids_america:MEDICAL_LICENSE",
        "CA_SIN": f"{_P}.ids_america:CA_SIN",
        "BR_CPF": f"{_P}.ids_america:BR_CPF",
        "MX_CURP": f"{_P}.ids_america:MX_CURP",
        "CL_RUT": f"{_P}.ids_america:CL_RUT",
        "US_EIN": f"{_P}.ids_business:EIN",
        "US_NPI": f"{_P}.ids_business:US_NPI",
        "BR_CNPJ": f"{_P}.ids_business:BR_CNPJ",
        "IT_VAT_CODE": f"{_P}.ids_business:IT_VAT_CODE",
        "IN_GSTIN": f"{_P}.ids_business:IN_GSTIN",
        "AU_ABN": f"{_P}.ids_business:AU_ABN",
        "AU_ACN": f"{_P}.ids_business:AU_ACN",
        "SG_UEN": f"{_P}.ids_business:SG_UEN",
        "KR_BRN": f"{_P}.ids_business:KR_BRN",
        "SE_ORGANISATIONSNUMMER": f"{_P}.ids_business:SE_ORGANISATIONSNUMMER",
        "UK_NINO": f"{_P}.ids_europe:NINO",
        "UK_NHS": f"{_P}.ids_europe:NHS",
        "FR_NIR": f"{_P}.ids_europe:FR_NIR",
        "ES_NIF": f"{_P}.ids_europe:ES_NIF",
        "ES_NIE": f"{_P}.ids_europe:ES_NIE",
        "IT_FISCAL_CODE": f"{_P}.ids_europe:IT_FISCAL_CODE",
        "PL_PESEL": f"{_P}.ids_europe:PL_PESEL",
        "NL_BSN": f"{_P}.ids_europe:NL_BSN",
        "SE_PERSONNUMMER": f"{_P}.ids_europe:SE_PERSONNUMMER",
        "FI_PERSONAL_IDENTITY_CODE": f"{_P}.ids_europe:FI_HETU",
        "DK_CPR": f"{_P}.ids_europe:DK_CPR",
        "NO_FODSELSNUMMER": f"{_P}.ids_europe:NO_FODSELSNUMMER",
        "BE_NATIONAL_NUMBER": f"{_P}.ids_europe:BE_NN",
        "CH_AHV": f"{_P}.ids_europe:CH_AHV",
        "DE_TAX_ID": f"{_P}.ids_germany:DE_TAX_ID",
        "DE_TAX_NUMBER": f"{_P}.ids_germany:DE_TAX_NUMBER",
        "DE_ID_CARD": f"{_P}.ids_germany:DE_ID_CARD",
        "DE_FUEHRERSCHEIN": f"{_P}.ids_germany:DE_FUEHRERSCHEIN",
        "DE_SOCIAL_SECURITY": f"{_P}.ids_germany:DE_SOCIAL_SECURITY",
        "DE_HEALTH_INSURANCE": f"{_P}.ids_germany:DE_HEALTH_INSURANCE",
        "DE_LANR": f"{_P}.ids_germany:DE_LANR",
        "DE_BSNR": f"{_P}.ids_germany:DE_BSNR",
        "DE_VAT_ID": f"{_P}.ids_germany:DE_VAT_ID",
        "DE_HANDELSREGISTER": f"{_P}.ids_germany:DE_HANDELSREGISTER",
        "IN_AADHAAR": f"{_P}.ids_world:AADHAAR",
        "IN_PAN": f"{_P}.ids_world:IN_PAN",
        "IN_VOTER": f"{_P}.ids_world:VOTER",
        "AU_TFN": f"{_P}.ids_world:AU_TFN",
        "AU_MEDICARE": f"{_P}.ids_world:AU_MEDICARE",
        "SG_NRIC_FIN": f"{_P}.ids_world:SG_NRIC",
        "KR_RRN": f"{_P}.ids_world:KR_RRN",
        "KR_FRN": f"{_P}.ids_world:KR_FRN",
        "CN_RIC": f"{_P}.ids_world:CN_RIC",
        "ZA_ID_NUMBER": f"{_P}.ids_world:ZA_ID",
        "NG_NIN": f"{_P}.ids_world:NG_NIN",
        "PH_TIN": f"{_P}.ids_world:PH_TIN",
        "TR_NATIONAL_ID": f"{_P}.ids_world:TR_ID",
        "TH_TNIN": f"{_P}.ids_world:TH_ID",
        "US_PASSPORT": f"{_P}.documents:US_PASSPORT",
        "UK_PASSPORT": f"{_P}.documents:UK_PASSPORT",
        "DE_PASSPORT": f"{_P}.documents:DE_PASSPORT",
        "FR_PASSPORT": f"{_P}.documents:FR_PASSPORT",
        "ES_PASSPORT": f"{_P}.documents:ES_PASSPORT",
        "IT_PASSPORT": f"{_P}.documents:IT_PASSPORT",
        "IT_IDENTITY_CARD": f"{_P}.documents:IT_IDENTITY_CARD",
        "PT_PASSPORT": f"{_P}.documents:PT_PASSPORT",
        "PL_PASSPORT": f"{_P}.documents:PL_PASSPORT",
        "NL_PASSPORT": f"{_P}.documents:NL_PASSPORT",
        "CH_PASSPORT": f"{_P}.documents:CH_PASSPORT",
        "AT_PASSPORT": f"{_P}.documents:AT_PASSPORT",
        "CA_PASSPORT": f"{_P}.documents:CA_PASSPORT",
        "AU_PASSPORT": f"{_P}.documents:AU_PASSPORT",
        "IN_PASSPORT": f"{_P}.documents:IN_PASSPORT",
        "CN_PASSPORT": f"{_P}.documents:CN_PASSPORT",
        "JP_PASSPORT": f"{_P}.documents:JP_PASSPORT",
        "KR_PASSPORT": f"{_P}.documents:KR_PASSPORT",
        "US_DRIVER_LICENSE": f"{_P}.documents:US_LICENCE",
        "CA_DRIVER_LICENSE": f"{_P}.documents:CA_LICENCE",
        "AU_DRIVER_LICENSE": f"{_P}.documents:AU_LICENCE",
        "FR_DRIVER_LICENSE": f"{_P}.documents:FR_LICENCE",
        "ES_DRIVER_LICENSE": f"{_P}.documents:ES_LICENCE",
        "IT_DRIVER_LICENSE": f"{_P}.documents:IT_LICENCE",
        "PT_DRIVER_LICENSE": f"{_P}.documents:PT_LICENCE",
        "PL_DRIVER_LICENSE": f"{_P}.documents:PL_LICENCE",
        "NL_DRIVER_LICENSE": f"{_P}.documents:NL_LICENCE",
        "IN_DRIVER_LICENSE": f"{_P}.documents:IN_LICENCE",
        "KR_DRIVER_LICENSE": f"{_P}.documents:KR_LICENCE",
        "UK_DRIVING_LICENCE": f"{_P}.documents:UK_LICENCE",
        "UK_VEHICLE_REGISTRATION": f"{_P}.vehicles:UK_PLATE",
        "DE_KFZ": f"{_P}.vehicles:DE_PLATE",
        "IN_VEHICLE_REGISTRATION": f"{_P}.vehicles:IN_PLATE",
        "TR_LICENSE_PLATE": f"{_P}.vehicles:TR_PLATE",
        "NG_VEHICLE_REGISTRATION": f"{_P}.vehicles:NG_PLATE",
        "IMEI": f"{_P}.vehicles:IMEI",
        "VIN": f"{_P}.vehicles:VIN",
        "DATE_OF_BIRTH": f"{_P}.personal:BIRTH_DATE",
        "LOCATION": f"{_P}.personal:STREET_ADDRESS",
        "COORDINATES": f"{_P}.places:COORDINATES",
        "UK_POSTCODE": f"{_P}.places:UK_POSTCODE",
        "DE_PLZ": f"{_P}.places:DE_PLZ",
        "ZIP_CODE": f"{_P}.places:ZIP_CODE",
        "USERNAME": f"{_P}.handles:USERNAME",
        "DATE_TIME": f"{_P}.dates:DATE_TIME",
    },
)
