"""Keys and envelopes: any changed byte shows, no key is overwritten, and others can read what we sign."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from synthgen.errors import UsageError
from synthgen.signing import (
    PAYLOAD_TYPE,
    STATEMENT,
    SignatureError,
    generate,
    key_ids,
    read_private,
    read_public,
    seal,
    short,
    unseal,
)

ABOUT: dict[str, Any] = {"_type": STATEMENT, "subject": [{"name": "a.csv", "digest": {"sha256": "ab" * 32}}], "n": "é"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two pairs: `one` and `two`, with `.pub` for the public halves."""
    folder = tmp_path_factory.mktemp("keys")
    found = {}
    for name in ("one", "two"):
        found[name], found[f"{name}.pub"], _ = generate(folder / name)
    return found


def test_a_private_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    secret, shown, keyid = generate(tmp_path / "release")
    assert (secret.name, shown.name) == ("release.key", "release.pub")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert secret.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert read_private(secret).public_key.keyid == read_public(shown).keyid == keyid
    before = secret.read_bytes(), shown.read_bytes()
    for gone in (None, secret, shown):
        if gone is not None:
            gone.unlink()
        with pytest.raises(UsageError, match="never overwritten"):
            generate(tmp_path / "release")
        if gone is not None:
            assert not gone.exists()
            gone.write_bytes(before[0] if gone == secret else before[1])
    assert (secret.read_bytes(), shown.read_bytes()) == before
    (tmp_path / "link.key").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="never overwritten"):
        generate(tmp_path / "link")
    with pytest.raises(UsageError, match="cannot be written"):
        generate(tmp_path / "no" / "folder")


def test_two_pairs_differ(keys: dict[str, Path]) -> None:
    assert read_public(keys["one.pub"]).keyid != read_public(keys["two.pub"]).keyid


def test_what_is_no_key_is_refused_with_a_remedy(keys: dict[str, Path], tmp_path: Path) -> None:
    def private(key: Any, passphrase: bytes | None = None) -> bytes:
        lock = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase)
        return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))

    ours = load_pem_private_key(keys["one"].read_bytes(), None)
    curve = ec.generate_private_key(ec.SECP256R1())
    public = curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    bad_private = {
        "is a public key": keys["one.pub"].read_bytes(),
        "has a passphrase": private(ours, b"secret"),
        "is not an ed25519 private key": private(rsa.generate_private_key(65537, 2048)),
        "not an ed25519 private": b"-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n",
        "too large": b"x" * 70_000,
    }
    bad_public = {"is a private key": keys["one"].read_bytes(), "is not an ed25519 public key": public, "not an": b""}
    for bad, read in ((bad_private, read_private), (bad_public, read_public)):
        for what, content in bad.items():
            path = tmp_path / "key"
            path.write_bytes(content)
            with pytest.raises(UsageError, match=what) as caught:
                read(path)
            assert caught.value.problems[0].remedy
        with pytest.raises(UsageError, match="cannot be read"):
            read(tmp_path / "nowhere")


def test_signatures_are_deterministic_and_anybody_can_check_them(keys: dict[str, Path]) -> None:
    """Checked here as DSSE and RFC 8032 say, without the code that made them."""
    signer = read_private(keys["one"])
    sealed = seal(ABOUT, signer)
    assert sealed == seal(dict(reversed(ABOUT.items())), read_private(keys["one"]))
    envelope = json.loads(sealed)
    payload = base64.b64decode(envelope["payload"])
    assert payload == rfc8785.dumps(ABOUT) and envelope["payloadType"] == PAYLOAD_TYPE
    (signature,) = envelope["signatures"]
    kind = PAYLOAD_TYPE.encode()
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    public = load_pem_public_key(keys["one.pub"].read_bytes())
    assert isinstance(public, Ed25519PublicKey)
    public.verify(base64.b64decode(signature["sig"]), signed)
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(signature["sig"]), signed + b" ")


def test_a_signature_holds_for_its_key_alone(keys: dict[str, Path]) -> None:
    sealed = seal(ABOUT, read_private(keys["one"]))
    one, two = read_public(keys["one.pub"]), read_public(keys["two.pub"])
    assert unseal(sealed, [one]).statement == ABOUT
    assert unseal(sealed, [two, one]).signed_by == (one.keyid,)
    with pytest.raises(SignatureError, match=f"not signed with key {short(two.keyid)}, but with {short(one.keyid)}"):
        unseal(sealed, [two])


