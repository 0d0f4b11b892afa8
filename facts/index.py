"""How like a question is to each fact: in meaning, by a sentence encoder, and in its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facts.encoder import VectorCache, Vectors
from facts.groups import Groups
from facts.meaning import Space
from facts.words import WordIndex

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Phrase:
    """An example question as the index holds it.

    Attributes:
        row: of its fact.
        text: normalised.
        written: as it was written.
        language: of it.
        reply: ``yes`` or ``no`` where the fact answers it so, else empty.
    """

    row: int
    text: str
    written: str
    language: str
    reply: str = ""


@dataclass(frozen=True)
class Likeness:
    """How like a question is to every fact, each of shape ``(facts,)``, higher is more alike.

    Attributes:
        whole: with all that is asked and said of the fact, -1 to 1.
        nearest: with its nearest example question, -1 to 1.
        words: shared words and letters with all that is asked and said of it, 0 to 1.
        same_words: the same with its nearest example question.
        covered: which share of the question's words and letters stands anywhere in the fact.
        beyond: how much of the question's content stands nowhere in the fact; 0 is none.
        each: with every example question, shape ``(phrases,)``.
        outside: with the nearest example of another subject, a single number.
        lacking: with the nearest question for what a fact lacks, likewise.
        lacks: row of that fact, or -1.
        vector: the question's own, shape ``(DIMENSIONS,)``.
    """

    whole: Scores
    nearest: Scores
    words: Scores
    same_words: Scores
    covered: Scores
    beyond: Scores
    each: Scores
    outside: float
    lacking: float
    lacks: int
    vector: Vectors

    @property
    def is_lacking(self) -> bool:
        """Whether the question is more like one for what a fact lacks than like any other."""
        return self.lacking > max(self.outside, float(self.nearest.max(initial=-1.0)))


class FactIndex:
    """All facts as vectors.

    A fact as a whole is the mean of the vectors of its example questions and statements, in all languages; likeness is the
    cosine in a space learned for that. A new fact needs no training.

    Args:
        size: how many facts there are.
        phrases: example questions, in the order of their facts.
        statements: row of the fact, statement (normalised), in the order of their facts.
        outside: examples of other subjects, normalised.
        lacks: row of the fact, question for what it lacks (normalised).
        vectors: gives the vectors of texts.
        space: in which questions are compared with facts.
    """

    def __init__(
        self,
        size: int,
        phrases: Sequence[Phrase],
        statements: Sequence[tuple[int, str]],
        outside: Sequence[str],
        lacks: Sequence[tuple[int, str]],
        vectors: VectorCache,
        space: Space,
    ) -> None:
        self.phrases = tuple(phrases)
        self._vectors = vectors
        self._space = space
        asked = vectors.encode([phrase.text for phrase in phrases])
        said = vectors.encode([text for _, text in statements])
        self._rows = np.array([phrase.row for phrase in phrases], dtype=np.int64)
        self._groups = Groups(self._rows, size)
        of_statements = np.array([row for row, _ in statements], dtype=np.int64)
        counts = np.bincount(self._rows, minlength=size) + np.bincount(of_statements, minlength=size)
        sums = self._groups.sums(asked) + Groups(of_statements, size).sums(said)
        self._wholes = space.place(sums / np.maximum(counts, 1).astype(np.float32)[:, None])
        self._asked = space.place(asked)
        self._outside = space.place(vectors.encode(outside))
        self._lacking = space.place(vectors.encode([text for _, text in lacks]))
        self._lacks = [row for row, _ in lacks]
        self._sides = {
            reply: np.array([n for n, phrase in enumerate(phrases) if phrase.reply == reply], dtype=np.int64)
            for reply in ("yes", "no")
        }
        self._answered = {reply: asked[numbers] for reply, numbers in self._sides.items()}
        self._exact: dict[str, set[int]] = {}
        for phrase in phrases:
            self._exact.setdefault(phrase.text, set()).add(phrase.row)
        self._words = WordIndex(size, [phrase.text for phrase in phrases], self._rows, statements)

    def likeness(self, normalised: str) -> Likeness:
        """Compares a question with every fact.

        Args:
            normalised: a text from :func:`facts.text.normalise`.
        """
        vector = self._vectors.encode_once(normalised)
        placed = self._space.place(vector)
        each = self._asked @ placed
        words, same_words, covered, beyond = self._words.likeness(normalised)
        lacking = self._lacking @ placed
        lacks = int(lacking.argmax()) if len(lacking) else -1
        return Likeness(
            whole=self._wholes @ placed,
            nearest=self._groups.largest(each, -1.0),
            words=words,
            same_words=same_words,
            covered=covered,
            beyond=beyond,
            each=each,
            outside=float((self._outside @ placed).max(initial=-1.0)),
            lacking=float(lacking[lacks]) if lacks >= 0 else -1.0,
            lacks=self._lacks[lacks] if lacks >= 0 else -1,
            vector=vector,
        )

    def whole(self, normalised: str) -> Scores:
        """Gives only how like a text is to all that is asked and said of each fact, shape ``(facts,)``."""
        return np.asarray(self._wholes @ self._space.place(self._vectors.encode_once(normalised)), dtype=np.float32)

    def near(self, row: int) -> Scores:
        """Gives how like a fact is to each, itself among them, shape ``(facts,)``."""
        return np.asarray(self._wholes @ self._wholes[row], dtype=np.float32)

    def exact(self, normalised: str) -> list[int]:
        """Gives the rows of the facts that have a question as an example, word for word."""
        return sorted(self._exact.get(normalised, ()))

    def nearest_phrase(self, row: int, like: Likeness) -> Phrase | None:
        """Gives the example question of a fact that a question is most like."""
        numbers = np.flatnonzero(self._rows == row)
        return self.phrases[int(numbers[np.argmax(like.each[numbers])])] if len(numbers) else None

    def sides(self, row: int, like: Likeness) -> tuple[float, float]:
        """Gives how like a question is to a fact's nearest example that is answered yes, and to the nearest answered no.

        In the meaning of the sentence alone: in the learned space all questions for a fact lie together.
        """
        best = []
        for reply, numbers in self._sides.items():
            mine = self._rows[numbers] == row
            best.append(float((self._answered[reply][mine] @ like.vector).max(initial=-1.0)))
        return best[0], best[1]
