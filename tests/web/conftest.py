"""Fixtures of the tests of the pages: files that nobody built, and facts made by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.helpers.fresh import database, database_file, filled, filled_file, migrated_file
from web.assets import Assets

__all__ = ["database", "database_file", "filled", "filled_file", "migrated_file"]

BUILT = {
    name: name.replace(".", "-0123456789ab.") for name in ("pages.css", "pages.js", "chat.css", "chat.js", "widget.js")
}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder as web/build.mjs leaves it."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for name, stored in BUILT.items():
        content = f"/* {name} */".encode() + (b' const TEXTS = "__TEXTS__";' if name == "widget.js" else b"")
        (folder / stored).write_bytes(content)
        (folder / f"{stored}.gz").write_bytes(gzip.compress(content))
        (folder / f"{stored}.br").write_bytes(b"brotli of " + content)
    (folder / "manifest.json").write_text(json.dumps(BUILT))
    (folder / "secret.txt").write_text("not listed")
    return folder


@pytest.fixture
def assets(dist: Path) -> Assets:
    return Assets(dist)
