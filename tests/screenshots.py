"""Makes the pictures of docs/screenshots: `python -m tests.screenshots` walks the real product in Chromium."""

import asyncio
from pathlib import Path

from playwright.async_api import Page

from tests.demo.browser import act_as, chromium, open_page, see, skip, tap
from tests.demo.product import agree, answer_with_fresh_filler, demo_address, send_a_callback_request

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
PHONE = {"width": 390, "height": 844}


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
        await skip(page)
        await page.locator("#mail-list", has_text="1001").wait_for()
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
        open_page(browser, address, **PHONE, dark=dark) as page,
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


async def main() -> None:
    """All pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    await _desk()
    await _phone(dark=False)
    await _phone(dark=True)


if __name__ == "__main__":
    asyncio.run(main())
