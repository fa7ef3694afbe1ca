"""What accounts for a value, by mode."""

from synthgen.privacy.account import Account


def test_a_free_column_of_social_security_numbers_holds_tax_numbers_too() -> None:
    assert Account("synthetic", "US_SSN").covers("US_ITIN", "912-78-4321")
    assert not Account("synthetic", "US_SSN").covers("PHONE_NUMBER", "912-78-4321")
    assert not Account("reserved", "US_SSN", "reserved").covers("US_ITIN", "912-78-4321")
