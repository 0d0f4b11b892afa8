"""All facts' traits as arrays."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from facts.names import Names
from facts.table import FactTable, Flags
from facts.traits import traits_of
from tests.helpers.handmade import FACTS, PLACES, patterns

TABLE = FactTable(FACTS, [traits_of(record, Names(PLACES), patterns()) for record in FACTS])
TIES = {"utah-tie", "utah-who"}


def keys(flags: Flags) -> set[str]:
    assert flags.shape == (len(FACTS),)
    return {record.key for record, flag in zip(FACTS, flags, strict=True) if flag}


@pytest.mark.parametrize(
    ("what", "values", "found"),
    [
        ("place", ["utah"], TIES),
        ("place", ["turkiye"], {"edirne-tie"}),
        ("place", ["utah", "edirne"], TIES | {"edirne-tie"}),
        ("place", ["nowhere"], set()),
        ("place", [], set()),
        ("year", ["2010"], {"forum-2010"}),
        ("year", ["2009", "2011"], TIES | {"homestay-who"}),
        ("topic", ["homestay"], {"homestay-who", "homestay-cost"}),
        ("topic", [None], set()),
        ("aspect", ["who"], {"utah-who", "homestay-who"}),
        ("subject", ["forum"], {"forum-what", "forum-now"}),
        ("subject", [None], set()),
        ("edition", [5], set()),
    ],
)
def test_facts_having_a_value(what: str, values: list[Hashable], found: set[str]) -> None:
    assert keys(TABLE.having(what, values)) == found


def test_looking_up_changes_nothing() -> None:
    TABLE.having("place", ["utah", "edirne"])
    assert keys(TABLE.having("place", ["utah"])) == TIES
    assert keys(TABLE.having("place", [])) == set()


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["governor"], {"utah-who"}),
        (["意向书"], {"edirne-tie"}),
        (["governor", "意向书"], {"utah-who", "edirne-tie"}),
        (["atlantis"], set()),
        ([], set()),
    ],
)
def test_facts_mentioning_a_name(names: list[str], found: set[str]) -> None:
    assert keys(TABLE.mentioning(names)) == found


def test_flags() -> None:
    assert keys(TABLE.about_any) == keys(TABLE.by_place) == TIES | {"edirne-tie"}
    assert keys(TABLE.by_year) == {"forum-2010", "forum-2012"}
    assert keys(TABLE.gap) == {"forum-now", "homestay-cost"}


def test_a_table_of_nothing() -> None:
    empty = FactTable([], [])
    assert empty.having("place", ["utah"]).shape == empty.mentioning(["utah"]).shape == (0,)
