"""The promise of the first page: a consultation, a request taken by the clinic, a reminder seen by moving the clock."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.demo.browser import (
    act_as,
    chat,
    needs_chromium,
    open_page,
    say,
    scrolls_sideways,
    see,
    show,
    skip_until,
    start,
    tap,
)
from tests.demo.product import agree, answer_with_fresh_filler, demo_address, send_a_callback_request

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.asyncio(loop_scope="module")]


async def check_that_it_fits_a_phone(page: Page) -> None:
    as_it_was = page.viewport_size
    assert as_it_was
    await page.set_viewport_size({"width": 360, "height": 780})
    assert not await scrolls_sideways(page)
    await show(page, "staff")
    assert not await scrolls_sideways(page)
    await show(page, "client")
    await page.set_viewport_size(as_it_was)


async def test_a_visitor_walks_from_start_to_the_clinics_call_and_sees_the_reminder(
    browser: Browser, tmp_path: Path
) -> None:
    async with demo_address() as address, open_page(browser, address) as page:
        await agree(page)
        await answer_with_fresh_filler(page)
        await see(page, "Please wait until")
        await check_that_it_fits_a_phone(page)
        await tap(page, "remind:safe_now")
        await tap(page, "remind:safe_now:on")
        await tap(page, "advice")
        await send_a_callback_request(page)
        await see(page, "No. 1001", "staff")
        await act_as(page, "Jonas")
        await tap(page, "request:1001:take", "staff")
        await see(page, "Taken by Jonas Vogel", "staff")
        await see(page, "Jonas Vogel")
        await tap(page, "request:1001:details", "staff")
        await see(page, "your filler", "staff")
        await page.locator("#staff-rooms button").first.click()
        await tap(page, "request:1001:reached", "staff")
        await see(page, "Reached by Jonas Vogel", "staff")
        await page.locator("#trays button", has_text="CRM log").click()
        for event in ("created", "taken", "reached"):
            await page.locator("#crm-list", has_text=f"No. 1001: {event}").wait_for()
        await page.locator("#crm-list", has_text="Signature checked").wait_for()
        await say(page, "/export", "staff")
        async with page.expect_download() as saved:
            await (await see(page, "requests-", "staff")).locator("a.document").click()
        assert "Anna" in (await (await saved.value).path()).read_text("utf-8-sig")
        await say(page, "/stats", "staff")
        await (await see(page, "The last 8 weeks", "staff")).locator("button.photo").click()
        await page.locator("#dialog img").wait_for()
        await page.keyboard.press("Escape")
        await skip_until(page, chat(page).locator(".message", has_text="your date is here").last)
        await page.screenshot(path=tmp_path / "product.png")
        assert (tmp_path / "product.png").stat().st_size > 50_000


async def test_a_request_that_nobody_takes_arrives_in_the_clinics_mailbox(browser: Browser) -> None:
    async with demo_address() as address, open_page(browser, address) as page:
        await start(page)
        await tap(page, "answer:consent:decline")
        await send_a_callback_request(page)
        await see(page, "No. 1001", "staff")
        for sign in ("Who calls?", "nobody has taken"):
            await skip_until(page, chat(page, "staff").locator(".message", has_text=sign).last)
        await skip_until(page, page.locator("#mail-list", has_text="1001"))
