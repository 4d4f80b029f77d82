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

    Where several processes share the database, one draws at a time: whoever holds the client's claim. A change that
    another process commits meanwhile says so at the claim, in its own transaction: what is being drawn settles nothing
    then, and whoever committed the change draws when the holder is done, or any process where that one died. A
    claim ends by itself, by the database's clock, and whoever comes too late to its end changes nothing any more. On
    SQLite, which one process has for itself, there is nothing to claim. The same holds within a process, where a
    client's next update may be committed while the screen of the one before is on its way.
    """

    async def owe(self, client: Client, holder: str, *, drawing: bool = False) -> None:
        """The client, who is locked, has something new to see; ``holder`` is about to draw it.

        Where another process is drawing right now, or the holder itself (``drawing``), it learns that it draws what is
        old. One that only waits for its next attempt loses its claim: the client has moved on.
        """
        client.screen_owed = True
        is_mine = not self._shared or await self._changed(_claimed(client.id, holder, _IS_WAITING))
        if drawing or not is_mine:
            await self._changed(_update().where(Client.id == client.id).values(screen_again=True))

    async def claim(self, client_id: int, holder: str) -> bool:
        """Begin to draw what is newest; ``False`` where another process does, or waits to try again."""
        if self._shared:
            return await self._changed(_claimed(client_id, holder)) == 1
        client = await self._session.get(Client, client_id)
        if client is not None and client.screen_again:
            client.screen_again = False
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
        free = owed.where(_IS_FREE) if self._shared else owed
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


_IS_FREE = or_(Client.screen_leased_until.is_(None), Client.screen_leased_until <= func.clock_timestamp())
_IS_WAITING = Client.screen_leased_until > func.clock_timestamp() + DRAWING
"""Of a claim: it was kept for a later attempt; who draws holds it for a shorter time."""


def _claimed(client_id: int, holder: str, *more: ColumnElement[bool]) -> Update:
    """Claim where nobody does, where the holder itself does, or where one of ``more`` is true."""
    lease = {"screen_leased_until": func.clock_timestamp() + DRAWING, "screen_lease_token": holder}
    takeable = or_(_IS_FREE, Client.screen_lease_token == holder, *more)
    return _update().where(Client.id == client_id, takeable).values(**lease, screen_again=False)


def _update() -> Update:
    # What the session has loaded of the client stays as it is: nobody reads the claim from there.
    return update(Client).execution_options(synchronize_session=False)
