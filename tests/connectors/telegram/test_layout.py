"""How replies look: what stands where, and that a long one arrives whole, in order, with its buttons under the last part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup

from connectors.telegram.layout import Layout
from connectors.telegram.split import LONGEST, units
from tests.connectors.telegram.station import INTERFACE, SOURCE, TEXTS, Station, custom
from tests.connectors.telegram.test_messages import answered, said
from tests.helpers.bot_api import BotApi, Person
from tests.helpers.bot_api.limits import check_entities, check_markup, check_text
from tests.helpers.fake_engine import button, message
from xiadu.telegram import Words

WORDS = Words(INTERFACE, TEXTS)
LAYOUT = Layout(WORDS)


def reply(text: str = "Text.", **more: Any) -> dict[str, Any]:
    """Makes a message of the contract."""
    return {"id": "m-1", "text": text, "buttons": [], **custom(**more)}


def shown(text: str = "Text.", layout: Layout = LAYOUT, **more: Any) -> str:
    """Lays out a message; gives its text."""
    return "".join(part.written.text for part in layout.reply(reply(text, **more)))


def test_the_quiet_line_in_both_languages() -> None:
    assert shown() == "Text.\n\nAs of June 2012 · Source: A report, A paper, 23 Mar 2016"
    assert shown(language="zh") == "Text.\n\n截至2012年6月 · 来源：A report，A paper，2016年3月23日"


def test_what_there_is_none_of_leaves_no_traces() -> None:
    assert shown(as_of=None, sources=[]) == "Text."
    assert shown(sources=[]) == "Text.\n\nAs of June 2012"
    assert shown(as_of=None) == "Text.\n\nSource: A report, A paper, 23 Mar 2016"
    undated = {"title": "A report", "publisher": None, "date": None, "url": None}
    assert shown(as_of=None, sources=[undated]) == f"Text.\n\nSource: A report, {INTERFACE('chat.undated', 'en')}"
    noted = {"title": "A report", "publisher": "A paper", "date": None, "note": "about 2012", "url": None}
    assert shown(as_of=None, sources=[noted]).endswith("A report, A paper, about 2012")


def test_several_sources_are_told_apart() -> None:
    text = shown(as_of=None, sources=[SOURCE, {**SOURCE, "title": "Another"}])
    assert text.endswith("Sources: A report, A paper, 23 Mar 2016; Another, A paper, 23 Mar 2016")


def test_a_simpler_answer_is_marked() -> None:
    for language in ("en", "zh"):
        assert INTERFACE("chat.degraded", language) in shown(language=language, degraded=True)
        assert INTERFACE("chat.degraded", language) not in shown(language=language)


def test_the_permanent_page_is_linked_where_there_is_one() -> None:
    public = Layout(WORDS, "https://ask.example.org")
    (part,) = public.reply(reply(language="zh"))
    links = [mark.url for mark in part.written.marks if mark.url]
    assert links == [SOURCE["url"], "https://ask.example.org/facts/forum-what?language=zh"]
    assert part.written.text.endswith(f" · {said('page', 'zh')}")
    assert said("page") not in shown(layout=public, facts=[])
    assert said("page") not in shown()


def test_what_comes_first_comes_first() -> None:
    (part,) = LAYOUT.reply(reply(), chosen="Tell me more", note="A note.")
    assert part.written.text.startswith("A note.\n\n▸ Tell me more\n\nText.\n\n")
    assert [(mark.kind, mark.start) for mark in part.written.marks][:2] == [("italic", 0), ("bold", 9)]


def test_titles_that_no_button_has_room_for_stand_in_the_text() -> None:
    for outcome, label in (("clarify", "chat.meant"), ("answer", "chat.next")):
        buttons = [{"title": title, "id": f"id{n}"} for n, title in enumerate(["Short", "l" * 60, "长" * 20, "短"])]
        (part,) = LAYOUT.reply({**reply(as_of=None, sources=[], outcome=outcome), "buttons": buttons})
        assert part.written.text == f"Text.\n\n{INTERFACE(label, 'en')}:\n1. {'l' * 60}\n2. {'长' * 20}"
        assert isinstance(part.keyboard, InlineKeyboardMarkup)
        rows = [[(one.text, one.callback_data) for one in row] for row in part.keyboard.inline_keyboard]
        assert rows[:3] == [[("Short", "b.id0")], [("短", "b.id3")], [("1", "b.id1"), ("2", "b.id2")]]


TITLES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300).filter(lambda text: text.strip())


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6000),
    st.lists(TITLES, max_size=8),
    st.lists(TITLES, max_size=5),
    st.sampled_from(["en", "zh"]),
)
@settings(max_examples=60, deadline=None)
def test_telegram_takes_whatever_is_laid_out(text: str, titles: list[str], buttons: list[str], language: str) -> None:
    sources = [{**SOURCE, "title": title} for title in titles]
    content = reply(text, sources=sources, language=language)
    content["buttons"] = [{"title": title, "id": f"id{n}"} for n, title in enumerate(buttons)]
    parts = LAYOUT.reply(content, chosen="<b>", note=text[:100])
    for part in parts:
        entities = [entity.to_dict() for entity in part.written.entities()]
        check_text(part.written.text, entities)
        check_entities(part.written.text, entities)
        assert units(part.written.text) <= LONGEST
        assert (part.keyboard is not None) == (part is parts[-1])
    check_markup(parts[-1].keyboard.to_dict() if parts[-1].keyboard else None)


@pytest.mark.parametrize("sign", ["w", "西", "😀", "👨‍👩‍👧‍👦"])
def test_a_very_long_answer_arrives_whole_and_in_order(
    api: BotApi, make_station: Callable[..., Station], anna: Person, sign: str
) -> None:
    sentences = [f"{n} {sign * 30}." for n in range(400)]
    buttons = [button("More", fact="forum-what"), button("l" * 60, fact="forum-people")]
    sources = [{**SOURCE, "title": f"Report {n}"} for n in range(30)]
    make_station(says=[message(" ".join(sentences), custom=custom(sources=sources), buttons=buttons)]).start()
    anna.says("Everything?")
    api.wait(lambda: anna.heard and anna.heard[-1].buttons)
    heard = anna.heard
    assert all(units(m.text) <= LONGEST for m in heard)
    whole = " ".join(m.text for m in heard)
    assert [whole.index(f" {sentence}") for sentence in sentences[1:]] == sorted(
        whole.index(f" {sentence}") for sentence in sentences[1:]
    )
    assert all(f"Report {n}, A paper" in whole for n in range(30))
    assert [bool(m.buttons) for m in heard] == [False] * (len(heard) - 1) + [True]
    assert heard[-1].titles == ["More", "1", "👍", "👎"]
    links = [entity["url"] for m in heard for entity in m.entities if entity["type"] == "text_link"]
    assert len(links) >= 30
    count = len(heard)
    anna.presses(heard[-1], "1")
    assert answered(api, anna, count + 1)[count].text.startswith(f"▸ {'l' * 60}")


def test_in_a_group_only_the_first_part_replies(
    api: BotApi, make_station: Callable[..., Station], anna: Person
) -> None:
    group = api.group()
    make_station(says=[message("word " * 2000, custom=custom(sources=[]))]).start()
    question = anna.says("@xining_test_bot everything?", where=group)
    api.wait(lambda: group.heard and group.heard[-1].buttons)
    assert [m.reply_to for m in group.heard] == [question.message_id, None, None]


def test_a_message_whose_marks_telegram_refuses_arrives_plain(
    api: BotApi, station: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("sendMessage", status=400, description="Bad Request: can't parse entities")
    anna.says("What is the forum?")
    (answer,) = answered(api, anna)
    assert answer.text.startswith("You asked: What is the forum?")
    assert (answer.entities, answer.buttons) == ([], [])
    assert not any(record.exc_info for record in caplog.records)
