"""Identity numbers that no authority issues, by format. Numbers with a wrong check digit need no rule: no recognizer
takes them for identity numbers, and no authority issues them.

Left out with reason: Finnish individual numbers 900 to 999 (hospitals give them to real patients for a while), Canadian
numbers that start with 0 (the tax agency gives them to non-residents), test numbers of the Netherlands and Sweden (no
published range was found).

078-05-1120 is listed because it was published and voided; it was a real person's, so nothing should ever generate it.
"""

from __future__ import annotations

from synthgen.privacy.rule import Rule

_S = r"[ .\-]?"
_NEVER = r"(?:[0-4]\d|6[6-9]|89)"  # groups that the IRS uses for neither ITIN, ATIN (93) nor PTIN

RULES = (
    Rule(
        "ssn-never-issued", ("US_SSN",),
        rf"(?:000|666){_S}\d\d{_S}\d{{4}}|\d{{3}}{_S}00{_S}\d{{4}}|\d{{3}}{_S}\d\d{_S}0000",
        "SSA", "POMS RM 10201.035: area 000 and 666, group 00, serial 0000 are never assigned",
    ),
    Rule(
        "ssn-9xx-outside-itin", ("US_SSN", "US_ITIN"), rf"9\d\d{_S}{_NEVER}{_S}\d{{4}}",
        "SSA and IRS", "POMS RM 10201.035 (area 900 to 999) and the IRS's ITIN groups 50-65, 70-88, 90-92, 94-99",
        "secondary",
    ),
    Rule(
        "ssn-specimen", ("US_SSN", "US_ITIN"),
        rf"078{_S}05{_S}1120|219{_S}09{_S}9999|987{_S}65{_S}432\d",
        "SSA", "Social Security numbers misused in publicity: voided, or kept for advertisements", "exact list",
    ),
    Rule(
        "ein-unassigned-prefix", ("US_EIN",), r"(?:0[0789]|1[789]|2[89]|49|69|7[089]|89|9[67])-?\d{7}",
        "IRS", "Valid EIN prefixes (the others)", "secondary",
    ),
    Rule(
        "nino-never-allocated", ("UK_NINO",),
        rf"(?:[DFIQUV][A-Z]|[A-Z][DFIQUVO]|BG|GB|KN|NK|NT|TN|ZZ){_S}\d\d{_S}\d\d{_S}\d\d{_S}[A-D]?",
        "HMRC", "National Insurance Manual NIM39110",
    ),
    Rule(
        "nhs-test-range", ("UK_NHS",), r"999[ \-]?\d{3}[ \-]?\d{4}",
        "NHS England", "NHS number test range 999 000 0000 to 999 999 9999", "secondary",
    ),
    Rule(
        "aadhaar-never-issued", ("IN_AADHAAR",), r"[01]\d{3}[ \-]?\d{4}[ \-]?\d{4}",
        "UIDAI", "Aadhaar numbers do not start with 0 or 1", "secondary",
    ),
    Rule(
        "no-test-population", ("NO_FODSELSNUMMER",), r"[0-7]\d(?:8[1-9]|9[0-2])\d\d ?\d{5}",
        "Skatteetaten", "Test-Norge: numbers of the synthetic population register have 80 added to the month",
    ),
    Rule("imei-test", ("IMEI",), r"00[ \-]?\d{4,6}(?:[ \-]?\d){7,9}", "GSMA", "TS.06: reporting body 00 is for tests",
         "secondary"),
    Rule(
        "vin-impossible-letter", ("VIN",), "|".join(rf"[A-Z0-9]{{{i}}}[IOQ][A-Z0-9]{{{16 - i}}}" for i in range(17)),
        "ISO", "ISO 3779: letters I, O and Q never occur", "secondary",
    ),
    Rule(
        "aws-example-key", ("API_KEY",), r"AKIAIOSFODNN7EXAMPLE|AKIAI44QH8DHBEXAMPLE|"
        r"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS", "example access keys of the AWS General Reference", "exact list",
    ),
)  # fmt: skip
