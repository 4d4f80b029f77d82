"""The places a client can be at, and the screen that the stored state implies at each.

A place is a row of ``PLACES``. Which conversation is on the screen is all that is stored of it; where inside it the
client stands follows from the answers (or from the draft of a callback request).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.callback import Draft
from bot.consultation import interview
from bot.consultation.advice import Advice
from bot.consultation.dates import month_grid, quick_picks
from bot.consultation.interview import Consultation, is_under_way
from bot.consultation.questions import Kind
from bot.reminders import SAFE_NOW, due_at, safe_day
from handlers.services import Services
from messages import advice as advice_texts
from messages import callback as callback_texts
from messages import consultation as consultation_texts
from messages import guide as guide_texts
from messages import reminders as reminder_texts
from messages import welcome as welcome_texts
from messages.catalog import Catalog
from messages.pictures.face_map import face_map
from messages.pictures.guide import guide_steps
from messages.pictures.picture import Picture
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import Client


@dataclass(frozen=True, slots=True)
class View:
    """A client's stored state, as a screen is derived from it."""

    services: Services
    tx: Transaction
    client: Client

    @property
    def catalog(self) -> Catalog:
        """The texts in the client's language."""
        return self.services.catalog(self.client)

    @property
    def today(self) -> date:
        """The client's day."""
        return self.services.today()

    @property
    def consultation(self) -> Consultation:
        """The interview as far as it has come."""
        return Consultation.from_json(self.client.consultation)

    @property
    def draft(self) -> Draft:
        """The callback request as far as it is filled in."""
        return Draft.from_json(self.client.draft.get("callback", {}))

    async def advice(self) -> Advice | None:
        """The advice given last."""
        row = await self.tx.advices.latest(self.client.id)
        return Advice.from_stored(row.advice) if row else None


async def home(view: View) -> str:
    """The place to return to: the open question, else the advice, else the beginning."""
    consultation = view.consultation
    if consultation.answers.get("age") == "minor":
        return "minor"
    if "age" not in consultation.answers:
        return "welcome"
    if interview.open_question(consultation) is not None:
        return "consultation"
    return "advice" if await view.tx.advices.latest(view.client.id) else "consultation"


async def _welcome(view: View) -> Screen:
    return welcome_texts.welcome(view.catalog, clinic=view.services.clinic.name)


async def _declined(view: View) -> Screen:
    return welcome_texts.declined(view.catalog)


async def _minor(view: View) -> Screen:
    return welcome_texts.minor(view.catalog, clinic=view.services.clinic.name)


async def _resume(view: View) -> Screen:
    return welcome_texts.resume(view.catalog, under_way=is_under_way(view.consultation))


async def _menu(view: View) -> Screen:
    return welcome_texts.menu(view.catalog, has_advice=await view.tx.advices.latest(view.client.id) is not None)


async def _help(view: View) -> Screen:
    return welcome_texts.help_text(view.catalog, clinic=view.services.clinic.name, phone=view.services.clinic.phone)


async def _privacy(view: View) -> Screen:
    clinic = view.services.clinic
    return welcome_texts.privacy(view.catalog, controller=clinic.controller, contact=clinic.privacy_contact)


async def _question(view: View) -> Screen:
    consultation = view.consultation
    question = interview.open_question(consultation)
    if question is None:
        return await _advice(view)
    draft, today = view.client.draft, view.today
    if days := draft.get("days"):
        return consultation_texts.ambiguous_date(
            view.catalog, question, [date.fromisoformat(day) for day in days], today
        )
    if month := draft.get("month"):
        grid = month_grid(date.fromisoformat(f"{month}-01"), view.catalog.first_weekday, today, question.kind)
        return consultation_texts.calendar(view.catalog, question, grid)
    progress = interview.progress(consultation)
    picks = quick_picks(question.kind, today) if question.kind in {Kind.PAST_DATE, Kind.FUTURE_DATE} else ()
    return consultation_texts.question(
        view.catalog,
        question,
        position=progress.position,
        total=progress.total,
        ticks=consultation.ticks,
        picks=picks,
        today=today,
        can_go_back=interview.back(consultation) != consultation,
    )


async def _change(view: View) -> Screen:
    return consultation_texts.answers_list(view.catalog, interview.answered(view.consultation), view.today)


