"""The demo page in a real browser: what a visitor sees, presses and hears."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.demo.browser import (
    NOWHERE,
    act_as,
    add_client,
    chat,
    needs_chromium,
    newest,
    open_page,
    say,
    scrolls_sideways,
    see,
    share_number,
    show,
    skip,
    start,
    tap,
)
from tests.demo.running import Demo, in_a_week, running_demo, scripted_bot
from tests.demo.test_crm_log import call
from tests.demo.test_mailbox import quote, send

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def demo() -> AsyncIterator[Demo]:
    async with running_demo() as running, scripted_bot(running):
        yield running


async def test_a_new_chat_shows_the_bots_description_and_a_start_button(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await expect(chat(page).locator(".welcome")).to_contain_text("I am a tiny bot.")
        await expect(page.locator("#client-input")).to_be_hidden()
        await start(page)
        menu = await see(page, "Bold and secret")
        await expect(page.locator("#client-input")).to_be_focused()
        await expect(chat(page).locator(".welcome")).to_be_hidden()
        await expect(menu.locator("b")).to_have_text("Bold")
        await expect(menu.locator("code")).to_have_text("1 < 2")
        await expect(menu.locator(".text a")).to_have_attribute("href", "https://e.org/")
        await expect(menu.locator("a.key")).to_have_attribute("rel", "noopener noreferrer")
        await menu.locator(".spoiler").click()
        await expect(menu.locator(".spoiler-shown")).to_have_text("secret")


RENDER = """async ([text, entities]) => {
    const { richText } = await import("/demo/static/entities.js");
    const box = document.createElement("div");
    box.append(...richText(text, entities));
    return box.innerHTML;
}"""


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


ENTITIES: list[tuple[str, list[dict[str, Any]], str]] = [
    ("plain <b>text</b>", [], "plain &lt;b&gt;text&lt;/b&gt;"),
    ("👩 bold", [entity("bold", 3, 4)], "👩 <b>bold</b>"),
    ("abcd", [entity("italic", 1, 2), entity("bold", 0, 4)], "<b>a<i>bc</i>d</b>"),
    ("abcd", [entity("bold", 0, 3), entity("italic", 2, 2)], "<b>ab<i>c</i></b>d"),
    ("abc", [entity("strikethrough", 0, 1), entity("underline", 1, 1)], "<s>a</s><u>b</u>c"),
    ("a\n\nq\n\nb", [entity("blockquote", 3, 1)], "a\n<blockquote>q</blockquote>\nb"),
    ("x", [entity("text_link", 0, 1, url="javascript:alert(1)")], "<span>x</span>"),
    ("x", [entity("never_heard_of", 0, 1)], "<span>x</span>"),
    ("ab", [entity("bold", 1, 9)], "a<b>b</b>"),
]


async def test_entities_become_elements_and_never_markup(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        for text, entities, html in ENTITIES:
            assert await page.evaluate(RENDER, [text, entities]) == html


async def test_a_press_edits_in_place_and_keeps_the_focus(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        menu = await see(page, "Bold")
        await menu.locator('[data-callback="edit"]').focus()
        await page.keyboard.press("Enter")
        edited = await see(page, "Edited for Anna")
        await expect(edited.locator(".meta")).to_contain_text("edited")
        await expect(chat(page).locator(".message")).to_have_count(2)
        await expect(edited.locator('[data-callback="edit"]')).to_be_focused()
        await expect(page.locator("#announcer")).to_contain_text("Afterglow, edited: Edited for Anna")
        await expect(edited.locator("[aria-busy]")).to_have_count(0)


async def test_callback_answers_show_as_a_toast_or_as_an_alert(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await tap(page, "Toast")
        await expect(chat(page).locator(".toast.shown")).to_have_text("A small note")
        await tap(page, "alert")
        await expect(page.locator("#dialog")).to_contain_text("Important")
        await page.keyboard.press("Enter")
        await expect(page.locator("#dialog")).to_be_hidden()
        await expect(newest(page).locator('[data-callback="alert"]')).to_be_focused()


async def test_a_pressed_button_waits_for_its_answer(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await tap(page, "Silent")
        button = newest(page).locator('[data-callback="silent"]')
        await expect(button).to_have_attribute("aria-busy", "true")
        await button.click()
        presses = [press for press in demo.world.presses.values() if press.data == "silent"]
        assert len(presses) == 1
        presses[0].answered.set()
        await expect(button).not_to_have_attribute("aria-busy", "true")


async def test_a_client_shares_the_number_only_after_agreeing(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await tap(page, "Number")
        await see(page, "Your number?")
        await tap(page, "Share my number")
        await expect(page.locator("#dialog")).to_contain_text("+4915123456789")
        await page.keyboard.press("Escape")
        assert not any(message.contact for message in demo.anna.chat.messages)
        await share_number(page, "Share my number")
        await see(page, "Got 4915123456789")
        await expect(chat(page).locator(".reply-keyboard")).to_be_hidden()


async def test_photos_are_shown_and_files_can_be_saved(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await tap(page, "Photo")
        photo = await see(page, "Here is map.png")
        assert (
            await photo.locator("img").evaluate("async image => { await image.decode(); return image.naturalWidth }")
            == 320
        )
        await photo.locator(".photo").click()
        await expect(page.locator("#dialog img")).to_be_visible()
        await page.keyboard.press("Escape")
        await tap(page, "File")
        document = await see(page, "my_data.json")
        await expect(document.locator(".document-name")).to_contain_text("15 B")
        async with page.expect_download() as download:
            await document.locator("a.document").click()
        saved = await download.value
        await saved.save_as(tmp_path / saved.suggested_filename)
        assert (tmp_path / "my_data.json").read_bytes() == b'{"answers": {}}'


async def test_a_deleted_message_vanishes_and_the_focus_is_not_lost(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        menu = await see(page, "Bold")
        await menu.locator('[data-callback="vanish"]').focus()
        await page.keyboard.press("Enter")
        await expect(chat(page).locator(".message")).to_have_count(1)
        await expect(page.locator("#client-input")).to_be_focused()


async def test_buttons_in_the_staff_chat_are_pressed_by_the_chosen_member(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await say(page, "/start", "staff")
        await see(page, "Bold", "staff")
        await act_as(page, "Jonas")
        await tap(page, "Edit", "staff")
        await see(page, "Edited for Jonas", "staff")
        await newest(page, "staff").hover()
        await newest(page, "staff").locator(".reply-button").click()
        await say(page, "thank you", "staff")
        await expect(await see(page, "You said: thank you", "staff")).to_be_visible()
        assert demo.staff.messages[-2].reply_to is demo.staff.messages[1]
        assert demo.staff.messages[-2].sender["first_name"] == "Jonas"


async def test_commands_complete_while_typing(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await see(page, "Bold")
        field, menu = page.locator("#client-input"), chat(page).locator(".commands")
        await field.press_sequentially("/s")
        await expect(chat(page).locator(".command")).to_have_count(2)
        await page.keyboard.press("ArrowDown")
        await expect(chat(page).locator('.command[aria-selected="true"]')).to_contain_text("/slow")
        await page.keyboard.press("Tab")
        await expect(field).to_have_value("/slow ")
        await expect(field).to_be_focused()
        await expect(menu).to_be_hidden()
        await field.fill("/s")
        await page.keyboard.press("Shift+Tab")
        await expect(menu).to_be_hidden()
        await expect(field).to_have_value("/s")
        assert [said.text for said in demo.anna.chat.messages if said.sender["id"] == demo.anna.id] == ["/start"]
        await field.fill("/sl")
        await page.keyboard.press("Enter")
        await expect(chat(page).locator(".chat-title p")).to_have_text("typing…")
        await expect(field).to_have_value("")
        await field.fill("a thought")
        await chat(page).get_by_role("button", name="Commands").click()
        await chat(page).locator(".command", has_text="/start").click()
        await expect(chat(page).locator(".message", has_text="Bold")).to_have_count(2)
        await expect(field).to_have_value("a thought")


async def test_several_clients_and_windows_stay_in_step(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as one, open_page(browser, demo.url) as other:
        await start(one)
        await see(other, "Bold")
        await add_client(one, "Олена Коваль", "uk", "+380671234567")
        await expect(other.locator("#clients button")).to_have_count(2)
        await say_hello(demo)
        await expect(one.locator("#clients .badge").first).to_have_text("1")
        await one.locator("#clients button", has_text="Anna").click()
        await see(one, "You said: hello")
        await expect(one.locator("#clients .badge").first).to_be_hidden()


async def test_a_refused_form_says_why_and_stays_as_it_was_filled_in(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url, refused="/demo/client") as page:
        await page.locator("#new-client").click()
        await page.locator("#dialog [name=name]").fill("Олена Коваль")
        await page.locator("#dialog [name=phone]").fill("12")
        await page.keyboard.press("Enter")
        await expect(page.locator("#dialog [role=alert]")).to_have_text("Phone: 5 to 15 digits are expected")
        await expect(page.locator("#dialog [name=name]")).to_have_value("Олена Коваль")
        await page.locator("#dialog [name=phone]").fill("+380671234567")
        await page.locator("#dialog .button-main").click()
        await expect(page.locator('#clients [aria-current="true"]')).to_contain_text("Олена")
        await expect(page.locator("#new-client")).to_be_focused()
        await page.locator("#new-client").click()
        await expect(page.locator("#dialog [role=alert]")).to_be_empty()


async def say_hello(demo: Demo) -> None:
    demo.anna.say("hello")
    await demo.world.until(lambda: "You said: hello" in str(demo.anna.chat) or None)


async def test_blocking_and_starting_again(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await see(page, "Bold")
        await chat(page).get_by_role("button", name="More").click()
        await chat(page).get_by_role("button", name="Block the bot").click()
        await expect(chat(page).locator(".start")).to_have_text("Unblock the bot")
        assert demo.anna.blocked
        await start(page)
        await expect(chat(page).locator(".message", has_text="Bold")).to_have_count(2)
        assert not demo.anna.blocked


async def test_own_messages_are_edited_with_the_arrow_key(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await say(page, "helo")
        await see(page, "You said: helo")
        await page.keyboard.press("ArrowUp")
        await expect(page.locator("#client-input")).to_have_value("helo")
        await say(page, "hello there")
        await expect(chat(page).locator(".own", has_text="hello there").locator(".meta")).to_contain_text("edited")


async def test_what_could_not_be_sent_stands_in_the_field_again(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url, refused="/demo/") as page:
        field, context = page.locator("#client-input"), chat(page).locator(".context")
        await start(page)
        await say(page, "helo")
        await see(page, "You said: helo")
        await page.keyboard.press("ArrowUp")
        await page.route("**/demo/edit", lambda route: route.abort())
        await say(page, "hello there")
        await expect(chat(page).locator(".toast.shown")).to_contain_text("Is the demo still running?")
        await expect(field).to_have_value("hello there")
        await expect(context).to_contain_text("Edit message")
        await page.unroute("**/demo/edit")
        await page.keyboard.press("Enter")
        await expect(chat(page).locator(".own", has_text="hello there")).to_be_visible()
        await expect(field).to_have_value("")
        await expect(context).to_be_hidden()
        gate = asyncio.Event()

        async def fail_late(route: Route) -> None:
            await gate.wait()
            await route.abort()

        await page.route("**/demo/say", fail_late)
        await say(page, "first words")
        await expect(field).to_have_value("")
        await field.fill("and more")
        gate.set()
        await expect(field).to_have_value("first words\nand more")


async def test_a_bot_that_asks_for_a_reply_gets_one(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await see(page, "Bold")
        question = {"text": "Your name?"}
        asked = demo.world.post(demo.anna.chat, demo.world.bot_user(), question, reply_markup={"force_reply": True})
        await expect(chat(page).locator(".context")).to_contain_text("Reply to Afterglow")
        await say(page, "Anna")
        await see(page, "You said: Anna")
        await expect(chat(page).locator(".context")).to_be_hidden()
        assert demo.anna.chat.messages[-2].reply_to is asked


async def test_the_clock_skips_to_what_is_planned(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await expect(page.locator("#clock-time")).to_have_text("10:00")
        await expect(page.locator("#skip")).to_have_attribute("aria-disabled", "true")
        await expect(page.locator("#skip-note")).to_contain_text("Nothing is planned yet")
        in_a_week(demo)
        await start(page)
        await expect(page.locator("#skip-note")).to_contain_text("27 Nov")
        await skip(page)
        await expect(page.locator("#clock-date")).to_contain_text("27 November 2026")
        await page.locator("#hour").click()
        await expect(page.locator("#clock-time")).to_have_text("11:00")
        await say(page, "a week later")
        await expect(chat(page).locator(".day")).to_have_count(2)


async def test_a_step_of_the_clock_that_fails_says_so_until_the_clock_moves(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url, refused="/demo/clock") as page:
        await page.route("**/demo/clock/advance", lambda route: route.abort())
        await page.locator("#hour").click()
        await expect(page.locator("#skip-note")).to_contain_text("Is the demo still running?")
        await expect(page.locator("#announcer p").last).to_contain_text("Is the demo still running?")
        await page.unroute("**/demo/clock/advance")
        await page.locator("#hour").click()
        await expect(page.locator("#clock-time")).to_have_text("11:00")
        await expect(page.locator("#skip-note")).to_contain_text("Nothing is planned yet")


async def test_a_mail_is_read_in_a_frame_that_may_do_nothing(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await expect(page.locator("#mail-empty")).to_be_visible()
        await send(demo.mailbox, quote())
        await page.locator(".mail-row").click()
        await expect(page.locator("#dialog")).to_contain_text("olena@example.org")
        await expect(page.frame_locator("#dialog iframe").locator("b")).to_have_text("89 €")
        await expect(page.locator("#dialog iframe")).to_have_attribute("sandbox", "")
        await page.get_by_role("button", name="Plain text").click()
        await expect(page.locator("#dialog pre")).to_contain_text("Дренаж")
        await expect(page.locator("#dialog a.document")).to_have_attribute("download", "quote.pdf")


async def test_it_is_dark_where_the_system_is_and_where_it_is_chosen(browser: Browser, demo: Demo) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    async with open_page(browser, demo.url, dark=True) as page:
        assert await page.evaluate(background) == "rgb(15, 22, 23)"
        await page.get_by_role("button", name="Dark appearance").click()
        assert await page.evaluate(background) == "rgb(243, 240, 234)"
        await page.reload()
        assert await page.evaluate(background) == "rgb(243, 240, 234)"


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1024])
async def test_no_width_scrolls_sideways(browser: Browser, demo: Demo, width: int) -> None:
    async with open_page(browser, demo.url, width=width, height=740) as page:
        assert not await scrolls_sideways(page)
        if width < 960:
            await start(page)
            await see(page, "Bold")
            for view, content in (("staff", "#staff-input"), ("mail", "#mail-empty"), ("clock", "#skip")):
                await show(page, view)  # type: ignore[arg-type]
                await expect(page.locator(content)).to_be_visible()
                assert not await scrolls_sideways(page)


async def test_a_narrow_window_counts_what_happens_on_its_other_tabs(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url, width=390, height=844) as page:
        await say_hello(demo)
        await show(page, "clock")
        await say_hello(demo)
        demo.anna.say("again")
        await expect(page.locator('.tabs [data-view="client"] .badge')).to_have_text("2")
        await send(demo.mailbox, quote())
        await expect(page.locator('.tabs [data-view="mail"] .badge')).to_have_text("1")
        await show(page, "mail")
        await expect(page.locator('.tabs [data-view="mail"] .badge')).to_be_hidden()


async def test_the_keyboard_alone_is_enough(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        for _ in range(12):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.classList.contains('start')"):
                break
        await page.keyboard.press("Enter")
        menu = await see(page, "Bold")
        await expect(page.locator("#client-input")).to_be_focused()
        while not await page.evaluate("document.activeElement.dataset.callback === 'toast'"):
            await page.keyboard.press("Shift+Tab")
            assert await menu.evaluate("element => document.activeElement !== document.body")
        outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        await page.keyboard.press("Space")
        await expect(chat(page).locator(".toast.shown")).to_have_text("A small note")
        await expect(page.locator("#announcer p").last).to_have_text("A small note")


async def test_a_menu_that_the_focus_leaves_closes(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await start(page)
        await see(page, "Bold")
        await chat(page).get_by_role("button", name="Attach").click()
        menu = chat(page).locator(".attach .menu-items")
        await expect(menu.locator("button").first).to_be_focused()
        await page.keyboard.press("Shift+Tab")
        await expect(menu).to_be_visible()
        await page.keyboard.press("Shift+Tab")
        await expect(menu).to_be_hidden()


async def test_the_chats_are_told_apart_by_ear_and_the_clients_is_one_step_away(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url, width=390, height=844) as page:
        await show(page, "clock")
        await page.locator(".skip").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#client-chat")).to_be_focused()
        await start(page)
        await expect(page.locator("#announcer")).to_contain_text("Client’s chat. Afterglow: Bold")
        await expect(chat(page).locator(".messages")).to_have_attribute("lang", "en")
        await add_client(page, "Greta", "de")
        await start(page)
        await see(page, "Bold")
        await expect(chat(page).locator(".messages")).to_have_attribute("lang", "de")
        await expect(page.locator("#announcer p[lang=de]")).to_contain_text("Afterglow: Bold")
        await show(page, "staff")
        await say(page, "/start", "staff")
        await expect(page.locator("#announcer")).to_contain_text("Staff’s chat. Afterglow: Bold")


async def test_a_lost_connection_is_said_and_healed(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url) as page:
        await add_client(page, "Olena")
        olena = next(person for person in demo.world.people.values() if person.user["first_name"] == "Olena")
        await demo.page.close()
        olena.say("said meanwhile")
        for person in (demo.anna, olena):
            demo.world.post(person.chat, demo.world.bot_user(), {"text": f"Good day, {person.user['first_name']}"})
        await expect(page.locator("#link-state")).to_contain_text("Connection lost")
        await see(page, "said meanwhile")
        await expect(page.locator("#link-state")).to_be_empty()
        await expect(page.locator("#clients .badge").first).to_have_text("1")
        await expect(page.locator("#clients .badge").last).to_be_hidden()
        await expect(page.locator("#announcer")).to_contain_text("Afterglow: Good day, Olena")
        await expect(page.locator("#announcer")).not_to_contain_text("Anna")


async def test_a_demo_that_was_started_again_is_shown_from_its_beginning(browser: Browser) -> None:
    async with running_demo() as first, open_page(browser, first.url, refused="/demo/events") as page:
        for _ in range(2):
            await send(first.mailbox, quote())
        await expect(page.locator(".mail-row")).to_have_count(2)
        await page.locator("#trays button", has_text="CRM log").click()
        port = int(first.url.rpartition(":")[2])
        await first.page.close()
        await first.standin.stop()
        async with running_demo(port=port) as second, scripted_bot(second):
            await expect(page.locator("#mail-empty")).to_be_visible()
            await expect(page.locator("#trays")).to_have_text("MailboxCRM log")
            await start(page)
            await see(page, "Bold")
            await page.goto(NOWHERE)


async def test_a_call_to_the_customer_database_can_be_opened(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.url, width=360, height=780, dark=True) as page:
        await show(page, "mail")
        await page.locator("#trays button", has_text="CRM log").click()
        await expect(page.locator("#crm-empty")).to_be_visible()
        assert await call(demo.crm, demo.clock.now()) == 200
        assert await call(demo.crm, demo.clock.now(), secret="stolen") == 401
        rows = page.locator("#crm-list button")
        await expect(rows.first).to_contain_text("Refused: wrong signature")
        await expect(rows.last).to_contain_text("No. 1001: created")
        await rows.last.press("Enter")
        await expect(page.locator("#dialog .mail-facts")).to_contain_text("Signature checked")
        await expect(page.locator("#dialog pre")).to_contain_text('"phone": "+49 171 2345678"')
        assert not await scrolls_sideways(page)
        await page.keyboard.press("Escape")
        await expect(rows.last).to_be_focused()
