"""A client's way from /start to the advice, seen from the chat."""

import json
from datetime import timedelta

import pytest

from tests.house import HEALTHY, House, data_of, shown


async def test_a_healthy_client_is_advised_after_nine_taps_at_most(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer(HEALTHY)
    card = await house.button("callback:start")
    taps = [call for call in house.standin.world.calls if call.method == "answerCallbackQuery"]
    assert len(taps) == 8
    assert "manual lymphatic drainage" in shown(card)
    assert {"callback:start", "change"} <= set(data_of(card))


async def test_the_consultation_is_one_message_edited_in_place(house: House) -> None:
    await house.consult()
    await house.quiet()
    from_bot = [message for message in house.anna.chat.messages if message.from_bot and not message.photo]
    assert len(from_bot) == 1


async def test_fresh_filler_waits_and_a_reminder_is_offered(house: House) -> None:
    date = (house.clock().date() - timedelta(days=3)).isoformat()
    card = await house.consult(
        procedures=["filler"], filler_product="ha", filler_areas=["cheeks"], filler_date=date, settling="settled"
    )
    assert "24 November" in shown(card)
    assert "remind:safe_now" in data_of(card)


@pytest.mark.parametrize("symptom", ["vision", "stroke", "skin_colour", "allergy", "infection", "chest"])
async def test_a_red_flag_ends_the_interview_and_pages_the_staff_at_once(house: House, symptom: str) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": [symptom]})
    card = await house.button("urgent:called")
    assert set(data_of(card)) == {"urgent:called", "callback:start"}
    page = await house.message("Anna", house.staff)
    assert "Weber" in shown(page)
    assert len([m for m in house.staff.messages if m.from_bot]) == 1


async def test_a_minor_is_told_so_and_asked_nothing(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:minor")
    await house.quiet()
    last = house.anna.chat.last()
    assert last is not None
    assert not [data for data in data_of(last) if data.startswith(("answer:symptoms", "callback", "remind"))]
    assert (await house.client()).consultation["answers"] == {"age": "minor"}


async def test_a_minor_is_not_asked_for_a_number_by_any_way(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:minor")
    for way in ("/callback", "/start", "/cancel"):
        house.anna.say(way)
        await house.quiet()
        assert (await house.client()).place == "minor"
    house.anna.say("/help")
    await house.tap("menu")
    await house.screen("My advice is for adults only")


async def test_an_old_button_makes_no_minor_an_adult(house: House) -> None:
    house.anna.say("/start")
    welcome = await house.button("answer:consent:minor")
    presses = [house.anna.press(welcome, f"answer:consent:{who}") for who in ("minor", "agree")]
    for press in presses:
        await house.answered(press)
    await house.quiet()
    assert (await house.client()).consultation["answers"] == {"age": "minor"}


async def test_declining_still_allows_a_callback(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:decline")
    await house.tap("callback:start")
    await house.button("callback:cancel")


async def test_back_returns_to_the_question_before_with_its_ticks(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": "none", "procedures": ["toxin"]})
    await house.button("answer:toxin_date:unknown")
    await house.tap("back")
    question = await house.button("answer:procedures:done")
    ticked = [b["text"] for row in question.buttons for b in row if b["text"].startswith("✅ ")]
    assert len(ticked) == 1


async def test_an_answer_is_changed_from_the_advice_and_the_advice_follows(house: House) -> None:
    await house.consult()
    await house.tap("change")
    await house.tap("change:skin_issues")
    await house.answer({"skin_issues": ["sunburn"]})
    card = await house.button("remind:safe_now")
    assert "27 November" in shown(card)


async def test_coming_back_offers_to_continue_or_to_start_anew(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": "none"})
    await house.button("answer:procedures:none")
    house.anna.say("/start")
    await house.tap("continue")
    await house.button("answer:procedures:none")
    house.anna.say("/start")
    await house.tap("restart")
    await house.button("answer:symptoms:none")


async def test_a_deep_link_is_remembered_and_never_overwritten(house: House) -> None:
    house.anna.say("/start reception")
    await house.button("answer:consent:agree")
    house.anna.say("/start instagram")
    await house.quiet()
    assert (await house.client()).source == "reception"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("13.11.2026", "2026-11-13"),
        ("2026-11-13", "2026-11-13"),
        ("3 days ago", "2026-11-17"),
        ("yesterday", "2026-11-19"),
    ],
)
async def test_a_date_may_be_typed(house: House, typed: str, day: str) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": "none", "procedures": ["toxin"]})
    await house.button("answer:toxin_date:unknown")
    house.anna.say(typed)
    await house.button("answer:skin:clear")
    assert (await house.client()).consultation["answers"]["toxin_date"] == day


async def test_an_ambiguous_date_is_asked_back_with_two_buttons(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": "none", "procedures": ["toxin"]})
    await house.button("answer:toxin_date:unknown")
    house.anna.say("3/4/2026")
    question = await house.button("answer:toxin_date:2026-04-03")
    assert "answer:toxin_date:2026-03-04" in data_of(question)
    await house.tap("answer:toxin_date:2026-04-03")
    await house.button("answer:skin:clear")


async def test_a_day_is_picked_from_the_calendar(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": "none", "procedures": ["toxin"]})
    await house.tap("month:toxin_date:2026-11")
    await house.tap("month:toxin_date:2026-10")
    calendar = await house.button("answer:toxin_date:2026-10-31")
    assert len(calendar.buttons[1]) == 7
    await house.tap("back")
    await house.tap("month:toxin_date:2026-11")
    november = await house.button("answer:toxin_date:2026-11-20")
    assert "answer:toxin_date:2026-11-21" not in data_of(november), "no future day for what is past"
    await house.tap("answer:toxin_date:2026-11-06")
    await house.button("answer:skin:clear")


@pytest.mark.parametrize("typed", ["Lip", "lips", "LIPS!"])
async def test_an_option_may_be_typed(house: House, typed: str) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": "none", "procedures": ["filler"], "filler_product": "ha"})
    await house.button("answer:filler_areas:lips")
    house.anna.say(typed)
    await house.button("answer:filler_areas:done")
    await house.quiet()
    assert (await house.client()).consultation["ticks"] == ["lips"]


async def test_my_data_holds_the_answers_and_the_advice(house: House) -> None:
    await house.consult()
    house.anna.say("/my_data")
    file = await house.standin.world.until(
        lambda: next((m for m in house.anna.chat.messages if m.file_name == "my_data.json"), None)
    )
    data = json.loads(file.content)
    assert data["answers"]["wish"] == "advise_me"
    assert data["advice"]["outcome"] == "allowed"
    assert data["contact"] == {}
