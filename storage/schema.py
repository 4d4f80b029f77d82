"""Bringing a database to the newest schema, with Alembic but without its configuration file.

For developers: ``python -m storage.schema "add a column"`` writes a new revision from the difference between the tables
and the migrations so far; read and correct it before it is committed.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text

from storage.errors import StorageError

_MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 0x4146544552474C57  # any constant; two processes that migrate at once take turns on it


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, bound to an open connection; the caller commits."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection) -> None:
    """Run all migrations that are missing, in the connection's transaction: all of them, or none.

    On SQLite the connection must not enforce foreign keys: rebuilding a table there drops the old one, which would
    take along every row that refers to it. They are checked at the end instead.
    Raises ``StorageError`` where the database was migrated by a newer release, or holds a reference to nothing.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if at_head(connection):  # the check below reads every row: a start without news must not wait for it
        return
    try:
        command.upgrade(alembic_config(connection), "head")
    except CommandError as error:
        raise StorageError("the database was migrated by a newer release") from error
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StorageError("a migration left rows that refer to nothing; the database was not changed")


def at_head(connection: Connection) -> bool:
    """Whether the database has exactly the schema of this release."""
    script = ScriptDirectory.from_config(alembic_config(connection))
    return set(MigrationContext.configure(connection).get_current_heads()) == set(script.get_heads())


def _write_revision(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.begin() as connection:
            upgrade(connection)
            config = alembic_config(connection)
            steps = list(ScriptDirectory.from_config(config).walk_revisions())
            command.revision(config, message, autogenerate=True, rev_id=f"{len(steps) + 1:04}")


if __name__ == "__main__":
    _write_revision(sys.argv[1])
