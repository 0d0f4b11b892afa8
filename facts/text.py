"""Text as the search sees it: normalised, in words and character n-grams, in a language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from opencc import OpenCC

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(rf"[{_HAN}]+|[^\W{_HAN}_]+(?:'[^\W{_HAN}_]+)*")
_IS_HAN = re.compile(rf"[{_HAN}]")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Makes any text safe to keep and compare: no lone surrogates, no control characters, one kind of white space."""
    if text.isprintable():  # nearly always: neither surrogates nor control characters, and no white space but blanks
        return _SPACE.sub(" ", text).strip()
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    visible = "".join(
        " " if c.isspace() else c for c in whole if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return _SPACE.sub(" ", visible).strip()


def normalise(text: str) -> str:
    """Gives two spellings of one sentence the same form: script variants, case, accents and punctuation don't count."""
    plain = _plain(_plain(clean(text).replace("’", "'")).casefold())  # some compatibility forms are capitals
    if _IS_HAN.search(plain):
        plain = _to_simplified().convert(plain)
    return " ".join(run.group() for run in _RUN.finditer(plain))


@lru_cache(maxsize=200_000)
def normalise_held(text: str) -> str:
    """Does the same for what is held anyway, once for each text; never for what visitors write, which isn't to be remembered."""
    return normalise(text)


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def _plain(text: str) -> str:
    """Takes compatibility forms and accents apart and keeps the letters."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def is_chinese(text: str) -> bool:
    """Tells whether a text has Han characters."""
    return bool(_IS_HAN.search(text))


def spoken_length(normalised: str) -> float:
    """Gives how much a text says, in letters: a Han character says as much as three."""
    return len(normalised) + 2 * len(_IS_HAN.findall(normalised))


def detect_language(text: str) -> str | None:
    """Guesses the language of a text by its script: ``zh``, ``en``, or None where there are no letters at all.

    A name in the other script doesn't change it ("What does 夏都 mean?"): Han characters are held against words.
    """
    runs = [run.group() for run in _RUN.finditer(text)]
    han = sum(len(run) for run in runs if _IS_HAN.match(run))
    words = sum(1 for run in runs if not _IS_HAN.match(run) and any(c.isalpha() for c in run))
    if han and han >= words:
        return "zh"
    return "en" if words else None


def features(normalised: str) -> Iterator[str]:
    """Yields what the search compares: words and their character n-grams, Han characters and their pairs and triples.

    Args:
        normalised: a text from :func:`normalise`.
    """
    for run, previous in runs(normalised):
        yield from features_of(run, previous)


def runs(normalised: str) -> Iterator[tuple[str, str]]:
    """Yields each word, or Han characters in a row, with the word just before it; words on both sides of Han are no pair."""
    previous = ""
    for run in normalised.split():
        yield run, previous
        previous = "" if is_chinese(run) else run


def features_of(run: str, previous: str) -> Iterator[str]:
    """Yields the features of one run; see :func:`runs`."""
    if is_chinese(run):
        for size in (1, 2, 3):
            for start in range(len(run) - size + 1):
                yield "h" + run[start : start + size]
        return
    yield "w" + run
    if previous:
        yield f"p{previous} {run}"
    padded = f" {run} "
    for size in (3, 4):
        for start in range(len(padded) - size + 1):
            yield "c" + padded[start : start + size]
