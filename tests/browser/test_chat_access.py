"""The chat for everybody: screen readers, keyboards, small screens, dark rooms; and no request to any other host."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.axe import violations
from tests.browser.chat import ANSWERED, Chat
from tests.browser.conftest import keep

STUDENTS = "How many students took part in the homestays?"
CHINESE = {"input": "您的问题", "send": "发送", "log": "对话记录", "menu": "菜单"}
CLOSED_UNTIL_OPENED, OPENED = 20_000, 140_000  # bytes, compressed


@pytest.fixture
def chat(page: Page, site: str) -> Chat:
    return Chat(page).open(site)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "words"), [("en-GB", {}), ("zh-CN", CHINESE)])
def test_axe_finds_nothing(chromium: Browser, site: str, scheme: Any, locale: str, words: dict[str, str]) -> None:
    context = chromium.new_context(locale=locale, color_scheme=scheme)
    page = context.new_page()
    chat = Chat(page, **words).open(site)
    assert violations(page) == []
    chat.ask("三届夏都国际论坛总共来了多少人？" if words else STUDENTS)
    page.route("**/api/messages", lambda route: route.abort())
    chat.input.fill("?")
    chat.input.press("Enter")
    expect(chat.visitor.last.get_by_role("button")).to_have_count(2)
    page.unroute("**/api/messages")
    chat.answers.last.locator("button[aria-pressed]").last.click()
    expect(chat.answers.last.get_by_role("textbox")).to_be_visible()
    assert violations(page) == []
    keep(page, f"talk-{locale}-{scheme}")
    page.get_by_role("button", name=words.get("menu", "Menu")).click()
    assert violations(page) == []
    keep(page, f"menu-{locale}-{scheme}")
    page.locator(".menu button").last.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    context.close()


def test_new_messages_are_read_out_politely_and_old_ones_are_not(chat: Chat) -> None:
    expect(chat.log).to_have_attribute("aria-live", "polite")
    chat.ask(STUDENTS)
    chat.page.add_init_script(
        """addEventListener('DOMContentLoaded', () => {
            window.filled = [];
            const look = () => {
                const log = document.querySelector('deep-chat')?.shadowRoot.querySelector('[role=log]');
                if (!log) return requestAnimationFrame(look);
                const seen = () => window.filled.push(log.getAttribute('aria-live'));
                new MutationObserver(seen).observe(log, {childList: true, subtree: true});
            };
            look();
        });"""
    )
    chat.page.reload()
    chat.ready()
    expect(chat.answers).to_have_count(1)
    assert set(chat.page.evaluate("window.filled")) <= {"off", None}
    expect(chat.log).to_have_attribute("aria-live", "polite")


def test_the_whole_talk_by_keyboard(chat: Chat) -> None:
    page = chat.page
    expect(chat.input).to_be_focused()
    page.keyboard.type(STUDENTS)
    page.keyboard.press("Enter")
    expect(chat.answers).to_have_count(1, timeout=ANSWERED)
    expect(chat.input).to_be_focused()
    # Backwards: from the input over the newest answer's choices to its tools.
    page.keyboard.press("Shift+Tab")
    expect(chat.choices.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.answers).to_have_count(2, timeout=ANSWERED)
    expect(chat.input).to_be_focused()  # what was pressed is gone; the focus isn't


def test_the_order_of_the_focus(chat: Chat) -> None:
    chat.ask(STUDENTS)
    chat.page.evaluate("document.activeElement.blur()")
    chat.page.evaluate("document.body.focus()")
    chat.page.mouse.click(5, 5)
    names = []
    for _ in range(14):
        chat.page.keyboard.press("Tab")
        names.append(
            chat.page.evaluate(
                """() => {
                    let at = document.activeElement;
                    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                    return at.getAttribute('aria-label') || at.textContent;
                }"""
            )
        )
    order = [
        "Menu",
        "Conversation",
        "Helpful",
        "Not helpful",
        "Copy",
        "Permanent page",
        "Tell me more",
        "Your question",
        "Send",
        "About",
    ]
    places = [next((i for i, name in enumerate(names) if name.startswith(wanted)), -1) for wanted in order]
    assert -1 not in places, names
    assert places == sorted(places), names


def test_the_menu_by_keyboard(chat: Chat) -> None:
    page = chat.page
    button = page.get_by_role("button", name="Menu")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(page.locator(".menu").get_by_role("button", name="English")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(7):
        page.keyboard.press("Tab")
    expect(page.locator(".menu").get_by_role("button", name="Forget me")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()  # the harmless choice first
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("size", [(320, 640), (320, 256)])  # a small phone; 1280 x 1024 at 400 %
def test_nothing_is_cut_off_on_a_small_screen(chromium: Browser, site: str, size: tuple[int, int]) -> None:
    context = chromium.new_context(locale="en-GB", viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    chat = Chat(page).open(site)
    chat.ask("Is Edirne a sister city of Xining?")
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('deep-chat').shadowRoot.getElementById('messages')]
            .map((box) => box.scrollWidth - box.clientWidth)"""
    )
    assert wide == [0, 0]
    chat.input.scroll_into_view_if_needed()
    chat.input.fill("still usable")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Forget me").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    keep(page, f"small-{size[0]}x{size[1]}")
    context.close()


