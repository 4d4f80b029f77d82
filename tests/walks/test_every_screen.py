"""Walks the whole graph of questions and what stands around it: whatever anybody can see keeps the limits."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.callback import REMARK_LENGTH, Asking
from bot.consultation import interview
from bot.consultation.advice import URGENT, Advice
from bot.consultation.interview import Consultation, answered
from bot.consultation.questions import BY_KEY, QUESTIONS, Kind
from bot.question import QUESTION_LENGTH
from bot.quote import MOST_LINES, Line, Quote
from bot.reminders.kinds import KINDS as REMINDERS
from handlers.deliveries import KINDS
from handlers.deliveries.delivery import File, Note, Report
from handlers.requests import Move, make, plan_edit
from handlers.services import Services
from messages import details
from messages.screen import Screen
from storage.tables import OutboxRow
from tests.messages import judge
from tests.walks.plans import Plan, every_boundary, every_option, everything_at_once, free_options, random_plans
from tests.walks.walker import FRIDAY, Moment, Walker, is_taken, open_services, walking

LONGEST_NAME = 64
"""Characters of a first or a last name in Telegram."""

STRANGE: Mapping[str, Any] = {
    "id": 8,
    "is_bot": False,
    "first_name": "<b>Ann & Co".ljust(LONGEST_NAME, "ü"),
    "last_name": "W" * LONGEST_NAME,
    "language_code": "xx",
}


class Eye:
    """Looks at screens, at each only once."""

    def __init__(self) -> None:
        self.seen: set[Screen] = set()

    def __call__(self, screen: Screen) -> Screen:
        if screen not in self.seen:
            judge.check(screen)
            lost = [data for data in judge.data(screen) if not is_taken(data)]
            assert not lost, f"nobody takes {lost}"
            self.seen.add(screen)
        return screen


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[tuple[Services, Moment]]:
    async with open_services(tmp_path) as opened:
        yield opened


def taps(plan: Plan) -> Iterator[tuple[str, str]]:
    """The buttons by which a client gives the answers of ``plan``, each with its question."""
    for key, value in plan.items():
        if key == "age":
            continue
        if isinstance(value, str):
            yield key, value
            continue
        yield from ((key, option) for option in value)
        if BY_KEY[key].exclusive.isdisjoint(value):
            yield key, "done"


async def consult(walker: Walker, plan: Plan, look: Callable[[Screen], Screen], begun: Plan | None = None) -> None:
    """From /start to the advice, looking at every screen on the way; what is ``begun`` was answered already."""
    look((await walker.say("/start")).screen)
    look((await walker.tap("answer:consent:agree")).screen)
    if begun:
        walker.client.consultation = Consultation(begun).as_json()
        await walker.look()
    for key, value in taps({key: value for key, value in plan.items() if key not in (begun or {})}):
        progress = interview.progress(Consultation.from_json(walker.client.consultation))
        assert 1 <= progress.position <= progress.total
        reply = await walker.tap(f"answer:{key}:{value}")
        assert not reply.said, f"{key}:{value} is not taken: {reply.said}"
        look(reply.screen)
        if walker.client.place == "advice":
            return
    pytest.fail("the answers were complete and there was no advice")


WALKED: dict[str, Callable[[], Iterator[Plan]]] = {
    "every option of every question": every_option,
    "everything at once": everything_at_once,
}


def in_common(plan: Plan, before: Plan) -> Plan:
    """The answers with which both begin, the last one aside: what they lead to need not be walked twice."""
    *begun, _ = plan.items()
    same = takewhile(lambda pair: pair[0] == pair[1], zip(begun, before.items(), strict=False))
    return dict(answer for answer, _ in same)


ADVISED: dict[str, Callable[[], Iterator[Plan]]] = {
    "every boundary of every procedure": every_boundary,
    "random clients": lambda: random_plans(100),
}


@pytest.mark.parametrize("group", WALKED)
async def test_every_screen_from_start_to_advice_can_be_sent_and_tapped(
    house: tuple[Services, Moment], group: str
) -> None:
    look, before = Eye(), Plan()
    for plan in WALKED[group]():
        async with walking(house[0]) as walker:
            with _telling(plan):
                await consult(walker, plan, look, in_common(plan, before))
                _check_advice(walker.shown, await _outcome(walker))
        before = plan


@pytest.mark.parametrize("group", ADVISED)
async def test_every_advice_can_be_sent_and_offers_what_its_outcome_allows(
    house: tuple[Services, Moment], group: str
) -> None:
    look = Eye()
    for plan in ADVISED[group]():
        async with walking(house[0]) as walker:
            with _telling(plan):
                look(await conclude(walker, plan))
                _check_advice(walker.shown, await _outcome(walker))


async def conclude(walker: Walker, plan: Plan) -> Screen:
    """Give the last answer, all others being stored; the card that follows."""
    walker.client.consultation = Consultation({k: v for k, v in plan.items() if k != "setting"}).as_json()
    walker.client.place = "consultation"
    await walker.look()
    return (await walker.tap(f"answer:setting:{plan['setting']}")).screen


@contextmanager
def _telling(plan: Plan) -> Iterator[None]:
    """Name the answers in a failure."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"answers: {plan}")
        raise


