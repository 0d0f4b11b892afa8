"""``xiadu facts``: what is held, and whether the files are in order."""

from __future__ import annotations

import gc
import re
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from facts import store
from facts.database import Database
from settings import ROOT
from tests.helpers.handmade import FACTS
from xiadu.__main__ import main
from xiadu.show_facts import check_files


@pytest.fixture(autouse=True)
def var(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder of its own, and the signal handlers as they were."""
    var = tmp_path / "var"
    monkeypatch.setenv("XIADU_VAR", str(var))
    monkeypatch.delenv("XIADU_DATABASE_URL", raising=False)
    handler = signal.getsignal(signal.SIGTERM)
    yield var
    signal.signal(signal.SIGTERM, handler)
    gc.collect()


@pytest.fixture
def held(var: Path, filled_file: Path) -> Path:
    var.mkdir()
    return Path(shutil.copy(filled_file, var / "xiadu.db"))


@pytest.mark.usefixtures("held")
def test_list_prints_a_line_for_each_fact_by_topic_and_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "list"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert [re.split(r" {2,}", line, maxsplit=2)[:2] for line in out.splitlines()] == [
        [fact.topic, fact.key] for fact in sorted(FACTS, key=lambda f: (f.topic, f.key))
    ]
    assert [" ".join(line.split()) for line in out.splitlines() if " homestay-" in line or " edirne" in line] == [
        "homestay homestay-cost not known No fee for a homestay is on record.",
        "homestay homestay-who 2011 Pupils from Utah stayed with families.",
        "sister_city edirne-tie 2014-06 Edirne signed a letter of intent in June 2014.",
    ]


@pytest.mark.usefixtures("held")
def test_list_of_one_topic(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "list", "--topic", "homestay"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["homestay-cost", "homestay-who"]


@pytest.mark.usefixtures("held")
def test_list_of_an_unknown_topic_names_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "list", "--topic", "weather"]) == 1
    assert capsys.readouterr() == (
        "",
        "No facts on 'weather'. The topics are: forum, homestay, sister_city, urgent.\n",
    )


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("key", "begins", "parts"),
    [
        ("forum-what", "fact:\n  key: forum-what\n", ["  as_of: '2012'\n", "论坛是一年一度的会议。", "  - repost\n"]),
        ("wiki", "source:\n  key: wiki\n", ["  reliability: D\n", "    zh: 无日期\n"]),
        (
            "edirne-tie",
            "fact:\n  key: edirne-tie\n",
            ["  subject: edirne\n", "    - Has Edirne signed a letter of intent?\n"],
        ),
        ("edirne", "place:\n  key: edirne\n", ["  country: turkiye\n", "  - 埃迪内\n"]),
    ],
)
def test_show_prints_all_of_a_record_and_its_history(
    key: str, begins: str, parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["facts", "show", key]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(begins)
    assert [part for part in parts if part not in out] == []
    assert re.search(r"\nhistory:\n- \d{4}-\d\d-\d\d \d\d:\d\d UTC: added by test\n$", out)


def test_show_tells_every_change(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = Database(f"sqlite:///{held}")
    fact = FACTS[0]
    with database.write() as session:
        store.save(session, fact.model_copy(update={"as_of": "2013"}), "office")
        store.delete(session, "fact", fact.key, "office")
        store.save(session, fact, "xiadu 2")
    database.close()
    assert main(["facts", "show", fact.key]) == 0
    told = re.findall(r"UTC: (.*)", capsys.readouterr().out)
    assert told == ["added by test", "changed by office", "deleted by office", "added by xiadu 2"]


@pytest.mark.usefixtures("held")
def test_show_of_an_unknown_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "show", "nothing"]) == 1
    assert capsys.readouterr() == ("", "Nothing is called 'nothing'. 'xiadu facts list' shows all keys.\n")


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("command", [["list"], ["show", "forum-what"], ["list", "--topic", "weather"]])
def test_no_connection_is_left_open(command: list[str]) -> None:
    gc.collect()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        main(["facts", *command])
        gc.collect()  # an open one warns when it goes
    assert [str(warning.message) for warning in warned] == []


@pytest.mark.parametrize("command", [["list"], ["show", "forum-what"]])
def test_before_the_first_start_it_says_how_to_make_the_database(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["facts", *command]) == 1
    assert capsys.readouterr() == (
        "",
        "xiadu: There is no facts database yet. ./scripts/serve makes it at its first start.\n",
    )


@pytest.mark.parametrize(
    "url", ["nonsense", "unheard-of://host/name", "sqlite:////nowhere/at/all/xiadu.db", "sqlite:///{broken}"]
)
def test_a_database_that_cannot_be_used_is_told_in_a_sentence(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("XIADU_DATABASE_URL", url.format(broken=broken))
    assert main(["facts", "list"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("xiadu: ")
    assert len(err.splitlines()) == 1


def test_a_wrong_setting_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XIADU_PORT", "web")
    assert main(["facts", "list"]) == 1
    assert capsys.readouterr() == ("", "xiadu: XIADU_PORT must be a number, not 'web'.\n")


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    var.write_text("a file")
    assert main(["facts", "list"]) == 1
    assert capsys.readouterr() == ("", f"xiadu: File exists ({var}).\n")


def test_check_of_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "check"]) == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(r"All in order: \d+ records\.\n", out)
    assert err == ""


def test_check_lists_every_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in ("config.yml", "domain.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "data", root / "data")
    (root / "data/search/zh.yml").unlink()
    (root / "data/texts/zh/replies.yml").write_bytes(
        (root / "data/texts/zh/replies.yml").read_bytes() + b"more: \xff\n"
    )
    assert check_files(root) == 1
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert "credentials.yml:1: this file is missing." in lines
    assert "data/search/zh.yml:1: this file is missing." in lines
    assert [line for line in lines if line.startswith("data/texts/zh/replies.yml:") and "UTF-8" in line] != []
    assert err == f"{len(lines)} problem(s).\n"


@pytest.mark.parametrize("arguments", [[], ["facts"], ["facts", "show"], ["unheard-of"], ["ask", "--loudly"]])
def test_a_command_that_is_none_shows_how_it_is_used(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: xiadu")


def test_asking_does_not_load_the_service() -> None:
    script = (
        "import sys; from xiadu.__main__ import main; main(['ask', 'x', '--url', 'http://127.0.0.1:1']);"
        "print([m for m in ('sqlalchemy', 'rasa_sdk', 'starlette', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
