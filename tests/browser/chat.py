"""The chat page as tests use it: by names and roles, as visitors do."""

from __future__ import annotations

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

ANSWERED = 15_000  # milliseconds


class Chat:
    """A chat that is shown, on the page itself or in a frame.

    Args:
        page: the tab.
        where: where the chat is in it; by default the tab itself.
        words: of the interface, where they aren't the English ones.
    """

    def __init__(self, page: Page, where: Page | FrameLocator | None = None, **words: str) -> None:
        self.page = page
        self.where = where or page
        self._words = {"input": "Your question", "send": "Send", "log": "Conversation", "menu": "Menu", **words}

    def open(self, url: str) -> Chat:
        """Goes to the page and waits until it can be talked to."""
        self.page.goto(url)
        return self.ready()

    def ready(self) -> Chat:
        expect(self.input).to_be_visible()
        expect(self.log).to_contain_text(re.compile(r"automated assistant|自动助手"))
        return self

    @property
    def input(self) -> Locator:
        return self.where.get_by_role("textbox", name=self._words["input"])

    @property
    def send(self) -> Locator:
        return self.where.get_by_role("button", name=self._words["send"], exact=True)

    @property
    def log(self) -> Locator:
        return self.where.get_by_role("log", name=self._words["log"])

    @property
    def notes(self) -> Locator:
        return self.where.locator(".notes")

    @property
    def visitor(self) -> Locator:
        """What the visitor said."""
        return self.log.locator(".user-message .body")

    @property
    def answers(self) -> Locator:
        """What the assistant said, but for its first message."""
        return self.log.locator(".place[data-key^='m-'] .body")

    @property
    def choices(self) -> Locator:
        return self.log.locator(".choices").get_by_role("button")

    def say(self, text: str) -> None:
        """Types a message and sends it."""
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> Locator:
        """Says something and waits for the answer, which is returned."""
        before = self.answers.count()
        self.say(text)
        expect(self.answers).to_have_count(before + 1, timeout=ANSWERED)
        return self.answers.last

    def choose(self, entry: str) -> None:
        """Takes an entry of the menu."""
        self.where.get_by_role("button", name=self._words["menu"], exact=True).click()
        self.where.locator(".menu").get_by_role("button", name=entry, exact=True).click()

    def confirm(self, answer: str = "Yes") -> None:
        self.where.get_by_role("dialog").get_by_role("button", name=answer, exact=True).click()
