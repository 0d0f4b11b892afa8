"""Questions, and what comes instead of one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from telegram import Message

from connectors.channels import TELEGRAM
from connectors.telegram.assistant import CannotAnswer
from connectors.telegram.case import Case
from connectors.telegram.commands import suggest
from connectors.telegram.heard import hear
from connectors.telegram.keyboards import keyboard, thumbs_row
from connectors.web_chat.schemas import LONGEST_TEXT
from conversations.talk import Incoming, NothingSaid, Outgoing, UnknownConversation

REMEMBERED_TEXTS = 20
"""Messages of a chat whose texts are known again when they are edited."""


async def on_message(case: Case, message: Message, *, edited: bool) -> None:
    """Answers a message, or says in a kind sentence why it can't be."""
    heard = hear(message, case.tools.me)
    if heard is None:
        return
    if edited and not heard.text:
        return  # a live location moves on, a sticker is exchanged
    if heard.text and not is_news(case, message, heard.text):
        return
    if heard.album is not None and not heard.text and case.chat.notes.get("album") == heard.album:
        return  # the rest of what was answered already
    if heard.album is not None:
        case.chat.notes["album"] = heard.album
    if not heard.text:
        if heard.kind is None:
            await suggest(case, "mentioned")
        else:
            await case.say(f"unreadable.{heard.kind}")
        return
    wanted = _wanted_remark(case, message)
    if wanted is not None:
        await _remark(case, wanted, heard.text)
        case.chat.notes["remarked"] = {str(message.message_id): wanted}  # a slip in it may be mended
        return
    if len(heard.text) > LONGEST_TEXT:
        await case.say("too_long", most=str(LONGEST_TEXT))
        return
    if edited:
        case.outbox.place.reply_to = message.message_id
    note = case.word("edited") if edited else case.word("caption_only") if heard.kind is not None else None
    await ask(case, text=heard.text, note=note)


async def ask(
    case: Case,
    *,
    text: str | None = None,
    button: str | None = None,
    chosen: str | None = None,
    note: str | None = None,
) -> bool:
    """Asks the assistant and sends what it says; False where nobody could be asked.

    Raises:
        conversations.talk.UnknownButton: the button isn't one of this conversation's.
        conversations.talk.UnknownConversation: a button of a conversation that was deleted.
    """
    key = case.tools.key(case.update)
    question = Incoming(TELEGRAM, case.chat.conversation, key, text, button, case.chat.language)
    try:
        async with case.typing():
            outgoing = await _answer(case, question)
    except CannotAnswer:
        await case.say("cannot_now")
        return False
    except NothingSaid:
        await case.say("nothing_said")
        return True
    case.chat.conversation = outgoing.conversation
    case.chat.spoken = outgoing.messages[-1]["language"]
    # Before it is sent: after a fault in between, the conversation goes on all the same.
    await case.remember()
    await _show(case, outgoing.messages, chosen, note)
    return True


async def _answer(case: Case, question: Incoming) -> Outgoing:
    try:
        return await case.tools.assistant.ask(question)
    except UnknownConversation:
        if question.text is None:
            raise
        # It was deleted, or its time was up: a new one begins.
        return await case.tools.assistant.ask(replace(question, conversation=None))


async def _show(case: Case, messages: list[dict[str, Any]], chosen: str | None, note: str | None) -> None:
    """Sends an answer; then what could be pressed before can't be any more."""
    earlier, live = case.chat.notes.pop("live", []), []
    for position, message in enumerate(messages):
        first = position == 0
        laid_out = case.tools.layout.reply(message, chosen=chosen if first else None, note=note if first else None)
        sent = await case.send(laid_out)
        if sent is not None and message["buttons"]:
            live.append({"message": sent, "rates": message["id"]})
            case.chat.notes["live"] = live
    for one in earlier:
        await case.outbox.keyboard(one["message"], keyboard([thumbs_row(one["rates"], one.get("rating"))]))
    for offer in case.chat.notes.pop("offers", []):
        await case.outbox.keyboard(offer, None)


def is_news(case: Case, message: Message, text: str) -> bool:
    """Tells whether a message says something that it didn't say before: an edit may change what isn't text."""
    seen: dict[str, str] = case.chat.notes.setdefault("seen", {})
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    said, _, by = seen.get(str(message.message_id), "").partition(" ")
    number = str(case.update.update_id)
    if message.edit_date is not None and said == digest and by != number:  # the same one: a restart came in between
        return False
    seen.pop(str(message.message_id), None)
    seen[str(message.message_id)] = f"{digest} {number}"
    for oldest in list(seen)[:-REMEMBERED_TEXTS]:
        del seen[oldest]
    return True


def _wanted_remark(case: Case, message: Message) -> dict[str, str] | None:
    """Gives what a message remarks on; None where it isn't a remark that was asked for."""
    if message.edit_date is not None:
        remarked: dict[str, dict[str, str]] = case.chat.notes.get("remarked", {})
        if str(message.message_id) in remarked:
            return remarked[str(message.message_id)]
    waiting: dict[str, dict[str, str]] = case.chat.notes.get("remarks", {})
    answered = message.reply_to_message
    return waiting.pop(str(answered.message_id), None) if answered is not None else None


async def _remark(case: Case, wanted: dict[str, str], text: str) -> None:
    kept = False
    if case.chat.conversation is not None:
        try:
            kept = await case.tools.assistant.rate(
                case.chat.conversation, wanted["message"], wanted["rating"], text[:LONGEST_TEXT]
            )
        except (UnknownConversation, CannotAnswer):
            kept = False
    await case.say("remark_kept" if kept else "remark_lost")
