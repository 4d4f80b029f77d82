"""The protocol as tables of plain text, for a clinician to read and to sign."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.consultation.advice import TECHNIQUES
from bot.consultation.protocol_model import CellRow, Course, Protocol, Stage, StageRow, WaitRow

_LETTERS = {"yes": "y", "light": "l", "specialist": "s", "no": "-", "wait": "wait"}
_RULE = "=" * 100


def tables(protocol: Protocol) -> str:
    """Every row of the protocol with its source, its version and sign-off, and a line for a signature."""
    numbers = {source: str(number) for number, source in enumerate(protocol.sources.values(), start=1)}
    blocks = (
        _head(protocol),
        *_outcomes(protocol, numbers),
        *_stages(protocol, numbers),
        *_times(protocol, numbers),
        *_cells(protocol, numbers),
        *_choices(protocol, numbers),
        *_follow_ups(protocol, numbers),
        _block("Sources", ((f"[{number}]", source) for source, number in numbers.items())),
        _signature(protocol),
    )
    return "\n\n".join(blocks) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, under a ruled header."""
    grid = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(row[column]) for row in grid) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in grid]
    return "\n".join((lines[0], "  ".join("-" * width for width in widths), *lines[1:]))


def _titled(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return f"{title}\n\n{table(header, rows)}"


def _block(title: str, rows: Iterable[Sequence[str]]) -> str:
    return "\n".join((title, "", *("  ".join(row) for row in rows)))


def _head(protocol: Protocol) -> str:
    return "\n".join(
        (_RULE, f"MASSAGE PROTOCOL {protocol.version} of {protocol.date.isoformat()}", protocol.signed_by, _RULE)
    )


def _signature(protocol: Protocol) -> str:
    lines = (f"{label:<10}{'_' * 40}\n" for label in ("Name", "Clinic", "Day", "Signature"))
    return "\n".join((_RULE, f"I have read protocol {protocol.version} and sign it off for our clinic.", "", *lines))


def _outcomes(protocol: Protocol, numbers: Mapping[str, str]) -> Iterator[str]:
    urgent, doctor = protocol.urgent, protocol.see_doctor
    source = numbers[urgent.source]
    signs = [(f"symptoms:{sign}", outcome, "always", source) for sign, outcome in urgent.symptoms.items()]
    worse = f"filler {urgent.worse_until_days} days ago or less, of unknown or of future date"
    signs += [
        (f"settling:{sign}", outcome, worse if sign == "worse" else "always", source)
        for sign, outcome in urgent.settling.items()
    ]
    recent = f"procedure {urgent.infection_until_days} days ago or less, of unknown or of future date"
    signs.append(("health:infection or skin_issues:infection", urgent.infection, recent, source))
    yield _titled("Urgent: tried first", ("answer", "outcome", "when", "source"), signs)
    blocks = [(answer, "always", numbers[source]) for answer, source in doctor.answers.items()]
    source = numbers[doctor.source]
    blocks += [
        ("surgery", f"less than {doctor.surgery_before_days} days ago, or of unknown date", source),
        ("settling:mild", f"{doctor.mild_from_days} days or more after the filler, or of unknown date", source),
    ]
    blocks += [
        (f"skin_issues:{issue}", f"procedure {doctor.broken_skin_until_days} days ago or less, or unknown", source)
        for issue in doctor.broken_skin
    ]
    yield _titled("To the doctor first", ("answer", "when", "source"), blocks)


def _stages(protocol: Protocol, numbers: Mapping[str, str]) -> Iterator[str]:
    legend = (
        "Days since each procedure (day 0 is the day of treatment)\n"
        "A gentle drainage outside the zone · B drainage on the zone · C classic and pressure points on the zone\n"
        "D sculpting · E suction · S from that day with approval only · z outside the zone; on it with approval only\n"
        "A filler's row is the strictest of its product's and of each of its areas' rows"
    )
    groups = (
        ("area", protocol.areas),
        ("product", protocol.products),
        ("procedure", protocol.procedures),
        ("peel", protocol.peels),
        ("laser", protocol.lasers),
    )
    rows = [
        (f"{group} {name}", *_stage_cells(row), numbers[row.source])
        for group, named in groups
        for name, row in named.items()
    ]
    yield _titled(legend, ("row", *"ABCDE", "source"), rows)


def _stage_cells(row: StageRow) -> tuple[str, ...]:
    return tuple(_stage(stage) for stage in (row.outside, row.drainage, row.classic, row.sculpting, row.suction))


def _stage(stage: Stage | None) -> str:
    if stage is None:
        return "-"
    return " ".join((str(stage.days), *("S" if stage.specialist else ""), *("z" if stage.outside else "")))


def _times(protocol: Protocol, numbers: Mapping[str, str]) -> Iterator[str]:
    timing, places = protocol.timing, protocol.places
    source = numbers[timing.source]
    rows = [
        ("procedures other than a filler add no restriction from day", str(timing.no_restriction_from_days), source),
        ("a mild swelling or bruise: days to wait from today", str(timing.mild_wait_days), source),
        ("areas with pressure points", ", ".join(sorted(places.points_on)), numbers[places.points_source]),
    ]
    yield _titled("Other times and places", ("what", "value", "source"), rows)
    source = numbers[places.neighbours_source]
    neighbours = [(area, ", ".join(others), source) for area, others in places.neighbours.items()]
    yield _titled("Left alone together with the treated area", ("area", "neighbours", "source"), neighbours)
    source = numbers[protocol.planned.source]
    days = [(technique, str(number), source) for technique, number in protocol.planned.days.items()]
    yield _titled("Before a planned filler: the last day, in days before it", ("technique", "days", "source"), days)


def _cells(protocol: Protocol, numbers: Mapping[str, str]) -> Iterator[str]:
    rows: dict[str, CellRow | WaitRow] = {
        "procedure of unknown date": protocol.unknown_date,
        "filler planned, unknown date": protocol.unknown_planned_date,
        **protocol.conditions,
    }
    cells = [(name, *_cell_row(row), numbers[row.source]) for name, row in rows.items()]
    legend = (
        "Dates that are not known, skin and health\n"
        "y yes · l light pressure · s with written approval only · - no · a number: days to wait from today\n"
        "A procedure of unknown date: outside the treated zone, where there is one"
    )
    yield _titled(legend, ("answer", *TECHNIQUES, "hint", "source"), cells)


def _cell_row(row: CellRow | WaitRow) -> tuple[str, ...]:
    if isinstance(row, WaitRow):
        return (*(str(row.wait_days) for _ in TECHNIQUES), "")
    return (*(_LETTERS[cell] for cell in row.cells), row.hint)


def _choices(protocol: Protocol, numbers: Mapping[str, str]) -> Iterator[str]:
    choice = protocol.choice
    rows = [(f"wish {wish}", ", ".join(row.order), numbers[row.source]) for wish, row in choice.wishes.items()]
    rows.append(("at home", ", ".join(choice.home.order), numbers[choice.home.source]))
    first = f"first {choice.after_filler}, at home {choice.after_filler_home}"
    after = f"filler {choice.after_filler_until_days} days ago or less, or of unknown date"
    rows.append((after, first, numbers[choice.after_filler_source]))
    yield _titled("Recommended: the first that is possible", ("for", "order", "source"), rows)


def _follow_ups(protocol: Protocol, numbers: Mapping[str, str]) -> Iterator[str]:
    check_ins = protocol.check_ins
    source = numbers[check_ins.source]
    rows = [
        (
            "preparation course before a planned filler",
            _course(protocol.preparation),
            numbers[protocol.preparation.source],
        ),
        ("course after a filler", _course(protocol.after), numbers[protocol.after.source]),
        ("check-ins after an injection", f"days {_list(check_ins.after_injection_days)} (0: that evening)", source),
        ("check-ins after a massage", f"hours {_list(check_ins.after_massage_hours)}", source),
    ]
    yield _titled("Courses and check-ins", ("what", "when", "source"), rows)


def _course(course: Course) -> str:
    fewest, most = course.sessions
    parts = [f"{fewest} to {most} sessions of drainage"]
    if course.every_days:
        parts.append(f"one every {course.every_days} days")
    if course.apart_days:
        parts.append(f"at least {course.apart_days} days apart")
    if course.per_week:
        parts.append(f"at most {course.per_week} a week")
    if course.last_days_before:
        parts.append(f"the last {course.last_days_before} days before or earlier")
    if course.then_facial_every_months:
        parts.append(f"then a facial every {course.then_facial_every_months} month(s)")
    return ", ".join(parts)


def _list(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
