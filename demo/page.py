"""The demo page: a client's phone, the staff's chat, what the clinic receives, and a clock, in a browser."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta

from aiohttp import web

from demo.chats import Chat
from demo.clock import DemoClock
from demo.crm_log import CrmLog
from demo.errors import Json
from demo.mailbox import Mail, Mailbox
from demo.page_actions import ACTIONS, Visit, add_client, press
from demo.page_feed import Feed, Plans
from demo.page_files import download, item_at, static
from demo.page_guard import RefusalError, guarded
from demo.page_view import change_views, clock_view, crm_view, full_chat_view, mail_view, person_view, settings_view
from demo.world import World

MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""A mail's HTML may look as it likes and do nothing."""


class DemoPage:
    """The page's routes. They exist before the world: give ``routes()`` to the stand-in, then ``attach`` its world.

    ``next_due`` tells the moment of the next thing that the bot has planned (aware), or None.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        clock: DemoClock,
        *,
        clinic_name: str,
        time_zone: str,
        next_due: Callable[[], Awaitable[datetime | None]],
        crm: CrmLog | None = None,
    ) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._crm = crm
        self._about = {"run": secrets.token_hex(8), "clinic": clinic_name, "time_zone": time_zone}
        self._feed = Feed()
        self._plans = Plans(next_due, self._tell_clock)
        self._attached: tuple[World, Chat] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._endings: list[Callable[[], None]] = []

    def routes(self) -> list[web.RouteDef]:
        """All routes of the page, for ``StandIn.start(extra_routes=…)``."""
        return [
            web.get("/", guarded(static)),
            web.get("/demo/static/{name}", guarded(static)),
            web.get("/demo/events", guarded(self._events)),
            web.get("/demo/file/{id}", guarded(self._file)),
            web.get("/demo/mail/{number}/html", guarded(self._mail_html)),
            web.get("/demo/mail/{number}/attachment/{index}", guarded(self._attachment)),
            web.post("/demo/client", guarded(self._add_client)),
            web.post("/demo/press", guarded(self._press)),
            web.post("/demo/clock/skip", guarded(self._skip)),
            web.post("/demo/clock/advance", guarded(self._advance)),
            web.post("/demo/{action}", guarded(self._act)),
        ]

    def attach(self, world: World, staff_chat: Chat) -> None:
        """Show this world; a first client is added where there is none. Call it within the event loop, once."""
        self._attached = (world, staff_chat)
        if all(person_id in staff_chat.members for person_id in world.people):
            world.add_user("Anna", last_name="Keller", language_code="en", phone="+49 151 23456789")
        self._endings = [self._mailbox.subscribe(self._tell_mails), self._clock.subscribe(self._clock_moved)]
        if self._crm is not None:
            self._endings.append(self._crm.subscribe(self._tell_calls))
        self._start(self._follow_world(world))
        self._start(self._plans.follow())

    async def close(self) -> None:
        """End all streams, so that the server can stop at once."""
        while self._endings:
            self._endings.pop()()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._feed.close()

    def snapshot(self) -> Json:
        """Everything that a window shows. ``run`` is another one after each start: a window begins anew then."""
        return {
            **self._about,
            **settings_view(self._world, self._staff),
            "people": [person_view(person, self._staff) for person in self._world.people.values()],
            "chats": [full_chat_view(self._world, chat) for chat in self._world.chats.values()],
            "mails": self._mails(),
            "calls": self._calls(),
            "clock": self._clock_now(),
        }

    @property
    def _world(self) -> World:
        if self._attached is None:
            raise RefusalError(503, "the demo is starting")
        return self._attached[0]

    @property
    def _staff(self) -> Chat:
        if self._attached is None:
            raise RefusalError(503, "the demo is starting")
        chat = self._attached[1]
        while chat.migrated_to:
            chat = chat.migrated_to
        return chat

    # What the windows are told

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    async def _follow_world(self, world: World) -> None:
        changes = world.changes()
        try:
            async for change in changes:
                self._plans.look()
                for view in change_views(world, self._staff, change):
                    self._feed.publish(view)
        finally:
            changes.close()

    def _clock_now(self) -> Json:
        return clock_view(self._clock.now(), self._plans.due)

    def _tell_clock(self) -> None:
        self._feed.publish({"kind": "clock", "clock": self._clock_now()})

    def _clock_moved(self) -> None:
        self._plans.look()
        self._tell_clock()

    def _mails(self) -> list[Json]:
        return [mail_view(mail) for mail in self._mailbox.mails]

    def _tell_mails(self) -> None:
        self._feed.publish({"kind": "mails", "mails": self._mails()})

    def _calls(self) -> list[Json]:
        return [crm_view(call) for call in self._crm.calls] if self._crm else []

    def _tell_calls(self) -> None:
        self._feed.publish({"kind": "calls", "calls": self._calls()})

    # Requests

    async def _events(self, request: web.Request) -> web.StreamResponse:
        _ = self._world  # refuses while the demo is starting, before the stream begins
        return await self._feed.stream(request, self.snapshot)

    async def _file(self, request: web.Request) -> web.Response:
        file = self._world.files.get(request.match_info["id"])
        if file is None:
            raise RefusalError(404, "no such file")
        return download(file.file_name, file.mime_type, file.content)

    async def _mail_html(self, request: web.Request) -> web.Response:
        html = self._mail(request).html
        headers = {"Content-Security-Policy": MAIL_POLICY}
        return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)

    async def _attachment(self, request: web.Request) -> web.Response:
        file = item_at(self._mail(request).attachments, request.match_info["index"])
        return download(file.name, file.media_type, file.content)

    def _mail(self, request: web.Request) -> Mail:
        return item_at(self._mailbox.mails, request.match_info["number"], first=1)

    async def _visit(self, request: web.Request) -> Visit:
        try:
            fields = await request.json()
        except ValueError as error:
            raise RefusalError(400, "this is not JSON") from error
        if not isinstance(fields, dict):
            raise RefusalError(400, "an object is expected")
        return Visit(self._world, fields)

    async def _act(self, request: web.Request) -> web.Response:
        action = ACTIONS.get(request.match_info["action"])
        if action is None:
            raise RefusalError(404, "no such action")
        action(await self._visit(request))
        return web.json_response({})

    async def _add_client(self, request: web.Request) -> web.Response:
        return web.json_response(add_client(await self._visit(request)))

    async def _press(self, request: web.Request) -> web.Response:
        return web.json_response(await press(await self._visit(request)))

    async def _skip(self, _request: web.Request) -> web.Response:
        due = await self._plans.now()
        if due is None:
            raise RefusalError(409, "nothing is planned")
        self._clock.skip_to(due)
        return web.json_response(self._clock_now())

    async def _advance(self, request: web.Request) -> web.Response:
        hours = (await self._visit(request)).field("hours", int)
        if not 1 <= hours <= 24 * 366:
            raise RefusalError(400, "hours: 1 to 8784 are expected")
        self._clock.advance(timedelta(hours=hours))
        return web.json_response(self._clock_now())
