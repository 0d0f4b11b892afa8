"""Records: what they hold, and when two are the same."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from facts.records import AnyRecord, kind_of
from tests.helpers.handmade import FACTS, PLACES, SOURCES, fact, place, source

FULL = fact(
    "it",
    questions={"en": ["What?", "Which?"], "zh": ["什么？"]},
    yes={"en": ["Is it?"]},
    no={"zh": ["不是吗？"], "en": ["Isn't it?"]},
)


def test_all_example_questions_come_with_the_answer_that_they_get() -> None:
    assert list(FULL.phrasings) == [
        ("", "en", "What?"),
        ("", "en", "Which?"),
        ("", "zh", "什么？"),
        ("yes", "en", "Is it?"),
        ("no", "zh", "不是吗？"),
        ("no", "en", "Isn't it?"),
    ]


def test_parts_that_are_not_used_do_not_change_a_fingerprint() -> None:
    assert fact("it").fingerprint() == fact("it", subject=None, yes={}, no={}, places=[]).fingerprint()


@pytest.mark.parametrize(
    "more", [{"subject": "a"}, {"yes": {"en": ["Is it?"]}}, {"no": {"en": ["Is it?"]}}, {"as_of": "2012"}]
)
def test_any_part_changes_the_fingerprint(more: dict[str, object]) -> None:
    assert fact("it").fingerprint() != fact("it", **more).fingerprint()


@pytest.mark.parametrize(
    "wrong", [{"subject": "The Forum"}, {"yes": {"en": []}}, {"no": {"en": [" "]}}, {"maybe": {"en": ["Is it?"]}}]
)
def test_a_wrong_part_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        fact("it", **wrong)


@pytest.mark.parametrize(("record", "kind"), [(source(), "source"), (place("utah"), "place"), (fact("it"), "fact")])
def test_the_kind_of_a_record(record: AnyRecord, kind: str) -> None:
    assert kind_of(record) == kind


def test_no_two_of_the_handmade_records_are_the_same() -> None:
    records = [*SOURCES, *PLACES, *FACTS]
    assert len({record.fingerprint() for record in records}) == len(records)
