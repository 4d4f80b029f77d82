"""Plans of reminders in both databases, and how reminders of before became plans."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy.exc import IntegrityError

from storage import schema
from storage.engine import database_url, writing_engine
from storage.storage import Storage
from storage.tables import Client, OutboxState, PlanState
from tests.storage.conftest import NOW, Sql


async def test_of_a_kind_and_a_subject_one_plan_is_live(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as tx:
        first = await tx.plans.add(ada.id, "course", "", {"day": "2026-11-20"}, NOW)
        other = await tx.plans.add(ada.id, "course", "lips", {"day": "2026-11-20"}, NOW)
        assert first.uid != other.uid
        assert (first.outbox_subject, first.state) == (f"{first.id}:0", "active")
    with pytest.raises(IntegrityError):
        async with storage.transaction() as tx:
            await tx.plans.add(ada.id, "course", "", {"day": "2026-11-21"}, NOW)
    async with storage.transaction() as tx:
        live = await tx.plans.live(ada.id, "course")
        assert live is not None
        live.state, live.reason = PlanState.ENDED, "stopped"
        await tx.plans.add(ada.id, "course", "", {"day": "2026-11-22"}, NOW)
    async with storage.snapshot() as tx:
        assert [plan.facts["day"] for plan in await tx.plans.active()] == ["2026-11-20", "2026-11-22"]
        last = await tx.plans.last(ada.id, "course")
        assert last is not None
        assert last.facts == {"day": "2026-11-22"}
        assert await tx.plans.clients() == [ada.id]


async def test_all_active_plans_are_walked_in_pages(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as tx:
        for subject in "abcde":
            await tx.plans.add(ada.id, "course", subject, {"day": "2026-11-20"}, NOW)
    async with storage.snapshot() as tx:
        first = await tx.plans.active(limit=3)
        rest = await tx.plans.active(after=first[-1].id, limit=3)
    assert [plan.subject for plan in (*first, *rest)] == list("abcde")


async def test_reminders_of_before_become_plans_with_their_row(address: str, storage: Storage, ada: Client) -> None:
    async with storage.transaction() as tx:
        for kind, subject in (("safe_now", "safe_now"), ("unfinished", "after advice 0"), ("my_data", "1")):
            row = await tx.outbox.plan(
                kind, recipient=f"client:{ada.id}", subject=subject, due=NOW, now=NOW, client_id=ada.id
            )
    async with storage.transaction() as tx:
        row = await tx.outbox.plan(
            "safe_now", recipient="client:9", subject="safe_now", due=NOW, now=NOW, client_id=ada.id
        )
        await tx.outbox.cancel(row.recipient, row.kind, row.subject)
    engine = writing_engine(database_url(address), migrating=True)
    async with engine.begin() as connection:
        await connection.run_sync(lambda at: command.downgrade(schema.alembic_config(at), "0005"))
    await engine.dispose()
    await storage.migrate()
    async with storage.snapshot() as tx:
        plans = {plan.kind: plan for plan in await tx.plans.active()}
        subjects = {row.kind: row.subject for row in await tx.outbox.waiting_of(ada.id)}
    assert {kind: (plan.subject, plan.facts) for kind, plan in plans.items()} == {
        "safe_now": ("", {"day": "2026-11-20"}),
        "unfinished": ("after advice 0", {"day": "2026-11-20"}),
    }
    assert subjects == {
        "safe_now": plans["safe_now"].outbox_subject,
        "unfinished": plans["unfinished"].outbox_subject,
        "my_data": "1",
    }


async def test_what_was_given_up_is_over_in_the_state_that_says_why(storage: Storage, ada: Client, sql: Sql) -> None:
    key: dict[str, Any] = {"recipient": f"client:{ada.id}", "kind": "visit", "subject": "1:0"}
    async with storage.transaction() as tx:
        await tx.outbox.plan(**key, due=NOW, now=NOW, client_id=ada.id)
        assert await tx.outbox.give_up(**key, state=OutboxState.MISSED)
        assert not await tx.outbox.give_up(**key, state=OutboxState.MISSED)
    assert [tuple(row) for row in await sql("SELECT state FROM outbox")] == [("missed",)]
