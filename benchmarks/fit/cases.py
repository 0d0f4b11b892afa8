"""The questions that the numbers are fitted on, with all that the search finds for each."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.fit.left_out import Asked, Kind, folds, snapshot_of
from benchmarks.fit.regress import Flags, Numbers
from facts.database import Database
from facts.decide import Context
from facts.follow import said
from facts.follow_ups import FollowUp
from facts.index import Likeness
from facts.meaning import Space
from facts.question import Question
from facts.records import FactRecord
from facts.search import Search, Snapshot, are_twins
from facts.weights import NO_WEIGHTS, Evidence, accept_features, probability, rank_features
from xiadu.checks import Data

ROUNDS = 3
"""How many of the folds are asked: enough questions to fit some forty numbers."""
RIVALS = 40
"""Facts beside the right one that a question is fitted on: the others are far off."""
STANDING = {"held": 300, "outside": 80}
"""Left-out questions of each fold that are asked once more within a talk that they don't lean on, by kind."""
SEED = 2
FOLLOWS = {"follow_up": 0.32, "right": 0.17, "wrong": 0.08, "outside": 0.05}
CHANGES = {"follow_up": 0.04, "right": 0.67, "wrong": 0.11, "outside": 0.02}
OUTSIDES = {"follow_up": 0.05, "right": 0.0, "wrong": 0.1, "outside": 0.7}
"""What the engine makes of questions that go on with the topic, of those that change it, and of those of other subjects: shares
measured on these examples, which it wasn't trained on then."""
FOLLOW_UP_SURE = 0.8


@dataclass(frozen=True)
class Case:
    """A question with what was found for it.

    Attributes:
        kind: whether it is held, see :mod:`benchmarks.fit.left_out`.
        table: features of the best facts, shape ``(rivals, features)``.
        facts: these facts, in the order of the rows.
        right: which of them answer it.
        like: its likeness to all facts.
        evidence: what is known beside it.
    """

    kind: Kind
    table: Numbers
    facts: Sequence[FactRecord]
    right: Flags
    like: Likeness
    evidence: Evidence

    def look(self, rank: Numbers) -> tuple[FactRecord, bool, float, Numbers]:
        """Looks at the best fact: it, whether it is right, what it and its twins share of all, and what tells whether it answers."""
        logits, share = self._shares(rank)
        order = np.argsort(-logits, kind="stable")[:8]
        best = self.facts[order[0]]
        signs = accept_features(self.table[order[0]], logits[order], share[order], self.like, self.evidence)
        alike = sum(share[row] for row in order if are_twins(self.facts[row], best))
        refused = self.kind == "not held" and best.kind == "gap"  # another gap says it as well
        return best, bool(self.right[order[0]]) or refused, float(alike), signs.astype(np.float64)

    def _shares(self, rank: Numbers) -> tuple[Numbers, Numbers]:
        """Gives the logits of the best facts, and what each shares of all."""
        logits = self.table @ rank
        share = np.exp(logits - logits.max())
        return logits, share / share.sum()

    def chance(self, rank: Numbers, accept: Numbers) -> tuple[float, float]:
        """Gives the score of the best fact, and how likely the right answer is made: that nothing answers, where nothing does."""
        _, _, alike, signs = self.look(rank)
        held = probability(signs, accept)
        _, share = self._shares(rank)
        return held * alike, held * float(share[self.right].sum()) if self.right.any() else 1 - held * alike


@dataclass(frozen=True)
class TalkCase:
    """A question within a talk.

    Attributes:
        asked: the question.
        alone: it, taken alone.
        within: it, taken as leaning on the talk.
        follow_up: how sure the engine is that it does.
        topics: what the engine takes it to be of, and that of the talk.
        leans: whether it is meant to lean on it.
    """

    asked: Question
    alone: Case
    within: Case
    follow_up: float
    topics: tuple[str | None, str | None]
    leans: bool


def collect(data: Data) -> tuple[list[Case], list[TalkCase], Space]:
    """Asks all left-out questions, and all follow-ups.

    Returns:
        The questions alone; those within a talk; the space that was learned from all questions.
    """
    cases: list[Case] = []
    talks: list[TalkCase] = []
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'facts.db'}")
        search = Search(database, data.patterns, NO_WEIGHTS, data.space)
        for snapshot, asked in islice(folds(data, search), 2 * ROUNDS):
            cases += [_case(search, snapshot, one) for one in asked]
            for kind, count in STANDING.items():
                of = [one for one in asked if one.kind == kind]
                talks += [_standing(search, snapshot, one, chance) for one in chance.sample(of, min(count, len(of)))]
        facts = [located.record for located in data.records if isinstance(located.record, FactRecord)]
        whole = snapshot_of(data, search, facts, data.outside)
        talks += [_follow_up(search, whole, one, chance) for one in data.follow_ups]
        database.close()
    return cases, talks, search.space


