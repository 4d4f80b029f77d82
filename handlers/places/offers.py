"""What may be quoted to a client today."""

from typing import NamedTuple

from bot.consultation import engine, interview
from bot.consultation.answers import InvalidAnswers
from bot.quote import Offer, offers
from handlers.places.view import View


class Offered(NamedTuple):
    """What may be quoted, and whether an advice on complete answers stands behind it."""

    offers: tuple[Offer, ...] = ()
    checked: bool = False


async def offered(view: View) -> Offered:
    """What may be quoted to this client today; nothing where no mail can be sent.

    An advice counts as it would be given today: a day that was waited for may have come. While answers are being given
    anew the last advice still excludes, but it vouches for nothing. After an urgent answer, and to a minor, nothing is
    sold (protocol.md, section 6).
    """
    services, consultation = view.services, view.consultation
    if services.mail_server is None or view.uncleared or view.is_minor:
        return Offered()
    if engine.urgent(services.protocol, consultation.answers, view.today) is not None:
        return Offered()
    row = await view.tx.advices.latest(view.client.id)
    if row is None:
        return Offered(offers(services.clinic.services, None, view.today))
    try:
        advice = engine.advise(services.protocol, row.answers, view.today)
    except InvalidAnswers:  # another protocol asks for more
        return Offered()
    complete = interview.open_question(consultation) is None
    return Offered(offers(services.clinic.services, advice, view.today), checked=complete)


async def has_quotes(view: View) -> bool:
    """Whether a quote can be offered."""
    return bool((await offered(view)).offers)
