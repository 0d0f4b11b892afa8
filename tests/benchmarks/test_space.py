"""The space that is learned: what belongs together lies nearer together in it, and it is learned downhill."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.fit import space as learn
from benchmarks.fit.space import learn_space
from facts.encoder import DIMENSIONS
from facts.meaning import Space

Floats = npt.NDArray[np.float64]
FACTS, LEARNED, KEPT = 40, 8, 4
"""Facts of the toy set, and the questions of each that are learned from and kept to try."""


def toy() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Questions whose facts show in few directions, and whose wording shows, louder, in others."""
    chance = np.random.default_rng(7)
    rows = np.repeat(np.arange(FACTS), LEARNED + KEPT)
    meaning = np.zeros((FACTS, DIMENSIONS))
    meaning[:, :12] = chance.normal(size=(FACTS, 12))
    wording = np.zeros((len(rows), DIMENSIONS))
    wording[:, 12:60] = 2.0 * chance.normal(size=(len(rows), 48))
    vectors = meaning[rows] + wording + 0.02 * chance.normal(size=(len(rows), DIMENSIONS))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), rows


def found(space: Space) -> float:
    """The share of kept questions that lie nearest to their own fact."""
    vectors, rows = toy()
    placed = space.place(vectors)
    kept = np.arange(len(rows)) % (LEARNED + KEPT) >= LEARNED
    means = np.stack([placed[~kept & (rows == row)].mean(axis=0) for row in range(FACTS)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return float((np.argmax(placed[kept] @ means.T, axis=1) == rows[kept]).mean())


@pytest.fixture(scope="module")
def learned() -> Space:
    vectors, rows = toy()
    learned_from = np.arange(len(rows)) % (LEARNED + KEPT) < LEARNED
    return learn_space(vectors[learned_from], rows[learned_from])


def as_it_is() -> Space:
    """The space that changes nothing but the middle."""
    return Space(toy()[0].mean(axis=0), np.eye(DIMENSIONS, dtype=np.float32))


def test_questions_that_were_not_learned_from_are_told_apart_better(learned: Space) -> None:
    before, after = found(as_it_is()), found(learned)
    assert before < 0.7, "the toy set must be hard enough to show anything"
    assert after > before + 0.2


def test_learning_begins_with_axes_that_are_better_already() -> None:
    vectors, rows = toy()
    texts = vectors - vectors.mean(axis=0)
    means = np.stack([texts[rows == row].mean(axis=0) for row in range(FACTS)])
    even = Space(vectors.mean(axis=0), learn._even_axes(texts, means, rows))
    assert found(even) > found(as_it_is())


def test_what_was_learned_is_the_same_every_time(learned: Space) -> None:
    vectors, rows = toy()
    learned_from = np.arange(len(rows)) % (LEARNED + KEPT) < LEARNED
    again = learn_space(vectors[learned_from], rows[learned_from])
    assert np.array_equal(again.axes, learned.axes)
    assert np.array_equal(again.middle, learned.middle)


def test_a_fact_with_a_single_question_does_no_harm() -> None:
    vectors, rows = toy()
    few = (rows != 0) | (np.arange(len(rows)) == 0)
    space = learn_space(vectors[few], rows[few])
    assert np.isfinite(space.axes).all()
    assert found(space) > found(as_it_is())


# Slopes


def loss(axes: Floats, log_scale: float, x: Floats, rest: Floats, means: Floats, own: npt.NDArray[np.int64]) -> float:
    """The mean cross-entropy, written down as the module's text says it."""

    def unit(vectors: Floats) -> Floats:
        placed = vectors @ axes
        return np.asarray(placed / np.linalg.norm(placed, axis=1, keepdims=True))

    total = 0.0
    for question, other, fact in zip(unit(x), unit(rest), own, strict=True):
        cosines = unit(means) @ question
        cosines[fact] = other @ question  # the question itself is left out of its own fact
        logits = np.exp(log_scale) * cosines
        total += np.log(np.exp(logits).sum()) - logits[fact]
    return total / len(x)


@pytest.fixture
def point() -> tuple[Floats, float, Floats, Floats, Floats, npt.NDArray[np.int64]]:
    """Somewhere to stand: 7 questions on 4 facts in 6 dimensions, of which 3 are kept."""
    chance = np.random.default_rng(3)
    x, rest, means = (chance.normal(size=(count, 6)) for count in (7, 7, 4))
    return chance.normal(size=(6, 3)), 0.7, x, rest, means, np.array([0, 1, 2, 3, 0, 1, 1])


def test_the_slopes_are_those_of_the_loss(
    point: tuple[Floats, float, Floats, Floats, Floats, npt.NDArray[np.int64]],
) -> None:
    axes, log_scale, *rest = point
    slope, of_scale = learn._slopes(axes, float(np.exp(log_scale)), *rest)  # type: ignore[arg-type]
    step = 1e-5
    measured = np.zeros_like(axes)
    for place in np.ndindex(*axes.shape):
        aside = np.zeros_like(axes)
        aside[place] = step
        measured[place] = (loss(axes + aside, log_scale, *rest) - loss(axes - aside, log_scale, *rest)) / (2 * step)
    assert np.abs(measured).max() > 0.01
    assert slope == pytest.approx(measured, abs=1e-5)
    by_scale = (loss(axes, log_scale + step, *rest) - loss(axes, log_scale - step, *rest)) / (2 * step)
    assert of_scale == pytest.approx(by_scale, abs=1e-5)


def test_steps_go_downhill() -> None:
    walker = learn.Adam(np.array([3.0, -2.0], dtype=np.float32), 0.1)
    for _ in range(200):
        walker.step(2 * walker.value)  # the slope of a bowl
    assert np.abs(walker.value).max() < 0.1
