"""The price quote by e-mail: services, address, summary, send; and what can be done with a quote afterwards."""

import secrets
from datetime import timedelta

from telegram import Update

from bot.email_address import WrongAddress, read_address
from bot.quote import MOST_LINES, QuoteDraft, last_day, total
from handlers.callback import begin_about
from handlers.places.offers import offered
from handlers.places.quote import lines_of, quote_draft
from handlers.services import Services
from handlers.start import cancel, view
from handlers.turn import Turn
from messages.quote import TICK
from storage.tables import Quote, QuoteState

QUOTE = "quote"
CONSENT_TEXT = "2026.1"

MOST_ADDRESSES = 5
"""Mails in ``ADDRESSES_WITHIN`` that one client can have sent: nobody's mailbox is flooded through us."""

ADDRESSES_WITHIN = timedelta(days=1)


def keep(turn: Turn, draft: QuoteDraft) -> None:
    """Store the draft; what is missing in it is asked next."""
    turn.client.draft = {QUOTE: draft.as_json()}


async def look_up(services: Services, update: Update) -> None:
    """Ask DNS about a typed address, before the transaction in which it is taken begins."""
    text = update.message and update.message.text
    if services.mail_domains is not None and text and "@" in text:
        await services.mail_domains.look_up(text)


async def start(turn: Turn) -> None:
    """``quote:start``: begin."""
    if turn.client.place == QUOTE or not (await offered(view(turn))).offers:
        turn.stale()
        return
    turn.client.draft = {}
    turn.client.place = QUOTE


async def press(turn: Turn) -> None:
    """``quote:<what>[:<value>]``: a button of the step that is shown."""
    _, what, value = f"{turn.data}:".split(":")[:3]
    if turn.client.place != QUOTE:
        turn.stale()
        return
    draft = quote_draft(view(turn))
    match what, draft.step:
        case "cancel", _:
            await cancel(turn)
        case "service", "services":
            await _toggle(turn, draft, value)
        case "done", "services":
            await _finish_choosing(turn, draft)
        case "known", "address" if turn.client.contact.get("email") and not draft.again:
            _take_address(turn, draft, str(turn.client.contact["email"]))
        case "meant", "slip":
            _take_address(turn, draft, draft.meant)
        case "keep", "slip":
            keep(turn, QuoteDraft(draft.services, draft.done, draft.email, "", draft.again))
        case "edit", "summary" | "address":
            _edit(turn, draft, value)
        case "send", "summary":
            await _send(turn, draft)
        case _:
            turn.stale()


async def typed(turn: Turn, text: str) -> None:
    """A text typed at a step of the quote."""
    draft = quote_draft(view(turn))
    if draft.step in {"services", "summary"}:
        turn.hint = turn.catalog.text("hint.choose_a_button")
    else:
        _take_address(turn, draft, text)


async def _toggle(turn: Turn, draft: QuoteDraft, service: str) -> None:
    """Tick or untick; a button tapped twice before its tick arrived meant the same twice."""
    found, text = (await offered(view(turn))).offers, turn.shown_buttons().get(turn.data, "")
    if all(offer.service.id != service for offer in found):
        turn.stale()
    elif text and text.startswith(TICK) != (service in draft.services):
        return
    elif len(toggled := draft.toggled(service).chosen(found)) > MOST_LINES:
        turn.toast = turn.catalog.plain("hint.quote_is_full", n=MOST_LINES)
    else:
        chosen = tuple(offer.service.id for offer in toggled)
        keep(turn, QuoteDraft(chosen))


async def _finish_choosing(turn: Turn, draft: QuoteDraft) -> None:
    if draft.chosen((await offered(view(turn))).offers):
        keep(turn, QuoteDraft(draft.services, done=True, email=draft.email))
    else:
        turn.toast = turn.catalog.plain("hint.quote_is_empty")


def _take_address(turn: Turn, draft: QuoteDraft, text: str) -> None:
    try:
        address = read_address(text)
    except WrongAddress as error:
        turn.hint = turn.catalog.text(f"hint.email_{error.problem}")
        return
    keep(turn, QuoteDraft(draft.services, draft.done, address.text, address.meant, draft.again))


def _edit(turn: Turn, draft: QuoteDraft, step: str) -> None:
    try:
        keep(turn, draft.without(step))
    except ValueError:
        turn.stale()


