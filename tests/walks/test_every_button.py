"""Explores the conversation as a map: every button and every command is tried once in every situation."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.consultation import engine, interview
from bot.consultation.advice import URGENT
from bot.consultation.interview import Consultation
from bot.consultation.questions import BY_KEY, Kind
from handlers.places import PLACES
from handlers.routes import COMMANDS
from handlers.services import Services
from messages.screen import Screen
from tests.messages import judge
from tests.messages.judge import ENGLISH
from tests.walks.kept import Kept, again, keep, undone
from tests.walks.walker import Reply, Walker, open_services, walking

TRIED = {
    "symptoms": ("vision", "none"),
    "procedures": ("toxin", "none"),
    "skin": ("clear",),
    "skin_issues": ("none",),
    "health": ("infection", "none"),
    "wish": ("relax",),
    "setting": ("therapist",),
}
"""The options that are tried: the harmless ones, and one for each thing that an answer may lead to."""

ARRIVED = frozenset({"advice", "minor", "urgent_called"})
ASKING = frozenset({"consultation", "resume", "reminder", "reminder_set"})
"""The places that ask on or promote, which they must not do after an urgent answer."""

WHEN_IT_CAME = frozenset({"later", "check_new", "checked"})
"""The places that only a reminder leads to, once it has come; the screens' walk goes there."""

REQUESTED = frozenset({"callback", "received", "moving", "withdrawing", "withdrawn"})
"""The places at which it matters whether a request is open."""

COMMANDED = tuple(f"/{command}" for command in COMMANDS if command != "my_data")
"""The commands that show a screen."""


@dataclass(frozen=True)
class Situation:
    """Where a client stands, as far as it decides what the next tap does."""

    place: str
    question: str = ""
    changing: bool = False
    ticked: bool = False
    was_treated: bool = False
    drafted: tuple[str, ...] = ()
    advised: str = ""
    is_urgent: bool = False
    has_request: bool = False
    has_quote: bool = False
    is_reminded: bool = False


@dataclass
class Map:
    """What was found: the way to each situation, and where each step leads."""

    ways: dict[Situation, tuple[str, ...]] = field(default_factory=dict)
    steps: dict[Situation, dict[str, Situation]] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)
    commanded: set[Situation] = field(default_factory=set)

    def commands(self, here: Situation) -> tuple[str, ...]:
        """The commands to be tried here; which question is open makes no difference to them."""
        kind = replace(here, question=here.question and "some", ticked=False, drafted=())
        if kind in self.commanded:
            return ()
        self.commanded.add(kind)
        return COMMANDED

    def judge(self, here: Situation, what: str, label: str, reply: Reply, there: Situation) -> None:
        """Note what a client would call wrong about one step."""
        judge.check(reply.screen)
        way = " > ".join((*self.ways[here], what))
        if not what.startswith("/") and reply.said == ENGLISH.plain("hint.old_button"):
            self.wrongs.append(f"a button that is on the screen is called old: {way}")
        if label == ENGLISH.plain("button.advice") and there.place != "advice":
            self.wrongs.append(f"{label!r} leads to {there.place}: {way}")
        if there.is_urgent and not there.changing and there.place in ASKING:
            self.wrongs.append(f"{there.place} after an urgent answer: {way}")

    def arriving(self) -> set[Situation]:
        """The situations from which buttons alone lead to an advice."""
        found = {situation for situation in self.ways if situation.place in ARRIVED}
        while more := {
            situation
            for situation, steps in self.steps.items()
            if situation not in found and any(to in found for act, to in steps.items() if not act.startswith("/"))
        }:
            found |= more
        return found


