"""What happens when a button is pressed."""

from __future__ import annotations

from telegram import CallbackQuery, Chat, ForceReply

from connectors.telegram.assistant import CannotAnswer
from connectors.telegram.case import Case, pressed_message
from connectors.telegram.commands import AUTO, forget, really_forget, set_language, suggested
from connectors.telegram.keyboards import is_choice, keyboard, meaning_of, thumbs_row
from connectors.telegram.questions import ask
from conversations.talk import UnknownButton, UnknownConversation

LONGEST_NOTICE = 200
"""Characters of the notice that answers a press: https://core.telegram.org/bots/api#answercallbackquery."""

CHOICES_REMEMBERED = 10
"""Choices of a chat that were taken lately: a second tap on one does nothing."""
REMARKS_WAITED_FOR = 5
"""Prompts of a chat that may still be replied to."""


async def on_press(case: Case, query: CallbackQuery) -> None:
    """Does what a button stands for. Every press is answered: until then the button seems to work on."""
    press = _Press(case, query)
    meaning = meaning_of(query.data or "")
    if meaning is None:
        await press.answer(case.word("button_gone"))
        return
    kind, value = meaning
    if kind == "button":
        await press.question(button=value)
    elif kind == "suggestion":
        text = suggested(case, value)
        await (press.question(text=text) if text else press.answer(case.word("button_gone")))
    elif kind in ("up", "down"):
        await press.opinion(kind, value)
    elif kind == "language":
        known = value == AUTO or value in case.tools.words.languages
        await press.answer("" if known else case.word("button_gone"))
        if known:
            await set_language(case, value)
    elif kind == "settings":
        await press.answer()
        await forget(case, ())
    else:
        choice, _, whose = value.partition(".")
        if whose != str(case.speaker):
            await press.answer(case.word("button_gone"))
            return
        await press.answer()
        await press.take_off()
        await (really_forget(case) if choice == "yes" else case.say("forget_not"))


class _Press:
    """One press."""

    def __init__(self, case: Case, query: CallbackQuery) -> None:
        self._case = case
        self._query = query
        self._message = pressed_message(query)

    async def answer(self, notice: str = "") -> None:
        """Answers the press, with a notice over the chat where there is one to give."""
        await self._case.outbox.trifle(
            lambda: self._query.answer(notice[:LONGEST_NOTICE] or None), "the answer to a press"
        )

    async def question(self, *, button: str | None = None, text: str | None = None) -> None:
        """Asks what the button stands for; what else could be chosen there can't be any more."""
        case = self._case
        if button is not None and case.chat.conversation is None:
            await self.answer(case.word("button_gone"))
            return
        taken: list[str] = case.chat.notes.setdefault("taken", [])
        choice = f"{self._message.message_id if self._message is not None else ''} {self._query.data}"
        if choice in taken:
            await self.answer()  # a double tap
            return
        private = case.where.type == Chat.PRIVATE
        if private:
            await self.answer()
        live = [one["message"] for one in case.chat.notes.get("live", [])] + case.chat.notes.get("offers", [])
        try:
            asked = await ask(case, button=button, text=text, chosen=text if text is not None else self._title())
        except (UnknownButton, UnknownConversation):
            # Of a talk that was deleted, or somebody else's: in a group nobody else needs to hear of it.
            await (case.say("button_gone") if private else self.answer(case.word("button_gone")))
            return
        if not private:
            await self.answer()
        if not asked:
            return  # it can be tried again
        case.chat.notes["taken"] = [*taken, choice][-CHOICES_REMEMBERED:]
        if self._message is not None and self._message.message_id not in live:
            await self.take_off()  # a live one was retired with the answer

    async def opinion(self, rating: str, message: str) -> None:
        """Keeps what somebody thinks of an answer, and asks what was wrong."""
        case = self._case
        kept = False
        if case.chat.conversation is not None:
            try:
                kept = await case.tools.assistant.rate(case.chat.conversation, message, rating)
            except (UnknownConversation, CannotAnswer):
                kept = False
        await self.answer(case.word("rated" if kept else "button_gone"))
        if not kept:
            return
        lives = False
        for live in case.chat.notes.get("live", []):
            if live["rates"] == message:
                live["rating"], lives = rating, True
        if self._message is not None:
            # What is pressed shows its keyboard as it was: its choices may have been taken off meanwhile.
            markup = self._message.reply_markup if lives else None
            others = [list(row) for row in markup.inline_keyboard if is_choice(row[0])] if markup else []
            await case.outbox.keyboard(self._message.message_id, keyboard([*others, thumbs_row(message, rating)]))
        await self._ask_why(rating, message)

    async def _ask_why(self, rating: str, message: str) -> None:
        """Asks once what was wrong with an answer. A remark that is waited for goes with the newest opinion."""
        waiting: dict[str, dict[str, str]] = self._case.chat.notes.setdefault("remarks", {})
        asked = [one for one in waiting.values() if one["message"] == message]
        for one in asked:
            one["rating"] = rating
        if rating != "down" or asked:
            return
        self._turn_to_who_asked()
        prompt = await self._case.say("remark", ForceReply(selective=True))
        if prompt is not None:
            waiting[str(prompt)] = {"message": message, "rating": rating}
        for oldest in list(waiting)[:-REMARKS_WAITED_FOR]:
            del waiting[oldest]

    def _turn_to_who_asked(self) -> None:
        """Lets what is said next reply to the question instead of our answer: a forced reply reaches only whom it replies to."""
        question = self._message.reply_to_message if self._message is not None else None
        sender = question.from_user if question is not None else None
        place = self._case.outbox.place
        if place.reply_to and question is not None and sender is not None and sender.id == self._query.from_user.id:
            place.reply_to = question.message_id

    async def take_off(self) -> None:
        """Takes the choices off the message; an opinion may still be given."""
        markup = self._message.reply_markup if self._message is not None else None
        if self._message is None or markup is None:
            return
        left = [list(row) for row in markup.inline_keyboard if not is_choice(row[0])]
        if len(left) < len(markup.inline_keyboard):
            await self._case.outbox.keyboard(self._message.message_id, keyboard(left))

    def _title(self) -> str | None:
        """Gives what the pressed button said, or the line of the text that its number stands for."""
        markup = self._message.reply_markup if self._message is not None else None
        if self._message is None or markup is None:
            return None
        buttons = [button for row in markup.inline_keyboard for button in row]
        shown = next((button.text for button in buttons if button.callback_data == self._query.data), None)
        if shown is None or not shown.isdecimal():
            return shown
        lines = (self._message.text or "").splitlines()
        return next((line[len(shown) + 2 :] for line in reversed(lines) if line.startswith(f"{shown}. ")), None)