async def _outcome(walker: Walker) -> str:
    row = await walker.tx.advices.latest(walker.client.id)
    assert row is not None
    return str(row.advice["outcome"])


def _check_advice(card: Screen, outcome: str) -> None:
    offered = set(judge.data(card))
    if outcome in URGENT:
        assert offered == {"urgent:called", "callback:start"}
    else:
        assert {"callback:start", "change", "menu"} <= offered
    assert outcome != "wait" or "remind:safe_now" in offered, "a wait always offers a reminder"


async def test_every_answer_can_be_looked_up_and_opened_again(house: tuple[Services, Moment]) -> None:
    look = Eye()
    for plan in everything_at_once():
        async with walking(house[0]) as walker:
            await conclude(walker, plan)
            if await _outcome(walker) in URGENT:
                continue
            answers = look((await walker.tap("change")).screen)
            for data in judge.data(answers):
                if data.startswith("change:"):
                    question = look((await walker.tap(data)).screen)
                    assert f"answer:{data.removeprefix('change:')}" in " ".join(judge.data(question))
                    look((await walker.tap("back")).screen)
                    look((await walker.tap("change")).screen)


TODAYS = (
    FRIDAY,
    FRIDAY.replace(month=2, day=28),
    FRIDAY.replace(year=2028, month=2, day=29),
    FRIDAY.replace(month=12, day=31),
    FRIDAY.replace(year=2027, month=1, day=1),
    FRIDAY.replace(month=8, day=31),
)
"""Days on which months and years begin and end."""


@pytest.mark.parametrize("procedure", ["toxin", "filler_planned"])
async def test_every_month_of_the_calendar_can_be_reached_and_sent(
    house: tuple[Services, Moment], procedure: str
) -> None:
    (services, moment), look, key = house, Eye(), f"{procedure}_date"
    step = 0 if BY_KEY[key].kind is Kind.PAST_DATE else 2
    for moment.now in TODAYS:
        async with walking(services) as walker:
            await _to_question(walker, procedures=procedure)
            calendar = look((await walker.tap(f"month:{key}:{moment.now:%Y-%m}")).screen)
            for _ in range(26):
                calendar = look((await walker.tap(calendar.rows[0][step].data)).screen)
            for far in ("1900-01", "1850-01", "2036-12", "2090-01"):
                look((await walker.tap(f"month:{key}:{far}")).screen)
            assert look((await walker.tap("back")).screen).rows[-1][0].data == "back"
            assert f"month:{key}:{moment.now:%Y-%m}" in judge.data(walker.shown)


async def _to_question(walker: Walker, **ticked: str) -> None:
    """To the question that the ticked option of one set leads to."""
    await walker.say("/start")
    await walker.tap("answer:consent:agree")
    await walker.tap("answer:symptoms:none")
    for key, option in ticked.items():
        await walker.tap(f"answer:{key}:{option}")
        await walker.tap(f"answer:{key}:done")


TYPED = (
    *("3/4/2026", "04.03", "31.02.2026", "tomorrow", "30.11.2026", "March 2025", "soon", "01.01.1815"),
    *("x" * 501, "🙂🙂", "1", "<b>&", "yes", "{x}"),
)


@pytest.mark.parametrize("typed", TYPED)
async def test_whatever_is_typed_at_a_date_leads_to_a_screen_that_can_be_sent(
    house: tuple[Services, Moment], typed: str
) -> None:
    async with walking(house[0]) as walker:
        await _to_question(walker, procedures="toxin")
        reply = await walker.say(typed)
        Eye()(Screen(f"{reply.said}\n\n{reply.screen.text}".strip(), reply.screen.rows))
        assert len(reply.said) <= 200, "a toast is cut at 200 characters"


PLACES = ("welcome", "declined", "minor", "resume", "consultation", "menu", "help", "privacy")


