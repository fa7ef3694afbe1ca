"""The salt of a fingerprint: where it comes from, and where it is kept.

A salt is drawn from the operating system's random numbers (`secrets`). This is the one place in synthgen where
randomness is right: an export is a function of recipe and seed so that anyone can make it again, but a salt is a key,
and a key that can be computed again protects nothing. Everything else about a fingerprint follows from data and salt.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from synthgen.errors import usage

VARIABLE = "SYNTHGEN_SALT"
SHORTEST = 16
"""Bytes of a salt that somebody gives."""


def new_salt() -> str:
    """32 random bytes as 64 hexadecimal digits."""
    return secrets.token_hex(32)


def given_salt(file: Path | None = None, *, create: bool = False) -> bytes | None:
    """The salt that is kept apart: of the file, else of the environment variable SYNTHGEN_SALT; None without either.

    With `create`, a file that is not there is made with a new salt and readable by its owner alone. White space around
    a salt does not count. Raises UsageError for a salt that is missing or too short.
    """
    if file is None:
        text = os.environ.get(VARIABLE)
        return None if text is None else _checked(text.encode().strip(), VARIABLE)
    if create and not file.exists():
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise usage("bad-salt", f"{file} cannot be written ({type(error).__name__})", "check the path") from None
        with os.fdopen(descriptor, "w", encoding="ascii") as sink:
            sink.write(new_salt() + "\n")
    try:
        found = file.read_bytes()
    except OSError as error:
        message = f"the salt file {file} cannot be read ({type(error).__name__})"
        raise usage("bad-salt", message, "name the file that the fingerprint was made with") from None
    return _checked(found.strip(), str(file))


def _checked(salt: bytes, where: str) -> bytes:
    if len(salt) < SHORTEST:
        message = f"the salt of {where} has fewer than {SHORTEST} bytes"
        raise usage("bad-salt", message, "use 32 random bytes, such as `openssl rand -hex 32` gives")
    return salt
