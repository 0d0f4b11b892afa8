"""The commands: what each does. Their names and descriptions are in :mod:`connectors.telegram.menus`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from connectors.telegram.assistant import CannotAnswer
from connectors.telegram.case import Case
from connectors.telegram.keyboards import Row, data_of, keyboard
from connectors.telegram.layout import ITALIC, parts
from connectors.telegram.split import Written
from connectors.telegram.words import matching
from conversations.talk import UnknownConversation

OFFERS_REMEMBERED = 5
AUTO = "auto"
"""The choice to be answered in the language of the question."""

Command = Callable[[Case, Sequence[str]], Awaitable[None]]


async def suggest(case: Case, name: str, about: str = "any", **fillings: str) -> None:
    """Says one of the connector's own texts, with questions to begin with."""
    language = case.language
    offered = case.tools.words.below(f"chat.suggestions.{about}", language)
    choices = [(title, data_of("suggestion", f"{language}.{about}.{which}")) for which, title in offered.items()]
    said = Written(case.word(name, **fillings))
    rows = case.tools.layout.choices(said, "chat.suggestions_label", language, choices)
    await _offer(case, await case.send(parts(said, keyboard(rows))))


async def _offer(case: Case, message: int | None) -> None:
    """Remembers a message with choices, which the next answer takes off."""
    if message is not None:
        case.chat.notes["offers"] = [*case.chat.notes.get("offers", []), message][-OFFERS_REMEMBERED:]


def suggested(case: Case, value: str) -> str | None:
    """Gives the question that a suggestion stands for; None where there is no such any more."""
    language, _, name = value.partition(".")
    topic, _, which = name.partition(".")
    return case.tools.words.below(f"chat.suggestions.{topic}", language).get(which)


async def start(case: Case, arguments: Sequence[str]) -> None:
    """Greets; ``t.me/<bot>?start=forum`` opens that topic."""
    topic = arguments[0] if arguments else ""
    if topic and topic != "any" and case.tools.words.below(f"chat.suggestions.{topic}", case.language):
        await suggest(case, "topic", topic, topic=case.tools.words.topic(topic, case.language))
    else:
        await suggest(case, "start")


async def show_help(case: Case, _: Sequence[str]) -> None:
    """Says what can be asked, and all commands."""
    await suggest(case, "help")


async def settings(case: Case, _: Sequence[str]) -> None:
    """Shows what is set, with buttons to change it."""
    rows = [*_language_rows(case), [_forget_button(case)]]
    await case.say(
        "settings",
        InlineKeyboardMarkup(rows),
        language=language_name(case),
        days=str(case.tools.retention_days),
    )


async def language(case: Case, arguments: Sequence[str]) -> None:
    """Shows or sets the language of the answers: ``/language zh``."""
    wanted = arguments[0].lower() if arguments else ""
    chosen = AUTO if wanted == AUTO else _language_of(case, wanted)
    if chosen is not None:
        await set_language(case, chosen)
    elif wanted:
        known = ", ".join([*case.tools.words.languages, AUTO])
        await case.say("language_unknown", InlineKeyboardMarkup(_language_rows(case)), known=known)
    else:
        await case.say("language", InlineKeyboardMarkup(_language_rows(case)), language=language_name(case))


async def set_language(case: Case, wanted: str) -> None:
    """Sets the language, and says so in it."""
    case.chat.language = None if wanted == AUTO else wanted
    await case.say("language_auto" if wanted == AUTO else "language_set", language=language_name(case))


def language_name(case: Case) -> str:
    """Names what is set."""
    return case.tools.words("language_name", case.chat.language) if case.chat.language else case.word("auto")


def _language_of(case: Case, wanted: str) -> str | None:
    """Reads a language as people write it: ``zh``, ``zh-CN``, ``中文``; None where it is none of ours."""
    languages = case.tools.words.languages
    named = (code for code in languages if case.tools.words("language_name", code).lower() == wanted)
    return next(named, None) or matching(languages, wanted)


