"""The callback request: name, phone, time, address, remark, send; and afterwards another time, or giving it up."""

from dataclasses import replace

from bot.callback import ALERT, REMARK_LENGTH, Draft, WrongName, read_name
from bot.email_address import WrongAddress, read_address
from bot.phone import Phone, PhoneProblem, read_contact, read_phone
from bot.question import read_words
from handlers.places.callback import suggested_name
from handlers.requests import Move, announce, make, plan_edit
from handlers.start import cancel, view
from handlers.turn import Turn
from storage.tables import Request

CALLBACK = "callback"
CONSENT_TEXT = "2026.2"
RECEIVED = "received"
AFTER_SENDING = frozenset({RECEIVED, "moving", "withdrawing"})
"""The places at which a request is sent and can be changed."""


def keep(turn: Turn, draft: Draft) -> None:
    """Store the draft; what is missing in it is asked next."""
    turn.client.draft = {CALLBACK: draft.as_json()}


async def start(turn: Turn) -> None:
    """``callback:start`` and ``/callback``: begin, or show the request that is open. A minor is asked for nothing."""
    if turn.client.place == CALLBACK and turn.data:
        turn.stale()
        return
    turn.client.draft = {}
    if view(turn).is_minor:
        turn.client.place = "minor"
        return
    request = await _open_request(turn)
    turn.client.place = RECEIVED if request else CALLBACK
    if view(turn).uncleared:
        await _ask_for_help(turn, request)


async def _ask_for_help(turn: Turn, request: Request | None) -> None:
    """After an urgent answer only who and where is asked: the call is due as soon as the clinic can make it."""
    contact, hours = turn.client.contact, turn.services.clinic.hours
    if request is None:
        slots = hours.slots(turn.now)
        first = slots[0].id if slots else ""
        keep(turn, Draft(contact.get("name", ""), contact.get("phone", ""), first, email="", remark=""))
    elif ALERT not in request.details:
        request.details = {**request.details, **await _help(turn)}
        await make(turn.services, turn.tx, request, Move("reopened", slot=hours.soonest(turn.now)))


async def _help(turn: Turn) -> dict[str, int]:
    """What a request says of the urgent alert behind it; its card shows from now on where the client can be called."""
    alert = await turn.tx.requests.newest_in_state(turn.client.id, ALERT)
    if alert is None:
        return {}
    await plan_edit(turn.services, turn.tx, alert)
    return {ALERT: alert.number}


async def begin_about(turn: Turn, quote: str, *, accepts: bool) -> None:
    """A request about a price quote: the one that is open takes up its number, else one begins with what is known."""
    client, request = turn.client, await _open_request(turn)
    if request is None:
        contact = client.contact
        keep(turn, Draft(contact.get("name", ""), contact.get("phone", ""), quote=quote, accepts=accepts))
        client.place = CALLBACK
        return
    client.draft, client.place = {}, RECEIVED
    request.details = {**request.details, **await _about(turn, quote, accepts=accepts)}
    await plan_edit(turn.services, turn.tx, request)


async def _about(turn: Turn, number: str, *, accepts: bool) -> dict[str, object]:
    """What a request says of a quote; from here on an accepted one counts as such."""
    quote = await turn.tx.quotes.by_number(number) if number else None
    if quote is None:
        return {}
    if accepts and quote.accepted_at is None:
        quote.accepted_at = turn.now
    return {"quote": number, "accepted": quote.accepted_at is not None}


async def press(turn: Turn) -> None:
    """``callback:<what>[:<value>]``: a button of the step that is shown."""
    _, what, value = f"{turn.data}:".split(":")[:3]
    if turn.client.place in AFTER_SENDING:
        await _press_received(turn, what, value)
        return
    if turn.client.place != CALLBACK:
        turn.stale()
        return
    draft = view(turn).draft
    match what, draft.step:
        case "cancel", _:
            await cancel(turn)
        case "name", "name":
            _take_name(turn, suggested_name(turn.client))
        case "time", "time":
            _take_slot(turn, value)
        case "skip", "email" | "remark":
            keep(turn, draft.skipped())
        case "edit", "summary":
            _edit(turn, value)
        case "send", "summary":
            await _send(turn, draft)
        case _:
            turn.stale()


async def typed(turn: Turn, text: str) -> None:
    """A text typed at a step of the request."""
    match view(turn).draft.step:
        case "name":
            _take_name(turn, text)
        case "phone" if text == turn.catalog.plain("callback.cancel"):
            await cancel(turn)
        case "phone":
            _take_phone(turn, text)
        case "email":
            _take_email(turn, text)
        case "remark":
            _take_remark(turn, text)
        case _:
            turn.hint = turn.catalog.text("hint.choose_a_button")


