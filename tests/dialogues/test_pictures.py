"""The picture with the advice, and the self-massage guide."""

from datetime import timedelta

from demo.chats import StoredMessage
from tests.house import House, data_of, shown

PNG = b"\x89PNG\r\n\x1a\n"


def pictures(house: House) -> list[StoredMessage]:
    return [message for message in house.anna.chat.messages if message.photo]


async def with_filler(house: House, days: int) -> None:
    date = (house.clock().date() - timedelta(days=days)).isoformat()
    await house.consult(
        procedures=["filler"], filler_product="ha", filler_areas=["lips"], filler_date=date, settling="settled"
    )
    await house.quiet()


async def test_a_map_drawn_for_the_client_stands_above_the_advice(house: House) -> None:
    await with_filler(house, 7)
    picture, card = house.anna.chat.messages[-2:]
    assert picture.content.startswith(PNG)
    assert "Leave alone until Friday, 27 November" in shown(picture).replace("\xa0", " ")
    assert "callback:start" in data_of(card)


async def test_a_changed_answer_replaces_the_map(house: House) -> None:
    await with_filler(house, 7)
    first = pictures(house)[0]
    await house.tap("change")
    await house.tap("change:filler_areas")
    await house.tap("answer:filler_areas:nose")
    await house.tap("answer:filler_areas:done")
    await house.eventually(lambda: pictures(house) and pictures(house)[-1] is not first)
    await house.quiet()
    assert len(pictures(house)) == 1
    assert "nose" in shown(pictures(house)[0])


async def test_looking_at_the_answers_and_back_leaves_map_and_card_where_they_are(house: House) -> None:
    await with_filler(house, 7)
    before = [message.message_id for message in house.anna.chat.messages]
    await house.tap("change")
    await house.tap("advice")
    await house.button("change")
    await house.quiet()
    assert [message.message_id for message in house.anna.chat.messages] == before


async def test_an_urgent_outcome_has_no_picture_and_takes_the_old_one_away(house: House) -> None:
    await with_filler(house, 7)
    house.anna.say("/consult")
    await house.answer({"symptoms": ["skin_colour"]})
    await house.button("urgent:called")
    await house.quiet()
    assert pictures(house) == []
    assert not any("callback:start" in data_of(m) and "change" in data_of(m) for m in house.anna.chat.messages)


async def test_the_guide_is_paged_through_in_one_message_and_leads_back(house: House) -> None:
    await house.consult()
    await house.tap("guide:0")
    first = await house.button("guide:1")
    assert first.photo
    await house.tap("guide:1")
    await house.button("guide:2")
    await house.quiet()
    assert house.anna.chat.messages[-1].message_id == first.message_id
    await house.tap("guide:0")
    await house.quiet()
    await house.tap("advice")
    await house.button("callback:start")


async def test_no_guide_is_offered_where_self_massage_has_to_wait(house: House) -> None:
    await with_filler(house, 3)
    card = await house.button("callback:start")
    assert "guide:0" not in data_of(card)
    await house.answered(house.anna.press(card, "guide:0"))
    await house.quiet()
    assert (await house.client()).place == "advice"


async def test_the_last_step_is_shown_where_a_button_asks_for_more(house: House) -> None:
    await house.consult()
    card = await house.button("guide:0")
    await house.answered(house.anna.press(card, "guide:99"))
    await house.eventually(lambda: any("guide:" in data for m in pictures(house) for data in data_of(m)))
