"""What accounts for a value, by mode."""

import polars as pl

from synthgen.privacy.account import Account
from synthgen.privacy.reserved import explain


def test_a_free_column_of_social_security_numbers_holds_tax_numbers_too() -> None:
    assert Account("synthetic", "US_SSN").covers("US_ITIN", "912-78-4321")
    assert not Account("synthetic", "US_SSN").covers("PHONE_NUMBER", "912-78-4321")
    assert not Account("reserved", "US_SSN", "reserved").covers("US_ITIN", "912-78-4321")


def test_the_narrow_form_is_a_part_of_the_whole() -> None:
    """Each number of the form is reserved by itself; in mode none nothing is."""
    account = Account("reserved", "PHONE_NUMBER", "reserved")
    assert account.narrow is not None and account.whole is not None
    every = pl.Series([f"+1-{area}-555-{last:04d}" for area in range(100, 1000) for last in (99, 100, 150, 199, 200)])
    inside = every.filter(every.str.contains(account.narrow))
    assert len(inside) == 800 * 3 and inside.str.contains(account.whole).all()
    assert explain(inside[0], "PHONE_NUMBER") is not None
    assert Account("none", "PHONE_NUMBER", "reserved").narrow is None and Account("reserved").narrow is None
