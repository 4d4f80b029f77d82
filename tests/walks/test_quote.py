"""What is quoted to whom, and every turn on the way to a quote, walked without Telegram."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.consultation.questions import QUESTIONS
from bot.email_address import MailDomains
from handlers.services import Services
from tests.house import HEALTHY
from tests.messages import judge
from tests.messages.judge import ENGLISH
from tests.walks.walker import Moment, Walker, open_services, walking

ADDRESS = "anna.weber@example.org"
FRESH_FILLER = {
    "procedures": ["filler"],
    "filler_product": "ha",
    "filler_areas": ["cheeks"],
    "filler_date": "2026-11-17",
    "settling": "settled",
}


@pytest_asyncio.fixture
async def opened(tmp_path: Path) -> AsyncIterator[tuple[Services, Moment]]:
    async with open_services(tmp_path) as services:
        yield services


async def consult(walker: Walker, **answers: object) -> None:
    """From /start to the advice; ``answers`` replace or add to a healthy client's."""
    await walker.say("/start")
    await walker.tap("answer:consent:agree")
    wanted = HEALTHY | answers
    for question in QUESTIONS:
        match wanted.get(question.key):
            case str(value):
                await walker.tap(f"answer:{question.key}:{value}")
            case list(values):
                for value in (*values, "done"):
                    await walker.tap(f"answer:{question.key}:{value}")


async def to_address(walker: Walker, *services: str) -> None:
    for data in ("quote:start", *(f"quote:service:{service}" for service in services), "quote:done"):
        reply = await walker.tap(data)
        assert not reply.said
    assert "type your e-mail address" in judge.words(walker.shown)


async def send(walker: Walker, *services: str, address: str = ADDRESS) -> None:
    """From any screen that offers quotes to the number."""
    await to_address(walker, *services)
    await walker.say(address)
    await walker.tap("quote:send")


def offered(walker: Walker) -> set[str]:
    """The services that can be ticked."""
    return {data.split(":")[2] for data in judge.data(walker.shown) if data.startswith("quote:service:")}


async def test_without_a_consultation_the_whole_price_list_is_shown(opened: tuple[Services, Moment]) -> None:
    services, _ = opened
    async with walking(services) as walker:
        await walker.say("/start")
        await walker.say("/help")
        await walker.tap("menu")
        await walker.tap("quote:start")
        assert offered(walker) == {service.id for service in services.clinic.services}
        assert "is checked first" in judge.words(walker.shown)
        await walker.tap("quote:cancel")
        await walker.say("/help")
        await walker.tap("menu")
        await send(walker, "suction")
        row = await walker.tx.quotes.latest(walker.client.id)
        assert row is not None
        assert not row.checked


async def test_what_the_advice_excludes_is_not_offered_or_only_from_its_day(opened: tuple[Services, Moment]) -> None:
    services, moment = opened
    technique_of = {service.id: service.technique for service in services.clinic.services}
    async with walking(services) as walker:
        await consult(walker, **FRESH_FILLER)
        advice = await walker.tx.advices.latest(walker.client.id)
        assert advice is not None
        given = advice.advice["techniques"]
        await walker.tap("quote:start")
        assert {technique_of[service] for service in offered(walker)} == {
            technique for technique, verdict in given.items() if verdict["verdict"] != "no"
        }
        await walker.tap("quote:service:drainage")
        await walker.tap("quote:done")
        await walker.say(ADDRESS)
        await walker.tap("quote:send")
        row = await walker.tx.quotes.latest(walker.client.id)
        assert row is not None
        assert row.checked
        assert row.lines[0]["from"] == given["drainage"]["from"] == "2026-11-24"
        moment.now += timedelta(days=4)  # the day has come
        await walker.tap("menu")
        await walker.tap("quote:start")
        assert "from Tuesday, 24 November" not in judge.words(walker.shown)
        assert "drainage" in offered(walker)


async def test_somebody_who_cannot_be_massaged_is_offered_nothing(opened: tuple[Services, Moment]) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker, health=["infection"])
        assert "quote:start" not in judge.data(walker.shown)
        assert await is_refused(walker)


