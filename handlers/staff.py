"""The staff chat: *Take* and *Reached* under a callback request."""

from telegram import Update, User

from bot.callback import ALERT, CLOSED, MOVES
from handlers.crm import plan_crm
from handlers.escalation import cancel_escalation, cancel_release, plan_release
from handlers.plans import Desk, resume_all
from handlers.services import Services
from handlers.staff_chat import is_staff_chat
from handlers.turn import Context, acknowledge, ignore
from storage.storage import Transaction
from storage.tables import Request


async def press(update: Update, context: Context) -> None:
    """``request:<number>:<action>`` in the staff chat; anywhere else it does nothing."""
    services: Services = context.bot_data["services"]
    query = update.callback_query
    chat = update.effective_chat
    if query is None or chat is None:
        await ignore(update, context)
        return
    _, number, action = str(query.data).split(":")
    async with services.storage.transaction() as tx:
        if not await tx.inbox.done(services.bot.id, update.update_id):
            return
        toast = ""
        if await is_staff_chat(services, tx, chat.id):
            request = await tx.requests.by_number(int(number))
            toast = await _move(services, tx, request, action, query.from_user)
    services.due.set()
    await acknowledge(query, toast)


async def _move(services: Services, tx: Transaction, request: Request | None, action: str, user: User) -> str:
    """Make the move if the table of moves allows it; answers what the person who pressed is told."""
    catalog = services.staff_catalog
    if request is None:
        return catalog.plain("staff.gone")
    state = MOVES.get((request.state, action))
    if state is None:
        return catalog.plain(f"staff.already_{request.state}", name=request.taken_by_name or "")
    now, number = services.now(), str(request.number)
    tx.requests.move(request, state, now)
    if action in {"take", "clear"}:
        request.taken_by_id, request.taken_by_name, request.taken_at = user.id, user.full_name, now
    if action == "take":
        await plan_crm(services, tx, request, "taken", now)
        await cancel_escalation(tx, request)
        await plan_release(services, tx, request, now)
    if action == "reached":
        await plan_crm(services, tx, request, "reached", now)
    if state in CLOSED:
        await cancel_release(tx, request)
        request.closed_at = now
    if action == "clear" and not await tx.requests.in_state(request.client_id, ALERT):
        await _resume(services, tx, request.client_id)
    plan, client = tx.outbox.plan, f"client:{request.client_id}"
    await plan(
        "request_card_edit",
        recipient="staff",
        subject=number,
        due=now,
        client_id=request.client_id,
        now=now,
        again=True,
    )
    await plan(f"request_{state}", recipient=client, subject=number, due=now, client_id=request.client_id, now=now)
    return catalog.plain(f"staff.{state}_by_you")


async def _resume(services: Services, tx: Transaction, client_id: int) -> None:
    """No alert is left: the client's reminders go on."""
    client = await tx.clients.by_id(client_id, lock=True)
    if client is not None:
        client.paused_at = None
        await resume_all(Desk.of(services, tx, client))
