"""What a turn leans on."""

from __future__ import annotations

import pytest

from facts import follow
from facts.decide import Context
from facts.search import Search, Snapshot
from facts.text import normalise
from facts.weights import Said

UTAH = Context(topic="sister_city", place="utah", facts=("utah-tie",), asked="When did Utah sign with Xining?")
UTAH_ZH = Context(topic="sister_city", place="utah", facts=("utah-tie",), asked="犹他州什么时候和西宁签约？")
FORUM = Context(topic="forum", facts=("forum-2012",), asked="How many people came to the forum in 2012?")
OFFERED = Context(choices=("a", "b"))
ANSWERED = Context(facts=("z",), choices=("a", "b"))


@pytest.fixture
def snapshot(unchanging_snapshot: Snapshot) -> Snapshot:
    return unchanging_snapshot


@pytest.mark.parametrize(
    ("text", "context", "key"),
    [
        ("the first one", OFFERED, "a"),
        ("2", OFFERED, "b"),
        ("第二个", OFFERED, "b"),
        ("the third one", OFFERED, None),  # two were offered
        ("yes", OFFERED, "a"),
        ("是的", OFFERED, "a"),
        ("yes", ANSWERED, None),  # nothing was asked
        ("the second one", ANSWERED, "b"),
        ("no", OFFERED, None),
        ("the first one", Context(), None),
        ("yes", Context(), None),
        ("When did Utah sign?", OFFERED, None),
    ],
)
def test_a_short_reply_picks_a_choice(snapshot: Snapshot, text: str, context: Context, key: str | None) -> None:
    assert follow.chosen(snapshot.read(text), context) == key


@pytest.mark.parametrize(
    ("text", "context", "whole"),
    [
        ("and Edirne?", UTAH, "when did edirne sign with xining"),
        ("what about Turkey?", UTAH, "when did turkey sign with xining"),
        ("那土耳其呢？", UTAH_ZH, "土耳其什么时候和西宁签约"),
        ("and Melbourne?", UTAH, "when did melbourne sign with xining"),  # which the facts don't hold
        ("and in 2010?", FORUM, "how many people came to the forum in 2010"),
        ("and Utah?", FORUM, "how many people came to the forum in 2012 utah"),
        ("and in 2010?", UTAH, "when did utah sign with xining 2010"),
        ("and who signed?", UTAH, None),  # another question, no other place
        ("When did Edirne sign with Xining?", UTAH, None),  # whole already
        ("and Edirne?", Context(topic="sister_city", facts=("utah-tie",)), None),
    ],
)
def test_the_last_question_is_completed_with_what_is_new(
    snapshot: Snapshot, text: str, context: Context, whole: str | None
) -> None:
    found = follow.completed(snapshot.read(text), context, snapshot)
    assert (found.text if found else None) == whole


def test_a_completed_question_is_taken_apart_like_any_other(snapshot: Snapshot) -> None:
    found = follow.completed(snapshot.read("and in 2010?"), FORUM, snapshot)
    assert found is not None
    assert (found.years, found.aspect, found.normalised) == ({"2010"}, "how_many", found.text)


@pytest.mark.parametrize(
    ("text", "fact", "years"),
    [
        ("and the year before?", "forum-2012", {"2011"}),
        ("两年之后呢", "forum-2012", {"2014"}),
        ("and two years later, in 2016?", "forum-2012", {"2016"}),  # it says which
        ("and who came?", "forum-2012", set()),
        ("and the year before?", "gone", set()),
    ],
)
def test_a_year_is_counted_from_that_of_the_last_fact(
    snapshot: Snapshot, text: str, fact: str, years: set[str]
) -> None:
    assert follow.located(snapshot.read(text), Context(facts=(fact,)), snapshot).years == years


def test_an_edition_is_counted_from_that_of_the_last_fact(snapshot: Snapshot) -> None:
    fifth = [
        fact.key for fact, of in zip(snapshot.table.facts, snapshot.table.traits, strict=True) if of.editions == {5}
    ]
    for key in fifth:
        asked = follow.located(snapshot.read("and the previous edition?"), Context(facts=(key,)), snapshot)
        assert asked.editions == {4}
    assert follow.located(snapshot.read("the previous edition?"), FORUM, snapshot).editions == frozenset()


def asked_of(snapshot: Snapshot, key: str, language: str) -> str:
    return normalise(snapshot.facts[key].questions[language][0])


@pytest.mark.parametrize(
    ("text", "context", "fact", "place"),
    [
        ("who signed?", UTAH, "utah-tie", "utah"),
        ("and Edirne, who signed?", UTAH, "utah-tie", None),  # the named place takes the place of the talk's
        ("who came?", FORUM, "forum-2012", None),
    ],
)
def test_a_question_may_lean_on_the_fact_that_was_given(
    snapshot: Snapshot, text: str, context: Context, fact: str, place: str | None
) -> None:
    for language in ("en", "zh"):
        expected = Said(fact, asked_of(snapshot, fact, language), place)
        assert follow.said(snapshot.read(text), context, snapshot, language) == expected


@pytest.mark.parametrize("context", [Context(), OFFERED, Context(topic="forum", facts=("gone",))])
def test_it_leans_on_nothing_where_no_fact_was_given(snapshot: Snapshot, context: Context) -> None:
    assert follow.said(snapshot.read("who came?"), context, snapshot, "en") is None


def test_what_is_found_alone_and_within_the_talk_counts_by_how_likely_it_leans(unchanging: Search) -> None:
    alone = unchanging.search("When did Edirne sign?", "en")
    within = unchanging.search("When did Utah sign?", "en")
    for leaning in (0.0, 0.25, 1.0):
        scores = {c.fact.key: c.score for c in follow.weighed(alone, within, leaning)}
        for candidate in alone:
            other = next((c.score for c in within if c.fact.key == candidate.fact.key), 0.0)
            expected = (1 - leaning) * candidate.score + leaning * other
            assert scores[candidate.fact.key] == pytest.approx(expected)
        assert sorted(scores.values(), reverse=True) == list(scores.values())
    assert follow.weighed(alone, within, 0.0)[0].fact.key == "edirne-tie"
    assert follow.weighed(alone, within, 1.0)[0].fact.key == "utah-tie"


def test_of_several_lists_each_fact_keeps_its_best_score(unchanging: Search) -> None:
    lists = [unchanging.search(f"When did {place} sign?", "en") for place in ("Edirne", "Utah")]
    merged = follow.likelier(*lists)
    assert [c.score for c in merged] == sorted((c.score for c in merged), reverse=True)
    best = {c.fact.key: c.score for c in merged}
    assert best == {key: max(c.score for of in lists for c in of if c.fact.key == key) for key in best}