async def situation_of(walker: Walker) -> Situation:
    """Read off what is stored."""
    client, tx = walker.client, walker.tx
    consultation = Consultation.from_json(client.consultation)
    question, row = interview.open_question(consultation), await tx.advices.latest(client.id)
    outcome = str(row.advice["outcome"]) if row else ""
    waiting = {entry.kind for entry in await tx.outbox.waiting_of(client.id) if not entry.kind.startswith("calendar")}
    urgent = engine.urgent(walker.services.protocol, consultation.answers, walker.services.today())
    is_asked = client.place == "consultation"
    return Situation(
        place=client.place,
        question=("" if question is None else question.key if is_asked else "some"),
        changing=is_asked and bool(consultation.changing),
        ticked=is_asked and bool(consultation.ticks),
        was_treated=is_asked and "toxin_date" in consultation.answers,
        drafted=_drafted(client.draft) if is_asked or client.place in {"callback", "quote"} else (),
        advised="urgent" if outcome in URGENT else "wait" if outcome == "wait" else outcome and "other",
        is_urgent=urgent is not None,
        has_request=client.place in REQUESTED and await tx.requests.open_of(client.id) is not None,
        has_quote=client.place == "quote_sent" and await tx.quotes.latest(client.id) is not None,
        is_reminded=client.place in {"reminder", "reminder_set"} and "safe_now" in waiting,
    )


def _drafted(draft: Mapping[str, Any]) -> tuple[str, ...]:
    """What is begun: the calendar, an ambiguous day, or the lines of a request or a quote that are filled in."""
    request, quote = draft.get("callback", {}), draft.get("quote", {})
    skipped = (line for line in ("email", "remark") if request.get(line) == "")
    return (*draft, *skipped, *(line for line, value in {**request, **quote}.items() if value))


def acts(shown: Screen) -> Iterator[str]:
    """The buttons worth trying on a screen, and the number to share."""
    tried: set[str] = set()
    for data in judge.data(shown):
        kind = _kind(data)
        if kind and kind not in tried:
            tried.add(kind)
            yield data
    if shown.contact:
        yield "phone"
    if "quote:cancel" in tried and "quote:send" not in tried:
        yield from ("anna@gmail.com", "anna@gmial.com")


def _kind(data: str) -> str:
    """What a button stands for among its like; empty for one that need not be tried."""
    if data == "noop":
        return ""
    if data.startswith("callback:time:"):
        return "callback:time"
    if data.startswith("quote:service:"):
        return "quote:service"
    if not data.startswith("answer:") or "consent" in data:
        return data
    _, key, value = data.split(":")
    if BY_KEY[key].kind in {Kind.PAST_DATE, Kind.FUTURE_DATE}:
        return f"{key}:{'unknown' if value == 'unknown' else 'day'}"
    return data if value in (*TRIED[key], "done") else ""


async def act(walker: Walker, what: str) -> Reply:
    """Tap, share or send."""
    if what == "phone":
        return await walker.share_number()
    if what.startswith("/") or "@" in what:
        return await walker.say(what)
    lead, _, number = what.rpartition(":")
    if lead.startswith("quote:") and number.startswith(
        "20"
    ):  # a quote's: somebody else in the same situation has another one
        what = next(data for data in judge.data(walker.shown) if data.startswith(f"{lead}:"))
    return await walker.tap(what)


async def explore(services: Services) -> Map:
    """Breadth first: the shortest way to each situation is the one that is remembered."""
    found, waiting = Map(), deque[tuple[Situation, Kept]]()

    async def arrive(walker: Walker, way: tuple[str, ...]) -> Situation:
        here = await situation_of(walker)
        if here not in found.ways:
            found.ways[here] = way
            waiting.append((here, await keep(walker)))
        return here

    async with walking(services) as first:
        await act(first, "/start")
        await arrive(first, ("/start",))
        while waiting:
            here, kept = waiting.popleft()
            standing = await again(first, kept)
            for what in (*acts(kept.shown), *found.commands(here)):
                async with undone(standing) as walker:
                    reply = await act(walker, what)
                    there = await arrive(walker, (*found.ways[here], what))
                found.steps.setdefault(here, {})[what] = there
                found.judge(here, what, _label(kept.shown, what), reply, there)
    return found


def _label(shown: Screen, data: str) -> str:
    return next((button.text for row in shown.rows for button in row if button.data == data), "")


async def test_every_button_leads_where_it_says_and_every_situation_to_an_advice(tmp_path: Path) -> None:
    async with open_services(tmp_path) as (services, _):
        found = await explore(services)
    assert not found.wrongs, "\n".join(found.wrongs)
    lost = found.ways.keys() - found.arriving()
    assert not lost, "\n".join(f"no way on: {' > '.join(found.ways[situation])}" for situation in lost)
    reached = {situation.place for situation in found.ways}
    assert reached >= PLACES.keys() - {"", *WHEN_IT_CAME}, "a place that nobody reaches"
