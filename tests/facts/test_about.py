"""Questions about the last answer itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from facts import about
from facts.records import FactRecord
from facts.reply import Composer, Reply
from facts.search import Snapshot
from tests.helpers.handmade import TEXTS, fact, snapshot_of

Tell = Callable[[FactRecord, Composer, Snapshot, str], Reply]


def told(tell: Tell, record: FactRecord | str, language: str, *more: FactRecord) -> Reply:
    snapshot = snapshot_of(*more) if isinstance(record, str) else snapshot_of(record, *more)
    said = snapshot.facts[record] if isinstance(record, str) else record
    return tell(said, Composer(snapshot, TEXTS, language))


@pytest.mark.parametrize(
    ("record", "language", "text"),
    [
        ("utah-tie", "zh", "来源是《Title of press》，The Press，2012年6月10日。官方。"),
        ("edirne-tie", "en", "From “Title of mirror”, Somebody, 2014. A mirror."),
        ("homestay-who", "en", "From “Title of wiki”, undated. By volunteers."),
        ("homestay-who", "zh", "来源是《Title of wiki》，无日期。志愿者。"),
        (fact("x", sources=["repost"]), "en", "From “Title of repost”, A Re-post, no date. A re-post."),
        # the most reliable one tells how far it can be trusted
        (
            fact("x", sources=["wiki", "mirror"]),
            "en",
            "From “Title of wiki”, undated; and “Title of mirror”, Somebody, 2014. A mirror.",
        ),
        (fact("x", sources=["repost"]), "zh", "来源是《Title of repost》，A Re-post，没有日期。转载。"),
        (fact("x", sources=["gone"]), "en", "No source."),
    ],
)
def test_where_a_fact_comes_from(record: FactRecord | str, language: str, text: str) -> None:
    assert told(about.tell_sources, record, language).text == text


def test_an_answer_on_sources_goes_on_with_the_same_fact() -> None:
    said = told(about.tell_sources, "utah-tie", "en")
    assert (said.outcome, said.facts, said.as_of) == ("answer", ("utah-tie",), "2009-05")
    assert [shown["title"] for shown in said.sources] == ["Title of press"]
    assert said.talk is not None
    assert (said.talk.topic, said.talk.place, said.talk.facts) == ("sister_city", "utah", ("utah-tie",))


def test_without_a_source_nothing_is_stated() -> None:
    said = told(about.tell_sources, fact("x", sources=["gone"], as_of="2012"), "en")
    assert (said.facts, said.sources, said.as_of) == ((), (), None)


NOW = fact("x-now", subject="x", aspect="status", en="It was closed in 2020.", as_of="2020", sources=["mirror"])
GAP = fact("x-now", subject="x", aspect="status", kind="gap", en="Not known today.")


@pytest.mark.parametrize(
    ("record", "more", "language", "text"),
    [
        ("utah-tie", (), "en", "As of May 2009. Since then: not known. Ask the Office."),
        ("utah-tie", (), "zh", "截至2009年5月。以后不详。请问外办。"),
        (fact("x"), (), "en", "Date not held. Since then: not known. Ask the Office."),
        # its subject's present state is a gap
        ("forum-what", (), "en", "As of 2012. No later forum is on record. Ask the Office."),
        (fact("x", as_of="2012", subject="x"), (GAP,), "en", "As of 2012. Not known today. Ask the Office."),
        # or a fact
        (fact("x", as_of="2012", subject="x"), (NOW,), "en", "As of 2012. It was closed in 2020."),
        # it is that fact itself
        (NOW, (), "en", "As of 2020. Since then: not known. Ask the Office."),
    ],
)
def test_whether_a_fact_still_holds(
    record: FactRecord | str, more: tuple[FactRecord, ...], language: str, text: str
) -> None:
    assert told(about.tell_currency, record, language, *more).text == text


@pytest.mark.parametrize(
    ("more", "facts", "as_of", "source_"),
    [((NOW,), ("x-now",), "2020", "Title of mirror"), ((GAP,), ("x",), "2012", "Title of press")],
)
def test_an_answer_on_currency_has_the_source_and_date_of_what_it_states(
    more: tuple[FactRecord, ...], facts: tuple[str, ...], as_of: str, source_: str
) -> None:
    said = told(about.tell_currency, fact("x", as_of="2012", subject="x"), "en", *more)
    assert (said.outcome, said.facts, said.as_of, said.sources[0]["title"]) == ("answer", facts, as_of, source_)
