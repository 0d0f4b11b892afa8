"""The space in which a question is compared with facts as wholes: learned from the shipped questions, the same for new facts."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facts.encoder import DIMENSIONS, Vectors

AXES = 256
"""Dimensions of the space."""


@dataclass(frozen=True)
class Space:
    """A linear map of sentence vectors in which the questions for one fact lie together and those for different facts apart.

    What varies between questions for one fact (politeness, length, language) counts little in it, what tells facts apart counts much.
    It knows no fact by name: a fact's place in it is the mean of its questions and statements, so a new fact needs no training.

    Attributes:
        middle: shape ``(DIMENSIONS,)``.
        axes: shape ``(DIMENSIONS, AXES)``.
    """

    middle: Vectors
    axes: Vectors

    def place(self, vectors: Vectors) -> Vectors:
        """Gives where vectors lie in the space, at length one; shape ``(..., DIMENSIONS)`` becomes ``(..., AXES)``."""
        placed = (vectors - self.middle) @ self.axes
        length = np.linalg.norm(placed, axis=-1, keepdims=True)
        return np.asarray(placed / np.where(length > 0, length, 1.0), dtype=np.float32)

    def save(self, file: Path) -> None:
        """Writes it in half precision, which is precise enough."""
        np.savez_compressed(file, middle=self.middle.astype(np.float16), axes=self.axes.astype(np.float16))


NO_SPACE = Space(np.zeros(DIMENSIONS, np.float32), np.zeros((DIMENSIONS, AXES), np.float32))
"""Stands in where the file has problems."""


def load_space(file: Path) -> Space | str:
    """Reads a space, or says what is wrong with its file."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
            middle, axes = held["middle"].astype(np.float32), held["axes"].astype(np.float32)
    except FileNotFoundError:
        return "this file is missing; ./scripts/benchmark fit makes it."
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        return f"this file can't be read ({error}); ./scripts/benchmark fit makes it anew."
    if middle.shape != (DIMENSIONS,) or axes.shape != (DIMENSIONS, AXES):
        return f"this file has another shape than {DIMENSIONS} by {AXES}; ./scripts/benchmark fit makes it anew."
    return Space(middle, axes)
