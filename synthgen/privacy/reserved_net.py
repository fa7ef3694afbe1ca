"""Names and numbers of networks that exist for documentation: domains, addresses, MACs, AS numbers.

Not here, because they occur in real life: `.internal` (ICANN keeps it for private networks; real mail uses it),
`.local`, `.alt`, private IPv4 such as 10/8, and locally administered MACs (phones send them).
"""

from __future__ import annotations

from synthgen.privacy.rule import Rule

_LABELS = r"(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?\.)".replace(r"\p{L}\p{N}", r"\w")
HOST = rf"(?:{_LABELS}*example\.(?:com|net|org)|{_LABELS}*(?:test|example|invalid|localhost))\.?"
"""A host in a reserved domain: RFC 2606 sections 2 and 3, RFC 6761 sections 6.2 to 6.5."""

_V4 = r"(?:192\.0\.2|198\.51\.100|203\.0\.113|233\.252\.0)\.(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:/\d{1,2})?"
_GROUPS = r"[0-9a-f:]*(?:%\w+)?(?:/\d{1,3})?"
_V6 = rf"2001:0?db8:{_GROUPS}|3fff:(?:0?[0-9a-f]{{1,3}})?:{_GROUPS}"
_PORT = r"(?::\d{1,5})?"
_HEX = "[0-9a-f]{2}"

RULES = (
    Rule(
        "reserved-domain-email", ("EMAIL_ADDRESS",), rf"(?:mailto:)?[^@\s<>]+@{HOST}",
        "IETF", "RFC 2606 (example.com, .net, .org) and RFC 6761 (.test, .example, .invalid, .localhost)",
    ),
    Rule(
        "documentation-ipv4", ("IP_ADDRESS",), rf"{_V4}{_PORT}",
        "IETF", "RFC 5737 (TEST-NET-1 to 3) and RFC 6676 (MCAST-TEST-NET)",
    ),
    Rule(
        "documentation-ipv6", ("IP_ADDRESS",), _V6,
        "IETF", "RFC 3849 (2001:db8::/32) and RFC 9637 (3fff::/20)",
    ),
    Rule(
        "documentation-mac", ("MAC_ADDRESS",),
        rf"00[:-]?00[:-]?5e[:-]?00[:-]?53[:-]?{_HEX}|01[:-]?00[:-]?5e[:-]?90[:-]?10[:-]?{_HEX}"
        rf"|0000\.5e00\.53{_HEX}|0100\.5e90\.10{_HEX}",
        "IANA", "RFC 9542 section 2.1.2 and 2.1.4 (obsoletes RFC 7042)",
    ),
    Rule(
        "reserved-domain-url", ("URL", "PERSONAL_URL"),
        rf"(?:(?:[a-z][a-z0-9+.-]*:)?//)?(?:[^\s/@]+@)?(?:{HOST}|{_V4}|\[(?:{_V6})\]){_PORT}(?:[/?#]\S*)?",
        "IETF", "RFC 2606, RFC 6761; hosts by address: RFC 5737, RFC 3849",
    ),
    Rule(
        "documentation-asn", ("ASN",), r"(?:AS)?(?:644(?:9[6-9])|645(?:0\d|1[01])|655(?:3[6-9]|4\d|5[01]))",
        "IANA", "RFC 5398: 64496 to 64511 and 65536 to 65551",
    ),
)  # fmt: skip
