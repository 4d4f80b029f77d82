"""Small operational facts."""

from storage.repository import Repository
from storage.tables import Fact


class Facts(Repository):
    """One value per key, such as the staff chat that was linked; nothing personal."""

    async def get(self, key: str) -> str | None:
        """The value, ``None`` where there is none."""
        fact = await self._session.get(Fact, key, populate_existing=True)
        return None if fact is None else fact.value

    async def put(self, key: str, value: str) -> None:
        """Set the value; the last one wins."""
        insert = self._insert(Fact).values(key=key, value=value)
        await self._session.execute(insert.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    async def swap(self, key: str, value: str) -> str | None:
        """Set the value and answer the one before, ``None`` where there was none; one process after another."""
        fact = await self._locked_or_new(Fact, {"key": key}, {"value": ""})
        before, fact.value = fact.value, value
        return before or None