def _case(search: Search, snapshot: Snapshot, one: Asked) -> Case:
    question = snapshot.read(one.text)
    like = snapshot.index.likeness(question.normalised)
    evidence = one.evidence
    if one.misled:  # what misleads the engine is what the question is like
        evidence = replace(evidence, topic=_rival_topic(snapshot, like, snapshot.facts.get(one.key)))
    return _found(search, snapshot, one.kind, question, like, evidence, [one.key] if one.key else [])


def _found(
    search: Search,
    snapshot: Snapshot,
    kind: Kind,
    question: Question,
    like: Likeness,
    evidence: Evidence,
    keys: Sequence[str],
) -> Case:
    table = rank_features(question, snapshot.table, like, evidence)
    order = like.whole
    if evidence.talk is not None:
        talk = search.talk_features(question, evidence.talk, snapshot)
        table = np.concatenate([table, talk], axis=1)
        order = order + talk[:, -2:].sum(axis=1) + talk[:, 0]
    facts = snapshot.table.facts
    held = {facts.index(snapshot.facts[key]) for key in keys if key in snapshot.facts}
    nearest = [*np.argsort(-order)[: RIVALS - len(held)]]
    nearest += [row for row in held if row not in nearest]
    right = [any(are_twins(facts[row], facts[wanted]) for wanted in held) for row in nearest]
    rivals = [facts[row] for row in nearest]
    return Case(kind, table[nearest].astype(np.float64), rivals, np.array(right, dtype=bool), like, evidence)


def _rival_topic(snapshot: Snapshot, like: Likeness, fact: FactRecord | None) -> str:
    order = np.argsort(-like.whole)[:RIVALS]
    topics = [snapshot.table.facts[row].topic for row in order]
    return next((topic for topic in topics if fact is None or topic != fact.topic), topics[0])


def _standing(search: Search, snapshot: Snapshot, one: Asked, chance: random.Random) -> TalkCase:
    """Asks a whole question after something else was said: half of the time on the same topic."""
    fact = snapshot.facts.get(one.key)
    others = [other for other in snapshot.facts.values() if other is not fact]
    if fact is not None and chance.random() < 0.5:
        others = [other for other in others if other.topic == fact.topic] or others
    after = chance.choice(others)
    shares = OUTSIDES if fact is None else FOLLOWS if after.topic == fact.topic else CHANGES
    again = FollowUp(after.key, one.text, (one.key,) if fact else (), one.language)
    return replace(_in_talk(search, snapshot, again, shares, chance), leans=False)


def _follow_up(search: Search, snapshot: Snapshot, one: FollowUp, chance: random.Random) -> TalkCase:
    topics = {snapshot.facts[key].topic for key in one.facts}
    goes_on = not topics or snapshot.facts[one.after].topic in topics
    return replace(_in_talk(search, snapshot, one, FOLLOWS if goes_on else CHANGES, chance), leans=goes_on)


def _in_talk(
    search: Search, snapshot: Snapshot, one: FollowUp, shares: dict[str, float], chance: random.Random
) -> TalkCase:
    question = snapshot.read(one.ask)
    like = snapshot.index.likeness(question.normalised)
    last = snapshot.facts[one.after]
    fact = snapshot.facts[one.facts[0]] if one.facts else None
    (luck,) = chance.choices([*shares, ""], [*shares.values(), 1 - sum(shares.values())])
    topic = {"right": fact.topic if fact else last.topic, "wrong": _rival_topic(snapshot, like, fact)}.get(luck)
    evidence = Evidence(topic, 0.7 if luck == "outside" else 0.0)
    place = next(iter(last.places), None)
    talk = said(question, Context(facts=(last.key,), place=place), snapshot, one.language)
    kind: Kind = "held" if one.facts else "not held"
    alone, within = (
        _found(search, snapshot, kind, question, like, of, one.facts) for of in (evidence, replace(evidence, talk=talk))
    )
    return TalkCase(question, alone, within, FOLLOW_UP_SURE if luck == "follow_up" else 0.0, (topic, last.topic), True)
