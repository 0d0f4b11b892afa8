"""What browsers load: under names that change with the content, kept for ever, compressed where it is taken."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.web.client import Client
from web.assets import Assets, NotBuilt


@pytest.fixture
def client(assets: Assets) -> Client:
    return Client([assets.route()])


def test_a_file_has_its_address(assets: Assets) -> None:
    assert assets.url("pages.css") == "/assets/pages-0123456789ab.css"
    assert assets.text("pages.js") == "/* pages.js */"
    with pytest.raises(KeyError):
        assets.url("unheard-of.css")


def test_a_file_is_kept_for_ever(client: Client, assets: Assets) -> None:
    answer = client.get(assets.url("pages.css"), headers={"Accept-Encoding": ""})
    assert (answer.status_code, answer.text) == (200, "/* pages.css */")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=1.0", "br"), ("", None), ("deflate", None)],
)
def test_a_file_is_compressed_as_the_browser_takes_it(
    client: Client, assets: Assets, accepted: str, encoding: str | None
) -> None:
    headers, sent = client.raw(assets.url("chat.js"), {"Accept-Encoding": accepted})
    assert headers.get("Content-Encoding") == encoding
    assert headers["Vary"] == "Accept-Encoding"
    unpacked = gzip.decompress(sent) if encoding == "gzip" else sent.removeprefix(b"brotli of ")
    assert unpacked == b"/* chat.js */"
    assert (unpacked == sent) is (encoding is None)


@pytest.mark.parametrize(
    "name", ["secret.txt", "manifest.json", "pages.css", "pages-0123456789ab.css.gz", "..%2Fmanifest.json", "%00"]
)
def test_what_is_not_listed_is_not_served(client: Client, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404


@pytest.mark.parametrize("content", [None, "", "{"])
def test_pages_that_were_not_built_are_told_in_one_sentence(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(NotBuilt, match=r"^the web pages are not built yet: .*\.$"):
        Assets(tmp_path)
