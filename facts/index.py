"""An index of all example questions by what they are made of, for the likeness of a question to each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from facts.text import features


class PhrasingIndex:
    """TF-IDF vectors of phrasings in an inverted index.

    A feature's weight is ``(1 + ln tf) * ln((1 + n) / (1 + df)) + 1`` (smoothed inverse document frequency, as in Manning,
    Raghavan and Schütze, *Introduction to Information Retrieval*, ch. 6); the likeness of two texts is the cosine of
    their vectors. What no phrasing has still counts in the question's length, so that a question about something
    else is like nothing.

    Args:
        phrasings: texts from :func:`facts.text.normalise`.
    """

    def __init__(self, phrasings: Sequence[str]) -> None:
        self.size = len(phrasings)
        counted = [Counter(features(phrasing)) for phrasing in phrasings]
        frequency = Counter(feature for counts in counted for feature in counts)
        self._unseen = math.log(1 + self.size) + 1
        self._idf = {feature: math.log((1 + self.size) / (1 + n)) + 1 for feature, n in frequency.items()}
        rows: dict[str, list[int]] = {feature: [] for feature in frequency}
        weights: dict[str, list[float]] = {feature: [] for feature in frequency}
        for row, counts in enumerate(counted):
            vector = {feature: (1 + math.log(n)) * self._idf[feature] for feature, n in counts.items()}
            length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
            for feature, weight in vector.items():
                rows[feature].append(row)
                weights[feature].append(weight / length)
        self._postings = {
            feature: (np.asarray(rows[feature], dtype=np.int32), np.asarray(weights[feature], dtype=np.float32))
            for feature in frequency
        }

    def likeness(self, normalised: str) -> npt.NDArray[np.float32]:
        """Returns the cosine of a text with every phrasing, shape ``(size,)``, between 0 and 1."""
        scores = np.zeros(self.size, dtype=np.float32)
        squares = 0.0
        for feature, n in Counter(features(normalised)).items():
            weight = (1 + math.log(n)) * self._idf.get(feature, self._unseen)
            squares += weight * weight
            posting = self._postings.get(feature)
            if posting is not None:
                rows, weights = posting
                scores[rows] += weight * weights  # a row stands once in a posting
        return scores / math.sqrt(squares) if squares else scores
