"""From a question to a reply: the same way for the engine's actions, for answering without the engine, and for the desk."""

from __future__ import annotations

from dataclasses import replace

from facts.decide import Context, Decision, Outcome, decide
from facts.reply import Reply, compose
from facts.search import Search
from facts.text import detect_language, normalise
from facts.texts import Texts


class Answers:
    """Answers questions from the facts.

    Args:
        search: finds the facts.
        texts: every other word that is said.
    """

    def __init__(self, search: Search, texts: Texts) -> None:
        self._search = search
        self.texts = texts

    def language_of(self, text: str, otherwise: str | None = None) -> str:
        """Chooses the language of a reply: that of the question, else the one given, else the first that texts have."""
        for language in (detect_language(text), otherwise):
            if language in self.texts.languages:
                return language
        return self.texts.languages[0]

    def answer(self, question: str, language: str, context: Context | None = None) -> Reply:
        """Answers a question.

        Args:
            question: as the visitor wrote it.
            language: of the reply.
            context: the engine's findings and what came before.
        """
        context = context or Context()
        if not normalise(question):
            return self.say("replies.not_understood", language, outcome="clarify")
        snapshot = self._search.snapshot()
        aspect = None
        if context.follows_up and context.facts and context.facts[0] in snapshot.facts:
            aspect = snapshot.facts[context.facts[0]].aspect
        candidates = self._search.search(
            question,
            language,
            topic=context.topic if context.follows_up else context.asked_topic,
            place=context.place if context.follows_up else None,
            aspect=aspect,
            snapshot=snapshot,
        )
        reply = compose(decide(question, candidates, context), snapshot, self.texts, language)
        # What isn't ours doesn't end the subject of the talk.
        return reply if reply.topic else replace(reply, topic=context.topic, place=context.place)

    def show(self, fact: str, language: str, part: str = "short") -> Reply:
        """Shows the fact that a button stands for; one that is gone since is said to be not known.

        Args:
            fact: its key.
            language: of the reply.
            part: ``short`` or ``full``.
        """
        snapshot = self._search.snapshot()
        record = snapshot.facts.get(fact)
        if record is None:
            return self.say("replies.gone", language, outcome="unknown")
        outcome: Outcome = "unknown" if record.kind == "gap" else "answer"
        return compose(Decision(outcome, (record,), record.topic), snapshot, self.texts, language, part)

    def say(self, name: str, language: str, *, outcome: Outcome) -> Reply:
        """Says one of the texts, with office and topics filled in.

        Args:
            name: of the text, e.g. ``replies.smalltalk.greet``.
            language: of the reply.
            outcome: of the contract.
        """
        text = self.texts(
            name,
            language,
            office=self.texts("replies.office", language),
            topics=self.texts.topic_list(language),
        )
        return Reply(text, outcome, language)
