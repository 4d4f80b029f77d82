"""The whole product as `make demo` starts it, and the walks that a visitor takes through it."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page

from tests.demo.browser import see, share_number, start, tap

ROOT = Path(__file__).parents[2]
READY_SECONDS = 20


@asynccontextmanager
async def demo_address() -> AsyncIterator[str]:
    """Start the real command and answer the address that it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "demo", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), READY_SECONDS)
        found = re.search(r"http://\S+", line.decode())
        assert found, line
        yield found.group()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 15)


async def agree(page: Page) -> None:
    """From the Start button to the first question."""
    await start(page)
    await tap(page, "answer:consent:agree")
    await see(page, "your safety")


async def answer_with_fresh_filler(page: Page) -> None:
    """Hyaluronic acid in lips and cheeks three days ago, otherwise healthy."""
    for data in (
        "answer:symptoms:none",
        "answer:procedures:filler",
        "answer:procedures:done",
        "answer:filler_product:ha",
        "answer:filler_areas:lips",
        "answer:filler_areas:cheeks",
        "answer:filler_areas:done",
    ):
        await tap(page, data)
    await see(page, "When was your filler?")
    await tap(page, "3 days ago")
    for data in (
        "answer:settling:settled",
        "answer:skin:clear",
        "answer:skin_issues:none",
        "answer:health:none",
        "answer:wish:puffiness",
        "answer:setting:therapist",
    ):
        await tap(page, data)
    await see(page, "Why")


async def send_a_callback_request(page: Page) -> None:
    """From the advice to the request's number."""
    await tap(page, "callback:start")
    await tap(page, "callback:name")
    await share_number(page, "Share my number")
    await see(page, "When shall we call you?")
    slot = page.locator('#client-chat .key[data-callback^="callback:time:"]').first
    await slot.click()
    await see(page, "An e-mail address, too?")
    await tap(page, "callback:skip")
    await see(page, "before we call?")
    await tap(page, "callback:skip")
    await tap(page, "callback:send")
    await see(page, "No. 1001")