def _language_rows(case: Case) -> list[Row]:
    names = {code: case.tools.words("language_name", code) for code in case.tools.words.languages}
    held = case.chat.language or AUTO
    return [
        [
            InlineKeyboardButton(f"✓ {name}" if code == held else name, callback_data=data_of("language", code))
            for code, name in (*names.items(), (AUTO, case.word("auto")))
        ]
    ]


async def privacy(case: Case, _: Sequence[str]) -> None:
    """Says what is stored."""
    said = Written(case.word("privacy", days=str(case.tools.retention_days)))
    if public_url := case.tools.layout.public_url:
        said.add("\n\n").add(case.word("privacy_page"), url=f"{public_url}/privacy?language={case.language}")
    await case.send(parts(said, InlineKeyboardMarkup([[_forget_button(case)]])))


def _forget_button(case: Case) -> InlineKeyboardButton:
    return InlineKeyboardButton(case.word("forget_button"), callback_data=data_of("settings", "forget"))


async def forget(case: Case, _: Sequence[str]) -> None:
    """Asks whether all is to be deleted. In a group everybody sees the buttons, so they say whose they are."""
    if case.speaker < 0:  # in the name of a group or channel: a press would come under the person's own number
        await really_forget(case)
        return
    rows = [
        [
            InlineKeyboardButton(case.word("yes"), callback_data=data_of("forget", f"yes.{case.speaker}")),
            InlineKeyboardButton(case.word("no"), callback_data=data_of("forget", f"no.{case.speaker}")),
        ]
    ]
    await _offer(case, await case.say("forget_ask", InlineKeyboardMarkup(rows)))


async def really_forget(case: Case) -> None:
    """Deletes the conversation everywhere, and what is remembered of the chat."""
    said_in = case.language
    if not case.known:  # which conversation it is can't be read just now
        await case.say("forget_failed")
        return
    try:
        if case.chat.conversation is not None:
            await case.tools.assistant.forget(case.chat.conversation)
    except UnknownConversation:
        pass  # it is gone already
    except (CannotAnswer, SQLAlchemyError):
        await case.say("forget_failed")
        return
    try:
        await case.tools.chats.forget(case.address)
    except SQLAlchemyError:
        await case.say("forget_failed")
        return
    case.forgotten = True
    for live in case.chat.notes.get("live", []):
        await case.outbox.keyboard(live["message"], None)  # nothing of it works any more
    await case.send(parts(Written(case.tools.words("telegram.forgotten", said_in))))


async def sources(case: Case, _: Sequence[str]) -> None:
    """Lists the sources of the last answer that has any."""
    try:
        answer = await _last_sourced(case)
    except (CannotAnswer, SQLAlchemyError):
        await case.say("cannot_now")
        return
    if answer is None:
        await case.say("sources_none")
        return
    said = Written(case.word("sources")).add("\n\n").add(answer["text"], ITALIC)
    if answer.get("as_of"):
        said.add("\n\n").add(case.tools.layout.dated(answer["as_of"], case.language))
    said.add("\n")
    for number, source in enumerate(answer["sources"], 1):
        said.add(f"\n{number}. ")
        case.tools.layout.source(said, source, case.language)
    await case.send(parts(said))


async def _last_sourced(case: Case) -> dict[str, Any] | None:
    if case.chat.conversation is None:
        return None
    try:
        talk = await case.tools.assistant.history(case.chat.conversation)
    except UnknownConversation:
        return None
    return next((said for said in reversed(talk) if said["from"] == "assistant" and said["sources"]), None)


async def cancel(case: Case, _: Sequence[str]) -> None:
    """Ends what waits for an answer of the person's."""
    waited = case.chat.notes.pop("remarks", None)
    await case.say("cancelled" if waited else "nothing_to_cancel")


async def unknown(case: Case, name: str) -> None:
    """Helps with a command that doesn't exist."""
    await case.say("unknown_command", command=name)


COMMANDS: dict[str, Command] = {
    "start": start,
    "help": show_help,
    "sources": sources,
    "language": language,
    "settings": settings,
    "privacy": privacy,
    "forget": forget,
    "cancel": cancel,
}
"""In the order of the menu."""
