"""The engine's own channel, served by a real Sanic on this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import requests
from rasa.core.channels import channel as channels
from rasa.core.channels.channel import UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Sanic

from engine.channel import INNER_HEADER, WholeMessages, XiaduChannel

TOKEN = "a-token-of-this-test"
SECONDS = 10


class Agent:
    """Stands for Rasa's agent: does with a message what a test tells it to."""

    def __init__(self) -> None:
        self.received: list[UserMessage] = []
        self.does: Callable[[UserMessage], Awaitable[None]] = self.answer

    async def handle_message(self, message: UserMessage) -> None:
        self.received.append(message)
        await self.does(message)

    async def answer(self, message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": f"You said {message.text}."})


class Served:
    """The channel, served."""

    def __init__(self, url: str, agent: Agent) -> None:
        self.url, self.agent = f"{url}/webhooks/xiadu/", agent

    def post(self, body: Any = None, *, token: Any = TOKEN, content: bytes | None = None) -> requests.Response:
        headers = {} if token is None else {INNER_HEADER: token}
        if content is not None:
            return requests.post(self.url, data=content, headers=headers, timeout=SECONDS)
        return requests.post(self.url, json=body, headers=headers, timeout=SECONDS)

    def say(self, text: str = "hello", **more: Any) -> requests.Response:
        return self.post({"sender": "c-1", "text": text, **more})


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """One server for all tests."""
    agent = Agent()
    app = Sanic("xiadu_channel_test", configure_logging=False)
    app.ctx.agent = agent
    channels.register([XiaduChannel(TOKEN)], app, route="/webhooks/")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    loop, started = asyncio.new_event_loop(), threading.Event()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        running = loop.run_until_complete(
            app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        )
        loop.run_until_complete(running.startup())
        started.set()
        loop.run_forever()
        running.close()
        loop.run_until_complete(running.wait_closed())
        loop.run_until_complete(loop.shutdown_asyncgens())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(SECONDS)
    yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", agent)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(SECONDS)
    listening.close()


@pytest.fixture
def served(server: Served) -> Served:
    """The channel with an agent that answers each message."""
    server.agent.received.clear()
    server.agent.does = server.agent.answer
    return server


def test_it_says_that_it_lives(served: Served) -> None:
    response = requests.get(served.url, timeout=SECONDS)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_message_is_answered(served: Served) -> None:
    metadata = {"language": "zh", "stands_for": {"fact": "forum-what"}}
    response = served.say("西宁 😀", metadata=metadata)
    assert (response.status_code, response.json()) == (200, {"messages": [{"text": "You said 西宁 😀."}]})
    (received,) = served.agent.received
    assert (received.text, received.sender_id, received.metadata) == ("西宁 😀", "c-1", metadata)
    assert received.input_channel == "xiadu"


@pytest.mark.parametrize(
    "token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), b"\xff\xfe", "tökén".encode()]
)
def test_a_wrong_token_is_refused(served: Served, token: Any) -> None:
    response = served.post({"sender": "c-1", "text": "hello"}, token=token)
    assert (response.status_code, response.json()) == (401, {"error": "wrong token"})
    assert served.agent.received == []


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        [1],
        "hello",
        7,
        True,
        {"text": "hello"},
        {"sender": "c-1"},
        {"sender": None, "text": "hello"},
        {"sender": 7, "text": "hello"},
        {"sender": "c-1", "text": None},
        {"sender": "c-1", "text": 7},
        {"sender": "c-1", "text": ["hello"]},
        {"sender": "c-1", "text": ""},
        {"sender": "c-1", "text": " \n\u3000"},
    ],
    ids=str,
)
def test_a_body_that_is_no_message_is_refused(served: Served, body: Any) -> None:
    response = served.post(content=b"null") if body is None else served.post(body)
    assert (response.status_code, response.json()) == (422, {"error": "sender and text are needed"})
    assert served.agent.received == []


@pytest.mark.parametrize("content", [b"{", b"\xff", b"sender=c-1&text=hello"])
def test_what_is_not_json_is_refused(served: Served, content: bytes) -> None:
    assert 400 <= served.post(content=content).status_code < 500
    assert served.agent.received == []


CUSTOM = {"outcome": "answer", "facts": ["forum-what"], "sources": [], "as_of": None, "language": "en"}
BUTTONS = [{"title": "More", "payload": '{"fact": "forum-what"}'}]


@pytest.mark.parametrize(
    ("utterances", "messages"),
    [
        (
            [{"text": "One\n\nparagraph and another", "buttons": BUTTONS, "custom": CUSTOM}],
            [{"text": "One\n\nparagraph and another", "buttons": BUTTONS, "custom": CUSTOM}],
        ),
        (
            [{"text": "One", "custom": CUSTOM}, {"text": "Two", "buttons": BUTTONS}],
            [{"text": "One", "custom": CUSTOM}, {"text": "Two", "buttons": BUTTONS}],
        ),
        ([{"custom": CUSTOM}], [{"custom": CUSTOM}]),
        ([{"text": "One", "buttons": [], "custom": {}, "image": None, "elements": []}], [{"text": "One"}]),
        ([{"text": ""}, {"text": "Two"}], [{"text": "Two"}]),
    ],
    ids=["whole", "two", "no text", "empty parts", "an empty one"],
)
def test_messages_stay_whole(served: Served, utterances: list[dict[str, Any]], messages: list[dict[str, Any]]) -> None:
    async def utter(message: UserMessage) -> None:
        for utterance in utterances:
            await message.output_channel.send_response(message.sender_id, utterance)

    served.agent.does = utter
    response = served.say()
    assert (response.status_code, response.json()) == (200, {"messages": messages})


def test_no_reply_is_an_error(served: Served) -> None:
    async def nothing(_: UserMessage) -> None:
        return None

    served.agent.does = nothing
    response = served.say()
    assert response.status_code == 502
    assert "no reply" in response.json()["error"]


def test_an_empty_reply_is_an_error(served: Served) -> None:
    async def empty(message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": "", "buttons": []})

    served.agent.does = empty
    assert served.say().status_code == 502


def test_an_exception_is_an_error_without_its_insides(served: Served) -> None:
    async def fail(_: UserMessage) -> None:
        raise ValueError("the insides")

    served.agent.does = fail
    response = served.say()
    assert response.status_code == 502
    assert "insides" not in response.text
    served.agent.does = served.agent.answer
    assert served.say().status_code == 200


@pytest.mark.parametrize("credentials", [None, {}, {"token": ""}, {"token": None}, {"token": "short"}, {"token": 7}])
def test_without_a_token_there_is_no_channel(credentials: Any) -> None:
    with pytest.raises(RasaException, match=r"credentials\.yml: the xiadu channel needs a token"):
        XiaduChannel.from_credentials(credentials)


def test_the_token_of_the_credentials_counts() -> None:
    made = XiaduChannel.from_credentials({"token": TOKEN})
    assert isinstance(made, XiaduChannel)
    assert (made.name(), WholeMessages.name()) == ("xiadu", "xiadu")