async def test_every_place_around_the_questions_can_be_sent(house: tuple[Services, Moment]) -> None:
    look = Eye()
    for given in ((), ("symptoms",), ("symptoms", "procedures")):
        async with walking(house[0], STRANGE) as walker:
            await walker.say("/start")
            await walker.tap("answer:consent:agree")
            for key in given:
                await walker.tap(f"answer:{key}:none")
            for walker.client.place in PLACES:
                look(await walker.look())


async def test_every_step_of_a_callback_request_can_be_sent_at_any_hour(house: tuple[Services, Moment]) -> None:
    (services, moment), look = house, Eye()
    for hours in range(0, 24 * 40, 37):
        moment.now = FRIDAY + timedelta(hours=hours)
        async with walking(services, STRANGE) as walker:
            look((await walker.say("/callback")).screen)
            look((await walker.say("A" * 80)).screen)
            times = look((await walker.share_number()).screen)
            slots = [data for data in judge.data(times) if data.startswith("callback:time:")]
            assert slots, "there is always a time to choose"
            look((await walker.tap(slots[0])).screen)
            look((await walker.tap("callback:skip")).screen)
            look((await walker.say("&" * REMARK_LENGTH)).screen)
            for slot in slots:
                look((await walker.tap("callback:edit:time")).screen)
                look((await walker.tap(slot)).screen)
            received = look((await walker.tap("callback:send")).screen)
            assert judge.data(received)
            for data in ("callback:move", "callback:keep", "callback:withdraw", "callback:keep"):
                look((await walker.tap(data)).screen)
            if hours % 5 == 0:
                await _look_at_what_follows(walker, look)


STRANGE_COLLEAGUE = "<i>Mia & " + "ü" * 2 * LONGEST_NAME
MOVES_TO_LOOK_AT = ("take", "moved", "no_answer", "again", "take", "reached", "booked")


async def test_every_step_of_a_quote_and_all_that_is_said_of_it_can_be_sent(house: tuple[Services, Moment]) -> None:
    services, look = house[0], Eye()
    async with walking(services, STRANGE) as walker:
        await walker.say("/help")
        await walker.tap("menu")
        look((await walker.tap("quote:start")).screen)
        for service in services.clinic.services:
            look((await walker.tap(f"quote:service:{service.id}")).screen)
        look((await walker.tap("quote:done")).screen)
        look((await walker.say("a" * 60 + "@gmial.com")).screen)
        look((await walker.tap("quote:keep")).screen)
        look((await walker.tap("quote:send")).screen)
        quote = await walker.tx.quotes.latest(walker.client.id)
        assert quote is not None
        now, recipient = services.now(), f"client:{walker.client.id}"
        await _look_at_outbox(walker, look)
        quote.state = "refused"
        for kind, to in (("sent", recipient), ("refused", recipient), ("failed", recipient), ("failed", "staff")):
            await walker.tx.outbox.plan(
                f"quote_{kind}", recipient=to, subject=quote.number, due=now, client_id=walker.client.id, now=now
            )
        await _look_at_outbox(walker, look)
        look((await walker.tap(f"quote:address:{quote.number}")).screen)


async def _look_at_what_follows(walker: Walker, look: Eye) -> None:
    """What the staff, the mailbox and the client get of a request at each of its moves."""
    await _look_at_outbox(walker, look)
    request = await walker.tx.requests.open_of(walker.client.id)
    assert request is not None
    request.staff_chat_id, request.staff_message_id = -100, 5
    for action in MOVES_TO_LOOK_AT:
        outcome = {"day": str(walker.services.today() + timedelta(9))} if action == "booked" else {}
        slot = walker.services.clinic.hours.soonest(walker.services.now()) if action == "moved" else None
        move = Move(action, 7, STRANGE_COLLEAGUE, slot, outcome) if action != "again" else Move("again")
        assert await make(walker.services, walker.tx, request, move), action
        look(await walker.look())
        await _look_at_outbox(walker, look)


