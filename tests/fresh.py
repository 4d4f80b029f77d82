"""A database with its tables, at once: the migrations run once a test run, and their outcome is copied.

What takes long is done once: the migrations, and compiling statements, which each engine does for itself. So the
databases of one test after the other are opened by the same engines. Nothing waits for the disk: no test pulls the
plug, and ``kill -9`` leaves to the system what was written. PostgreSQL takes a tenth of a second for the
tables; so a place in it that a test has left, with its tables as they were, is emptied for another one.
"""

import tempfile
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import PRAGMAS, database_url, snapshot_engine, writing_engine
from storage.storage import Storage
from tests.at_once import connect

SQLITE = "sqlite:///"
SYNCHRONOUS = "OFF"
_SHOWN_ONLY = ("SELECT", "SHOW")

_PICTURE = """
    SELECT array_agg((pg_class.oid, relname, relnatts, relchecks, relfilenode, reltuples)::text
            ORDER BY pg_class.oid)::text
        || (SELECT array_agg(version_num)::text FROM alembic_version)
        || (SELECT count(*)::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE relnamespace = current_user::regnamespace)
    FROM pg_class WHERE relnamespace = current_user::regnamespace
"""
"""What tells whether somebody has changed the tables."""

_EMPTY = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE usename = current_user AND pid <> pg_backend_pid();
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_user AND tablename <> 'alembic_version'
        LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
        PERFORM setval(sequencename::text::regclass, start_value, false)
            FROM pg_sequences WHERE schemaname = current_user;
    END $$
"""

_file: list[bytes] = []
_script: list[str] = []
_pictures: dict[str, str] = {}


async def open_fresh(url: str, *, at_once: bool = False) -> Storage:
    """Open ``url``, which is new, with its tables. An SQLite file that exists is left as it is.

    ``at_once``: without the thread of SQLite's driver, see ``tests.at_once``.
    """
    if not url.startswith(SQLITE):
        if url not in _pictures:
            await _make_tables(url)
        return await Storage.open(url)
    if not _file:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "empty.db"
            await _migrate(f"{SQLITE}{path}")
            _file.append(path.read_bytes())
    path = Path(url.removeprefix(SQLITE))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_file[0])
        path.chmod(0o600)
    return (_ENGINES_AT_ONCE if at_once else _ENGINES).open(url) or await Storage.open(url)


async def _migrate(url: str) -> None:
    storage = await Storage.open(url)
    try:
        await storage.migrate()
    finally:
        await storage.close()


async def _make_tables(url: str) -> None:
    """Run what the migrations ran the first time, in one go."""
    if not _script:
        with _Recorder() as recorder:
            await _migrate(url)
        _script.extend(recorder.statements)
        return
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(";\n".join(_script))
        _pictures[url] = await connection.fetchval(_PICTURE)
    finally:
        await connection.close()


async def emptied(url: str) -> bool:
    """Empty a place in PostgreSQL, so that :func:`open_fresh` finds it new; ``False`` where its tables were changed."""
    if url not in _pictures:
        return False
    connection = await asyncpg.connect(url)
    try:
        if await connection.fetchval(_PICTURE) != _pictures[url]:
            return False
        await connection.execute(_EMPTY)
        return True
    finally:
        await connection.close()


class _Recorder:
    """Notes the statements that change something."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __enter__(self) -> "_Recorder":
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.lstrip().startswith(_SHOWN_ONLY):
            assert not parameters, f"cannot be repeated as it stands: {statement}"
            self.statements.append(statement)


class _Engines:
    """One pair of engines, lent to one SQLite file at a time."""

    def __init__(self, creator: Any = None) -> None:
        self._creator = creator
        url = database_url(f"{SQLITE}none.db")
        self._writing = writing_engine(url)
        self._snapshots = snapshot_engine(url, self._writing)
        self._pragmas = dict(PRAGMAS)
        self.are_lent = False
        for engine in (self._writing.sync_engine, self._snapshots.sync_engine):
            event.listen(engine, "do_connect", self._lead)
            event.listen(engine, "connect", _hurry)

    def open(self, url: str) -> Storage | None:
        """A storage; ``None`` while another one is open, and where a test has set other pragmas."""
        if self.are_lent or self._pragmas != PRAGMAS:
            return None
        self.are_lent = True
        self._writing.sync_engine.url = self._snapshots.sync_engine.url = database_url(url)
        return _Lent(self, self._writing, self._snapshots)

    def _lead(self, dialect: Any, record: Any, arguments: list[Any], options: Any) -> None:
        arguments[0] = self._writing.url.database
        if self._creator:
            options["async_creator_fn"] = self._creator


def _hurry(connection: Any, _: Any) -> None:
    connection.run_async(lambda driver: driver.execute_fetchall(f"PRAGMA synchronous = {SYNCHRONOUS}"))


class _Lent(Storage):
    def __init__(self, lender: _Engines, *engines: AsyncEngine) -> None:
        super().__init__(*engines)
        self._lender = lender

    async def close(self) -> None:
        await super().close()
        self._lender.are_lent = False


_ENGINES, _ENGINES_AT_ONCE = _Engines(), _Engines(connect)