def test_what_is_pressed_is_large_enough(chat: Chat) -> None:
    chat.ask(STUDENTS)
    small = chat.page.evaluate(
        """() => {
            const roots = [document, document.querySelector('deep-chat').shadowRoot];
            return roots.flatMap((root) => [...root.querySelectorAll('button, a, [role=button]')])
                .map((at) => [at.getAttribute('aria-label') || at.textContent, at.getBoundingClientRect()])
                .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([name]) => name);
        }"""
    )
    # A link within a sentence is excepted (WCAG 2.2, 2.5.8).
    assert small == []


def test_nothing_moves_where_no_motion_is_wanted(chromium: Browser, site: str) -> None:
    context = chromium.new_context(locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    chat = Chat(page).open(site)
    page.route("**/api/messages", lambda route: None)
    chat.input.fill(STUDENTS)
    chat.input.press("Enter")
    expect(chat.log).to_contain_text("Looking it up")
    moving = page.evaluate(
        """() => [document, document.querySelector('deep-chat').shadowRoot]
            .flatMap((root) => root.getAnimations()).map((animation) => animation.animationName)"""
    )
    assert moving == []
    context.close()


def test_on_paper_stands_the_talk_and_nothing_else(chat: Chat) -> None:
    chat.ask(STUDENTS)
    chat.ask("Is Edirne a sister city of Xining?")
    chat.page.emulate_media(media="print")
    expect(chat.input).to_be_hidden()
    expect(chat.page.get_by_role("button", name="Menu")).to_be_hidden()
    expect(chat.page.get_by_role("navigation")).to_be_hidden()
    expect(chat.answers.first).to_be_visible()
    cut = chat.log.evaluate("(log) => log.scrollHeight - log.clientHeight")
    assert cut <= 1
    keep(chat.page, "print")


def test_no_other_host_is_asked_and_it_is_light(page: Page, site: str) -> None:
    answers: list[Response] = []
    refused: list[str] = []
    page.on("response", lambda response: answers.append(response))
    page.on("requestfailed", lambda request: refused.append(request.url))
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    chat = Chat(page).open(site)
    chat.ask("Is Edirne a sister city of Xining?")
    chat.choose("中文")
    assert {response.url.split("/")[2] for response in answers} == {site.split("/")[2]}
    assert refused == []  # nothing of ours breaks its own policy
    loaded = sum(
        len(gzip.compress(response.body(), 9))
        for response in answers
        if response.request.resource_type in ("document", "script", "stylesheet", "font", "image")
    )
    assert loaded <= OPENED


def test_the_policy_is_strict(page: Page, site: str) -> None:
    for path in ("/", "/embed"):
        response = page.goto(site + path)
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert re.search(r"default-src 'none'", policy)
        assert re.search(r"script-src 'self'(;|$)", policy)
    ran = page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            return window.ran === true;
        }"""
    )
    assert ran is False
