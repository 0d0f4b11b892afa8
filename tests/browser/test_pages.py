"""The public pages in a real browser: without JavaScript, narrow, dark, printed, by keyboard, and with nothing from elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import keep

LANGUAGES = ("en", "zh")
KINDS = {
    "about": "/about",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "questions": "/questions",
    "found": "/questions?q=edirne",
    "topic": "/questions/city",
    "fact": "/facts/edirne-tie",
    "gap": "/facts/office-phone",
    "card": "/cards/xining-airport",
    "missing": "/no-such-page",
}


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """A tab of a visitor without JavaScript, on a phone."""
    context = chromium.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 360, "height": 740})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def address(site: str, path: str, language: str) -> str:
    return f"{site}{path}{'&' if '?' in path else '?'}language={language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page_light_or_dark(page: Page, site: str, language: str) -> None:
    found = {}
    for name, path in KINDS.items():
        page.goto(address(site, path, language))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if wrong := violations(page):
                found[name, scheme] = wrong
        if language == "zh":
            keep(page, f"pages-{name}-dark-zh")
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_scrolled_sideways_at_320_pixels(page: Page, site: str, language: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    wide = {}
    for name, path in KINDS.items():
        page.goto(address(site, path, language))
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[name] = width
        if language == "en":
            keep(page, f"pages-{name}-320-en")
    assert wide == {}


def test_controls_are_large_enough_to_hit(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    small = {}
    for name, path in KINDS.items():
        page.goto(site + path)
        boxes = page.evaluate(
            """() => [...document.querySelectorAll("header a, button, input, textarea, li > a, h3 a")]
                .filter((e) => e.type !== "hidden").map((e) => [e.textContent, e.getBoundingClientRect().toJSON()])"""
        )
        assert len(boxes) > 5
        if wrong := [(text, box["height"]) for text, box in boxes if box["height"] < 24 or box["width"] < 24]:
            small[name] = wrong
    assert small == {}


def test_no_other_host_is_asked(context: BrowserContext, page: Page, site: str) -> None:
    asked: list[str] = []
    failed: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    for path in KINDS.values():
        page.goto(site + path)
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
    assert hosts == {urlsplit(site).netloc}
    assert [text for text in failed if "404" not in text] == []
    assert context.cookies() == []  # see pages.privacy in data/interface: cookies are for a frame without storage alone


# Without JavaScript


def test_every_page_is_read_without_javascript(plain: Page, site: str) -> None:
    for path in KINDS.values():
        plain.goto(site + path)
        expect(plain.locator("h1")).to_be_visible()
        expect(plain.get_by_role("navigation").first).to_be_visible()
        assert len(plain.locator("main").inner_text()) > 60


def test_a_reader_without_javascript_walks_from_subject_to_source(plain: Page, site: str) -> None:
    plain.goto(f"{site}/questions")
    plain.get_by_role("link", name="Sister cities").first.click()
    plain.get_by_role("link", name="What is the tie between Xining and Edirne?").click()
    expect(plain.locator("h1")).to_have_text("What is the tie between Xining and Edirne?")
    expect(plain.get_by_role("link", name="Edirne City of Turkey")).to_be_visible()
    assert "Edirne in Türkiye has been a sister city" in plain.get_by_label("Citation").input_value()
    expect(plain.get_by_role("button", name="Copy citation")).to_have_count(0)
    plain.get_by_role("link", name="中文").click()
    expect(plain.locator("html")).to_have_attribute("lang", "zh")
    plain.get_by_role("link", name="关于").click()
    expect(plain.locator("h1")).to_have_text("关于这个助手")


def test_a_search_needs_no_javascript_and_keeps_the_language(plain: Page, site: str) -> None:
    plain.goto(f"{site}/questions?language=zh")
    plain.get_by_label("查找问题或回答").fill("埃迪尔内 意向书")
    plain.get_by_role("button", name="查找").click()
    assert plain.locator("article").count() > 1
    expect(plain.locator("html")).to_have_attribute("lang", "zh")
    expect(plain.locator("article").first).to_contain_text("埃迪尔内")


# By keyboard, on paper, to the clipboard


def test_the_keyboard_reaches_everything_in_order(page: Page, site: str) -> None:
    page.goto(f"{site}/facts/edirne-tie")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    passed = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { const e = document.activeElement; const box = e.getBoundingClientRect();
                return [e.tagName, box.top + window.scrollY, getComputedStyle(e).outlineStyle, e.textContent.trim()] }"""
        )
        if focused[0] == "BODY":
            break
        passed.append(focused)
    assert {name for name, *_ in passed} == {"A", "BUTTON", "TEXTAREA"}
    assert all(outline != "none" for _, _, outline, _ in passed)
    tops = [top for _, top, _, _ in passed]
    assert all(later >= earlier - 30 for earlier, later in itertools.pairwise(tops)), passed


def test_a_citation_is_copied_and_that_is_said(context: BrowserContext, page: Page, site: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page.goto(f"{site}/facts/edirne-tie")
    page.get_by_role("button", name="Copy citation").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Citation").input_value()
    assert copied.splitlines()[-1] == f"{site}/facts/edirne-tie"


def test_where_copying_is_not_allowed_the_citation_is_selected(page: Page, site: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(f"{site}/facts/edirne-tie?language=zh")
    page.get_by_role("button", name="复制引用文字").click()
    expect(page.get_by_role("status")).to_contain_text("引用文字已选中")
    assert page.evaluate("document.activeElement.selectionEnd - document.activeElement.selectionStart") > 100


def test_paper_has_the_answer_and_no_controls(page: Page, site: str) -> None:
    page.goto(f"{site}/facts/edirne-tie")
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print", color_scheme="dark")
    for seen in (".answer", ".printed", "#sources", "#history"):
        expect(page.locator(seen)).to_be_visible()
    for hidden in ("header nav", "textarea", "button", ".skip", "#related"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    keep(page, "pages-fact-printed")
