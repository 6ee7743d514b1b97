"""Figures set by hand in place of the apps' metrics, so that each test says what it counts."""

import pytest

from core.contributions import registry
from tests.supervision.cases import Figures, make_scheme


@pytest.fixture
def figures(monkeypatch, db):
    found = Figures()
    found.register(monkeypatch, registry)
    make_scheme()
    return found
