"""Valid orders, for tests that then break one thing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from orders_bodies import BODIES
from orders_official import OfficialDocument, official_document_or_skip


@pytest.fixture
def body() -> dict[str, Any]:
    """A valid order of two lines, to be broken."""
    return copy.deepcopy(BODIES["two lines"])


@pytest.fixture(params=list(BODIES))
def any_body(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each of the valid bodies."""
    return copy.deepcopy(BODIES[request.param])


@pytest.fixture(scope="session")
def official_document() -> OfficialDocument:
    """BigCommerce's own Orders V2 document; skips where it is absent, fails in CI."""
    return official_document_or_skip()
