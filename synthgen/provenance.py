"""Where an export comes from, and who vouches for it: the chain from recipe to file, signed or not.

The chain is recipe -> inputs -> plan (seed, sizes, versions) -> files, each by its sha256. Signed, it is an in-toto
statement whose subjects are all files of the export and whose predicate has the shape of SLSA provenance v1
(slsa.dev/spec/v1.0/provenance), without what would differ from run to run: no clock, no host, no invocation. So the
same export has the same statement, wherever it was made.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from synthgen.artifacts import Finding
from synthgen.errors import BlockedError, Problem, UsageError, usage
from synthgen.export.layout import MANIFEST, RECIPE, SIGNATURE
from synthgen.export.manifest import Manifest, canonical
from synthgen.export.verify import read_manifest, verify_files
from synthgen.gate import problem
from synthgen.signing import LARGEST, STATEMENT, SignatureError, key_ids, read_private, read_public, seal, unseal

if TYPE_CHECKING:
    from synthgen.signing import CryptoSigner, SSlibKey

PREDICATE = "https://slsa.dev/provenance/v1"
BUILD = "urn:synthgen:export:v1"
"""What the parameters in a statement mean; another form gets another name."""


@dataclass(frozen=True)
class Trust:
    """What is known about where an export comes from.

    `state`: `none` (no signature), `unchecked` (there is one, and no key was given), `valid` (at least one of the keys
    has signed exactly this export) or `invalid`. `signed_by` are ids of keys whose signatures are right, `chain` is the
    export's own account of how it was made, as in `--json`.
    """

    state: Literal["none", "unchecked", "valid", "invalid"]
    signed_by: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    chain: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signed:
    """What `sign` wrote: the envelope's path, the id of the key, all ids in the envelope, how many files it covers."""

    path: Path
    keyid: str
    signatures: tuple[str, ...]
    files: int


def chain(manifest: Manifest) -> dict[str, Any]:
    """From recipe to file: `recipe`, `inputs`, `plan`, `files` and `verdict`, as plain objects."""
    return {
        "recipe": {"path": RECIPE, **manifest.recipe.model_dump(mode="json")},
        "inputs": [{"path": i.path, "role": i.role, "sha256": i.sha256} for i in manifest.inputs if i.role != "recipe"],
        "plan": {
            "seed": manifest.seed,
            "clock": manifest.clock,
            **manifest.overrides.model_dump(mode="json"),
            "synthgen": manifest.synthgen,
            "versions": manifest.versions,
        },
        "files": [
            {"path": path, "of": part, "sha256": digest}
            for part, path, _, digest in manifest.listed()
            if path not in {i.path for i in manifest.inputs}
        ],
        "verdict": manifest.verdict.get("word"),
    }


def statement(written: bytes) -> dict[str, Any]:
    """The in-toto statement about the export whose manifest has these bytes.

    Subjects are all files, in the order of their paths, the manifest among them. Numbers that JSON readers may round
    (the seed) are written as text. Raises ValueError (pydantic's) for what is no manifest.
    """
    manifest = Manifest.model_validate_json(written)
    digests = {path: digest for _, path, _, digest in manifest.listed()} | {MANIFEST: _sha256(written)}
    recipe = manifest.recipe
    return {
        "_type": STATEMENT,
        "subject": [_resource(path, digests[path]) for path in sorted(digests)],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD,
                "externalParameters": {
                    "recipe": {"name": recipe.name, "sha256": recipe.sha256},
                    "seed": str(manifest.seed),
                    "clock": manifest.clock,
                    "rows": {table: str(rows) for table, rows in manifest.overrides.rows.items()},
                    "scale": None if manifest.overrides.scale is None else repr(manifest.overrides.scale),
                },
                "resolvedDependencies": [
                    *(_resource(i.path, i.sha256, role=i.role) for i in manifest.inputs),
                    *({"name": n, "uri": f"pkg:pypi/{n}@{v}"} for n, v in sorted(manifest.versions.items())),
                ],
            },
            "runDetails": {
                "builder": {"id": "urn:synthgen", "version": {"synthgen": manifest.synthgen}},
                "byproducts": [
                    _resource("verdict", _sha256(canonical(manifest.verdict)), word=manifest.verdict.get("word"))
                ],
            },
        },
    }


def sign(export: Path, key: Path) -> Signed:
    """Check an export and sign it. Signatures of other keys over the same export are kept.

    Raises UsageError for a folder that is no export, or a bad key; BlockedError where the export is not what its
    manifest says, or holds a signature of something else: what is broken is not vouched for.
    """
    signer = read_private(key)
    findings = [*verify_files(export), *_broken(export)]
    if findings:
        raise BlockedError(problem(f) for f in findings)
    written, path = (export / MANIFEST).read_bytes(), export / SIGNATURE
    about = statement(written)
    try:
        old = _signature(export)
        sealed = seal(about, signer, old)
    except SignatureError as error:
        remedy = f"delete {path}, if nobody needs it"
        raise BlockedError(Problem("signature", f"{SIGNATURE} {error}; it is left as it is", remedy=remedy)) from None
    if sealed != old:
        _replace(path, sealed)
    return Signed(path, signer.public_key.keyid, key_ids(sealed), len(about["subject"]))


def carried(target: Path, written: bytes, signer: CryptoSigner | None) -> tuple[bytes | None, bool]:
    """The envelope of a new export with this manifest, and whether a signature is lost.

    An export is a function of its recipe, so a run may replace one by itself: then its signatures hold on.
    """
    try:
        same = (target / MANIFEST).read_bytes() == written
        old = _signature(target)
    except OSError:
        same, old = False, None
    except SignatureError:
        same, old = False, b""  # something that is none, such as a link, is not carried on
    if signer is not None:
        with suppress(SignatureError):
            return seal(statement(written), signer, old if same else None), False
        return seal(statement(written), signer), False
    return (old, False) if same else (None, old is not None)


