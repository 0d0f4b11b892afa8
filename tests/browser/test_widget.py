"""The widget on other sites' pages: under their styles and policies, in another origin, with third-party cookies blocked."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from tests.browser.axe import violations
from tests.browser.chat import Chat
from tests.browser.conftest import CHROMIUM, QUIET, keep
from tests.helpers.host_site import HostSite, page_of

STUDENTS = "How many students took part in the homestays?"
OPEN, CLOSE = "Ask about Xining's international exchanges", "Close the chat"
UNTIL_OPENED = 20_000  # bytes, compressed


@pytest.fixture
def visit(page: Page, host: HostSite, embeddable: str) -> Callable[..., Page]:
    """Opens a page of the other site that embeds the widget."""

    def visit(**how: Any) -> Page:
        host.pages["/"] = page_of(embeddable, **how)
        page.goto(host.origin + "/")
        return page

    return visit


def launcher(page: Page, name: str | re.Pattern[str] = OPEN) -> Locator:
    return page.get_by_role("button", name=name, exact=isinstance(name, str))


def opened(page: Page) -> Chat:
    """Opens the chat and waits for it."""
    launcher(page).click()
    return Chat(page, page.frame_locator("iframe")).ready()


def test_the_launcher_works_without_the_chat_being_loaded_and_is_light(
    visit: Callable[..., Page], page: Page, embeddable: str
) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    visit()
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")
    page.wait_for_load_state("networkidle")
    assert [url for url in loaded if url.startswith(embeddable)] == [f"{embeddable}/widget.js"]
    script = requests.get(f"{embeddable}/widget.js", headers={"Accept-Encoding": "gzip"}, timeout=5)
    assert script.headers["Content-Encoding"] == "gzip"
    assert len(gzip.compress(script.content, 9)) <= UNTIL_OPENED
    again = requests.get(f"{embeddable}/widget.js", headers={"If-None-Match": script.headers["ETag"]}, timeout=5)
    assert again.status_code == 304


def test_a_talk_on_another_site_survives_a_reload_with_third_party_cookies_blocked(
    playwright_: Playwright, tmp_path: Path, host: HostSite, embeddable: str
) -> None:
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    blocked = {"profile": {"block_third_party_cookies": True, "cookie_controls_mode": 1}}
    (profile / "Preferences").write_text(json.dumps(blocked))
    host.pages["/"] = page_of(embeddable)
    context = playwright_.chromium.launch_persistent_context(
        str(profile.parent),
        executable_path=CHROMIUM,
        args=[*QUIET, "--test-third-party-cookie-phaseout"],
        headless=True,
        locale="en-GB",
    )
    try:
        page = context.new_page()
        page.goto(host.origin + "/")
        chat = opened(page)
        frame = next(frame for frame in page.frames if frame.url.startswith(embeddable))
        frame.evaluate("document.cookie = 'mine=1; SameSite=None; Secure'; document.cookie = 'mine=2'")
        assert "mine" not in frame.evaluate("document.cookie")  # they are blocked, truly
        expect(chat.ask(STUDENTS)).to_contain_text("200 students")
        chat.input.fill('2+2=4; 西宁, "ask"')
        page.reload()
        chat = opened(page)
        expect(chat.answers).to_have_count(1)
        expect(chat.input).to_have_text('2+2=4; 西宁, "ask"')  # the draft as well
        expect(chat.ask("and in how many batches?")).to_contain_text(re.compile("batches|groups"))
        second = context.new_page()
        second.goto(host.origin + "/")
        expect(opened(second).answers).to_have_count(2)
        # What is kept belongs to this frame on this site, and goes along with no message.
        sent = []
        second.on("request", lambda request: sent.append(request.all_headers().get("cookie")))
        opened_again = Chat(second, second.frame_locator("iframe"))
        opened_again.ask("Is Edirne a sister city of Xining?")
        assert set(sent) == {None}
        opened_again.choose("Forget me")
        opened_again.confirm()
        expect(opened_again.notes).to_contain_text("nothing of this conversation is stored any more")
        frame = next(frame for frame in second.frames if frame.url.startswith(embeddable))
        assert "token" not in frame.evaluate("document.cookie")
    finally:
        context.close()


def test_no_third_host_is_asked(visit: Callable[..., Page], page: Page, embeddable: str, host: HostSite) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    visit()
    opened(page).ask(STUDENTS)
    assert asked == {embeddable, host.origin}


def test_opening_and_closing_by_keyboard_gives_the_focus_back(visit: Callable[..., Page]) -> None:
    page = visit(body='<a href="#">Before</a>')
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(launcher(page)).to_be_focused()
    page.keyboard.press("Enter")
    chat = Chat(page, page.frame_locator("iframe")).ready()
    expect(launcher(page, CLOSE)).to_have_attribute("aria-expanded", "true")
    expect(chat.input).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("iframe")).to_be_hidden()
    expect(launcher(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    chat.where.get_by_role("button", name="Minimise").click()
    expect(launcher(page)).to_be_focused()
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")


def test_an_answer_that_comes_while_it_is_minimised_is_counted(visit: Callable[..., Page]) -> None:
    page = visit()
    chat = opened(page)
    chat.input.fill(STUDENTS)
    page.route("**/api/messages", lambda route: (page.wait_for_timeout(300), route.continue_()))
    chat.input.press("Enter")
    chat.where.get_by_role("button", name="Minimise").click()
    expect(launcher(page, f"{OPEN}: 1 new")).to_be_visible(timeout=10_000)
    keep(page, "widget-unread")
    launcher(page, f"{OPEN}: 1 new").click()
    expect(launcher(page, CLOSE)).to_be_visible()
    expect(chat.answers).to_have_count(1)
    launcher(page, CLOSE).click()
    expect(launcher(page)).to_be_visible()


def test_the_host_page_s_styles_do_not_reach_it(visit: Callable[..., Page]) -> None:
    hostile = """<style>
        * { display: none !important; color: red !important; font-size: 40px !important; }
        html, body, head ~ body { display: block !important; }
        button { position: static !important; } iframe { width: 10px !important; }
        xiadu-chat { opacity: 0 !important; visibility: hidden !important; }
    </style>"""
    page = visit(head=hostile)
    expect(launcher(page)).to_be_visible()
    box = launcher(page).bounding_box()
    assert box
    assert box["height"] >= 44
    chat = opened(page)
    frame = page.locator("iframe").bounding_box()
    assert frame
    assert frame["width"] > 300
    expect(chat.ask(STUDENTS)).to_contain_text("200 students")


def test_a_strict_policy_of_the_host_needs_two_words_only(
    visit: Callable[..., Page], host: HostSite, embeddable: str
) -> None:
    host.headers = {
        "Content-Security-Policy": f"default-src 'none'; script-src {embeddable}; frame-src {embeddable}; base-uri 'none'"
    }
    page = visit()
    expect(opened(page).ask(STUDENTS)).to_contain_text("200 students")


def test_a_frame_that_the_host_s_policy_refuses_is_told(
    visit: Callable[..., Page], host: HostSite, embeddable: str
) -> None:
    host.headers = {"Content-Security-Policy": f"default-src 'none'; script-src {embeddable}"}
    page = visit()
    page.clock.install()
    launcher(page).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The chat is loading")
    page.clock.run_for(16_000)
    expect(dialog).to_contain_text("can't be reached")
    expect(dialog.get_by_role("button", name="Try again")).to_be_visible()
    dialog.get_by_role("button", name=CLOSE).click()
    expect(dialog).to_be_hidden()


def test_a_site_that_was_not_allowed_cannot_frame_the_chat(page: Page, host: HostSite, site: str) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    host.pages["/"] = page_of(site)  # of the product that knows no other site
    page.goto(host.origin + "/")
    launcher(page).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_function("() => true")
    for _ in range(50):
        if any("frame-ancestors" in text for text in refused):
            break
        page.wait_for_timeout(100)
    assert any("frame-ancestors" in text for text in refused), refused
    assert (
        requests.get(f"{site}/embed", timeout=5).headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    )
    assert requests.get(site, timeout=5).headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize(
    ("lang", "attributes", "name"),
    [
        ("en", "", OPEN),
        ("zh-CN", "", "咨询西宁对外交流"),
        ("fr", "", OPEN),  # not there: the browser's
        ("en", 'data-language="zh"', "咨询西宁对外交流"),
        ("zh", 'data-language="en"', OPEN),
        ("zh", 'data-language="auto"', "咨询西宁对外交流"),
        ("en", 'data-language="xx"', OPEN),
    ],
)
def test_the_language(visit: Callable[..., Page], lang: str, attributes: str, name: str) -> None:
    page = visit(lang=lang, attributes=attributes)
    launcher(page, name).click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("log")).to_contain_text("自动助手" if "咨询" in name else "automated assistant")


def test_position_colour_greeting_and_topic(visit: Callable[..., Page]) -> None:
    page = visit(
        attributes='data-position="left" data-color="#ffd400" data-topic="homestay"'
        ' data-greeting="Welcome &lt;b&gt;partners&lt;/b&gt;"'
    )
    box = launcher(page).bounding_box()
    assert box
    assert box["x"] < 100
    look = launcher(page).evaluate("(at) => [getComputedStyle(at).backgroundColor, getComputedStyle(at).color]")
    assert look == ["rgb(255, 212, 0)", "rgb(0, 0, 0)"]  # black on a light colour
    chat = opened(page)
    expect(chat.log).to_contain_text("Welcome <b>partners</b>")
    expect(chat.choices.first).to_have_text("How many homestay groups were there?")
    assert chat.where.locator("header").evaluate("(at) => getComputedStyle(at).backgroundColor") == "rgb(255, 212, 0)"


def test_what_cannot_be_used_is_left_out(visit: Callable[..., Page]) -> None:
    page = visit(attributes='data-position="top" data-color="red;}*{display:none" data-topic="../x"')
    box = launcher(page).bounding_box()
    assert box
    assert box["x"] > 500
    chat = opened(page)
    expect(chat.choices.first).to_have_text("What is the Xiadu International Forum?")


def test_the_interface_for_scripts(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate(
        """() => {
            window.seen = [];
            window.offs = ['open', 'close', 'ready'].map((event) => XiaduChat.on(event, () => seen.push(event)));
        }"""
    )
    page.evaluate(f"XiaduChat.ask({STUDENTS!r})")  # opens, loads, and asks once it can
    chat = Chat(page, page.frame_locator("iframe")).ready()
    expect(chat.answers).to_have_count(1, timeout=15_000)
    page.evaluate("XiaduChat.close()")
    expect(page.locator("iframe")).to_be_hidden()
    assert page.evaluate("window.seen") == ["open", "ready", "close"]
    page.evaluate("offs[0](); XiaduChat.toggle()")
    assert page.evaluate("window.seen") == ["open", "ready", "close"]
    page.evaluate("XiaduChat.set({position: 'left', language: 'zh', color: '#7a1f1f'})")
    expect(launcher(page, "关闭对话")).to_be_visible()
    expect(chat.where.get_by_role("log", name="对话记录")).to_contain_text("自动助手")
    assert page.evaluate(
        "(() => { try { XiaduChat.on('nothing', () => 0) } catch (e) { return e.message } })()"
    ).startswith("XiaduChat has no event nothing")
    page.evaluate("XiaduChat.destroy()")
    expect(page.locator("xiadu-chat")).to_have_count(0)


def test_the_talk_is_not_told_to_the_host_page(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("window.heard = []; addEventListener('message', ({data}) => heard.push(data))")
    opened(page).ask(STUDENTS)
    heard = page.evaluate("window.heard")
    assert {message["type"] for message in heard} <= {"ready", "unread", "close", "language"}
    assert "students" not in json.dumps(heard)


def test_a_stranger_s_message_does_nothing(visit: Callable[..., Page]) -> None:
    page = visit(body="<iframe id='other' srcdoc='<p>other</p>'></iframe>")
    launcher(page).click()
    chat = Chat(page, page.frame_locator("xiadu-chat iframe")).ready()
    other = next(frame for frame in page.frames if frame.url == "about:srcdoc")
    other.evaluate("parent.postMessage({xiadu: 1, type: 'close'}, '*')")
    page.evaluate("window.postMessage({xiadu: 1, type: 'close'}, '*')")
    page.evaluate("new Promise((done) => setTimeout(done, 200))")
    expect(launcher(page, CLOSE)).to_be_visible()
    expect(chat.visitor).to_have_count(0)


def test_the_script_twice_or_early_is_harmless(page: Page, host: HostSite, embeddable: str) -> None:
    tag = f'<script src="{embeddable}/widget.js"></script>'
    host.pages["/"] = f"<html lang=en><head>{tag}</head><body><p>No doctype</p>{tag}</body></html>"
    page.goto(host.origin + "/")
    expect(launcher(page)).to_have_count(1)
    opened(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing(chromium: Browser, host: HostSite, embeddable: str, scheme: Any, lang: str) -> None:
    context = chromium.new_context(locale="en-GB", color_scheme=scheme)
    page = context.new_page()
    host.pages["/"] = page_of(embeddable, lang=lang)
    page.goto(host.origin + "/")
    button = page.locator("xiadu-chat button")
    expect(button).to_be_visible()
    assert violations(page) == []
    button.click()
    expect(page.frame_locator("iframe").get_by_role("log")).to_be_visible()
    assert violations(page) == []
    keep(page, f"widget-{lang}-{scheme}")
    context.close()


def test_on_a_phone_it_fills_the_screen(chromium: Browser, host: HostSite, embeddable: str) -> None:
    context = chromium.new_context(
        locale="en-GB", viewport={"width": 320, "height": 568}, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    host.pages["/"] = page_of(embeddable, head='<meta name="viewport" content="width=device-width">')
    page.goto(host.origin + "/")
    keep(page, "widget-phone-closed")
    chat = opened(page)
    box = page.locator("iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 320, "height": 568}
    chat.ask(STUDENTS)
    keep(page, "widget-phone")
    chat.where.get_by_role("button", name="Minimise").click()
    expect(page.locator("iframe")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


def test_the_launcher_is_not_printed(visit: Callable[..., Page]) -> None:
    page = visit()
    page.emulate_media(media="print")
    expect(page.locator("xiadu-chat button")).to_be_hidden()


def test_the_demo_page_shows_every_setting(page: Page, site: str, context: BrowserContext) -> None:
    page.goto(f"{site}/demo")
    assert violations(page) == []
    page.get_by_label("Side").select_option("left")
    page.get_by_label("Greeting").fill('Say "hello" & <ask>')
    page.get_by_label("Opening topic").select_option("forum")
    line = page.get_by_label("The line for your page").input_value()
    assert line.startswith(f'<script src="{site}/widget.js"')
    assert 'data-greeting="Say &quot;hello&quot; &amp; &lt;ask>"' in line
    page.get_by_role("button", name="Show", exact=True).click()
    chat = Chat(page, page.frame_locator("iframe")).ready()
    expect(chat.log).to_contain_text('Say "hello" & <ask>')
    keep(page, "demo")
    box = page.locator("xiadu-chat button").first.bounding_box()
    assert box
    assert box["x"] < 100
