"""The beginning, coming back, the menu, help and privacy."""

from collections.abc import Mapping

from bot.consultation.interview import is_under_way
from handlers.places.offers import has_quotes
from handlers.places.view import Place, View
from messages import welcome as welcome_texts
from messages.screen import Screen


async def _welcome(view: View) -> Screen:
    return welcome_texts.welcome(view.catalog, clinic=view.services.clinic.name)


async def _declined(view: View) -> Screen:
    return welcome_texts.declined(view.catalog)


async def _minor(view: View) -> Screen:
    return welcome_texts.minor(view.catalog, clinic=view.services.clinic.name)


async def resume(view: View) -> Screen:
    """Continue, or start anew."""
    return welcome_texts.resume(view.catalog, under_way=is_under_way(view.consultation))


async def menu(view: View) -> Screen:
    """What can be done here."""
    has_advice = await view.tx.advices.latest(view.client.id) is not None
    return welcome_texts.menu(view.catalog, has_advice=has_advice, quote=await has_quotes(view))


async def _help_text(view: View) -> Screen:
    return welcome_texts.help_text(view.catalog, clinic=view.services.clinic.name, phone=view.services.clinic.phone)


async def _privacy(view: View) -> Screen:
    clinic = view.services.clinic
    return welcome_texts.privacy(view.catalog, controller=clinic.controller, contact=clinic.privacy_contact)


PLACES: Mapping[str, Place] = {
    "": Place(_welcome, "consultation"),
    "welcome": Place(_welcome, "consultation"),
    "declined": Place(_declined, "consultation"),
    "minor": Place(_minor, "consultation"),
    "resume": Place(resume, "consultation"),
    "menu": Place(menu, "menu"),
    "help": Place(_help_text, "menu"),
    "privacy": Place(_privacy, "menu"),
}
