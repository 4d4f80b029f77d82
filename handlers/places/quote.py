"""The price quote: services, address, summary, and the number that it got."""

from collections.abc import Mapping

from bot.clinic import Clinic
from bot.quote import Line, Offer, Quote, QuoteDraft
from handlers.places.menu import menu
from handlers.places.offers import offered
from handlers.places.view import Place, View
from messages import quote as quote_texts
from messages.screen import Screen
from storage.tables import Quote as QuoteRow


def quote_draft(view: View) -> QuoteDraft:
    """The quote as far as it is put together."""
    return QuoteDraft.from_json(view.client.draft.get("quote", {}))


def lines_of(view: View, chosen: tuple[Offer, ...]) -> tuple[Line, ...]:
    """The lines of a quote in the client's language."""
    return tuple(Line.of(offer, view.catalog.language) for offer in chosen)


def read_quote(clinic: Clinic, row: QuoteRow) -> Quote:
    """A stored quote; its day is the clinic's."""
    return Quote(
        number=row.number,
        made_on=row.created_at.astimezone(clinic.time_zone).date(),
        valid_until=row.valid_until,
        lines=tuple(Line.from_json(line) for line in row.lines),
        currency=row.currency,
        price_list=row.price_list,
        checked=row.checked,
    )


async def _quote(view: View) -> Screen:
    draft = quote_draft(view)
    again = await view.tx.quotes.by_number(draft.again, lock=False) if draft.again else None
    match draft.step:
        case "services":
            return await _services(view, draft)
        case "address":
            return quote_texts.ask_address(
                view.catalog,
                known="" if again else str(view.client.contact.get("email", "")),
                refused=again.email if again else "",
            )
        case "slip":
            return quote_texts.ask_slip(view.catalog, email=draft.email, meant=draft.meant)
        case "summary":
            return await _summary(view, draft, again)


async def _services(view: View, draft: QuoteDraft) -> Screen:
    found = await offered(view)
    if not found.offers:
        return await menu(view)
    return quote_texts.services(
        view.catalog,
        lines_of(view, found.offers),
        draft.services,
        found.offers[0].service.currency,
        checked=found.checked,
        today=view.today,
    )


async def _summary(view: View, draft: QuoteDraft, again: QuoteRow | None) -> Screen:
    if again:
        lines, currency = read_quote(view.services.clinic, again).lines, again.currency
    else:
        chosen = draft.chosen((await offered(view)).offers)
        if not chosen:
            return await _services(view, draft)
        lines, currency = lines_of(view, chosen), chosen[0].service.currency
    domains = view.services.mail_domains
    return quote_texts.summary(
        view.catalog,
        lines,
        currency,
        email=draft.email,
        doubtful=domains is not None and domains.takes_no_mail(draft.email),
        again=draft.again,
        today=view.today,
    )


async def _quote_sent(view: View) -> Screen:
    row = await view.tx.quotes.latest(view.client.id)
    if row is None:
        return await menu(view)
    return quote_texts.on_its_way(view.catalog, read_quote(view.services.clinic, row), email=row.email)


PLACES: Mapping[str, Place] = {
    "quote": Place(_quote, "quote"),
    "quote_sent": Place(_quote_sent, "quoted", stays=True),
}
