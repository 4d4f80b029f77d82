"""Screens that are owed, and which of several processes draws them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, func, or_, select, update

from storage.repository import Repository
from storage.tables import Client

DRAWING = timedelta(seconds=15)
"""How long a claim lasts: longer than a screen takes, short enough for a client to wait when a process dies."""


class Screens(Repository):
    """A screen is owed from the transaction that changed something until it was shown.

    Where several processes share the database, one draws at a time: whoever holds the client's claim. Another process
    that has something newer to show waits for it, or leaves it to the holder, who draws again before letting go. A
    claim ends by itself, by the database's clock, and whoever comes too late to its end changes nothing any more. On
    SQLite, which one process has for itself, there is nothing to claim.
    """

    async def owe(self, client: Client, holder: str) -> None:
        """The client has something new to see; ``holder`` is about to draw it, unless another process does."""
        client.screen_owed = True
        if self._shared:
            await self._changed(_claimed(client.id, holder))

    async def claim(self, client_id: int, holder: str, *, leave: bool = False) -> bool:
        """Begin to draw. ``False`` where another process draws; with ``leave`` it will draw once more for us."""
        while self._shared and not await self._changed(_claimed(client_id, holder)):
            if not leave:
                return False
            busy = (Client.id == client_id, Client.screen_leased_until > func.clock_timestamp())
            if await self._changed(_update().where(*busy).values(screen_again=True)):
                return False
            if await self._session.scalar(select(Client.id).where(Client.id == client_id)) is None:
                return False
        return True

    async def held(self, client_id: int, holder: str) -> Client | None:
        """The client for whom ``holder`` draws, locked; ``None`` where the claim was lost or the client is gone."""
        client = await self._session.get(Client, client_id, with_for_update={"key_share": True}, populate_existing=True)
        if client is None or (self._shared and client.screen_lease_token != holder):
            return None
        return client

    async def keep(self, client_id: int, holder: str, seconds: float) -> None:
        """Hold the claim until the next attempt, ``seconds`` from now, and a while for that."""
        if self._shared:
            until = func.clock_timestamp() + timedelta(seconds=seconds) + DRAWING
            held = (Client.id == client_id, Client.screen_lease_token == holder)
            await self._changed(_update().where(*held).values(screen_leased_until=until))

    async def unattended(self) -> Sequence[int]:
        """Ids of the clients to whom a screen is owed that nobody is drawing; who blocked the bot is left out."""
        owed = select(Client.id).where(Client.screen_owed, Client.blocked_at.is_(None))
        free = owed.where(_free()) if self._shared else owed
        return (await self._session.scalars(free.order_by(Client.id))).all()

    async def owe_all(self, places: Collection[str], *, seen_after: datetime, seen_before: datetime) -> int:
        """Everybody at one of these ``places`` who was seen between the two moments is owed a screen; how many."""
        seen = Client.seen_at.between(seen_after, seen_before)
        asked = _update().where(Client.place.in_(places), seen, Client.blocked_at.is_(None), ~Client.screen_owed)
        return await self._changed(asked.values(screen_owed=True))


def release(client: Client) -> None:
    """Let go of the claim on a client that is locked."""
    client.screen_leased_until = client.screen_lease_token = None
    client.screen_again = False


def _free() -> ColumnElement[bool]:
    return or_(Client.screen_leased_until.is_(None), Client.screen_leased_until <= func.clock_timestamp())


def _claimed(client_id: int, holder: str) -> Update:
    mine = or_(_free(), Client.screen_lease_token == holder)
    lease = {"screen_leased_until": func.clock_timestamp() + DRAWING, "screen_lease_token": holder}
    return _update().where(Client.id == client_id, mine).values(**lease, screen_again=False)


def _update() -> Update:
    # What the session has loaded of the client stays as it is: nobody reads the claim from there.
    return update(Client).execution_options(synchronize_session=False)
