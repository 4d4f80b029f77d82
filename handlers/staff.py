"""The staff chat: the buttons under a callback request or an alert.

Each press is checked against who is a member of the staff chat now, before the transaction; then the table of moves
decides. Who comes second is told who was first.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from telegram import CallbackQuery, Update, User

from bot.callback import MOVES, OTHER_SERVICE, REASONS, STAFF_ACTIONS, Asking
from handlers.details import show_details
from handlers.membership import NotKnown
from handlers.requests import Move, locked, make, plan_edit
from handlers.services import Services
from handlers.staff_chat import is_staff_chat
from handlers.turn import Context, acknowledge, ignore, walk
from handlers.typed import unknown_button
from storage.storage import Transaction
from storage.tables import Request

BUTTON = r"request:\d{1,18}:\w+(:[\w-]+){0,2}"
"""A button under a request: its number, the action, and where the action asks something the choice."""

LAST_DAY = timedelta(days=365)
"""How far ahead a visit can be booked here."""


@dataclass(frozen=True, slots=True)
class Press:
    """One press in the staff chat: ``request:<number>:<action>[:<choice>[:<value>]]``."""

    services: Services
    user: User
    number: int
    action: str
    choice: str
    value: str
    now: datetime

    @classmethod
    def of(cls, services: Services, query: CallbackQuery) -> "Press":
        """Read a button's data, which the route has checked."""
        _, number, action, choice, value, *_ = f"{query.data}::".split(":")
        return cls(services, query.from_user, int(number), action, choice, value, services.now())

    def say(self, text_id: str, **facts: object) -> str:
        """A text for the toast."""
        return self.services.staff_catalog.plain(f"staff.{text_id}", **facts)


async def press(update: Update, context: Context) -> None:
    """``request:<number>:<action>``: in the staff chat, by somebody who belongs there; to a client it is an old one."""
    services: Services = context.bot_data["services"]
    query, chat = update.callback_query, update.effective_chat
    if query is not None and chat is not None and chat.type == chat.PRIVATE:
        await walk(unknown_button)(update, context)
        return
    if query is None or chat is None or not await _is_ours(services, chat.id):
        await ignore(update, context)
        return
    if refusal := await _refusal(services, chat.id, query.from_user):
        await _refuse(services, update, refusal)
        return
    pressed = Press.of(services, query)
    if pressed.action == "details":
        await show_details(services, update, pressed.number)
        return
    async with services.storage.transaction() as tx:
        if not await tx.inbox.done(services.bot.id, update.update_id):
            return
        toast = await _decide(tx, pressed)
    acknowledge(query, toast)


async def _is_ours(services: Services, chat_id: int) -> bool:
    async with services.storage.snapshot() as tx:
        return await is_staff_chat(services, tx, chat_id)


async def _refusal(services: Services, chat_id: int, user: User) -> str:
    """Why this person may not press here; empty where they may."""
    try:
        belongs = await services.members.includes(services.bot, chat_id, user.id, services.now())
    except NotKnown:
        return services.staff_catalog.plain("staff.membership_unknown")
    return "" if belongs else services.staff_catalog.plain("staff.not_a_member")


async def _refuse(services: Services, update: Update, words: str) -> None:
    async with services.storage.transaction() as tx:
        await tx.inbox.done(services.bot.id, update.update_id)
    if update.callback_query:
        acknowledge(update.callback_query, words, alert=True)


async def _decide(tx: Transaction, pressed: Press) -> str:
    """Do what the button says if nobody else is at it; answers what the person who pressed is told."""
    request = await locked(tx, pressed.number)
    if request is None:
        return pressed.say("gone")
    asking = Asking.from_json(request.asking)
    if asking and asking.is_kept_from(pressed.user.id, pressed.now):
        return pressed.say("asking", name=asking.name)
    if pressed.action == "back":
        return await _ask(tx, pressed, request, None)
    return await _act(tx, pressed, request, asking)


async def _act(tx: Transaction, pressed: Press, request: Request, asking: Asking | None) -> str:
    """Make the move if the table of moves allows it; two outcomes ask something first."""
    if pressed.action not in STAFF_ACTIONS or (request.state, pressed.action) not in MOVES:
        return pressed.say(f"already_{request.state}", name=_who(request))
    match pressed.action:
        case "booked":
            return await _book(tx, pressed, request, asking)
        case "declined":
            return await _decline(tx, pressed, request, asking)
    return await _make(tx, pressed, request)


def _who(request: Request) -> str:
    """Who brought the request to where it is."""
    return str(request.outcome.get("by") or request.taken_by_name or "")


async def _make(tx: Transaction, pressed: Press, request: Request, **outcome: str) -> str:
    user = pressed.user
    await make(pressed.services, tx, request, Move(pressed.action, user.id, user.full_name, outcome=outcome))
    return pressed.say(f"{pressed.action}_by_you")


async def _book(tx: Transaction, pressed: Press, request: Request, asking: Asking | None) -> str:
    """``booked`` asks for the day, ``booked:from:<day>`` turns the page, ``booked:<day>`` asks for the service.

    ``booked:service:<id>`` books; for a clinic that names no services the day is enough.
    """
    if asking is None or asking.action != "booked" or not pressed.choice:
        return await _ask(tx, pressed, request, _question(pressed))
    if pressed.choice == "service":
        return await _book_service(tx, pressed, request, asking)
    day = _possible_day(pressed.value if pressed.choice == "from" else pressed.choice, pressed.now.date())
    if day is None:
        return pressed.say("no_such_day")
    if pressed.choice == "from":
        return await _ask(tx, pressed, request, replace(asking, page=day))
    if pressed.services.clinic.services:
        return await _ask(tx, pressed, request, replace(asking, day=day))
    return await _make(tx, pressed, request, day=day.isoformat())


async def _book_service(tx: Transaction, pressed: Press, request: Request, asking: Asking) -> str:
    known = {service.id for service in pressed.services.clinic.services} | {OTHER_SERVICE}
    if asking.day is None or pressed.value not in known:
        return await _ask(tx, pressed, request, _question(pressed))
    return await _make(tx, pressed, request, day=asking.day.isoformat(), service=pressed.value)


async def _decline(tx: Transaction, pressed: Press, request: Request, asking: Asking | None) -> str:
    """``declined`` asks why, ``declined:<reason>`` closes the request."""
    if asking is None or asking.action != "declined" or pressed.choice not in REASONS:
        return await _ask(tx, pressed, request, _question(pressed))
    return await _make(tx, pressed, request, reason=pressed.choice)


def _question(pressed: Press) -> Asking:
    """The first of the outcome's questions, which only who pressed may answer."""
    return Asking(pressed.action, pressed.user.id, pressed.user.full_name, pressed.now, pressed.now.date())


async def _ask(tx: Transaction, pressed: Press, request: Request, asking: Asking | None) -> str:
    """Put the question in the place of the card's buttons; ``None`` puts the buttons back."""
    request.asking = asking.as_json() if asking else None
    await plan_edit(pressed.services, tx, request)
    return pressed.say("asks_you") if asking else ""


def _possible_day(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today <= day <= today + LAST_DAY else None
