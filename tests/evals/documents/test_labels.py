"""What documents call a column."""

from __future__ import annotations

import pytest

from synthgen.evals.documents.labels import labels, spoken


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("invoice_no", ("Invoice number", "Invoice no.", "Inv. no.", "Invoice #")),
        ("parcel_no", ("Parcel number", "Parcel no.", "Parcel #")),
        ("delivery_date", ("Delivery date", "Date of delivery")),
        ("shipped_at", ("Shipped at", "Date shipped", "Shipped")),
        ("customer_id", ("Customer ID",)),
        ("loyaltyTier", ("Loyalty tier",)),
        ("companies.city", ("Company city", "Company town")),
        ("boxes.vat_rate", ("Box VAT rate",)),
        ("orders.invoices.total", ("Invoice total", "Invoice total amount", "Invoice sum total")),
    ],
)
def test_labels(path: str, expected: tuple[str, ...]) -> None:
    assert labels(path) == expected


def test_sentences_hold_names_of_things() -> None:
    assert spoken(labels("invoice_no")) == ["Invoice number"]
    assert spoken(labels("issued_on")) == ["Date of issue", "Issue date"]
    assert spoken(("Tel.",)) == ["Tel"]
