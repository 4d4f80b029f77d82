"""Plans and their rows of the outbox, compared by the database: what belongs together, what is lost, what is left."""

from typing import Any

import pytest

from storage.storage import Storage, Transaction
from storage.tables import Client, Plan, PlanState
from tests.storage.conftest import NOW

KINDS = ("course", "monthly")


async def plan_with_row(tx: Transaction, client: Client, kind: str = "course", **changes: Any) -> Plan:
    plan = await tx.plans.add(client.id, kind, "", {"day": "2026-11-27"}, NOW)
    row = {"recipient": f"client:{client.id}", "subject": plan.outbox_subject, "client_id": client.id, **changes}
    await tx.outbox.plan(kind, **row, due=NOW, now=NOW)
    return plan


async def lost_and_left(storage: Storage) -> tuple[list[str], list[str]]:
    async with storage.snapshot() as tx:
        lost = await tx.plans.without_row(0, 99)
        left = await tx.plans.rows_without_plan(KINDS, 0, 99)
    return [plan.kind for plan in lost], [row.kind for row in left]


async def test_a_plan_and_its_row_belong_together(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as tx:
        await plan_with_row(tx, ada, "course")
        await plan_with_row(tx, ada, "monthly")
    assert await lost_and_left(storage) == ([], [])


@pytest.mark.parametrize("changes", [{"subject": "1:7"}, {"subject": "11:0"}, {"recipient": "client:99"}])
async def test_a_row_of_another_step_or_plan_or_client_is_not_the_plans_own(
    storage: Storage, ada: Client, changes: dict[str, Any]
) -> None:
    async with storage.transaction() as tx:
        await plan_with_row(tx, ada, **changes)
    assert await lost_and_left(storage) == (["course"], ["course"])


async def test_a_row_of_another_kind_is_not_the_plans_own(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as tx:
        plan = await plan_with_row(tx, ada)
        plan.kind = "monthly"
    assert await lost_and_left(storage) == (["monthly"], ["course"])


@pytest.mark.parametrize("state", [PlanState.PAUSED, PlanState.ENDED])
async def test_a_plan_that_rests_or_is_over_has_no_row(storage: Storage, ada: Client, state: PlanState) -> None:
    async with storage.transaction() as tx:
        plan = await plan_with_row(tx, ada)
        plan.state = state
    assert await lost_and_left(storage) == ([], ["course"])
    async with storage.transaction() as tx:
        await tx.outbox.cancel_all(ada.id)
    assert await lost_and_left(storage) == ([], [])


async def test_a_row_that_was_said_is_none_that_waits(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as tx:
        plan = await plan_with_row(tx, ada)
        await tx.outbox.cancel(f"client:{ada.id}", "course", plan.outbox_subject)
    assert await lost_and_left(storage) == (["course"], [])


async def test_rows_that_are_no_reminders_have_no_plan_and_need_none(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as tx:
        where: dict[str, Any] = {"recipient": f"client:{ada.id}", "subject": "-", "client_id": ada.id}
        await tx.outbox.plan("my_data", **where, due=NOW, now=NOW)
    assert await lost_and_left(storage) == ([], [])


async def test_a_page_of_plans_or_rows_can_be_asked_for(storage: Storage, ada: Client) -> None:
    async with storage.snapshot() as tx:
        assert await tx.plans.newest() == (0, 0)
    async with storage.transaction() as tx:
        first, second = [await tx.plans.add(ada.id, kind, "", {}, NOW) for kind in KINDS]
        stray: dict[str, Any] = {"recipient": f"client:{ada.id}", "client_id": ada.id, "due": NOW, "now": NOW}
        rows = [await tx.outbox.plan("course", subject=f"{number}:0", **stray) for number in (98, 99)]
    async with storage.snapshot() as tx:
        assert await tx.plans.newest() == (second.id, rows[1].id)
        assert [plan.id for plan in await tx.plans.without_row(0, first.id)] == [first.id]
        assert [plan.id for plan in await tx.plans.without_row(first.id, second.id)] == [second.id]
        assert [row.id for row in await tx.plans.rows_without_plan(KINDS, 0, rows[0].id)] == [rows[0].id]
        assert [row.id for row in await tx.plans.rows_without_plan(KINDS, rows[0].id, rows[1].id)] == [rows[1].id]


async def test_the_last_row_said_about_a_subject_is_found(storage: Storage, ada: Client) -> None:
    who = f"client:{ada.id}"
    async with storage.transaction() as tx:
        for subject in ("7:0", "7:1", "7:2", "71:9", "8:0"):
            kind = "calendar_file" if subject.endswith(":0") else "calendar_update"
            await tx.outbox.plan(kind, recipient=who, subject=subject, due=NOW, now=NOW)
        for row in await tx.outbox.claim(NOW, limit=9, lease=NOW - NOW):
            if row.subject != "7:2":
                assert await tx.outbox.sent(row.id, row.lease_token, NOW)
        kinds = ("calendar_file", "calendar_update")
        found = await tx.outbox.last_sent(who, kinds, "7:")
        assert found is not None
        assert found.subject == "7:1"
        assert await tx.outbox.last_sent("client:99", kinds, "7:") is None
        assert await tx.outbox.last_sent(who, kinds, "9:") is None
