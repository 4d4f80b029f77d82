"""Clients, consents, advices, requests and facts on both databases."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from storage.storage import Storage
from storage.tables import Client

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def changed(storage: Storage, client: Client, **values: Any) -> None:
    async with storage.transaction() as transaction:
        row = await transaction.clients.by_id(client.id, lock=True)
        assert row
        for name, value in values.items():
            setattr(row, name, value)


async def read(storage: Storage, client_id: int) -> Client:
    async with storage.snapshot() as transaction:
        client = await transaction.clients.by_id(client_id)
    assert client
    return client


async def test_a_new_client_starts_at_the_welcome_without_answers(storage: Storage, ada: Client) -> None:
    client = await read(storage, ada.id)
    assert (client.place, client.consultation, client.draft, client.contact) == ("welcome", {"answers": {}}, {}, {})
    assert (client.telegram_user_id, client.chat_id, client.profile) == (7, 70, {"first_name": "Ada"})
    assert (client.language, client.source, client.screen_owed) == ("en", None, False)
    assert (client.created_at, client.seen_at) == (NOW, NOW)


async def test_a_client_who_returns_is_the_same_and_keeps_the_language(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as transaction:
        again = await transaction.clients.get_or_create(
            7, chat_id=71, profile={"first_name": "Augusta"}, language="de", now=NOW + HOUR
        )
    client = await read(storage, ada.id)
    assert again.id == client.id
    assert (client.language, client.chat_id, client.profile) == ("en", 71, {"first_name": "Augusta"})
    assert (client.created_at, client.seen_at) == (NOW, NOW + HOUR)


async def test_a_client_who_writes_twice_at_once_is_created_once(storage: Storage) -> None:
    async def write() -> int:
        async with storage.transaction() as transaction:
            client = await transaction.clients.get_or_create(9, chat_id=9, profile={}, language="en", now=NOW)
            return client.id

    assert len(set(await asyncio.gather(*(write() for _ in range(8))))) == 1


async def test_changes_to_one_client_wait_for_each_other(storage: Storage, ada: Client) -> None:
    async def tick() -> None:
        async with storage.transaction() as transaction:
            client = await transaction.clients.get_or_create(7, chat_id=70, profile={}, language="en", now=NOW)
            client.draft = {"ticks": client.draft.get("ticks", 0) + 1}
            await asyncio.sleep(0)

    await asyncio.gather(*(tick() for _ in range(10)))
    assert (await read(storage, ada.id)).draft == {"ticks": 10}


async def test_locking_a_row_keeps_what_the_transaction_changed_before(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as transaction:
        request = await transaction.requests.create(ada.id, {"name": "Ada"}, NOW, NOW + HOUR, NOW)
        request.details = {"name": "Augusta"}
        client = await transaction.clients.by_id(ada.id)
        assert client
        client.draft = {"step": "name"}
        assert await transaction.clients.by_id(ada.id, lock=True) is client
        assert await transaction.requests.by_number(request.number) is request
    assert (client.draft, request.details) == ({"step": "name"}, {"name": "Augusta"})
    assert (await read(storage, ada.id)).draft == {"step": "name"}


async def test_telegrams_largest_ids_fit(storage: Storage) -> None:
    largest = 2**52
    async with storage.transaction() as transaction:
        await transaction.clients.get_or_create(largest, chat_id=-largest, profile={}, language="en", now=NOW)
    async with storage.snapshot() as transaction:
        client = await transaction.clients.by_user(largest)
        nobody = await transaction.clients.by_user(1)
    assert client
    assert client.chat_id == -largest
    assert nobody is None


@pytest.mark.parametrize(("owed", "blocked_at", "expected"), [(True, None, 1), (False, None, 0), (True, NOW, 0)])
async def test_a_screen_is_owed_to_who_has_not_seen_the_last_change(
    storage: Storage, ada: Client, owed: bool, blocked_at: datetime | None, expected: int
) -> None:
    await changed(storage, ada, screen_owed=owed, blocked_at=blocked_at)
    async with storage.snapshot() as transaction:
        assert list(await transaction.clients.owed()) == [ada.id] * expected


async def test_times_come_back_in_utc_whatever_zone_they_had(storage: Storage, ada: Client) -> None:
    from_afar = datetime.fromisoformat("2026-11-20T12:30:00.000001+05:30")
    await changed(storage, ada, paused_at=from_afar)
    paused_at = (await read(storage, ada.id)).paused_at
    assert paused_at == from_afar
    assert paused_at.isoformat() == "2026-11-20T07:00:00.000001+00:00"


async def test_a_time_without_a_zone_is_refused(storage: Storage, ada: Client) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="a time without a zone cannot be stored"):
        await changed(storage, ada, paused_at=naive)
    assert (await read(storage, ada.id)).paused_at is None


async def test_a_transaction_that_fails_leaves_nothing_behind(storage: Storage, ada: Client) -> None:
    async def fail() -> None:
        async with storage.transaction() as transaction:
            await transaction.requests.create(ada.id, {}, NOW, NOW + HOUR, NOW)
            await transaction.facts.put("staff chat", "-100")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with storage.snapshot() as transaction:
        assert await transaction.requests.open_of(ada.id) is None
        assert await transaction.facts.get("staff chat") is None


async def test_a_consent_is_in_force_from_giving_to_withdrawing(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as transaction:
        consents = transaction.consents
        assert not await consents.has(ada.id, "health")
        await consents.give(ada.id, "health", "1", NOW)
        assert await consents.has(ada.id, "health")
        assert not await consents.has(ada.id, "news")
        assert await consents.withdraw(ada.id, "health", NOW + HOUR)
        assert not await consents.withdraw(ada.id, "health", NOW + HOUR)
        assert not await consents.has(ada.id, "health")


async def test_the_history_of_a_consent_is_kept(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as transaction:
        for hours, version in enumerate(("1", "1", "2")):
            await transaction.consents.give(ada.id, "health", version, NOW + hours * HOUR)
        everything = await transaction.clients.everything(ada.id)
    history = [(row["text_version"], row["given_at"][11:13], row["withdrawn_at"]) for row in everything["consents"]]
    assert history == [("1", "09", "2026-11-20T11:00:00+00:00"), ("2", "11", None)]


async def test_the_last_advice_counts(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as transaction:
        assert await transaction.advices.latest(ada.id) is None
        for version in ("2026.1", "2026.2"):
            await transaction.advices.add(
                ada.id, version, date(2026, 11, 20), {"age": "adult"}, {"protocol": version}, NOW
            )
    async with storage.snapshot() as transaction:
        latest = await transaction.advices.latest(ada.id)
    assert latest
    assert (latest.protocol_version, latest.given_on, latest.given_at) == ("2026.2", date(2026, 11, 20), NOW)
    assert (latest.answers, latest.advice) == ({"age": "adult"}, {"protocol": "2026.2"})


async def test_the_advices_of_active_clients_stream_one_per_client(storage: Storage) -> None:
    day = date(2026, 11, 20)
    async with storage.transaction() as transaction:
        for user in range(1, 4):
            client = await transaction.clients.get_or_create(user, chat_id=user, profile={}, language="en", now=NOW)
            client.blocked_at = NOW if user == 2 else None
            for number in (1, 2):
                await transaction.advices.add(client.id, "1", day, {"n": number}, {"user": user, "n": number}, NOW)
    async with storage.snapshot() as transaction:
        found = [given async for given in transaction.advices.of_active_clients()]
    assert [(given.answers["n"], given.given_on, given.advice) for given in found] == [
        (2, day, {"user": 1, "n": 2}),
        (2, day, {"user": 3, "n": 2}),
    ]


async def test_a_client_has_at_most_one_request_that_needs_the_clinic(storage: Storage, ada: Client) -> None:
    async def create() -> int:
        async with storage.transaction() as transaction:
            return (await transaction.requests.create(ada.id, {"name": "Ada"}, NOW, NOW + HOUR, NOW)).number

    first = await create()
    for state in ("open", "taken"):
        async with storage.transaction() as transaction:
            request = await transaction.requests.by_number(first)
            assert request
            request.state = state
        with pytest.raises(IntegrityError):
            await create()
    async with storage.transaction() as transaction:
        request = await transaction.requests.open_of(ada.id)
        assert request
        request.state, request.closed_at = "reached", NOW
    assert await create() > first


async def test_request_numbers_start_at_1001_and_are_never_given_out_again(
    storage: Storage, ada: Client, sql: Any
) -> None:
    numbers = []
    for _ in range(3):
        async with storage.transaction() as transaction:
            numbers.append((await transaction.requests.create(ada.id, {}, NOW, NOW + HOUR, NOW)).number)
        await sql("DELETE FROM requests")
    assert numbers == [1001, 1002, 1003]


@pytest.mark.parametrize(
    ("states", "moments"),
    [
        (("taken",), (None, None, None)),
        (("no_answer",), (1, None, None)),
        (("taken", "no_answer", "taken", "no_answer"), (2, None, None)),
        (("taken", "no_answer", "taken", "reached", "booked"), (2, 4, 5)),
        (("taken", "booked"), (2, 2, 2)),
        (("taken", "declined"), (None, None, None)),
    ],
)
async def test_of_each_milestone_of_a_request_the_first_moment_is_kept(
    storage: Storage, ada: Client, states: tuple[str, ...], moments: tuple[int | None, ...]
) -> None:
    async with storage.transaction() as transaction:
        request = await transaction.requests.create(ada.id, {}, NOW, NOW + HOUR, NOW)
        for hours, state in enumerate(states, 1):
            transaction.requests.move(request, state, NOW + hours * HOUR)
    async with storage.snapshot() as transaction:
        read = await transaction.requests.by_number(request.number, lock=False)
    assert read
    assert read.state == states[-1]
    expected = tuple(hours and NOW + hours * HOUR for hours in moments)
    assert (read.called_at, read.reached_at, read.booked_at) == expected
    assert read.called_in_time == (moments[0] and moments[0] <= 1)


async def test_with_a_client_goes_everything_about_them(storage: Storage, ada: Client, sql: Any) -> None:
    async with storage.transaction() as transaction:
        await transaction.consents.give(ada.id, "health", "1", NOW)
        await transaction.advices.add(ada.id, "1", NOW.date(), {}, {}, NOW)
        await transaction.requests.create(ada.id, {}, NOW, NOW + HOUR, NOW)
        await transaction.outbox.plan("safe", recipient="staff", subject="1", due=NOW, now=NOW, client_id=ada.id)
    await sql("DELETE FROM clients")
    for table in ("consents", "advices", "requests", "outbox"):
        assert await sql(f"SELECT * FROM {table}") == [], table  # noqa: S608
    async with storage.transaction() as transaction:
        new = await transaction.clients.get_or_create(7, chat_id=7, profile={}, language="en", now=NOW)
    assert new.id > ada.id


async def test_nothing_can_refer_to_a_client_who_does_not_exist(storage: Storage) -> None:
    with pytest.raises(IntegrityError):
        async with storage.transaction() as transaction:
            await transaction.consents.give(999, "health", "1", NOW)


async def test_own_data_holds_everything_about_one_client(storage: Storage, ada: Client) -> None:
    await changed(
        storage, ada, consultation={"answers": {"age": "adult"}}, contact={"name": "Ada", "phone": "+49 30 1"}
    )
    async with storage.transaction() as transaction:
        await transaction.consents.give(ada.id, "health", "1", NOW)
        await transaction.advices.add(ada.id, "2026.1", NOW.date(), {"age": "adult"}, {"outcome": "allowed"}, NOW)
        await transaction.requests.create(ada.id, {"name": "Ada"}, NOW, NOW + HOUR, NOW)
        for recipient in (f"client:{ada.id}", "staff"):
            await transaction.outbox.plan(
                "safe", recipient=recipient, subject="1", due=NOW, now=NOW, client_id=ada.id, payload={"to": recipient}
            )
        eve = await transaction.clients.get_or_create(8, chat_id=8, profile={}, language="en", now=NOW)
        await transaction.advices.add(eve.id, "2026.1", NOW.date(), {}, {"outcome": "wait"}, NOW)
    async with storage.snapshot() as transaction:
        data = await transaction.clients.everything(ada.id)
        empty = await transaction.clients.everything(eve.id)
        with pytest.raises(LookupError):
            await transaction.clients.everything(999)
    assert (data["answers"], data["advice"]) == ({"age": "adult"}, {"outcome": "allowed"})
    assert data["contact"] == {"name": "Ada", "phone": "+49 30 1"}
    assert (data["profile"], data["language"]) == ({"first_name": "Ada"}, "en")
    assert [(row["number"], row["slot_end"]) for row in data["requests"]] == [(1001, "2026-11-20T10:00:00+00:00")]
    assert [row["payload"] for row in data["reminders"]] == [{"to": f"client:{ada.id}"}]
    assert [row["purpose"] for row in data["consents"]] == ["health"]
    assert [row["given_on"] for row in data["advices"]] == ["2026-11-20"]
    assert (empty["answers"], empty["advice"], empty["requests"]) == ({}, {"outcome": "wait"}, [])


async def test_of_a_fact_the_last_value_counts(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        assert await transaction.facts.get("staff chat") is None
        for value in ("-100", "-200"):
            await transaction.facts.put("staff chat", value)
            assert await transaction.facts.get("staff chat") == value
