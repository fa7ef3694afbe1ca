"""Addresses of pages, pictures and interfaces on domains that nobody can own."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from synthgen.columns import Declared
from synthgen.generator import Build, Params
from synthgen.generators.expressions import Node
from synthgen.generators.mixes import Mix, mix, mixed
from synthgen.generators.spelled import Spelled, chain, either, words
from synthgen.generators.text import plain_words

# RFC 2606 sections 2 and 3, RFC 6761 sections 6.2 to 6.5
_RESERVED = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*(?:example\.(?:com|net|org)|test|example|invalid|localhost)"
)
_KINDS = {"page": 0.7, "image": 0.1, "api": 0.1, "file": 0.1}
_HOSTS: dict[str, dict[str, float]] = {
    "page": {"www.example.com": 6, "www.example.org": 2, "www.example.net": 2, "shop.example.com": 2, "example.org": 1},
    "image": {"img.example.com": 2, "cdn.example.net": 2, "static.example.org": 1},
    "api": {"api.example.com": 3, "api.example.org": 1},
    "file": {"files.example.com": 2, "downloads.example.org": 1},
}  # fmt: skip
_SECTIONS = {
    "page": ("blog", "products", "docs", "news", "help", "guides", "shop", "topics", "stories", "offers"),
    "image": ("images", "thumbs", "media", "banners"),
    "api": ("v1/orders", "v1/products", "v1/invoices", "v1/events", "v2/orders", "v2/metrics", "v2/jobs", "v2/batches"),
    "file": ("reports", "exports", "manuals", "archive"),
}
_EXTENSIONS: dict[str, dict[str, float]] = {
    "image": {".jpg": 5, ".png": 3, ".webp": 2, ".svg": 1, ".gif": 0.5},
    "file": {".pdf": 5, ".csv": 2, ".zip": 2, ".xlsx": 1, ".json": 1},
}
_QUERIES = {
    "page": (
        "?page=2", "?page=3", "?page=4", "?sort=price", "?sort=newest", "?sort=rating", "?lang=en", "?lang=de",
        "?ref=newsletter", "?ref=footer", "?utm_source=search&utm_medium=cpc", "?utm_source=social&utm_medium=post",
        "?utm_source=partner&utm_medium=link&utm_campaign=spring", "?q=copper+lamp", "?q=wool+blanket&page=2",
        "?color=green&size=m", "?color=blue&size=l", "?filter=in_stock", "?view=grid", "?view=list&sort=price",
    ),
    "image": ("?w=320", "?w=640", "?w=1280", "?w=640&q=80", "?fit=crop"),
    "api": ("?limit=50", "?limit=100&offset=200", "?fields=status", "?expand=lines", "?since=2026-01-01"),
    "file": ("?download=1", "?v=2", "?v=3"),
}  # fmt: skip


class UrlParams(Params):
    """`url: page`, `image`, `api`, `file` or `any`, or kinds with weights."""

    url: Literal["any", "page", "image", "api", "file"] | dict[str, float] = Field(
        description="write url: page, image, api, file or any, or url: {page: 0.9, api: 0.1}"
    )
    domain: str | list[str] | None = Field(default=None, description="write domain: shop.example.com, or acme.test")
    query: float = Field(default=0.2, ge=0, le=1, description="the share of addresses with a query, between 0 and 1")
    scheme: Literal["https", "http"] = Field(default="https", description="write https, or http")

    @field_validator("url")
    @classmethod
    def _known(cls, value: Mix) -> Mix:
        return mix(value, _KINDS)

    @field_validator("domain")
    @classmethod
    def _reserved(cls, value: Any) -> Any:
        for domain in [value] if isinstance(value, str) else value or []:
            if not _RESERVED.fullmatch(domain):
                raise ValueError(
                    f"'{domain}' can belong to somebody; write a reserved domain, such as shop.example.com or acme.test"
                )
        if value is not None and not value:
            raise ValueError("write at least one domain, such as shop.example.com")
        return value


class Url(Spelled[UrlParams]):
    """An address on a reserved domain: pages with readable slugs, pictures, interfaces, files to download.

    `domain` names the hosts, `query` is the share that ends in a query string. Example: `website: {url: page}`.
    """

    Params = UrlParams
    declared = Declared("URL", "reserved")

    def __init__(self, params: UrlParams, build: Build) -> None:
        super().__init__(params, build)
        if build.pii == "none":
            message = "url makes URL, but privacy.pii is none"
            raise build.fail("pii-not-allowed", message, "leave the column out, or write pii: reserved", "url")
        kinds = mixed(params.url, _KINDS)
        self.spell(f"url:{build.table}.{build.column}", either((w, self._kind(k)) for k, w in kinds.items()))

    def _kind(self, kind: str) -> Node:
        params = self.params
        given = [params.domain] if isinstance(params.domain, str) else params.domain
        hosts = _HOSTS[kind] if given is None else dict.fromkeys(given, 1.0)
        stem = [words({f"{params.scheme}://{h}": w for h, w in hosts.items()})]
        stem.append(words([f"/{s}/" for s in _SECTIONS[kind]]))
        queries = _QUERIES[kind]
        query = {"": 1 - params.query} | dict.fromkeys(queries, params.query / len(queries))
        end = words({q: w for q, w in query.items() if w > 0})
        if kind == "api":
            return chain(*stem, words([str(n) for n in range(1000, 10_000)]), end)
        plain = plain_words()
        slug = [words(plain), words([f"-{w}" for w in plain])]
        if kind == "page":
            return chain(*stem, *slug, words({"": 4, **{f"-{w}": 6 / len(plain) for w in plain}}), end)
        return chain(*stem, *slug, words([f"-{n}" for n in range(1, 100)]), words(_EXTENSIONS[kind]), end)
