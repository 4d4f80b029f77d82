"""Reads the rows of a protocol file: stages, cells, waits, orders."""

from collections.abc import Iterable, Mapping

from bot.consultation.advice import TECHNIQUES
from bot.consultation.protocol_model import CellRow, OrderRow, Stage, StageRow, WaitRow
from bot.consultation.protocol_reader import Section

HINTS = ("not_neck", "not_front_of_neck", "not_flat_on_back", "physiotherapist_plan", "tell_therapist")
"""What may be said beside a row of section 4d; each has its words in the catalogs."""


def source(section: Section, sources: Mapping[str, str]) -> str:
    """The words of the source that a row names."""
    return sources.get(section.choice("source", sources), "")


def stage_rows(
    section: Section, ids: Iterable[str], sources: Mapping[str, str], *, untreated_zone: bool
) -> dict[str, StageRow]:
    """The rows that could be read, each checked for stages that go down."""
    rows = {}
    for each in ids:
        if not section.has(each):
            section.note(each, "missing")
            continue
        row = _stage_row(section.section(each), sources, untreated_zone=untreated_zone)
        if row is not None:
            rows[each] = row
    section.close()
    return rows


def _stage_row(section: Section, sources: Mapping[str, str], *, untreated_zone: bool) -> StageRow | None:
    first: Stage | None = None
    before = len(section.problems)
    if untreated_zone:
        first = section.stage("A")
    elif section.take("A") not in ("-", None):
        section.note("A", 'must be "-": there is no untreated zone')
    b, c, d, e = (section.stage(letter) for letter in "BCDE")
    row_source = source(section, sources)
    section.close()
    if b is None or c is None or d is None or e is None or len(section.problems) > before:
        return None
    _check_rising(section, {"A": first, "B": b, "C": c, "D": d, "E": e})
    return StageRow(first, b, c, d, e, row_source)


def _check_rising(section: Section, stages: Mapping[str, Stage | None]) -> None:
    """C alone may be lower than B (it then counts as B); what is deeper must not come before what is gentler."""
    for gentler, deeper in (("A", "B"), ("B", "D"), ("C", "D"), ("D", "E")):
        low, high = stages[gentler], stages[deeper]
        if low is not None and high is not None and high.days < low.days:
            section.note(deeper, f"{high.days} is lower than {gentler} ({low.days})")


def cell_row(section: Section, sources: Mapping[str, str], *, hints: bool = False) -> CellRow:
    hint = section.choice("hint", HINTS) if hints and section.has("hint") else ""
    row = CellRow(section.cells("cells"), source(section, sources), hint)
    section.close()
    return row


def condition_row(section: Section, sources: Mapping[str, str], key: str) -> CellRow | WaitRow:
    if key == "skin_issues" and section.has("wait_days"):
        row = WaitRow(section.days("wait_days"), source(section, sources))
        section.close()
        return row
    return cell_row(section, sources, hints=key == "health")


def order_row(section: Section, sources: Mapping[str, str]) -> OrderRow:
    row = OrderRow(section.ids("order", TECHNIQUES), source(section, sources))
    section.close()
    return row


def session_range(section: Section) -> tuple[int, int]:
    numbers = section.numbers("sessions")
    if len(numbers) != 2:
        section.note("sessions", "the fewest and the most are needed")
        return (0, 0)
    return (numbers[0], numbers[1])
