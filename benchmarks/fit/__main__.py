"""Finds the weights of ``data/search/_weights.yml`` and the space of ``data/search/_meaning.npz``: ``./scripts/benchmark fit``.

On questions whose wording the search hasn't seen (:mod:`benchmarks.fit.left_out`, and ``data/follow_ups``) are fitted:

* which fact answers: a conditional logit over the facts on :data:`facts.weights.RANKING`; for a question that leans on the talk
  another one, on :data:`facts.weights.TALKING` as well, drawn to the first;
* whether the best one answers at all: logistic regressions on :data:`facts.weights.ACCEPTING`, likewise;
* whether a question leans on the talk: on :data:`facts.weights.LEANING`.

Then the thresholds are chosen: that of an answer so that the share of wrong ones among all questions of our subjects stays
below :data:`WRONG`, that of a choice is a fixed part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.fit.cases import Case, TalkCase, collect
from benchmarks.fit.regress import Flags, Numbers, fit_choice, fit_logistic, fit_mixture
from facts.weights import ACCEPTING, PARTS, RANKING, TALKING, lean_features
from settings import LANGUAGES, ROOT
from xiadu.checks import check

OUTPUT = ROOT / "data" / "search" / "_weights.yml"
SPACE = ROOT / "data" / "search" / "_meaning.npz"
WRONG = 0.10
"""Share of questions that may be given a statement which isn't the one they were written for.

It is no share of wrong answers: of 28 such statements read by hand, 17 answered the question as well, for facts overlap. So
about four in a hundred may be wrong; ./scripts/evaluate measures it."""
MIX = {"held": 1.0, "not held": 0.5, "outside": 0.6}
"""How much a question of each kind counts: visitors ask for what is held more often than these examples do."""
DRAWN = 0.003, 3.0
"""How strongly the numbers of the talk are drawn to those of questions alone, of which there are many more: choice, acceptance."""
HEAD = "# How much each sign weighs in finding a fact. Written by ./scripts/benchmark fit, which says how; not meant to be edited.\n"


def main() -> None:
    """Fits, prints, writes."""
    data, problems = check(ROOT, LANGUAGES)
    others = [problem for problem in problems if "/search/_" not in problem.path]
    if others:
        raise SystemExit("\n".join(map(str, others)))
    cases, talks, space = collect(data)
    numbers = fit(cases, talks)
    write(numbers)
    space.save(SPACE)
    print(f"written: {OUTPUT.relative_to(ROOT)}, {SPACE.relative_to(ROOT)}")


def fit(cases: Sequence[Case], talks: Sequence[TalkCase]) -> dict[str, Numbers]:
    """Fits all numbers, by part of the file."""
    start = np.zeros(len(RANKING))
    start[0] = 10.0
    rank = choose(cases, start, penalty=1e-4)
    accept, scores, right, stated = accept_of(cases, rank, np.zeros(len(ACCEPTING)), penalty=1e-2)
    within = [talk.within for talk in talks if talk.leans]
    talk_rank = choose(within, np.concatenate([rank, np.zeros(len(TALKING))]), penalty=DRAWN[0])
    start = np.concatenate([accept, np.zeros(len(TALKING))])
    talk_accept, *_ = accept_of(within, talk_rank, start, penalty=DRAWN[1])
    lean = lean_of(talks, rank, accept, talk_rank, talk_accept)
    kinds = np.array([case.kind for case in cases])
    answer = threshold(scores, stated & ~right, kinds)
    print(f"{len(cases)} questions; of the held ones the right fact is first for {right[kinds == 'held'].mean():.1%}")
    for kind in MIX:
        of = kinds == kind
        given = of & (scores >= answer)
        print(
            f"  {kind}: {of.sum()} asked, {(given & right).sum() / of.sum():.1%} right, "
            f"{(given & stated & ~right).sum() / of.sum():.1%} another statement"
        )
    print(f"{len(within)} follow-ups; within the talk the right fact is first for {_first(within, talk_rank):.1%}")
    return {
        "rank": rank, "accept": accept, "talk_rank": talk_rank, "talk_accept": talk_accept, "lean": lean,
        "thresholds": np.array([answer, answer * 0.6]),
    }  # fmt: skip


def choose(cases: Sequence[Case], start: Numbers, *, penalty: float) -> Numbers:
    """Fits which fact answers, on the questions that one answers."""
    held = [case for case in cases if case.right.any()]
    return fit_choice([case.table for case in held], [case.right for case in held], start, penalty=penalty)


def accept_of(
    cases: Sequence[Case], rank: Numbers, start: Numbers, *, penalty: float
) -> tuple[Numbers, Numbers, Flags, Flags]:
    """Fits whether the best fact answers.

    Returns:
        The weights; each question's score; whether its first fact is right; whether that is a statement.
    """
    looks = [case.look(rank) for case in cases]
    table = np.array([signs for *_, signs in looks])
    right = np.array([is_right for _, is_right, _, _ in looks])
    alike = np.array([share for _, _, share, _ in looks])
    stated = np.array([best.kind == "statement" for best, *_ in looks])
    counts = np.array([MIX[case.kind] for case in cases])
    weights = fit_logistic(table, right, counts, start, penalty=penalty)
    return weights, alike / (1 + np.exp(-table @ weights)), right, stated


def lean_of(
    talks: Sequence[TalkCase], rank: Numbers, accept: Numbers, talk_rank: Numbers, talk_accept: Numbers
) -> Numbers:
    """Fits whether a question leans on the talk."""
    signs, alone, within = [], [], []
    for talk in talks:
        score, chance = talk.alone.chance(rank, accept)
        score_within, chance_within = talk.within.chance(talk_rank, talk_accept)
        signs.append(lean_features(talk.asked, talk.follow_up, talk.topics, score, score_within))
        alone.append(chance)
        within.append(chance_within)
    return fit_mixture(np.array(signs, dtype=np.float64), np.array(alone), np.array(within))


def threshold(scores: Numbers, wrong: Flags, kinds: npt.NDArray[np.str_]) -> float:
    """Gives the score from which on another statement is given rarely enough."""
    counts = np.array([MIX[kind] for kind in kinds])
    ours = counts.sum()
    for answer in np.arange(0.1, 0.95, 0.01):
        if (counts * ((scores >= answer) & wrong)).sum() / ours <= WRONG:
            return float(answer)
    return 0.95


def write(numbers: Mapping[str, Numbers]) -> None:
    """Writes the file."""
    lines = [HEAD]
    for part, names in PARTS.items():
        lines.append(f"{part}:\n")
        lines += [f"  {name}: {value:.3f}\n" for name, value in zip(names, numbers[part], strict=True)]
    OUTPUT.write_text("".join(lines), encoding="utf-8")


def _first(cases: Sequence[Case], rank: Numbers) -> float:
    return float(np.mean([case.look(rank)[1] for case in cases if case.right.any()]))


if __name__ == "__main__":
    main()
