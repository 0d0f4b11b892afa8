"""One product for all tests that need the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.product import STOP_LIMIT, Product


@pytest.fixture(scope="session")
def running(test_var: Path) -> Iterator[Product]:
    """The product, started once for the whole run."""
    product = Product(test_var).start()
    yield product
    if product.process is not None and product.process.poll() is None:
        assert product.stop() < STOP_LIMIT


@pytest.fixture
def product(running: Product) -> Product:
    """The product, with engine and database ready: a test before may have killed the engine."""
    running.wait_until_ready()
    return running
