"""What a move does to a callback request, whoever makes it: the staff, the client, or time.

Everything happens in the caller's transaction: the row changes, and what follows from it is planned (the card, what the
client hears, what comes back later). Lock the client first, then the request; :func:`locked` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.callback import ALERT, CLOSED, MOVES, NEEDS_CLINIC
from bot.crm import Event
from bot.hours import Slot
from handlers import escalation
from handlers.crm import plan_crm
from handlers.plans import Desk, book_visit, resume_all
from handlers.services import Services
from storage.storage import Transaction
from storage.tables import Request

GRACE = timedelta(minutes=5)
"""How long after the promised time the client is asked whether nobody called."""

TOLD = frozenset({"taken", "reached", "no_answer", "booked", "declined", "cleared"})
"""The states of which the client hears by a message of its own."""

ANEW = frozenset({"reopened", "again"})
"""The moves after which the card is sent again, at the end of the chat, where it is seen."""

EVENTS: Mapping[str, Event] = {
    "take": "taken",
    "release": "released",
    "reached": "reached",
    "no_answer": "no_answer",
    "booked": "booked",
    "declined": "declined",
    "moved": "moved",
    "withdrawn": "withdrawn",
    "reopened": "reopened",
    "again": "reopened",
}
"""What the clinic's customer database calls each move; of an alert it hears nothing."""


@dataclass(frozen=True, slots=True)
class Move:
    """An action, by whom of the staff (nobody for the client's and time's own), and what comes with it.

    ``slot`` is the new time of a call; ``outcome`` the day, the service or the reason of how it ended.
    """

    action: str
    by_id: int | None = None
    by_name: str = ""
    slot: Slot | None = None
    outcome: Mapping[str, Any] | None = None


async def locked(tx: Transaction, number: int) -> Request | None:
    """The request, locked after its client, as everybody locks them; ``None`` where there is none."""
    found = await tx.requests.by_number(number, lock=False)
    if found is None:
        return None
    await tx.clients.by_id(found.client_id, lock=True)
    return await tx.requests.by_number(number)


async def make(services: Services, tx: Transaction, request: Request, move: Move) -> bool:
    """Make the move if the table of moves allows it; ``False`` where it does not, and nothing has changed."""
    before = request.state
    state = MOVES.get((before, move.action))
    if state is None:
        return False
    now = services.now()
    tx.requests.move(request, state, now)
    request.asking = None
    _note(services, request, move, now)
    if state in CLOSED and request.closed_at is None:
        request.closed_at = now
    if move.action == "clear" and await tx.requests.newest_in_state(request.client_id, ALERT) is None:
        await _resume(services, tx, request.client_id)
    if move.action == "booked":
        await _remind_of_visit(services, tx, request)
    await _plan_what_follows(services, tx, request, move, before)
    return True


def _note(services: Services, request: Request, move: Move, now: datetime) -> None:
    """Write down what the move means beside the new state."""
    if request.state in {"open", "no_answer"}:
        request.taken_by_id = request.taken_by_name = request.taken_at = None
    if move.action in {"take", "clear"}:
        request.taken_by_id, request.taken_by_name, request.taken_at = move.by_id, move.by_name, now
    if move.by_name:
        request.outcome = {"by": move.by_name, **(move.outcome or {})}
    if move.slot is not None:
        request.slot_start, request.slot_end = move.slot.start, move.slot.end
    if move.action == "no_answer":
        hours = services.clinic.hours
        again = hours.add_open_time(now, services.clinic.staff.no_answer_after)
        request.no_answers += 1
        request.slot_start, request.slot_end = again, hours.soonest(again).end
    if move.action == "reopened":
        request.has_priority = True


async def _resume(services: Services, tx: Transaction, client_id: int) -> None:
    """No alert is left: the client's reminders go on."""
    client = await tx.clients.by_id(client_id)
    if client is not None:
        client.paused_at = None
        await resume_all(Desk.of(services, tx, client))


async def _remind_of_visit(services: Services, tx: Transaction, request: Request) -> None:
    """The client's reminders follow the day that was booked."""
    client = await tx.clients.by_id(request.client_id)
    if client is not None:
        await book_visit(Desk.of(services, tx, client), date.fromisoformat(request.outcome["day"]))


async def announce(services: Services, tx: Transaction, request: Request) -> None:
    """Plan what a new request needs: its card, what follows if nobody takes it, the question after its time."""
    now = services.now()
    await escalation.plan_card(services, tx, request, now)
    await escalation.plan_escalation(services, tx, request, now)
    await plan_crm(services, tx, request, "created", now)
    await _plan_after_slot(services, tx, request)


async def plan_card(services: Services, tx: Transaction, request: Request) -> None:
    """Send the card as a new message; one that is in the chat already is taken out of use then."""
    await _plan(services, tx, request, "request_card", "staff")


async def plan_edit(services: Services, tx: Transaction, request: Request) -> None:
    """Bring the card in the chat up to date."""
    await _plan(services, tx, request, "request_card_edit", "staff")


async def _plan_what_follows(services: Services, tx: Transaction, request: Request, move: Move, before: str) -> None:
    number, client = str(request.number), f"client:{request.client_id}"
    if move.action in ANEW or (move.action == "moved" and before == "no_answer"):
        await plan_card(services, tx, request)
    else:
        await plan_edit(services, tx, request)
    if request.state in TOLD and move.action != "moved":
        await _plan(services, tx, request, f"request_{request.state}", client)
    if move.action in {"moved", "withdrawn"} and before == "taken":
        await _plan(services, tx, request, f"request_{move.action}", "staff")
    if request.state == "no_answer":
        await _plan(services, tx, request, "request_again", "staff", due=request.slot_start)
    else:
        await tx.outbox.cancel("staff", "request_again", number)
    await _plan_escalation(services, tx, request, move)
    if event := EVENTS.get(move.action):
        await plan_crm(services, tx, request, event, services.now())
    if request.state in NEEDS_CLINIC:
        await _plan_after_slot(services, tx, request)
    else:
        await tx.outbox.cancel(client, "request_slot_passed", number)


async def _plan_escalation(services: Services, tx: Transaction, request: Request, move: Move) -> None:
    """An open request escalates anew, a taken one is released some day, any other rests."""
    if request.state == "open":
        await escalation.plan_escalation(services, tx, request, services.now())
    else:
        await escalation.cancel_escalation(tx, request)
    if move.action == "take":
        await escalation.plan_release(services, tx, request, services.now())
    elif request.state != "taken":
        await escalation.cancel_release(tx, request)


async def _plan_after_slot(services: Services, tx: Transaction, request: Request) -> None:
    client = f"client:{request.client_id}"
    await _plan(services, tx, request, "request_slot_passed", client, due=request.slot_end + GRACE)


async def _plan(
    services: Services, tx: Transaction, request: Request, kind: str, recipient: str, *, due: datetime | None = None
) -> None:
    now = services.now()
    await tx.outbox.plan(
        kind,
        recipient=recipient,
        subject=str(request.number),
        due=due or now,
        payload={"state": request.state, "asking": request.asking},  # so that a row being sent notices the change
        client_id=request.client_id,
        now=now,
        again=True,
    )