async def test_while_answers_are_given_anew_the_last_advice_still_excludes_but_vouches_for_nothing(
    opened: tuple[Services, Moment],
) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker, **FRESH_FILLER)
        await walker.tap("quote:start")
        before = offered(walker)
        await walker.tap("quote:cancel")
        await walker.tap("change")
        await walker.tap("change:skin")
        await walker.say("/help")
        await walker.tap("menu")
        await walker.tap("quote:start")
        assert offered(walker) == before
        assert "is checked first" in judge.words(walker.shown)


async def is_refused(walker: Walker) -> bool:
    """Whether ``quote:start``, sent although no button says so, leads nowhere."""
    before = walker.client.place
    reply = await walker.tap("quote:start")
    return reply.said == ENGLISH.plain("hint.old_button") and walker.client.place == before


async def test_after_an_urgent_answer_and_to_a_minor_nothing_is_sold(opened: tuple[Services, Moment]) -> None:
    async with walking(opened[0]) as walker:
        await walker.say("/start")
        await walker.tap("answer:consent:agree")
        await walker.tap("answer:symptoms:vision")
        await walker.tap("answer:symptoms:done")
        assert await is_refused(walker)
        await walker.say("/help")
        await walker.tap("menu")
        assert "quote:start" not in judge.data(walker.shown)
    async with walking(opened[0]) as walker:
        await walker.say("/start")
        await walker.tap("answer:consent:minor")
        assert await is_refused(walker)
        await walker.say("/help")
        await walker.tap("menu")
        assert "quote:start" not in judge.data(walker.shown)


@pytest.mark.parametrize("lacks", ["mail server", "services"])
async def test_without_a_mail_server_or_a_price_list_no_quotes_are_offered(
    opened: tuple[Services, Moment], lacks: str
) -> None:
    services, _ = opened
    if lacks == "services":
        services = replace(services, clinic=replace(services.clinic, services=()))
    else:
        services = replace(services, mail_server=None)
    async with walking(services) as walker:
        await consult(walker)
        assert "quote:start" not in judge.data(walker.shown)
        assert await is_refused(walker)
        await walker.tap("menu")
        assert "quote:start" not in judge.data(walker.shown)


async def test_the_total_follows_every_tick(opened: tuple[Services, Moment]) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker)
        await walker.tap("quote:start")
        for service, total in (("drainage", "€72.00"), ("drainage-course", "€397.00"), ("drainage", "€325.00")):
            await walker.tap(f"quote:service:{service}")
            assert f"Total: {total}" in judge.words(walker.shown)
        await walker.tap("quote:service:drainage-course")
        assert "Total" not in judge.words(walker.shown)


async def test_a_button_tapped_twice_before_its_tick_arrived_is_one_tap(opened: tuple[Services, Moment]) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker)
        unticked = (await walker.tap("quote:start")).screen
        for _ in range(2):
            walker.shown = unticked
            await walker.tap("quote:service:classic")
        assert walker.client.draft["quote"]["services"] == ["classic"]


async def test_nothing_chosen_is_no_quote(opened: tuple[Services, Moment]) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker)
        await walker.tap("quote:start")
        assert "at least one" in (await walker.tap("quote:done")).said
        assert "hint" not in (await walker.tap("quote:service:classic")).said
        await walker.tap("quote:cancel")
        assert walker.client.draft == {}
        assert walker.client.place == "advice"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("anna", "email_not_an_address"),
        ("=?utf-8?q?a=0d=0aBcc:eve@example.org?=", "email_not_an_address"),
        ("anna@example.org\nBcc: eve@example.org", "email_not_an_address"),
        ("анна@пример.рф", "email_not_latin"),
        ("a" * 260 + "@example.org", "email_too_long"),
    ],
)
async def test_what_is_no_address_is_asked_for_again(opened: tuple[Services, Moment], typed: str, hint: str) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker)
        await to_address(walker, "classic")
        assert (await walker.say(typed)).said == ENGLISH.text(f"hint.{hint}")
        assert "type your e-mail address" in judge.words(walker.shown)


