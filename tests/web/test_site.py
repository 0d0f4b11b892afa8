"""What all pages share."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment, UndefinedError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.helpers import handmade
from tests.web.client import Client
from tests.web.pages import interface
from web.assets import Assets
from web.site import Site

TEMPLATES = {
    "any.html": "{{ language }} {{ t('language_name') }} {{ said }} {{ office }} {{ link('/x') }} {{ chosen }} "
    "{{ asset('chat.js') }}",
    "wrong.html": "{{ nothing_of_the_kind }}",
    "begin.html": "{{ said | begin }}",
}


@pytest.fixture
def site(assets: Assets) -> Site:
    made = Site(interface(), handmade.TEXTS, assets, None)
    templates: Environment = made._templates
    templates.loader = DictLoader(TEMPLATES)
    return made


def client(site: Site, template: str, **context: str) -> Client:
    async def page(request: Request) -> Response:
        return site.render(request, template, framed_by=("https://host.example",), **context)

    return Client([Route("/any", page)])


@pytest.mark.parametrize(
    ("path", "accept", "text"),
    [
        ("/any", "en", "en English &lt;b&gt; Office /x False /assets/chat-0123456789ab.js"),
        ("/any", "zh-CN", "zh 中文 &lt;b&gt; 外办 /x False /assets/chat-0123456789ab.js"),
        ("/any?language=zh", "en", "zh 中文 &lt;b&gt; 外办 /x?language=zh True /assets/chat-0123456789ab.js"),
        ("/any?language=%22", "en", "en English &lt;b&gt; Office /x False /assets/chat-0123456789ab.js"),
    ],
)
def test_a_page_is_rendered_in_the_readers_language_and_escaped(site: Site, path: str, accept: str, text: str) -> None:
    answer = client(site, "any.html", said="<b>").get(path, headers={"Accept-Language": accept})
    assert answer.text == text
    assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (text[:2], "Accept-Language")
    assert "frame-ancestors https://host.example" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("said", "shown"), [("the city", "The city"), ("西宁", "西宁"), ("", ""), ("getting Up", "Getting Up")]
)
def test_a_heading_begins_with_a_capital(site: Site, said: str, shown: str) -> None:
    assert client(site, "begin.html", said=said).get("/any").text == shown


def test_a_name_that_a_template_misses_is_an_error_and_not_a_hole(site: Site) -> None:
    with pytest.raises(UndefinedError):
        client(site, "wrong.html").get("/any")


@pytest.mark.parametrize(
    ("public_url", "origin"), [(None, "http://inner"), ("https://ask.example", "https://ask.example")]
)
def test_permanent_links_have_the_address_that_visitors_know(
    assets: Assets, public_url: str | None, origin: str
) -> None:
    site = Site(interface(), handmade.TEXTS, assets, public_url)
    headers = [(b"host", b"inner")]
    request = Request({"type": "http", "scheme": "http", "path": "/any", "query_string": b"", "headers": headers})
    assert site.origin(request) == origin
