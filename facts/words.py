"""Shared words: TF-IDF over words, letters and Han characters, in numbers that numpy can add up."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from facts.text import features, is_chinese

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
    """Counts a text's features."""
    counts, content = _count(text, _of_run)
    return _Counted(
        np.array(list(counts), dtype=np.int64),
        1 + np.log(np.array(list(counts.values()), dtype=np.float32)),
        np.array([content.get(number, 0.0) for number in counts], dtype=np.float32),
    )


def _count(
    text: str, of_run: Callable[[str], tuple[list[int], dict[int, float]]]
) -> tuple[Counter[int], dict[int, float]]:
    """Gives how often each feature stands in a text, by number, and what some count as content."""
    ids: list[int] = []
    content: dict[int, float] = {}
    previous = ""
    for run in text.split():
        of, says = of_run(run)
        ids += of
        content |= says
        if previous and not is_chinese(run):
            ids.append(_number(f"p{previous} {run}"))
        previous = "" if is_chinese(run) else run
    return Counter(ids), content


def _of_run(run: str) -> tuple[list[int], dict[int, float]]:
    """Gives the features of a word or of Han characters in a row: their numbers, and what some of them count as content."""
    names = list(features(run))
    numbers = [_number(name) for name in names]
    return numbers, {
        number: content for name, number in zip(names, numbers, strict=True) if (content := _content(name))
    }


def _number(feature: str) -> int:
    return zlib.crc32(feature.encode()) % BUCKETS


def _content(feature: str) -> float:
    """Gives what a feature counts as a word: a Latin word, or a pair of Han characters, of which a sentence has more."""
    if feature[0] == "w":
        return A_WORD
    return A_PAIR if feature[0] == "h" and len(feature) == 3 else 0.0


# For held texts alone: what visitors write isn't to be remembered. Words come again and again, so theirs are counted once.
_of_held_run = lru_cache(maxsize=100_000)(_of_run)


@lru_cache(maxsize=200_000)
def _counted_held(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Gives the numbers of a held text's features, and how often each stands in it."""
    counts = _count(text, _of_held_run)[0]
    return tuple(counts), tuple(counts.values())


class WordIndex:
    """TF-IDF vectors in an inverted index.

    A feature's weight is ``(1 + ln tf) * (ln((1 + n) / (1 + df)) + 1)``; the likeness of two texts is the cosine of their
    vectors (Manning, Raghavan and Schütze, *Introduction to Information Retrieval*, ch. 6), and that of a text and a fact
    as a whole the cosine with the sum of the fact's vectors (ch. 14, Rocchio classification). What no fact has still counts
    in the question's length, so that a question about something else is like nothing.

    Args:
        size: how many facts there are.
        texts: example questions, normalised.
        rows: their facts, shape ``(texts,)``.
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
        self._rows, self._size = rows, size
        facts = np.concatenate([rows, np.array([row for row, _ in statements], dtype=np.int64)])[owners]
        heavier = weights * np.where(asked, 1.0, STATEMENT_WEIGHT).astype(np.float32)
        pairs, inverse = np.unique(facts * BUCKETS + ids, return_inverse=True)
        summed = np.bincount(inverse, heavier, minlength=len(pairs)).astype(np.float32)
        facts, ids = pairs // BUCKETS, pairs % BUCKETS
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
        nearest = np.zeros(self._size, dtype=np.float32)
        np.maximum.at(nearest, self._rows, self._one_by_one.dot(of.ids, weights))
        content = of.content * idf
        return (
            self._whole.dot(of.ids, weights),
            nearest,
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
