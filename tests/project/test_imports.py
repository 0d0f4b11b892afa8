"""The arrows between the rooms: who may import whom (CONTRIBUTING.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT

# Room: the rooms that it may import.
ARROWS: dict[str, set[str]] = {
    "settings": set(),
    "facts": {"settings"},
    "actions": {"settings", "facts"},
    "conversations": {"settings", "facts"},
    "connectors": {"settings", "conversations"},
    "web": {"settings", "facts"},
    "engine": set(),  # another Python
    "migrations": {"settings", "facts", "conversations"},
    "xiadu": {"settings", "facts", "actions", "conversations", "connectors", "migrations", "web"},
}
# Room: packages of others that it knows nothing of.
FOREIGN: dict[str, set[str]] = {
    "settings": {"rasa", "rasa_sdk", "starlette", "uvicorn", "httpx", "requests", "telegram", "sqlalchemy"},
    "facts": {"rasa", "rasa_sdk", "starlette", "uvicorn", "httpx", "requests", "telegram"},
    "actions": {"rasa", "uvicorn", "httpx", "requests", "telegram", "sqlalchemy"},
    "conversations": {"rasa", "rasa_sdk", "starlette", "uvicorn", "requests", "telegram"},
    "connectors": {"rasa", "rasa_sdk"},
    "web": {"rasa", "rasa_sdk", "uvicorn", "httpx", "requests", "telegram"},
    "engine": {"rasa_sdk", "starlette", "uvicorn"},
    "migrations": {"rasa", "rasa_sdk", "starlette", "uvicorn", "httpx", "requests", "telegram"},
    "xiadu": {"rasa"},
}
NO_ROOMS = {"benchmarks", "tests"}


def rooms(root: Path) -> dict[str, list[Path]]:
    """The Python files of each room."""
    found = {"settings": [root / "settings.py"]} if (root / "settings.py").exists() else {}
    for init in sorted(root.glob("*/__init__.py")):
        if init.parent.name not in NO_ROOMS and not init.parent.name.startswith("."):
            found[init.parent.name] = sorted(init.parent.rglob("*.py"))
    return found


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """The top-level packages that a file imports, wherever in it, with their lines."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]


def wrong_arrows(root: Path) -> list[str]:
    """Every import that is not allowed, as ``path:line: room -> package``."""
    wrong = []
    for room, files in rooms(root).items():
        for file in files:
            for line, package in imports(file):
                ours = package in ARROWS and package != room and package not in ARROWS[room]
                if ours or package in FOREIGN[room] or package in NO_ROOMS:
                    wrong.append(f"{file.relative_to(root).as_posix()}:{line}: {room} -> {package}")
    return wrong


def test_every_room_has_its_arrows() -> None:
    found = rooms(ROOT)
    assert set(found) == set(ARROWS) == set(FOREIGN)
    assert {room for room, files in found.items() if not files} == set()
    assert sum(len(files) for files in found.values()) > 40
    assert sum(1 for files in found.values() for file in files for _ in imports(file)) > 200


def test_no_arrow_is_wrong() -> None:
    assert wrong_arrows(ROOT) == []


def test_the_arrows_have_no_circle() -> None:
    order: list[str] = []
    while len(order) < len(ARROWS):
        free = [room for room in ARROWS if room not in order and ARROWS[room] <= set(order)]
        assert free, f"a circle among {sorted(set(ARROWS) - set(order))}"
        order += free
    assert [room for room in ARROWS if "connectors" in ARROWS[room] or "actions" in ARROWS[room]] == ["xiadu"]


@pytest.mark.parametrize(
    ("room", "line", "arrow"),
    [
        ("facts", "import rasa_sdk", "facts -> rasa_sdk"),
        ("facts", "from conversations.talk import Conversations", "facts -> conversations"),
        ("facts", "def later():\n    import starlette.requests", "facts -> starlette"),
        ("connectors", "if True:\n    from facts import reply", "connectors -> facts"),
        ("connectors", "import actions.answer as a", "connectors -> actions"),
        ("actions", "from xiadu import VERSION", "actions -> xiadu"),
        ("conversations", "import json, connectors", "conversations -> connectors"),
        ("engine", "from settings import ROOT", "engine -> settings"),
        ("xiadu", "from tests.helpers import fresh", "xiadu -> tests"),
    ],
)
def test_a_wrong_arrow_is_found(tmp_path: Path, room: str, line: str, arrow: str) -> None:
    (tmp_path / room).mkdir()
    (tmp_path / room / "__init__.py").touch()
    (tmp_path / room / "module.py").write_text(line)
    (wrong,) = wrong_arrows(tmp_path)
    assert wrong.startswith(f"{room}/module.py:")
    assert wrong.endswith(arrow)
