"""The words that the connector says and shows itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Words(Protocol):
    """The texts of the interface by name and language: ``words("telegram.start", "en")``."""

    @property
    def languages(self) -> Sequence[str]:
        """Those there are, the fallback first."""

    def __call__(self, name: str, language: str, /, **fillings: str) -> str:
        """Gives a text with its fillings."""

    def below(self, name: str, language: str) -> dict[str, str]:
        """Gives all texts whose names begin with ``name.``, by the rest of their names."""

    def topic(self, topic: str, language: str) -> str:
        """Names a topic."""

    def date(self, partial: str, language: str) -> str:
        """Writes ``2012``, ``2012-06`` or ``2012-06-10`` as a language does."""


def nearest(languages: Sequence[str], code: str | None) -> str:
    """Chooses one of our languages for a code such as ``zh-hans`` or ``en-GB``, as Telegram's clients give it."""
    wanted = (code or "").lower().replace("_", "-")
    for language in languages:
        if language.lower() == wanted:
            return language
    first = wanted.split("-")[0]
    return next((language for language in languages if language.split("-")[0] == first), languages[0])
