"""A real browser: Debian's Chromium, driven by Playwright, against the real product."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.helpers.host_site import HostSite, host_site
from tests.helpers.product import Product

CHROMIUM = shutil.which("chromium")
SCREENSHOTS = Path(__file__).parent / "screenshots"
# Without these, Chromium itself asks other hosts for updates and the like.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Playwright's event loop runs in this thread as long as it is there, and no other test could start one: it goes with the room.
@pytest.fixture(scope="package")
def playwright_() -> Iterator[Playwright]:
    """What drives browsers."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: on Debian, 'apt install chromium'")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright_: Playwright) -> Iterator[Browser]:
    """The browser; every test takes contexts (fresh profiles) of its own from it."""
    browser = playwright_.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: a visitor with an English browser."""
    context = chromium.new_context(locale="en-GB", viewport={"width": 1000, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of the visitor's."""
    return context.new_page()


@pytest.fixture
def site(product: Product) -> str:
    """The product's address."""
    return product.url


@pytest.fixture(scope="package")
def other_site() -> Iterator[HostSite]:
    """Another site, for the whole run."""
    with host_site() as site:
        yield site


@pytest.fixture
def host(other_site: HostSite) -> HostSite:
    """The other site, with no page yet."""
    other_site.pages, other_site.headers = {}, {}
    return other_site


@pytest.fixture(scope="package")
def embeddable(test_var: Path, tmp_path_factory: pytest.TempPathFactory, other_site: HostSite) -> Iterator[str]:
    """A product that the other site may embed; its address is another site's to browsers."""
    var = tmp_path_factory.mktemp("embeddable")
    shutil.copytree(test_var / "models", var / "models")
    shutil.copytree(test_var / "cache", var / "cache", dirs_exist_ok=True)
    product = Product(var, XIADU_FRAME_ORIGINS=other_site.origin).start()
    yield product.url
    product.stop()


def keep(page: Page, name: str) -> None:
    """Keeps a screenshot for whoever wants to look."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=True)
