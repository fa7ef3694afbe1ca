"""Whether a run may call a model: only where the command line says so, for a recipe is untrusted."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

ADDRESS = re.compile(r"https?://[^\s/@?#]+(?:/[^\s@?#]*)?")
"""An http address without user, password, query and fragment."""
KEY_NAME = re.compile(r"[A-Z][A-Z0-9_]*_API_KEY")
"""Environment variables that a recipe may name: an endpoint is sent nothing else of the environment."""


@dataclass(frozen=True)
class Permit:
    """`record` allows calls to this machine, and to the `hosts` that are named (`api.example.com`, or with a port)."""

    record: bool = False
    hosts: tuple[str, ...] = ()

    def allows(self, endpoint: str) -> bool:
        """Whether an endpoint may be called."""
        return self.record and (is_local(endpoint) or bool({host(endpoint), _with_port(endpoint)} & set(self.hosts)))


def host(endpoint: str) -> str:
    """The host of an address, in small letters."""
    return (urlsplit(endpoint).hostname or "").lower()


def _with_port(endpoint: str) -> str:
    return f"{host(endpoint)}:{urlsplit(endpoint).port}"


def is_local(endpoint: str) -> bool:
    """Whether an address leads to this machine itself."""
    name = host(endpoint)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
