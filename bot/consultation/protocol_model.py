"""The shape of the protocol: what protocol.toml says, frozen.

Every number of the consultation stands in that file, which a clinic's clinician owns; the modules beside this one hold
the rules that read it. Days are whole days since the day of treatment, which is day 0, unless a name says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from bot.consultation.advice import Verdict

UrgentClass: TypeAlias = Literal["urgent_a", "urgent_b", "urgent_c"]


class ProtocolError(ValueError):
    """A protocol file that cannot be used; ``problems`` names the row of each thing that is wrong."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Stage:
    """The first ``days`` of a stage and its marks: ``specialist`` is the S of the file, ``outside`` its z."""

    days: int
    specialist: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class StageRow:
    """The stages A to E of section 4a; ``outside`` (A) is ``None`` where there is no untreated zone."""

    outside: Stage | None
    drainage: Stage
    classic: Stage
    sculpting: Stage
    suction: Stage
    source: str = ""


@dataclass(frozen=True, slots=True)
class CellRow:
    """A verdict for each technique, in the order of ``TECHNIQUES``; ``hint`` is an id of ``HINTS`` or empty."""

    cells: tuple[Verdict, ...]
    source: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class WaitRow:
    """Every technique waits so many days from today."""

    wait_days: int
    source: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """Techniques in the order in which one is looked for."""

    order: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Urgent:
    """Rules 1 to 3 of section 3: the class of each sign; both limits are inclusive."""

    symptoms: Mapping[str, UrgentClass]
    settling: Mapping[str, UrgentClass]
    worse_until_days: int
    infection: UrgentClass
    infection_until_days: int
    source: str


@dataclass(frozen=True, slots=True)
class SeeDoctor:
    """Rule 6 of section 3: blocking answers (``health:heart:unstable``) by their source, and the blocks by time."""

    answers: Mapping[str, str]
    surgery_before_days: int
    mild_from_days: int
    broken_skin: tuple[str, ...]
    broken_skin_until_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Section 4a: after how many days procedures other than fillers count no more; the wait with a mild swelling."""

    no_restriction_from_days: int
    mild_wait_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Planned:
    """Section 4b: how many days before the planned filler each technique ends."""

    days: Mapping[str, int]
    source: str


@dataclass(frozen=True, slots=True)
class Places:
    """The areas that carry pressure points, and the neighbours of each area; both only shape 4a and what is told."""

    points_on: frozenset[str]
    points_source: str
    neighbours: Mapping[str, tuple[str, ...]]
    neighbours_source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Section 5: the orders in which a technique is recommended."""

    wishes: Mapping[str, OrderRow]
    home: OrderRow
    after_filler_until_days: int
    after_filler: str
    after_filler_home: str
    after_filler_source: str


@dataclass(frozen=True, slots=True)
class Course:
    """A course of drainage: the fewest and the most sessions; 0 where the file gives no number of that kind.

    ``apart_days`` at least between two sessions, ``per_week`` at most, the last ``last_days_before`` the planned day;
    or one every ``every_days`` days, and then a facial every ``then_facial_every_months`` months.
    """

    sessions: tuple[int, int]
    source: str
    apart_days: int = 0
    per_week: int = 0
    last_days_before: int = 0
    every_days: int = 0
    then_facial_every_months: int = 0


@dataclass(frozen=True, slots=True)
class CheckIns:
    """Days after an injection (0 is that evening) and hours after a massage on which the client is asked."""

    after_injection_days: tuple[int, ...]
    after_massage_hours: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """One version of the protocol. ``rows`` is the file itself, row by row as text: what two versions are compared by.

    ``conditions`` holds sections 4c and 4d by answer: ``skin:puffy``, ``skin_issues:wound``, ``health:heart:stable``.
    """

    version: str
    date: date
    signed_by: str
    sources: Mapping[str, str]
    urgent: Urgent
    see_doctor: SeeDoctor
    areas: Mapping[str, StageRow]
    products: Mapping[str, StageRow]
    procedures: Mapping[str, StageRow]
    peels: Mapping[str, StageRow]
    lasers: Mapping[str, StageRow]
    timing: Timing
    places: Places
    planned: Planned
    unknown_date: CellRow
    unknown_planned_date: CellRow
    conditions: Mapping[str, CellRow | WaitRow]
    choice: Choice
    preparation: Course
    after: Course
    check_ins: CheckIns
    rows: Mapping[str, str]
