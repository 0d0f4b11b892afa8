"""Reading data files with the line of each thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.files import Document, Problem, read_records, read_yaml, split


def read(tmp_path: Path, content: str | bytes) -> Document | Problem:
    file = tmp_path / "file.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = read_yaml(file, "data/file.yml")
    if isinstance(result, Document):
        return result
    (problem,) = result
    return problem


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("", None),
        ("a: 1\nb: 1.5\nc: ~\nd: text", {"a": 1, "b": 1.5, "c": None, "d": "text"}),
        ("no: yes", {"no": "yes"}),  # Norwegian, never False
        ("on: [off, 'n']", {"on": ["off", "n"]}),
        ("number: '12'", {"number": "12"}),
        ("as_of: 2012", {"as_of": "2012"}),
        ("date: 2012-06-10", {"date": "2012-06-10"}),
        ("valid_from: 2012-06", {"valid_from": "2012-06"}),
        ("valid_until: null", {"valid_until": None}),
        ("2012: when", {"2012": "when"}),
        ("same: &x [1]\nagain: *x", {"same": [1], "again": [1]}),
    ],
)
def test_values_are_plain_and_dates_are_texts(tmp_path: Path, yaml: str, value: object) -> None:
    document = read(tmp_path, yaml)
    assert isinstance(document, Document)
    assert document.value == value


def test_each_part_has_its_line(tmp_path: Path) -> None:
    document = read(tmp_path, "# first\na:\n  - x\n  - b: 1\n    c: |\n      text\n")
    assert isinstance(document, Document)
    assert document.lines == {
        (): 2,
        ("a",): 2,
        ("a", 0): 3,
        ("a", 1): 4,
        ("a", 1, "b"): 4,
        ("a", 1, "c"): 5,
    }


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "'a' stands here twice."),
        ("a:\n  - {b: 1,\n     b: 2}\n", 3, "'b' stands here twice."),
        ("甲: 1\n乙: ".encode() + "西宁".encode("gb18030"), 2, "the file is not UTF-8; save it as UTF-8."),
    ],
)
def test_what_cannot_be_read_is_one_problem_at_its_line(
    tmp_path: Path, content: str | bytes, line: int, said: str
) -> None:
    assert read(tmp_path, content) == Problem("data/file.yml", line, said)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\nb: *nobody\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
    ],
)
def test_broken_yaml_is_one_problem_at_its_line(tmp_path: Path, content: str, line: int) -> None:
    problem = read(tmp_path, content)
    assert isinstance(problem, Problem)
    assert (problem.path, problem.line) == ("data/file.yml", line)
    assert problem.text.startswith("this is not valid YAML: ")
    assert problem.text.endswith(".")
    assert "\n" not in problem.text


def test_a_control_character_is_a_problem_in_one_line_of_words_at_its_line(tmp_path: Path) -> None:
    problem = read(tmp_path, b"a: 1\nb: \x00\n")
    assert isinstance(problem, Problem)
    assert problem.text.startswith("this is not valid YAML: ")
    assert "\n" not in problem.text
    assert problem.line == 2


def test_a_part_that_holds_itself_is_a_problem(tmp_path: Path) -> None:
    assert isinstance(read(tmp_path, "a: &a\n  - *a\n"), Problem)


def test_problem_reads_as_path_line_and_words() -> None:
    assert str(Problem("data/facts/a.yml", 3, "it is wrong.")) == "data/facts/a.yml:3: it is wrong."


def test_a_folder_without_files_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("facts: []")
    assert read_records(tmp_path) == ([], [Problem(f"{tmp_path.name}/", 1, "there are no .yml files in this folder.")])


@pytest.mark.parametrize(
    ("yaml", "line", "said"),
    [
        ("", 1, "the file must have one of the sections facts, sources or places."),
        ("- key: a", 1, "the file must have one of the sections facts, sources or places."),
        ("topic: forum", 1, "the file must have one of the sections facts, sources or places."),
        ("places: []\nfacst: []", 2, "the section 'facst' is not known here."),
        ("\nfacts: {key: a}", 2, "'facts' must be a list."),
        ("facts:\n", 1, "'facts' must be a list."),
        ("facts:\n  - one\n", 2, "an entry must have named parts, beginning with its key."),
        (
            "sources:\n  - title: T\n    language: en\n    reliability: A\n",
            2,
            "source without a key: key: this part is missing.",
        ),
        (
            "sources:\n  - key: a\n    title: T\n    language: en\n    reliability: E\n",
            5,
            "source a: reliability: input should be 'A', 'B', 'C' or 'D'.",
        ),
        (
            "places:\n  - key: a\n    kind: city\n    names:\n      en: []\n",
            5,
            "place a: names.en: list should have at least 1 item after validation, not 0.",
        ),
        (
            "places:\n  - key: a\n    kind: city\n    nmaes: {}\n    names: {en: [A]}\n",
            4,
            "place a: nmaes: no such part is known; is it misspelt?",
        ),
    ],
)
def test_what_is_no_record_is_a_problem_at_its_line(tmp_path: Path, yaml: str, line: int, said: str) -> None:
    folder = tmp_path / "data" / "facts"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text(yaml)
    assert read_records(folder) == ([], [Problem("data/facts/a.yml", line, said)])


def test_records_know_their_file_and_lines_and_take_the_topic_of_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "facts"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text(
        "topic: forum\n"
        "facts:\n"
        "  - key: one\n"
        "    aspect: what\n"
        "    text: {en: {short: One.}}\n"
        "    questions: {en: [One?]}\n"
        "  - key: two\n"
        "    topic: homestay\n"
        "    aspect: what\n"
        "    text: {en: {short: Two.}}\n"
        "    questions:\n"
        "      en:\n"
        "        - Two?\n"
    )
    found, problems = read_records(folder)
    assert problems == []
    assert [(f.record.key, getattr(f.record, "topic", None), f.path, f.line) for f in found] == [
        ("one", "forum", "data/facts/a.yml", 3),
        ("two", "homestay", "data/facts/a.yml", 7),
    ]
    assert found[1].problem("wrong.", "questions", "en", 0) == Problem("data/facts/a.yml", 13, "wrong.")
    assert found[1].problem("wrong.", "nowhere") == Problem("data/facts/a.yml", 7, "wrong.")


def test_split_keeps_the_first_of_two_with_one_key(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "places:\n  - {key: a, kind: city, names: {en: [First]}}\n  - {key: a, kind: city, names: {en: [Second]}}\n"
        "sources:\n  - {key: a, title: T, language: en, reliability: A}\n"
    )
    found, _ = read_records(tmp_path)
    facts, sources, places = split(found)
    assert facts == {}
    assert sources == {"a": found[0]}
    assert places == {"a": found[1]}
