"""Examples in docstrings are executed."""

import doctest
import importlib
import pkgutil

import pytest

import synthgen.generators

MODULES = [f"synthgen.generators.{m.name}" for m in pkgutil.iter_modules(synthgen.generators.__path__) if not m.ispkg]
MODULES += ["synthgen.units", "synthgen.distributions", "synthgen.quantiles", "synthgen.elementary", "synthgen.sql"]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
