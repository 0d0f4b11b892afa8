"""``xiadu facts export`` and ``import``: files out and in again, with every row accounted for."""

from __future__ import annotations

import gc
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from facts import store
from facts.database import Database
from tests.helpers.handmade import FACTS
from xiadu.__main__ import main


@pytest.fixture(autouse=True)
def var(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, filled_file: Path) -> Iterator[Path]:
    """A folder with the facts made by hand, and the signal handlers as they were."""
    var = tmp_path / "var"
    var.mkdir()
    shutil.copy(filled_file, var / "xiadu.db")
    monkeypatch.setenv("XIADU_VAR", str(var))
    monkeypatch.delenv("XIADU_DATABASE_URL", raising=False)
    handler = signal.getsignal(signal.SIGTERM)
    yield var
    signal.signal(signal.SIGTERM, handler)
    gc.collect()


def revision(var: Path) -> int:
    database = Database(f"sqlite:///{var / 'xiadu.db'}")
    with database.read() as session:
        number = store.revision(session)
    database.close()
    return number


def held_text(var: Path, key: str) -> str:
    database = Database(f"sqlite:///{var / 'xiadu.db'}")
    with database.read() as session:
        fact = store.get(session, "fact", key)
    database.close()
    return fact.text["en"].short if fact is not None else ""  # type: ignore[union-attr]


@pytest.mark.parametrize("ending", ["xlsx", "csv", "yml"])
def test_what_was_exported_changes_nothing(
    var: Path, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, before = tmp_path / f"facts.{ending}", revision(var)
    assert main(["facts", "export", str(file)]) == 0
    assert main(["facts", "import", str(file)]) == 0
    assert revision(var) == before
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[-1].endswith(" unchanged.")
    assert len(out.splitlines()) == 2


def test_a_topic_and_a_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "some.csv"
    assert main(["facts", "export", str(file), "--topic", "homestay"]) == 0
    keys = [line.split(",")[0] for line in file.read_text("utf-8-sig").splitlines()]
    assert set(keys) >= {fact.key for fact in FACTS if fact.topic == "homestay"}
    assert not set(keys) & {fact.key for fact in FACTS if fact.topic == "forum"}
    assert main(["facts", "export", str(file), "--template"]) == 0
    (headers,) = file.read_text("utf-8-sig").splitlines()
    assert headers.startswith("key,topic,question.zh,answer.zh")
    assert main(["facts", "export", str(file), "--topic", "weather"]) == 1
    assert "The topics are: forum," in capsys.readouterr().err


def test_a_dry_run_writes_nothing_and_says_all(var: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, before = tmp_path / "changes.csv", revision(var)
    file.write_text("key,answer.en,topic\nforum-what,A meeting.,\nhomestay-who,,weather\n", "utf-8")
    assert main(["facts", "import", str(file), "--dry-run"]) == 1
    assert revision(var) == before
    out = capsys.readouterr().out
    assert "row 2: changed forum-what\n  answer.en: " in out
    assert " -> A meeting.\n" in out
    assert "row 3: refused homestay-who\n  topic: 'weather' is not known" in out
    assert out.endswith("changes.csv: 1 changed, 1 refused. Nothing was written.\n")
    assert main(["facts", "import", str(file), "--all-or-nothing"]) == 1
    assert revision(var) == before
    assert main(["facts", "import", str(file)]) == 1
    assert held_text(var, "forum-what") == "A meeting."


def test_headers_may_be_said(var: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "frage.csv"
    file.write_text("Nr;Frage;Antwort;topic\n1;Is there rain?;There is.;forum\n", "utf-8")
    assert main(["facts", "import", str(file)]) == 1
    assert "no header means a question or a key" in capsys.readouterr().err
    said = ["--map", "Frage=question.en", "--map", "Antwort=answer.en"]
    assert main(["facts", "import", str(file), *said]) == 0
    out, err = capsys.readouterr()
    assert "row 2: new office-" in out
    assert err == "The column 'Nr' is left out: it is not known.\n"
    assert main(["facts", "import", str(file), "--map", "Frage=nothing"]) == 1
    assert "--map Frage=nothing: it must be HEADER=COLUMN" in capsys.readouterr().err


def test_a_yaml_file_may_have_sources_and_is_told_its_mistakes_by_line(
    var: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new.yml"
    source = {"key": "letter", "title": "A letter", "language": "en", "reliability": "A"}
    fact = {
        "key": "rain", "topic": "forum", "aspect": "what", "sources": ["letter"],
        "text": {"en": {"short": "There is."}}, "questions": {"en": ["Is there rain?"]},
    }  # fmt: skip
    file.write_text(
        yaml.safe_dump(
            {"facts": [fact, {"key": "bad"}, {**fact, "key": "sun", "topic": "weather"}], "sources": [source]}
        ),
        "utf-8",
    )
    assert main(["facts", "import", str(file)]) == 1
    out = capsys.readouterr().out
    assert "row 13: refused\n  fact bad: topic: this part is missing.\n  fact bad: aspect: " in out
    assert "refused sun\n  topic: 'weather' is not known" in out
    assert "  the question 'Is there rain?' is one of 'rain' already\n" in out
    assert out.endswith("new.yml: 2 new, 2 refused.\n"), out
    assert held_text(var, "rain") == "There is."


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("x.xlsx", b"no", "x.xlsx: it is no XLSX file"),
        ("x.pdf", b"no", "x.pdf: .pdf can't be read"),
        ("x.csv", b"", "x.csv: it is empty."),
    ],
)
def test_what_is_no_sheet_is_one_sentence(
    tmp_path: Path, name: str, content: bytes, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert main(["facts", "import", str(file)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"xiadu: {problem}")
    assert "Traceback" not in err


def test_a_missing_file_and_a_wrong_ending_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "import", str(tmp_path / "none.csv")]) == 1
    assert "No such file" in capsys.readouterr().err
    assert main(["facts", "export", str(tmp_path / "x.doc")]) == 1
    assert "must end in .xlsx, .csv or .yml" in capsys.readouterr().err
