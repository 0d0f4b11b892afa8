"""From a question to a reply: the same way for the engine's actions, for answering without the engine, and for the desk."""

from __future__ import annotations

from dataclasses import replace

from facts import about, follow
from facts.decide import PLAINLY, Context, Decision, Outcome, decide
from facts.index import Likeness
from facts.parts import join_replies, sentences_of, split_question, without_negated
from facts.question import Question
from facts.records import FactRecord
from facts.reply import Composer, Reply, Talk
from facts.search import Candidate, Search, Snapshot
from facts.text import detect_language, normalise
from facts.texts import Texts
from facts.weights import Evidence, lean_features, probability

LEAST_WORDS = 4
"""Characters or words of a message that is more than a greeting."""
SURE = 0.7
"""How sure the engine must be of small talk, for a message to need a plain answer to be taken for a question."""
HALF_PLAINLY = 0.5
"""The score that is enough where it isn't."""
OF_A_PART = 0.4
"""The score that each of several questions in one message needs."""


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
        return self._turn(language).answer(question, context)

    def small_talk(self, name: str, question: str, language: str, context: Context, *, outcome: Outcome) -> Reply:
        """Says a text of small talk, unless the message asks for something that is plainly held.

        Args:
            name: of the text.
            question: as the visitor wrote it.
            language: of the reply.
            context: the engine's findings and what came before.
            outcome: of the text.
        """
        sure = context.confidence >= SURE
        long_enough = len(normalise(question).split()) >= LEAST_WORDS or len(question) > 2 * LEAST_WORDS
        if normalise(question) and (long_enough or (context.facts and not sure)):
            unsure = replace(context, intent=None, confidence=0.0)
            turn = self._turn(language)
            if turn.asks_for_facts(question, unsure, PLAINLY if sure else HALF_PLAINLY):
                return turn.answer(question, unsure)
        return replace(self.say(name, language, outcome=outcome), talk=_same_talk(context))

    def show(self, fact: str, language: str, part: str = "short") -> Reply:
        """Shows the fact that a button stands for; one that is gone since is said to be not known.

        Args:
            fact: its key.
            language: of the reply.
            part: ``short`` or ``full``.
        """
        turn = self._turn(language)
        record = turn.snapshot.facts.get(fact)
        if record is None:
            return self.say("replies.gone", language, outcome="unknown")
        return turn.show(record, part)

    def _turn(self, language: str) -> _Turn:
        return _Turn(self._search, self._search.snapshot(), self.texts, language)

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


