"""Numbers that stand in the order of their facts: those of each fact taken together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]


class Groups:
    """The facts that numbers belong to.

    Args:
        rows: of the facts, never falling, shape ``(numbers,)``.
        size: how many facts there are; one may have no numbers.
    """

    def __init__(self, rows: npt.NDArray[np.int64], size: int) -> None:
        self._rows, self._starts = np.unique(rows, return_index=True)
        self._size = size

    def largest(self, values: Numbers, otherwise: float) -> Numbers:
        """Gives the largest of each fact's numbers, shape ``(size,)``; of a fact without any, something else."""
        found = np.full(self._size, otherwise, dtype=np.float32)
        if len(values):
            found[self._rows] = np.maximum.reduceat(values, self._starts)
        return found

    def sums(self, vectors: Numbers) -> Numbers:
        """Adds up each fact's vectors, shape ``(numbers, width)`` becomes ``(size, width)``."""
        found = np.zeros((self._size, vectors.shape[1]), dtype=np.float32)
        if len(vectors):
            found[self._rows] = np.add.reduceat(vectors, self._starts, axis=0)
        return found
