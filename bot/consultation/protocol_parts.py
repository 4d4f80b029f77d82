"""Reads each part of a protocol file into its shape."""

from collections.abc import Iterable, Mapping
from typing import cast, get_args

from bot.consultation.advice import TECHNIQUES
from bot.consultation.protocol_model import (
    CellRow,
    CheckIns,
    Choice,
    Course,
    Places,
    Planned,
    SeeDoctor,
    Timing,
    Urgent,
    UrgentClass,
    WaitRow,
)
from bot.consultation.protocol_reader import Section
from bot.consultation.protocol_rows import condition_row, order_row, session_range, source
from bot.consultation.questions import BY_KEY, UNKNOWN

URGENT_CLASSES: tuple[UrgentClass, ...] = get_args(UrgentClass)


def options(key: str) -> tuple[str, ...]:
    """The options of the question ``key`` that name something: all but ``none``."""
    return tuple(option for option in BY_KEY[key].options if option != "none")


def areas() -> tuple[str, ...]:
    return tuple(area for area in options("filler_areas") if area != UNKNOWN)


def health_conditions() -> tuple[str, ...]:
    """``implants``, ``heart:stable``: each option of ``health``, with its detail where one is asked."""
    return tuple(
        f"{option}:{detail}" if detail else option
        for option in options("health")
        for detail in (options(f"{option}_detail") if f"{option}_detail" in BY_KEY else ("",))
    )


def urgent(section: Section, sources: Mapping[str, str]) -> Urgent:
    def classes(key: str, ids: Iterable[str]) -> dict[str, UrgentClass]:
        table = section.section(key)
        found = {each: cast("UrgentClass", table.choice(each, URGENT_CLASSES)) for each in ids}
        table.close()
        return found

    part = Urgent(
        symptoms=classes("symptoms", options("symptoms")),
        settling=classes("settling", ("unsure", "worse")),
        worse_until_days=section.days("worse_until_days"),
        infection=cast("UrgentClass", section.choice("infection", URGENT_CLASSES)),
        infection_until_days=section.days("infection_until_days"),
        source=source(section, sources),
    )
    section.close()
    return part


def see_doctor(section: Section, sources: Mapping[str, str]) -> SeeDoctor:
    known = {
        *(f"health:{condition}" for condition in health_conditions()),
        *(f"{key}:{option}" for key in ("skin", "skin_issues") for option in options(key)),
        *(f"settling:{option}" for option in options("settling") if option != "settled"),
    }
    table = section.section("answers")
    answers = {}
    for answer in table.rest():
        row = table.section(answer)
        if answer not in known:
            table.note(answer, "unknown id")
        answers[answer] = source(row, sources)
        row.close()
    part = SeeDoctor(
        answers=answers,
        surgery_before_days=section.days("surgery_before_days"),
        mild_from_days=section.days("mild_from_days"),
        broken_skin=section.ids("broken_skin", options("skin_issues")),
        broken_skin_until_days=section.days("broken_skin_until_days"),
        source=source(section, sources),
    )
    section.close()
    return part


def conditions(root: Section, sources: Mapping[str, str], blocking: Iterable[str]) -> dict[str, CellRow | WaitRow]:
    """Sections 4c and 4d: a row for each answer that rule 6 does not stop."""
    found: dict[str, CellRow | WaitRow] = {}
    for key, ids in (
        ("skin", options("skin")),
        ("skin_issues", options("skin_issues")),
        ("health", health_conditions()),
    ):
        table = root.section(key)
        for each in ids:
            if f"{key}:{each}" not in blocking:
                found[f"{key}:{each}"] = condition_row(table.section(each), sources, key)
            elif table.has(each):
                table.take(each)
                table.note(each, "see_doctor.answers stops it already")
        table.close()
    return found


def timing(section: Section, sources: Mapping[str, str]) -> Timing:
    part = Timing(section.days("no_restriction_from_days"), section.days("mild_wait_days"), source(section, sources))
    section.close()
    return part


def places(points: Section, neighbours: Section, sources: Mapping[str, str]) -> Places:
    part = Places(
        points_on=frozenset(points.ids("points_on", areas())),
        points_source=source(points, sources),
        neighbours={area: neighbours.ids(area, areas()) for area in areas()},
        neighbours_source=source(neighbours, sources),
    )
    points.close()
    neighbours.close()
    for area, others in part.neighbours.items():
        for other in others:
            if other == area:
                neighbours.note(area, "an area is no neighbour of itself")
            elif area not in part.neighbours.get(other, (area,)):
                neighbours.note(area, f"{other} is a neighbour, but {area} is none of {other}")
    return part


def planned(section: Section, sources: Mapping[str, str]) -> Planned:
    part = Planned({technique: section.days(technique) for technique in TECHNIQUES}, source(section, sources))
    section.close()
    return part


def choice(root: Section, sources: Mapping[str, str]) -> Choice:
    wishes = root.section("wishes")
    orders = {wish: order_row(wishes.section(wish), sources) for wish in options("wish")}
    wishes.close()
    home = order_row(root.section("home"), sources)
    after = root.section("after_filler")
    part = Choice(
        wishes=orders,
        home=home,
        after_filler_until_days=after.days("until_days"),
        after_filler=after.choice("therapist", TECHNIQUES),
        after_filler_home=after.choice("home", TECHNIQUES),
        after_filler_source=source(after, sources),
    )
    after.close()
    for wish, row in orders.items():
        if row.order and part.after_filler not in row.order:
            wishes.note(wish, f"after_filler needs {part.after_filler} in it")
    if home.order and part.after_filler_home not in home.order:
        root.note("home", f"after_filler needs {part.after_filler_home} in it")
    return part


def courses(root: Section, sources: Mapping[str, str]) -> tuple[Course, Course]:
    """The preparation course and the course afterwards."""
    section = root.section("courses")
    before, after = section.section("preparation"), section.section("after")
    preparation = Course(
        sessions=session_range(before),
        source=source(before, sources),
        apart_days=before.days("apart_days", 1),
        per_week=before.days("per_week", 1),
        last_days_before=before.days("last_days_before"),
    )
    afterwards = Course(
        sessions=session_range(after),
        source=source(after, sources),
        every_days=after.days("every_days", 1),
        then_facial_every_months=after.days("then_facial_every_months", 1),
    )
    for each in (before, after, section):
        each.close()
    return preparation, afterwards


def check_ins(section: Section, sources: Mapping[str, str]) -> CheckIns:
    part = CheckIns(
        section.numbers("after_injection_days"), section.numbers("after_massage_hours"), source(section, sources)
    )
    section.close()
    return part
