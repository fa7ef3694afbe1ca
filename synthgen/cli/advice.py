"""What to do about a finding, for each of their codes."""

from __future__ import annotations

ADVICE = {
    "pii": (
        "make the column from a reserved range (email: {person: email}), take the value out, or declare it:"
        " pii: ENTITY on the column with privacy: {pii: synthetic}"
    ),
    "check": "change the check, or the columns that it reads, so that it holds for every row",
    "contract": "change the column so that it keeps to its schema, or correct the schema",
    "unscanned": "what cannot be scanned cannot be published: see the message",
    "integrity": "keys or files are not what they should be: see the message",
    "gold": "an answer that is not proven is a fault of the family or of its templates: see the message",
    "audit": "change the eval, give its tables more variety, or set another limit: audit: {near_duplicates: 0.05}",
    "leak": "take the value out of the export, or change the recipe so that it is made and not copied",
    "allow": "renew the entry in the allow-list, or mend what it allows",
    "signature": "ask for the export from where it was signed, or check with the right key: --key FILE.pub",
}
