"""The places a client can be at, and the screen that the stored state implies at each.

A place is a row of its conversation's ``PLACES``. Which conversation is on the screen is all that is stored of it;
where inside it the client stands follows from the answers (or from the draft of a callback request).
"""

from collections.abc import Mapping

from bot.consultation import interview
from handlers.places import callback, consultation, menu, quote, reminders
from handlers.places.view import Place, View
from messages.questions import ask_the_clinic
from messages.screen import Screen

PLACES: Mapping[str, Place] = {
    **menu.PLACES,
    **consultation.PLACES,
    **callback.PLACES,
    **quote.PLACES,
    **reminders.PLACES,
}


async def home(view: View) -> str:
    """The place to return to: the open question, else the advice, else the beginning."""
    consultation = view.consultation
    if view.is_minor:
        return "minor"
    if "age" not in consultation.answers:
        return "welcome"
    if interview.open_question(consultation) is not None:
        return "consultation"
    return "advice" if await view.tx.advices.latest(view.client.id) else "consultation"


async def draw(view: View) -> Screen:
    """The screen of the place that the client is at, and under it the offer to pass on what was not understood."""
    screen = await PLACES[view.client.place].render(view)
    return ask_the_clinic(view.catalog, screen) if view.client.question and not screen.contact else screen
