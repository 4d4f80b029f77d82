"""Long polling: confirmation by offset, waking up, and one poller at a time."""

import asyncio
import time

import pytest

from demo import Person, StandIn, World
from tests.standin.api import Api, Clock

ANOTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def test_updates_stay_until_a_higher_offset_confirms_them(api: Api, ann: Person) -> None:
    for text in ("one", "two", "three"):
        ann.say(text)
    first = await api.updates()
    assert [update["message"]["text"] for update in first] == ["one", "two", "three"]
    numbers = [update["update_id"] for update in first]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert await api.updates(offset=numbers[0]) == first
    assert await api.updates(offset=numbers[1]) == first[1:]
    assert await api.updates() == first[1:]
    assert await api.updates(offset=numbers[2] + 1) == []
    assert await api.updates(offset=numbers[0]) == []


async def test_a_negative_offset_keeps_only_the_last_updates(api: Api, ann: Person) -> None:
    for text in ("one", "two", "three"):
        ann.say(text)
    assert [update["message"]["text"] for update in await api.updates(offset=-2)] == ["two", "three"]
    assert [update["message"]["text"] for update in await api.updates()] == ["two", "three"]


async def test_a_limit_cuts_the_batch(api: Api, ann: Person) -> None:
    for number in range(105):
        ann.say(str(number))
    assert len(await api.updates()) == 100
    assert len(await api.updates(limit=3)) == 3
    assert len(await api.updates(limit=999)) == 100


@pytest.mark.parametrize("limit", [0, -5])
async def test_a_limit_below_one_is_one(api: Api, ann: Person, limit: int) -> None:
    ann.say("one")
    ann.say("two")
    assert [update["message"]["text"] for update in await api.updates(limit=limit)] == ["one"]


async def test_an_offset_up_to_ten_beyond_the_next_number_confirms_everything(api: Api, ann: Person) -> None:
    ann.say("hello")
    (update,) = await api.updates()
    assert await api.updates(offset=update["update_id"] + 11) == []
    assert await api.updates() == []


async def test_an_offset_in_the_future_confirms_nothing(api: Api, world: World, ann: Person) -> None:
    ann.say("hello")
    (update,) = await api.updates()
    assert await api.updates(offset=update["update_id"] + 12) == [update]
    world.push_raw({"update_id": update["update_id"] + 1000, "surprise": {}})
    assert len(await api.updates(offset=update["update_id"] + 1)) == 1, "the queue goes on from the highest number"
    assert await api.updates(offset=update["update_id"] + 1001) == []


async def test_a_negative_timeout_is_none(api: Api, ann: Person) -> None:
    before = time.monotonic()
    assert await api.updates(timeout=-5) == []
    assert time.monotonic() - before < 5


async def test_a_long_poll_wakes_at_once_when_an_update_comes(api: Api, ann: Person) -> None:
    poll = asyncio.create_task(api.updates(timeout=30))
    await api.heard("getUpdates")
    assert not poll.done()
    before = time.monotonic()
    ann.say("hello")
    assert [update["message"]["text"] for update in await poll] == ["hello"]
    assert time.monotonic() - before < 5


async def test_a_long_poll_ends_empty_after_its_timeout(api: Api) -> None:
    before = time.monotonic()
    assert await api.updates(timeout=1) == []
    assert 0.9 < time.monotonic() - before < 5


async def test_a_second_poller_ends_the_first_with_409(api: Api, ann: Person) -> None:
    older = asyncio.create_task(api.call("getUpdates", timeout=30))
    await api.heard("getUpdates")
    newer = asyncio.create_task(api.call("getUpdates", timeout=30))
    assert await older == {
        "ok": False,
        "error_code": 409,
        "description": ANOTHER_POLLER,
    }
    ann.say("hello")
    assert len((await newer)["result"]) == 1


async def test_polling_is_refused_while_a_webhook_is_set(api: Api) -> None:
    await api.ok("setWebhook", url="http://127.0.0.1:9/")
    assert await api.refusal("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await api.ok("deleteWebhook")
    assert await api.updates() == []


async def test_setting_a_webhook_ends_a_waiting_poll(api: Api) -> None:
    poll = asyncio.create_task(api.refusal("getUpdates", timeout=30))
    await api.heard("getUpdates")
    await api.ok("setWebhook", url="http://127.0.0.1:9/")
    assert await poll == "Conflict: terminated by setWebhook request"


async def test_deleting_a_webhook_that_is_not_there_leaves_a_waiting_poll_alone(api: Api, ann: Person) -> None:
    poll = asyncio.create_task(api.updates(timeout=30))
    await api.heard("getUpdates")
    await api.ok("deleteWebhook")
    await api.ok("setWebhook", url="")
    assert await api.refusal("setWebhook", url="http://bot.example/")
    ann.say("hello")
    assert [update["message"]["text"] for update in await poll] == ["hello"]


async def test_only_the_kinds_asked_for_are_queued_from_then_on(api: Api, ann: Person) -> None:
    ann.say("before")
    await api.updates(allowed_updates=["callback_query"])
    ann.say("after")
    ann.press(1, "x")
    kinds = [(set(update) - {"update_id"}).pop() for update in await api.updates()]
    assert kinds == ["message", "callback_query"]
    assert await api.updates(offset=-1, allowed_updates=[])
    ann.say("again")
    assert [update for update in await api.updates() if "message" in update]


async def test_updates_that_nobody_takes_within_a_day_are_lost(api: Api, clock: Clock, ann: Person) -> None:
    ann.say("hello")
    clock.advance(hours=24)
    assert len(await api.updates()) == 1
    clock.advance(seconds=1)
    assert await api.updates() == []


async def test_a_tap_that_nobody_takes_is_lost_after_150_seconds(api: Api, clock: Clock, ann: Person) -> None:
    ann.press(1, "x")
    clock.advance(seconds=150)
    assert len(await api.updates()) == 1
    clock.advance(seconds=1)
    assert await api.updates() == []


async def test_stopping_ends_a_long_poll_at_once(stand_in: StandIn, api: Api) -> None:
    poll = asyncio.create_task(api.updates(timeout=30))
    await api.heard("getUpdates")
    before = time.monotonic()
    await stand_in.stop()
    assert await poll == []
    assert time.monotonic() - before < 5


@pytest.mark.parametrize("broken", [{"message": 5}, {"message": {"text": "no chat"}}, {"surprise": []}])
async def test_a_broken_update_is_handed_out_and_confirmed_like_any_other(
    api: Api, world: World, ann: Person, broken: dict[str, object]
) -> None:
    world.push_raw(broken)
    ann.say("next")
    poison, following = await api.updates()
    assert poison == {"update_id": following["update_id"] - 1, **broken}
    assert await api.updates(offset=following["update_id"]) == [following]


async def test_a_repeated_update_is_handed_out_once_more_even_after_its_confirmation(
    api: Api, world: World, ann: Person
) -> None:
    ann.say("hello")
    (update,) = await api.updates()
    world.push_raw(update)
    after = update["update_id"] + 1
    assert await api.updates(offset=after) == [update]
    assert await api.updates(offset=after) == []


async def test_an_update_without_a_usable_number_goes_with_the_next_confirmation(api: Api, world: World) -> None:
    world.push_raw({"update_id": "poison"})
    assert await api.updates() == [{"update_id": "poison"}]
    assert await api.updates(offset=1) == []
