"""Walks the conversation without Telegram: the handlers' own steps decide, screens are drawn from what is stored."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.clinic import load_clinic
from bot.consultation.protocol import load_protocol
from bot.gateways.mail import MailServer
from bot.gateways.telegram import build_bot
from handlers import staff
from handlers.callback import contact as take_contact
from handlers.keyboards import inline
from handlers.places import draw
from handlers.places.view import View
from handlers.routes import BUTTONS, COMMANDS
from handlers.services import Services
from handlers.turn import Step, Turn
from handlers.typed import text as typed_text
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import Client
from tests.fresh import open_fresh
from tests.house import CATALOGS

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""Ten in the morning at the clinic."""

ANNA: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "Anna", "last_name": "Weber", "language_code": "en"}
STAFF_BUTTON = re.compile(staff.BUTTON)


class _Undone(Exception):
    """Ends a transaction without a trace."""


@dataclass
class Moment:
    """A clock that stands where it is put."""

    now: datetime = FRIDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Reply:
    """What one tap or text came to: the screen that follows, and the ``hint`` or ``toast`` that goes with it."""

    screen: Screen
    said: str


def step_of(data: str) -> Step | None:
    """The step that takes a client's button; ``None`` where only the last, unknowing one does."""
    *known, _ = BUTTONS.items()
    return next((step for pattern, step in known if re.fullmatch(pattern, data)), None)


def is_taken(data: str) -> bool:
    """Whether somebody in the house takes a button with this data."""
    return step_of(data) is not None or STAFF_BUTTON.fullmatch(data) is not None


@dataclass
class Walker:
    """One client in a transaction of their own, which leaves nothing behind."""

    services: Services
    tx: Transaction
    client: Client
    user: Mapping[str, Any] = field(default_factory=lambda: ANNA)
    shown: Screen = field(default_factory=lambda: Screen(""))

    @property
    def session(self) -> AsyncSession:
        """What the transaction works on, for tests that undo a part of it."""
        return self.tx.clients._session  # noqa: SLF001

    async def look(self) -> Screen:
        """Draw the screen that the stored state implies now."""
        self.shown = await draw(View(self.services, self.tx, self.client))
        return self.shown

    async def tap(self, data: str) -> Reply:
        """Press a button of the screen that was shown last."""
        keyboard = inline(self.shown)
        message = self._message() | ({"reply_markup": keyboard.to_dict()} if keyboard else {})
        query = {"id": "1", "from": self.user, "chat_instance": "1", "data": data, "message": message}
        step = step_of(data)
        assert step is not None, f"nobody takes {data!r}"
        return await self._turn(step, {"callback_query": query})

    async def say(self, text: str) -> Reply:
        """Send a text or a command."""
        word = text.partition(" ")[0]
        step = COMMANDS[word[1:]] if word.startswith("/") else typed_text
        return await self._turn(step, {"message": self._message() | {"text": text}})

    async def share_number(self) -> Reply:
        """Tap *share my number*."""
        contact = {"phone_number": "+491712345678", "first_name": self.user["first_name"], "user_id": self.user["id"]}
        return await self._turn(take_contact, {"message": self._message() | {"contact": contact}})

    def _message(self) -> dict[str, Any]:
        chat = {"id": self.user["id"], "type": "private", "first_name": self.user["first_name"]}
        return {"message_id": 5, "date": 1_795_000_000, "chat": chat, "from": self.user}

    async def _turn(self, step: Step, content: dict[str, Any]) -> Reply:
        update = Update.de_json({"update_id": 1, **content}, self.services.bot)
        catalog = self.services.catalog(self.client)
        turn = Turn(self.services, self.tx, self.client, update, catalog, self.services.now())
        await step(turn)
        turn.end()
        return Reply(await self.look(), turn.hint or turn.toast)


@asynccontextmanager
async def open_services(folder: Path) -> AsyncIterator[tuple[Services, Moment]]:
    """The house without its doors: a database, the texts, the protocol and a clock; nothing is sent anywhere."""
    moment = Moment()
    storage = await open_fresh(f"sqlite:///{folder}/walks.db", at_once=True)
    services = Services(
        bot=build_bot("1:walks", None),
        storage=storage,
        catalogs=CATALOGS,
        clinic=load_clinic(),
        protocol=load_protocol(),
        clock=moment,
        staff_chat_setting=-100,
        mail_server=MailServer.from_url("smtp://127.0.0.1:25"),
    )
    try:
        yield services, moment
    finally:
        await storage.close()


@asynccontextmanager
async def walking(services: Services, user: Mapping[str, Any] = ANNA) -> AsyncIterator[Walker]:
    """A client who has just arrived; what they do is undone at the end."""
    profile = {name: user.get(name, "") for name in ("first_name", "last_name", "username")}
    with suppress(_Undone):
        async with services.storage.transaction() as tx:
            client = await tx.clients.get_or_create(
                user["id"], chat_id=user["id"], profile=profile, language="en", now=services.now()
            )
            yield Walker(services, tx, client, user)
            raise _Undone
