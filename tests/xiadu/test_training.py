"""When to train: told by content, not by dates."""

from __future__ import annotations

import gc
import os
import shutil
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import Settings, load
from xiadu import training
from xiadu.training import PARTS, TrainingFailed, engine_environment, fingerprint, model_file, train


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for part in PARTS:
        path = root / part
        if path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"content of {part}\n")
        else:
            (path / "en").mkdir(parents=True)
            (path / "en" / "one.yml").write_text(f"one of {part}\n")
            (path / "two.yml").write_text(f"two of {part}\n")
    return root


def rewrite(root: Path) -> None:
    for file in (f for f in root.rglob("*") if f.is_file()):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
        os.utime(file, (1, 1))


def test_the_same_content_has_the_same_fingerprint(root: Path, tmp_path: Path) -> None:
    before = fingerprint(root)
    assert len(before) == 64
    assert fingerprint(root) == before
    rewrite(root)
    assert fingerprint(root) == before
    assert fingerprint(shutil.copytree(root, tmp_path / "elsewhere")) == before


@pytest.mark.parametrize(
    "file",
    [
        "config.yml",
        "domain.yml",
        "engine/entities.py",
        "engine/featurizer.py",
        "engine/tokenizer.py",
        "locks/engine.txt",
        "data/nlu/en/one.yml",
        "data/nlu/two.yml",
        "data/rules/two.yml",
        "data/stories/two.yml",
        "data/facts/_places.yml",
        "data/search/two.yml",
    ],
)
def test_other_content_has_another_fingerprint(root: Path, file: str) -> None:
    before = fingerprint(root)
    (root / file).write_text((root / file).read_text() + " ")
    os.utime(root / file, (1, 1))
    assert fingerprint(root) != before


def test_a_file_more_or_less_or_of_another_name_is_another_fingerprint(root: Path) -> None:
    seen = [fingerprint(root)]
    (root / "data/nlu/en/new.yml").write_text("")
    seen.append(fingerprint(root))
    (root / "data/nlu/en/new.yml").rename(root / "data/nlu/en/other.yml")
    seen.append(fingerprint(root))
    (root / "data/nlu/two.yml").unlink()
    seen.append(fingerprint(root))
    assert len(set(seen)) == 4


def test_what_the_model_is_not_made_of_does_not_count(root: Path) -> None:
    before = fingerprint(root)
    for file in ("data/facts/forum.yml", "data/texts/en/replies.yml", "data/nlu/notes.txt", "README.md"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("new")
    assert fingerprint(root) == before


def test_a_file_that_rasa_reads_by_its_other_ending_counts(root: Path) -> None:
    before = fingerprint(root)
    (root / "data/nlu/en/more.yaml").write_text("new")
    assert fingerprint(root) != before


def test_all_that_is_shipped_has_a_fingerprint() -> None:
    assert len(fingerprint()) == 64


# Training, with a stand-in for the engine's interpreter


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setattr(training, "fingerprint", lambda: "f" * 64)
    yield load({"XIADU_VAR": str(tmp_path / "var"), "XIADU_ENGINE_PYTHON": str(tmp_path / "python")})
    gc.collect()


def stand_in(settings: Settings, script: str) -> None:
    """Makes an interpreter that runs ``script``; ``$made`` is the model that it should make."""
    file = settings.engine_python
    file.write_text(
        "#!/bin/sh\n"
        f'echo "$@" > {settings.var}/called\n'
        'while [ $# -gt 0 ]; do case "$1" in --out) out=$2;; --fixed-model-name) name=$2;; esac; shift; done\n'
        f'made="$out/$name.tar.gz"\n{script}\n'
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def test_a_model_is_trained_once_for_its_content(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.models.mkdir(parents=True)
    (settings.models / "model-old.tar.gz").write_text("of an older content")
    stand_in(settings, 'echo trained > "$made"')
    model = train(settings)
    assert model == model_file(settings) == settings.models / f"model-{'f' * 16}.tar.gz"
    # The one before may be in use by a running service.
    assert {file.name for file in settings.models.iterdir()} == {model.name, "model-old.tar.gz"}
    assert model.read_text() == "trained\n"
    assert "-m engine train --data data/nlu data/rules data/stories" in (settings.var / "called").read_text()
    stand_in(settings, 'echo again > "$made"')
    assert train(settings).read_text() == "trained\n"
    assert train(settings, again=True).read_text() == "again\n"
    assert capsys.readouterr().out == ""  # progress is told beside it


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'Begin'; echo 'YamlException: in greet.yml'; echo 'End.'; exit 1", "YamlException: in greet.yml."),
        ("echo 'engine: no such file'; exit 1", "engine: no such file."),
        ("echo 'Only this'; exit 3", "Only this."),
        ("exit 1", "the engine's environment did not start."),
        ("echo 'All well'", "All well."),  # and no model
        ('echo half > "$made"; echo "RuntimeError: disk"; exit 1', "RuntimeError: disk."),
    ],
)
def test_a_training_that_fails_says_why_and_keeps_the_older_model(settings: Settings, script: str, reason: str) -> None:
    settings.models.mkdir(parents=True)
    (settings.models / "model-old.tar.gz").write_text("of an older content")
    stand_in(settings, script)
    with pytest.raises(TrainingFailed) as told:
        train(settings)
    log = settings.var / "log" / "training.log"
    assert str(told.value) == f"The model could not be trained: {reason} The whole story is in {log}."
    assert [file.name for file in settings.models.iterdir()] == ["model-old.tar.gz"]


def test_no_pipe_is_left_open(settings: Settings) -> None:
    stand_in(settings, 'echo trained > "$made"')
    gc.collect()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        train(settings)
        gc.collect()  # an open one warns when it goes
    assert [str(warning.message) for warning in warned] == []


def test_an_interpreter_that_is_not_there_is_an_error_of_the_system(settings: Settings) -> None:
    with pytest.raises(FileNotFoundError, match="python"):
        train(settings)


def test_the_engines_environment_is_ours_without_what_leads_python_astray(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "KEPT"):
        monkeypatch.setenv(name, "x")
    environment = engine_environment(settings, MORE="y")
    assert {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}.isdisjoint(environment)
    assert (environment["KEPT"], environment["MORE"], environment["XIADU_CACHE"]) == ("x", "y", str(settings.cache))
    assert settings.cache.is_dir()
