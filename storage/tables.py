"""The tables. A change here needs a migration beside it; a test compares the two."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, MetaData, UniqueConstraint, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, query_expression
from sqlalchemy.schema import SchemaItem

from bot.quote import number_text
from storage.columns import BigId, Instant, Personal

FIRST_REQUEST = 1001

# Numbers and ids stand in old buttons and in people's heads: AUTOINCREMENT keeps SQLite from giving one out again.
NEVER_REUSED = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can name what it changes."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[type, Any]] = {datetime: Instant}


class InboxState(StrEnum):
    """Where a received update stands."""

    WAITING = "waiting"
    DONE = "done"
    SET_ASIDE = "set_aside"


class OutboxState(StrEnum):
    """Where something to be said later stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    MISSED = "missed"
    CANCELLED = "cancelled"


class PlanState(StrEnum):
    """Where a client's plan of reminders stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class RequestState(StrEnum):
    """The states in which a callback request still needs the clinic; how it ends is the handlers' business."""

    OPEN = "open"
    TAKEN = "taken"
    NO_ANSWER = "no_answer"


class QuoteState(StrEnum):
    """Where the mail with a quote stands. ``refused``: the address was; ``failed``: no mail server took it in time."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


def _one_of(states: type[StrEnum]) -> SchemaItem:
    return CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in states)})", name="state")


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def _client_key() -> ForeignKey:
    return ForeignKey("clients.id", ondelete="CASCADE")


class Client(Base):
    """A person: who they are, where their conversation stands, and whether a screen is owed to them.

    ``place`` names the conversation on the screen. ``time_zone`` is the one that the client chose. ``question`` holds
    words that were not understood, as long as the screen offers to pass them on. ``screen_owed`` is set with each
    committed change and cleared when its screen was shown, so that a restart knows whom to show it.
    Where several processes run, the one that knows ``screen_lease_token`` draws, until ``screen_leased_until``; with
    ``screen_again`` what it draws is out of date already.
    """

    __tablename__ = "clients"
    __table_args__ = (
        Index(
            "ix_clients_screen_owed",
            "id",
            sqlite_where=text("screen_owed = 1"),
            postgresql_where=text("screen_owed"),
        ),
        Index(None, "created_at", "source"),
        NEVER_REUSED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    telegram_user_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    profile: Mapped[dict[str, Any]] = mapped_column(Personal, default=dict)
    language: Mapped[str]
    time_zone: Mapped[str | None]
    source: Mapped[str | None]
    place: Mapped[str] = mapped_column(default="welcome")
    consultation: Mapped[dict[str, Any]] = mapped_column(Personal, default=lambda: {"answers": {}})
    draft: Mapped[dict[str, Any]] = mapped_column(Personal, default=dict)
    contact: Mapped[dict[str, Any]] = mapped_column(Personal, default=dict)
    question: Mapped[str | None] = mapped_column(Personal)
    screen_message_id: Mapped[int | None] = mapped_column(BigInteger)
    screen_digest: Mapped[str | None]
    screen_advice: Mapped[str | None]
    screen_owed: Mapped[bool] = mapped_column(default=False)
    screen_leased_until: Mapped[datetime | None]
    screen_lease_token: Mapped[str | None]
    screen_again: Mapped[bool] = mapped_column(default=False, server_default=false())
    paused_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Consent(Base):
    """A consent to one purpose, from when to when, and to which version of the text; old ones stay as the proof."""

    __tablename__ = "consents"
    __table_args__ = (
        _partial("uq_consents_in_force", "client_id", "purpose", where="withdrawn_at IS NULL", unique=True),
        NEVER_REUSED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    client_id: Mapped[int] = mapped_column(_client_key(), index=True)
    purpose: Mapped[str]
    text_version: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class AdviceRow(Base):
    """An advice as it was given, the answers it was given on and the protocol's version; the last one counts."""

    __tablename__ = "advices"
    __table_args__ = (Index(None, "client_id", "id"), NEVER_REUSED)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    client_id: Mapped[int] = mapped_column(_client_key())
    protocol_version: Mapped[str]
    given_on: Mapped[date]
    given_at: Mapped[datetime]
    answers: Mapped[dict[str, Any]] = mapped_column(Personal)
    advice: Mapped[dict[str, Any]] = mapped_column(Personal)


