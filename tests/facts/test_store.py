"""The only writes: whole records in, whole records out, and a line in the history for each change."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from facts import store
from facts.database import Database
from facts.models import Fact
from facts.records import AnyRecord, Kind, kind_of
from tests.helpers.handmade import fact, place, source

SOURCE = source(
    "press",
    publisher="The Press",
    author="An Author",
    date="2012-06-10",
    date_note={"en": "about", "zh": "约"},
    reliability="B",
)
PLACE = place(
    "edirne",
    country="turkiye",
    names={"en": ["Edirne", "Adrianople"], "zh": ["埃迪尔内"], "tr": ["Edirne"]},
    misspellings=["Edirna", "埃迪内"],
    tie="agreement",
    steps=[
        {"date": "2014-06-11", "kind": "letter_of_intent", "text": {"en": "Signed.", "zh": "签署。"}, "sources": ["press"]},
        {"kind": "visit", "text": {"en": "Visited."}, "sources": ["press", "mirror"]},
    ],
)  # fmt: skip
FACT = fact(
    "participants",
    aspect="how_many",
    number=270,
    unit="participants",
    as_of="2012",
    valid_from="2010",
    valid_until="2012",
    state="draft",
    certainty="conflicting",
    places=["edirne", "utah"],
    nearest=["forum-what"],
    sources=["press", "mirror"],
    text={"en": {"short": "More than 270.", "full": "More than 270 people."}, "zh": {"short": "270多人。"}},
    questions={"zh": ["多少人？", "几个人？"], "en": ["How many?"]},
    subject="forum-2012",
    yes={"en": ["Did 270 come?", "Were there 270?"], "zh": ["来了270人吗？"]},
    no={"zh": ["只来了7个人吗？"]},
    lacks={"en": ["How many of them wore hats?"], "zh": ["有几个戴帽子的？"]},
)
GAP = fact("cost", kind="gap", aspect="cost")
RECORDS = [SOURCE, source("mirror"), PLACE, FACT, GAP]


def save(database: Database, *records: AnyRecord, who: str = "test") -> list[bool]:
    with database.write() as session:
        return [store.save(session, record, who) for record in records]


def get(database: Database, kind: Kind, key: str) -> AnyRecord | None:
    with database.read() as session:
        return store.get(session, kind, key)


def lines(database: Database, kind: Kind, key: str) -> list[tuple[str, object, object]]:
    with database.read() as session:
        return [(change.who, change.before, change.after) for change in store.history(session, kind, key)]


def version(database: Database, key: str) -> int | None:
    with database.read() as session:
        return session.scalar(select(Fact.version).where(Fact.key == key))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.key)
def test_what_is_saved_comes_back_whole(database: Database, record: AnyRecord) -> None:
    assert save(database, SOURCE, source("mirror")) == [True, True]
    save(database, record)
    assert get(database, kind_of(record), record.key) == record


def test_all_records_of_a_kind_come_in_the_order_of_their_making(database: Database) -> None:
    save(database, *RECORDS)
    with database.read() as session:
        assert store.records(session, "source") == [SOURCE, source("mirror")]
        assert store.records(session, "place") == [PLACE]
        assert store.records(session, "fact") == [FACT, GAP]


def test_what_is_not_held_is_none(database: Database) -> None:
    assert get(database, "fact", "nothing") is None
    assert get(database, "place", "nothing") is None
    assert get(database, "source", "nothing") is None


@pytest.mark.parametrize(
    "changed",
    [
        SOURCE.model_copy(update={"title": "Another", "date": None}),
        PLACE.model_copy(update={"names": {"en": ["Edirne"], "ko": ["에디르네"]}, "misspellings": [], "steps": []}),
        FACT.model_copy(update={"sources": ["mirror"], "number": None, "nearest": [], "questions": {"en": ["New?"]}}),
    ],
    ids=lambda record: record.key,
)
def test_saving_again_replaces_all_of_it_and_leaves_a_line(database: Database, changed: AnyRecord) -> None:
    save(database, *RECORDS, who="first")
    kind = kind_of(changed)
    before = get(database, kind, changed.key)
    assert before is not None
    assert save(database, changed, who="second") == [True]
    assert get(database, kind, changed.key) == changed
    assert lines(database, kind, changed.key) == [
        ("first", None, before.model_dump(mode="json")),
        ("second", before.model_dump(mode="json"), changed.model_dump(mode="json")),
    ]


def test_saving_the_same_again_adds_nothing(database: Database) -> None:
    save(database, *RECORDS)
    with database.read() as session:
        before = store.revision(session)
    assert save(database, *RECORDS) == [False] * len(RECORDS)
    with database.read() as session:
        assert store.revision(session) == before
    assert len(lines(database, "fact", FACT.key)) == 1


def test_a_source_named_twice_is_the_same_fact_again(database: Database) -> None:
    twice = fact("twice", sources=["press", "press"])
    save(database, SOURCE, twice)
    assert save(database, twice) == [False]


def test_the_revision_grows_with_each_change(database: Database) -> None:
    revisions = []
    for change in (
        lambda s: None,
        lambda s: store.save(s, SOURCE, "test"),
        lambda s: store.save(s, SOURCE, "test"),
        lambda s: store.save(s, SOURCE.model_copy(update={"title": "Another"}), "test"),
        lambda s: store.delete(s, "source", SOURCE.key, "test"),
        lambda s: store.delete(s, "source", SOURCE.key, "test"),
    ):
        with database.write() as session:
            change(session)
            revisions.append(store.revision(session))
    assert revisions == [0, 1, 1, 2, 3, 3]


@pytest.mark.parametrize("record", [FACT, PLACE, SOURCE], ids=lambda record: record.key)
def test_what_is_deleted_stays_in_the_history(database: Database, record: AnyRecord) -> None:
    save(database, SOURCE, source("mirror"))
    save(database, record)
    kind = kind_of(record)
    with database.write() as session:
        assert store.delete(session, kind, record.key, "remover") is True
    with database.write() as session:
        assert store.delete(session, kind, record.key, "remover") is False
    assert get(database, kind, record.key) is None
    content = record.model_dump(mode="json")
    assert lines(database, kind, record.key) == [("test", None, content), ("remover", content, None)]


def test_what_was_deleted_can_be_made_again(database: Database) -> None:
    save(database, SOURCE, source("mirror"), FACT)
    with database.write() as session:
        store.delete(session, "fact", FACT.key, "remover")
    assert save(database, FACT) == [True]
    assert get(database, "fact", FACT.key) == FACT
    assert [(who, before is None, after is None) for who, before, after in lines(database, "fact", FACT.key)] == [
        ("test", True, False),
        ("remover", False, True),
        ("test", True, False),
    ]


def test_a_fact_on_a_source_that_is_not_held_is_refused_and_nothing_is_kept(database: Database) -> None:
    save(database, SOURCE)
    with pytest.raises(store.UnknownReference, match="fact participants: no source is called mirror"):
        save(database, FACT)
    assert get(database, "fact", FACT.key) is None
    assert lines(database, "fact", FACT.key) == []


def test_a_source_that_a_fact_rests_on_cannot_be_deleted(database: Database) -> None:
    save(database, *RECORDS)

    def remove() -> None:
        with database.write() as session:
            store.delete(session, "source", "press", "remover")

    with pytest.raises(IntegrityError):
        remove()
    assert get(database, "source", "press") == SOURCE
    assert len(lines(database, "source", "press")) == 1


@pytest.mark.parametrize(("key", "cited"), [("press", True), ("mirror", True), ("other", False), ("nothing", False)])
def test_is_cited(database: Database, key: str, cited: bool) -> None:
    save(database, *RECORDS, source("other"))
    with database.read() as session:
        assert store.is_cited(session, key) is cited


@pytest.mark.parametrize(
    "update",
    [
        {"text": {"en": {"short": "Only the text is new."}}},
        {"questions": {"en": ["Only the question is new?"]}},
        {"subject": "forum-2013"},
        {"subject": None},
        {"yes": {}},
        {"no": {"en": ["Is only this one new?"]}},
        {"lacks": {"zh": ["有几个戴帽子的？"]}},
        {"yes": FACT.no, "no": FACT.yes},
        {"sources": ["mirror"]},
        {"as_of": "2011"},
    ],
)
def test_a_change_of_any_part_is_a_new_version_of_the_fact(database: Database, update: dict[str, object]) -> None:
    save(database, *RECORDS)
    assert version(database, FACT.key) == 1
    save(database, type(FACT).model_validate(FACT.model_dump() | update))
    assert version(database, FACT.key) == 2
    save(database, FACT)
    assert version(database, FACT.key) == 3


@pytest.mark.parametrize("update", [{"as_of": "2011"}, {"text": {"en": {"short": "Mine."}}}])
def test_an_edit_of_what_another_changed_meanwhile_is_refused(database: Database, update: dict[str, object]) -> None:
    save(database, *RECORDS)
    mine = type(FACT).model_validate(FACT.model_dump() | update)
    theirs = type(FACT).model_validate(FACT.model_dump() | {"text": {"en": {"short": "Theirs."}}})
    with Session(database.engine, expire_on_commit=False) as editing:
        assert store.get(editing, "fact", FACT.key) == FACT
        held = editing.scalars(select(Fact)).all()  # the session keeps what it has read only as long as somebody does
        editing.commit()
        save(database, theirs)
        with pytest.raises(StaleDataError):
            store.save(editing, mine, "me")
        del held
    assert get(database, "fact", FACT.key) == theirs
