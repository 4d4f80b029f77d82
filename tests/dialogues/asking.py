"""The way to a callback request, which several tests walk."""

from bot.callback import Draft
from bot.phone import Phone, read_contact
from demo.chats import StoredMessage
from demo.people import Person
from handlers.callback import CALLBACK
from tests.house import House, data_of


async def to_phone(house: House, person: Person | None = None) -> None:
    """Ask for a call and give the name; the number is asked for next."""
    who = person or house.anna
    who.say("/callback")
    await house.tap("callback:name", who)
    await house.standin.world.until(lambda: who.chat.keyboard)


async def to_times(house: House, person: Person | None = None) -> StoredMessage:
    """Share the number, too; the message that offers the times."""
    who = person or house.anna
    await to_phone(house, who)
    who.share_contact()
    return await _offered_times(house, who)


async def _offered_times(house: House, who: Person) -> StoredMessage:
    return await house.standin.world.until(
        lambda: next((m for m in reversed(who.chat.messages) if any("callback:time:" in d for d in data_of(m))), None)
    )


async def walk_to_summary(house: House, person: Person | None = None) -> StoredMessage:
    """Choose the first time that is offered, leave out what can be left out; the summary."""
    who = person or house.anna
    times = await to_times(house, who)
    await house.tap(next(data for data in data_of(times) if data.startswith("callback:time:")), who)
    await leave_out(house, who)
    return await house.button("callback:send", who.chat)


async def to_summary(house: House, person: Person | None = None) -> StoredMessage:
    """The same summary, sooner: all but the name was entered some time ago."""
    who, services = person or house.anna, house.services
    now, phone = services.now(), read_contact(who.phone)
    assert isinstance(phone, Phone)
    slot = services.clinic.hours.slots(now)[0].id
    async with services.storage.transaction() as tx:
        client = await house.client_in(tx, who)
        client.draft = {CALLBACK: Draft(phone=phone.international, slot=slot, email="", remark="").as_json()}
        client.place = CALLBACK
    who.say(" ".join(filter(None, (who.user["first_name"], who.user.get("last_name")))))
    return await house.button("callback:send", who.chat)


async def another_time(house: House) -> None:
    """Move the request that was sent to the last time that is offered."""
    await house.tap("callback:move")
    times = await _offered_times(house, house.anna)
    await house.tap([data for data in data_of(times) if data.startswith("callback:time:")][-1])


async def leave_out(house: House, person: Person | None = None) -> None:
    """Skip the address and the remark."""
    for _ in ("address", "remark"):
        await house.tap("callback:skip", person)


async def ask_for_a_call(house: House, person: Person | None = None) -> None:
    """A whole request, sent, with its card in the staff chat."""
    await to_summary(house, person)
    await house.tap("callback:send", person)
    await house.rest()


async def at_rest(house: House) -> None:
    """Wait until the bot has taken every update and said everything that is due."""
    await house.standin.world.until(lambda: not house.standin.world.updates.waiting() or None)
    await house.rest()
