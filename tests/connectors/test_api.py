"""The JSON API as docs/api.md says: answers, problems, keys, tokens, history, feedback, deletion, limits and description."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from connectors.web_chat import schemas
from connectors.web_chat.openapi import describe
from conversations.engine_client import EngineUnavailable
from settings import ROOT
from tests.connectors.web import Web, answered, bearer, problem_of, refused
from tests.helpers.fake_engine import message

MakeWeb = Callable[..., Web]


# Answers


def test_an_answer_is_as_the_documents_say(web: Web) -> None:
    content = web.ask("What was the forum?")
    assert content.keys() == {"conversation", "messages"}
    (said,) = content["messages"]
    assert said.keys() == {"id", "text", "outcome", "facts", "sources", "as_of", "language", "buttons"}
    assert (said["text"], said["outcome"], said["facts"]) == ("Said by the engine.", "answer", ["forum-what"])
    assert [button.keys() for button in said["buttons"]] == [{"title", "id"}]


def test_without_the_engine_the_answer_says_so(make_web: MakeWeb) -> None:
    web = make_web(says=EngineUnavailable("gone"))
    (said,) = web.ask("What was the forum?")["messages"]
    assert (said["degraded"], said["outcome"], said["facts"]) == (True, "answer", ["forum-what"])


def test_several_messages_stay_several(make_web: MakeWeb) -> None:
    web = make_web(says=[message("One."), message("Two.")])
    assert [said["text"] for said in web.ask()["messages"]] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("question", "wanted", "told"),
    [
        ("How many?", None, "en"),
        ("多少人？", None, "zh"),
        ("How many?", "zh", "zh"),
        ("多少人？", "en", "en"),
        ("전주는 자매도시입니까?", None, "en"),  # not Chinese
    ],
)
def test_the_engine_is_told_the_language(web: Web, question: str, wanted: str | None, told: str) -> None:
    web.ask(question, **({"language": wanted} if wanted else {}))
    assert web.engine.asked[-1].metadata["language"] == told


# Tokens


@pytest.mark.parametrize("where", ["body", "header"])
def test_a_conversation_goes_on_by_its_token(web: Web, where: str) -> None:
    first = web.ask()["conversation"]
    body = {"text": "and then?", **({"conversation": first} if where == "body" else {})}
    second = answered(web.post(body, token=first if where == "header" else None))["conversation"]
    assert second == first
    assert len({asked.conversation for asked in web.engine.asked}) == 1


def test_the_token_of_the_body_counts_before_that_of_the_header(web: Web) -> None:
    one, other = web.ask()["conversation"], web.ask()["conversation"]
    assert answered(web.post({"text": "and then?", "conversation": one}, token=other))["conversation"] == one


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_the_scheme_is_read_in_any_case(web: Web, scheme: str) -> None:
    token = web.ask()["conversation"]
    response = web.send("GET", "/api/messages", headers={"Authorization": f"{scheme} {token}"})
    assert response.status_code == 200


def test_a_token_can_not_be_made_up(web: Web) -> None:
    token = web.ask()["conversation"]
    identity, signature = token.rsplit(".", 1)
    for wrong in (
        identity,
        f"{identity}.",
        f"{identity}x.{signature}",
        f"{identity}.{signature[::-1]}",
        f".{signature}",
    ):
        assert problem_of(web.get(wrong)) == (401, "unknown-token"), wrong
        assert problem_of(web.post({"text": "hi", "conversation": wrong})) == (401, "unknown-token"), wrong


def test_a_token_in_the_address_is_not_read(web: Web) -> None:
    token = web.ask()["conversation"]
    assert problem_of(web.get(path=f"/api/messages?conversation={token}")) == (401, "token-needed")


# Buttons


def test_a_button_is_handed_on_as_what_it_stands_for(web: Web) -> None:
    first = web.ask()
    (button,) = first["messages"][0]["buttons"]
    answered(web.post({"button": button["id"], "conversation": first["conversation"]}))
    pressed = web.engine.asked[-1]
    assert (pressed.text, pressed.metadata["stands_for"]) == ("/choose", {"fact": "forum-what", "part": "full"})


def test_a_button_of_another_conversation_is_unknown(web: Web) -> None:
    (button,) = web.ask()["messages"][0]["buttons"]
    other = web.ask()["conversation"]
    for body in ({"button": button["id"]}, {"button": button["id"], "conversation": other}):
        assert problem_of(web.post(body)) == (404, "unknown-button")
    assert problem_of(web.post({"button": "more", "conversation": other})) == (404, "unknown-button")


def test_an_unknown_button_begins_no_conversation(web: Web) -> None:
    assert problem_of(web.post({"button": "made-up"})) == (404, "unknown-button")
    assert count(web, "conversation") == 0


# Once only


def key() -> str:
    return str(uuid.uuid4())


def test_the_same_first_message_is_answered_once(web: Web) -> None:
    body = {"text": "Hello", "id": key()}
    first = answered(web.post(body))
    assert answered(web.post(body)) == first
    # Told by the conversation as well: it is the same message still.
    assert answered(web.post(body, token=first["conversation"])) == first
    assert len(web.engine.asked) == 1
    assert (count(web, "conversation"), count(web, "turn")) == (1, 1)


def test_the_same_message_of_a_conversation_is_answered_once(web: Web) -> None:
    body = {"text": "and then?", "id": key(), "conversation": web.ask()["conversation"]}
    assert answered(web.post(body)) == answered(web.post(body))
    assert len(web.engine.asked) == 2


def test_copies_at_the_same_time_are_answered_once(web: Web) -> None:
    body = {"text": "Hello", "id": key()}
    responses = web.send_at_once([("POST", "/api/messages", {"json": body})] * 8)
    assert len({str(answered(response)) for response in responses}) == 1
    assert len(web.engine.asked) == 1


@pytest.mark.parametrize("other", [{"text": "Bye"}, {"text": "Hello", "language": "zh"}], ids=["text", "language"])
def test_a_key_with_another_message_is_refused(web: Web, other: dict[str, str]) -> None:
    body = {"text": "Hello", "id": key()}
    token = answered(web.post(body))["conversation"]
    for sender in (None, token):
        assert problem_of(web.post({**body, **other}, token=sender)) == (409, "key-reused")


def test_a_key_belongs_to_its_conversation(web: Web) -> None:
    one, other = web.ask()["conversation"], web.ask()["conversation"]
    body = {"text": "and then?", "id": key()}
    assert answered(web.post(body, token=one)) != answered(web.post(body, token=other))


def test_without_a_key_a_message_is_a_new_one(web: Web) -> None:
    assert web.ask()["conversation"] != web.ask()["conversation"]


def test_a_message_that_is_refused_uses_no_key_up(web: Web) -> None:
    same = key()
    assert problem_of(web.post({"text": " ", "id": same})) == (422, "empty-message")
    assert problem_of(web.post({"button": "made-up", "id": same})) == (404, "unknown-button")
    answered(web.post({"text": "Hello", "id": same}))


# The talk


def test_the_history_is_the_whole_talk(web: Web) -> None:
    first = web.ask(" What  was\tthe forum? ")
    token, (button,) = first["conversation"], first["messages"][0]["buttons"]
    second = answered(web.post({"button": button["id"], "conversation": token}))
    response = web.get(token)
    assert response.status_code == 200
    content = response.json()
    schemas.History.model_validate(content)
    assert content["conversation"] == token
    talk = content["messages"]
    assert [said["from"] for said in talk] == ["visitor", "assistant"] * 2
    assert [said["text"] for said in talk if said["from"] == "visitor"] == ["What was the forum?", button["title"]]
    replies = [{k: v for k, v in said.items() if k not in ("from", "at")} for said in talk if said["from"] != "visitor"]
    assert replies == first["messages"] + second["messages"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", said["at"]) for said in talk)


def test_another_talk_is_not_shown(web: Web) -> None:
    web.ask("A secret of somebody else")
    token = web.ask("Hello")["conversation"]
    assert "secret" not in web.get(token).text


def test_feedback_is_kept_and_the_newest_counts_but_a_remark_stays(web: Web) -> None:
    first = web.ask()
    message_id, token = first["messages"][0]["id"], first["conversation"]
    body = {"message": message_id, "rating": "up", "comment": "Good \x00 one"}
    response = web.post(body, "/api/feedback", token)
    assert (response.status_code, response.content) == (204, b"")
    assert (
        web.post({"message": message_id, "rating": "down", "conversation": token}, "/api/feedback").status_code == 204
    )
    with web.database.read() as session:
        rows = list(session.execute(text("SELECT message_id, rating, comment FROM feedback")))
    assert rows == [(message_id, "down", "Good one")]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"message": "m-made-up"}, (404, "unknown-message")),
        ({"rating": "sideways"}, (422, "invalid-request")),
        ({"rating": "UP"}, (422, "invalid-request")),
        ({"rating": 1}, (422, "invalid-request")),
        ({"rating": None}, (422, "invalid-request")),
        ({"message": ""}, (422, "invalid-request")),
        ({"comment": 7}, (422, "invalid-request")),
        ({"comment": "x" * 2001}, (422, "invalid-request")),
        ({"stars": 5}, (422, "invalid-request")),
        ({"conversation": "made up"}, (401, "unknown-token")),
    ],
)
def test_feedback_that_is_refused(web: Web, more: dict[str, Any], problem: tuple[int, str]) -> None:
    first = web.ask()
    body = {"message": first["messages"][0]["id"], "rating": "up", **more}
    assert problem_of(web.post(body, "/api/feedback", first["conversation"])) == problem
    assert count(web, "feedback") == 0


def test_feedback_on_another_talk_is_refused(web: Web) -> None:
    message_id, other = web.ask()["messages"][0]["id"], web.ask()["conversation"]
    assert problem_of(web.post({"message": message_id, "rating": "up"}, "/api/feedback", other))[0] == 404
    assert problem_of(web.post({"message": message_id, "rating": "up"}, "/api/feedback")) == (401, "token-needed")


def test_a_deleted_talk_is_gone(web: Web) -> None:
    body = {"text": "Hello", "id": key()}
    first = answered(web.post(body))
    kept, token, message_id = web.ask()["conversation"], first["conversation"], first["messages"][0]["id"]
    web.post({"message": message_id, "rating": "up"}, "/api/feedback", token)
    response = web.send("DELETE", "/api/conversation", headers=bearer(token))
    assert (response.status_code, response.content) == (204, b"")
    gone = (404, "unknown-conversation")
    assert problem_of(web.send("DELETE", "/api/conversation", headers=bearer(token))) == gone
    assert problem_of(web.get(token)) == gone
    assert problem_of(web.post({"text": "and then?"}, token=token)) == gone
    assert problem_of(web.post({"button": "x"}, token=token)) == gone
    assert problem_of(web.post({"message": message_id, "rating": "up"}, "/api/feedback", token))[0] == 404
    # The message that began it, sent again, begins another.
    assert answered(web.post(body))["conversation"] != token
    assert web.get(kept).status_code == 200


# Problems


@pytest.mark.parametrize(
    ("method", "path", "problem"),
    [
        ("GET", "/api/nothing", (404, "not-found")),
        ("POST", "/", (404, "not-found")),
        ("GET", "/api/messages/7", (404, "not-found")),
        ("PUT", "/api/messages", (405, "method-not-allowed")),
        ("DELETE", "/api/messages", (405, "method-not-allowed")),
        ("GET", "/api/feedback", (405, "method-not-allowed")),
        ("POST", "/api/conversation", (405, "method-not-allowed")),
        ("POST", "/api/openapi.json", (405, "method-not-allowed")),
        ("GET", "/api/messages", (401, "token-needed")),
        ("DELETE", "/api/conversation", (401, "token-needed")),
    ],
)
def test_what_is_not_there(web: Web, method: str, path: str, problem: tuple[int, str]) -> None:
    assert problem_of(web.send(method, path)) == problem


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/messages", {"GET", "HEAD", "POST"}),
        ("/api/feedback", {"POST"}),
        ("/api/conversation", {"DELETE"}),
        ("/api/openapi.json", {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(web: Web, path: str, methods: set[str]) -> None:
    response = web.send("PATCH", path)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == methods


def test_the_parts_that_are_wrong_are_named(web: Web) -> None:
    problem = refused(web.post({"text": 7, "id": "short", "sender": "me"}))
    assert {error["part"] for error in problem["errors"]} == {"text", "id", "sender"}
    assert all(error["part"] in problem["detail"] and error["detail"] for error in problem["errors"])


def test_what_was_sent_is_not_sent_back(web: Web) -> None:
    response = web.post({"text": ["my secret"], "conversation": 7, "comment": {"my": "secret"}})
    assert problem_of(response) == (422, "invalid-request")
    assert "secret" not in response.text


def test_an_unusable_database_is_said_plainly(web: Web) -> None:
    token = web.ask()["conversation"]
    with web.database.write() as session:
        for table in ("feedback", "message", "issued_button", "turn", "conversation"):
            session.execute(text(f"DROP TABLE {table}"))
    # A question is answered from the facts all the same; nothing of it is kept.
    response = web.post({"text": "What was the forum?"})
    assert response.status_code == 200
    (message,) = response.json()["messages"]
    assert (message["outcome"], message["degraded"], message["buttons"]) == ("answer", True, [])
    calls = [
        web.post({"button": "b" * 12}, token=token),
        web.get(token),
        web.send("DELETE", "/api/conversation", headers=bearer(token)),
        web.post({"message": "m", "rating": "up"}, "/api/feedback", token),
    ]
    for response in calls:
        assert problem_of(response) == (503, "storage-unavailable")
        assert int(response.headers["Retry-After"]) > 0
        assert "sqlite" not in response.text.lower()


def test_a_talk_is_deleted_though_the_engines_store_is_unusable(web: Web) -> None:
    web.tracker_file.write_text("this is no database " * 100)
    token = web.ask()["conversation"]
    assert web.send("DELETE", "/api/conversation", headers=bearer(token)).status_code == 204
    assert problem_of(web.get(token)) == (404, "unknown-conversation")
    assert count(web, "erasure") == 1  # looked for again by the sweep


def test_a_fault_of_ours_does_not_tell_its_insides(make_web: MakeWeb) -> None:
    web = make_web(says=RuntimeError("the insides"))
    response = web.post({"text": "Hello"})
    assert problem_of(response) == (500, "internal-error")
    assert "insides" not in response.text


def test_every_kind_of_problem_is_documented() -> None:
    source = "".join(path.read_text() for path in (ROOT / "connectors" / "web_chat").glob("*.py"))
    kinds = set(re.findall(r'Problem\(\s*\d{3},\s*"([a-z-]+)"', source)) | {"not-found", "method-not-allowed"}
    assert len(kinds) >= 12
    documented = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert sorted(kind for kind in kinds if f"`{kind}`" not in documented) == []


# Limits


def test_a_conversation_that_is_too_fast_waits(make_web: MakeWeb) -> None:
    web = make_web(conversation_rate="2 per minute")
    token = web.ask()["conversation"]
    for _ in range(2):
        answered(web.post({"text": "Hello"}, token=token))
    response = web.post({"text": "Hello"}, token=token)
    assert problem_of(response) == (429, "too-many-messages")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert len(web.engine.asked) == 3
    web.ask()  # another conversation may
    # Reading and deleting are no messages.
    assert web.get(token).status_code == 200
    assert web.send("DELETE", "/api/conversation", headers=bearer(token)).status_code == 204


def test_an_address_that_is_too_fast_waits(make_web: MakeWeb) -> None:
    web = make_web(address_rate="3 per hour")
    first = web.ask()
    rating = {"message": first["messages"][0]["id"], "rating": "up"}
    assert web.post(rating, "/api/feedback", first["conversation"]).status_code == 204
    web.ask()
    for response in (web.post({"text": "Hello"}), web.post(rating, "/api/feedback", first["conversation"])):
        assert problem_of(response) == (429, "too-many-messages")
        assert 1 <= int(response.headers["Retry-After"]) <= 3600


def test_after_the_wait_a_message_may_pass(make_web: MakeWeb) -> None:
    web = make_web(address_rate="1 per second")
    web.ask()
    response = web.post({"text": "Hello"})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "1")
    web.wait(1.05)
    web.ask()


# The description


def description() -> dict[str, Any]:
    return describe("7")


def operations() -> list[tuple[str, str]]:
    return [(path, method) for path, methods in description()["paths"].items() for method in methods]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def test_the_description_is_served(web: Web) -> None:
    response = web.send("GET", "/api/openapi.json")
    assert response.status_code == 200
    assert response.json() == description()
    assert (description()["openapi"], description()["info"]["version"]) == ("3.1.0", "7")


def test_every_route_is_described(web: Web) -> None:
    ours = {(r.path, method.lower()) for r in web.routes for method in r.methods or () if method != "HEAD"}
    assert len(ours) >= 4
    described = {operation for operation in operations() if operation[0].startswith("/api/")}
    assert described == ours - {("/api/openapi.json", "get")}


def test_every_reference_leads_somewhere() -> None:
    whole = description()
    references = {node["$ref"] for node in nodes(whole) if "$ref" in node}
    assert len(references) >= 6
    for reference in references:
        place: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place["type"] == "object"


def test_every_operation_has_what_openapi_wants() -> None:
    whole = description()
    named = [whole["paths"][path][method] for path, method in operations()]
    assert len({operation["operationId"] for operation in named}) == len(named) >= 6
    for operation in named:
        assert operation["summary"]
        assert all(re.fullmatch(r"[2-5]\d\d", status) for status in operation["responses"])
        assert all(response["description"] for response in operation["responses"].values())
        for needed in operation.get("security", ()):
            assert needed.keys() <= whole["components"]["securitySchemes"].keys()


@pytest.mark.parametrize(
    ("model", "name"),
    [(schemas.Answer, "Answer"), (schemas.History, "History"), (schemas.Message, "Message"), (schemas.Ask, "Ask")],
)
def test_the_schemas_are_those_that_are_checked_with(model: type[BaseModel], name: str) -> None:
    schema = description()["components"]["schemas"][name]
    assert set(schema["properties"]) == {field.alias or key for key, field in model.model_fields.items()}


def test_what_is_sent_is_described(web: Web) -> None:
    parts = description()["components"]["schemas"]
    first = web.ask("What was the forum?")
    degraded = web.get(first["conversation"]).json()
    for name, sent in (
        ("Answer", first),
        ("Message", first["messages"][0]),
        ("Button", first["messages"][0]["buttons"][0]),
        ("History", degraded),
        ("Said", degraded["messages"][0]),
        ("Said", degraded["messages"][1]),
        ("ProblemDocument", refused(web.post({}))),
    ):
        schema = parts[name]
        assert set(schema.get("required", ())) <= set(sent), name
        assert schema.get("additionalProperties") or set(sent) <= set(schema["properties"]), name


def test_sources_are_described(make_web: MakeWeb) -> None:
    web = make_web(says=EngineUnavailable("gone"))
    (said,) = web.ask("What was the forum?")["messages"]
    schema = description()["components"]["schemas"]["Source"]
    assert len(said["sources"]) == 2
    for source in said["sources"]:
        assert set(schema["required"]) <= set(source) <= set(schema["properties"])


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/api/messages", "post", "200"),
        ("/api/messages", "post", "429"),
        ("/api/messages", "get", "200"),
        ("/api/messages", "get", "404"),
        ("/api/feedback", "post", "204"),
        ("/api/feedback", "post", "429"),
        ("/api/conversation", "delete", "204"),
        ("/api/conversation", "delete", "401"),
    ],
)
def test_the_statuses_that_occur_are_described(path: str, method: str, status: str) -> None:
    assert status in description()["paths"][path][method]["responses"]


def count(web: Web, table: str) -> int:
    with web.database.read() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
