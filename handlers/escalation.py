"""A callback request that nobody takes, or that is taken and forgotten: what is planned about it, and taken back.

All spans are the clinic's, from clinic.toml, and count its opening hours alone. Every row is planned in the transaction
that makes it necessary, keyed by the request's number; when it is due it looks at the request again.

| row | after | says |
|---|---|---|
| ``request_fallback`` | ``chat_down_after``, in plain time | by e-mail what the staff chat has not taken |
| ``request_ping`` | ``reping_after`` | the card again, in an answer to it |
| ``request_manager`` | ``manager_after`` | calls the manager in the staff chat |
| ``request_mail`` | ``mail_after`` | the request by e-mail, with the same number |
| ``request_release`` | ``release_after`` a take | makes the request free for everybody again |
"""

from datetime import datetime, timedelta

from handlers.services import Services
from storage.storage import Transaction
from storage.tables import Request

CARD, FALLBACK = "request_card", "request_fallback"
PING, MANAGER, MAIL, RELEASE = "request_ping", "request_manager", "request_mail", "request_release"
_RECIPIENTS = {PING: "staff", MANAGER: "staff", MAIL: "clinic", RELEASE: "staff"}


async def plan_card(services: Services, tx: Transaction, request: Request, now: datetime) -> None:
    """A new request or alert goes to the staff chat at once, or soon by e-mail where that does not take it."""
    fallback = now + services.clinic.staff.chat_down_after
    for kind, recipient, due in ((CARD, "staff", now), (FALLBACK, "clinic", fallback)):
        await tx.outbox.plan(
            kind, recipient=recipient, subject=str(request.number), due=due, client_id=request.client_id, now=now
        )


async def plan_escalation(services: Services, tx: Transaction, request: Request, now: datetime) -> None:
    """The request waits for somebody to take it, from ``now`` on: a new one, a released one, a reopened one."""
    staff = services.clinic.staff
    for kind, span in ((PING, staff.reping_after), (MANAGER, staff.manager_after), (MAIL, staff.mail_after)):
        await _plan(services, tx, request, kind, span, now)


async def cancel_escalation(tx: Transaction, request: Request) -> None:
    """Somebody took the request, or it is over."""
    for kind in (PING, MANAGER, MAIL):
        await _cancel(tx, request, kind)


async def plan_release(services: Services, tx: Transaction, request: Request, now: datetime) -> None:
    """Somebody took the request ``now``: without an outcome it is free again after a while."""
    await _plan(services, tx, request, RELEASE, services.clinic.staff.release_after, now)


async def cancel_release(tx: Transaction, request: Request) -> None:
    """The taken request has an outcome, or was released by hand."""
    await _cancel(tx, request, RELEASE)


async def _plan(
    services: Services, tx: Transaction, request: Request, kind: str, span: timedelta, now: datetime
) -> None:
    await tx.outbox.plan(
        kind,
        recipient=_RECIPIENTS[kind],
        subject=str(request.number),
        due=services.clinic.hours.add_open_time(now, span),
        payload={"since": now.isoformat()},
        client_id=request.client_id,
        now=now,
        again=True,
    )


async def _cancel(tx: Transaction, request: Request, kind: str) -> None:
    await tx.outbox.cancel(_RECIPIENTS[kind], kind, str(request.number))
