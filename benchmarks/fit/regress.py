"""The three regressions: which fact answers, whether it answers at all, whether a question leans on the talk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.fit.space import Adam

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def fit_choice(
    tables: Sequence[Numbers],
    right: Sequence[Flags],
    start: Numbers,
    *,
    penalty: float,
    rounds: int = 300,
    step: float = 0.3,
) -> Numbers:
    """Fits a conditional logit (McFadden 1974): of the rivals in each table, any of the right ones is chosen.

    Args:
        tables: features of each question's rivals, shapes ``(rivals, features)``.
        right: which of them are right, shapes ``(rivals,)``; at least one each.
        start: where the weights begin and are drawn to, shape ``(features,)``.
        penalty: how strongly.
        rounds: steps of Adam.
        step: their length.
    """
    size = max(map(len, tables))
    padded = np.zeros((len(tables), size, len(start)))
    held = np.zeros((len(tables), size), dtype=bool)
    wanted = np.zeros((len(tables), size), dtype=bool)
    for number, (table, these) in enumerate(zip(tables, right, strict=True)):
        padded[number, : len(table)], held[number, : len(table)], wanted[number, : len(table)] = table, True, these
    weights = Adam(start.copy(), step, memory=0.99)
    for _ in range(rounds):
        logits = np.where(held, padded @ weights.value, -np.inf)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        aim = np.where(wanted, shares, 0) + np.where(wanted, 1e-12, 0)
        aim /= aim.sum(axis=1, keepdims=True)
        slope = np.einsum("ij,ijk->k", shares - aim, padded) / len(tables)
        weights.step(slope + penalty * (weights.value - start))
    return weights.value


def fit_logistic(table: Numbers, truth: Flags, counts: Numbers, start: Numbers, *, penalty: float) -> Numbers:
    """Fits a logistic regression by Newton's method.

    Args:
        table: features, shape ``(questions, features)``.
        truth: what is to be foretold, shape ``(questions,)``.
        counts: how much each question counts, likewise.
        start: where the weights begin and are drawn to, shape ``(features,)``.
        penalty: how strongly.
    """
    weights = start.copy()
    for _ in range(30):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (counts * (chance - truth)) + penalty * (weights - start)
        bend = (table * (counts * chance * (1 - chance))[:, None]).T @ table + penalty * np.eye(len(weights))
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def fit_mixture(
    table: Numbers, alone: Numbers, within: Numbers, *, penalty: float = 1e-3, rounds: int = 400, step: float = 0.1
) -> Numbers:
    """Fits how likely it is that a question leans on the talk, so that the right answer gets as likely as can be.

    The likelihood of a question is that of its right answer alone and within the talk, mixed by a logistic regression (a mixture
    of experts with a gate: Jacobs, Jordan, Nowlan and Hinton 1991).

    Args:
        table: features, shape ``(questions, features)``.
        alone: the score of the right answer of the question alone, shape ``(questions,)``, 0 to 1.
        within: the same within the talk.
        penalty: how strongly weights are drawn to zero.
        rounds: steps of Adam.
        step: their length.
    """
    weights = Adam(np.zeros(table.shape[1]), step, memory=0.99)
    for _ in range(rounds):
        gate = 1 / (1 + np.exp(-table @ weights.value))
        mixed = gate * within + (1 - gate) * alone + 1e-3
        slope = table.T @ (gate * (1 - gate) * (alone - within) / mixed) / len(table)
        weights.step(slope + penalty * weights.value)
    return weights.value
