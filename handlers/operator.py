"""The operator's commands beside ``run`` and ``demo``: each answers its exit code."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.clock import system_clock
from bot.consultation.batch import advise_batch, advise_one
from bot.consultation.protocol import Protocol, load_protocol
from bot.consultation.protocol_tables import tables
from bot.gateways.telegram import build_bot
from bot.settings import DEFAULT_DATABASE, read_settings
from handlers.check import check
from handlers.start import SOURCE
from handlers.workbench import compare
from messages.catalog import Catalogs
from messages.pictures.poster import deep_link, poster
from messages.pictures.render import render
from storage.backup import BackupError, backup
from storage.storage import Storage

FAILED = 1


def run_check(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Print what is good and what is missing."""

    async def print_lines() -> bool:
        good = True
        async for line in check(environment, Path(), offline=options.offline):
            print("ok     " if line.good else "wrong  ", line.text)
            good = good and line.good
        return good

    return 0 if asyncio.run(print_lines()) else FAILED


def run_advise(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Advise on answers given as JSON."""
    protocol = load_protocol(_protocol_file(environment))
    today = options.today or system_clock().astimezone().date()
    if options.batch:
        advise_batch(protocol, sys.stdin.buffer, today, sys.stdout.write)
        return 0
    text, code = advise_one(protocol, sys.stdin.buffer.read(), today)
    print(text, file=sys.stderr if code else sys.stdout)
    return code


def run_protocol(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Print the protocol in force, or what another one would change."""
    ours = load_protocol(_protocol_file(environment))
    if options.compare is None:
        print(tables(ours))
        return 0
    url = environment.get("DATABASE_URL") or DEFAULT_DATABASE
    on_file = not url.startswith("sqlite") or Path(url.removeprefix("sqlite:///")).exists()
    asyncio.run(_compare(ours, load_protocol(options.compare), url if on_file else None))
    return 0


async def _compare(ours: Protocol, theirs: Protocol, url: str | None) -> None:
    storage = await Storage.open(url) if url else None
    try:
        async for line in compare(ours, theirs, storage):
            print(line)
    finally:
        if storage is not None:
            await storage.close()


def _protocol_file(environment: Mapping[str, str]) -> Path | None:
    name = environment.get("PROTOCOL_FILE")
    return Path(name) if name else None


def run_qr(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Write the front desk's poster; asks Telegram for the bot's name."""
    settings = read_settings(environment, Path())

    async def username() -> str:
        async with build_bot(settings.token, settings.api_url) as bot:
            return bot.username

    link = deep_link(asyncio.run(username()), options.source)
    picture = poster(Catalogs.load().choose(None), clinic=settings.clinic.name, link=link)
    try:
        options.out.write_bytes(render(picture))
    except OSError as error:
        print(f"--out: {options.out} cannot be written ({error.strerror})", file=sys.stderr)
        return FAILED
    print(f"{options.out}: {link}")
    return 0


def source(text: str) -> str:
    if not SOURCE.fullmatch(text):
        raise argparse.ArgumentTypeError("must be 1 to 64 letters, digits, - or _")
    return text


def run_backup(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Copy a live SQLite database."""
    try:
        backup(environment.get("DATABASE_URL") or DEFAULT_DATABASE, options.file)
    except BackupError as error:
        print(error, file=sys.stderr)
        return FAILED
    print(f"{options.file}: {options.file.stat().st_size} bytes, checked")
    return 0


def run_migrate(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Bring the schema up to date."""

    async def migrate() -> None:
        storage = await Storage.open(environment.get("DATABASE_URL") or DEFAULT_DATABASE)
        try:
            await storage.migrate()
        finally:
            await storage.close()

    asyncio.run(migrate())
    print("The database schema is current.")
    return 0