async def _send(turn: Turn, draft: QuoteDraft) -> None:
    """Store the quote with its number and plan its mail, in this one transaction; only then is it on its way."""
    client, now = turn.client, turn.now
    if await turn.tx.quotes.addressed_since(client.id, now - ADDRESSES_WITHIN) >= MOST_ADDRESSES:
        turn.toast = turn.catalog.plain("hint.quote_too_often")
        return
    row = await (_readdressed(turn, draft) if draft.again else _made(turn, draft))
    if row is None:
        return
    await turn.tx.consents.give(client.id, QUOTE, CONSENT_TEXT, now)
    await turn.tx.outbox.plan(
        "quote_mail",
        recipient=f"client:{client.id}",
        subject=row.number,
        due=now,
        client_id=client.id,
        now=now,
        again=True,
    )
    client.contact = {**client.contact, "email": draft.email}
    client.draft = {}
    client.place = "quote_sent"


async def _made(turn: Turn, draft: QuoteDraft) -> Quote | None:
    """A new quote; ``None`` where something chosen has fallen away meanwhile, so that it is chosen again."""
    found, clinic = await offered(view(turn)), turn.services.clinic
    chosen = draft.chosen(found.offers)
    if len(chosen) < len(draft.services) or not chosen:
        keep(turn, QuoteDraft(tuple(offer.service.id for offer in chosen)))
        turn.hint = turn.catalog.text("hint.quote_changed")
        return None
    lines = lines_of(view(turn), chosen)
    return await turn.tx.quotes.create(
        turn.client.id,
        year=turn.today.year,
        lines=[line.as_json() for line in lines],
        currency=chosen[0].service.currency,
        total=str(total(lines)),
        price_list=clinic.quote.price_list,
        checked=found.checked,
        valid_until=last_day(turn.today, clinic.quote.valid_days),
        language=turn.catalog.language,
        email=draft.email,
        message_id=_message_id(turn),
        now=turn.now,
    )


async def _readdressed(turn: Turn, draft: QuoteDraft) -> Quote | None:
    """The quote whose address was refused, to another one: the same number, but another mail."""
    row = await turn.tx.quotes.by_number(draft.again)
    if row is None or row.client_id != turn.client.id or row.state != QuoteState.REFUSED:
        turn.client.draft = {}
        turn.stale()
        return None
    row.state, row.email, row.addresses = QuoteState.QUEUED, draft.email, row.addresses + 1
    row.message_id = _message_id(turn)
    return row


def _message_id(turn: Turn) -> str:
    """Made once for a mail: every attempt to send it carries the same, by which a repeat is known."""
    return f"<quote.{secrets.token_hex(12)}@{turn.services.clinic.quote.sender.rpartition('@')[2]}>"


async def other_address(turn: Turn) -> None:
    """``quote:address:<number>``: enter another address where the first one was refused."""
    row = await _own(turn)
    if row is None or row.state != QuoteState.REFUSED:
        turn.stale()
        return
    keep(turn, QuoteDraft(again=row.number))
    turn.client.place = QUOTE


async def accept(turn: Turn) -> None:
    """``quote:accept:<number>``: a callback request with the quote's number, in order to book."""
    row = await _own(turn)
    if row is None:
        turn.stale()
    elif turn.today > row.valid_until:
        turn.toast = turn.catalog.plain("hint.quote_expired")
    else:
        await begin_about(turn, row.number, accepts=True)


async def ask(turn: Turn) -> None:
    """``quote:ask:<number>``: a callback request with the quote's number, in order to ask."""
    row = await _own(turn)
    if row is None:
        turn.stale()
    else:
        await begin_about(turn, row.number, accepts=False)


async def _own(turn: Turn) -> Quote | None:
    """The quote that the button names, if it is this client's and may still be offered.

    An advice given since may exclude what was quoted, and after an urgent answer nothing is sold.
    """
    row = await turn.tx.quotes.by_number(turn.data.rpartition(":")[2])
    if row is None or row.client_id != turn.client.id:
        return None
    offers = (await offered(view(turn))).offers
    excluded = {service.id for service in turn.services.clinic.services} - {offer.service.id for offer in offers}
    return row if offers and excluded.isdisjoint(line["service"] for line in row.lines) else None
