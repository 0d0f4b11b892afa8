"""The numbers of each fact, taken together."""

from __future__ import annotations

import numpy as np
import pytest

from facts.groups import Groups

ROWS = np.array([0, 0, 2, 2, 2])  # the facts 1 and 3 have no numbers
SIZE = 4


def test_the_largest_of_each_fact() -> None:
    found = Groups(ROWS, SIZE).largest(np.array([1, 3, -2, -5, -4], dtype=np.float32), -9.0)
    assert found.tolist() == [3, -9, -2, -9]


def test_the_sums_of_each_fact() -> None:
    vectors = np.arange(10, dtype=np.float32).reshape(5, 2)
    assert Groups(ROWS, SIZE).sums(vectors).tolist() == [[2, 4], [0, 0], [18, 21], [0, 0]]


@pytest.mark.parametrize("size", [0, 2])
def test_without_numbers_nothing_is_added_up(size: int) -> None:
    nothing = Groups(np.zeros(0, dtype=np.int64), size)
    assert nothing.largest(np.zeros(0, dtype=np.float32), -1.0).tolist() == [-1.0] * size
    assert nothing.sums(np.zeros((0, 2), dtype=np.float32)).tolist() == [[0.0, 0.0]] * size
