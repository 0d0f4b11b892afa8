"""The regressions find the numbers that the questions were made with."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.fit.regress import fit_choice, fit_logistic, fit_mixture

TRUE = np.array([2.0, -1.0, 0.5])


def made_choices(count: int = 3000, rivals: int = 6) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Questions whose right fact was drawn with the true weights."""
    chance = np.random.default_rng(3)
    tables, right = [], []
    for _ in range(count):
        table = chance.normal(size=(chance.integers(2, rivals + 1), len(TRUE)))
        logits = table @ TRUE + chance.gumbel(size=len(table))
        tables.append(table)
        right.append(np.arange(len(table)) == logits.argmax())
    return tables, right


def test_the_choice_finds_its_weights() -> None:
    tables, right = made_choices()
    assert fit_choice(tables, right, np.zeros(3), penalty=1e-5) == pytest.approx(TRUE, abs=0.15)


def test_any_of_several_right_ones_will_do() -> None:
    table = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    found = fit_choice([table], [np.array([True, True, False])], np.zeros(2), penalty=1e-3)
    assert found[0] > 1
    assert found[1] > 1
    logits = table @ found
    assert np.exp(logits[:2]).sum() / np.exp(logits).sum() > 0.95


def test_few_questions_leave_the_weights_near_where_they_began() -> None:
    tables, right = made_choices(count=5)
    start = np.array([-1.0, 1.0, 0.0])
    assert fit_choice(tables, right, start, penalty=10.0) == pytest.approx(start, abs=0.3)


def test_the_logistic_regression_finds_its_weights() -> None:
    chance = np.random.default_rng(4)
    table = chance.normal(size=(20000, 3))
    truth = chance.random(20000) < 1 / (1 + np.exp(-table @ TRUE))
    found = fit_logistic(table, truth, np.ones(20000), np.zeros(3), penalty=1e-3)
    assert found == pytest.approx(TRUE, abs=0.1)
    drawn = fit_logistic(table[:10], truth[:10], np.ones(10), np.ones(3), penalty=1e4)
    assert drawn == pytest.approx(np.ones(3), abs=0.01)


def test_a_question_that_counts_for_nothing_has_no_say() -> None:
    table, truth = np.ones((4, 1)), np.array([True, True, False, False])
    found = fit_logistic(table, truth, np.array([1.0, 1.0, 1.0, 0.0]), np.zeros(1), penalty=1e-6)
    assert 1 / (1 + np.exp(-found[0])) == pytest.approx(2 / 3, abs=1e-3)


def test_the_mixture_leans_where_the_talk_has_the_right_answer() -> None:
    chance = np.random.default_rng(5)
    leans = chance.random(2000) < 0.5
    table = np.stack([np.ones(2000), leans], axis=1)
    right, wrong = chance.uniform(0.6, 0.9, 2000), chance.uniform(0.0, 0.2, 2000)
    found = fit_mixture(table, np.where(leans, wrong, right), np.where(leans, right, wrong))
    assert 1 / (1 + np.exp(-found.sum())) > 0.9
    assert 1 / (1 + np.exp(-found[0])) < 0.1
