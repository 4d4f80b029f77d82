"""The command line and the wiring: settings, storage, Telegram, handlers."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

from dotenv import dotenv_values
from telegram.error import InvalidToken

from bot.clinic import load_clinic
from bot.clock import system_clock
from bot.consultation.batch import advise_batch, advise_one
from bot.consultation.protocol import Protocol, ProtocolError, load_protocol
from bot.consultation.protocol_tables import tables
from bot.gateways.mail import MailServer
from bot.gateways.telegram import build_bot
from bot.logs import set_up_logs
from bot.settings import DEFAULT_DATABASE, Settings, SettingsError, read_settings
from demo import StandIn
from demo.clock import DemoClock
from demo.mailbox import Mailbox
from demo.page import DemoPage
from handlers.check import check
from handlers.life import Life
from handlers.services import Services
from handlers.workbench import compare, follow_protocol
from messages.catalog import Catalogs
from storage.errors import StorageError
from storage.storage import Storage

FAILED, MISCONFIGURED = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    options = _parser().parse_args(arguments)
    environment = {**{k: v for k, v in dotenv_values(".env").items() if v is not None}, **os.environ}
    try:
        return int(options.command(options, environment))
    except (SettingsError, ProtocolError) as error:
        problems = error.problems
    except StorageError as error:
        problems = [f"DATABASE_URL: {error}"]
    except InvalidToken:
        problems = ["TELEGRAM_BOT_TOKEN: Telegram refuses it; get a new one from @BotFather"]
    for problem in problems:
        print(problem, file=sys.stderr)
    return MISCONFIGURED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description="Afterglow, the Telegram bot for aesthetic clinics")
    parser.set_defaults(command=run)
    commands = parser.add_subparsers(title="commands", metavar="command")

    def add(name: str, command: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    add("run", run, "run the bot against Telegram (the default)")
    demo = add("demo", run_demo, "run the bot against a Telegram stand-in with a web page; needs nothing")
    demo.add_argument("--port", type=int, default=8080, help="the page's port, 0 for any free one (default 8080)")
    demo.add_argument("--database", metavar="URL", help="keep the data there instead of in a temporary file")
    checking = add("check", run_check, "verify the installation, one line per check")
    checking.add_argument("--offline", action="store_true", help="do not ask Telegram")
    advise = add("advise", run_advise, "read answers as JSON on standard input, print the advice as JSON")
    advise.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day to advise for")
    advise.add_argument("--batch", action="store_true", help="one object a line in, one a line out")
    protocol = add("protocol", run_protocol, "print the protocol in force as tables to read and sign")
    protocol.add_argument("--compare", type=Path, metavar="FILE", help="what another protocol would change")
    add("migrate", run_migrate, "bring the database to the newest schema")
    return parser


# --- run -------------------------------------------------------------------------------------------------------------


def run(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run against Telegram until SIGTERM or SIGINT."""
    settings = read_settings(environment, Path())
    set_up_logs(as_json=settings.json_logs)
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    async with open_storage(settings.database_url) as storage:
        services = Services(
            bot=build_bot(settings.token, settings.api_url),
            storage=storage,
            catalogs=Catalogs.load(),
            clinic=settings.clinic,
            protocol=settings.protocol,
            clock=system_clock,
            staff_chat_id=settings.staff_chat_id,
            mail_server=settings.mail_server,
        )
        if settings.staff_chat_id is None:
            print("STAFF_CHAT_ID: missing; callback requests are kept until it is set", file=sys.stderr)
        await follow_protocol(services)
        await live(services)
    return 0


async def live(services: Services, ready: Callable[[], None] = lambda: None) -> None:
    """Run the bot until it is told to stop; ``ready`` is called when it has begun."""
    life = Life(services)
    stopped = asyncio.ensure_future(_stop_signal())
    beginning = asyncio.ensure_future(life.begin())
    await asyncio.wait({stopped, beginning}, return_when=asyncio.FIRST_COMPLETED)
    if not beginning.done():
        beginning.cancel()
        return
    beginning.result()
    ready()
    running = asyncio.ensure_future(life.wait())
    try:
        await asyncio.wait({stopped, running}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        running.cancel()
        await life.end()


async def _stop_signal() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


@asynccontextmanager
async def open_storage(url: str) -> AsyncIterator[Storage]:
    """An open database with a current schema: SQLite is migrated by itself, PostgreSQL on the operator's word."""
    storage = await Storage.open(url)
    try:
        if url.startswith("sqlite"):
            await storage.migrate()
        elif not await storage.at_head():
            raise StorageError("the schema is not current; run: python main.py migrate")
        yield storage
    finally:
        await storage.close()


# --- demo ------------------------------------------------------------------------------------------------------------


def run_demo(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run against the stand-in until interrupted."""
    set_up_logs(as_json=False)
    with tempfile.TemporaryDirectory(prefix="afterglow-") as folder:
        asyncio.run(_demo(options.database or f"sqlite:///{folder}/demo.db", options.port))
    return 0


async def _demo(database: str, port: int) -> None:
    clinic, clock, mailbox = load_clinic(), DemoClock(), Mailbox()
    async with open_storage(database) as storage:

        async def next_due() -> datetime | None:
            async with storage.snapshot() as tx:
                return await tx.outbox.next_due(clock.now())

        await mailbox.start("127.0.0.1")
        page = DemoPage(mailbox, clock, clinic_name=clinic.name, time_zone=clinic.time_zone.key, next_due=next_due)
        try:
            standin = await StandIn.start(port=port, now=clock.now, extra_routes=page.routes())
        except OSError as error:
            raise SettingsError([f"--port: {port} is taken; try --port 0 for any free one"]) from error
        world = standin.world
        colleagues = [world.add_user("Mia", last_name="Brandt"), world.add_user("Jonas", last_name="Vogel")]
        staff = world.add_group(f"{clinic.name} · Front desk", colleagues)
        page.attach(world, staff)
        services = Services(
            bot=build_bot(standin.token, standin.url),
            storage=storage,
            catalogs=Catalogs.load(),
            clinic=clinic,
            protocol=load_protocol(),
            clock=clock.now,
            staff_chat_id=staff.id,
            mail_server=MailServer.from_url(mailbox.url),
        )
        clock.subscribe(services.due.set)
        try:
            await live(services, ready=lambda: print(f"Open {standin.url}/", flush=True))
        finally:
            await page.close()
            await standin.stop()
            await mailbox.stop()


# --- the other commands ----------------------------------------------------------------------------------------------


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


if __name__ == "__main__":
    sys.exit(main())
