"""Shared words: TF-IDF over words, letters and Han characters, in numbers that numpy can add up."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from facts.groups import Groups
from facts.text import features, features_of, runs

Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]

BUCKETS = 1 << 18
"""Features are told apart by a hash of this many values (Weinberger et al. 2009); a rare clash does no harm."""
A_WORD, A_PAIR = 1 / 20, 1 / 60
"""What a Latin word and a pair of Han characters count as content, times their rarity: a question has some of it to spare."""
STATEMENT_WEIGHT = 2.0
"""How much a fact's own statement counts beside one example question."""


@dataclass(frozen=True)
class _Counted:
    """A text's features: their numbers, how often each stands in it (``1 + ln n``), and what each says of its content."""

    ids: Ids
    weights: Weights
    content: Weights


def _counted(text: str) -> _Counted:
    counts = Counter(features(text))
    names = list(counts)
    return _Counted(
        np.array([_number(name) for name in names], dtype=np.int64),
        1 + np.log(np.array(list(counts.values()), dtype=np.float32)),
        np.array([_content(name) for name in names], dtype=np.float32),
    )


def _number(feature: str) -> int:
    return zlib.crc32(feature.encode()) % BUCKETS


def _content(feature: str) -> float:
    """Gives what a feature counts as a word: a Latin word, or a pair of Han characters, of which a sentence has more."""
    if feature[0] == "w":
        return A_WORD
    return A_PAIR if feature[0] == "h" and len(feature) == 3 else 0.0


# Both for held texts alone: what visitors write isn't to be remembered.
@lru_cache(maxsize=200_000)
def _counted_held(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Gives the numbers of a text's features, and how often each stands in it."""
    counts = Counter(chain.from_iterable(_numbers_held(run, previous) for run, previous in runs(text)))
    return tuple(counts), tuple(counts.values())


@lru_cache(maxsize=100_000)
def _numbers_held(run: str, previous: str) -> tuple[int, ...]:
    """Gives the numbers of one run's features: the same words come again and again."""
    return tuple(map(_number, features_of(run, previous)))


class WordIndex:
    """TF-IDF vectors in an inverted index.

    A feature's weight is ``(1 + ln tf) * (ln((1 + n) / (1 + df)) + 1)``; the likeness of two texts is the cosine of their
    vectors (Manning, Raghavan and Schütze, *Introduction to Information Retrieval*, ch. 6), and that of a text and a fact
    as a whole the cosine with the sum of the fact's vectors (ch. 14, Rocchio classification). What no fact has still counts
    in the question's length, so that a question about something else is like nothing.

    Args:
        size: how many facts there are.
        texts: example questions, normalised.
        rows: their facts, never falling, shape ``(texts,)``.
        statements: row of the fact, statement (normalised).
    """

    def __init__(self, size: int, texts: Sequence[str], rows: Ids, statements: Sequence[tuple[int, str]]) -> None:
        counted = [_counted_held(text) for text in texts] + [_counted_held(text) for _, text in statements]
        lengths = np.array([len(ids) for ids, _ in counted], dtype=np.int64)
        size_of_all = int(lengths.sum())
        ids = np.fromiter(chain.from_iterable(ids for ids, _ in counted), np.int64, size_of_all)
        times = np.fromiter(chain.from_iterable(times for _, times in counted), np.float32, size_of_all)
        weights = 1 + np.log(times)
        total = len(counted)
        self._idf = (np.log((1 + total) / (1 + np.bincount(ids, minlength=BUCKETS))) + 1).astype(np.float32)
        owners = np.repeat(np.arange(total), lengths)
        weights = weights * self._idf[ids]
        weights /= np.sqrt(np.bincount(owners, weights * weights, minlength=total)).astype(np.float32)[owners]
        asked = owners < len(texts)
        self._one_by_one = _Inverted(ids[asked], owners[asked], weights[asked], len(texts))
        self._groups = Groups(rows, size)
        facts = np.concatenate([rows, np.array([row for row, _ in statements], dtype=np.int64)])[owners]
        heavier = weights * np.where(asked, 1.0, STATEMENT_WEIGHT).astype(np.float32)
        pairs, inverse = np.unique(ids * size + facts, return_inverse=True)
        summed = np.bincount(inverse, heavier, minlength=len(pairs)).astype(np.float32)
        ids, facts = np.divmod(pairs, max(size, 1))
        norms = np.sqrt(np.bincount(facts, summed * summed, minlength=size))
        self._whole = _Inverted(ids, facts, summed / np.maximum(norms, 1e-9).astype(np.float32)[facts], size)

    def likeness(self, normalised: str) -> tuple[Weights, Weights, Weights, Weights]:
        """Returns four likenesses with each fact, shapes ``(facts,)``.

        Returns:
            The cosine with the fact as a whole; that with its nearest example question; which share of the question's
            weight stands anywhere in the fact; and how much of the question's content does not: what is asked beyond the fact.
        """
        of = _counted(normalised)
        idf = self._idf[of.ids]
        weights = of.weights * idf
        weights = weights / (np.linalg.norm(weights) or 1.0)
        content = of.content * idf
        return (
            self._whole.dot(of.ids, weights),
            self._groups.largest(self._one_by_one.dot(of.ids, weights), 0.0),
            self._whole.dot(of.ids, weights * weights, binary=True),
            content.sum() - self._whole.dot(of.ids, content, binary=True),
        )


class _Inverted:
    """Vectors by feature: which have it, and how much of it."""

    def __init__(self, ids: Ids, owners: Ids, weights: Weights, size: int) -> None:
        order = np.argsort(ids, kind="stable")
        self._owners, self._weights, self._size = owners[order], weights[order], size
        self._starts = np.searchsorted(ids[order], np.arange(BUCKETS + 1))

    def dot(self, ids: Ids, weights: Weights, *, binary: bool = False) -> Weights:
        """Returns the product of a vector with each held one, shape ``(size,)``; ``binary`` takes the held weights for one."""
        starts = self._starts[ids]
        lengths = self._starts[ids + 1] - starts
        begins = np.cumsum(lengths) - lengths
        held = np.repeat(starts - begins, lengths) + np.arange(int(lengths.sum()))
        products = np.repeat(weights, lengths)
        if not binary:
            products = products * self._weights[held]
        return np.bincount(self._owners[held], products, minlength=self._size).astype(np.float32)
