"""From a question to a reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts import store
from facts.answer import Answers
from facts.database import Database
from facts.decide import Context
from facts.records import FactRecord
from facts.reply import Reply, Talk
from facts.search import Search
from tests.helpers import handmade
from tests.helpers.handmade import TEXTS


@pytest.fixture
def answers(filled: Database) -> Answers:
    return handmade.answers_from(filled)


@pytest.fixture(scope="module")
def asking(unchanging: Search) -> Answers:
    """Answers, for tests that change no facts."""
    return Answers(unchanging, TEXTS)


UTAH = Context(topic="sister_city", place="utah", facts=("utah-tie",), asked="When did Utah sign with Xining?")
UTAH_ZH = Context(topic="sister_city", place="utah", facts=("utah-tie",), asked="犹他州什么时候和西宁签约？")
FORUM = Context(topic="forum", facts=("forum-what",), asked="What was the forum?")
GUESTS = Context(
    topic="forum",
    facts=("forum-2012",),
    choices=("forum-2010",),
    asked="How many people came to the forum in 2012?",
)
OFFERED = Context(topic="forum", choices=("forum-2010", "forum-2012"), asked="How many people came to the forum?")


def after(reply: Reply) -> Context:
    """Gives what the engine keeps of a reply."""
    talk = reply.talk or Talk()
    return Context(None, 0.0, talk.topic, talk.place, talk.facts or (), talk.choices, talk.asked)


def ask(asking: Answers, question: str, context: Context | None = None) -> Reply:
    reply = asking.answer(question, asking.language_of(question), context)
    assert reply.text
    return reply


@pytest.mark.parametrize(
    ("question", "outcome", "facts"),
    [
        ("What was the forum?", "answer", ["forum-what"]),
        ("论坛是什么", "answer", ["forum-what"]),
        ("論壇是什麼", "answer", ["forum-what"]),
        ("How many people came to the forum in 2010?", "answer", ["forum-2010"]),
        ("2012年有多少人参加论坛", "answer", ["forum-2012"]),
        ("When did Turkey sign?", "answer", ["edirne-tie"]),
        ("When did Edirna sign?", "answer", ["edirne-tie"]),
        ("埃迪内什么时候签约", "answer", ["edirne-tie"]),
        ("谁参加了寄宿？", "answer", ["homestay-who"]),
        # a gap says so, and states what is nearest
        ("What does a homestay cost?", "unknown", ["homestay-who"]),
        ("寄宿的费用", "unknown", ["homestay-who"]),
        # of another year, or another place, only what is nearest is known
        ("How many people came to the forum in 1999?", "unknown", ["forum-2010"]),
        ("Best pizza recipe", "out_of_scope", []),
        ("怎么做披萨", "out_of_scope", []),
        ("", "clarify", []),
        ("?! 😀", "clarify", []),
    ],
)
def test_a_question_and_its_outcome(asking: Answers, question: str, outcome: str, facts: list[str]) -> None:
    reply = ask(asking, question)
    assert (reply.outcome, list(reply.facts)) == (outcome, facts)


@pytest.mark.parametrize("context", [Context(), Context("ask_forum", 0.9)])
@pytest.mark.parametrize("question", ["How many people came to the forum?", "有多少人参加论坛？"])
def test_a_tie_is_asked_back(asking: Answers, question: str, context: Context) -> None:
    reply = ask(asking, question, context)
    assert (reply.outcome, {b.stands_for["fact"] for b in reply.buttons}) == ("clarify", {"forum-2010", "forum-2012"})


def test_the_language_of_the_reply_is_the_one_asked_for(asking: Answers) -> None:
    assert asking.answer("What was the forum?", "zh").text == "论坛是一年一度的会议。"
    assert asking.answer("论坛是什么", "en").text == "The forum was a yearly meeting."
    assert asking.answer("谁参加了寄宿？", "zh").text == "Pupils from Utah stayed with families.（只有英文版。）"


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("Did Edirne sign a letter of intent?", "Yes. Edirne signed"),
        ("Does Edirne have a full agreement?", "No. Edirne signed"),
        ("埃迪尔内签署意向书了吗", "是的。埃迪尔内"),
        ("埃迪尔内有正式协议吗", "不是。埃迪尔内"),
        ("When did Edirne sign?", "Edirne signed"),
        ("Did Edirne sign in 2012?", "No. Edirne signed"),
        ("Did 100 people come to the forum in 2012?", "Yes. In 2012,"),
        ("Did 300 people come to the forum in 2012?", "No. In 2012,"),
        ("Why did 300 people come to the forum in 2012?", "Another figure. In 2012,"),
    ],
)
def test_a_yes_a_no_or_a_correction_comes_first(asking: Answers, question: str, start: str) -> None:
    reply = ask(asking, question)
    assert reply.outcome == "answer"
    assert reply.text.startswith(start)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("When did Paris sign with Xining?", "Paris"),
        ("墨尔本什么时候和西宁签约？", "墨尔本"),
        ("How many people came to the forum in 1999?", "1999"),
    ],
)
def test_what_is_asked_of_another_place_or_year_is_not_answered_of_ours(
    asking: Answers, question: str, missing: str
) -> None:
    reply = ask(asking, question, Context("ask_sister_city", 0.9) if missing != "1999" else None)
    assert reply.outcome == "unknown"
    assert missing in reply.text


@pytest.mark.parametrize(
    ("question", "context", "facts"),
    [
        # the same question of another place or year
        ("and Edirne?", UTAH, ("edirne-tie",)),
        ("What about Turkey?", UTAH, ("edirne-tie",)),
        ("Edirne", UTAH, ("edirne-tie",)),
        ("那埃迪尔内呢？", UTAH, ("edirne-tie",)),
        ("那土耳其呢？", UTAH_ZH, ("edirne-tie",)),
        ("and in 2010?", GUESTS, ("forum-2010",)),
        ("那2010年呢？", GUESTS, ("forum-2010",)),
        # another question of the same subject
        ("and who signed?", UTAH, ("utah-who",)),
        ("谁签的？", UTAH_ZH, ("utah-who",)),
        ("and who signed it for them?", UTAH, ("utah-who",)),
        # more of it
        ("tell me more", FORUM, ("forum-what",)),
        ("详细说说", FORUM, ("forum-what",)),
        # what stands for itself isn't led astray
        ("What was the forum?", UTAH, ("forum-what",)),
        ("and when exactly did Edirne sign that letter?", UTAH, ("edirne-tie",)),
        # a choice
        ("the second one", OFFERED, ("forum-2012",)),
        ("第一个", OFFERED, ("forum-2010",)),
        ("yes", OFFERED, ("forum-2010",)),
        ("the one in 2012", OFFERED, ("forum-2012",)),
        ("no, the other one", GUESTS, ("forum-2010",)),
    ],
)
def test_a_question_may_lean_on_what_came_before(
    asking: Answers, question: str, context: Context, facts: tuple[str, ...]
) -> None:
    reply = ask(asking, question, context)
    assert (reply.outcome, reply.facts) == ("answer", facts)


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("I write a paper on towns and friendship, for school. When did Edirne sign with Xining?", "edirne-tie"),
        (
            "Who stayed with the families? My aunt once had a guest from far away, from an island with many goats.",
            "homestay-who",
        ),
    ],
)
def test_one_sentence_of_a_message_may_be_the_question(asking: Answers, question: str, fact: str) -> None:
    assert ask(asking, question).facts == (fact,)


def test_a_correction_is_not_answered_with_what_it_denies(asking: Answers) -> None:
    assert ask(asking, "I meant Edirne, not Utah: when did they sign?", UTAH).facts == ("edirne-tie",)


def test_what_was_asked_in_pieces_is_kept_as_a_whole_question(asking: Answers) -> None:
    talk = ask(asking, "and who signed?", UTAH).talk
    assert talk is not None
    assert (talk.facts, talk.asked) == (("utah-who",), asking._search.snapshot().facts["utah-who"].questions["en"][0])


def test_more_of_an_answer_is_its_full_text(asking: Answers) -> None:
    assert ask(asking, "tell me more", FORUM).text == "The forum was a yearly meeting of youth."


@pytest.mark.parametrize(
    ("question", "context", "text"),
    [
        ("Where did you get that?", UTAH, "From “Title of press”, The Press, "),
        ("出处是什么？", UTAH, "来源是《Title of press》，"),
        ("Is that still true?", UTAH, "As of May 2009. Since then: not known."),
        ("Is that still true?", FORUM, "As of 2012. No later forum is on record."),
        ("现在还是这样吗？", UTAH, "截至2009年5月。"),
        # by the engine
        (
            "Is there a newspaper article?",
            Context("ask_source", 0.9, "sister_city", "utah", ("utah-tie",)),
            "From “Title",
        ),
    ],
)
def test_the_last_answer_itself_can_be_asked_about(asking: Answers, question: str, context: Context, text: str) -> None:
    reply = ask(asking, question, context)
    assert (reply.outcome, reply.facts) == ("answer", context.facts)
    assert reply.text.startswith(text)


@pytest.mark.parametrize("question", ["Where did you get that?", "Is that still true?", "tell me more"])
def test_after_a_question_about_the_last_answer_the_talk_goes_on_as_before(asking: Answers, question: str) -> None:
    context = after(ask(asking, question, UTAH))
    assert (context.topic, context.place, context.facts, context.asked) == (
        "sister_city",
        "utah",
        ("utah-tie",),
        UTAH.asked,
    )


@pytest.mark.parametrize(
    ("intent", "question", "text"),
    [
        ("ask_source", "Where do your answers come from?", "Each answer has a source."),
        ("ask_currency", "How old are your answers?", "Each answer has a date."),
        ("ask_source", "你的回答出自哪里？", "每条回答都有来源。"),
    ],
)
def test_without_a_last_answer_all_answers_are_spoken_of(
    asking: Answers, intent: str, question: str, text: str
) -> None:
    reply = ask(asking, question, Context(intent, 0.9))
    assert (reply.text, reply.outcome) == (text, "smalltalk")


@pytest.mark.parametrize(
    ("question", "context", "outcome", "text"),
    [
        ("no", OFFERED, "smalltalk", "What else?"),
        ("no", UTAH, "smalltalk", "What else?"),
        ("都不是", OFFERED, "smalltalk", "还有什么？"),
        ("Is Taiwan a country?", Context("ask_politics", 0.9), "out_of_scope", "I take no position."),
    ],
)
def test_what_is_no_question_of_facts(
    asking: Answers, question: str, context: Context, outcome: str, text: str
) -> None:
    reply = ask(asking, question, context)
    assert (reply.outcome, reply.text, reply.facts) == (outcome, text, ())


@pytest.mark.parametrize(
    ("question", "context"),
    [
        ("Help me, I was robbed!", Context()),
        ("我的护照被偷了", Context()),
        ("The thief took my bag", Context("ask_urgent", 0.9)),
        ("Help me, I was robbed!", UTAH),
        ("Help me, I was robbed!", Context("out_of_scope", 0.9)),
    ],
)
def test_who_needs_help_now_is_told_whom_to_call(asking: Answers, question: str, context: Context) -> None:
    reply = ask(asking, question, context)
    assert (reply.outcome, reply.facts) == ("answer", ("urgent-police",))


def test_what_has_a_plain_answer_is_not_urgent(asking: Answers) -> None:
    assert ask(asking, "What was the forum?", Context("ask_urgent", 0.9)).facts == ("forum-what",)


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("What was the forum and who signed for Utah?", ("forum-what", "utah-who")),
        ("When did Utah sign? How many people came to the forum in 2010?", ("utah-tie", "forum-2010")),
        ("犹他州什么时候签约？论坛是什么？", ("utah-tie", "forum-what")),
        ("When did Utah sign and who signed?", ("utah-tie", "utah-who")),  # the second leans on the first
        ("What was the forum? And what was the forum?", ("forum-what",)),
    ],
)
def test_two_questions_in_one_message_are_both_answered(asking: Answers, question: str, facts: tuple[str, ...]) -> None:
    reply = ask(asking, question)
    assert (reply.outcome, reply.facts) == ("answer", facts)
    assert len(reply.text.split("\n")) == len(facts)


def test_the_talk_goes_on_with_the_second_of_two_questions(asking: Answers) -> None:
    talk = ask(asking, "What was the forum and who signed for Utah?").talk
    assert talk is not None
    assert (talk.topic, talk.place, talk.facts) == ("sister_city", "utah", ("utah-who",))


@pytest.mark.parametrize(
    ("question", "context", "outcome", "topic"),
    [
        ("Best pizza recipe", Context("follow_up", 0.9, "homestay"), "unknown", "homestay"),
        ("Best pizza recipe", Context("follow_up", 0.9), "out_of_scope", None),  # nothing to lean on
        ("Best pizza recipe", Context("ask_forum", 0.3), "out_of_scope", None),
        # what isn't ours doesn't end the subject of the talk
        ("Best pizza recipe", Context("out_of_scope", 0.9, "sister_city", "utah"), "out_of_scope", "sister_city"),
        ("What was the forum?", Context("out_of_scope", 0.9, "sister_city", "utah"), "answer", "forum"),
        # a fact that is gone since
        (
            "and when did Utah sign?",
            Context("follow_up", 0.9, "sister_city", "utah", ("gone",)),
            "answer",
            "sister_city",
        ),
    ],
)
def test_what_is_known_beside_the_question(
    asking: Answers, question: str, context: Context, outcome: str, topic: str | None
) -> None:
    reply = ask(asking, question, context)
    assert (reply.outcome, reply.talk and reply.talk.topic) == (outcome, topic)


@pytest.mark.parametrize("question", ["Best pizza recipe", "no"])
def test_what_is_not_ours_leaves_the_talk_as_it_was(asking: Answers, question: str) -> None:
    assert after(ask(asking, question, UTAH)) == UTAH


@pytest.mark.parametrize(
    ("questions", "facts"),
    [
        (("When did Utah sign?", "and Edirne?", "and Utah?"), ("utah-tie",)),
        (("How many people came to the forum?", "the second one", "and in 2010?"), ("forum-2010",)),
        (("How many people came to the forum in 2010?", "Best pizza recipe", "and in 2012?"), ("forum-2012",)),
        (("When did Utah sign?", "Where did you get that?", "and Edirne?"), ("edirne-tie",)),
        (("When did Utah sign?", "Is that still true?", "and Edirne?"), ("edirne-tie",)),
        (("犹他州什么时候签约？", "那埃迪尔内呢？", "那犹他州呢？"), ("utah-tie",)),
    ],
)
def test_a_talk_of_several_turns(asking: Answers, questions: tuple[str, ...], facts: tuple[str, ...]) -> None:
    context = Context()
    for question in questions:
        reply = ask(asking, question, context)
        context = after(reply)
    assert (reply.outcome, reply.facts) == ("answer", facts)


GREET = "replies.smalltalk.greet"
HELLO = "Hello! I know about the forum, homestays and sister cities."


@pytest.mark.parametrize(
    ("message", "confidence", "outcome", "facts"),
    [
        ("hi", 0.9, "smalltalk", ()),
        ("Hello there my dear friend", 0.9, "smalltalk", ()),
        ("Hello, when did Utah sign with Xining?", 0.9, "answer", ("utah-tie",)),
        ("Hello, when did Utah sign with Xining?", 0.4, "answer", ("utah-tie",)),
        ("Hello, what does a homestay cost?", 0.9, "unknown", ("homestay-who",)),
        ("你好，犹他州什么时候和西宁签约？", 0.9, "answer", ("utah-tie",)),
        ("你好", 0.9, "smalltalk", ()),
    ],
)
def test_small_talk_that_asks_for_a_fact_is_answered(
    asking: Answers, message: str, confidence: float, outcome: str, facts: tuple[str, ...]
) -> None:
    context = Context("greet", confidence)
    reply = asking.small_talk(GREET, message, "en", context, outcome="smalltalk")
    assert (reply.outcome, reply.facts) == (outcome, facts)
    assert (reply.text == HELLO) == (outcome == "smalltalk")


def test_small_talk_leaves_the_talk_as_it_was(asking: Answers) -> None:
    reply = asking.small_talk(GREET, "hi", "en", UTAH, outcome="smalltalk")
    assert after(reply) == UTAH


NO_FEE = "No fee for a homestay is on record. Nearest: Pupils from Utah stayed with families. Ask the Office."


@pytest.mark.parametrize(
    ("key", "part", "outcome", "text"),
    [
        ("forum-what", "short", "answer", "The forum was a yearly meeting."),
        ("forum-what", "full", "answer", "The forum was a yearly meeting of youth."),
        ("homestay-cost", "short", "unknown", NO_FEE),
        ("gone", "short", "unknown", "Gone. Ask the Office."),
    ],
)
def test_a_button_shows_its_fact(asking: Answers, key: str, part: str, outcome: str, text: str) -> None:
    reply = asking.show(key, "en", part)
    assert (reply.outcome, reply.text) == (outcome, text)


def test_a_talk_goes_on_from_a_button(asking: Answers) -> None:
    assert ask(asking, "and Edirne?", after(asking.show("utah-tie", "en"))).facts == ("edirne-tie",)


@pytest.mark.parametrize("how", ["retired", "deleted"])
def test_the_button_of_a_fact_that_is_gone_is_said_to_be_not_known(
    answers: Answers, filled: Database, how: str
) -> None:
    assert answers.show("forum-what", "en").outcome == "answer"
    with filled.write() as session:
        if how == "deleted":
            store.delete(session, "fact", "forum-what", "office")
        else:
            held = store.get(session, "fact", "forum-what")
            assert isinstance(held, FactRecord)
            store.save(session, held.model_copy(update={"state": "retired"}), "office")
    reply = answers.show("forum-what", "en")
    assert (reply.outcome, reply.facts, reply.sources) == ("unknown", (), ())


@pytest.mark.parametrize(
    ("text", "otherwise", "language"),
    [
        ("How many?", None, "en"),
        ("多少？", None, "zh"),
        ("多少？", "en", "zh"),
        ("2012?", "zh", "zh"),
        ("2012?", None, "en"),
        ("2012?", "tr", "en"),  # not one of ours
    ],
)
def test_the_language_of_a_reply(answers: Answers, text: str, otherwise: str | None, language: str) -> None:
    assert answers.language_of(text, otherwise) == language


@pytest.mark.parametrize(
    ("name", "language", "outcome", "text"),
    [
        ("replies.smalltalk.greet", "en", "smalltalk", "Hello! I know about the forum, homestays and sister cities."),
        ("replies.smalltalk.greet", "zh", "smalltalk", "您好！我知道论坛、寄宿、友城。"),
        ("replies.handoff", "zh", "handoff", "人工在外办。"),
    ],
)
def test_texts_are_said_with_office_and_topics(
    answers: Answers, name: str, language: str, outcome: str, text: str
) -> None:
    reply = answers.say(name, language, outcome=outcome)  # type: ignore[arg-type]
    assert (reply.text, reply.outcome, reply.language, reply.facts, reply.buttons) == (text, outcome, language, (), ())


def test_answers_go_on_while_the_database_cannot_be_read(
    answers: Answers, filled: Database, database_file: Path
) -> None:
    before = answers.answer("What was the forum?", "en")
    filled.close()
    database_file.write_bytes(b"no database any more" * 100)
    assert answers.answer("What was the forum?", "en") == before
    assert answers.show("forum-what", "zh").text == "论坛是一年一度的会议。"


@pytest.mark.parametrize("message", ["!!!!!!!!", "？？？？？？？？？？", "...", ""])
def test_a_message_without_a_word_is_no_question_of_the_talk(asking: Answers, message: str) -> None:
    reply = asking.small_talk("replies.smalltalk.greet", message, "en", FORUM, outcome="smalltalk")
    assert (reply.outcome, reply.facts) == ("smalltalk", ())


def test_a_year_counted_from_the_talk_is_another_question_than_without(asking: Answers) -> None:
    first = Context(topic="forum", facts=("forum-2010",), asked="How many people came to the forum in 2010?")
    assert ask(asking, "How many people came to the forum two years later?", first).facts == ("forum-2012",)


def test_a_talk_may_lean_on_a_fact_without_example_questions(answers: Answers, filled: Database) -> None:
    plain = next(fact for fact in handmade.FACTS if fact.key == "utah-tie").model_copy(update={"questions": {}})
    with filled.write() as session:
        store.save(session, plain, "office")
    assert ask(answers, "and who signed?", UTAH).text
