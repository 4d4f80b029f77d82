"""Questions that clients passed on: their cards, the answers, and what keeps an answer from its client."""

from collections.abc import Mapping
from dataclasses import replace

from handlers.deliveries.delivery import Delivery, Kind, Note, NotYet, reachable_client, the_staff_chat, to_staff
from handlers.services import Services
from messages import questions as texts
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import Client, OutboxRow, Question


def _number(row: OutboxRow) -> int:
    return int(row.subject.partition(":")[0])


def _name(client: Client) -> str:
    return f"{client.profile.get('first_name', '')} {client.profile.get('last_name', '')}".strip()


async def _asked(tx: Transaction, row: OutboxRow) -> tuple[Question, Client] | None:
    """The row's question and who asked it, unless both are erased."""
    question = await tx.questions.by_number(_number(row))
    client = await tx.clients.by_id(question.client_id) if question else None
    return (question, client) if question and client else None


def _card(services: Services, question: Question, client: Client) -> Screen:
    return texts.card(
        services.staff_catalog,
        number=question.number,
        name=_name(client),
        user_id=client.telegram_user_id,
        text=question.text,
        answered_by=question.answered_by or "",
    )


async def question_card(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The question, as one new message."""
    found = await _asked(tx, row)
    return await to_staff(services, tx, _card(services, *found)) if found else None


async def question_card_edit(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The card once it is answered, which also tells whoever answered that the client has it.

    In a chat that is the staff's no more it stays as it is.
    """
    found = await _asked(tx, row)
    if found is None:
        return None
    question, client = found
    if question.staff_chat_id is None:
        raise NotYet
    if question.staff_chat_id != (await the_staff_chat(services, tx)).id:
        return None
    return Note(question.staff_chat_id, _card(services, question, client), edits=question.staff_message_id)


async def question_answer(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The clinic's answer; where the client has blocked the bot, whoever answered is told."""
    client = await reachable_client(tx, row)
    if client is None:
        await _plan_undelivered(services, tx, row)
        return None
    screen = texts.answer(services.catalog(client), clinic=services.clinic.name, text=row.payload["text"])
    return Note(client.chat_id, screen)


async def _plan_undelivered(
    services: Services, tx: Transaction, row: OutboxRow, error: Exception | None = None
) -> None:
    """Whoever answered is told that the client does not have it."""
    now = services.now()
    await tx.outbox.plan(
        "question_note",
        recipient="staff",
        subject=f"{row.payload['chat']}:{row.payload['message']}",
        due=now,
        payload={"what": "undelivered", "message": row.payload["message"]},
        now=now,
    )


async def question_followup(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """What the client replied, under the card."""
    found = await _asked(tx, row)
    if found is None:
        return None
    question, client = found
    catalog = services.staff_catalog
    screen = texts.followup(catalog, number=question.number, name=_name(client), text=row.payload["text"])
    note = await to_staff(services, tx, screen)
    under = question.staff_message_id if question.staff_chat_id == note.chat_id else None
    return replace(note, reply_to=under)


async def question_note(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Why an answer did not reach its client, in reply to it."""
    note = await to_staff(services, tx, texts.note(services.staff_catalog, row.payload["what"]))
    return replace(note, reply_to=row.payload["message"])


async def _remember_card(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    question = await tx.questions.by_number(_number(row))
    if question is not None and isinstance(delivery, Note):
        question.staff_chat_id, question.staff_message_id = delivery.chat_id, message_id
    await _remember_followup(tx, row, delivery, message_id)


async def _remember_followup(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    if isinstance(delivery, Note) and message_id is not None:
        await tx.questions.posted(_number(row), chat_id=delivery.chat_id, message_id=message_id)


async def _remember_answer(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    """A reply to the answer is found again; the card tells that the client has it."""
    number = _number(row)
    if not isinstance(delivery, Note) or message_id is None or row.client_id is None:
        return
    await tx.questions.posted(number, chat_id=delivery.chat_id, message_id=message_id, client_id=row.client_id)
    await tx.outbox.plan(
        "question_card_edit",
        recipient="staff",
        subject=str(number),
        due=row.due_at,
        payload={"answer": row.subject},
        client_id=row.client_id,
        now=row.due_at,
        again=True,
    )


KINDS: Mapping[str, Kind] = {
    "question_card": Kind(question_card, sent=_remember_card),
    "question_card_edit": Kind(question_card_edit),
    "question_answer": Kind(question_answer, sent=_remember_answer, failed=_plan_undelivered),
    "question_followup": Kind(question_followup, sent=_remember_followup),
    "question_note": Kind(question_note),
}
