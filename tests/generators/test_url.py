from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from synthgen.privacy.reserved import reserved_mask
from tests.conformance.doubles import RefusedError, column


@pytest.mark.parametrize("kind", ["any", "page", "image", "api", "file"])
def test_every_address_is_one_and_nobodys(kind: str) -> None:
    made = column({"url": kind, "query": 0.5}).make(2000)
    assert reserved_mask(made.values, "URL").all()
    assert made.declared is not None and made.declared.entity == "URL"
    for text in made.values.head(300):
        parts = urlsplit(text)
        assert parts.scheme == "https" and parts.path.count("//") == 0
        assert not parts.query or parse_qs(parts.query, strict_parsing=True)


def test_shares() -> None:
    values = column({"url": {"image": 3, "page": 1}, "query": 0.25}).values(20_000)
    assert values.str.contains(r"\.(jpg|png|webp|svg|gif)").mean() == pytest.approx(0.75, abs=0.01)
    assert values.str.contains("?", literal=True).mean() == pytest.approx(0.25, abs=0.01)
    assert not column({"url": "any", "query": 0}).values(2000).str.contains("?", literal=True).any()
    assert column({"url": "api", "query": 1}).values(2000).str.contains("?", literal=True).all()


def test_domains_are_those_that_are_named() -> None:
    values = column({"url": "any", "domain": ["acme.test", "www.example.com"], "scheme": "http"}).values(500)
    assert set(values.str.extract("^http://([^/]+)/", 1)) == {"acme.test", "www.example.com"}


def test_what_can_be_unique() -> None:
    made = column({"url": "page"})
    assert made.generator.capacity > 10_000_000
    ranks = range(0, made.generator.capacity, made.generator.capacity // 3000)
    assert made.nth(ranks).n_unique() == len(ranks)


@pytest.mark.parametrize(
    ("snippet", "words"),
    [
        ({"url": "page", "domain": "google.com"}, "can belong to somebody"),
        ({"url": "page", "domain": "myexample.com"}, "can belong to somebody"),
        ({"url": "page", "domain": []}, "at least one domain"),
        ({"url": {"pages": 1}}, "did you mean 'page'"),
        ({"url": {"page": 0}}, "all weights are 0"),
        ({"url": "website"}, "url"),
        ({"url": "page", "query": 20}, "less than or equal to 1"),
    ],
)
def test_problems(snippet: Any, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        column(snippet)
    assert words in str(caught.value)


def test_no_addresses_where_no_personal_data_may_stand() -> None:
    with pytest.raises(RefusedError, match="pii-not-allowed"):
        column({"url": "page"}, pii="none")
