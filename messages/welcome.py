"""The beginning and what stands around the consultation: consent, coming back, the menu, help and privacy."""

from messages.catalog import Catalog
from messages.layout import rows
from messages.screen import Button, Screen


def welcome(catalog: Catalog, *, clinic: str) -> Screen:
    """The first screen: who this is, what is stored and why, that it is no doctor; and the consent."""
    return Screen(
        catalog.text("welcome.begin", clinic=clinic),
        rows(
            Button(catalog.plain("button.agree"), "answer:consent:agree"),
            Button(catalog.plain("button.minor"), "answer:consent:minor"),
            Button(catalog.plain("button.decline"), "answer:consent:decline"),
        ),
    )


def declined(catalog: Catalog) -> Screen:
    """No consent, no answers; a callback is still possible, and so is another decision."""
    return Screen(
        catalog.text("welcome.declined"),
        rows(
            Button(catalog.plain("button.call_me"), "callback:start"), Button(catalog.plain("button.start"), "restart")
        ),
    )


def minor(catalog: Catalog, *, clinic: str) -> Screen:
    """Advice is for adults; nothing is asked of a minor, not even a phone number."""
    return Screen(
        catalog.text("welcome.minor", clinic=clinic), rows(Button(catalog.plain("button.not_minor"), "restart"))
    )


def resume(catalog: Catalog, *, under_way: bool) -> Screen:
    """Coming back: ``under_way`` in the middle of the questions, else with an advice at hand."""
    if under_way:
        text, onward = catalog.text("welcome.resume"), catalog.plain("button.continue")
    else:
        text, onward = catalog.text("welcome.resume_done"), catalog.plain("button.advice")
    return Screen(
        text,
        rows(
            Button(onward, "continue"),
            Button(catalog.plain("button.restart"), "restart"),
            Button(catalog.plain("button.menu"), "menu"),
        ),
    )


def menu(catalog: Catalog, *, has_advice: bool, quote: bool) -> Screen:
    """Everything that can be done from anywhere; ``quote``, whether prices can be had by e-mail."""
    call = Button(catalog.plain("button.call_me"), "callback:start")
    reminders = Button(catalog.plain("reminder.mine"), "reminders")
    price = [Button(catalog.plain("button.quote"), "quote:start")] if quote else []
    if not has_advice:
        questions = Button(catalog.plain("button.questions"), "continue")
        return Screen(catalog.text("menu.ask"), rows(questions, reminders, call, *price))
    return Screen(
        catalog.text("menu.ask"),
        rows(
            Button(catalog.plain("button.advice"), "advice"),
            Button(catalog.plain("button.change"), "change"),
            Button(catalog.plain("button.restart"), "restart"),
            reminders,
            call,
            *price,
        ),
    )


def help_text(catalog: Catalog, *, clinic: str, phone: str) -> Screen:
    """What the bot can do, its commands, and how to reach a person."""
    return Screen(catalog.text("help.client", clinic=clinic, phone=phone), _onward(catalog))


def privacy(catalog: Catalog, *, controller: str, contact: str) -> Screen:
    """Who is responsible, what is stored and why, who sees it, and the client's rights."""
    return Screen(catalog.text("privacy.notice", controller=controller, contact=contact), _onward(catalog))


def _onward(catalog: Catalog) -> tuple[tuple[Button, ...], ...]:
    return ((Button(catalog.plain("button.continue"), "continue"), Button(catalog.plain("button.menu"), "menu")),)
