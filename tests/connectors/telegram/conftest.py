"""Fixtures of the tests of Telegram's connector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.telegram.station import Station
from tests.helpers.bot_api import BotApi, Person, bot_api


@pytest.fixture
def api() -> Iterator[BotApi]:
    """Telegram."""
    with bot_api() as running:
        yield running


@pytest.fixture
def make_station(api: BotApi, tmp_path: Path, migrated_file: Path) -> Iterator[Callable[..., Station]]:
    """Makes connectors; all on the same database."""
    made: list[Station] = []

    def make(**options: Any) -> Station:
        made.append(Station(api, tmp_path, migrated_file, **options))
        return made[-1]

    yield make
    for station in made:
        station.stop()


@pytest.fixture
def station(make_station: Callable[..., Station]) -> Station:
    """A connector that asks Telegram for news."""
    return make_station().start()


@pytest.fixture
def anna(api: BotApi) -> Person:
    """Somebody whose Telegram is in English."""
    return api.person(first_name="Anna", language_code="en")
