"""The widget's launcher where a page, a network or a zoom makes it hard: it stays in sight, leaves the focus alone, can be closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import violations
from tests.browser.chat import Chat
from tests.helpers.host_site import HostSite, page_of

OWN = '<p><label>Own field <input id="own"></label> <a href="#">Own link</a></p>'
PHONE = {"width": 320, "height": 568}


@pytest.fixture
def visit(page: Page, host: HostSite, embeddable: str) -> Page:
    host.pages["/"] = page_of(embeddable, head='<meta name="viewport" content="width=device-width">', body=OWN)
    page.goto(host.origin + "/")
    return page


def launcher(page: Page) -> Locator:
    return page.locator("xiadu-chat [part=launcher]")


def opened(page: Page) -> Chat:
    launcher(page).click()
    return Chat(page, page.frame_locator("xiadu-chat iframe")).ready()


def held(page: Page) -> list[Route]:
    """Keeps the first frame waiting, as a slow network does."""
    routes: list[Route] = []
    page.route("**/embed*", lambda route: routes.append(route), times=1)
    return routes


def test_a_slow_load_can_be_closed_on_a_phone(visit: Page) -> None:
    visit.set_viewport_size(PHONE)
    held(visit)
    launcher(visit).click()
    panel = visit.get_by_role("dialog")
    expect(panel).to_be_focused()
    expect(panel.get_by_role("status")).to_have_text("The chat is loading …")
    expect(launcher(visit)).to_be_hidden()  # covered, so out of the keyboard's way
    assert violations(visit) == []
    panel.get_by_role("button", name="Close the chat").click()
    expect(panel).to_be_hidden()
    expect(launcher(visit)).to_be_focused()


def test_trying_again_loads_it(visit: Page) -> None:
    held(visit)
    visit.clock.install()
    launcher(visit).click()
    panel = visit.get_by_role("dialog")
    visit.clock.run_for(16_000)
    expect(panel.get_by_role("status")).to_contain_text("can't be reached")
    assert violations(visit) == []
    visit.clock.resume()
    panel.get_by_role("button", name="Try again").click()
    chat = Chat(visit, visit.frame_locator("xiadu-chat iframe")).ready()
    expect(chat.input).to_be_focused()
    expect(panel.get_by_role("status")).to_be_empty()


def test_a_late_chat_does_not_take_the_focus_from_a_field(visit: Page) -> None:
    routes = held(visit)
    launcher(visit).click()
    visit.locator("#own").focus()
    expect(visit.get_by_role("dialog")).to_be_visible()
    routes[0].continue_()
    Chat(visit, visit.frame_locator("xiadu-chat iframe")).ready()
    expect(visit.locator("iframe[data-ready]")).to_be_visible()
    visit.keyboard.type("still mine")
    expect(visit.locator("#own")).to_have_value("still mine")
    visit.evaluate("XiaduChat.close()")
    expect(visit.locator("#own")).to_be_focused()


def test_what_lay_open_is_not_new(visit: Page) -> None:
    routes = held(visit)
    launcher(visit).click()
    visit.locator("#own").focus()
    expect(visit.get_by_role("dialog")).to_be_visible()
    routes[0].continue_()  # the frame isn't told "opened": it would take the focus
    chat = Chat(visit, visit.frame_locator("xiadu-chat iframe")).ready()
    chat.ask("How many homestay groups were there?")
    launcher(visit).click()
    expect(launcher(visit)).to_have_accessible_name("Ask about Xining's international exchanges")
    visit.evaluate("XiaduChat.open()")
    expect(chat.input).to_be_focused()


def test_escape_on_the_launcher_closes(visit: Page) -> None:
    opened(visit)
    launcher(visit).focus()
    visit.keyboard.press("Escape")
    expect(visit.get_by_role("dialog")).to_be_hidden()
    expect(launcher(visit)).to_be_focused()


def test_the_focus_is_never_behind_a_chat_that_fills_the_screen(visit: Page) -> None:
    visit.set_viewport_size(PHONE)
    chat = opened(visit)
    chat.where.get_by_role("button", name="Menu").focus()  # the first control in the frame
    # Backwards: behind its last one is the browser's own bar, which a headless browser doesn't have.
    visit.keyboard.press("Shift+Tab")
    expect(visit.get_by_role("dialog")).to_be_hidden()
    expect(visit.get_by_role("link", name="Own link")).to_be_focused()  # it stays where the keyboard went


def test_beside_a_chat_that_leaves_room_the_page_is_used(visit: Page) -> None:
    opened(visit)
    visit.locator("#own").click()
    expect(visit.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize(
    "style",
    [
        "* { --accent: #ffffff; --on-accent: #ffffff; --ground: #000000; --ink: #000000 }",
        "body { transform: translateZ(0); height: 3000px }",
        "body { filter: grayscale(0); height: 3000px }",
        "body { display: flex; height: 3000px; overflow: hidden; contain: strict }",
    ],
    ids=["variables", "transform", "filter", "contain"],
)
def test_it_stays_as_it_is_and_in_its_corner(page: Page, host: HostSite, embeddable: str, style: str) -> None:
    host.pages["/"] = page_of(embeddable, head=f"<style>{style}</style>")
    page.goto(host.origin + "/")
    look = launcher(page).evaluate("(at) => [getComputedStyle(at).backgroundColor, getComputedStyle(at).color]")
    assert look == ["rgb(11, 92, 173)", "rgb(255, 255, 255)"]
    box = launcher(page).bounding_box()
    assert box
    assert 700 < box["y"] < 800 - 44


def test_taken_off_before_there_is_a_body(page: Page, host: HostSite, embeddable: str) -> None:
    tag = f'<script src="{embeddable}/widget.js"></script>'
    page.route("**/own.js", lambda route: route.fulfill(body="XiaduChat.destroy()", content_type="text/javascript"))
    host.pages["/"] = (
        f"<!doctype html><html lang=en><head>{tag}<script src='/own.js'></script></head><body>x</body></html>"
    )
    page.goto(host.origin + "/")
    page.wait_for_load_state("load")
    expect(page.locator("xiadu-chat")).to_have_count(0)
