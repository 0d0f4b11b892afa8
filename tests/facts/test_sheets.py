"""Facts as sheets and back: nothing is lost, nothing is taken for a formula, and what is wrong is told by row."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from facts import store
from facts.database import Database
from facts.files import read_records
from facts.records import FactRecord
from facts.sheets.columns import BadRow, columns, fact_of, languages_of, row_of
from facts.sheets.files import LARGEST_UNPACKED, BadFile, read_sheet, write_csv, write_xlsx
from facts.sheets.headers import map_headers
from facts.sheets.plan import ChangedMeanwhile, Planned, apply, office_source, plan, read_held
from settings import DATA
from tests.helpers.handmade import FACTS

LANGUAGES = ("zh", "en")
NAMES = columns(LANGUAGES)
TOPICS = ("forum", "homestay", "sister_city", "urgent")
DAY = date(2026, 11, 24)
OFFICE = "office-2026-11-24"


def padded(rows: list[list[str]]) -> list[list[str]]:
    """Rows of one length; XLSX leaves empty cells at the end out."""
    longest = max(map(len, rows))
    return [row + [""] * (longest - len(row)) for row in rows]


# Rows


def shipped() -> list[FactRecord]:
    found, _ = read_records(DATA / "facts")
    return [located.record for located in found if isinstance(located.record, FactRecord)]


@pytest.mark.parametrize("write", [write_csv, lambda rows: write_xlsx(rows, "facts")], ids=["csv", "xlsx"])
def test_all_shipped_facts_come_back_as_they_were(write: Any) -> None:
    facts = shipped()
    assert len(facts) > 500
    languages = languages_of(facts, LANGUAGES)
    names = columns(languages)
    table = [names] + [[row_of(fact, languages)[name] for name in names] for fact in facts]
    back = padded(read_sheet(write(table), "facts.csv" if write is write_csv else "facts.xlsx"))
    assert back[0] == names
    rows = [dict(zip(names, cells, strict=True)) for cells in back[1:]]
    assert [fact_of(row, fact, {}) for row, fact in zip(rows, facts, strict=True)] == facts
    assert [fact_of(row, None, {}) for row in rows] == facts


def test_an_empty_cell_leaves_and_a_stroke_empties() -> None:
    before = next(fact for fact in FACTS if fact.key == "forum-what")
    row = dict.fromkeys(NAMES, "") | {"key": before.key}
    assert fact_of(row, before, {}) == before
    emptied = fact_of(row | {"as_of": "-", "more.en": "-"}, before, {})
    assert emptied.as_of is None
    assert emptied.questions["en"] == before.questions["en"][:1]
    with pytest.raises(BadRow, match="topic can't be emptied"):
        fact_of(row | {"topic": "-"}, before, {})


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ({"as_of": "yesterday"}, "as_of: "),
        ({"number": "many"}, "number: 'many' is no number"),
        ({"state": "perhaps"}, "state: "),
        ({"sources": "No Key!"}, "sources.0: "),
    ],
)
def test_what_is_wrong_with_a_cell_is_told(cell: dict[str, str], problem: str) -> None:
    row = {"key": "a", "topic": "forum", "question.en": "Why?", "answer.en": "So."} | cell
    with pytest.raises(BadRow) as bad:
        fact_of(row, None, {"aspect": "what"})
    assert bad.value.problems[0].startswith(problem)


# Files

cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=5))
def test_whatever_stands_in_a_cell_comes_back(rows: list[list[str]]) -> None:
    table = [["a", "b", "c"], *rows]
    assert padded(read_sheet(write_csv(table), "x.csv")) == table
    assert padded([row or [""] for row in read_sheet(write_xlsx(table, "x"), "x.xlsx")]) == table


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "=cmd|' /C calc'!A0", "'=1", "''"])
def test_no_cell_is_a_formula(cell: str) -> None:
    table = [["a"], [cell]]
    written = write_csv(table).decode("utf-8-sig").splitlines()[1].strip('"')
    assert written.startswith("'")
    assert read_sheet(write_csv(table), "x.csv") == table
    sheet = load_workbook(io.BytesIO(write_xlsx(table, "x"))).active
    assert sheet is not None
    assert sheet["A2"].data_type == "s"
    assert read_sheet(write_xlsx(table, "x"), "x.xlsx") == table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_spreadsheet_is_read(encoding: str, delimiter: str) -> None:
    content = f'问题{delimiter}答案\r\n西宁在哪里？{delimiter}"在青海，\n在高原"\r\n'.encode(encoding)
    assert read_sheet(content, "问答.CSV") == [["问题", "答案"], ["西宁在哪里？", "在青海，\n在高原"]]


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_texts() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["number", "as_of", "x", None])
    book.active.append([270, 2012.0, 1.5, None])
    content = io.BytesIO()
    book.save(content)
    assert read_sheet(content.getvalue(), "x.xlsx") == [["number", "as_of", "x"], ["270", "2012", "1.5"]]


def bomb() -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(LARGEST_UNPACKED // 1_000_000 + 1):
            part.write(bytes(1_000_000))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b"x" * 10_000_001, "x.csv", "10 MB is the most"),
        (b"PK no zip", "x.xlsx", "it is no XLSX file"),
        (b"a,b", "x.pdf", "save it as .xlsx or .csv"),
        (b"a,b", "x", "save it as .xlsx or .csv"),
        (b"\xff\xfe\x00a\x00", "x.csv", "its letters can't be read"),
        (b"\0\0\0", "x.csv", "its letters can't be read"),
        (b"," * 300, "x.csv", "larger than"),
        (b"a\n" * 50_002, "x.csv", "larger than"),
    ],
    ids=["too large", "no zip", "another kind", "no ending", "bytes", "zeros", "too wide", "too long"],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, name: str, problem: str) -> None:
    with pytest.raises(BadFile, match=problem):
        read_sheet(content, name)


def test_a_file_that_unpacks_to_too_much_is_not_unpacked() -> None:
    content = bomb()
    assert len(content) < 1_000_000
    with pytest.raises(BadFile, match="unpacks to more"):
        read_sheet(content, "bomb.xlsx")


# Headers


@pytest.mark.parametrize(
    ("headers", "mapped"),
    [
        (["问题", "答案"], ["question.zh", "answer.zh"]),
        (["Question", "Answer"], ["question.en", "answer.en"]),
        (
            ["问题（英文）", "英文回答", "中文问题", "答案:中文"],
            ["question.en", "answer.en", "question.zh", "answer.zh"],
        ),
        (["类别", "截至日期", "来源", "其他问法"], ["topic", "as_of", "sources", "more.zh"]),
        (["question.zh", "答案", "答复", "备注"], ["question.zh", "answer.zh", None, None]),
        ([" QUESTION ", "", "answer [Chinese]"], ["question.en", None, "answer.zh"]),
    ],
)
def test_headers_are_understood(headers: list[str], mapped: list[str | None]) -> None:
    assert map_headers(headers, NAMES) == mapped


# Plans


@pytest.fixture
def planned(filled: Database) -> Any:
    def make(*rows: dict[str, str], **more: Any) -> list[Planned]:
        with filled.read() as session:
            return plan(rows, read_held(session), TOPICS, DAY, **more)

    return make


def test_two_columns_are_enough(planned: Any, filled: Database) -> None:
    row = {"question.zh": "西宁有共享单车吗？", "answer.zh": "有。"}
    (found,) = planned(row, suggest=lambda question, language: "urgent")
    assert (found.number, found.verdict) == (2, "new")
    assert found.record.topic == "urgent"
    assert (found.record.sources, found.record.as_of) == ([OFFICE], "2026-11-24")
    with filled.write() as session:
        assert apply(session, [found], DAY, "test") == {"new": 1}
        assert store.get(session, "source", OFFICE) == office_source(DAY)
    (again,) = planned(row)
    assert (again.verdict, again.key) == ("unchanged", found.key)


def test_without_a_topic_that_anything_suggests_a_row_is_refused(planned: Any) -> None:
    (found,) = planned({"question.zh": "西宁有共享单车吗？", "answer.zh": "有。"})
    assert (found.verdict, found.problems) == ("refused", ["topic: this part is missing."])


def test_a_question_that_a_fact_has_changes_that_fact_and_names_the_office(planned: Any) -> None:
    before = next(fact for fact in FACTS if fact.key == "forum-what")
    (found,) = planned({"question.en": before.questions["en"][0].upper(), "answer.en": "A meeting."})
    assert (found.key, found.verdict) == ("forum-what", "changed")
    assert ("answer.en", "A meeting.") in [(name, after) for name, _, after in found.changes]
    assert found.record.sources == [OFFICE, *before.sources]
    assert found.record.as_of == "2026-11-24"


def test_who_names_the_source_is_believed(planned: Any) -> None:
    (found,) = planned({"key": "forum-what", "answer.en": "A meeting.", "sources": "press", "as_of": "2013"})
    assert found.record.sources == ["press"]
    assert found.record.as_of == "2013"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"answer.en": "So."}, "neither a key nor a question"),
        (
            {"key": "new", "topic": "weather", "question.en": "Rain?", "answer.en": "No."},
            "topic: 'weather' is not known",
        ),
        ({"key": "new", "topic": "forum", "question.en": "Rain?"}, "answer: it is missing"),
        ({"key": "new", "topic": "forum", "answer.en": "No."}, "question: it is missing"),
        ({"key": "forum-what", "sources": "nowhere"}, "sources: nothing is called 'nowhere'"),
        ({"key": "forum-what", "places": "atlantis"}, "places: nothing is called 'atlantis'"),
        ({"key": "forum-what", "nearest": "no-fact"}, "nearest: nothing is called 'no-fact'"),
        ({"key": "forum-what", "sources": "-"}, "sources: a statement needs one"),
        ({"key": "forum-what", "valid_from": "2014", "valid_until": "2012"}, "valid_from is later"),
        ({"key": "Not A Key", "question.en": "Rain?"}, "key: "),
    ],
)
def test_what_is_refused_says_why(planned: Any, row: dict[str, str], problem: str) -> None:
    (found,) = planned(row)
    assert found.verdict == "refused"
    assert any(text.startswith(problem) or problem in text for text in found.problems), found.problems


def test_a_question_of_another_fact_is_refused(planned: Any) -> None:
    taken = next(fact for fact in FACTS if fact.key == "homestay-who").questions["en"][0]
    row = {"key": "new", "topic": "forum", "question.en": "Rain?", "answer.en": "No.", "more.en": taken}
    (found,) = planned(row)
    assert "is one of 'homestay-who' already" in found.problems[0]


def test_two_rows_on_one_fact_are_told_with_their_numbers(planned: Any) -> None:
    rows = planned({"key": "forum-what"}, {}, {"key": "forum-what"})
    assert [(row.number, row.verdict) for row in rows] == [(2, "unchanged"), (4, "refused")]
    assert rows[1].problems == ["row 2 is about the same fact"]


def test_all_or_nothing(planned: Any, filled: Database) -> None:
    rows = planned({"key": "forum-what", "answer.en": "A meeting."}, {"answer.en": "?"})
    with filled.write() as session:
        assert apply(session, rows, DAY, "test", all_or_nothing=True) == {"refused": 1}
        held = store.get(session, "fact", "forum-what")
    assert held in FACTS
    with filled.write() as session:
        assert apply(session, rows, DAY, "test") == {"changed": 1, "refused": 1}
        (*_, last) = store.history(session, "fact", "forum-what")
        assert last.who == "test"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(planned: Any, filled: Database) -> None:
    mine = planned({"key": "forum-what", "answer.en": "Mine."}, {"key": "homestay-who", "answer.en": "Mine."})
    theirs = planned({"key": "forum-what", "answer.en": "Theirs."})
    with filled.write() as session:
        apply(session, theirs, DAY, "somebody else")
    with pytest.raises(ChangedMeanwhile, match="forum-what"), filled.write() as session:
        apply(session, mine, DAY, "test")
    with filled.read() as session:
        fact = store.get(session, "fact", "forum-what")
        assert isinstance(fact, FactRecord)
        assert fact.text["en"].short == "Theirs."
        assert store.get(session, "fact", "homestay-who") in FACTS


def test_an_export_brought_in_changes_nothing(planned: Any, filled: Database) -> None:
    with filled.read() as session:
        facts = [fact for fact in store.records(session, "fact") if isinstance(fact, FactRecord)]
    rows = [row_of(fact, languages_of(facts, LANGUAGES)) for fact in facts]
    assert {row.verdict for row in planned(*rows)} == {"unchanged"}
