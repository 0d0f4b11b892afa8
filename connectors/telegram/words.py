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


def matching(languages: Sequence[str], code: str) -> str | None:
    """Finds the language of ours that a code such as ``zh-hans`` or ``en_GB`` means; None where it is none of them."""
    wanted = code.lower().replace("_", "-")
    exact = (language for language in languages if language.lower() == wanted)
    alike = (language for language in languages if language.split("-")[0] == wanted.split("-")[0])
    return next(exact, None) or next(alike, None)


def nearest(languages: Sequence[str], code: str | None) -> str:
    """Chooses one of our languages for a code, as Telegram's clients give it; the first where none is meant."""
    return matching(languages, code or "") or languages[0]