def test_a_second_key_signs_beside_the_first(keys: dict[str, Path]) -> None:
    one, two = read_private(keys["one"]), read_private(keys["two"])
    both = seal(ABOUT, two, seal(ABOUT, one))
    assert both == seal(ABOUT, one, seal(ABOUT, two)) == seal(ABOUT, one, both)
    expected = tuple(sorted((one.public_key.keyid, two.public_key.keyid)))
    assert key_ids(both) == expected
    assert unseal(both, [one.public_key, two.public_key]).signed_by == expected
    assert unseal(both, [two.public_key]).signed_by == (two.public_key.keyid,)
    with pytest.raises(SignatureError, match="something else"):
        seal(ABOUT | {"n": "other"}, two, both)


def test_any_changed_byte_shows(keys: dict[str, Path]) -> None:
    sealed, one = seal(ABOUT, read_private(keys["one"])), read_public(keys["one.pub"])
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << place % 8
        with pytest.raises(SignatureError):
            unseal(bytes(changed), [one])
    for length in (0, 1, len(sealed) // 2, len(sealed) - 2, len(sealed) - 1):
        with pytest.raises(SignatureError):
            unseal(sealed[:length], [one])
    with pytest.raises(SignatureError):
        unseal(sealed + b"\n", [one])


def forged(sealed: bytes, **changes: Any) -> bytes:
    return bytes(rfc8785.dumps(json.loads(sealed) | changes)) + b"\n"


def test_forged_envelopes_are_refused(keys: dict[str, Path]) -> None:
    sealed, one = seal(ABOUT, read_private(keys["one"])), read_public(keys["one.pub"])
    (signature,) = json.loads(sealed)["signatures"]
    twice = sealed.replace(b'"payloadType"', b'"payload":"e30=","payloadType"', 1)
    other = json.loads(seal(ABOUT, read_private(keys["two"])))["signatures"][0]
    wrong = {
        "key twice": twice,
        "holds no signature": forged(sealed, signatures=[]),
        "canonical": forged(sealed, signatures=[signature, signature]),
        "canonical form": forged(sealed, extra=1),
        "in canonical": forged(sealed, signatures=[signature | {"cert": "x"}]),
        "envelope in": forged(sealed, signatures={}),
        "signature envelope": forged(sealed, payload=7),
        "is not a signature": forged(sealed, signatures=[{"keyid": "a", "sig": "!!"}]),
        "no statement": forged(sealed, payloadType="text/plain"),
        "no right signature": forged(sealed, payload="e30="),
        "holds no right": forged(sealed, signatures=[other | {"keyid": one.keyid}]),
        "damaged": b"[" * 100_000,
        "is damaged": b"null\n",
        "too large": b" " * (64 * 2**20 + 1),
    }
    for what, content in wrong.items():
        with pytest.raises(SignatureError, match=what):
            unseal(content, [one])
    junk = forged(sealed, signatures=[{"keyid": "ff", "sig": "AAAA"}, signature])
    assert unseal(junk, [one]).signed_by == (one.keyid,)  # signatures of strangers are neither checked nor believed


def test_what_is_signed_must_be_a_statement(keys: dict[str, Path]) -> None:
    signer = read_private(keys["one"])
    for about in ({"_type": "other", "subject": []}, {"_type": STATEMENT}):
        with pytest.raises(SignatureError, match="no statement"):
            unseal(seal(about, signer), [signer.public_key])


@pytest.mark.parametrize("package", ["securesystemslib", "rfc8785", "cryptography"])
def test_a_missing_extra_is_an_error_with_a_remedy(package: str, keys: dict[str, Path], tmp_path: Path) -> None:
    """As a user without the extra meets it: the package is hidden from a fresh process."""
    program = (
        "import sys\n"
        f"sys.modules[{package!r}] = None\n"
        "from synthgen.cli.main import execute\n"
        "sys.exit(execute(sys.argv[1:]))\n"
    )
    for command in (["keygen", "-o", "x"], ["run", "nothing.yaml", "--sign", str(keys["one"])]):
        done = subprocess.run(
            [sys.executable, "-c", program, *command], capture_output=True, text=True, timeout=60, cwd=tmp_path
        )
        assert done.returncode == 2 and "pip install 'synthgen[sign]'" in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []
