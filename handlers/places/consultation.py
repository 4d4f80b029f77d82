"""The questions, the advice and what hangs on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.consultation import interview
from bot.consultation.advice import BOOKABLE, Advice
from bot.consultation.dates import month_grid, quick_picks
from bot.consultation.questions import Answers, Kind
from bot.reminders.kinds import SAFE_NOW
from bot.reminders.offers import offered
from handlers.places.menu import resume
from handlers.places.offers import has_quotes
from handlers.places.view import Place, View
from messages import advice as advice_texts
from messages import consultation as consultation_texts
from messages import guide as guide_texts
from messages.pictures.face_map import face_map
from messages.pictures.guide import guide_steps
from messages.pictures.picture import Picture
from messages.screen import Screen


async def _question(view: View) -> Screen:
    consultation = view.consultation
    question = interview.open_question(consultation)
    if question is None:
        return await advice_card(view)
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


async def advice_card(view: View) -> Screen:
    """The advice given last, with its picture."""
    row = await view.tx.advices.latest(view.client.id)
    if row is None:
        return await resume(view)
    advice, clinic = Advice.from_stored(row.advice), view.services.clinic
    if view.uncleared and advice.outcome in BOOKABLE | {"not_now"}:
        return advice_texts.uncleared(
            view.catalog,
            clinic=clinic.name,
            emergency_number=clinic.emergency_number,
            emergency_line=clinic.emergency_line,
        )
    screen = advice_texts.advice(
        view.catalog,
        advice,
        row.answers,
        today=row.given_on,
        clinic=clinic.name,
        emergency_number=clinic.emergency_number,
        emergency_line=clinic.emergency_line,
        remind=_reminder_of(view, advice, row.answers),
        guide=bool(lessons(view, advice)),
        quote=await has_quotes(view),
    )
    return replace(screen, picture=face_map(view.catalog, advice, today=row.given_on))


def _reminder_of(view: View, advice: Advice, answers: Answers) -> str:
    """What *Remind me* leads to: the day to wait for, else the list of the kinds that fit; empty where none does."""
    wanted = view.services.clinic.reminders.kinds
    fitting = [kind for kind, _ in offered(view.desk.known(advice, answers)) if kind in wanted]
    if SAFE_NOW.id in fitting:
        return f"remind:{SAFE_NOW.id}"
    return "reminders" if fitting else ""


def lessons(view: View, advice: Advice) -> tuple[Picture, ...]:
    """The self-massage guide as far as the advice allows it today; empty where it allows none, or nothing may be."""
    is_allowed = advice.allows("self", view.today) and not view.uncleared
    return guide_steps(view.catalog, zone=advice.zone) if is_allowed else ()


async def _guide(view: View) -> Screen:
    advice = await view.advice()
    steps = lessons(view, advice) if advice else ()
    if not steps:
        return await advice_card(view)
    return guide_texts.guide(view.catalog, steps, min(view.client.draft.get("step", 0), len(steps) - 1))


async def _urgent_called(view: View) -> Screen:
    return advice_texts.urgent_called(view.catalog, emergency_line=view.services.clinic.emergency_line)


PLACES: Mapping[str, Place] = {
    "consultation": Place(_question, "consultation"),
    "change": Place(_change, "consultation"),
    "advice": Place(advice_card, "consultation", stays=True),
    "guide": Place(_guide, "guide"),
    "urgent_called": Place(_urgent_called, "urgent"),
}
