"""Starting and stopping: what stands in the way is one clear sentence, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from settings import ROOT
from tests.helpers.product import Product, until


def serve(var: Path, *options: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Starts the product where it is expected to end by itself."""
    environ = {**os.environ, "XIADU_VAR": str(var), "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "xiadu", "serve", "--port", "0", *options]
    return subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, timeout=60)


def the_sentence(ended: subprocess.CompletedProcess[str]) -> str:
    """What a failed start says: one line, no stack trace."""
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr.strip().splitlines()[-1]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = the_sentence(serve(tmp_path, "--port", str(port)))
    assert sentence == f"xiadu: port {port} is in use on 127.0.0.1; choose another with --port."


def test_an_address_that_is_not_ours(tmp_path: Path) -> None:
    assert "192.0.2.1" in the_sentence(serve(tmp_path, "--host", "192.0.2.1"))


def test_a_folder_that_is_in_use(product: Product) -> None:
    assert "it runs already" in the_sentence(serve(product.var))


def test_what_visitors_say_is_for_the_owner_only(product: Product) -> None:
    product.ask("Good morning!")
    kept = [product.var / name for name in ("xiadu.db", "xiadu.db-wal", "tracker.db", "log/engine.log", "service.json")]
    kept += (product.var / "secrets").iterdir()
    assert [file.name for file in kept if file.stat().st_mode & 0o077] == []


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"a disk of our own needs root: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=2m"):
        assert "is full" in the_sentence(serve(tmp_path / "disk"))


def test_a_read_only_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "ro"):
        assert "Read-only file system" in the_sentence(serve(tmp_path / "disk"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the tracked files, to be broken."""
    copy = tmp_path / "checkout"
    for name in ("actions", "connectors", "conversations", "data", "engine", "facts", "locks", "migrations", "xiadu"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("settings.py", "config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("data/nlu/en/greet.yml", "version: '3.1'\nnlu: [", "data/nlu/en/greet.yml:2: this is not valid YAML"),
        ("data/rules/topics.yml", "rules: {", "data/rules/topics.yml:1: this is not valid YAML"),
        ("data/facts/experts.yml", "facts: 7", "data/facts/experts.yml:1: 'facts' must be a list."),
    ],
)
def test_a_broken_file(checkout: Path, tmp_path: Path, file: str, text: str, told: str) -> None:
    (checkout / file).write_text(text)
    ended = serve(tmp_path / "var", root=checkout)
    assert the_sentence(ended).startswith("xiadu: the data files have ")
    assert told in ended.stderr


def test_a_component_that_needs_tensorflow(checkout: Path, tmp_path: Path) -> None:
    config = (checkout / "config.yml").read_text().replace("LogisticRegressionClassifier", "DIETClassifier")
    (checkout / "config.yml").write_text(config)
    environ = {"XIADU_ENGINE_PYTHON": str(ROOT / ".venv-engine/bin/python")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*next(iter(environ.items())))
        sentence = the_sentence(serve(tmp_path / "var", root=checkout))
    assert "DIETClassifier needs TensorFlow" in sentence


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_while_it_trains_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    product = Product(tmp_path)
    with (tmp_path / "serve.log").open("wb") as log:
        command = [sys.executable, "-m", "xiadu", "serve", "--port", "0"]
        product.process = subprocess.Popen(command, cwd=ROOT, env=product.environ, stdout=log, stderr=log)
    process = product.process
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until(lambda: "Training" in product.log() and children.read_text().split(), 30, product.log)
    (child,) = children.read_text().split()
    assert product.stop(number) < 5
    until(lambda: not alive(int(child)), 5)
    assert not list(tmp_path.glob("models/model-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopping_leaves_no_engine(running: Product, number: signal.Signals) -> None:
    running.wait_until_ready()
    engine = running.engine_pid
    assert engine is not None
    try:
        assert running.stop(number) < 5
        until(lambda: not alive(engine), 5)
        if number != signal.SIGKILL:
            assert running.process is not None
            assert running.process.returncode == 0
            assert "Stopped." in running.log()
    finally:
        running.start()


def test_a_frozen_engine_does_not_hold_up_the_stop(running: Product) -> None:
    running.wait_until_ready()
    engine = running.engine_pid
    assert engine is not None
    os.kill(engine, signal.SIGSTOP)
    try:
        assert running.stop() < 5
        until(lambda: not alive(engine), 5)
    finally:
        running.start()