def check(export: Path, keys: Sequence[Path] = ()) -> Trust:
    """The chain of an export, and its signature if `keys` (public key files) are given.

    Findings concern the chain and the signature; that files are as the manifest says is for `verify_files`, and is
    needed too. Raises UsageError for a folder that is no export, and for bad keys.
    """
    trusted = [read_public(key) for key in keys]
    try:
        manifest = read_manifest(export)
    except BlockedError:
        manifest = None
    broken = [] if manifest is None else _broken(export)
    links = {} if manifest is None else chain(manifest)
    if not trusted:
        there = os.path.lexists(export / SIGNATURE)
        return Trust("unchecked" if there else "none", (), tuple(broken), links)
    signed_by, wrong = _checked(export, manifest, trusted)
    state: Literal["valid", "invalid"] = "invalid" if wrong else "valid"
    found = tuple(Finding("signature", "", message=what) for what in wrong)
    return Trust(state, () if wrong else signed_by, (*broken, *found), links)


# -- parts


def _checked(export: Path, manifest: Manifest | None, keys: Sequence[SSlibKey]) -> tuple[tuple[str, ...], list[str]]:
    """Who has signed, and what is wrong with it, in words."""
    try:
        content = _signature(export)
        if content is None:
            return (), [f"{SIGNATURE} is missing: the export is not signed"]
        opened = unseal(content, keys)
        about = opened.statement
        digests, predicate = _signed_digests(about), about.get("predicate")
        if about.get("predicateType") != PREDICATE or _build(predicate).get("buildType") != BUILD:
            raise SignatureError("says how the export was made in a form that this version does not know")
    except SignatureError as error:
        return (), [f"{SIGNATURE} {error}"]
    written = (export / MANIFEST).read_bytes()
    if manifest is None:
        return opened.signed_by, [f"{MANIFEST} is not the one that was signed"]
    if digests.get(MANIFEST) != _sha256(written) and not _any_data(manifest, digests):
        parameters = _build(predicate).get("externalParameters")
        recipe = parameters.get("recipe") if isinstance(parameters, dict) else None
        name = recipe.get("name") if isinstance(recipe, dict) else None
        seed = parameters.get("seed") if isinstance(parameters, dict) else None
        return opened.signed_by, [f"{SIGNATURE} belongs to another export: recipe '{name}', seed {seed}"]
    wrong = _differences(statement(written), digests)
    if not wrong and predicate != statement(written)["predicate"]:
        wrong = [f"what was signed about how the export was made is not what {MANIFEST} says"]
    return opened.signed_by, wrong


def _differences(now: Mapping[str, Any], then: Mapping[str, str]) -> list[str]:
    """What differs between the files of an export as its manifest lists them now, and as they were signed."""
    ours = _signed_digests(now)
    changed = [path for path in sorted(ours.keys() & then.keys()) if ours[path] != then[path]]
    return [
        *(f"{path} is not the one that was signed" for path in changed),
        *(f"{path} was signed, and is not part of the export" for path in sorted(then.keys() - ours.keys())),
        *(f"{path} is part of the export, and was not signed" for path in sorted(ours.keys() - then.keys())),
    ]


def _any_data(manifest: Manifest, digests: Mapping[str, str]) -> bool:
    """Whether any file that was made, not read, is as it was signed; where none was made, whether any file is."""
    read = {i.path for i in manifest.inputs}
    listed = [(path, digest) for _, path, _, digest in manifest.listed()]
    made = [(path, digest) for path, digest in listed if path not in read]
    return any(digests.get(path) == digest for path, digest in made or listed)


def _signed_digests(about: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for subject in about["subject"]:
        try:
            name, digest = subject["name"], subject["digest"]["sha256"]
        except (KeyError, TypeError):
            raise SignatureError("signs something that is no statement about an export") from None
        if not isinstance(name, str) or not isinstance(digest, str) or name in found:
            raise SignatureError("signs something that is no statement about an export")
        found[name] = digest
    return found


def _build(predicate: Any) -> dict[str, Any]:
    build = predicate.get("buildDefinition") if isinstance(predicate, dict) else None
    return build if isinstance(build, dict) else {}


def _broken(export: Path) -> list[Finding]:
    """The recipe that is named, and the copy that rows are made from again, are one."""
    manifest = read_manifest(export)
    copies = [i.sha256 for i in manifest.inputs if i.role == "recipe" and i.path == RECIPE]
    if copies == [manifest.recipe.sha256]:
        return []
    return [
        Finding("integrity", "", message=f"{RECIPE} is not the recipe that {MANIFEST} says the export is made from")
    ]


def _signature(export: Path) -> bytes | None:
    """The bytes of the envelope; None without one. A link, or a file that is too large, is a SignatureError."""
    path = export / SIGNATURE
    if path.is_symlink():
        raise SignatureError("is a link, not a file")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SignatureError(f"cannot be read ({type(error).__name__})") from None
    return content


def _replace(path: Path, content: bytes) -> None:
    """Write the envelope by one rename, so that a crash leaves the old one or the new one."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> UsageError:
    return usage("cannot-write", f"{path} cannot be written ({type(error).__name__})", "check the folder's permissions")


def _resource(name: str, digest: str, **annotations: Any) -> dict[str, Any]:
    """An in-toto resource descriptor."""
    found: dict[str, Any] = {"name": name, "digest": {"sha256": digest}}
    return found | {"annotations": annotations} if annotations else found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
