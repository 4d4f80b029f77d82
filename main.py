"""The command line and the wiring: settings, storage, Telegram, handlers."""

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from dotenv import dotenv_values
from telegram.error import InvalidToken, NetworkError

from bot.clinic import Crm, load_clinic
from bot.clock import system_clock
from bot.consultation.protocol import ProtocolError, load_protocol
from bot.email_address import MailDomains
from bot.gateways.mail import MailServer
from bot.gateways.telegram import build_bot
from bot.logs import set_up_logs
from bot.metrics import Metrics
from bot.settings import Settings, SettingsError, read_settings
from demo import StandIn
from demo.clock import DemoClock
from demo.crm_log import CrmLog
from demo.mailbox import Mailbox
from demo.page import DemoPage
from handlers import export, operator
from handlers.invitation import invite, link
from handlers.life import Life
from handlers.services import Services
from handlers.workbench import follow_protocol
from handlers.workers import Workers
from messages.catalog import Catalogs
from storage.errors import StorageError
from storage.sole import sole_process
from storage.storage import Storage

log = logging.getLogger("main")

MISCONFIGURED = 2
NOT_IN_TIME = 1
END_SECONDS = 9.0
"""How long an end may take that was asked for; ten are promised."""
PORT_IN_USE = 'cannot be used; any free one: make demo ARGS="--port 0", or python main.py demo --port 0'
INVITATION = """There is no staff chat yet: callback requests are kept, and mailed to the clinic, until there is one.
Open this link, which works once and for a day, to add the bot to the front desk's group:
{link}"""


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
    except NetworkError:
        problems = ["TELEGRAM_API_URL: Telegram cannot be reached"]
    except InvalidToken:
        problems = ["TELEGRAM_BOT_TOKEN: Telegram refuses it; get a new one from @BotFather"]
    for problem in problems:
        print(problem, file=sys.stderr)
    return MISCONFIGURED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description="Afterglow, the Telegram bot for aesthetic clinics")
    parser.set_defaults(command=run, workers=None, worker=None)
    commands = parser.add_subparsers(title="commands", metavar="command")

    def add(name: str, command: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    running = add("run", run, "run the bot against Telegram (the default)")
    running.add_argument("--workers", type=_some, metavar="N", help="as N processes on one PostgreSQL database")
    running.add_argument("--worker", type=int, metavar="NUMBER", help=argparse.SUPPRESS)
    demo = add("demo", run_demo, "run the bot against a Telegram stand-in with a web page; needs nothing")
    demo.add_argument("--port", type=_port, default=8080, help="the page's port, 0 for any free one (default 8080)")
    demo.add_argument("--database", metavar="URL", help="keep the data there instead of in a temporary file")
    checking = add("check", operator.run_check, "verify the installation, one line per check")
    checking.add_argument("--offline", action="store_true", help="do not ask Telegram")
    advise = add("advise", operator.run_advise, "read answers as JSON on standard input, print the advice as JSON")
    advise.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day to advise for")
    advise.add_argument("--batch", action="store_true", help="one object a line in, one a line out")
    protocol = add("protocol", operator.run_protocol, "print the protocol in force as tables to read and sign")
    protocol.add_argument("--compare", type=Path, metavar="FILE", help="what another protocol would change")
    code = add("qr", operator.run_qr, "make the poster with the QR code that opens the bot")
    code.add_argument(
        "--source", required=True, type=operator.source, help="where the poster hangs; counted with each client"
    )
    code.add_argument("--out", required=True, type=Path, metavar="FILE.png", help="the picture to write")
    export.add_options(add("export", export.run_export, "write the callback requests as CSV or as a workbook"))
    backup = add("backup", operator.run_backup, "copy a live SQLite database into a new file")
    backup.add_argument(
        "file", type=Path, metavar="FILE", help="the new file; what is there already is not overwritten"
    )
    add("migrate", operator.run_migrate, "bring the database to the newest schema")
    return parser


def _some(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError("must be a number from 1 to 64")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return int(text)


# --- run -------------------------------------------------------------------------------------------------------------


def run(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run against Telegram until SIGTERM or SIGINT."""
    settings = read_settings(environment, Path())
    set_up_logs(as_json=settings.json_logs)
    if options.workers is not None:
        return asyncio.run(_run_workers(settings, options.workers))
    return asyncio.run(_run(settings, options.worker))


async def _run_workers(settings: Settings, number: int) -> int:
    """Look once after what all of them need, then start them."""
    if settings.database_url.startswith("sqlite"):
        raise SettingsError(["DATABASE_URL: --workers needs PostgreSQL; an SQLite file belongs to one process"])
    async with open_storage(settings.database_url):
        pass
    stopped = asyncio.ensure_future(_stop_signal())
    return await Workers([sys.executable, __file__, "run", "--worker"], number).run(stopped)


async def _run(settings: Settings, worker: int | None) -> int:
    """Run until told to stop; as one of several, ``worker`` is its number."""
    async with open_storage(settings.database_url) as storage:
        metrics = Metrics()
        services = Services(
            bot=build_bot(settings.token, settings.api_url, metrics),
            storage=storage,
            catalogs=Catalogs.load(),
            clinic=settings.clinic,
            protocol=settings.protocol,
            clock=system_clock,
            staff_chat_setting=settings.staff_chat_id,
            mail_server=settings.mail_server,
            metrics=metrics,
            mail_domains=MailDomains(),
        )
        await follow_protocol(services)
        async with storage.transaction() as tx:
            code = await invite(services, tx, services.now())

        def print_invitation() -> None:
            if code is not None and not worker:
                print(INVITATION.format(link=link(services.bot.username, code)), flush=True)

        life = Life(services, listen=settings.listen.of_worker(worker or 0), webhook=settings.webhook)
        await live(life, ready=print_invitation, watch_parent=worker is not None)
    return 0


async def live(life: Life, ready: Callable[[], None] = lambda: None, *, watch_parent: bool = False) -> None:
    """Run the bot until it is told to stop; ``ready`` is called when it has begun."""
    stopped = asyncio.ensure_future(_stop_signal(watch_parent=watch_parent))
    beginning = asyncio.ensure_future(life.begin())
    await asyncio.wait({stopped, beginning}, return_when=asyncio.FIRST_COMPLETED)
    if not beginning.done():
        end_in_time()
        beginning.cancel()
        return
    beginning.result()
    gc.collect()
    gc.freeze()  # what is there now stays: a collection that looked through all of it would hold up everybody for 0.1 s
    ready()
    running = asyncio.ensure_future(life.wait())
    try:
        await asyncio.wait({stopped, running}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        end_in_time()
        running.cancel()
        await life.end()


def end_in_time() -> None:
    """Have this process end within ``END_SECONDS``, also where a database or a thread never answers.

    An end by force loses nothing: it is what ``kill -9`` is. The timer goes on beyond the event loop, since the
    interpreter waits for the threads of SQLite's driver, and by itself keeps nothing alive.
    """
    timer = threading.Timer(END_SECONDS, _end_by_force)
    timer.daemon = True
    timer.start()


def _end_by_force() -> None:
    log.error("what was being done did not end in time; the next start goes on with it")
    logging.shutdown()
    os._exit(NOT_IN_TIME)


async def _stop_signal(*, watch_parent: bool = False) -> None:
    """Return when asked to end; with ``watch_parent`` also when whoever holds the other end of our input is gone."""
    stop = asyncio.Event()
    if watch_parent:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)  # nothing is ever written there
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


@asynccontextmanager
async def open_storage(url: str) -> AsyncIterator[Storage]:
    """An open database with a current schema: SQLite is migrated by itself, PostgreSQL on the operator's word."""
    with sole_process(url):
        async with _opened(url) as storage:
            yield storage


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Storage]:
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
    async with AsyncExitStack() as house:
        storage = await house.enter_async_context(open_storage(database))

        async def next_due() -> datetime | None:
            async with storage.snapshot() as tx:
                return await tx.outbox.next_due(clock.now())

        crm = CrmLog(clock.now)
        await crm.start()
        house.push_async_callback(crm.stop)
        clinic = replace(clinic, crm=Crm(crm.url, crm.secret, allow_private=True))
        page = DemoPage(
            mailbox, clock, clinic_name=clinic.name, time_zone=clinic.time_zone.key, next_due=next_due, crm=crm
        )
        try:
            standin = await StandIn.start(port=port, now=clock.now, extra_routes=page.routes())
        except OSError as error:
            raise SettingsError([f"--port: {port} {PORT_IN_USE}"]) from error
        house.push_async_callback(standin.stop)
        house.push_async_callback(page.close)
        await mailbox.start("127.0.0.1")
        house.push_async_callback(mailbox.stop)
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
            staff_chat_setting=staff.id,
            mail_server=MailServer.from_url(mailbox.url),
        )
        clock.subscribe(services.due.set)
        await live(Life(services), ready=lambda: print(f"Open {standin.url}/", flush=True))


if __name__ == "__main__":
    sys.exit(main())
