"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


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