class _Turn:
    """One question on one snapshot of the facts."""

    def __init__(self, search: Search, snapshot: Snapshot, texts: Texts, language: str) -> None:
        self._search = search
        self.snapshot = snapshot
        self._language = language
        self._composer = Composer(snapshot, texts, language)
        self._found: dict[tuple[object, ...], list[Candidate]] = {}
        self._like: dict[str, Likeness] = {}

    def answer(self, question: str, context: Context) -> Reply:
        """Answers a question, or several in one."""
        parts = split_question(question, self.snapshot.patterns)
        both = self._answer_parts(parts, context) if len(parts) > 1 else None
        reply = both or self._answer_one(question, context)
        # What isn't ours doesn't end the subject of the talk.
        return reply if reply.talk else replace(reply, talk=_same_talk(context))

    def asks_for_facts(self, question: str, context: Context, needed: float) -> bool:
        """Tells whether a message has an answer of at least some score, alone or within the talk."""
        asked = self._read(question, context)
        if asked.shows("urgent") and self._urgent(asked, context) is not None:
            return True
        if asked.named or asked.years or asked.elsewhere:
            needed = HALF_PLAINLY  # a greeting names no place
        found = self._candidates(asked, context)
        return bool(found) and found[0].score >= needed

    def show(self, fact: FactRecord, part: str = "short") -> Reply:
        """Shows one fact; a gap is said to be not known."""
        if fact.kind == "gap":
            return self._composer.compose(Decision("unknown", (fact,), fact.topic))
        reply = self._composer.state(fact, part)
        asked = follow.whole_question(fact, self._language)
        return replace(reply, talk=replace(reply.talk or Talk(), asked=asked))

    def _answer_parts(self, parts: list[str], context: Context) -> Reply | None:
        """Answers several questions in one message; None where they turn out to be one, or one of them isn't plainly understood."""
        replies: list[Reply] = []
        for part in parts:
            asked = self._read(part, context)
            candidates = self._candidates(asked, context)
            states = part.endswith((".", "。")) and not asked.asks
            if states or not candidates or candidates[0].score < OF_A_PART:
                return None
            reply = self._reply_to(asked, candidates, replace(context, intent=None, confidence=0.0))
            if reply.outcome not in ("answer", "unknown") or not reply.facts:
                return None
            replies.append(reply)
            context = _after(reply, Context())
        told = {fact for reply in replies for fact in reply.facts}
        if len(told) < len(replies) or all(reply.outcome == "unknown" for reply in replies):
            return None
        return join_replies(replies)

    def _answer_one(self, question: str, context: Context) -> Reply:
        asked = self._read(question, context)
        quick = self._about_the_talk(asked, context)
        if quick is not None:
            return quick
        if context.facts or context.choices:
            question = without_negated(question, self.snapshot.patterns)
            asked = self._read(question, context)
        if asked.shows("urgent") or context.is_sure_of("ask_urgent"):
            urgent = self._urgent(asked, context)
            if urgent is not None:
                return urgent
        candidates = self._candidates(asked, context)
        if not candidates or candidates[0].score < self._search.weights.answer:
            asked, candidates = self._of_a_sentence(question, context, asked, candidates)
        whole = follow.completed(asked, context, self.snapshot)
        if whole is not None:
            asked, candidates = whole, follow.likelier(self._find(whole, Evidence()), candidates)
        if follow.may_choose(asked, context) and candidates and candidates[0].score < HALF_PLAINLY:
            chosen = self._chosen_in_words(asked, context)
            if chosen is not None:
                return self.show(chosen)
        return self._reply_to(asked, candidates, context)

    def _reply_to(self, asked: Question, candidates: list[Candidate], context: Context) -> Reply:
        """Decides and puts it into words; the question is what the next one may lean on."""
        reply = self._composer.compose(decide(asked, candidates, context, self._search.weights))
        if reply.talk is None:
            return reply
        fact = self.snapshot.facts.get(reply.talk.facts[0]) if reply.talk.facts else None
        whole = asked.text
        if fact is not None and context.facts and not self._stands_alone(asked, fact, context):
            whole = follow.whole_question(fact, self._language)
        return replace(reply, talk=replace(reply.talk, asked=whole))

    def _stands_alone(self, asked: Question, fact: FactRecord, context: Context) -> bool:
        """Tells whether a question finds its fact without the talk."""
        (best, *_) = self._find(asked, context.evidence)
        enough = best.score >= self._search.weights.answer
        return best.fact.key == fact.key and enough and not asked.shows("leans")

    def _find(self, asked: Question, evidence: Evidence) -> list[Candidate]:
        """Finds candidates; the same question with the same evidence is looked for once."""
        key = asked.normalised, asked.years, asked.editions, evidence
        if key not in self._found:
            if asked.normalised not in self._like:
                self._like[asked.normalised] = self.snapshot.index.likeness(asked.normalised)
            self._found[key] = self._search.search(
                asked, self._language, evidence, snapshot=self.snapshot, like=self._like[asked.normalised]
            )
        return self._found[key]

    def _chosen_in_words(self, asked: Question, context: Context) -> FactRecord | None:
        """Gives the one of the last choices that a reply like "the state, not the county" describes."""
        together = self.snapshot.read(f"{context.asked or ''} {asked.text}")
        found = self._find(together, Evidence())
        return found[0].fact if found and found[0].fact.key in context.choices else None

    def _candidates(self, asked: Question, context: Context) -> list[Candidate]:
        """Finds candidates for a question, alone and within the talk, by how likely it is that it leans on it."""
        alone = self._find(asked, context.evidence)
        talk = follow.said(asked, context, self.snapshot, self._language)
        if talk is None or not alone:
            return alone
        within = self._find(asked, replace(context.evidence, talk=talk))
        topics = context.asked_topic, context.topic
        signs = lean_features(asked, context.follow_up, topics, alone[0].score, within[0].score)
        return follow.weighed(alone, within, probability(signs, self._search.weights.lean))

    def _read(self, text: str, context: Context) -> Question:
        """Takes a question apart, with the year or edition that it counts from the talk."""
        return follow.located(self.snapshot.read(text), context, self.snapshot)

    def _of_a_sentence(
        self, message: str, context: Context, whole: Question, candidates: list[Candidate]
    ) -> tuple[Question, list[Candidate]]:
        """Looks for the one sentence of a message that asks, where the whole finds nothing; gives the better question."""
        best = whole
        for sentence in sentences_of(message):
            asked = self._read(sentence, context)
            if not asked.asks:
                continue
            found = self._candidates(asked, replace(context, intent=None, confidence=0.0))
            if found and found[0].score >= max(HALF_PLAINLY, candidates[0].score if candidates else 0.0):
                best, candidates = asked, found
        return best, candidates

    def _about_the_talk(self, asked: Question, context: Context) -> Reply | None:
        """Answers what is about the talk itself: a choice, more of the last answer, its source, its date."""
        facts = self.snapshot.facts
        picked = follow.chosen(asked, context)
        if picked is not None and picked in facts:
            return self.show(facts[picked])
        if asked.shows("deny") or (asked.shows("other") and not asked.named):
            others = [facts[key] for key in context.choices if key in facts and key not in context.facts]
            if others and (asked.shows("other") or context.facts):
                return self.show(others[0]) if len(others) == 1 else self._composer.offer(others)
            if asked.shows("deny") or context.facts:
                return Reply(self._composer.say("what_else"), "smalltalk", self._language)
        last = next((facts[key] for key in context.facts if key in facts), None)
        if last is None:
            return self._about_answers(asked, context)
        short = not (asked.named or asked.years or asked.elsewhere)
        if asked.shows("more") and short:
            return self.show(last, "full")
        if last.kind != "statement" or not short:
            return None
        for sign, intent, tell in (
            ("source", "ask_source", about.tell_sources),
            ("currency", "ask_currency", about.tell_currency),
        ):
            # By its words, unless they ask for something else; by the engine alone, if nothing within the talk is asked for.
            shown = asked.shows(sign) and (asked.shows("leans") or not self._plainly(asked))
            told_by_engine = context.is_sure_of(intent) and not self._held(asked, context)
            if shown or told_by_engine:
                told = tell(last, self._composer)
                return replace(told, talk=replace(told.talk or Talk(), asked=context.asked))
        return None

    def _about_answers(self, asked: Question, context: Context) -> Reply | None:
        """Says where answers come from and how old they are, where there is no last one."""
        for intent, text in (("ask_source", "about.source_of_all"), ("ask_currency", "about.date_of_all")):
            if context.is_sure_of(intent) and not self._plainly(asked):
                return Reply(self._composer.say(text), "smalltalk", self._language)
        return None

    def _held(self, asked: Question, context: Context) -> bool:
        """Tells whether a question has an answer, alone or within the talk."""
        found = self._candidates(asked, replace(context, intent=None, confidence=0.0))
        needed = HALF_PLAINLY if context.confidence >= SURE else self._search.weights.answer
        return bool(found) and found[0].score >= needed and found[0].fact.key not in context.facts

    def _plainly(self, asked: Question) -> bool:
        """Tells whether a question has a plain answer of its own."""
        found = self._find(asked, Evidence())
        return bool(found) and found[0].score >= PLAINLY

    def _urgent(self, asked: Question, context: Context) -> Reply | None:
        """Gives the number to call, whatever else may fit; None where the message is about something else after all."""
        found = self._find(asked, context.evidence)
        urgent = [candidate for candidate in found if candidate.fact.topic == "urgent"]
        if not urgent:
            return None
        if found[0].fact.topic == "urgent" and found[0].score >= self._search.weights.answer:
            return self.show(found[0].fact)
        in_need = asked.shows("urgent") or context.confidence >= SURE
        if in_need and (found[0].fact.topic == "urgent" or found[0].score < HALF_PLAINLY):
            return self.show(next((c.fact for c in urgent if c.fact.kind == "statement"), urgent[0].fact))
        return None


def _after(reply: Reply, context: Context) -> Context:
    """Gives the context of the question that follows a reply."""
    talk = reply.talk or Talk()
    return replace(
        context, topic=talk.topic, place=talk.place, facts=talk.facts or (), choices=talk.choices, asked=talk.asked
    )


def _same_talk(context: Context) -> Talk:
    return Talk(context.topic, context.place, context.facts, context.choices, context.asked)