class Request(Base):
    """A callback request. A client has at most one that still needs the clinic; a number is never given out twice.

    ``called_at`` is when somebody first tried to call, ``reached_at`` and ``booked_at`` when that first succeeded; they
    stay, whatever becomes of the request later. ``called_in_time`` is whether the first call came before the time that
    was promised then was over.
    ``slot_start`` and ``slot_end`` are the time promised last. ``has_priority``: the client waited in vain.
    ``outcome`` holds who settled it, the day and service booked, or the reason why it was declined; ``asking`` the
    outcome that a colleague is about to enter.
    """

    __tablename__ = "requests"
    __table_args__ = (
        _partial("uq_requests_open", "client_id", where="state IN ('open', 'taken', 'no_answer')", unique=True),
        Index(None, "created_at"),
        NEVER_REUSED,
    )

    number: Mapped[int] = mapped_column(BigId, Identity(start=FIRST_REQUEST), primary_key=True)
    client_id: Mapped[int] = mapped_column(_client_key(), index=True)
    state: Mapped[str] = mapped_column(default=RequestState.OPEN)
    details: Mapped[dict[str, Any]] = mapped_column(Personal)
    slot_start: Mapped[datetime]
    slot_end: Mapped[datetime]
    created_at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(BigInteger)
    taken_by_name: Mapped[str | None] = mapped_column(Personal)
    taken_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    called_in_time: Mapped[bool | None]
    reached_at: Mapped[datetime | None]
    booked_at: Mapped[datetime | None]
    no_answers: Mapped[int] = mapped_column(default=0)
    has_priority: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[dict[str, Any]] = mapped_column(Personal, default=dict)
    asking: Mapped[dict[str, Any] | None] = mapped_column(Personal)
    closed_at: Mapped[datetime | None]
    staff_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_message_id: Mapped[int | None] = mapped_column(BigInteger)
    crm_events: Mapped[int] = mapped_column(default=0)


class Plan(Base):
    """Reminders that a client confirmed, or that follow by themselves: what about, from which facts, how far it is.

    An active plan has exactly one waiting row in the outbox: of the plan's ``kind``, to the client, with
    :attr:`outbox_subject` as its subject. A paused or ended one has none, and ``reason`` says why. ``step`` counts its
    deliveries, ``snoozes`` how often the current one was put off. ``uid`` and ``sequence`` are those of its calendar
    file; ``sequence`` grows with every change of its days.
    """

    __tablename__ = "plans"
    __table_args__ = (
        _one_of(PlanState),
        _partial("uq_plans_live", "client_id", "kind", "subject", where="state <> 'ended'", unique=True),
        _partial("ix_plans_active", "id", where="state = 'active'"),
        NEVER_REUSED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    client_id: Mapped[int] = mapped_column(_client_key(), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default=PlanState.ACTIVE)
    reason: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Personal)
    step: Mapped[int] = mapped_column(default=0)
    snoozes: Mapped[int] = mapped_column(default=0)
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    @property
    def outbox_subject(self) -> str:
        """The subject of the outbox row that carries the current step: one row for each step of each plan."""
        return f"{self.id}:{self.step}"


