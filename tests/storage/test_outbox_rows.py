"""The outbox's rules: planning is repeatable, a claim is exclusive, a lost lease changes nothing."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.storage import Storage, Transaction
from storage.tables import Client, OutboxRow
from tests.fresh import open_fresh
from tests.storage.conftest import Sql

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
KEY: dict[str, Any] = {"recipient": "client:1", "subject": "lips"}


async def plan(transaction: Transaction, due: datetime = NOW, **changes: Any) -> OutboxRow:
    return await transaction.outbox.plan("safe", **{**KEY, "due": due, "now": NOW, **changes})


async def claim(storage: Storage, now: datetime = NOW, limit: int = 10) -> list[OutboxRow]:
    async with storage.transaction() as transaction:
        return list(await transaction.outbox.claim(now, limit=limit, lease=MINUTE))


async def lapse(sql: Sql) -> None:
    """Let all leases run out."""
    await sql("UPDATE outbox SET leased_until = '2000-01-01 00:00:00.000000' WHERE leased_until IS NOT NULL")


async def plan_and_claim(storage: Storage) -> tuple[int, str]:
    async with storage.transaction() as transaction:
        await plan(transaction)
    [row] = await claim(storage)
    assert row.lease_token
    return row.id, row.lease_token


async def stored(storage: Storage, row_id: int) -> OutboxRow:
    async with storage.snapshot() as transaction:
        row = await transaction.outbox.by_id(row_id)
    assert row
    return row


async def columns(storage: Storage, row_id: int) -> dict[str, Any]:
    row = await stored(storage, row_id)
    return {column.key: getattr(row, column.key) for column in OutboxRow.__table__.columns}


async def settle(storage: Storage, how: str, row_id: int, token: str) -> bool:
    async with storage.transaction() as transaction:
        outbox = transaction.outbox
        match how:
            case "sent":
                return await outbox.sent(row_id, token, NOW, 42)
            case "postponed":
                return await outbox.postpone(row_id, token, NOW + MINUTE, "TimedOut")
            case "failed":
                return await outbox.fail(row_id, token, "Forbidden")
            case "missed":
                return await outbox.miss(row_id, token)
            case _:
                return await outbox.drop(row_id, token)


async def bring_to(storage: Storage, state: str) -> int:
    row_id, token = await plan_and_claim(storage)
    if state == "cancelled":
        async with storage.transaction() as transaction:
            assert await transaction.outbox.cancel("client:1", "safe", "lips")
    else:
        assert await settle(storage, state, row_id, token)
    return row_id


@pytest.mark.parametrize(
    ("how", "state", "due", "error", "message"),
    [
        ("sent", "sent", NOW, None, 42),
        ("postponed", "waiting", NOW + MINUTE, "TimedOut", None),
        ("failed", "failed", NOW, "Forbidden", None),
        ("missed", "missed", NOW, None, None),
        ("dropped", "cancelled", NOW, None, None),
    ],
)
async def test_what_became_of_a_claimed_row_is_recorded(
    storage: Storage, how: str, state: str, due: datetime, error: str | None, message: int | None
) -> None:
    row_id, token = await plan_and_claim(storage)
    assert await settle(storage, how, row_id, token)
    row = await stored(storage, row_id)
    assert (row.state, row.due_at, row.last_error, row.message_id) == (state, due, error, message)
    assert (row.lease_token, row.leased_until, row.planned_for, row.attempts) == (None, None, NOW, 1)


@pytest.mark.parametrize("how", ["sent", "postponed", "failed", "missed", "dropped"])
async def test_a_late_word_with_an_old_token_changes_nothing(storage: Storage, sql: Sql, how: str) -> None:
    row_id, old = await plan_and_claim(storage)
    await lapse(sql)
    [again] = await claim(storage)
    before = await columns(storage, row_id)
    assert not await settle(storage, how, row_id, old)
    after = await columns(storage, row_id)
    assert after == before
    assert (again.id, again.attempts) == (row_id, 2)


@pytest.mark.parametrize("how", ["sent", "postponed", "failed", "missed", "dropped"])
async def test_a_claim_can_be_settled_once(storage: Storage, how: str) -> None:
    row_id, token = await plan_and_claim(storage)
    assert await settle(storage, how, row_id, token)
    assert not await settle(storage, "sent", row_id, token)


async def test_without_a_token_nothing_can_be_settled(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        row = await plan(transaction)
        assert row.lease_token is None
        assert not await transaction.outbox.sent(row.id, row.lease_token, NOW)
    assert len(await claim(storage)) == 1


@pytest.mark.parametrize(
    ("due", "at", "claimed"),
    [
        (NOW, NOW, 1),
        (NOW - DAY, NOW, 1),
        (NOW + timedelta(microseconds=1), NOW, 0),
        (NOW + MINUTE, NOW + MINUTE, 1),
    ],
)
async def test_a_row_can_be_claimed_once_it_is_due(storage: Storage, due: datetime, at: datetime, claimed: int) -> None:
    async with storage.transaction() as transaction:
        await plan(transaction, due)
    assert len(await claim(storage, at)) == claimed


async def test_a_claimed_row_is_free_again_when_its_lease_is_over(storage: Storage, sql: Sql) -> None:
    await plan_and_claim(storage)
    assert not await claim(storage)
    await lapse(sql)
    assert len(await claim(storage)) == 1


async def test_where_one_process_is_alone_a_lease_goes_by_its_clock(sqlite_address: str) -> None:
    storage = await open_fresh(sqlite_address)
    await plan_and_claim(storage)
    assert not await claim(storage, NOW + MINUTE - timedelta(microseconds=1))
    assert len(await claim(storage, NOW + MINUTE)) == 1
    await storage.close()


async def test_where_several_share_the_work_a_clock_that_is_ahead_takes_nobodys_lease(postgresql_address: str) -> None:
    storage = await open_fresh(postgresql_address)
    await plan_and_claim(storage)
    assert not await claim(storage, NOW + DAY)
    async with storage.snapshot() as transaction:
        due = await transaction.outbox.next_due(NOW + DAY)
    assert due is not None
    assert MINUTE - timedelta(seconds=20) < due - (NOW + DAY) <= MINUTE, "it looks again when the lease may be over"
    await storage.close()


async def test_a_lease_is_held_until_the_row_is_another_ones_or_planned_anew(storage: Storage, sql: Sql) -> None:
    row_id, token = await plan_and_claim(storage)
    await lapse(sql)
    assert await holds(storage, row_id, token), "nobody has taken it"
    [again] = await claim(storage)
    assert not await holds(storage, row_id, token)
    assert again.lease_token
    assert await holds(storage, row_id, again.lease_token)
    async with storage.transaction() as transaction:
        await plan(transaction, NOW + DAY)
    assert not await holds(storage, row_id, again.lease_token)


async def holds(storage: Storage, row_id: int, token: str) -> bool:
    async with storage.snapshot() as transaction:
        return await transaction.outbox.holds(row_id, token)


async def test_a_row_whose_claimer_died_may_have_been_sent(storage: Storage, sql: Sql) -> None:
    row_id, _ = await plan_and_claim(storage)
    assert not (await stored(storage, row_id)).unclear
    await lapse(sql)
    [again] = await claim(storage)
    assert again.unclear


async def test_a_row_that_was_put_off_in_good_order_was_not_sent(storage: Storage) -> None:
    await bring_to(storage, "postponed")
    [again] = await claim(storage, NOW + MINUTE)
    assert not again.unclear


async def test_an_unclear_attempt_stays_known_until_the_row_is_planned_anew(storage: Storage) -> None:
    row_id, token = await plan_and_claim(storage)
    async with storage.transaction() as transaction:
        assert await transaction.outbox.postpone(row_id, token, NOW, "TimedOut", unclear=True)
    [second] = await claim(storage)
    async with storage.transaction() as transaction:
        assert await transaction.outbox.postpone(row_id, second.lease_token, NOW, "RetryAfter")
    [third] = await claim(storage)
    assert third.unclear
    async with storage.transaction() as transaction:
        await plan(transaction, NOW + DAY)
    assert not (await stored(storage, row_id)).unclear


async def test_the_longest_due_are_claimed_first_and_no_more_than_asked(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        for minutes in (2, 5, 1, 4, 3):
            await plan(transaction, NOW - minutes * MINUTE, subject=f"{minutes} minutes ago")
    assert [row.subject for row in await claim(storage, limit=2)] == ["5 minutes ago", "4 minutes ago"]
    assert [row.subject for row in await claim(storage, limit=2)] == ["3 minutes ago", "2 minutes ago"]


async def test_planning_twice_is_planning_once(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        first = (await plan(transaction, payload={"areas": ("lips",)})).id
    async with storage.transaction() as transaction:
        assert (await plan(transaction, payload={"areas": ("lips",)})).id == first
    assert len(await claim(storage)) == 1
    async with storage.transaction() as transaction:
        row = await plan(transaction, payload={"areas": ("lips",)})
        assert row.lease_token


async def test_planning_the_same_again_does_not_hurry_what_was_postponed(storage: Storage) -> None:
    await bring_to(storage, "postponed")
    async with storage.transaction() as transaction:
        row = await plan(transaction)
    assert (row.due_at, row.planned_for, row.attempts) == (NOW + MINUTE, NOW, 1)


@pytest.mark.parametrize(("due", "payload"), [(NOW + DAY, None), (NOW, {"text": "new"})])
async def test_a_waiting_row_follows_a_new_plan_even_while_it_is_being_sent(
    storage: Storage, due: datetime, payload: dict[str, str] | None
) -> None:
    row_id, token = await plan_and_claim(storage)
    async with storage.transaction() as transaction:
        await plan(transaction, due, payload=payload)
    assert not await settle(storage, "sent", row_id, token)
    row = await stored(storage, row_id)
    assert (row.state, row.due_at, row.planned_for, row.payload) == ("waiting", due, due, payload or {})
    assert (row.attempts, row.lease_token) == (0, None)


@pytest.mark.parametrize("state", ["sent", "failed", "missed", "cancelled"])
async def test_what_is_over_is_revived_only_on_request(storage: Storage, state: str) -> None:
    row_id = await bring_to(storage, state)
    async with storage.transaction() as transaction:
        assert (await plan(transaction, NOW + DAY)).state == state
    async with storage.transaction() as transaction:
        await plan(transaction, NOW + DAY, again=True)
    row = await stored(storage, row_id)
    assert (row.state, row.due_at, row.attempts, row.sent_at, row.last_error) == ("waiting", NOW + DAY, 0, None, None)


async def test_what_was_cancelled_while_it_was_being_sent_stays_cancelled(storage: Storage) -> None:
    row_id, token = await plan_and_claim(storage)
    async with storage.transaction() as transaction:
        assert await transaction.outbox.cancel("client:1", "safe", "lips")
        assert not await transaction.outbox.cancel("client:1", "safe", "lips")
    assert not await settle(storage, "sent", row_id, token)
    assert (await stored(storage, row_id)).state == "cancelled"


@pytest.mark.parametrize(
    ("kinds", "left"), [(None, []), (["safe"], ["facial"]), (["facial", "safe"], []), ([], ["safe", "facial"])]
)
async def test_all_that_waits_about_a_client_can_be_cancelled(
    storage: Storage, ada: Client, kinds: list[str] | None, left: list[str]
) -> None:
    async with storage.transaction() as transaction:
        eve = await transaction.clients.get_or_create(8, chat_id=8, profile={}, language="en", now=NOW)
        for client in (ada, eve):
            for days, kind in enumerate(("safe", "facial")):
                where: dict[str, Any] = {"recipient": f"client:{client.id}", "subject": "-", "client_id": client.id}
                await transaction.outbox.plan(kind, **where, due=NOW + days * DAY, now=NOW)
    async with storage.transaction() as transaction:
        assert await transaction.outbox.cancel_all(ada.id, kinds) == 2 - len(left)
    async with storage.snapshot() as transaction:
        assert [row.kind for row in await transaction.outbox.waiting_of(ada.id)] == left
        assert [row.kind for row in await transaction.outbox.waiting_of(eve.id)] == ["safe", "facial"]


@pytest.mark.parametrize(
    ("dues", "claimed", "expected"),
    [
        ([], 0, None),
        ([NOW + DAY, NOW + MINUTE], 0, NOW + MINUTE),
        ([NOW - DAY], 0, NOW - DAY),
        ([NOW], 1, NOW + MINUTE),  # the lease's end
        ([NOW, NOW + DAY], 1, NOW + MINUTE),
        ([NOW - DAY, NOW], 1, NOW),
    ],
)
async def test_the_next_due_moment_counts_leases_too(
    storage: Storage, sql: Sql, dues: list[datetime], claimed: int, expected: datetime | None
) -> None:
    async with storage.transaction() as transaction:
        for number, due in enumerate(dues):
            await plan(transaction, due, subject=str(number))
    assert len(await claim(storage, limit=claimed)) == claimed
    async with storage.snapshot() as transaction:
        found = await transaction.outbox.next_due(NOW)
    assert found == expected or (expected and found and expected - timedelta(seconds=20) < found < expected)
    await lapse(sql)
    async with storage.snapshot() as transaction:
        assert await transaction.outbox.next_due(NOW) == min(dues, default=None), "what nobody holds is due at once"


async def test_what_is_in_hand_is_not_given_out_again_whatever_the_clock_says(storage: Storage) -> None:
    row_id, _ = await plan_and_claim(storage)
    hand = {row_id: "client:1"}
    async with storage.transaction() as transaction:
        assert not await transaction.outbox.claim(NOW + DAY, limit=10, lease=MINUTE, in_hand=hand)
        assert await transaction.outbox.next_due(NOW + DAY, in_hand=hand) is None


@pytest.mark.parametrize(("in_hand", "claimed"), [(0, "dddab"), (2, "dab"), (3, "ab")])
async def test_one_recipient_has_a_few_rows_in_hand_and_the_others_do_not_wait(
    storage: Storage, in_hand: int, claimed: str
) -> None:
    async with storage.transaction() as transaction:
        desk = [await plan(transaction, recipient="desk", subject=str(number)) for number in range(6)]
        for name in "ab":
            await plan(transaction, NOW, recipient=name)
    hand = {row.id: "desk" for row in desk[:in_hand]}
    async with storage.transaction() as transaction:
        rows = await transaction.outbox.claim(NOW, limit=5, lease=MINUTE, in_hand=hand, each=3)
    assert "".join(row.recipient[0] for row in rows) == claimed
    assert not {row.id for row in rows} & set(hand)
    hand |= {row.id: row.recipient for row in rows}
    async with storage.transaction() as transaction:
        assert await transaction.outbox.next_due(NOW, in_hand=hand, each=3) is None, "the desk has enough"
        assert await transaction.outbox.next_due(NOW, in_hand=hand, each=4) == NOW


async def test_of_some_kinds_only_those_are_claimed(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        await plan(transaction, NOW - DAY)
        for kind in ("page", "card"):
            await transaction.outbox.plan(kind, **KEY, due=NOW, now=NOW)
        await transaction.outbox.plan("mail", **KEY, due=NOW + DAY, now=NOW)
    async with storage.transaction() as transaction:
        rows = await transaction.outbox.claim(NOW, limit=9, lease=MINUTE, kinds={"page", "card", "mail", "edit"})
        assert [row.kind for row in rows] == ["page", "card"]
        assert not await transaction.outbox.claim(NOW, limit=9, lease=MINUTE, kinds=())


async def test_a_renewed_lease_holds_and_a_lost_one_is_not_renewed(storage: Storage, sql: Sql) -> None:
    mine, token = await plan_and_claim(storage)
    async with storage.transaction() as transaction:
        lost = await transaction.outbox.plan("safe", recipient="client:2", subject="", due=NOW, now=NOW)
    [other] = await claim(storage)
    assert other.id == lost.id
    async with storage.transaction() as transaction:
        await transaction.outbox.plan("safe", recipient="client:2", subject="", due=NOW + DAY, now=NOW)
    tokens = {mine: token, other.id: other.lease_token}
    await lapse(sql)
    async with storage.transaction() as transaction:
        assert await transaction.outbox.renew(tokens, NOW + MINUTE, MINUTE) == [mine]
    assert not await claim(storage, NOW + 2 * MINUTE - timedelta(seconds=1))
    await lapse(sql)
    assert [row.id for row in await claim(storage, NOW + 2 * MINUTE)] == [mine]


async def test_claimers_at_the_same_time_never_get_the_same_row(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        for number in range(60):
            await plan(transaction, subject=str(number))

    async def worker() -> list[int]:
        mine = []
        while rows := await claim(storage, limit=4):
            mine += [row.id for row in rows]
        return mine

    taken = Counter(row_id for ids in await asyncio.gather(*(worker() for _ in range(4))) for row_id in ids)
    assert len(taken) == 60
    assert set(taken.values()) == {1}


async def test_planning_the_same_at_the_same_time_makes_one_row(storage: Storage) -> None:
    async def worker() -> int:
        async with storage.transaction() as transaction:
            return (await plan(transaction)).id

    assert len(set(await asyncio.gather(*(worker() for _ in range(8))))) == 1


async def test_a_claimer_skips_what_another_one_is_about_to_claim(postgresql_address: str) -> None:
    storage = await Storage.open(postgresql_address)
    await storage.migrate()
    async with storage.transaction() as transaction:
        await plan(transaction, NOW - MINUTE, subject="first")
        await plan(transaction, NOW, subject="second")
    async with asyncio.timeout(5), storage.transaction() as one, storage.transaction() as other:
        [mine] = await one.outbox.claim(NOW, limit=1, lease=MINUTE)
        [theirs] = await other.outbox.claim(NOW, limit=1, lease=MINUTE)
    assert (mine.subject, theirs.subject) == ("first", "second")
    await storage.close()


@pytest.mark.parametrize("state", ["waiting", "sent", "failed"])
async def test_what_is_planned_once_is_never_planned_again(storage: Storage, state: str) -> None:
    async with storage.transaction() as transaction:
        assert await transaction.outbox.plan_once("safe", **KEY, now=NOW)
    [row] = await claim(storage)
    assert row.lease_token
    await settle(storage, {"waiting": "postponed"}.get(state, state), row.id, row.lease_token)
    before = await columns(storage, row.id)
    async with storage.transaction() as transaction:
        assert not await transaction.outbox.plan_once("safe", **KEY, now=NOW + DAY)
    assert (await columns(storage, row.id), before["state"]) == (before, state)


async def test_what_was_said_along_is_over_whoever_holds_it_unless_it_was_planned_for_another_time(
    storage: Storage,
) -> None:
    row_id, token = await plan_and_claim(storage)
    async with storage.transaction() as transaction:
        assert not await transaction.outbox.sent_along(row_id, NOW + DAY, NOW, 42)
        assert await transaction.outbox.sent_along(row_id, NOW, NOW, 42)
        assert not await transaction.outbox.sent_along(row_id, NOW, NOW, 43)
    row = await stored(storage, row_id)
    assert (row.state, row.message_id, row.sent_at, row.lease_token) == ("sent", 42, NOW, None)
    assert not await settle(storage, "postponed", row_id, token)


async def test_the_row_said_last_is_the_one_that_was_sent_last(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        first, second = await plan(transaction, subject="7:0"), await plan(transaction, subject="7:1")
    for number, row in enumerate((second, first)):
        async with storage.transaction() as transaction:
            assert await transaction.outbox.sent_along(row.id, NOW, NOW + number * MINUTE)
            last = await transaction.outbox.last_sent("client:1", ["safe"], "7:")
        assert last is not None
        assert last.id == row.id
