"""One walk in the other browser."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from settings import ROOT
from tests.browser.conftest import SCREENSHOTS
from tests.helpers.host_site import HostSite, page_of

LIMIT = 120  # seconds, the start of the browser included


def test_the_widget_in_firefox(host: HostSite, embeddable: str, tmp_path: Path) -> None:
    firefox, node = (
        shutil.which("firefox-esr"),
        shutil.which("node") or shutil.which(ROOT / "var" / "node" / "bin" / "node"),
    )
    if firefox is None:
        pytest.skip("Firefox is not installed: on Debian, 'apt install firefox-esr'")
    if node is None:
        pytest.skip("Node.js is neither installed nor in var/node: ./scripts/build-web brings it")
    host.pages["/"] = page_of(embeddable)
    SCREENSHOTS.mkdir(exist_ok=True)
    script = Path(__file__).with_name("firefox.mjs")
    walk = subprocess.run(
        [node, str(script), firefox, host.origin + "/", str(SCREENSHOTS / "firefox.png")],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)},
    )
    assert walk.returncode == 0, walk.stderr
    assert "200 students in total" in walk.stdout
    assert "still there" in walk.stdout