async def test_a_likely_slip_is_asked_back(opened: tuple[Services, Moment]) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker)
        await to_address(walker, "classic")
        for answer, kept in (("keep", "anna@gmial.com"), ("meant", "anna@gmail.com")):
            await walker.say("anna@gmial.com")
            assert "Did you mean gmail.com?" in judge.words(walker.shown)
            await walker.tap(f"quote:{answer}")
            assert f"To: {kept}" in judge.words(walker.shown)
            await walker.tap("quote:edit:address")


class NoMail(MailDomains):
    """Has heard that nobody takes mail."""

    def takes_no_mail(self, address: str) -> bool:
        return True


async def test_a_domain_without_a_mail_server_is_doubted_but_not_refused(opened: tuple[Services, Moment]) -> None:
    services = replace(opened[0], mail_domains=NoMail())
    async with walking(services) as walker:
        await consult(walker)
        await to_address(walker, "classic")
        await walker.say(ADDRESS)
        assert "no mail server for example.org" in judge.words(walker.shown)
        assert "quote:send" in judge.data(walker.shown)


async def test_an_address_given_before_is_a_button(opened: tuple[Services, Moment]) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker)
        await send(walker, "classic")
        await walker.tap("menu")
        await to_address(walker, "self")
        await walker.tap("quote:known")
        assert f"To: {ADDRESS}" in judge.words(walker.shown)


async def test_nobody_can_flood_a_mailbox(opened: tuple[Services, Moment]) -> None:
    services, moment = opened
    async with walking(services) as walker:
        await consult(walker)
        for number in range(1, 6):
            await send(walker, "classic")
            assert f"Quote No. 2026-000{number}" in judge.words(walker.shown)
            await walker.tap("menu")
        await to_address(walker, "classic")
        await walker.say(ADDRESS)
        assert "enough mail for one day" in (await walker.tap("quote:send")).said
        moment.now += timedelta(days=1, minutes=1)
        await walker.tap("quote:send")
        assert "Quote No. 2026-0006" in judge.words(walker.shown)


async def test_a_service_that_falls_away_before_the_send_is_chosen_again(opened: tuple[Services, Moment]) -> None:
    services, _ = opened
    async with walking(services) as walker:
        await consult(walker)
        await to_address(walker, "classic", "self")
        await walker.say(ADDRESS)
        left = tuple(service for service in services.clinic.services if service.id != "self")
        walker.services = replace(services, clinic=replace(services.clinic, services=left))
        assert (await walker.tap("quote:send")).said == ENGLISH.text("hint.quote_changed")
        assert walker.client.draft["quote"]["services"] == ["classic"]
        assert await walker.tx.quotes.latest(walker.client.id) is None


async def test_a_quote_can_be_accepted_until_its_last_day_and_by_its_owner_only(
    opened: tuple[Services, Moment],
) -> None:
    services, moment = opened
    async with walking(services) as walker:
        await consult(walker)
        await send(walker, "classic")
        row = await walker.tx.quotes.latest(walker.client.id)
        assert row is not None
        assert row.valid_until == date(2026, 12, 20)
        moment.now += timedelta(days=31)
        assert "no longer valid" in (await walker.tap("quote:accept:2026-0001")).said
        moment.now -= timedelta(days=1)
        mia = await walker.tx.clients.get_or_create(8, chat_id=8, profile={}, language="en", now=moment.now)
        owner, row.client_id = row.client_id, mia.id
        for what in ("accept", "ask", "address"):
            assert (await walker.tap(f"quote:{what}:2026-0001")).said == ENGLISH.plain("hint.old_button")
        row.client_id = owner
        assert not (await walker.tap("quote:accept:2026-0001")).said
        assert walker.client.place == "callback"


async def test_a_quote_stands_in_the_copy_of_ones_data(opened: tuple[Services, Moment]) -> None:
    async with walking(opened[0]) as walker:
        await consult(walker)
        await send(walker, "classic")
        data = await walker.tx.clients.everything(walker.client.id)
        assert [(quote["number"], quote["email"]) for quote in data["quotes"]] == [("2026-0001", ADDRESS)]
        assert {"quote", "health_answers"} == {consent["purpose"] for consent in data["consents"]}
