"""The chat's routes: page, frame, script."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from facts.texts import Texts, load
from settings import DATA, LANGUAGES
from tests.helpers import handmade
from tests.web.client import Client
from web.assets import Assets
from web.chat_page import WIDGET_TEXTS, chat_routes
from web.site import Site
from xiadu.checks import interface_languages

HOST = "https://www.example.gov.cn"


def shipped(folder: Path = DATA) -> Texts:
    texts, problems = load(folder / "interface", interface_languages(folder, LANGUAGES))
    assert problems == []
    return texts


@pytest.fixture
def client(assets: Assets) -> Client:
    return Client(chat_routes(Site(shipped(), handmade.TEXTS, assets), (HOST,)))


def told(text: str) -> dict[str, object]:
    block = re.search(r'<script type="application/json" id="told">(.*?)</script>', text, re.S)
    assert block
    content: dict[str, object] = json.loads(block[1])
    return content


def test_the_page_tells_its_script_the_words_of_every_language(client: Client) -> None:
    told_ = told(client.get("/").text)
    assert told_["languages"] == {"en": "English", "zh": "中文"}
    assert told_["embedded"] is False
    texts = told_["texts"]
    assert isinstance(texts, dict)
    assert texts["zh"]["send"] == "发送"


def test_no_text_can_end_the_block_that_it_stands_in(assets: Assets) -> None:
    words = dict.fromkeys(shipped()._by_language["en"], "x")
    words["chat.title"] = '</script><script src="//evil.example">'
    page = Client(chat_routes(Site(Texts({"en": words}), handmade.TEXTS, assets), ())).get("/").text
    assert "<script src=" in page
    assert 'evil.example">' not in page.replace("&#34;", "")
    assert told(page)["texts"] == {"en": {n[5:]: text for n, text in words.items() if n.startswith("chat.")}}


def test_only_the_frame_may_be_framed_and_only_by_those_allowed(client: Client) -> None:
    assert client.get("/").headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert client.get("/embed").headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {HOST}")
    assert told(client.get("/embed").text)["embedded"] is True


def test_the_script_has_the_launchers_words_and_is_not_sent_twice(client: Client) -> None:
    answer = client.get("/widget.js")
    assert WIDGET_TEXTS not in answer.text
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get("/widget.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")


def test_a_third_language_is_one_more_file(tmp_path: Path, assets: Assets) -> None:
    shutil.copytree(DATA / "interface", tmp_path / "interface")
    english = (tmp_path / "interface" / "en.yml").read_text(encoding="utf-8")
    french = english.replace("language_name: English", "language_name: Français").replace(
        'send: "Send"', 'send: "Envoyer"'
    )
    (tmp_path / "interface" / "fr.yml").write_text(french, encoding="utf-8")
    client = Client(chat_routes(Site(shipped(tmp_path), handmade.TEXTS, assets), ()))
    page = client.get("/", headers={"Accept-Language": "fr-CA"})
    assert page.headers["Content-Language"] == "fr"
    content = told(page.text)
    assert content["languages"] == {"en": "English", "zh": "中文", "fr": "Français"}
    assert content["spoken"] == ["en", "zh"]  # replies can't be asked for in it
    texts = content["texts"]
    assert isinstance(texts, dict)
    assert texts["fr"]["send"] == "Envoyer"
