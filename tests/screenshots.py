"""Makes the pictures of docs/screenshots: `python -m tests.screenshots` walks the real product in Chromium."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Literal

from playwright.async_api import Page

from bot.clinic import load_clinic
from bot.quote import Line, Offer, Quote
from messages.catalog import Catalogs
from messages.quote_mail import QuoteWords, html_part
from tests.demo.browser import act_as, chromium, open_page, see, skip_until, tap
from tests.demo.product import agree, answer_with_fresh_filler, demo_address, send_a_callback_request

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
CHOSEN = {"drainage-course": date(2026, 11, 27), "self": None}
EXAMPLE = Quote(
    "2026-0001",
    date(2026, 11, 20),
    date(2026, 12, 20),
    tuple(Line.of(Offer(each, CHOSEN[each.id]), "en") for each in load_clinic().services if each.id in CHOSEN),
    "EUR",
    "2026-10",
    checked=True,
)


async def _picture(page: Page, name: str) -> None:
    await page.wait_for_timeout(400)
    await page.screenshot(path=FOLDER / f"{name}.png")


async def _desk() -> None:
    """The whole page, after a request was taken and a reminder came."""
    async with demo_address() as address, chromium() as browser, open_page(browser, address) as page:
        await agree(page)
        await answer_with_fresh_filler(page)
        await tap(page, "remind:safe_now")
        await tap(page, "remind:safe_now:on")
        await tap(page, "advice")
        await send_a_callback_request(page)
        await see(page, "No. 1001", "staff")
        await skip_until(page, page.locator("#mail-list", has_text="1001"))
        await act_as(page, "Jonas")
        await tap(page, "request:1001:take", "staff")
        await see(page, "Taken by Jonas Vogel", "staff")
        await see(page, "Jonas Vogel")
        await _picture(page, "demo")


async def _phone(*, dark: bool) -> None:
    """Five typical screens, as they look on a phone."""
    shade = "-dark" if dark else ""
    async with (
        demo_address() as address,
        chromium() as browser,
        open_page(browser, address, width=390, height=844, dark=dark) as page,
    ):
        await page.locator("#client-chat .start").click()
        await see(page, "Welcome to")
        await _picture(page, f"welcome{shade}")
        await tap(page, "answer:consent:agree")
        await see(page, "your safety")
        await _picture(page, f"symptoms{shade}")
        await answer_with_fresh_filler(page)
        await _picture(page, f"advice{shade}")
        await page.locator("#client-chat .message img").last.scroll_into_view_if_needed()
        await _picture(page, f"map{shade}")
        await tap(page, "change")
        await see(page, "Your answers")
        await _picture(page, f"answers{shade}")


async def _quote() -> None:
    """One quote, as its mail is read on a light and a dark screen."""
    words = QuoteWords(Catalogs.load().choose("en"), EXAMPLE, load_clinic())
    async with chromium() as browser:
        schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for scheme in schemes:
            page = await browser.new_page(viewport={"width": 680, "height": 900}, color_scheme=scheme)
            await page.set_content(html_part(words))
            await page.screenshot(path=FOLDER / f"quote{'-dark' if scheme == 'dark' else ''}.png", full_page=True)
            await page.close()


async def main() -> None:
    """All pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    await _quote()
    await _desk()
    await _phone(dark=False)
    await _phone(dark=True)


if __name__ == "__main__":
    asyncio.run(main())
