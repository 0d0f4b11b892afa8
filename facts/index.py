"""How like a question is to each fact: to its example questions one by one, and to all that is said and asked of it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facts.text import features, is_chinese

Vector = dict[str, float]

STATEMENT_WEIGHT = 2.0
"""How much a fact's own statement counts beside one example question, in what is said and asked of it as a whole."""


@dataclass(frozen=True)
class Likeness:
    """How like a question is to a fact.

    Attributes:
        whole: cosine with all that is said and asked of it in one language, 0 to 1.
        nearest: cosine with its nearest example question, 0 to 1.
        phrasing: that question.
    """

    whole: float
    nearest: float
    phrasing: str

    @property
    def score(self) -> float:
        """Weighs both: the whole recognises what nobody wrote an example for, a near repetition of an example is certain."""
        return max(self.whole, self.nearest**2)


class FactIndex:
    """TF-IDF vectors in inverted indexes.

    A feature's weight is ``(1 + ln tf) * (ln((1 + n) / (1 + df)) + 1)``; the likeness of two texts is the cosine of their
    vectors (Manning, Raghavan and Schütze, *Introduction to Information Retrieval*, ch. 6), and that of a text and a fact
    as a whole the cosine with the sum of the fact's vectors (ch. 14, Rocchio classification). What no fact has still counts
    in the question's length, so that a question about something else is like nothing.

    Args:
        phrasings: key of the fact, example question (normalised), the same as it was written, its language.
        statements: key of the fact, statement (normalised).
    """

    def __init__(self, phrasings: Sequence[tuple[str, str, str, str]], statements: Sequence[tuple[str, str]]) -> None:
        counted = [Counter(features(text)) for _, text, _, _ in phrasings]
        stated = [Counter(features(text)) for _, text in statements]
        frequency = Counter(feature for counts in (*counted, *stated) for feature in counts)
        total = len(counted) + len(stated)
        self._unseen = math.log(1 + total) + 1
        self._idf = {feature: math.log((1 + total) / (1 + n)) + 1 for feature, n in frequency.items()}
        self._phrasings = [(key, written, language) for key, _, written, language in phrasings]
        vectors = [self._vector(counts) for counts in counted]
        self._one_by_one = _Inverted(vectors)
        wholes: dict[tuple[str, bool], Vector] = defaultdict(lambda: defaultdict(float))
        for (key, text, _, _), vector in zip(phrasings, vectors, strict=True):
            _add(wholes[key, is_chinese(text)], vector, 1.0)
        for (key, text), counts in zip(statements, stated, strict=True):
            _add(wholes[key, is_chinese(text)], self._vector(counts), STATEMENT_WEIGHT)
        self._keys = [key for key, _ in wholes]
        self._whole = _Inverted([_unit(vector) for vector in wholes.values()])

    def likeness(self, normalised: str, language: str | None = None) -> dict[str, Likeness]:
        """Returns how like a question is to each fact that shares anything with it, by the fact's key.

        Args:
            normalised: the question.
            language: of two equally like example questions, that of this language is given.
        """
        vector = self._vector(Counter(features(normalised)))
        whole: dict[str, float] = {}
        scores = self._whole.dot(vector)
        for row in np.flatnonzero(scores):
            key = self._keys[int(row)]
            whole[key] = max(whole.get(key, 0.0), float(scores[row]))
        nearest: dict[str, tuple[float, str]] = {}
        scores = self._one_by_one.dot(vector)
        for row in np.flatnonzero(scores):
            key, written, spoken = self._phrasings[int(row)]
            best = nearest.get(key, (0.0, ""))[0]
            if scores[row] > best or (scores[row] == best and spoken == language):
                nearest[key] = float(scores[row]), written
        return {key: Likeness(value, *nearest.get(key, (0.0, ""))) for key, value in whole.items()}

    def _vector(self, counts: Counter[str]) -> Vector:
        return _unit({f: (1 + math.log(n)) * self._idf.get(f, self._unseen) for f, n in counts.items()})


class _Inverted:
    """Vectors by feature: which have it, and how much of it."""

    def __init__(self, vectors: Iterable[Vector]) -> None:
        rows: dict[str, list[int]] = defaultdict(list)
        weights: dict[str, list[float]] = defaultdict(list)
        self._size = 0
        for row, vector in enumerate(vectors):
            self._size = row + 1
            for feature, weight in vector.items():
                rows[feature].append(row)
                weights[feature].append(weight)
        self._postings = {
            feature: (np.asarray(rows[feature], dtype=np.int32), np.asarray(weights[feature], dtype=np.float32))
            for feature in rows
        }

    def dot(self, vector: Vector) -> npt.NDArray[np.float32]:
        """Returns the product of a vector with each held one, shape ``(size,)``."""
        products = np.zeros(self._size, dtype=np.float32)
        for feature, weight in vector.items():
            posting = self._postings.get(feature)
            if posting is not None:
                rows, weights = posting
                products[rows] += weight * weights  # a row stands once in a posting
        return products


def _add(to: Vector, vector: Vector, weight: float) -> None:
    for feature, value in vector.items():
        to[feature] += weight * value


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {feature: weight / length for feature, weight in vector.items()}
