"""What each kind of outbox row says when its time has come. A kind is a row of its topic's ``KINDS``.

Each function checks the facts again inside a transaction and answers what is to be sent, or ``None`` where it is no
longer wanted or no longer true. Nothing is sent here.
"""

from collections.abc import Mapping

from handlers.deliveries import (
    calendar,
    crm,
    digest,
    escalation,
    figures,
    group,
    operator,
    own_data,
    questions,
    quotes,
    reminders,
    requests,
    trouble,
)
from handlers.deliveries.delivery import Kind

KINDS: Mapping[str, Kind] = {
    **reminders.KINDS,
    **calendar.KINDS,
    **requests.KINDS,
    **questions.KINDS,
    **escalation.KINDS,
    **digest.KINDS,
    **crm.KINDS,
    **group.KINDS,
    **trouble.KINDS,
    **quotes.KINDS,
    **own_data.KINDS,
    **figures.KINDS,
    **operator.KINDS,
}
