"""Learns the space in which questions are compared with facts: see :class:`facts.meaning.Space`.

Every question is to lie nearer to its own fact (the mean of that fact's other questions and statements) than to any other:
softmax over cosines with the facts' means, the question itself left out of its own, as prototypical networks are trained
(Snell, Swersky and Zemel 2017), with a learned scale. It begins with the space in which the spread within facts is even
(Hatch, Kajarekar and Stolcke 2006).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facts.encoder import DIMENSIONS
from facts.meaning import AXES, Space

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

EPOCHS, BATCH = 12, 512
STEP, DECAY = 2e-3, 0.85
SCALE, SCALE_STEP = 16.0, 1e-2
DROPPED = 0.2
"""Share of a question's numbers that are left out at random, so that none alone decides."""
SHRINKAGE = 0.3


def learn_space(vectors: Floats, rows: Rows, seed: int = 1) -> Space:
    """Learns a space.

    Args:
        vectors: of questions and statements, shape ``(texts, DIMENSIONS)``.
        rows: their facts, shape ``(texts,)``: numbers from 0 on.
        seed: of the random order.
    """
    chance = np.random.default_rng(seed)
    middle = vectors.mean(axis=0)
    texts = vectors - middle
    size = int(rows.max()) + 1
    counts = np.bincount(rows, minlength=size).astype(np.float32)
    sums = np.zeros((size, DIMENSIONS), dtype=np.float32)
    np.add.at(sums, rows, texts)
    means = sums / np.maximum(counts, 1)[:, None]
    axes = _even_axes(texts, means, rows)
    moves, scale = Adam(axes, STEP), Adam(np.array([np.log(SCALE)], dtype=np.float32), SCALE_STEP)
    alone = counts[rows] < 2
    usable = np.flatnonzero(~alone)
    for _ in range(EPOCHS):
        for batch in np.array_split(chance.permutation(usable), max(1, len(usable) // BATCH)):
            x, own = texts[batch], rows[batch]
            rest = (sums[own] - x) / (counts[own] - 1)[:, None]
            kept = x * (chance.random(x.shape) >= DROPPED).astype(np.float32) / (1 - DROPPED)
            slope, slope_of_scale = _slopes(moves.value, float(np.exp(scale.value[0])), kept, rest, means, own)
            moves.step(slope)
            scale.step(np.array([slope_of_scale], dtype=np.float32))
        moves.rate *= DECAY
        scale.rate *= DECAY
    return Space(middle, moves.value)


def _even_axes(texts: Floats, means: Floats, rows: Rows) -> Floats:
    """Gives the main axes of the space in which the spread within facts is even."""
    apart = texts - means[rows]
    spread = apart.T @ apart / len(texts)
    spread = (1 - SHRINKAGE) * spread + SHRINKAGE * np.trace(spread) / DIMENSIONS * np.eye(DIMENSIONS)
    even = np.linalg.cholesky(np.linalg.inv(spread))
    _, _, main = np.linalg.svd(texts @ even, full_matrices=False)
    axes = even @ main[:AXES].T
    return (axes / np.linalg.norm(texts @ axes, axis=1).mean()).astype(np.float32)


def _slopes(axes: Floats, scale: float, x: Floats, rest: Floats, means: Floats, own: Rows) -> tuple[Floats, float]:
    """Gives the slopes of the mean cross-entropy by the axes and by the logarithm of the scale.

    Args:
        axes: shape ``(DIMENSIONS, AXES)``.
        scale: what cosines are multiplied with.
        x: questions, shape ``(batch, DIMENSIONS)``.
        rest: the mean of the rest of each question's fact, the same shape.
        means: of all facts, shape ``(facts, DIMENSIONS)``.
        own: each question's fact, shape ``(batch,)``.
    """
    every = np.arange(len(x))
    question, question_length = _at_length_one(x @ axes)
    fact, fact_length = _at_length_one(means @ axes)
    other, other_length = _at_length_one(rest @ axes)
    cosines = question @ fact.T
    cosines[every, own] = (question * other).sum(axis=1)
    logits = scale * cosines
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[every, own] -= 1
    shares /= len(x)
    slope_of_scale = float((shares * logits).sum())
    mine = shares[every, own][:, None].copy()
    shares[every, own] = 0
    to_question = scale * (shares @ fact + mine * other)
    to_fact = scale * (shares.T @ question)
    to_other = scale * mine * question
    slope = x.T @ _through_length(to_question, question, question_length)
    slope += means.T @ _through_length(to_fact, fact, fact_length)
    slope += rest.T @ _through_length(to_other, other, other_length)
    return slope.astype(np.float32), slope_of_scale


def _at_length_one(vectors: Floats) -> tuple[Floats, Floats]:
    length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors / length, length


def _through_length(slope: Floats, unit: Floats, length: Floats) -> Floats:
    """Gives the slope by a vector from that by the vector at length one."""
    return (slope - unit * (unit * slope).sum(axis=1, keepdims=True)) / length


@dataclass
class Adam:
    """Steps of Adam (Kingma and Ba 2015).

    Attributes:
        value: what is sought, moved by each step.
        rate: how far a step goes.
        memory: how much of the slopes' spread is remembered from step to step.
    """

    value: Floats
    rate: float
    memory: float = 0.999

    def __post_init__(self) -> None:
        self._first = np.zeros_like(self.value)
        self._second = np.zeros_like(self.value)
        self._steps = 0

    def step(self, slope: Floats) -> None:
        """Goes one step down."""
        self._steps += 1
        self._first += 0.1 * (slope - self._first)
        self._second += (1 - self.memory) * (slope * slope - self._second)
        first = self._first / (1 - 0.9**self._steps)
        second = self._second / (1 - self.memory**self._steps)
        self.value = self.value - self.rate * first / (np.sqrt(second) + 1e-8)
