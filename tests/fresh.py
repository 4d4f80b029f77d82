"""A database with its tables. The migrations run once a test run; each test gets a copy of the file that they made."""

import tempfile
from pathlib import Path

from storage.storage import Storage

SQLITE = "sqlite:///"

_migrated: list[bytes] = []


async def open_fresh(url: str) -> Storage:
    """Open ``url`` and bring it up to date; a new SQLite file begins as a copy of one that is."""
    if not url.startswith(SQLITE):
        return await _migrate(url)
    if not _migrated:
        with tempfile.TemporaryDirectory() as folder:
            await (await _migrate(f"{SQLITE}{folder}/empty.db")).close()
            _migrated.append((Path(folder) / "empty.db").read_bytes())
    _begin(Path(url.removeprefix(SQLITE)))
    return await Storage.open(url)


def _begin(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_migrated[0])
        path.chmod(0o600)


async def _migrate(url: str) -> Storage:
    storage = await Storage.open(url)
    await storage.migrate()
    return storage
