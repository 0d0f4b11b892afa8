"""What a turn leans on."""

from __future__ import annotations

import pytest

from facts import follow
from facts.decide import Context
from facts.search import Snapshot
from facts.weights import Evidence

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
    ("text", "context", "leans"),
    [
        ("and Edirne?", UTAH, True),
        ("what about Edirne?", UTAH, True),
        ("who signed it?", UTAH, True),
        ("why?", UTAH, True),
        ("那土耳其呢", UTAH, True),
        ("Who stayed with the families of Xining?", UTAH, False),
        ("and Edirne?", Context(), False),  # on nothing
        ("and Edirne?", OFFERED, True),
    ],
)
def test_a_question_leans_on_what_came_before(snapshot: Snapshot, text: str, context: Context, leans: bool) -> None:
    assert follow.leans(snapshot.read(text), context) == leans


@pytest.mark.parametrize(("confidence", "leans"), [(0.9, True), (0.2, False)])
def test_the_engine_may_tell_that_it_leans(snapshot: Snapshot, confidence: float, leans: bool) -> None:
    context = Context("follow_up", confidence, facts=("utah-tie",))
    assert follow.leans(snapshot.read("The name of the person who did the signing, please"), context) == leans


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
    ("text", "context", "evidence"),
    [
        ("who signed?", UTAH, Evidence(talk_topic="sister_city", talk_place="utah", talk_subject="utah")),
        ("and Edirne, who signed?", UTAH, Evidence(talk_topic="sister_city", talk_subject="utah")),
        ("who came?", FORUM, Evidence(talk_topic="forum", talk_subject="forum-2012")),
        ("who came?", Context(topic="forum", facts=("gone",)), Evidence(talk_topic="forum")),
        ("who came?", Context("ask_homestay", 0.9, "forum"), Evidence(topic="homestay", talk_topic="forum")),
        ("who came?", Context("ask_forum", 0.9, "forum"), Evidence(talk_topic="forum")),
        ("who came?", Context("ask_homestay", 0.2, "forum"), Evidence(talk_topic="forum")),
        ("who came?", Context(), Evidence()),
    ],
)
def test_what_the_talk_is_about_is_evidence(
    snapshot: Snapshot, text: str, context: Context, evidence: Evidence
) -> None:
    assert follow.evidence(snapshot.read(text), context, snapshot) == evidence
