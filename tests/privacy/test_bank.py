"""Bank accounts: checksums that hold, and words that only seem to have one."""

from __future__ import annotations

from synthgen.privacy.recognizers.bank import IBAN, iban_score


def test_an_account_is_found_in_any_spelling() -> None:
    for text in ("GB82 WEST 1234 5698 7654 32", "de89370400440532013000", "MT84MALT011000012345MTLCAST001S"):
        assert [m.entity for m in IBAN.find(f"pay to {text} today")] == ["IBAN_CODE"], text


def test_words_whose_letters_add_up_by_chance_are_no_account() -> None:
    assert iban_score("ad12402 opened by") == 0.0
    assert IBAN.find("INFO session ad12402 opened by 10.0.0.1") == []
