"""The commands, and what Telegram's clients show of the bot."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text as sql

from connectors.telegram.commands import COMMANDS
from connectors.telegram.menus import IN_GROUPS
from settings import LANGUAGES
from tests.connectors.telegram.station import INTERFACE, SOURCE, TEXTS, Station, custom
from tests.connectors.telegram.test_messages import READABLE, after_all, all_done, answered, notice, said, texts
from tests.helpers.bot_api import BotApi, Person, SentMessage
from tests.helpers.fake_engine import button, message

TABLES = ("conversation", "turn", "message", "issued_button", "feedback", "chat")


def asks(api: BotApi, person: Person, *commands: str) -> list[SentMessage]:
    """Writes commands; gives what was said to each."""
    before = len(person.heard)
    for command in commands:
        person.says(command)
    heard = api.wait(lambda: heard if len(heard := person.heard) >= before + len(commands) else [])
    assert len(heard) == before + len(commands)
    return heard[before:]


def rows(station: Station) -> dict[str, int]:
    """Counts what is stored."""
    with station.database.read() as session:
        return {table: session.execute(sql(f"select count(*) from {table}")).scalar_one() for table in TABLES}


def stored_text(station: Station) -> str:
    """Gives everything that stands in the database, but for the facts."""
    with station.database.read() as session:
        found = [
            str(list(session.execute(sql(f"select * from {table}")))) for table in (*TABLES, "received", "erasure")
        ]
    return "\n".join(found)


@pytest.fixture
def li(api: BotApi) -> Person:
    """Somebody whose Telegram is in Chinese."""
    return api.person(first_name="明", language_code="zh-hans")


# /start and /help


def test_start_greets_and_offers_questions_that_work(api: BotApi, station: Station, anna: Person, li: Person) -> None:
    for person, language in ((anna, "en"), (li, "zh")):
        (hello,) = asks(api, person, "/start")
        assert hello.text.startswith(said("start", language))
        questions = INTERFACE.below("chat.suggestions.any", language)
        for title in hello.titles:
            assert title in questions.values() or title.isdecimal()
            person.presses(hello, title)
        assert len(hello.titles) == len(questions)
        heard = answered(api, person, 1 + len(questions))[1:]
        asked = {f"You asked: {question}" for question in questions.values()}
        assert {part for m in heard for part in m.text.split("\n\n") if part.startswith("You asked")} == asked
        for m in heard:
            assert m.text.split("\n\n")[0] == "▸ " + m.text.split("\n\n")[1].removeprefix("You asked: ")


def test_deep_links_open_every_topic(api: BotApi, station: Station) -> None:
    people = {language: api.person(language_code=language) for language in LANGUAGES}
    for topic, language in itertools.product(TEXTS.topics, LANGUAGES):
        (opened,) = asks(api, people[language], f"/start {topic}")
        assert opened.text.startswith(said("topic", language, topic=TEXTS(f"topics.{topic}.name", language))), topic
        assert opened.buttons
    # Every topic with questions to begin with can be named.
    assert {name.split(".")[0] for name in INTERFACE.below("chat.suggestions", language)} - {"any"} <= set(TEXTS.topics)


def test_unknown_deep_links_greet(api: BotApi, station: Station, anna: Person) -> None:
    links = ["homestay_de", "any", "forum.a", "a", ".", "forum-", "0", "_", "x" * 64, "any.a", "FORUM_", "chat.next"]
    for link, opened in zip(links, asks(api, anna, *(f"/start {link}" for link in links)), strict=True):
        assert opened.text.startswith(said("start")), link


def test_help_names_every_other_command(api: BotApi, station: Station, anna: Person, li: Person) -> None:
    for person, language in ((anna, "en"), (li, "zh")):
        (shown,) = asks(api, person, "/help")
        assert shown.text.startswith(said("help", language))
        for name in set(COMMANDS) - {"start", "help"}:
            assert f"/{name}" in shown.text


def test_a_command_is_understood_however_it_is_written(api: BotApi, station: Station, anna: Person) -> None:
    written = ["/CANCEL", "/cancel now please", "/cancel@xining_test_bot", "/Cancel@Xining_Test_Bot", "/cancel\nall"]
    assert [m.text for m in asks(api, anna, *written)] == [said("nothing_to_cancel")] * len(written)
    bold = [{"type": "bold", "offset": 0, "length": 7}, {"type": "bot_command", "offset": 0, "length": 7}]
    anna.says("/cancel", entities=bold)
    assert answered(api, anna, len(written) + 1)[-1].text == said("nothing_to_cancel")


def test_an_unknown_command_is_answered_helpfully(api: BotApi, station: Station, anna: Person, li: Person) -> None:
    assert asks(api, anna, "/weather tomorrow")[0].text == said("unknown_command", command="weather")
    assert asks(api, li, "/weather")[0].text == said("unknown_command", "zh", command="weather")
    assert station.engine.asked == []
    known = said("unknown_command", command="x")
    assert all(f"/{name}" in known for name in COMMANDS)


def test_what_only_looks_like_a_command_is_a_question(api: BotApi, station: Station, anna: Person) -> None:
    written = ["What does /start do?", "/路线 怎么走？", "1/2 of it?", "/", "//"]
    for text in written:
        anna.says(text)
    answered(api, anna, len(written))
    assert [asked.text.replace("／", "/") for asked in station.engine.asked] == written


# Language and settings


def test_language_is_shown_and_set_by_button(api: BotApi, station: Station, anna: Person) -> None:
    (shown,) = asks(api, anna, "/language")
    assert shown.text == said("language", language=said("auto"))
    assert shown.titles == ["English", "中文", f"✓ {said('auto')}"]
    anna.presses(shown, "中文")
    assert answered(api, anna, 2)[1].text == said("language_set", "zh")
    anna.says("What is the forum?")
    answered(api, anna, 3)
    assert station.engine.asked[-1].metadata["language"] == "zh"
    (shown,) = asks(api, anna, "/language")
    assert shown.text == said("language", "zh", language="中文")
    assert "✓ 中文" in shown.titles
    anna.presses(shown, said("auto", "zh"))
    assert answered(api, anna, 5)[4].text == said("language_auto", "zh")
    anna.says("What is the forum, please?")
    answered(api, anna, 6)
    assert station.engine.asked[-1].metadata["language"] == "en"


def test_language_is_set_by_argument(api: BotApi, station: Station, anna: Person) -> None:
    ways = {"zh": "zh", "ZH": "zh", "中文": "zh", "zh-CN": "zh", "en": "en", "English": "en", "en_GB": "en"}
    for argument, language in ways.items():
        assert asks(api, anna, f"/language {argument}")[0].text == said("language_set", language), argument
        asks(api, anna, "Xining 西宁")
        assert station.engine.asked[-1].metadata["language"] == language


def test_an_unknown_language_is_answered_with_those_there_are(
    api: BotApi, station: Station, anna: Person, li: Person
) -> None:
    for person, language, wanted in ((anna, "en", "fr"), (li, "zh", "<b>"), (anna, "en", "{language}")):
        (shown,) = asks(api, person, f"/language {wanted}")
        assert shown.text == said("language_unknown", language, known="en, zh, auto")
        assert len(shown.titles) == 3
    assert asks(api, anna, "/language auto")[0].text == said("language_auto")


def test_the_language_holds_after_a_restart(api: BotApi, station: Station, anna: Person) -> None:
    asks(api, anna, "/language zh")
    station.restart()
    assert asks(api, anna, "/cancel")[0].text == said("nothing_to_cancel", "zh")


def test_settings_show_language_and_days_and_change_them(
    api: BotApi, make_station: Callable[..., Station], anna: Person
) -> None:
    station = make_station(environ={"XIADU_RETENTION_DAYS": "17"}).start()
    (shown,) = asks(api, anna, "/settings")
    assert shown.text == said("settings", language=said("auto"), days="17")
    anna.presses(shown, "中文")
    answered(api, anna, 2)
    anna.presses(shown, said("forget_button"))
    asked = answered(api, anna, 3)[2]
    assert asked.text == said("forget_ask", "zh")
    assert asked.titles == [said("yes", "zh"), said("no", "zh")]
    assert not station.engine.asked


# Privacy and forgetting


def test_privacy_says_the_days_and_where_more_stands(
    api: BotApi, make_station: Callable[..., Station], anna: Person, li: Person
) -> None:
    make_station(environ={"XIADU_RETENTION_DAYS": "17", "XIADU_PUBLIC_URL": "https://ask.example.org"}).start()
    for person, language in ((anna, "en"), (li, "zh")):
        (shown,) = asks(api, person, "/privacy")
        assert shown.text == said("privacy", language, days="17") + "\n\n" + said("privacy_page", language)
        (link,) = [entity for entity in shown.entities if entity["type"] == "text_link"]
        assert link["url"] == f"https://ask.example.org/privacy?language={language}"
        assert shown.titles == [said("forget_button", language)]


def test_privacy_links_nowhere_without_a_public_address(api: BotApi, station: Station, anna: Person) -> None:
    (shown,) = asks(api, anna, "/privacy")
    assert shown.text == said("privacy", days=str(station.settings.retention_days))
    assert shown.entities == []


@pytest.mark.parametrize("way", ["/forget", "/privacy", "/settings"])
def test_forgetting_really_deletes_and_the_next_question_begins_anew(
    api: BotApi, station: Station, anna: Person, way: str
) -> None:
    anna.says("What is the secret-word forum?")
    (answer,) = answered(api, anna)
    anna.presses(answer, "👎")
    answered(api, anna, 2)
    anna.says("My remark", reply_to=anna.heard[1].message_id)
    answered(api, anna, 3)
    asks(api, anna, "/language zh")
    assert all(rows(station).values()), rows(station)
    (shown,) = asks(api, anna, way)
    if way != "/forget":
        anna.presses(shown, said("forget_button", "zh"))
        shown = answered(api, anna, 6)[5]
    assert shown.text == said("forget_ask", "zh")
    anna.presses(shown, said("yes", "zh"))
    api.wait(lambda: anna.heard[-1].text == said("forgotten", "zh"))
    all_done(api, station)
    assert not any(rows(station).values()), rows(station)
    kept = stored_text(station)
    assert "secret-word" not in kept
    assert str(anna.id) not in kept
    assert "My remark" not in kept
    api.wait(lambda: not next(m for m in anna.heard if m.message_id == shown.message_id).buttons)
    count = len(anna.heard)
    anna.says("And who are you?")
    assert answered(api, anna, count + 1)[-1].text.startswith("You asked: And who are you?")
    assert station.engine.asked[-1].conversation != station.engine.asked[0].conversation
    assert station.engine.asked[-1].metadata["language"] == "en"


def test_after_forgetting_nothing_can_be_pressed_any_more(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("What is the forum?")
    (answer,) = answered(api, anna)
    (ask,) = asks(api, anna, "/forget")
    anna.presses(ask, said("yes"))
    api.wait(lambda: anna.heard[-1].text == said("forgotten"))
    api.wait(lambda: not [m for m in anna.heard if m.buttons])
    for shown in (answer.buttons[0][0], answer.buttons[-1][0], answer.buttons[-1][1]):
        assert notice(api, anna.presses_data(answer, shown["callback_data"])) == said("button_gone")
    assert len(anna.heard) == 3
    assert rows(station)["conversation"] == 0


def test_forgetting_can_be_thought_better_of(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("What is the forum?")
    answered(api, anna)
    (ask,) = asks(api, anna, "/forget")
    anna.presses(ask, said("no"))
    assert answered(api, anna, 3)[2].text == said("forget_not")
    api.wait(lambda: not anna.heard[1].buttons)
    assert rows(station)["conversation"] == 1
    after_all(api, anna)
    assert len({asked.conversation for asked in station.engine.asked}) == 1


def test_forgetting_nothing_is_no_fault(api: BotApi, station: Station, anna: Person) -> None:
    (ask,) = asks(api, anna, "/forget")
    for _ in range(2):
        anna.presses_data(ask, f"f.yes.{anna.id}")
    heard = answered(api, anna, 3)
    assert [m.text for m in heard[1:]] == [said("forgotten")] * 2


def test_forgetting_touches_nobody_else(api: BotApi, station: Station, anna: Person) -> None:
    jonas = api.person()
    for person in (anna, jonas):
        person.says("What is the forum?")
        answered(api, person)
    (ask,) = asks(api, anna, "/forget")
    anna.presses(ask, said("yes"))
    api.wait(lambda: anna.heard[-1].text == said("forgotten"))
    all_done(api, station)
    assert (rows(station)["conversation"], rows(station)["chat"]) == (1, 1)
    after_all(api, jonas)
    own = [asked.conversation for asked in station.engine.asked if asked.text == READABLE]
    assert own[0] in {asked.conversation for asked in station.engine.asked[:2]}


# /sources and /cancel


def test_sources_lists_those_of_the_last_answer_that_has_any(
    api: BotApi, make_station: Callable[..., Station], anna: Person, li: Person
) -> None:
    undated = {"title": "另一份报告", "publisher": "A paper", "date": None, "note": None, "url": None}

    def says(asked: Any) -> list[dict[str, Any]]:
        known = custom(asked.metadata["language"], sources=[SOURCE, undated] if "forum" in asked.text else [])
        return [message(f"On {asked.text}", custom=known)]

    make_station(says=says).start()
    assert asks(api, anna, "/sources")[0].text == said("sources_none")
    anna.says("Hello")
    answered(api, anna, 2)
    assert asks(api, anna, "/sources")[0].text == said("sources_none")
    anna.says("the forum?")
    anna.says("Thanks")
    answered(api, anna, 5)
    (shown,) = asks(api, anna, "/sources")
    assert shown.text.startswith(f"{said('sources')}\n\nOn the forum?")
    assert "June 2012" in shown.text
    assert "\n1. A report, A paper, 23 Mar 2016\n2. 另一份报告, A paper, undated" in shown.text
    assert [entity["url"] for entity in shown.entities if entity["type"] == "text_link"] == [SOURCE["url"]]
    assert asks(api, li, "/sources")[0].text == said("sources_none", "zh")


def test_cancel_without_anything_to_cancel_says_so(api: BotApi, station: Station, anna: Person, li: Person) -> None:
    assert asks(api, anna, "/cancel")[0].text == said("nothing_to_cancel")
    assert asks(api, li, "/cancel")[0].text == said("nothing_to_cancel", "zh")


# What clients show


@pytest.mark.parametrize("language", INTERFACE.languages)
def test_what_clients_show_fits_in_every_language(language: str) -> None:
    def units(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    assert 0 < units(said("description", language)) <= 512
    assert 0 < units(said("short_description", language)) <= 120
    assert set(INTERFACE.below("telegram.commands", language)) == set(COMMANDS)
    assert all(0 < units(shown) <= 256 for shown in INTERFACE.below("telegram.commands", language).values())
    # Notices over the chat are cut off after 200; buttons are wider than a phone's screen shows after 40.
    for name in ("button_gone", "rated", "too_many"):
        assert units(INTERFACE.below("telegram", language)[name]) <= 200
    assert all(units(said(name, language)) <= 40 for name in ("yes", "no", "forget_button", "auto"))


def test_menus_and_descriptions_are_set_for_each_language_and_for_everybody_else(api: BotApi, station: Station) -> None:
    api.wait(lambda: ("short_description", "zh") in api.profile)
    private, groups = ('{"type": "all_private_chats"}', '{"type": "all_group_chats"}')
    for code, language in (("", "en"), ("en", "en"), ("zh", "zh")):
        for scope, names in ((private, list(COMMANDS)), (groups, list(IN_GROUPS))):
            shown = api.commands[json.dumps(json.loads(scope)), code]
            assert [command["command"] for command in shown] == names
            assert [command["description"] for command in shown] == [
                said(f"commands.{name}", language) for name in names
            ]
        assert api.profile["description", code] == said("description", language)
        assert api.profile["short_description", code] == said("short_description", language)
    changes = len([call for call in api.calls if call.method.startswith("setMy")])
    station.restart()
    api.wait(lambda: len(api.calls_of("getMyShortDescription")) == 6)
    assert len([call for call in api.calls if call.method.startswith("setMy")]) == changes


def test_without_menus_questions_are_answered(api: BotApi, make_station: Callable[..., Station], anna: Person) -> None:
    api.fail("getMyCommands", status=400, times=None)
    make_station().start()
    anna.says("What is the forum?")
    assert texts(anna) or answered(api, anna)


def test_a_long_list_of_sources_is_split_and_its_buttons_stay(
    api: BotApi, make_station: Callable[..., Station], anna: Person
) -> None:
    many = [{**SOURCE, "title": f"Report number {n} " + "x" * 100} for n in range(60)]
    make_station(
        says=[message("Text", custom=custom(sources=many), buttons=[button("More", fact="forum-what")])]
    ).start()
    anna.says("?")
    api.wait(lambda: anna.heard and anna.heard[-1].buttons)
    anna.says("/sources")
    count = len(anna.heard)
    api.wait(lambda: len(anna.heard) > count + 1)
    assert "60. Report number 59" in api.wait(lambda: [m.text for m in anna.heard if "60. Report" in m.text])[0]
