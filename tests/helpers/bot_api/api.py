"""The emulator: state, orders, and the thread that answers."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.helpers.bot_api import updates
from tests.helpers.bot_api.chats import Group, Person
from tests.helpers.bot_api.delivery import Webhook
from tests.helpers.bot_api.limits import NOT_BY_DEFAULT, Flood, Refused
from tests.helpers.bot_api.methods import COUNTED_FOR_FLOOD, METHODS, NAMES
from tests.helpers.bot_api.orders import Failure, Struck, When, too_many
from tests.helpers.bot_api.records import Call, Chat, Happened, Payload, Pending, SentMessage, Stored
from tests.helpers.bot_api.wire import Answer, Connection, Request, parameters

T = TypeVar("T")
Place = int | Person | Group
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class BotApi:
    """What tests hold.

    Attributes:
        url: where the emulator listens; calls go to ``<url>/bot<token>/<method>``.
        token: the bot's.
        bot: its ``User`` object.
        calls: all calls but getUpdates, in order of arrival.
        polls: the last calls of getUpdates.
        chats: all chats, by id.
        pending: updates that the bot hasn't confirmed.
        undelivered: updates that the webhook never took.
        answered_callbacks: how the bot answered presses, by the query's id.
        open_queries: presses without an answer.
        commands: by scope (JSON) and language.
        profile: name and descriptions, by what and language.
        webhook: where updates go, if one is set.
        allowed_updates: kinds that the bot asked for; none: those sent by default.
        deliver_twice: whether the webhook gets each update twice.
        webhook_timeout: how many seconds the webhook may take.
        public: what stands behind a public address, e.g. ``{"https://bot.example.org": "http://127.0.0.1:8080"}``.
        broken: faults of the emulator itself; the block that it runs for ends with an error then.
        floods: how often a limit of :meth:`flood_limit` was exceeded.
        lock: held by whoever reads or changes state.
    """

    def __init__(self, token: str, username: str, first_name: str) -> None:
        self.token = token
        self.url = ""
        self.bot: Payload = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": first_name,
            "username": username,
        }
        self.calls: list[Call] = []
        self.polls: deque[Call] = deque(maxlen=1000)
        self.chats: dict[int, Chat] = {}
        self.pending: dict[Pending, None] = {}
        self.undelivered: list[Any] = []
        self.answered_callbacks: dict[str, Payload] = {}
        self.open_queries: set[str] = set()
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.webhook: Webhook | None = None
        self.allowed_updates: list[str] = []
        self.deliver_twice = False
        self.webhook_timeout = 10.0
        self.public: dict[str, str] = {}
        self.floods = 0
        self.broken: list[str] = []
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._version = 0
        self._failures: list[Failure] = []
        self._slow: dict[str, float] = {}
        self._revoked = False
        self._flood_in_chat: Flood | None = None
        self._flood_overall: Flood | None = None
        self._update_ids = itertools.count(870_000_001)
        self._query_ids = itertools.count(1)
        self._person_ids = itertools.count(700_000_001)
        self._group_ids = itertools.count(4_000_000_001)
        # One row of numbers for private chats and small groups; each supergroup has its own.
        self._numbers = itertools.count(101)
        self._loop = asyncio.new_event_loop()
        self._poller: asyncio.Future[Refused | None] | None = None
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="bot-api", daemon=True)

    # People and chats

    def person(
        self,
        id: int | None = None,  # noqa: A002
        first_name: str = "Anna",
        language_code: str | None = "en",
        *,
        last_name: str | None = None,
        username: str | None = None,
        **more: Any,
    ) -> Person:
        """Makes a person with a private chat."""
        with self.lock:
            number = next(self._person_ids) if id is None else id
            names = {"first_name": first_name, "last_name": last_name, "username": username}
            known = {name: value for name, value in names.items() if value is not None}
            spoken = {} if language_code is None else {"language_code": language_code}
            user: Payload = {"id": number, "is_bot": False, **known, **spoken, **more}
            chat = self._chat({"id": number, **known, "type": "private"})
            chat.people[number] = user
            return Person(self, chat, user)

    def group(
        self,
        title: str = "Group",
        supergroup: bool = False,
        *,
        id: int | None = None,  # noqa: A002
        forum: bool = False,
        **more: Any,
    ) -> Group:
        """Makes a group that the bot is in; forums are supergroups."""
        with self.lock:
            wide = supergroup or forum
            number = id if id is not None else self._next_group(wide)
            payload: Payload = {"id": number, "title": title, "type": "supergroup" if wide else "group", **more}
            if forum:
                payload["is_forum"] = True
            elif not wide:
                payload["all_members_are_administrators"] = True
            return Group(self, self._chat(payload))

    def _next_group(self, wide: bool) -> int:
        number = next(self._group_ids)
        return -(1_000_000_000_000 + number) if wide else -number

    def _chat(self, payload: Payload) -> Chat:
        """Finds or makes a chat."""
        number = payload["id"]
        if number not in self.chats:
            own = payload["type"] in ("supergroup", "channel")
            self.chats[number] = Chat(payload, itertools.count(1) if own else self._numbers)
        return self.chats[number]

    def migrate(self, group: Group) -> Happened:
        """Makes a group a supergroup, which has another id; gives the message in the old one."""
        with self.lock:
            old = group.chat
            assert old.payload["type"] == "group", "a supergroup already"
            new_id = self._next_group(True)
            title = old.payload["title"]
            new = self._chat({"id": new_id, "title": title, "type": "supergroup"})
            old.migrated_to, new.people, new.administrators = new_id, old.people, old.administrators
            group.old_id, group.id = old.id, new_id
            somebody = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
            sender = next(iter(old.people.values()), somebody)
            gone = self._service(old, sender, {"migrate_to_chat_id": new_id})
            self._service(new, {**somebody}, {"sender_chat": new.payload, "migrate_from_chat_id": old.id})
            return gone

    def _service(self, chat: Chat, sender: Payload, fields: Payload) -> Happened:
        message = {
            "message_id": next(chat.numbers),
            "from": sender,
            "chat": chat.payload,
            "date": int(time.time()),
            **fields,
        }
        chat.messages[message["message_id"]] = Stored(message)
        return self.happen("message", message)

    def member_changes(self, chat: Chat, by: Payload, old: str, new: str) -> Happened:
        """Sends that the bot may write in a chat, or may no more."""

        def member(status: str) -> Payload:
            return {"user": self.bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}

        changed = {
            "chat": chat.payload,
            "from": by,
            "date": int(time.time()),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        }
        return self.happen("my_chat_member", changed)

    # Things that happen

    def happen(self, kind: str, what: Payload) -> Happened:
        """Sends an update of a kind, if the bot wants those."""
        with self.lock:
            payload = {kind: json.loads(json.dumps(what))}
            if not self._wanted(kind):
                return self._happened(0, payload)
            return self._queue(payload, next(self._update_ids))

    def update(self, payload: Any, update_id: int | None = None, *, only_if_wanted: bool = False) -> Happened:
        """Sends any update, under the next id or the one given; chats and messages that it names are known from then on.

        Args:
            payload: the update; its own ``update_id`` is replaced.
            update_id: to repeat one.
            only_if_wanted: whether the kinds that the bot asked for count here too.
        """
        with self.lock:
            for chat_payload, message, pressed in updates.chats_in(payload):
                chat = self._chat(chat_payload)
                if message is None:
                    continue
                if message["message_id"] in chat.messages:
                    if "edit_date" in message:
                        chat.messages[message["message_id"]].payload = message
                else:
                    sender = message.get("from")
                    own = isinstance(sender, dict) and sender.get("id") == self.bot["id"]
                    chat.messages[message["message_id"]] = Stored(message, by_bot=own or pressed, at=time.monotonic())
                if message.get("is_topic_message"):
                    chat.threads.setdefault(message["message_thread_id"], updates.quoted(message))
            query = payload.get("callback_query") if isinstance(payload, dict) else None
            if isinstance(query, dict) and "id" in query:
                self.open_queries.add(str(query["id"]))
            if isinstance(payload, dict):
                payload = {name: value for name, value in payload.items() if name != "update_id"}
            if only_if_wanted and not any(self._wanted(kind) for kind in payload):
                return self._happened(0, payload)
            number = next(self._update_ids) if update_id is None else update_id
            return self._queue(payload, number, once=update_id is not None)

    def raw_update(self, body: bytes, headers: dict[str, str] | None = None) -> int:
        """Posts bytes to the webhook as they are, once, and returns the status; headers may replace the secret."""
        webhook = self.webhook
        assert webhook is not None, "no webhook is set"
        return self._run(webhook.post(body, headers))

    def next_query_id(self, person: int) -> str:
        """Gives the id of a press."""
        query = str((person << 32) + next(self._query_ids))
        self.open_queries.add(query)
        return query

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed_updates if self.allowed_updates else kind not in NOT_BY_DEFAULT

    def _queue(self, payload: Any, number: int, *, once: bool = False) -> Happened:
        whole = {"update_id": number, **payload} if isinstance(payload, dict) else payload
        pending = Pending(number, whole, updates.key_of(payload), once)
        self.pending[pending] = None
        self._loop.call_soon_threadsafe(self._offer, pending)
        return self._happened(number, whole)

    def _happened(self, number: int, payload: Any) -> Happened:
        message_id, query_id = 0, None
        for kind, value in payload.items() if isinstance(payload, dict) else ():
            if isinstance(value, dict):
                query_id = value.get("id") if kind == "callback_query" else query_id
                message = value.get("message", value)
                message_id = message.get("message_id", 0) if isinstance(message, dict) else 0
        chats = updates.chats_in(payload)
        return Happened(number, message_id, chats[0][0]["id"] if chats else 0, payload, query_id)

    def _offer(self, pending: Pending) -> None:
        if self.webhook is not None:
            self.webhook.add(pending)
        else:
            self._wake(None)

    def confirm(self, *taken: Pending) -> None:
        """Forgets updates that the bot has."""
        with self._changed:
            for pending in taken:
                self.pending.pop(pending, None)
            self.note_change()

    # What the bot did

    def calls_of(self, method: str) -> list[Call]:
        """Gives the calls of one method."""
        with self.lock:
            return [call for call in self.calls if call.method == method]

    def messages(self, chat: Place) -> list[SentMessage]:
        """Gives what the bot wrote to a chat, as it stands."""
        with self.lock:
            stored = self.chats[chat if isinstance(chat, int) else chat.id].messages.values()
            return [message.shown() for message in stored if message.by_bot]

    def wait(self, condition: Callable[[], T], seconds: float = 5.0) -> T:
        """Waits until a condition holds, and returns what it gives."""
        end = time.monotonic() + seconds
        while True:
            with self._changed:
                version = self._version
            if result := condition():
                return result
            left = end - time.monotonic()
            assert left > 0, f"not within {seconds} s; the last calls: {self.calls[-10:]}"
            with self._changed:
                if self._version == version:
                    self._changed.wait(min(0.02, left))
            time.sleep(0.001)  # lets the emulator work when much happens

    def wait_delivered(self, seconds: float = 5.0) -> None:
        """Waits until every update was delivered or confirmed."""
        self.wait(lambda: not self.pending, seconds)

    def note_change(self) -> None:
        """Lets those who wait look again."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    # What goes wrong, to order

    def fail(
        self,
        method: str,
        *,
        status: int | None = None,
        description: str | None = None,
        retry_after: int | None = None,
        chat: Place | None = None,
        times: int | None = 1,
        hang: When = False,
        drop: When = False,
        body: bytes | None = None,
    ) -> Failure:
        """Makes the next calls of a method (``*``: of any) fail; a waiting getUpdates fails at once. See :class:`Failure`."""
        code = status if status is not None else 500 if retry_after is None else 429
        number = chat if chat is None or isinstance(chat, int) else chat.id
        failure = Failure(method, code, description, retry_after, number, times, hang, drop, body)
        with self.lock:
            self._failures.append(failure)
        self._loop.call_soon_threadsafe(self._wake, None)
        return failure

    def heal(self) -> None:
        """Takes back all orders to fail or to be slow."""
        with self.lock:
            self._failures.clear()
            self._slow.clear()

    def slow(self, method: str, seconds: float) -> None:
        """Lets each call of a method do its work at once and be answered late."""
        with self.lock:
            self._slow[method] = seconds

    @property
    def token_revoked(self) -> bool:
        """Whether the token is worth nothing any more."""
        return self._revoked

    @token_revoked.setter
    def token_revoked(self, revoked: bool) -> None:
        self._revoked = revoked
        if revoked:
            self._loop.call_soon_threadsafe(self._wake, Refused("Unauthorized", 401))

    def flood_limit(self, per_chat: tuple[int, float] | None = None, overall: tuple[int, float] | None = None) -> None:
        """Refuses sent and edited messages beyond so many in so many seconds; without arguments, none."""
        with self.lock:
            self._flood_in_chat = Flood(*per_chat) if per_chat else None
            self._flood_overall = Flood(*overall) if overall else None

    # Answering; in the thread of its own

    async def _handle(self, request: Request) -> Answer | None:
        try:
            return await self._answer(request)
        except Exception:
            self.broken.append(traceback.format_exc())
            return _refused(Refused("Internal Server Error: the emulator is broken", 500))

    async def _answer(self, request: Request) -> Answer | None:
        match = re.fullmatch(r"/bot([^/]*)/(\w+)", request.path)
        if match is None:
            return _refused(Refused("Not Found", 404))
        call = Call(NAMES.get(match[2].lower(), match[2]), {}, time.monotonic())
        polling = call.method == "getUpdates"
        problem = self._token_problem(match[1])
        try:
            call.params = parameters(request)
        except Refused as refused:
            problem = problem or refused
        with self._changed:
            (self.polls if polling else self.calls).append(call)
            failure = None if problem else self._failure_of(call)
        answer: Answer | None
        try:
            if failure is not None and not failure.works_first:
                raise Struck(failure)
            answer = await self._work(call, problem)
            if failure is not None:
                raise Struck(failure)
        except Struck as struck:
            answer = await self._struck(call, struck.failure)
        if answer is not None and (seconds := self._slow.get(call.method)):
            await asyncio.sleep(seconds)
        return answer

    def _token_problem(self, token: str) -> Refused | None:
        if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
            return Refused("Not Found", 404)
        return Refused("Unauthorized", 401) if token != self.token or self._revoked else None

    def _failure_of(self, call: Call) -> Failure | None:
        return next((failure for failure in self._failures if failure.takes(call)), None)

    async def _struck(self, call: Call, failure: Failure) -> Answer | None:
        self._finish(call, 0)
        if failure.hang:
            await asyncio.get_running_loop().create_future()  # until the client goes
        if failure.drop:
            return None
        self._finish(call, failure.status)
        return _refused(failure.refusal()) if failure.body is None else Answer(failure.status, failure.body)

    async def _work(self, call: Call, problem: Refused | None) -> Answer:
        try:
            if problem is not None:
                raise problem
            if call.method == "getUpdates":
                result = await self._get_updates(call)
                self._finish(call, 200)
            else:
                method = METHODS.get(call.method)
                if method is None:
                    raise Refused("Not Found", 404)
                with self.lock:
                    self._check_flood(call)
                    result = method(self, call.params)
                    self._finish(call, 200)
        except Refused as refused:
            self._finish(call, refused.status)
            return _refused(refused)
        return Answer(200, json.dumps({"ok": True, "result": result}).encode())

    def _finish(self, call: Call, status: int) -> None:
        with self._changed:
            call.status = status
            self.note_change()

    def _check_flood(self, call: Call) -> None:
        if call.method not in COUNTED_FOR_FLOOD:
            return
        chat = call.params.get("chat_id")
        counted = [(self._flood_in_chat, chat), (self._flood_overall, None)]
        seconds = max(flood.wait_of(key) if flood else 0 for flood, key in counted)
        if seconds:
            self.floods += 1
            raise too_many(seconds)
        for flood, key in counted:
            if flood:
                flood.add(key)

    async def _get_updates(self, call: Call) -> list[Any]:
        loop, params = asyncio.get_running_loop(), call.params
        with self.lock:
            if self.webhook is not None:
                raise Refused(WEBHOOK_ACTIVE, 409)
            if isinstance(params.get("allowed_updates"), list):
                self.allowed_updates = params["allowed_updates"]
        self._wake(Refused(CONFLICT, 409))
        seconds = params.get("timeout") or 0
        end = loop.time() + min(50, seconds if isinstance(seconds, int) else 0)
        while True:
            taken = self._take(params.get("offset") or 0, params.get("limit") or 100)
            if taken or loop.time() >= end:
                return taken
            waiting = self._poller = loop.create_future()
            try:
                refused = await asyncio.wait_for(waiting, end - loop.time())
            except TimeoutError:
                return []
            finally:
                if self._poller is waiting:
                    self._poller = None
            if refused is not None:
                raise refused
            with self.lock:
                failure = self._failure_of(call)
            if failure is not None:
                raise Struck(failure)

    def _take(self, offset: int, limit: int) -> list[Any]:
        with self.lock:
            if offset < 0:
                known = [pending for pending in self.pending if not pending.once]
                offset = known[offset:][0].update_id if known else 0
            confirmed = [pending for pending in self.pending if pending.update_id < offset and not pending.once]
            # Those out of order come first: the library confirms up to the last one of a batch.
            gone = set(confirmed)
            ready = sorted((p for p in self.pending if p not in gone), key=lambda pending: not pending.once)
            batch = ready[: max(1, min(100, limit))]
            if forgotten := confirmed + [pending for pending in batch if pending.once]:
                self.confirm(*forgotten)
            return [pending.payload for pending in batch]

    def _wake(self, refused: Refused | None) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(refused)

    def set_webhook(self, url: str, secret: str | None, most: int, params: Payload) -> None:
        """Delivers there from now on."""
        self.remove_webhook(params)
        self._wake(Refused("Conflict: terminated by setWebhook request", 409))
        if isinstance(params.get("allowed_updates"), list):
            self.allowed_updates = params["allowed_updates"]
        self.webhook = Webhook(self, url, secret, most)
        for pending in self.pending:
            self.webhook.add(pending)

    def remove_webhook(self, params: Payload) -> None:
        """Delivers nowhere, and keeps what waits, unless told otherwise."""
        if self.webhook is not None:
            self._closing = self._loop.create_task(self.webhook.close())
            self.webhook = None
        if params.get("drop_pending_updates"):
            self.pending.clear()

    # Beginning and end

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def start(self) -> None:
        """Listens on a free port of this machine."""
        self._thread.start()
        self._run(self._start())

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._handle, self._connections), "127.0.0.1", 0, backlog=1000
        )
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        """Ends everything, calls that hang included."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        if self.webhook is not None:
            await self.webhook.close()
        for connection in list(self._connections):
            connection.close()
        await asyncio.sleep(0)
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._server.wait_closed()


def _refused(refused: Refused) -> Answer:
    content: Payload = {"ok": False, "error_code": refused.status, "description": refused.description}
    if refused.parameters:
        content["parameters"] = refused.parameters
    return Answer(refused.status, json.dumps(content).encode())


@contextmanager
def bot_api(
    token: str = "123456:TEST-token_of_nobody_0123456789abcdef",
    username: str = "xining_test_bot",
    first_name: str = "Xining Test",
) -> Iterator[BotApi]:
    """Runs an emulator for as long as the block lasts."""
    api = BotApi(token, username, first_name)
    api.start()
    try:
        yield api
    finally:
        api.stop()
    assert not api.broken, api.broken[0]
