"""The check of the fact files: everything at once, with file and line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from facts.check import check

LANGUAGES = ("en", "zh")
TOPICS = ("forum", "homestay")

SOURCES = """\
    sources:
      - key: press
        title: A report
        language: en
        reliability: A
        date_note: {en: undated, zh: 无日期}
    """
PLACES = """\
    places:
      - key: turkiye
        kind: country
        names: {en: [Türkiye], zh: [土耳其]}
      - key: edirne
        kind: city
        country: turkiye
        names: {en: [Edirne], zh: [埃迪尔内]}
        tie: agreement
        steps:
          - date: 2014-06-11
            kind: agreement
            text: {en: Signed., zh: 签署。}
            sources: [press]
    """
FACTS = """\
    topic: forum
    facts:
      - key: participants
        aspect: how_many
        number: 270
        unit: participants
        as_of: 2012
        valid_from: 2010
        valid_until: 2012
        places: [edirne]
        nearest: [budget]
        sources: [press]
        text:
          en: {short: "More than 270 by 2012."}
          zh: {short: "到2012年有270多人。"}
        questions:
          en: [how many a?, how many b?, how many c?, how many d?, how many e?]
          zh: [多少甲？, 多少乙？, 多少丙？, 多少丁？, 多少戊？]
      - key: budget
        kind: gap
        aspect: cost
        text:
          en: {short: "No sum is on record, not even for 2012."}
          zh: {short: "没有金额，2012年的也没有。"}
        questions:
          en: [cost a?, cost b?, cost c?, cost d?, cost e?]
          zh: [费用甲？, 费用乙？, 费用丙？, 费用丁？, 费用戊？]
    """


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "facts"
    folder.mkdir(parents=True)
    write(folder, {"_sources.yml": SOURCES, "_places.yml": PLACES, "forum.yml": FACTS})
    return folder


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else dedent(content).encode())


def said(folder: Path) -> list[str]:
    return [str(problem) for problem in check(folder, LANGUAGES, TOPICS)[1]]


def test_a_good_folder_has_no_problems_and_gives_all_records(folder: Path) -> None:
    found, problems = check(folder, LANGUAGES, TOPICS)
    assert problems == []
    assert [located.record.key for located in found] == ["turkiye", "edirne", "press", "participants", "budget"]


def test_every_kind_of_mistake_is_told_at_once_with_file_and_line(folder: Path) -> None:
    write(
        folder,
        {
            "broken.yml": "facts:\n  - key: {a\n  - key: b\n",
            "latin.yml": b"facts:\n  - key: a\n    unit: caf\xe9\n",
            "repeated.yml": "facts: []\nfacts: []\n",
            "section.yml": "places: []\nfatcs: []\n",
            "wrong.yml": """\
                topic: forum
                facts:
                  - key: participants
                    aspect: what
                    sources: [press]
                    text: {en: {short: Again.}, zh: {short: 又一次。}}
                    questions:
                      en: [again a?, again b?, again c?, again d?, again e?]
                      zh: [再甲？, 再乙？, 再丙？, 再丁？, 再戊？]
                  - key: astray
                    topic: from
                    aspect: what
                    places:
                      - edirne
                      - atlantis
                    nearest: [nowhere]
                    sources: [press, rumour]
                    valid_from: 2013
                    valid_until: 2012
                    text:
                      en: {short: It went astray.}
                    questions:
                      en: [astray a?, astray b?, astray c?, astray d?, "How many a!"]
                      zh: [迷路甲？, 迷路乙？]
                  - key: undated
                    aspect: how_many
                    number: 3
                    text: {en: {short: Some came.}, zh: {short: 有人来。}}
                    questions:
                      en: [undated a?, undated b?, undated c?, undated d?, undated e?]
                      zh: [无期甲？, 无期乙？, 无期丙？, 无期丁？, 无期戊？]
                  - key: misspelt
                    aspect: what
                    quesions: {}
                    text: {en: {short: Text.}, zh: {short: 文字。}}
                    questions: {en: [m?], zh: [错？]}
                """,
            "wrong_places.yml": """\
                places:
                  - key: edirne
                    kind: city
                    names: {en: [Edirne]}
                    country: atlantis
                    steps:
                      - kind: visit
                        text: {zh: 访问。}
                        sources: [rumour]
                sources:
                  - key: half
                    title: T
                    language: en
                    reliability: B
                    date_note: {en: undated}
                """,
        },
    )
    broken, *rest = said(folder)
    assert broken.startswith("data/facts/broken.yml:3: this is not valid YAML: ")
    assert rest == [
        "data/facts/latin.yml:3: the file is not UTF-8; save it as UTF-8.",
        "data/facts/repeated.yml:2: 'facts' stands here twice.",
        "data/facts/section.yml:2: the section 'fatcs' is not known here.",
        "data/facts/wrong.yml:3: the key participants is taken: data/facts/forum.yml:3.",
        "data/facts/wrong.yml:11: astray: the topic 'from' has no entry in data/texts/*/topics.yml.",
        "data/facts/wrong.yml:15: astray: no place is called 'atlantis'.",
        "data/facts/wrong.yml:16: astray: no fact is called 'nowhere'.",
        "data/facts/wrong.yml:17: astray: no source is called 'rumour'.",
        "data/facts/wrong.yml:18: astray: valid_from is later than valid_until.",
        "data/facts/wrong.yml:20: astray: text is missing in 'zh'.",
        "data/facts/wrong.yml:23: astray: the question 'How many a!' is also that of participants "
        "(data/facts/forum.yml:17).",
        "data/facts/wrong.yml:24: astray: 2 example questions in 'zh', at least 5 are wanted.",
        "data/facts/wrong.yml:25: undated: a statement needs at least one source.",
        "data/facts/wrong.yml:27: undated: a figure needs its date: as_of is missing.",
        "data/facts/wrong.yml:34: fact misspelt: quesions: no such part is known; is it misspelt?",
        "data/facts/wrong_places.yml:2: the key edirne is taken: data/facts/_places.yml:5.",
        "data/facts/wrong_places.yml:4: edirne: names is missing in 'zh'.",
        "data/facts/wrong_places.yml:5: edirne: no place is called 'atlantis'.",
        "data/facts/wrong_places.yml:8: edirne: text is missing in 'en'.",
        "data/facts/wrong_places.yml:9: edirne: no source is called 'rumour'.",
        "data/facts/wrong_places.yml:15: half: date_note is missing in 'zh'.",
    ]


def test_every_repeated_key_of_a_file_is_told(folder: Path) -> None:
    write(folder, {"repeated.yml": "places: []\nfacts: []\nplaces: []\nfacts: []\n"})
    assert said(folder) == [
        "data/facts/repeated.yml:3: 'places' stands here twice.",
        "data/facts/repeated.yml:4: 'facts' stands here twice.",
    ]


def one_fact(**changed: str) -> str:
    parts = {
        "aspect": "what",
        "sources": "[press]",
        "text": "{en: {short: It met.}, zh: {short: 开过会。}}",
        "questions": "{en: [q a, q b, q c, q d, q e], zh: [问甲, 问乙, 问丙, 问丁, 问戊]}",
        **changed,
    }
    return "topic: forum\nfacts:\n  - key: it\n" + "".join(f"    {name}: {value}\n" for name, value in parts.items())


FIGURE = "3: it: a figure needs its date: as_of is missing."
LATER = "9: it: valid_from is later than valid_until."


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        ({"text": "{en: {short: It met 3 times.}, zh: {short: 开过会。}}"}, FIGURE),
        ({"text": "{en: {short: It met three times.}, zh: {short: 开过会。}}"}, FIGURE),
        ({"text": "{en: {short: It met.}, zh: {short: 开过3次会。}}"}, FIGURE),
        ({"text": "{en: {short: Someone met often.}, zh: {short: 开过会。}}"}, None),
        ({"number": "3"}, "8: it: a figure needs its date: as_of is missing."),
        ({"number": "3", "as_of": "2012-06"}, None),
        ({"number": "many"}, "8: fact it: number: input should be a valid number, unable to parse string as a number."),
        ({"aspect": "whom"}, "4: fact it: aspect: input should be "),
        ({"as_of": "June 2012"}, "8: fact it: as_of: string should match pattern "),
        ({"sources": "[]"}, "3: it: a statement needs at least one source."),
        ({"sources": "[]", "kind": "gap"}, None),
        ({"valid_until": "2012", "valid_from": "2012"}, None),
        ({"valid_until": "2012", "valid_from": "2012-06"}, None),
        ({"valid_until": "2012-06", "valid_from": "2012"}, None),
        ({"valid_until": "2012", "valid_from": "2013"}, LATER),
        ({"valid_until": "2012-03", "valid_from": "2012-09"}, LATER),
        ({"valid_until": "2012-03-01", "valid_from": "2012-03-09"}, LATER),
    ],
)
def test_one_mistake_is_one_problem(folder: Path, changed: dict[str, str], problem: str | None) -> None:
    write(folder, {"it.yml": one_fact(**changed)})
    found = said(folder)
    assert len(found) == (problem is not None)
    assert all(f.startswith(f"data/facts/it.yml:{problem}") for f in found)


@pytest.mark.parametrize("day", ["2013-02-30", "2012-04-31"])
def test_a_day_that_never_was_is_a_problem(folder: Path, day: str) -> None:
    write(folder, {"it.yml": one_fact(as_of=day)})
    assert len(said(folder)) == 1


@pytest.mark.parametrize("key", ["Upper", "with space", "under_score", "-begins", "ends-", "夏都", "x" * 121])
def test_a_key_is_lower_case_with_hyphens(folder: Path, key: str) -> None:
    write(folder, {"it.yml": one_fact().replace("key: it", f"key: '{key}'")})
    (problem,) = said(folder)
    assert problem.startswith(f"data/facts/it.yml:3: fact {key}: key: string should ")


def test_the_same_question_in_two_languages_of_one_fact_is_no_problem(folder: Path) -> None:
    write(folder, {"it.yml": one_fact(questions="{en: [q a, q b, q c, q d, Q A], zh: [q a, 问乙, 问丙, 问丁, 问戊]}")})
    assert said(folder) == []


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({"yes": "{en: [q y], zh: [问是]}", "no": "{en: [q n]}"}, []),
        ({"yes": "{en: [Q a!]}"}, ["8: it: the question 'Q a!' is also that of it (data/facts/it.yml:7)."]),
        ({"no": "{en: [How many a]}"}, ["8: it: the question 'How many a' is also that of participants (data/facts/forum.yml:17)."]),
        ({"yes": "{en: [q y]}", "no": "{en: [q y]}"}, ["9: it: the question 'q y' is also that of it (data/facts/it.yml:8)."]),
        ({"lacks": "{en: [q l], zh: [问缺]}"}, []),
        ({"lacks": "{en: [Q a]}"}, ["8: it: the question 'Q a' is also that of it (data/facts/it.yml:7)."]),
        ({"yes": "{en: []}"}, ["8: fact it: yes.en: list should have at least 1 item after validation, not 0."]),
        ({"subject": "The Forum"}, ["8: fact it: subject: string should match pattern"]),
        ({"subject": "the-forum"}, []),
    ],
)  # fmt: skip
def test_yes_no_questions_are_checked_like_the_others(
    folder: Path, changed: dict[str, str], problems: list[str]
) -> None:
    write(folder, {"it.yml": one_fact(**changed)})
    found = said(folder)
    assert len(found) == len(problems)
    assert all(f.startswith(f"data/facts/it.yml:{p}") for f, p in zip(found, problems, strict=True)), found
