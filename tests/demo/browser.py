"""Driving the demo page in Debian's Chromium, as a visitor would: helpers for browser tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, ConsoleMessage, Error, Locator, Page, async_playwright, expect

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOWHERE = "about:blank"
Side: TypeAlias = Literal["client", "staff"]

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless browser. Starting takes about a second: share it between tests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_page(
    browser: Browser, url: str, *, width: int = 1440, height: int = 900, dark: bool = False, refused: str = ""
) -> AsyncIterator[Page]:
    """The demo page in a window that nobody else uses, with its first client shown.

    Raises AssertionError at the end where the page's scripts failed or its policy blocked something. ``refused`` is
    the beginning of the paths whose requests are meant to fail, which the browser notes as errors, too.
    """
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        meant = bool(refused) and urlsplit(message.location["url"]).path.startswith(refused)
        if message.type == "error" and not meant:
            errors.append(message.text)

    def fail(error: Error) -> None:
        errors.append(str(error))

    page = await _free_window(browser)
    await page.set_viewport_size({"width": width, "height": height})
    await page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    page.on("pageerror", fail)
    page.on("console", note)
    try:
        await page.goto(url)
        await expect(page.locator("#clients button").first).to_be_visible()
        yield page
    finally:
        await page.unroute_all()
        await page.goto(NOWHERE)
        page.remove_listener("pageerror", fail)
        page.remove_listener("console", note)
    assert not errors, errors


async def _free_window(browser: Browser) -> Page:
    """One that was left, else a new one, which costs much more. What a page keeps belongs to its own address."""
    for context in browser.contexts:
        for page in context.pages:
            if page.url == NOWHERE:
                return page
    context = await browser.new_context(accept_downloads=True)
    context.set_default_timeout(8000)
    return await context.new_page()


def chat(page: Page, side: Side = "client") -> Locator:
    """The client's phone or the staff's window."""
    return page.locator(f"#{side}-chat")


def newest(page: Page, side: Side = "client") -> Locator:
    """The newest message in a chat."""
    return chat(page, side).locator(".message").last


async def see(page: Page, words: str, side: Side = "client") -> Locator:
    """Wait until a chat shows a message with these words; the newest one of them."""
    message = chat(page, side).locator(".message", has_text=words).last
    await expect(message).to_be_visible(timeout=8000)
    return message


async def start(page: Page, side: Side = "client") -> None:
    """Press the Start button that a new chat shows."""
    await chat(page, side).locator(".start").click()


async def say(page: Page, text: str, side: Side = "client") -> None:
    """Write and send a text."""
    await page.locator(f"#{side}-input").fill(text)
    await page.locator(f"#{side}-input").press("Enter")


async def tap(page: Page, label_or_data: str, side: Side = "client") -> None:
    """Press the newest button with this label or ``callback_data``, under a message or on the reply keyboard."""
    label = label_or_data.replace('"', '\\"')
    by_data = chat(page, side).locator(f'.key[data-callback="{label}"]')
    by_label = chat(page, side).locator(".key").filter(has=page.get_by_text(label_or_data, exact=True))
    await by_data.or_(by_label).last.click()


async def share_number(page: Page, label: str) -> None:
    """Press a share-my-number button and agree."""
    await tap(page, label)
    await page.locator("#dialog .button-main").click()


async def add_client(page: Page, name: str, language: str = "en", phone: str = "") -> None:
    """Open a new client's chat."""
    await page.locator("#new-client").click()
    await page.locator("#dialog [name=name]").fill(name)
    await page.locator("#dialog [name=language]").select_option(language)
    await page.locator("#dialog [name=phone]").fill(phone)
    await page.locator("#dialog .button-main").click()
    await expect(page.locator('#clients [aria-current="true"]')).to_contain_text(name.split(maxsplit=1)[0])


async def act_as(page: Page, name: str) -> None:
    """Switch to another member of the staff, by first name."""
    await page.locator("#staff-members button", has_text=name).click()


async def show(page: Page, view: Literal["client", "staff", "mail", "clock"]) -> None:
    """Choose a tab; only narrow windows have them."""
    await page.locator(f'.tabs [data-view="{view}"]').click()


async def skip(page: Page) -> None:
    """Skip to the next reminder, as soon as one is planned."""
    await expect(page.locator("#skip")).to_have_attribute("aria-disabled", "false", timeout=8000)
    await page.locator("#skip").click()


async def skip_until(page: Page, sign: Locator) -> None:
    """Skip from one planned thing to the next until ``sign`` is seen: not all that is planned is for these eyes."""
    for _ in range(20):
        await skip(page)
        try:
            await expect(sign).to_be_visible(timeout=500)
        except AssertionError:
            continue
        return
    raise AssertionError("what was planned did not come")


async def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    wider = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return bool(wider)
