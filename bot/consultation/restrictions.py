"""Section 4: each rule that applies to a case, as a restriction with its reason and a timeline for each technique."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.consultation.advice import TECHNIQUES
from bot.consultation.case import Case, Procedure
from bot.consultation.protocol_model import Protocol, WaitRow
from bot.consultation.timing import has_points_on_zone, has_untreated_zone, row_of, timelines
from bot.consultation.verdicts import (
    ALWAYS,
    FORBIDDEN,
    FREE,
    Ruling,
    Severity,
    Step,
    Timeline,
    after_days,
    ruling,
    unchanging,
)


@dataclass(frozen=True, slots=True)
class Restriction:
    """One rule. Its timelines count days from ``origin``, a day's ordinal.

    ``ends_waits``: a wait that ends where this rule forbids is forbidden at once (the planned filler).
    """

    id: str
    facts: Mapping[str, Any]
    timelines: Mapping[str, Timeline]
    origin: int = 0
    ends_waits: bool = False

    def at(self, technique: str, day: int) -> Ruling:
        """What the rule says on the day with the ordinal ``day``; ``until`` is an ordinal too."""
        found = ruling(self.timelines[technique], day - self.origin)
        if found.severity is Severity.WAIT:
            return Ruling(Severity.WAIT, found.until + self.origin)
        return found

    def days(self, technique: str) -> Iterator[int]:
        """The ordinals of the days on which the rule says something new."""
        return (step.start + self.origin for step in self.timelines[technique] if step.start != ALWAYS)


def restrictions(protocol: Protocol, case: Case) -> list[Restriction]:
    """Every rule of section 4 that applies to the case, in the order of the sections."""
    return [
        *_since_procedures(protocol, case),
        *_settling(protocol, case),
        *_before_planned_filler(protocol, case),
        *_conditions(protocol, case),
    ]


def _since_procedures(protocol: Protocol, case: Case) -> Iterator[Restriction]:
    for procedure in case.done:
        if procedure.day is None or procedure.days is None:
            cells = unchanging(protocol.unknown_date.cells, outside=has_untreated_zone(procedure))
            yield Restriction(f"unknown_date:{procedure.id}", procedure.facts(), cells)
            continue
        ends = None if procedure.id == "filler" else protocol.timing.no_restriction_from_days
        if ends is None or procedure.days < ends:
            yield _time_restriction(protocol, procedure, procedure.day.toordinal(), ends)


def _time_restriction(protocol: Protocol, procedure: Procedure, origin: int, ends: int | None) -> Restriction:
    found = timelines(
        row_of(protocol, procedure),
        untreated_zone=has_untreated_zone(procedure),
        points_on_zone=has_points_on_zone(protocol, procedure),
        ends=ends,
    )
    return Restriction(f"time:{procedure.id}", procedure.facts(), found, origin)


def _settling(protocol: Protocol, case: Case) -> Iterator[Restriction]:
    # From `see_doctor.mild_from_days` on, a mild swelling never comes this far.
    if case.one("settling") == "mild":
        wait = after_days(protocol.timing.mild_wait_days)
        yield Restriction("settling:mild", {}, wait, case.today.toordinal())


def _before_planned_filler(protocol: Protocol, case: Case) -> Iterator[Restriction]:
    if not case.planned:
        return
    if case.planned_day is None:
        yield Restriction("unknown_date:filler_planned", {}, unchanging(protocol.unknown_planned_date.cells))
        return
    facts = {"date": case.planned_day, "days": (case.planned_day - case.today).days}
    ending = {
        technique: (Step(ALWAYS, FREE), Step(1 - protocol.planned.days[technique], FORBIDDEN))
        for technique in TECHNIQUES
    }
    yield Restriction("planned:filler", facts, ending, case.planned_day.toordinal(), ends_waits=True)


def _conditions(protocol: Protocol, case: Case) -> Iterator[Restriction]:
    for condition in case.conditions():
        row = protocol.conditions[condition]
        if isinstance(row, WaitRow):
            facts = {"days": row.wait_days}
            yield Restriction(condition, facts, after_days(row.wait_days), case.today.toordinal())
        else:
            yield Restriction(condition, {"hint": row.hint} if row.hint else {}, unchanging(row.cells))
