"""Which kinds of reminders fit an advice, and from which facts their days follow."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.consultation.advice import BOOKABLE, Advice
from bot.consultation.answers import read_day
from bot.consultation.protocol_model import Protocol
from bot.consultation.questions import Answers, chosen
from bot.reminders.facts import Facts
from bot.reminders.kinds import KINDS
from bot.reminders.planning import plan
from bot.reminders.schedules import Due, months_later
from bot.reminders.times import Times

INJECTIONS = ("filler", "toxin", "boosters")
"""The procedures that are done with a needle full of something."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a client at the moment ``now``: the advice given last and the answers it was given on.

    ``shown``: the client is reading the advice just now, and needs no reminder of what is possible today.
    """

    advice: Advice
    answers: Answers
    protocol: Protocol
    times: Times
    now: datetime
    shown: bool = True

    @property
    def today(self) -> date:
        """The client's day."""
        return self.times.day(self.now)

    def opens(self, technique: str) -> date | None:
        """The day from which ``technique`` needs nobody's approval, as far as can be said; ``None`` where none does."""
        given = self.advice.techniques.get(technique)
        if given is None or given.verdict not in {"yes", "light", "wait"}:
            return None
        return given.since or self.today

    def first_day(self, technique: str) -> date | None:
        """The first day from tomorrow on for ``technique``; ``None`` where there is none."""
        opens = self.opens(technique)
        return opens and max(opens, self.today + timedelta(days=1))

    def planned_day(self) -> date | None:
        """The day of the planned filler, where it is known."""
        return self._day("filler_planned") if "filler_planned" in chosen(self.answers, "procedures") else None

    def injected_on(self) -> date | None:
        """The day of the last injection, where one is known."""
        done = [each for each in chosen(self.answers, "procedures") if each in INJECTIONS]
        return max(filter(None, map(self._day, done)), default=None)

    def filler_day(self) -> date | None:
        """The day of the filler, where it is known."""
        return self._day("filler") if "filler" in chosen(self.answers, "procedures") else None

    def _day(self, procedure: str) -> date | None:
        value = self.answers.get(f"{procedure}_date")
        return read_day(value) if isinstance(value, str) else None


def safe_day(advice: Advice, today: date) -> date | None:
    """The first day after ``today`` on which more becomes possible; ``None`` where no day does.

    Source: protocol.md, section 6 (``wait``): the earliest date that can be suggested. Where something is possible
    today already, it is the day on which the next technique is.
    """
    recommended = advice.techniques.get(advice.recommended or "")
    days = [recommended.since] if recommended and recommended.since else []
    days = days or [technique.since for technique in advice.techniques.values() if technique.since]
    return min((day for day in days if day > today), default=None)


def offered(known: Known) -> Iterator[tuple[str, Facts]]:
    """The kinds that fit, in the order of the table, with their facts; each of them has a date still to come."""
    for kind, facts_of in _FACTS.items():
        facts = facts_of(known) if known.advice.outcome in BOOKABLE else None
        if facts and days(kind, facts, known):
            yield kind, facts


def offer(kind: str, known: Known) -> Facts | None:
    """The facts of one kind; ``None`` where it does not fit."""
    return dict(offered(known)).get(kind)


def days(kind: str, facts: Facts, known: Known, step: int = 0) -> tuple[Due, ...]:
    """The deliveries that these facts lead to."""
    return plan(KINDS[kind], facts, known.protocol, known.times, known.now, step)


def _safe_now(known: Known) -> Facts | None:
    day = safe_day(known.advice, known.today)
    return Facts(day) if day else None


def _after_injection(known: Known) -> Facts | None:
    day = known.injected_on()
    return Facts(day) if day else None


def _after_massage(known: Known) -> Facts | None:
    """Counted from the moment at which the client asks for it, which is after the massage."""
    possible = any(each.verdict in {"yes", "light", "specialist"} for each in known.advice.techniques.values())
    return Facts(known.today, moment=known.now.replace(microsecond=0)) if possible else None


def _preparation(known: Known) -> Facts | None:
    planned, first = known.planned_day(), known.first_day("drainage")
    return Facts(planned, since=first) if planned and first else None


def _course(known: Known) -> Facts | None:
    """Weekly from the first day on which drainage is possible; not while another filler is planned."""
    treated, first = known.filler_day(), known.first_day("drainage")
    if treated is None or first is None or "filler_planned" in chosen(known.answers, "procedures"):
        return None
    return Facts(treated, since=first)


def _monthly(known: Known) -> Facts | None:
    first = known.first_day("classic")
    return Facts(max(first, months_later(known.today, 1))) if first else None


_FACTS: Mapping[str, Callable[[Known], Facts | None]] = {
    "safe_now": _safe_now,
    "after_injection": _after_injection,
    "after_massage": _after_massage,
    "preparation": _preparation,
    "course": _course,
    "monthly": _monthly,
}
