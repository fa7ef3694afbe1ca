"""Keys and signatures: ed25519 over an in-toto statement in a DSSE envelope.

The form is that of the software supply chain, so that other tools can read it: DSSE v1
(github.com/secure-systems-lab/dsse) around an in-toto Statement v1 in canonical JSON (RFC 8785). Ed25519 signatures
(RFC 8032) are deterministic: the same key over the same statement gives the same bytes. Needs the extra `sign`; nothing
of it is imported before it is used.
"""

from __future__ import annotations

import binascii
import contextlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgen.errors import UsageError, usage

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner as CryptoSigner
    from securesystemslib.signer import SSlibKey as SSlibKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
LARGEST = 64 * 2**20
"""Most bytes that an envelope may have: a statement takes some 150 for each file of the export."""
_LARGEST_KEY = 2**16


class SignatureError(Exception):
    """A signature that cannot be relied on; the reason is written to be shown."""


@dataclass(frozen=True)
class Opened:
    """A verified envelope: the statement in it, and the ids of the keys whose signatures are right."""

    statement: dict[str, Any]
    signed_by: tuple[str, ...]


def generate(name: Path) -> tuple[Path, Path, str]:
    """Make a key pair: `NAME.key`, which only its owner may read, and `NAME.pub`. Returns both and the key's id.

    The private key is PKCS #8 without a passphrase, the public one SubjectPublicKeyInfo, both in PEM. Raises UsageError
    where one of the files exists (it is never overwritten) or cannot be written.
    """
    _require()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from securesystemslib.signer import CryptoSigner

    key = Ed25519PrivateKey.generate()
    signer = CryptoSigner(key)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secret, shown = name.with_name(f"{name.name}.key"), name.with_name(f"{name.name}.pub")
    for path in (secret, shown):
        if path.exists() or path.is_symlink():
            raise usage("exists", f"{path} exists already; a key is never overwritten", "choose another name with -o")
    _create(secret, signer.private_bytes, 0o600)
    try:
        _create(shown, public, 0o644)
    except UsageError:
        secret.unlink()
        raise
    return secret, shown, str(signer.public_key.keyid)


def read_private(path: Path) -> CryptoSigner:
    """The signer of a private key file; raises UsageError for anything but an ed25519 key without a passphrase."""
    content = _read(path, "private key")
    _require()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    if b"PUBLIC KEY" in content:
        raise usage("bad-key", f"{path} is a public key, which signs nothing", "name the file that ends in .key")
    try:
        key = load_pem_private_key(content, password=None)
    except TypeError:
        raise usage("bad-key", f"{path} has a passphrase", "name a key without one: synthgen keygen -o NAME") from None
    except Exception:  # what a file that is no key does to its parser is unbounded
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise usage("bad-key", f"{path} is not an ed25519 private key in PEM", "make one: synthgen keygen -o NAME")
    return CryptoSigner(key)


def read_public(path: Path) -> SSlibKey:
    """The public key of a file; raises UsageError for anything but an ed25519 one."""
    content = _read(path, "public key")
    _require()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    if b"PRIVATE KEY" in content:
        raise usage(
            "bad-key", f"{path} is a private key, which stays with its owner", "name the file that ends in .pub"
        )
    try:
        key = load_pem_public_key(content)
    except Exception:  # as above
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise usage("bad-key", f"{path} is not an ed25519 public key in PEM", "make a pair: synthgen keygen -o NAME")
    return SSlibKey.from_crypto(key)


def seal(statement: Mapping[str, Any], signer: CryptoSigner, beside: bytes | None = None) -> bytes:
    """The envelope of a statement, signed.

    `beside` is an envelope that exists already: if it holds the same statement, the signatures of other keys in it are
    kept, in the order of their ids. Raises SignatureError if it holds another statement, or is no envelope.
    """
    _require()
    import rfc8785
    from securesystemslib.dsse import Envelope

    payload = rfc8785.dumps(dict(statement))
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    if beside is not None:
        envelope = Envelope.from_dict(_envelope(beside))
        if envelope.payload != payload:
            raise SignatureError("signs something else")
    envelope.sign(signer)
    envelope.signatures = dict(sorted(envelope.signatures.items()))
    return bytes(rfc8785.dumps(envelope.to_dict())) + b"\n"


