"""The actions as the engine calls them: over HTTP, behind a token."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import Action
from starlette.applications import Starlette

from actions.route import INNER_HEADER, PATH, make_executor, make_route
from facts.answer import Answers
from facts.database import Database
from facts.texts import load
from settings import DATA, LANGUAGES, Secret
from tests.helpers import handmade
from tests.helpers.handmade import TEXTS

TOKEN = "the token that both programs know"
SHIPPED = load(DATA / "texts", LANGUAGES)[0]
PREFIX = "replies.smalltalk."
INTENTS = sorted(n.removeprefix(PREFIX) for n in SHIPPED._by_language["en"] if n.startswith(PREFIX))
NO_TALK: dict[str, Any] = {"topic": None, "place": None, "facts": [], "choices": [], "asked": None}
EDIRNE: dict[str, Any] = {
    "topic": "sister_city",
    "place": "edirne",
    "facts": ["edirne-tie"],
    "choices": ["utah-tie"],
    "asked": "When did Edirne sign?",
}
CHOICE: dict[str, Any] = {**EDIRNE, "place": None, "facts": [], "choices": ["edirne-tie", "utah-tie"]}
ENDED: dict[str, Any] = {**EDIRNE, "facts": [], "choices": []}
WHO = "Pupils from Utah stayed with families."
UTAH: dict[str, Any] = {
    **EDIRNE,
    "place": "utah",
    "facts": ["utah-who"],
    "choices": [],
    "asked": "Who signed for Utah?",
}


@pytest.fixture
def answers(filled: Database) -> Answers:
    return handmade.answers_from(filled)


def call(
    answers: Answers | ActionExecutor, body: Any, *, token: str | None = TOKEN, method: str = "POST"
) -> httpx.Response:
    executor = make_executor(answers) if isinstance(answers, Answers) else answers
    application = Starlette(routes=[make_route(executor, Secret(TOKEN))])
    headers = {} if token is None else {INNER_HEADER: token.encode("latin-1")}

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
            return await client.request(method, PATH, json=body, headers=headers)

    return asyncio.run(send())


def asks(action: str, text: str = "", *, slots: dict[str, Any] | None = None, **message: Any) -> dict[str, Any]:
    """Makes a call as Rasa sends it."""
    latest = {"text": text, "intent": {"name": None, "confidence": 0.0}, "entities": [], "metadata": {}, **message}
    return {
        "next_action": action,
        "sender_id": "c-1",
        "tracker": {
            "sender_id": "c-1",
            "slots": {**dict.fromkeys(NO_TALK), **(slots or {})},
            "latest_message": latest,
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": None,
        },
        "version": "3.6.21",
    }


def said(response: httpx.Response) -> dict[str, Any]:
    """Gives the one message of an answer, without what it leaves empty."""
    assert response.status_code == 200, response.text
    (message,) = response.json()["responses"]
    return {name: value for name, value in message.items() if value}


def slots(response: httpx.Response) -> dict[str, Any]:
    events = response.json()["events"]
    assert {event["event"] for event in events} <= {"slot"}
    return {event["name"]: event["value"] for event in events}


def intent(name: str, confidence: float = 0.9) -> dict[str, Any]:
    return {"name": name, "confidence": confidence}


# The door


@pytest.mark.parametrize("token", [None, "", "another", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\xfc"])
@pytest.mark.parametrize("body", [asks("action_answer", "What was the forum?"), {"next_action": "unknown"}, "no call"])
def test_without_the_token_it_is_as_if_it_were_not_there(answers: Answers, token: str | None, body: Any) -> None:
    response = call(answers, body, token=token)
    assert (response.status_code, response.json()) == (404, {"error": "not found"})


def test_other_methods_are_not_known(answers: Answers) -> None:
    assert call(answers, None, method="GET").status_code == 405


def test_an_unknown_action_is_told(answers: Answers) -> None:
    response = call(answers, asks("action_unknown"))
    assert response.status_code == 404
    assert response.json()["action_name"] == "action_unknown"


def test_no_action_is_nothing(answers: Answers) -> None:
    response = call(answers, asks(""))
    assert (response.status_code, response.json()) == (200, {"events": [], "responses": []})


class Failing(Action):
    """An action with a fault."""

    def name(self) -> str:
        return "action_failing"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise RuntimeError("the secret insides")


def test_a_failing_action_is_told_without_its_insides(caplog: pytest.LogCaptureFixture) -> None:
    executor = ActionExecutor()
    executor.register_action(Failing())
    with caplog.at_level(logging.ERROR, "actions.route"):
        response = call(executor, asks("action_failing"))
    assert (response.status_code, response.json()) == (
        500,
        {"error": "the action failed", "action_name": "action_failing"},
    )
    assert [record.message for record in caplog.records] == ["The action action_failing failed."]


def test_the_actions_are_those_of_the_domain() -> None:
    text = (DATA.parent / "domain.yml").read_text()
    listed = text.partition("\nactions:\n")[2].partition("\n\n")[0]
    assert sorted(line.removeprefix("  - ") for line in listed.splitlines()) == sorted(
        make_executor(Answers(None, TEXTS)).actions  # type: ignore[arg-type]
    )


# action_answer


def test_an_answer_has_text_buttons_contract_and_slots(answers: Answers) -> None:
    response = call(answers, asks("action_answer", "What was the forum?", intent=intent("ask_forum")))
    message = said(response)
    assert message["text"] == "The forum was a yearly meeting."
    assert message["buttons"] == [
        {"title": "More", "payload": json.dumps({"fact": "forum-what", "part": "full"})},
    ]
    assert message["custom"] == {
        "outcome": "answer",
        "facts": ["forum-what"],
        "sources": [
            {
                "title": "Title of press",
                "publisher": "The Press",
                "date": "2012-06-10",
                "url": "https://press.example/",
            },
            {"title": "Title of repost", "publisher": "A Re-post", "date": None},
        ],
        "as_of": "2012",
        "language": "en",
    }
    assert slots(response) == {**NO_TALK, "topic": "forum", "facts": ["forum-what"], "asked": "What was the forum?"}


@pytest.mark.parametrize(
    ("question", "name", "held", "outcome", "kept"),
    [
        (
            "When did Edirne sign?",
            "ask_sister_city",
            {},
            "answer",
            {"topic": "sister_city", "place": "edirne", "facts": ["edirne-tie"]},
        ),
        # What leans on the last answer.
        ("and when?", "follow_up", UTAH, "answer", {"place": "utah", "facts": ["utah-tie"]}),
        ("and Utah?", "follow_up", EDIRNE, "answer", {"place": "utah", "facts": ["utah-tie"]}),
        ("the second one", "follow_up", {"choices": ["utah-tie", "utah-who"]}, "answer", {"facts": ["utah-who"]}),
        (
            "How many people came to the forum?",
            "ask_forum",
            EDIRNE,
            "clarify",
            {"topic": "forum", "place": None, "facts": []},
        ),
        # A gap was answered: what follows leans on it as on a fact.
        ("What does a homestay cost?", "ask_homestay", EDIRNE, "unknown", {"facts": ["homestay-cost"], "place": None}),
        ("论坛是什么", "nlu_fallback", {}, "answer", {"topic": "forum", "facts": ["forum-what"]}),
    ],
)
def test_findings_and_slots_lead_the_answer(
    answers: Answers, question: str, name: str, held: dict[str, Any], outcome: str, kept: dict[str, Any]
) -> None:
    response = call(answers, asks("action_answer", question, slots=held, intent=intent(name)))
    assert said(response)["custom"]["outcome"] == outcome
    assert slots(response).keys() == NO_TALK.keys()
    assert slots(response).items() >= kept.items()


def test_the_choices_of_a_question_that_is_asked_back_are_kept(answers: Answers) -> None:
    response = call(answers, asks("action_answer", "How many people came to the forum?", intent=intent("ask_forum")))
    offered = [json.loads(button["payload"])["fact"] for button in said(response)["buttons"]]
    assert sorted(offered) == ["forum-2010", "forum-2012"]
    assert slots(response)["choices"] == offered


@pytest.mark.parametrize(
    ("question", "name", "held", "outcome"),
    [
        ("Best pizza recipe", "out_of_scope", ENDED, "out_of_scope"),
        ("Who does the island belong to?", "ask_politics", ENDED, "out_of_scope"),
        ("?!", "nlu_fallback", ENDED, "clarify"),
        ("?!", "nlu_fallback", CHOICE, "clarify"),
        ("?!", "nlu_fallback", EDIRNE, "clarify"),
    ],
)
def test_what_is_not_ours_leaves_the_talk_as_it_was(
    answers: Answers, question: str, name: str, held: dict[str, Any], outcome: str
) -> None:
    response = call(answers, asks("action_answer", question, slots=held, intent=intent(name)))
    assert said(response)["custom"]["outcome"] == outcome
    assert {**held, **slots(response)} == held


@pytest.mark.parametrize(
    ("question", "name", "begins"),
    [
        ("what is your source?", "ask_source", "From “Title of mirror”"),
        ("is that still so?", "ask_currency", "As of"),
    ],
)
def test_source_and_date_of_the_last_answer_are_told(answers: Answers, question: str, name: str, begins: str) -> None:
    response = call(answers, asks("action_answer", question, slots=EDIRNE, intent=intent(name)))
    assert said(response)["text"].startswith(begins)
    assert slots(response)["facts"] == ["edirne-tie"]


@pytest.mark.parametrize(
    ("stands_for", "outcome", "text"),
    [
        ({"fact": "forum-what", "part": "short"}, "answer", "The forum was a yearly meeting."),
        ({"fact": "forum-what", "part": "full"}, "answer", "The forum was a yearly meeting of youth."),
        ({"fact": "forum-what"}, "answer", "The forum was a yearly meeting."),
        (
            {"fact": "homestay-cost"},
            "unknown",
            f"No fee for a homestay is on record. Nearest: {WHO} Ask the Office.",
        ),
    ],
)
def test_a_button_shows_what_it_stands_for(
    answers: Answers, stands_for: dict[str, str], outcome: str, text: str
) -> None:
    metadata = {"language": "en", "stands_for": stands_for}
    message = said(call(answers, asks("action_answer", "/choose", intent=intent("choose", 1.0), metadata=metadata)))
    assert (message["custom"]["outcome"], message["text"]) == (outcome, text)


@pytest.mark.parametrize(
    ("question", "metadata", "text"),
    [
        ("What was the forum?", {"language": "zh"}, "论坛是一年一度的会议。"),
        ("论坛是什么", {"language": "en"}, "The forum was a yearly meeting."),
        ("论坛是什么", {}, "论坛是一年一度的会议。"),
        ("论坛是什么", {"language": None}, "论坛是一年一度的会议。"),
        ("论坛是什么", {"language": "tr"}, "论坛是一年一度的会议。"),
        ("论坛是什么", None, "论坛是一年一度的会议。"),
    ],
)
def test_the_language_is_the_one_that_the_service_chose(
    answers: Answers, question: str, metadata: dict[str, Any] | None, text: str
) -> None:
    assert said(call(answers, asks("action_answer", question, metadata=metadata)))["text"] == text


@pytest.mark.parametrize("latest", [{}, {"text": None, "intent": None, "metadata": None}, {"intent": {"name": None}}])
def test_a_message_without_anything_is_asked_back(answers: Answers, latest: dict[str, Any]) -> None:
    body = asks("action_answer")
    body["tracker"]["latest_message"] = latest
    assert said(call(answers, body))["custom"]["outcome"] == "clarify"


# action_smalltalk and action_handoff


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", INTENTS)
def test_each_smalltalk_has_its_text(name: str, language: str) -> None:
    answers = Answers(None, SHIPPED)  # type: ignore[arg-type]  # the facts are not asked
    response = call(answers, asks("action_smalltalk", "hi", intent=intent(name), metadata={"language": language}))
    text = SHIPPED(
        PREFIX + name, language, topics=SHIPPED.topic_list(language), office=SHIPPED("replies.office", language)
    )
    assert said(response) == {
        "text": text,
        "custom": {"outcome": "smalltalk", "facts": [], "sources": [], "as_of": None, "language": language},
    }
    assert slots(response) == NO_TALK


def test_there_is_smalltalk() -> None:
    assert {"greet", "thanks", "ask_capability", "complain"} <= set(INTENTS)


@pytest.mark.parametrize(
    ("action", "text", "name", "held", "outcome"),
    [
        ("action_smalltalk", "thanks", "thanks", EDIRNE, "smalltalk"),
        ("action_smalltalk", "很好，谢谢", "thanks", EDIRNE, "smalltalk"),
        ("action_smalltalk", "thank you very much indeed", "thanks", CHOICE, "smalltalk"),
        ("action_handoff", "a person, please", "ask_person", CHOICE, "handoff"),
        ("action_handoff", "找人工", "ask_person", EDIRNE, "handoff"),
    ],
)
def test_small_talk_leaves_the_talk_as_it_was(
    answers: Answers, action: str, text: str, name: str, held: dict[str, Any], outcome: str
) -> None:
    response = call(answers, asks(action, text, slots=held, intent=intent(name)))
    assert said(response)["custom"]["outcome"] == outcome
    assert slots(response) == held


@pytest.mark.parametrize("confidence", [0.3, 0.95])
@pytest.mark.parametrize(
    ("action", "text", "name"),
    [
        ("action_smalltalk", "hello, and how many people came to the forum in 2012?", "greet"),
        ("action_smalltalk", "你好，2012年有多少人参加论坛？", "greet"),
        ("action_handoff", "somebody please tell me: how many people came to the forum in 2012?", "ask_person"),
    ],
)
def test_a_question_in_small_talk_is_answered(
    answers: Answers, action: str, text: str, name: str, confidence: float
) -> None:
    response = call(answers, asks(action, text, intent=intent(name, confidence)))
    assert said(response)["custom"]["facts"] == ["forum-2012"]
    assert slots(response)["facts"] == ["forum-2012"]


@pytest.mark.parametrize(
    "text", ["hello", "forum", "hello there, how are you doing today my friend?", "你好", "早上好，很高兴认识你呀"]
)
def test_a_greeting_is_taken_for_no_question(answers: Answers, text: str) -> None:
    message = said(call(answers, asks("action_smalltalk", text, intent=intent("greet"))))
    assert (message["custom"]["outcome"], message["custom"]["facts"]) == ("smalltalk", [])


@pytest.mark.parametrize("name", ["unheard_of", None, ""])
def test_smalltalk_of_another_intent_says_what_it_can_do(answers: Answers, name: str | None) -> None:
    response = call(answers, asks("action_smalltalk", "hi", intent={"name": name}))
    assert (said(response)["text"], said(response)["custom"]["outcome"]) == ("I answer.", "smalltalk")


@pytest.mark.parametrize(
    ("text", "answer"), [("a person please", "A person is at the Office."), ("找人工", "人工在外办。")]
)
def test_who_wants_a_person_is_told_where(answers: Answers, text: str, answer: str) -> None:
    response = call(answers, asks("action_handoff", text, intent=intent("ask_person")))
    message = said(response)
    assert (message["text"], message["custom"]["outcome"]) == (answer, "handoff")
    assert slots(response) == NO_TALK
