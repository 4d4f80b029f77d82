"""What the shipped protocol must answer: a corpus on both sides of every boundary, answered by the second reading.

``failures`` is what the tests hold the shipped file to, and what the proof runs on each mutation of that file.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from bot.consultation.advice import Advice
from bot.consultation.engine import advise
from bot.consultation.protocol_checks import stages
from bot.consultation.protocol_model import CellRow, Protocol, StageRow
from tests.protocol import reference
from tests.protocol.cases import BOUNDARIES, TODAY, ahead, done, filler, healthy, planned

Answers = dict[str, Any]

SIGNS = ("vision", "stroke", "skin_colour", "allergy", "infection", "swallowing", "chest", "neck")
HEALTH: tuple[tuple[str, Answers], ...] = (
    *((option, {"health": [option]}) for option in ("lymph", "neck_vessels", "kidney_bp", "infection", "injury")),
    ("implants", {"health": ["implants"]}),
    *(
        (f"{option}:{detail}", {"health": [option], f"{option}_detail": detail})
        for option in reference.DETAILS
        for detail in reference.ONE[f"{option}_detail"].split()
    ),
)
HINTS = {
    "heart:stable": "not_neck",
    "thyroid:stable": "not_front_of_neck",
    "pregnancy:later": "not_flat_on_back",
    "neuro:palsy": "physiotherapist_plan",
    "immune:stable": "tell_therapist",
}


def corpus() -> Iterator[Answers]:
    """Complete answers, each a healthy client with one or two things to tell."""
    yield from _time()
    yield from _signs_and_conditions()
    yield from _planned()
    yield from _choices()


def _time() -> Iterator[Answers]:
    for days in (*BOUNDARIES, "unknown"):
        for product in reference.ONE["filler_product"].split():
            for areas in ("lips", "unknown", "neck"):
                yield filler(days, product, areas)
        for area in reference.SET["filler_areas"].split():
            yield filler(days, "ha", area)
            yield filler(days, "permanent", area)
        for procedure in ("toxin", "boosters", "threads", "needling", "surgery"):
            yield done(procedure, days)
        for depth in reference.ONE["peel_depth"].split():
            yield done("peel", days, peel_depth=depth)
        for kind in reference.ONE["laser_kind"].split():
            yield done("laser", days, laser_kind=kind)
        for settling in reference.ONE["settling"].split():
            yield filler(days, settling=settling)


def _signs_and_conditions() -> Iterator[Answers]:
    yield from (healthy(symptoms=[sign]) for sign in SIGNS)
    yield healthy(age="minor")
    yield from (healthy(skin=[option]) for option in reference.SET["skin"].split())
    yield from (healthy(skin_issues=[option]) for option in reference.SET["skin_issues"].split())
    yield from (healthy(**answers) for _, answers in HEALTH)
    for days in (*BOUNDARIES, "unknown"):
        yield done("toxin", days, health=["infection"])
        for issue in ("infection", "wound", "cold_sore"):
            yield done("toxin", days, skin_issues=[issue])


def _planned() -> Iterator[Answers]:
    for days in (*range(30), "unknown"):
        yield planned(days)
        for issue in ("sunburn", "wound", "cold_sore"):
            yield planned(days, skin_issues=[issue])
        yield filler(5, procedures=["filler", "filler_planned"], filler_planned_date=ahead(days))


def _choices() -> Iterator[Answers]:
    for wish in reference.WISHES:
        for setting in ("therapist", "home"):
            own = {"wish": wish, "setting": setting}
            yield healthy(**own)
            yield healthy(skin_issues=["sunburn"], **own)
            yield from (healthy(skin=[option], **own) for option in ("acne_inflamed", "acne_prone", "sensitive"))
            yield from (filler(days, **own) for days in (*BOUNDARIES, "unknown"))
            yield from (healthy(**answers, **own) for _, answers in HEALTH)


@cache
def _answered() -> tuple[tuple[Answers, dict[str, Any]], ...]:
    return tuple((answers, reference.advice(answers, TODAY)) for answers in corpus())


def compared(advice: Advice) -> dict[str, Any]:
    """What both readings have to say: the advice object without version and reasons."""
    return {key: value for key, value in advice.as_json().items() if key not in ("protocol", "reasons")}


def failures(protocol: Protocol) -> Iterator[str]:
    """Everything in which ``protocol`` does not do what the document says."""
    yield from advice_failures(protocol)
    yield from told_failures(protocol)
    yield from transcription_failures(protocol)


def advice_failures(protocol: Protocol) -> Iterator[str]:
    """Outcomes, verdicts, days and recommendations."""
    for answers, expected in _answered():
        found = compared(advise(protocol, answers, TODAY))
        if found != expected:
            yield f"{answers}: {found} instead of {expected}"


def told_failures(protocol: Protocol) -> Iterator[str]:
    """The zone that is left alone, and the words in brackets of section 4d."""
    pairs = [set(pair.split("-")) for pair in reference.NEIGHBOURS.split()]
    for area in " ".join(reference.AREAS).split():
        expected = set().union({area}, *(pair for pair in pairs if area in pair))
        found = advise(protocol, filler(3, areas=area), TODAY).zone
        if set(found) != expected:
            yield f"zone of {area}: {found} instead of {expected}"
    for condition, answers in HEALTH:
        reasons = advise(protocol, healthy(**answers), TODAY).reasons
        hints = {reason.facts["hint"] for reason in reasons if "hint" in reason.facts}
        if hints != {hint for name, hint in HINTS.items() if name == condition}:
            yield f"hints of {condition}: {hints}"


def transcription_failures(protocol: Protocol) -> Iterator[str]:
    """What no advice can show, because a stricter row always hides it or nothing is advised by it."""
    yield from _rows(protocol.areas, reference.AREAS)
    yield from _rows(protocol.products, reference.PRODUCTS)
    yield from _rows(
        {**protocol.procedures, **_named("peel", protocol.peels), **_named("laser", protocol.lasers)}, reference.OTHERS
    )
    yield from _cells(protocol)
    pairs: list[tuple[str, object, object]] = [
        *((wish, " ".join(protocol.choice.wishes[wish].order), order) for wish, order in reference.WISHES.items()),
        ("home", protocol.choice.home.order, ("self", "drainage_tools")),
        ("first at home", protocol.choice.after_filler_home, "self"),
        ("version", protocol.version, "2026.1"),
        ("date", protocol.date, date(2026, 11, 20)),
        ("signed_by", protocol.signed_by, "not signed: default protocol"),
        ("preparation", _numbers(protocol.preparation), ((5, 7), 3, 2, 7, 0, 0)),
        ("after", _numbers(protocol.after), ((4, 6), 0, 0, 0, 7, 1)),
        ("days", protocol.check_ins.after_injection_days, (0, 1, 3, 7, 14, 28)),
        ("hours", protocol.check_ins.after_massage_hours, (24, 72)),
    ]
    yield from (f"{name}: {found} instead of {expected}" for name, found, expected in pairs if found != expected)


def _numbers(course: Any) -> tuple[object, ...]:
    return (
        course.sessions,
        course.apart_days,
        course.per_week,
        course.last_days_before,
        course.every_days,
        course.then_facial_every_months,
    )


def _named(procedure: str, rows: Mapping[str, StageRow]) -> dict[str, StageRow]:
    return {f"{procedure}:{name}": row for name, row in rows.items()}


def _rows(rows: Mapping[str, StageRow], expected: Mapping[str, str]) -> Iterator[str]:
    for names, cells in expected.items():
        for name in names.split():
            found = [f"{stage.days}{'S' * stage.specialist}{'z' * stage.outside}" for _, stage in stages(rows[name])]
            if found != [cell for cell in cells.split() if cell != "-"]:
                yield f"{name}: {found} instead of {cells}"


def _cells(protocol: Protocol) -> Iterator[str]:
    """The letters for `self`, for which specialist and no are the same to a client."""
    rows = {"unknown date": protocol.unknown_date, "unknown planned date": protocol.unknown_planned_date}
    for name, row in {**rows, **protocol.conditions}.items():
        if isinstance(row, CellRow) and row.cells[-1] == "specialist":
            yield f"{name}: self is {row.cells[-1]}"
