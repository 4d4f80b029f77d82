"""Where the staff is: a group that moves, and a topic that goes away."""

from pathlib import Path

from tests.dialogues.test_escalation import later, send_request
from tests.house import data_of, open_house, shown


async def test_a_group_that_became_a_supergroup_is_followed_and_shows_its_open_requests_again(tmp_path: Path) -> None:
    async with open_house(tmp_path, supergroup=False) as house:
        await send_request(house)
        house.staff = house.staff.migrate_to_supergroup()
        card = await house.button("request:1001:take", house.staff)
        assert "Sent again" in shown(card)
        await later(house, minutes=15)
        ping = house.staff.messages[-1]
        assert ping.reply_to is card
        await house.tap("request:1001:take", house.mia, house.staff)
        await house.eventually(lambda: "request:1001:reached" in data_of(card))


async def test_a_migration_that_only_an_error_tells_of_is_followed_too(tmp_path: Path) -> None:
    async with open_house(tmp_path, supergroup=False) as house:
        old = house.staff
        house.staff = old.migrate_to_supergroup()
        house.standin.world.updates.clear()
        await send_request(house)
        assert not [message for message in old.messages if "1001" in shown(message)]


async def test_the_move_is_remembered_after_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path, supergroup=False) as house:
        await send_request(house)
        house.staff = house.staff.migrate_to_supergroup()
        await house.button("request:1001:take", house.staff)
        await house.rest()
        await house.life.end()
        await house.begin()
        await house.tap("request:1001:take", house.mia, house.staff)
        await house.button("request:1001:reached", house.staff)