async def test_a_question_can_be_passed_on_answered_and_taken_up_again(house: tuple[Services, Moment]) -> None:
    services, look, longest = house[0], Eye(), "&" * QUESTION_LENGTH
    for words in ("?", "why", "<b>&", longest):
        async with walking(services, STRANGE) as walker:
            await walker.say("/start")
            offered = look((await walker.say(words)).screen)
            assert ("question:send" in judge.data(offered)) is (words != "?")
            if words == "?":
                continue
            look((await walker.tap("question:send")).screen)
            now, client = services.now(), walker.client
            plan = walker.tx.outbox.plan
            for kind, to in (("question_followup", "staff"), ("question_answer", f"client:{client.id}")):
                subject, payload = "1:7", {"text": words}
                await plan(kind, recipient=to, subject=subject, due=now, payload=payload, client_id=client.id, now=now)
            for what in ("erased", "undelivered", "text_only", "too_long", "outsider", "unchecked"):
                note = {"what": what, "message": 7}
                row = await plan("question_note", recipient="staff", subject=what, due=now, payload=note, now=now)
                await _look_at_row(walker, row, look)
            await _look_at_outbox(walker, look)


ASKED = ("booked", "declined")


@pytest.mark.parametrize("action", ASKED)
async def test_every_question_about_an_outcome_can_be_sent_and_tapped(
    house: tuple[Services, Moment], action: str
) -> None:
    (services, moment), look = house, Eye()
    async with walking(services, STRANGE) as walker:
        now, today = services.now(), services.today()
        left = {"name": "A" * 80, "phone": "+49 171 2345678", "email": "a@b.example", "remark": "r"}
        request = await walker.tx.requests.create(walker.client.id, left, now, now, now, state="taken")
        request.staff_chat_id, request.staff_message_id = -100, 5
        for days in range(0, 400, 37):
            for chosen in (None, today + timedelta(days)):
                asking = Asking(action, 7, STRANGE_COLLEAGUE, now, today + timedelta(days), chosen)
                request.asking = asking.as_json()
                await plan_edit(services, walker.tx, request)
                await _look_at_outbox(walker, look)
    assert moment.now == FRIDAY


LONGEST_QUOTE = Quote(
    number="2026-0001",
    made_on=FRIDAY.date(),
    valid_until=FRIDAY.date() + timedelta(days=30),
    lines=tuple(
        Line(str(number), "&" * 60, 240, 99, Decimal("9999.99"), FRIDAY.date() + timedelta(days=90), True)
        for number in range(MOST_LINES)
    ),
    currency="EUR",
    price_list="2026-10",
    checked=True,
)


async def test_what_stands_behind_a_request_can_be_sent_however_much_was_answered(
    house: tuple[Services, Moment],
) -> None:
    look = Eye()
    for plan in everything_at_once():
        async with walking(house[0], STRANGE) as walker:
            await conclude(walker, plan)
            given = await walker.tx.advices.latest(walker.client.id)
            assert given is not None
            look(
                details.details(
                    house[0].staff_catalog,
                    number=100_001,
                    name="<b>" + "ü" * 77,
                    email="a" * 240 + "@b.example",
                    remark="&" * 300,
                    quote=LONGEST_QUOTE,
                    answers=answered(Consultation(given.answers)),
                    advice=Advice.from_stored(given.advice),
                    today=given.given_on,
                )
            )


ACTING = frozenset({"request_release", "request_again"})
"""Rows that say nothing themselves: what they do, when it is time, plans other rows."""


async def _look_at_outbox(walker: Walker, look: Eye) -> None:
    for row in await walker.tx.outbox.waiting_of(walker.client.id):
        if row.kind not in ACTING:
            await _look_at_row(walker, row, look)


async def _look_at_row(walker: Walker, row: OutboxRow, look: Eye) -> None:
    delivery = await KINDS[row.kind].render(walker.services, walker.tx, row)
    match await delivery.make() if isinstance(delivery, Report) else delivery:
        case Note(screen=screen):
            look(screen)
        case File(caption=caption):
            look(Screen(caption))
        case EmailMessage() as mail:
            text = mail.get_body(("plain",))
            assert len(str(mail["Subject"])) <= 78
            assert text is not None
            assert "{" not in text.get_content()


async def test_every_alert_can_be_sent(house: tuple[Services, Moment]) -> None:
    look = Eye()
    for symptom in free_options(BY_KEY["symptoms"]):
        async with walking(house[0], STRANGE) as walker:
            await walker.say("/start")
            await walker.tap("answer:consent:agree")
            await walker.tap(f"answer:symptoms:{symptom}")
            look((await walker.tap("answer:symptoms:done")).screen)
            rows = [row for row in await walker.tx.outbox.waiting_of(walker.client.id) if row.recipient == "staff"]
            assert len(rows) == 1, "one alert"
            await _look_at_outbox(walker, look)
            look((await walker.tap("urgent:called")).screen)