async def _advice(view: View) -> Screen:
    row = await view.tx.advices.latest(view.client.id)
    if row is None:
        return await _resume(view)
    advice, clinic = Advice.from_stored(row.advice), view.services.clinic
    screen = advice_texts.advice(
        view.catalog,
        advice,
        row.answers,
        today=row.given_on,
        clinic=clinic.name,
        emergency_number=clinic.emergency_number,
        emergency_line=clinic.emergency_line,
        remind=safe_day(advice, view.today) is not None,
        guide=bool(lessons(view, advice)),
    )
    return replace(screen, picture=face_map(view.catalog, advice, today=row.given_on))


def lessons(view: View, advice: Advice) -> tuple[Picture, ...]:
    """The self-massage guide as far as the advice allows it today; empty where it allows none."""
    return guide_steps(view.catalog, zone=advice.zone) if advice.allows("self", view.today) else ()


async def _guide(view: View) -> Screen:
    advice = await view.advice()
    steps = lessons(view, advice) if advice else ()
    if not steps:
        return await _advice(view)
    return guide_texts.guide(view.catalog, steps, min(view.client.draft.get("step", 0), len(steps) - 1))


async def _urgent_called(view: View) -> Screen:
    return advice_texts.urgent_called(view.catalog, emergency_line=view.services.clinic.emergency_line)


async def _callback(view: View) -> Screen:
    draft, now = view.draft, view.services.now()
    hours, zone = view.services.clinic.hours, view.services.clinic.time_zone
    match draft.step:
        case "name":
            return callback_texts.ask_name(view.catalog, suggested=suggested_name(view.client))
        case "phone":
            return callback_texts.ask_phone(view.catalog)
        case "time":
            return callback_texts.ask_time(view.catalog, hours.slots(now), now=now, zone=zone, phone=draft.phone)
        case "summary":
            return callback_texts.summary(
                view.catalog,
                name=draft.name,
                phone=draft.phone,
                slot=hours.slot(draft.slot, now),
                now=now,
                zone=zone,
            )


def suggested_name(client: Client) -> str:
    """The client's name as Telegram knows it, or as it was given before."""
    profile = client.profile
    return str(client.contact.get("name") or f"{profile.get('first_name', '')} {profile.get('last_name', '')}".strip())


async def _received(view: View) -> Screen:
    request = await view.tx.requests.open_of(view.client.id)
    if request is None:
        return await _menu(view)
    return callback_texts.received(
        view.catalog,
        number=request.number,
        start=request.slot_start,
        end=request.slot_end,
        taken_by=request.taken_by_name,
        now=view.services.now(),
        zone=view.services.clinic.time_zone,
    )


async def _reminder(view: View) -> Screen:
    advice = await view.advice()
    day = safe_day(advice, view.today) if advice else None
    if day is None:
        return await _advice(view)
    clinic = view.services.clinic
    return reminder_texts.offer(view.catalog, SAFE_NOW, due_at(day, clinic.reminder_hour, clinic.time_zone))


async def _reminder_set(view: View) -> Screen:
    waiting = [row for row in await view.tx.outbox.waiting_of(view.client.id) if row.kind == SAFE_NOW]
    if not waiting:
        return await _reminder(view)
    return reminder_texts.confirmed(view.catalog, waiting[0].due_at.astimezone(view.services.clinic.time_zone))


@dataclass(frozen=True, slots=True)
class Place:
    """How a place is drawn. A screen that ``stays`` is left in the chat when a screen of another family follows."""

    render: Callable[[View], Awaitable[Screen]]
    family: str
    stays: bool = False


PLACES: Mapping[str, Place] = {
    "": Place(_welcome, "consultation"),
    "welcome": Place(_welcome, "consultation"),
    "declined": Place(_declined, "consultation"),
    "minor": Place(_minor, "consultation"),
    "resume": Place(_resume, "consultation"),
    "consultation": Place(_question, "consultation"),
    "change": Place(_change, "consultation"),
    "advice": Place(_advice, "consultation", stays=True),
    "guide": Place(_guide, "guide"),
    "urgent_called": Place(_urgent_called, "urgent"),
    "callback": Place(_callback, "callback"),
    "received": Place(_received, "callback", stays=True),
    "reminder": Place(_reminder, "reminder"),
    "reminder_set": Place(_reminder_set, "reminder", stays=True),
    "menu": Place(_menu, "menu"),
    "help": Place(_help, "menu"),
    "privacy": Place(_privacy, "menu"),
}


async def draw(view: View) -> Screen:
    """The screen of the place that the client is at."""
    return await PLACES[view.client.place].render(view)
