"""``xiadu ask``: what is sent, and how an answer is printed."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.http_server import Answer, Answering, answering
from xiadu.__main__ import main
from xiadu.ask import describe, show
from xiadu.client import Client, NotRunning, Refused

HOW = "Start it in another terminal with: ./scripts/serve"


def contract(text: str = "Said.", **more: Any) -> dict[str, Any]:
    plain = {
        "id": "m-1",
        "text": text,
        "outcome": "answer",
        "facts": [],
        "sources": [],
        "as_of": None,
        "language": "en",
    }
    return {"conversation": "token", "messages": [{**plain, "buttons": [], **more}]}


FULL = contract(
    "More than 270 came.",
    as_of="2012",
    sources=[
        {"title": "A report", "publisher": "The Press", "date": "2012-06-10", "url": "https://press.example/1"},
        {"title": "A re-post", "publisher": None, "date": None},
    ],
    buttons=[{"title": "Tell me more", "id": "b1"}, {"title": "What was it?", "id": "b2"}],
)
PRINTED = """\
More than 270 came.
  as of 2012
  source: A report, The Press, 2012-06-10, https://press.example/1
  source: A re-post, undated
  [1] Tell me more
  [2] What was it?
"""


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No service of somebody else, and the signal handlers as they were."""
    monkeypatch.delenv("XIADU_URL", raising=False)
    monkeypatch.setenv("XIADU_VAR", str(tmp_path))
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def service() -> Iterator[Answering]:
    with answering(Answer(FULL)) as server:
        yield server


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(text))


# One question


def test_an_answer_is_printed_with_its_date_sources_and_buttons(
    service: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "How many?", "--url", service.url]) == 0
    assert capsys.readouterr() == (PRINTED, "")
    (call,) = service.calls
    assert (call.method, call.path) == ("POST", "/api/messages")
    assert call.body == {"id": call.body["id"], "text": "How many?"}
    assert len(call.body["id"]) == 36


def test_the_language_is_sent(service: Answering) -> None:
    assert main(["ask", "How many?", "--language", "zh", "--url", service.url]) == 0
    assert service.calls[0].body["language"] == "zh"


def test_as_json_it_is_the_whole_contract_in_one_line(service: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    service.answers = [Answer(contract("论坛。"))]
    assert main(["ask", "--json", "How many?", "--url", service.url]) == 0
    out, err = capsys.readouterr()
    assert out == json.dumps(contract("论坛。"), ensure_ascii=False) + "\n"
    assert "论坛。" in out
    assert err == ""


@pytest.mark.parametrize(
    ("answer", "printed"),
    [
        (FULL, PRINTED),
        (
            contract("Short.", degraded=True),
            "Short.\n  (a short answer: the dialogue engine is not available just now)\n",
        ),
        (
            {
                "messages": [
                    *contract("One.", buttons=[{"title": "A", "id": "a"}])["messages"],
                    *contract("Two.", buttons=[{"title": "B", "id": "b"}])["messages"],
                ]
            },
            "One.\n  [1] A\nTwo.\n  [2] B\n",
        ),
    ],
)
def test_how_answers_are_shown(answer: dict[str, Any], printed: str) -> None:
    to = io.StringIO()
    show(answer, False, to)
    assert to.getvalue() == printed


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ({"title": "T", "publisher": "P", "date": "2012", "url": "https://u"}, "T, P, 2012, https://u"),
        ({"title": "T", "publisher": "P", "date": None, "note": "about 2012"}, "T, P, about 2012"),
        ({"title": "T", "publisher": None, "date": None}, "T, undated"),
    ],
)
def test_how_sources_are_described(source: dict[str, Any], line: str) -> None:
    assert describe(source) == line


# Where the service is


def test_it_is_found_where_serve_left_its_address(
    service: Answering, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "service.json").write_text(json.dumps({"url": service.url}))
    assert main(["ask", "How many?"]) == 0
    assert capsys.readouterr().out == PRINTED


