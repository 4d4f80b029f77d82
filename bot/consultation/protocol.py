"""Loads the protocol in force: the shipped protocol.toml or the clinic's own file, every problem named at once."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from bot.consultation import protocol_parts as parts
from bot.consultation.protocol_checks import inconsistencies, milder_urgency
from bot.consultation.protocol_model import Protocol, ProtocolError
from bot.consultation.protocol_reader import Section
from bot.consultation.protocol_rows import cell_row, stage_rows

__all__ = ["SHIPPED", "Protocol", "ProtocolError", "build_protocol", "load_protocol", "parse_protocol"]

SHIPPED = Path(__file__).with_name("protocol.toml")
_PROCEDURES = ("toxin", "boosters", "threads", "needling", "surgery")


def load_protocol(path: Path | None = None) -> Protocol:
    """The protocol in ``path``, or the shipped one.

    A clinic's own file may not be milder than the shipped one in rules 1 to 3 of section 3.
    Raises ``ProtocolError`` with every problem: an unreadable file, bad TOML with its line, bad rows by their names.
    """
    if path is None:
        return _shipped()
    protocol = parse_protocol(_read(path))
    problems = tuple(milder_urgency(protocol.urgent, _shipped().urgent))
    if problems:
        raise ProtocolError(*problems)
    return protocol


def parse_protocol(text: str) -> Protocol:
    """The protocol written in ``text`` (TOML); raises ``ProtocolError`` with every problem."""
    try:
        return build_protocol(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"not TOML: {error}") from None


def build_protocol(document: Mapping[str, object]) -> Protocol:
    """The protocol that a read TOML ``document`` holds; raises ``ProtocolError`` with every problem."""
    problems: list[str] = []
    protocol = _assemble(Section(document, "", problems), dict(_rows(document)))
    # Rows are compared with one another only where each of them could be read.
    problems.extend(() if problems else inconsistencies(protocol))
    if problems:
        raise ProtocolError(*problems)
    return protocol


@lru_cache(maxsize=1)
def _shipped() -> Protocol:
    return parse_protocol(_read(SHIPPED))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ProtocolError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ProtocolError(f"not UTF-8 at byte {error.start}") from None


def _assemble(root: Section, rows: Mapping[str, str]) -> Protocol:
    sources = _sources(root)
    see_doctor = parts.see_doctor(root.section("see_doctor"), sources)
    unknown_date = root.section("unknown_date")
    preparation, after = parts.courses(root, sources)
    protocol = Protocol(
        version=root.text("version"),
        date=_day(root),
        signed_by=root.text("signed_by"),
        sources=sources,
        urgent=parts.urgent(root.section("urgent"), sources),
        see_doctor=see_doctor,
        areas=stage_rows(root.section("areas"), parts.areas(), sources, untreated_zone=True),
        products=stage_rows(root.section("products"), parts.options("filler_product"), sources, untreated_zone=True),
        procedures=stage_rows(root.section("procedures"), _PROCEDURES, sources, untreated_zone=False),
        peels=stage_rows(root.section("peels"), parts.options("peel_depth"), sources, untreated_zone=False),
        lasers=stage_rows(root.section("lasers"), parts.options("laser_kind"), sources, untreated_zone=False),
        timing=parts.timing(root.section("time"), sources),
        places=parts.places(root.section("acupressure"), root.section("neighbours"), sources),
        planned=parts.planned(root.section("planned"), sources),
        unknown_date=cell_row(unknown_date.section("done"), sources),
        unknown_planned_date=cell_row(unknown_date.section("planned"), sources),
        conditions=parts.conditions(root, sources, see_doctor.answers),
        choice=parts.choice(root, sources),
        preparation=preparation,
        after=after,
        check_ins=parts.check_ins(root.section("check_ins"), sources),
        rows=rows,
    )
    unknown_date.close()
    root.close()
    return protocol


def _sources(root: Section) -> dict[str, str]:
    table = root.section("sources")
    return {key: table.text(key) for key in table.rest()}


def _day(root: Section) -> date:
    value = root.take("date")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if value is not None:
        root.note("date", "a day such as 2026-11-20 is needed, without quotes")
    return date.min


def _rows(table: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    """Every row of the file by its name, as text without its source: a table that holds no further table is a row."""
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if key == "source" or name == "sources":
            continue
        if not isinstance(value, Mapping):
            yield name, _text(value)
        elif _is_row(value):
            yield name, ", ".join(f"{part} {_text(each)}" for part, each in value.items() if part != "source") or "yes"
        else:
            yield from _rows(value, name)


def _is_row(table: Mapping[str, object]) -> bool:
    """Rows stand on one line with their source; they hold cells, stages, an order or a wait."""
    return "source" in table and (set(table) <= {"source", "cells", "hint", "wait_days", "order", *"ABCDE"})


def _text(value: object) -> str:
    return " ".join(str(each) for each in value) if isinstance(value, list) else str(value)