@pytest.mark.parametrize("days", [0, 1, 6, 13])
async def test_a_reminder_can_be_sent_from_its_offer_to_its_day(house: tuple[Services, Moment], days: int) -> None:
    look = Eye()
    day: datetime = FRIDAY - timedelta(days)
    async with walking(house[0]) as walker:
        await _to_question(walker, procedures="toxin")
        for data in (f"toxin_date:{day:%Y-%m-%d}", "skin:clear", "skin_issues:none", "health:none", "wish:glow"):
            await walker.tap(f"answer:{data}")
        look((await walker.tap("answer:setting:therapist")).screen)
        look((await walker.tap("remind:safe_now")).screen)
        look((await walker.tap("remind:safe_now:on")).screen)
        reminders = [row for row in await walker.tx.outbox.waiting_of(walker.client.id) if row.kind == "safe_now"]
        assert len(reminders) == 1
        await _look_at_outbox(walker, look)


TREATED = {"procedures": "filler", "filler_product": "ha", "filler_areas": "lips", "settling": "settled"}
CALM = {"skin": "clear", "skin_issues": "none", "health": "none", "wish": "advise_me", "setting": "therapist"}


async def _advised(walker: Walker, *, planned: bool) -> None:
    """To the advice, a week after a filler or a month before one."""
    day = walker.services.today() + timedelta(days=30 if planned else -7)
    treated = {"procedures": "filler_planned", "filler_planned_date": f"{day}"}
    answers = treated if planned else {**TREATED, "filler_date": f"{day}"}
    await walker.say("/start")
    await walker.tap("answer:consent:agree")
    await walker.tap("answer:symptoms:none")
    for key in [question.key for question in QUESTIONS if question.key in answers | CALM]:
        await walker.tap(f"answer:{key}:{(answers | CALM)[key]}")
        if key in {"procedures", "filler_areas"}:
            await walker.tap(f"answer:{key}:done")
    assert walker.client.place == "advice"


async def _arrives(walker: Walker, kind: str, look: Eye, moment: Moment) -> str:
    """The day of a reminder comes, and it goes out; answers the beginning of its buttons' data."""
    row = next(row for row in await walker.tx.outbox.waiting_of(walker.client.id) if row.kind == kind)
    moment.now = row.due_at
    delivery = await KINDS[kind].render(walker.services, walker.tx, row)
    assert isinstance(delivery, Note)
    walker.shown = look(delivery.screen)
    row.state = "sent"
    noted = KINDS[kind].sent
    assert noted is not None
    await noted(walker.tx, row, delivery, 1)
    return f"remind:{row.id}"


@pytest.mark.parametrize("kind", [kind.id for kind in REMINDERS.values() if kind.offered])
async def test_every_reminder_can_be_sent_put_off_and_answered(house: tuple[Services, Moment], kind: str) -> None:
    (services, moment), look = house, Eye()
    async with walking(services) as walker:
        await _advised(walker, planned=kind == "preparation")
        look((await walker.say("/reminders")).screen)
        look((await walker.tap(f"remind:{kind}")).screen)
        look((await walker.tap(f"remind:{kind}:on")).screen)
        for _ in range(4):
            button = await _arrives(walker, kind, look, moment)
            offered = judge.data(look((await walker.tap(f"{button}:later")).screen))
            look((await walker.tap(offered[0])).screen)
        button = await _arrives(walker, kind, look, moment)
        look((await walker.tap(f"{button}:check")).screen)
        look((await walker.tap("answer:symptoms:none")).screen)
        if kind != "preparation":
            look((await walker.tap("answer:settling:settled")).screen)
        assert walker.client.place == "check_new"
        look((await walker.tap("check:no")).screen)
        assert walker.client.place == "checked"
        look((await walker.tap("reminders")).screen)
        look((await walker.tap("zone")).screen)
        look((await walker.say("San")).screen)


async def test_a_planned_day_that_passed_during_the_questions_is_asked_for_again(
    house: tuple[Services, Moment],
) -> None:
    (services, moment), look = house, Eye()
    async with walking(services) as walker:
        await _to_question(walker, procedures="filler_planned")
        await walker.tap(f"answer:filler_planned_date:{moment.now + timedelta(1):%Y-%m-%d}")
        moment.now += timedelta(3)
        for data in ("skin:clear", "skin_issues:none", "health:none", "wish:glow", "setting:therapist"):
            look((await walker.tap(f"answer:{data}")).screen)
        assert await _outcome(walker) == "ask_again"
        look((await walker.tap("change:filler_planned_date")).screen)
        await walker.tap("answer:filler_planned_date:unknown")
        assert await _outcome(walker) == "specialist"