async def contact(turn: Turn) -> None:
    """A shared contact: taken as the client's own number only where Telegram says that it is theirs."""
    shared = turn.message and turn.message.contact
    if turn.client.place != CALLBACK or view(turn).draft.step != "phone" or not shared:
        turn.hint = turn.catalog.text("hint.contact_not_asked")
    elif shared.user_id != turn.user.id:
        turn.hint = turn.catalog.text("hint.contact_of_somebody_else")
    else:
        _keep_phone(turn, read_contact(shared.phone_number))


def _take_name(turn: Turn, text: str) -> None:
    try:
        keep(turn, replace(view(turn).draft, name=read_name(text)))
    except WrongName as error:
        turn.hint = turn.catalog.text(f"hint.name_{error.problem}")


def _take_phone(turn: Turn, text: str) -> None:
    _keep_phone(turn, read_phone(text, turn.services.clinic.country))


def _take_email(turn: Turn, text: str) -> None:
    try:
        keep(turn, replace(view(turn).draft, email=read_address(text).text))
    except WrongAddress as error:
        turn.hint = turn.catalog.text(f"hint.email_{error.problem}")


def _take_remark(turn: Turn, text: str) -> None:
    remark = read_words(text)
    if len(remark) > REMARK_LENGTH:
        turn.hint = turn.catalog.text("hint.remark_too_long")
    elif remark:
        keep(turn, replace(view(turn).draft, remark=remark))


def _keep_phone(turn: Turn, phone: Phone | PhoneProblem) -> None:
    if isinstance(phone, PhoneProblem):
        turn.hint = turn.catalog.text(f"hint.phone_{phone.id}")
        return
    keep(turn, replace(view(turn).draft, phone=phone.international))


def _take_slot(turn: Turn, slot_id: str) -> None:
    if turn.services.clinic.hours.slot(slot_id, turn.now) is None:
        turn.stale()
        return
    keep(turn, replace(view(turn).draft, slot=slot_id))


def _edit(turn: Turn, step: str) -> None:
    try:
        keep(turn, view(turn).draft.without(step))
    except ValueError:
        turn.stale()


async def _send(turn: Turn, draft: Draft) -> None:
    """Store the request with everything that follows from it in this one transaction; only then is it "received"."""
    slot = turn.services.clinic.hours.slot(draft.slot, turn.now)
    if slot is None:
        keep(turn, draft.without("time"))
        turn.hint = turn.catalog.text("hint.slot_passed")
        return
    client, alert = turn.client, await _help(turn)
    await turn.tx.consents.give(client.id, CALLBACK, CONSENT_TEXT, turn.now)
    request = await turn.tx.requests.create(
        client.id,
        details={
            "name": draft.name,
            "phone": draft.phone,
            "email": draft.email,
            "remark": draft.remark,
            **await _about(turn, draft.quote, accepts=draft.accepts),
            **alert,
        },
        slot_start=slot.start,
        slot_end=slot.end,
        now=turn.now,
    )
    request.has_priority = bool(alert)
    await announce(turn.services, turn.tx, request)
    client.contact = {**client.contact, "name": draft.name, "phone": draft.phone}
    client.draft = {}
    client.place = RECEIVED


async def _press_received(turn: Turn, what: str, value: str) -> None:
    """A button under a request that was sent: another time, or withdrawing it."""
    request = await _open_request(turn)
    match turn.client.place, what:
        case _ if request is None:
            turn.stale()
        case "received", "move":
            turn.client.place = "moving"
        case "received", "withdraw" if not value:
            turn.client.place = "withdrawing"
        case "moving", "time":
            await _move(turn, request, value)
        case "withdrawing", "withdraw" if value == "yes":
            await make(turn.services, turn.tx, request, Move("withdrawn"))
            turn.client.place = "withdrawn"
        case "moving" | "withdrawing", "keep":
            turn.client.place = RECEIVED
        case _:
            turn.stale()


async def _move(turn: Turn, request: Request, slot_id: str) -> None:
    slot = turn.services.clinic.hours.slot(slot_id, turn.now)
    if slot is None:
        turn.hint = turn.catalog.text("hint.slot_passed")
        return
    await make(turn.services, turn.tx, request, Move("moved", slot=slot))
    turn.client.place = RECEIVED


async def nobody_called(turn: Turn) -> None:
    """``callback:nobody:<number>``: the promised time has passed in vain; the request is first in line now."""
    request = await _open_request(turn)
    late = request is not None and str(request.number) == turn.data.rpartition(":")[2] and request.slot_end <= turn.now
    if request is None or not late:
        turn.stale()
        return
    await make(turn.services, turn.tx, request, Move("reopened", slot=turn.services.clinic.hours.soonest(turn.now)))
    turn.client.draft = {}
    turn.client.place = RECEIVED


async def _open_request(turn: Turn) -> Request | None:
    """The client's request that still needs the clinic, locked; the client is locked already."""
    found = await turn.tx.requests.open_of(turn.client.id)
    return await turn.tx.requests.by_number(found.number) if found else None
