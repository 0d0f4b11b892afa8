"""How a reply of the contract looks in Telegram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import ForceReply, InlineKeyboardMarkup, MessageEntity

from connectors.telegram.keyboards import Row, choice_rows, data_of, keyboard, thumbs_row
from connectors.telegram.split import Written, split
from connectors.telegram.words import Words

BOLD, ITALIC = MessageEntity.BOLD, MessageEntity.ITALIC


@dataclass(frozen=True)
class Part:
    """One message to send."""

    written: Written
    keyboard: InlineKeyboardMarkup | ForceReply | None = None


def parts(written: Written, markup: InlineKeyboardMarkup | ForceReply | None = None) -> list[Part]:
    """Cuts a text into messages; what can be pressed stands under the last."""
    texts = split(written)
    return [Part(text, markup if text is texts[-1] else None) for text in texts]


@dataclass(frozen=True)
class Layout:
    """Lays out replies.

    Attributes:
        words: of the interface.
        public_url: the address that visitors know the service by, for permanent links; None leaves them out.
    """

    words: Words
    public_url: str | None = None

    def reply(self, message: dict[str, Any], *, chosen: str | None = None, note: str | None = None) -> list[Part]:
        """Lays out a message of the contract.

        Args:
            message: as the API describes it.
            chosen: the title of the button that asked for it: a press leaves no trace in the chat.
            note: a remark of ours that comes first.
        """
        language = message["language"]
        said = Written()
        if note:
            said.add(note, ITALIC).add("\n\n")
        if chosen:
            said.add(f"▸ {chosen}", BOLD).add("\n\n")
        said.add(message["text"])
        self._beside(said, message, language)
        label = "chat.meant" if message["outcome"] == "clarify" else "chat.next"
        choices = [(button["title"], data_of("button", button["id"])) for button in message["buttons"]]
        rows = self.choices(said, label, language, choices)
        return parts(said, keyboard([*rows, thumbs_row(message["id"])]))

    def choices(self, said: Written, label: str, language: str, choices: list[tuple[str, str]]) -> list[Row]:
        """Gives the buttons of what can be chosen; adds to the text what they have no room for.

        Args:
            said: the message.
            label: the name of the words before the titles.
            language: of the words.
            choices: the title of each, and what its button carries.
        """
        rows, numbered = choice_rows(choices)
        if numbered:
            said.add("\n\n" + self.words(label, language) + self.words("chat.colon", language).rstrip())
            for number, title in enumerate(numbered, 1):
                said.add(f"\n{number}. {title}")
        return rows

    def _beside(self, said: Written, message: dict[str, Any], language: str) -> None:
        """Adds the quiet lines: that it is a simpler answer, the date, the sources, the permanent page."""
        if message.get("degraded"):
            said.add("\n\n").add(f"ⓘ {self.words('chat.degraded', language)}", ITALIC)
        dated, sources = message.get("as_of"), message.get("sources") or []
        if not dated and not sources:
            return
        said.add("\n\n")
        if dated:
            said.add(self.dated(dated, language), ITALIC)
        if sources:
            said.add(" · " if dated else "", ITALIC)
            name = "chat.sources" if len(sources) > 1 else "chat.source"
            said.add(self.words(name, language) + self.words("chat.colon", language), ITALIC)
            for number, source in enumerate(sources):
                if number:
                    said.add(self.words("chat.semicolon", language), ITALIC)
                self.source(said, source, language, ITALIC)
        if self.public_url and message["facts"]:
            page = f"{self.public_url}/facts/{message['facts'][0]}?language={language}"
            said.add(" · ", ITALIC).add(self.words("telegram.page", language), ITALIC, url=page)

    def dated(self, as_of: str, language: str) -> str:
        """Says what date an answer is of."""
        return self.words("chat.as_of", language, date=self.words.date(as_of, language))

    def source(self, said: Written, source: dict[str, Any], language: str, *kinds: str) -> None:
        """Adds a source in one line: its title, linked where it may be, publisher and date."""
        said.add(source["title"], *kinds, url=source.get("url"))
        date = source.get("date")
        dated = self.words.date(date, language) if date else source.get("note") or self.words("chat.undated", language)
        for rest in (source.get("publisher"), dated):
            if rest:
                said.add(self.words("chat.comma", language) + rest, *kinds)
