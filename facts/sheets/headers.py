"""Which column a header means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from facts.text import normalise

_ALIASES: dict[str, tuple[str, ...]] = {
    "question": ("问题", "问", "提问", "question", "questions", "q", "title"),
    "answer": ("答案", "回答", "答", "答复", "answer", "answers", "a", "reply"),
    "full": ("详细", "详细回答", "补充", "full", "details", "detail"),
    "more": ("其他问法", "相似问题", "更多问法", "other questions", "more questions", "variants"),
    "key": ("编号", "键", "key", "id"),
    "topic": ("主题", "类别", "分类", "topic", "category", "subject area"),
    "as_of": ("日期", "截至", "截至日期", "as of", "date"),
    "sources": ("来源", "出处", "source", "sources"),
    "state": ("状态", "state", "status"),
}
_LANGUAGES: dict[str, tuple[str, ...]] = {
    "zh": ("中文", "汉语", "chinese", "zh", "cn"),
    "en": ("英文", "英语", "english", "en"),
}
_PARENTHESES = re.compile(r"[()（）\[\]【】:：._-]+")


def map_headers(headers: Sequence[str], columns: Sequence[str]) -> list[str | None]:
    """Maps headers to columns.

    Args:
        headers: the first row of a sheet.
        columns: those there are, e.g. ``question.zh``.

    Returns:
        For each header its column; None for one that means none, or one that an earlier header means already.
    """
    mapped: list[str | None] = []
    for header in headers:
        column = column_of(header, columns)
        mapped.append(None if column in mapped else column)
    return mapped


def column_of(header: str, columns: Sequence[str]) -> str | None:
    """Gives the column that a header means, or None. A header that names no language means that which it is written in."""
    plain = header.strip()
    if plain in columns:
        return plain
    words = normalise(_PARENTHESES.sub(" ", plain.lower())).split()
    language = _named_language(words)
    rest = " ".join(word for word in words if not any(word in names for names in _LANGUAGES.values()))
    for part, names in _ALIASES.items():
        for name in names:
            if rest == name or (language is None and rest in _joined(name)):
                return _existing(part, language or _joined_language(rest, name) or _written_in(rest), columns)
    return None


def _existing(part: str, language: str, columns: Sequence[str]) -> str | None:
    return next((column for column in (part, f"{part}.{language}") if column in columns), None)


def _joined(name: str) -> Mapping[str, str]:
    """Gives the ways in which Chinese joins a language and a name: 中文问题, 问题中文."""
    return {
        joined: language
        for language, words in _LANGUAGES.items()
        for word in words
        for joined in (f"{word}{name}", f"{name}{word}")
    }


def _joined_language(rest: str, name: str) -> str | None:
    return _joined(name).get(rest)


def _named_language(words: Sequence[str]) -> str | None:
    return next((language for language, names in _LANGUAGES.items() if any(word in names for word in words)), None)


def _written_in(text: str) -> str:
    return "zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"