class Quote(Base):
    """A price quote as it was given: its lines and prices never change. ``year`` and ``serial`` are its number.

    ``message_id`` names its mail, at every attempt the same; another address is another mail. ``addresses`` counts
    them. ``price_list`` is the version of the prices, ``checked`` whether an advice stood behind it.
    """

    __tablename__ = "quotes"
    __table_args__ = (UniqueConstraint("year", "serial"), _one_of(QuoteState), NEVER_REUSED)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    client_id: Mapped[int] = mapped_column(_client_key(), index=True)
    year: Mapped[int]
    serial: Mapped[int]
    state: Mapped[str] = mapped_column(default=QuoteState.QUEUED)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Personal)
    total: Mapped[str] = mapped_column(Personal)
    currency: Mapped[str]
    price_list: Mapped[str]
    checked: Mapped[bool]
    valid_until: Mapped[date]
    language: Mapped[str]
    email: Mapped[str] = mapped_column(Personal)
    addresses: Mapped[int] = mapped_column(default=1)
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]

    @property
    def number(self) -> str:
        """The number as people read it, such as ``2026-0001``."""
        return number_text(self.year, self.serial)


class Counter(Base):
    """The last number that was given out of a row of numbers without gaps; locked while the next one is taken."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class ViewOfDetails(Base):
    """Who of the staff was shown the health answers behind a request, and when."""

    __tablename__ = "views"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_number: Mapped[int] = mapped_column(ForeignKey("requests.number", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    staff_name: Mapped[str] = mapped_column(Personal)
    viewed_at: Mapped[datetime]


class Question(Base):
    """A question that a client passed on to the clinic, with the place of its card in the staff chat."""

    __tablename__ = "questions"
    __table_args__ = (NEVER_REUSED,)

    number: Mapped[int] = mapped_column(BigId, primary_key=True)
    client_id: Mapped[int] = mapped_column(_client_key(), index=True)
    text: Mapped[str] = mapped_column(Personal)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(Personal)
    staff_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_message_id: Mapped[int | None] = mapped_column(BigInteger)


class QuestionPost(Base):
    """A message about a question: whoever replies to it means that question.

    Those in the staff chat hold nothing personal and stay when the client is erased, so that a late reply is answered;
    those in the client's chat go with the client.
    """

    __tablename__ = "question_posts"
    __table_args__ = (UniqueConstraint("chat_id", "message_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    question: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[int | None] = mapped_column(_client_key(), index=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int] = mapped_column(BigInteger)


class InboxRow(Base):
    """A raw update, stored before it is confirmed to Telegram. Updates of one ``lane`` keep their order.

    Where several processes run, the one that knows ``lease_token`` works on it, until ``leased_until``. ``followed``
    tells, of a row just claimed, whether the next of its lane waits already.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        _one_of(InboxState),
        _partial("ix_inbox_waiting", "id", where="state = 'waiting'"),
        _partial("ix_inbox_waiting_lane", "lane", "id", where="state = 'waiting'"),
        _partial("ix_inbox_over", "received_at", where="state <> 'waiting'"),
        NEVER_REUSED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    lane: Mapped[int] = mapped_column(BigInteger)
    raw: Mapped[dict[str, Any]] = mapped_column(Personal)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=InboxState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    followed: Mapped[bool] = query_expression()


class OutboxRow(Base):
    """Something to be said later: what, to whom, when.

    ``planned_for`` is the time that was asked for, by which lateness is judged; ``due_at`` is when it is tried next and
    moves with each postponement. ``attempts`` counts claims, the current one included. A claim is held by whoever knows
    ``lease_token``, until ``leased_until``. ``unclear``: an earlier attempt may have arrived, so the next is a repeat.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("recipient", "kind", "subject"),
        _one_of(OutboxState),
        _partial("ix_outbox_due", "due_at", "id", where="state = 'waiting'"),
        _partial("ix_outbox_waiting_kind", "kind", where="state = 'waiting'"),
        NEVER_REUSED,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recipient: Mapped[str]
    client_id: Mapped[int | None] = mapped_column(_client_key(), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(Personal, default=dict)
    planned_for: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    unclear: Mapped[bool] = mapped_column(default=False)
    leased_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Fact(Base):
    """A small operational fact, such as the staff chat that was linked; never personal data."""

    __tablename__ = "facts"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
