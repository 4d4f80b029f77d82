"""Where not to massage, and until when before a planned filler: what the client is told beside the verdicts."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.consultation.advice import TechniqueAdvice
from bot.consultation.case import Case
from bot.consultation.protocol_model import Protocol
from bot.consultation.questions import BY_KEY
from bot.consultation.restrictions import Restriction
from bot.consultation.timing import has_untreated_zone
from bot.consultation.verdicts import Ruling, Severity, day_of

WHOLE = ("whole",)


def zone_left_alone(
    protocol: Protocol, case: Case, rules: Sequence[Restriction], merged: Mapping[str, Ruling], today: int
) -> tuple[str, ...]:
    """The treated areas and their neighbours, as far as they are to be left alone on the day ``today`` (an ordinal).

    A zone is left alone as long as its own rule lets no drainage onto it, or some technique only outside it.
    ``("whole",)`` is the whole face and neck; no zone, the empty tuple.
    """
    closed = {rule.id for rule in rules if _keeps_off(rule, merged, today)}
    zone: set[str] = set()
    for procedure in case.done:
        if closed.isdisjoint({f"time:{procedure.id}", f"unknown_date:{procedure.id}"}):
            continue
        if not has_untreated_zone(procedure):
            return WHOLE
        for area in procedure.details["areas"]:
            zone |= {area, *protocol.places.neighbours[area]}
    return tuple(area for area in BY_KEY["filler_areas"].options if area in zone)


def last_days(protocol: Protocol, case: Case, techniques: Mapping[str, TechniqueAdvice]) -> dict[str, date]:
    """The last day of each technique that is possible before a filler planned for a known day."""
    if case.planned_day is None:
        return {}
    planned = case.planned_day.toordinal()
    return {
        technique: day_of(planned - protocol.planned.days[technique])
        for technique, advice in techniques.items()
        if advice.verdict != "no"
    }


def _keeps_off(rule: Restriction, merged: Mapping[str, Ruling], today: int) -> bool:
    if rule.id.startswith("unknown_date:"):
        return True
    if not rule.id.startswith("time:"):
        return False
    on_zone = rule.at("drainage_tools", today)
    if on_zone.severity is Severity.WAIT:
        return True
    return any(ruling.outside and rule.at(technique, today).outside for technique, ruling in merged.items())
