"""A clinic chooses the kinds of reminders: what is switched off is neither offered nor said."""

from dataclasses import replace
from pathlib import Path

from handlers.deliveries import KINDS
from handlers.plans import Desk, book_visit
from tests.messages import judge
from tests.walks.walker import FRIDAY, Walker, open_services, walking

HEALTHY = ("symptoms:none", "procedures:none", "skin:clear", "skin_issues:none", "health:none", "wish:glow")


async def advised(walker: Walker) -> None:
    await walker.say("/start")
    await walker.tap("answer:consent:agree")
    for data in (*HEALTHY, "setting:therapist"):
        await walker.tap(f"answer:{data}")


async def test_what_is_switched_off_is_not_offered(tmp_path: Path) -> None:
    async with open_services(tmp_path) as (services, _):
        rules = replace(services.clinic.reminders, kinds=frozenset({"monthly"}))
        some = replace(services, clinic=replace(services.clinic, reminders=rules))
        none = replace(services, clinic=replace(services.clinic, reminders=replace(rules, kinds=frozenset())))
        async with walking(some) as walker:
            await advised(walker)
            assert "reminders" in judge.data(walker.shown)
            offered = judge.data((await walker.tap("reminders")).screen)
            assert [data for data in offered if data.startswith("remind:")] == ["remind:monthly"]
            assert await walker.tx.plans.live_of(walker.client.id) == []
        async with walking(none) as walker:
            await advised(walker)
            assert not any(data.startswith("remind") for data in judge.data(walker.shown))
            await book_visit(Desk.of(none, walker.tx, walker.client), FRIDAY.date().replace(day=27))
            assert await walker.tx.outbox.waiting_of(walker.client.id) == []


async def test_what_was_planned_before_it_was_switched_off_ends_with_that_reason(tmp_path: Path) -> None:
    async with open_services(tmp_path) as (services, moment), walking(services) as walker:
        await advised(walker)
        for data in ("reminders", "remind:monthly", "remind:monthly:on"):
            await walker.tap(data)
        [row] = await walker.tx.outbox.waiting_of_kind("monthly")
        moment.now = row.due_at
        rules = replace(services.clinic.reminders, kinds=frozenset())
        without = replace(services, clinic=replace(services.clinic, reminders=rules))
        assert await KINDS["monthly"].render(without, walker.tx, row) is None
        plan = await walker.tx.plans.last(walker.client.id, "monthly")
        assert plan is not None
        assert (plan.state, plan.reason) == ("ended", "switched_off")
        assert await walker.tx.outbox.waiting_of_kind("monthly") == []
