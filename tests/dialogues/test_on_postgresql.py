"""The same walk on PostgreSQL: nothing in a handler leans on SQLite."""

from pathlib import Path

from tests.dialogues.asking import walk_to_summary
from tests.house import open_house, shown


async def test_a_consultation_a_reminder_and_a_request_on_postgresql(tmp_path: Path, postgresql_address: str) -> None:
    async with open_house(tmp_path, url=postgresql_address) as house:
        await house.consult(skin_issues=["sunburn"])
        await house.tap("remind:safe_now")
        await house.tap("remind:safe_now:on")
        await house.quiet()
        assert [row.due_at.date().isoformat() for row in await house.outbox()] == ["2026-11-27"]
        await walk_to_summary(house)
        await house.tap("callback:send")
        card = await house.button("request:1001:take", house.staff)
        answers = [
            (await house.answered(person.press(card, "request:1001:take", chat=house.staff))).answer
            for person in (house.mia, house.jonas)
        ]
        assert [("Mia" in answer["text"]) for answer in answers if answer] == [False, True]
        await house.eventually(lambda: "Taken by Mia Brandt" in shown(card))
        house.clock.move(days=7)
        house.wake()
        await house.eventually(lambda: any("your date is here" in shown(m) for m in house.anna.chat.messages))
