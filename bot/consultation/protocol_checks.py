"""What a protocol must fulfil beyond its single rows, so that nothing dangerous can be switched off by a slip."""

from collections.abc import Iterator, Mapping

from bot.consultation.protocol_model import Protocol, Stage, StageRow, Urgent
from bot.consultation.protocol_parts import URGENT_CLASSES
from bot.consultation.questions import UNKNOWN


def inconsistencies(protocol: Protocol) -> Iterator[str]:
    """Problems between the rows, each with the row's name first."""
    for option in ("lump", "worse"):
        if f"settling:{option}" not in protocol.see_doctor.answers:
            yield f"see_doctor.answers.settling:{option}: missing; nothing else stops it"
    for table, rows in (("products", protocol.products), ("peels", protocol.peels), ("lasers", protocol.lasers)):
        yield from _unknown_too_mild(table, rows)
    limit = protocol.timing.no_restriction_from_days
    for table, rows in (("procedures", protocol.procedures), ("peels", protocol.peels), ("lasers", protocol.lasers)):
        for name, row in rows.items():
            for letter, stage in stages(row):
                if stage.days > limit:
                    yield f"{table}.{name}.{letter}: {stage.days} is after time.no_restriction_from_days ({limit})"
    if protocol.preparation.last_days_before < protocol.planned.days["drainage"]:
        yield (
            f"courses.preparation.last_days_before: {protocol.preparation.last_days_before} is fewer "
            f"than planned.drainage ({protocol.planned.days['drainage']})"
        )


def milder_urgency(urgent: Urgent, floor: Urgent) -> Iterator[str]:
    """Where ``urgent`` (rules 1 to 3) is milder than ``floor``; a clinic may only make these rules stricter."""
    classes = (
        *((f"symptoms.{sign}", urgent.symptoms[sign], least) for sign, least in floor.symptoms.items()),
        *((f"settling.{sign}", urgent.settling[sign], least) for sign, least in floor.settling.items()),
        ("infection", urgent.infection, floor.infection),
    )
    for row, given, least in classes:
        if URGENT_CLASSES.index(given) > URGENT_CLASSES.index(least):
            yield f"urgent.{row}: {given} is milder than {least}"
    for name in ("worse_until_days", "infection_until_days"):
        days, fewest = getattr(urgent, name), getattr(floor, name)
        if days < fewest:
            yield f"urgent.{name}: {days} is lower than {fewest}"


def stages(row: StageRow) -> Iterator[tuple[str, Stage]]:
    """The stages of ``row`` with their letters; A only where there is one."""
    if row.outside is not None:
        yield "A", row.outside
    yield from zip("BCDE", (row.drainage, row.classic, row.sculpting, row.suction), strict=True)


def _unknown_too_mild(table: str, rows: Mapping[str, StageRow]) -> Iterator[str]:
    unknown = dict(stages(rows[UNKNOWN]))
    for name, row in rows.items():
        for letter, stage in stages(row):
            own = unknown[letter]
            if own.days < stage.days or own.specialist < stage.specialist or own.outside < stage.outside:
                yield f"{table}.{UNKNOWN}.{letter}: milder than {name}; what is not known is as strict as each"
