"""What is in the repository: no addresses of package hosts, and documents whose paths and commands exist."""

from __future__ import annotations

import fnmatch
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT
from xiadu.__main__ import parser

# Written in parts, so that this file itself is clean.
HOSTS = ("pypi" + ".org", "files." + "pythonhosted", "registry." + "npmjs", "tuna." + "tsinghua", "aliyun" + "cs")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXTENSIONS = (".cfg", ".json", ".md", ".py", ".toml", ".txt", ".yaml", ".yml")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def with_hosts(root: Path, names: list[str]) -> list[str]:
    """The files that hold an address of a package host."""
    return [name for name in names if any(host.encode() in (root / name).read_bytes() for host in HOSTS)]


def unresolved_locks(root: Path, names: list[str]) -> list[str]:
    """The locks that say where a package was downloaded."""
    wrong = [name for name in names if Path(name).name in ("uv.lock", "yarn.lock", "pnpm-lock.yaml", "poetry.lock")]
    for name in names:
        text = (root / name).read_text(errors="replace") if Path(name).suffix in (".json", ".txt") else ""
        if Path(name).name == "package-lock.json" and '"resolved"' in text:
            wrong.append(name)
        if Path(name).suffix == ".txt" and re.search(r"^\s*(--\w*index|[\w.-]+ @ |-i )", text, re.M):
            wrong.append(name)
    return wrong


def test_no_address_of_a_package_host_is_tracked() -> None:
    names = tracked()
    assert len(names) > 100
    assert with_hosts(ROOT, names) == []


def test_no_lock_says_where_from() -> None:
    names = tracked()
    assert sum(1 for name in names if re.fullmatch(r"locks/.*\.txt", name)) == 3
    assert unresolved_locks(ROOT, names) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lock.txt", f"--index-url https://{HOSTS[0]}/simple\nrasa==3.6.21\n"),
        ("lock.txt", "rasa @ https://example.org/rasa.whl\n"),
        ("package-lock.json", '{"packages": {"x": {"resolved": "https://example.org/x.tgz"}}}'),
        ("uv.lock", "version = 1\n"),
    ],
)
def test_a_lock_that_says_where_from_is_found(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert unresolved_locks(tmp_path, [name]) == [name]


@pytest.mark.parametrize("host", HOSTS)
def test_an_address_is_found(tmp_path: Path, host: str) -> None:
    (tmp_path / "any.md").write_text(f"see https://{host}/x")
    assert with_hosts(tmp_path, ["any.md"]) == ["any.md"]


def test_nothing_that_is_written_at_run_time_is_tracked() -> None:
    wrong = re.compile(r"(^|/)(var|\.venv[^/]*|__pycache__|\.rasa|\.hypothesis|models)/|\.(db|pyc|log)$|\.tar\.gz$")
    assert [name for name in tracked() if wrong.search(name)] == []


# Documents


def paths_in(document: Path) -> Iterator[tuple[str, Path]]:
    """The paths of the repository that a document names, with where each leads; ``<x>`` and ``*`` stand for anything."""
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            yield target, document.parent / target
    for span in re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S)):
        named = span.split(" ")[0].rstrip(",.:;") if span.startswith("./") else span
        named = re.sub(r"<\w+>", "*", named).removeprefix("./")
        if re.fullmatch(r"[\w.*-]+(/[\w.*-]*)*", named) and looks_like_a_path(named):
            yield span, ROOT / named


def looks_like_a_path(named: str) -> bool:
    first = named.split("/")[0]
    if first in ("var", "") or first.startswith(".venv"):
        return False  # made at run time
    if "/" in named:
        return (ROOT / first).exists() or named.endswith(EXTENSIONS)
    return named.endswith(EXTENSIONS) and named != "service.json"


def exists(place: Path) -> bool:
    named = place.relative_to(ROOT).as_posix().rstrip("/") if place.is_relative_to(ROOT) else ""
    if place.exists() or ("*" in named and any(ROOT.glob(named))):
        return True
    # A bare file name may be of any folder.
    return place.parent == ROOT and any(fnmatch.fnmatch(name, f"*/{place.name}") for name in tracked())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_exists(document: Path) -> None:
    missing = [shown for shown, place in paths_in(document) if not exists(place)]
    assert missing == []


def test_the_readme_names_paths() -> None:
    assert len({place for _, place in paths_in(ROOT / "README.md")}) >= 10
    assert len({place for document in DOCUMENTS for _, place in paths_in(document)}) >= 30


def test_a_missing_path_is_found(tmp_path: Path) -> None:
    document = tmp_path / "any.md"
    document.write_text(
        "`facts/no_such.py`, [page](no_such.md), `data/facts/<subject>.yml`, `./scripts/none --now`, "
        "`partners_*.yml`, `no_such_*.yml`, `data/texts/*/topics.yml`, `data/no_such/*.yml`"
    )
    assert [shown for shown, place in paths_in(document) if not exists(place)] == [
        "no_such.md",
        "facts/no_such.py",
        "./scripts/none --now",
        "no_such_*.yml",
        "data/no_such/*.yml",
    ]


def commands_in(document: Path) -> Iterator[tuple[str, list[str]]]:
    """The commands of ours that a document shows: the script, and its arguments."""
    text = document.read_text(encoding="utf-8")
    for line in re.findall(r"^(?:\$ )?(\./scripts/\S.*)$|`(\./scripts/[^`\n]+)`", text, re.M):
        shown = re.split(r"\s[|<>#](?:\s|$)|\s{2,}", line[0] or line[1])[0]
        script, *arguments = shlex.split(shown)
        yield script, arguments


def test_the_scripts_that_documents_show_exist() -> None:
    shown = {script.rstrip(".,:;") for document in DOCUMENTS for script, _ in commands_in(document)}
    assert {"./scripts/serve", "./scripts/test", "./scripts/xiadu"} <= shown
    assert [script for script in sorted(shown) if not os.access(ROOT / script, os.X_OK)] == []


def test_the_commands_that_documents_show_are_understood() -> None:
    shown = [
        arguments
        for document in DOCUMENTS
        for script, arguments in commands_in(document)
        if script == "./scripts/xiadu" and arguments
    ]
    assert len(shown) >= 5
    for arguments in shown:
        try:
            parser().parse_args(arguments)
        except SystemExit:
            pytest.fail(f"./scripts/xiadu {shlex.join(arguments)} is not understood")