def unseal(content: bytes, keys: Sequence[SSlibKey]) -> Opened:
    """The statement of an envelope that at least one of the keys has signed; raises SignatureError.

    Nothing of the statement is read before a signature over it is found right.
    """
    _require()
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError

    envelope = Envelope.from_dict(_envelope(content))
    signed_by: list[str] = []
    for key in keys:
        with contextlib.suppress(VerificationError):
            signed_by += envelope.verify([key], 1)
    if not signed_by:
        asked = ", ".join(short(key.keyid) for key in keys)
        if all(key.keyid not in envelope.signatures for key in keys):
            theirs = ", ".join(map(short, envelope.signatures))
            raise SignatureError(f"is not signed with key {asked}, but with {theirs}")
        raise SignatureError(f"holds no right signature of key {asked}")
    statement = _statement(envelope.payload)
    return Opened(statement, tuple(sorted(signed_by)))


def key_ids(content: bytes) -> tuple[str, ...]:
    """The ids that an envelope gives for its signatures; nothing vouches for them. Raises SignatureError."""
    _require()
    return tuple(signature["keyid"] for signature in _envelope(content)["signatures"])


def short(keyid: str) -> str:
    """The start of a key's id, for people: 16 of its 64 hexadecimal digits."""
    return "".join(c for c in keyid[:16] if c.isalnum()) or "(none)"


# -- parts


def _require() -> None:
    """Raise UsageError, with the way to get it, where a package of the extra is missing."""
    for name in ("cryptography", "rfc8785", "securesystemslib"):
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != name:
                raise
            message = f"signatures need the package {name}"
            raise usage("missing-extra", message, "pip install 'synthgen[sign]'") from None


def _create(path: Path, content: bytes, mode: int) -> None:
    """Write a new file that has its mode from the first moment on."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        message = f"{path} cannot be written ({type(error).__name__})"
        raise usage("cannot-write", message, "name a file in a folder that exists, with -o") from None


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_KEY + 1)
    except OSError as error:
        message = f"the {what} {path} cannot be read ({type(error).__name__})"
        raise usage("missing-file", message, "make a pair: synthgen keygen -o NAME") from None
    if len(content) > _LARGEST_KEY:
        raise usage("bad-key", f"{path} is too large to be a {what}", "make a pair: synthgen keygen -o NAME")
    return content


def _envelope(content: bytes) -> dict[str, Any]:
    """An envelope as an object, its form checked: keys once and no others, strict base64, one signature a key.

    Only the canonical form is taken, so that any changed byte shows, those that no signature covers included.
    """
    import rfc8785

    if len(content) > LARGEST:
        raise SignatureError("is too large to be a signature")
    found = _json(content)
    try:
        strict = set(found) == {"payload", "payloadType", "signatures"} and isinstance(found["signatures"], list)
        strict = strict and all(set(s) == {"keyid", "sig"} for s in found["signatures"])
        texts = [found["payload"], *(s["sig"] for s in found["signatures"])] if strict else []
        keyids = [s["keyid"] for s in found["signatures"]] if strict else []
        strict = strict and all(isinstance(t, str) for t in [*texts, *keyids, found["payloadType"]])
        strict = strict and len(set(keyids)) == len(keyids) and bytes(rfc8785.dumps(found)) + b"\n" == content
        strict = strict and all(b64encode(b64decode(text)).decode() == text for text in texts)
    except (ValueError, TypeError, binascii.Error):
        strict = False
    if not strict:
        raise SignatureError("is not a signature envelope in canonical form")
    if found["payloadType"] != PAYLOAD_TYPE:
        raise SignatureError("signs something that is no statement about an export")
    if not found["signatures"]:
        raise SignatureError("holds no signature")
    return found


def _statement(payload: bytes) -> dict[str, Any]:
    found = _json(payload)
    if found.get("_type") != STATEMENT or not isinstance(found.get("subject"), list):
        raise SignatureError("signs something that is no statement about an export")
    return found


def _json(content: bytes) -> dict[str, Any]:
    """An object of JSON in which no key stands twice: what one reader sees, every reader sees."""
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SignatureError("is damaged: no JSON object, or one with a key twice")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
