"""The way to confirmed reminders, which several tests walk, and what waits for them."""

from datetime import timedelta

from bot.reminders.kinds import KINDS
from storage.tables import OutboxRow, PlanState
from tests.house import House


async def advised(house: House, days: int = 3) -> None:
    """A filler some days ago; the recommended massage opens on day 7."""
    date = (house.clock().date() - timedelta(days=days)).isoformat()
    await house.consult(
        procedures=["filler"], filler_product="ha", filler_areas=["cheeks"], filler_date=date, settling="settled"
    )


async def plan(house: House, *kinds: str) -> None:
    """Confirm these reminders, in this order."""
    for kind in kinds:
        house.anna.say("/reminders")
        await house.tap(f"remind:{kind}")
        await house.tap(f"remind:{kind}:on")
        await house.screen("noted")
    await house.quiet()


async def rows_of(house: House) -> dict[str, OutboxRow]:
    """The waiting row of each active plan; there is exactly one for each, and no other reminder waits."""
    client = await house.client()
    async with house.services.storage.transaction() as tx:
        active = [each for each in await tx.plans.live_of(client.id) if each.state == PlanState.ACTIVE]
        rows = [row for row in await tx.outbox.waiting_of(client.id) if row.kind in KINDS]
    assert sorted((row.kind, row.subject) for row in rows) == sorted((p.kind, p.outbox_subject) for p in active)
    return {row.kind: row for row in rows}
