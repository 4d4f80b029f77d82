"""Section 4a: what the time since a procedure allows, as a timeline for each technique."""

from collections.abc import Iterable
from functools import lru_cache

from bot.consultation.case import Procedure
from bot.consultation.protocol_model import Protocol, Stage, StageRow
from bot.consultation.questions import UNKNOWN
from bot.consultation.verdicts import ALWAYS, FORBIDDEN, FREE, Ruling, Severity, Step, Timeline


def row_of(protocol: Protocol, procedure: Procedure) -> StageRow:
    """The procedure's row; a filler's is the cell-by-cell strictest of its product's and each of its areas' rows."""
    match procedure.id:
        case "filler":
            given = procedure.details["areas"]
            areas = protocol.areas if UNKNOWN in given else given
            return strictest_row([protocol.products[procedure.detail("product")], *(protocol.areas[a] for a in areas)])
        case "peel":
            return protocol.peels[procedure.detail("depth")]
        case "laser":
            return protocol.lasers[procedure.detail("kind")]
        case name:
            return protocol.procedures[name]


def strictest_row(rows: Iterable[StageRow]) -> StageRow:
    """The larger number of each cell, and all marks of any row."""
    rows = list(rows)
    first = [row.outside for row in rows if row.outside is not None]
    return StageRow(
        _strictest(first) if first else None,
        _strictest([row.drainage for row in rows]),
        _strictest([row.classic for row in rows]),
        _strictest([row.sculpting for row in rows]),
        _strictest([row.suction for row in rows]),
    )


def has_untreated_zone(procedure: Procedure) -> bool:
    """Whether something can be done outside the treated zone: only after a filler whose areas are known."""
    return procedure.id == "filler" and UNKNOWN not in procedure.details["areas"]


def has_points_on_zone(protocol: Protocol, procedure: Procedure) -> bool:
    """Whether the pressure points of ``acupressure`` lie where the filler is."""
    return not protocol.places.points_on.isdisjoint(procedure.details.get("areas", ()))


@lru_cache(maxsize=4096)
def timelines(row: StageRow, *, untreated_zone: bool, points_on_zone: bool, ends: int | None) -> dict[str, Timeline]:
    """The timeline of each technique in days since the procedure; from day ``ends`` on it restricts nothing."""
    b, d, e = row.drainage, row.sculpting, row.suction
    # Where B is later than C, B counts as C, with its marks: the stricter reading.
    c = _strictest([row.classic, b]) if b.days > row.classic.days else row.classic
    gentle, classic, points = [_on(b)], [_on(c)], [_on(_specialist(c) if points_on_zone else c)]
    if untreated_zone:
        gentle = [_outside(row.outside or b), *gentle]
        classic = [_outside(b), *classic]
        points = points if points_on_zone else [_outside(b), *points]
    else:
        b, c, d, e = (_specialist(stage) for stage in (b, c, d, e))
        gentle, classic, points = [_on(b)], [_on(c)], [_on(c)]
    steps = {
        "drainage": gentle,
        "drainage_tools": [_on(b)],
        "classic": classic,
        "sculpting": [_on(d)],
        "acupressure": points,
        "suction": [_on(e)],
        # Nobody experienced is there for stages that need a specialist: they are skipped.
        "self": [step for step in gentle if step.ruling.severity is not Severity.SPECIALIST],
    }
    return {technique: _complete(each, ends) for technique, each in steps.items()}


def _strictest(stages: list[Stage]) -> Stage:
    return Stage(
        max(stage.days for stage in stages),
        any(stage.specialist for stage in stages),
        any(stage.outside for stage in stages),
    )


def _specialist(stage: Stage) -> Stage:
    """``z`` counts as ``S`` where there is nothing outside the zone."""
    return Stage(stage.days, specialist=stage.specialist or stage.outside)


def _on(stage: Stage) -> Step:
    """On the zone from that day, unless marked ``z``."""
    return Step(stage.days, Ruling(_severity(stage), 0, stage.outside))


def _outside(stage: Stage) -> Step:
    return Step(stage.days, Ruling(_severity(stage), 0, outside=True))


def _severity(stage: Stage) -> Severity:
    return Severity.SPECIALIST if stage.specialist else Severity.YES


def _complete(steps: list[Step], ends: int | None) -> Timeline:
    """Forbidden where no step is left; of two steps on one day the later in the list holds; free from ``ends``."""
    kept = steps or [Step(ALWAYS, FORBIDDEN)]
    if ends is not None and kept[-1] != Step(kept[-1].start, FREE):
        kept = [*(step for step in kept if step.start < ends), Step(ends, FREE)]
    return tuple(kept)
