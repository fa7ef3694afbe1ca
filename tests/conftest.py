"""Settings of the whole suite: property tests are the same on every run, and no slow machine fails them."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")