def test_it_is_found_by_a_variable(service: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIADU_URL", service.url + "/")
    assert main(["ask", "How many?"]) == 0
    assert service.calls[0].path == "/api/messages"


@pytest.mark.parametrize("left", [None, "", "{}", "no JSON", "[]", '"text"'])
def test_not_running_is_told_in_a_sentence(
    tmp_path: Path, left: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if left is not None:
        (tmp_path / "service.json").write_text(left)
    assert main(["ask", "How many?"]) == 1
    assert capsys.readouterr() == ("", f"xiadu: The assistant is not running. {HOW}\n")


def test_not_running_any_more_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(Answer(FULL)) as server:
        pass
    assert main(["ask", "How many?", "--url", server.url]) == 1
    assert capsys.readouterr() == ("", f"xiadu: The assistant is not running at {server.url}. {HOW}\n")


def test_a_service_that_does_not_answer_in_time_is_not_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiadu.client.PATIENCE", 0.1)
    with answering(Answer(FULL, held=True)) as server, pytest.raises(NotRunning):
        Client(server.url).ask(text="How many?")


def test_a_proxy_in_the_environment_is_not_asked_for_this_machine(
    service: Answering, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert main(["ask", "How many?", "--url", service.url]) == 0
    assert capsys.readouterr().out == PRINTED


# Refusals

PROBLEM = Answer({"type": "urn:xiadu:problem:too-long", "status": 413, "detail": "The text is too long."}, status=413)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (PROBLEM, "The text is too long."),
        (Answer({}, status=503), "status 503"),
        (Answer(raw=b"<html>", status=502), "gave no usable answer (JSONDecodeError)."),
        (Answer(raw=b"<html>"), "gave no usable answer (JSONDecodeError)."),
        (Answer(["no", "object"], status=500), "status 500"),
    ],
)
def test_a_refusal_is_told(service: Answering, answer: Answer, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    service.answers = [answer]
    assert main(["ask", "How many?", "--url", service.url]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Not answered: ")
    assert err.endswith(f"{said}\n")


def test_an_address_without_its_scheme_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "How many?", "--url", "localhost:8080"]) == 1
    assert capsys.readouterr().err.startswith("Not answered: localhost:8080 gave no usable answer")


# Lines of a pipe


def test_each_line_of_a_pipe_is_a_question_of_its_own(
    service: Answering, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers = [Answer(contract("One.")), PROBLEM, Answer(contract("Three."))]
    pipe(monkeypatch, "first\n\n  second  \nthird")
    assert main(["ask", "--url", service.url]) == 1
    out, err = capsys.readouterr()
    assert out.split() == ["One.", "Three."]
    assert err == "Not answered: The text is too long.\n"
    assert [call.body["text"] for call in service.calls] == ["first", "second", "third"]
    assert [call.body.get("conversation") for call in service.calls] == [None, None, None]
    assert len({call.body["id"] for call in service.calls}) == 3


def test_each_line_of_a_pipe_is_a_line_of_json(
    service: Answering, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(monkeypatch, "first\nsecond\n")
    assert main(["ask", "--json", "--url", service.url]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [FULL, FULL]


# A talk


def test_a_talk_goes_on_in_one_conversation_and_numbers_press_buttons(
    service: Answering, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers = [Answer(FULL), Answer(FULL), Answer(contract("No buttons.")), PROBLEM, Answer(FULL)]
    type_in(monkeypatch, "How many?\n2\n3\n2012\n1\n\nnever sent\n")
    assert main(["ask", "--url", service.url]) == 0
    sent = [{k: v for k, v in call.body.items() if k != "id"} for call in service.calls]
    assert sent == [
        {"text": "How many?"},
        {"conversation": "token", "button": "b2"},
        {"conversation": "token", "text": "3"},  # no such button
        {"conversation": "token", "text": "2012"},
        {"conversation": "token", "text": "1"},  # the last answer had no buttons
    ]
    out = capsys.readouterr().out
    assert out.startswith("Ask about Xining's international exchanges")
    assert "Not answered: The text is too long." in out


def test_a_talk_ends_with_the_input(service: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "How many?\n")
    assert main(["ask", "--url", service.url]) == 0
    assert len(service.calls) == 1


def test_the_client_keeps_its_conversation(service: Answering) -> None:
    client = Client(service.url)
    assert client.ask(text="One?") == FULL
    client.ask(button="b1", language="zh")
    assert [{k: v for k, v in call.body.items() if k != "id"} for call in service.calls] == [
        {"text": "One?"},
        {"conversation": "token", "button": "b1", "language": "zh"},
    ]


def test_a_refusal_keeps_the_conversation(service: Answering) -> None:
    service.answers = [Answer(FULL), PROBLEM, Answer(FULL)]
    client = Client(service.url)
    client.ask(text="One?")
    with pytest.raises(Refused, match="too long"):
        client.ask(text="Two?")
    client.ask(text="Three?")
    assert service.calls[-1].body["conversation"] == "token"
