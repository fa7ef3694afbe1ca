"""E-mail addresses, at every top-level domain: also the private and reserved ones that Presidio drops.

The `@` is looked for first and the local part read backwards from it, so that a long run of letters costs no more than
its length.
"""

from __future__ import annotations

import re

from synthgen.privacy.base import Match
from synthgen.privacy.patterns import STRONG
from synthgen.privacy.recognizers import words

LOCAL = 64
"""Characters of a local part (RFC 5321 section 4.5.3.1.1)."""

_HOST = re.compile(
    r"@((?:[^\W_](?:[\w-]{0,62}[^\W_])?\.){1,12}[^\W\d_](?:[\w-]{0,61}[^\W_])?|\[[0-9a-fA-F:.]{3,45}\]|localhost)(?![\w@])"
)
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^{|}~-]{1,64}$|\"[^\"@\n]{1,62}\"$")
_GLUE = re.compile(r".*[/=?&|!#{}^*$](?=[\w+])|.*\.\.(?=\w)")
"""What stands before the address in a query or in code: legal in an address, but never seen in one."""
_USER_INFO = re.compile(r"://[^\s/@]*$")
"""What makes it no address: the host of a URL with user info follows."""
_MACHINES = (".iam.gserviceaccount.com", ".gserviceaccount.com")
"""Hosts whose addresses are programs'."""


class Email:
    """Addresses with the local part as people write it: what a query or a quote glues to it is left out."""

    entity = "EMAIL_ADDRESS"
    prefilter = "@[0-9A-Za-z\\[\\x{80}-\\x{10ffff}]"
    context = words.EMAIL
    name = "synthgen:email_address"

    def find(self, text: str, context: str = "") -> list[Match]:
        """All addresses, in order."""
        found: list[Match] = []
        for host in _HOST.finditer(text):
            at = host.start()
            floor = max(0, at - LOCAL, found[-1].end if found else 0)
            local = _LOCAL.search(text[floor:at])
            if local is None or host.group(1).endswith(_MACHINES):
                continue
            inside = local.group()
            glue = None if inside.startswith('"') else _GLUE.match(inside)
            start = at - len(inside) + (glue.end() if glue else 0)
            if text[start:at].strip("'.*-_~") not in ("", "git") and not _USER_INFO.search(
                text[max(0, start - LOCAL) : at]
            ):
                start += len(text[start:at]) - len(text[start:at].lstrip("'.*~-"))
                found.append(Match(self.entity, start, host.end(), STRONG, self.name))
        return found


EMAIL = Email()
