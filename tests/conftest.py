"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the engine's Python, which runs tests/engine, can't read the service's code
    from tests.helpers.product import Product


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Makes a skipped test a failed one where XIADU_NO_SKIPS is set: in CI everything is installed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("XIADU_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which XIADU_NO_SKIPS forbids: {report.longrepr}"


@pytest.fixture(scope="session")
def test_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the one model of the whole run; ./scripts/test trains into it first."""
    given = os.environ.get("XIADU_TEST_VAR")
    return Path(given) if given else tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def running(test_var: Path) -> Iterator[Product]:
    """The product, started once for the whole run: for all tests that need the real thing."""
    from tests.helpers.product import STOP_LIMIT, Product

    product = Product(test_var).start()
    yield product
    if product.process is not None and product.process.poll() is None:
        assert product.stop() < STOP_LIMIT


@pytest.fixture
def product(running: Product) -> Product:
    """The product, with engine and database ready: a test before may have killed the engine."""
    running.wait_until_ready()
    return running
