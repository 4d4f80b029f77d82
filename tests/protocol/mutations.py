"""Every single slip of the pen in protocol.toml: each number, mark, cell, id and entry changed, one at a time."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.consultation.advice import TECHNIQUES
from bot.consultation.protocol_parts import URGENT_CLASSES
from bot.consultation.protocol_rows import HINTS

Document = dict[str, Any]
ORDERED = {"order", "sessions", "after_injection_days", "after_massage_hours"}
"""The lists in which the order means something."""


@dataclass(frozen=True)
class Mutation:
    """A changed copy of the file, and what was changed in it."""

    name: str
    document: Document


def mutations(document: Document) -> Iterator[Mutation]:
    """All of them. Sources are prose about the rows, no part of what is advised, and stay as they are."""
    for path, value in _leaves(document, ()):
        for changed in _slips(path[-1], value):
            yield Mutation(f"{'.'.join(path)}: {value!r} became {changed!r}", _with(document, path, changed))
    for path in _tables(document, ()):
        yield Mutation(f"{'.'.join(path)}: removed", _without(document, path))


def _leaves(table: Document, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if key in ("source", "sources"):
            continue
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _tables(table: Document, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, dict) and key != "sources":
            yield (*path, key)
            yield from _tables(value, (*path, key))


def _slips(key: str, value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from _list_slips(key, value)
    elif isinstance(value, date):
        yield value + timedelta(days=1)
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
        if key in "ABCDE":
            yield from (f"{value} S", f"{value} z")
    elif key == "cells":
        yield from _cell_slips(value)
    elif key in "ABCDE":
        yield from _stage_slips(value)
    else:
        yield from (other for other in _others(value) if other != value)


def _list_slips(key: str, value: list[Any]) -> Iterator[list[Any]]:
    for index, entry in enumerate(value):
        yield value[:index] + value[index + 1 :]
        if isinstance(entry, int):
            yield from ([*value[:index], entry + step, *value[index + 1 :]] for step in (1, -1))
        if key in ORDERED and index:
            yield [*value[: index - 1], entry, value[index - 1], *value[index + 1 :]]


def _cell_slips(value: str) -> Iterator[str]:
    letters = value.split()
    for index, letter in enumerate(letters):
        for other in "yls-":
            if other != letter:
                yield " ".join([*letters[:index], other, *letters[index + 1 :]])


def _stage_slips(value: str) -> Iterator[str]:
    if value == "-":
        yield "7"
        return
    number, mark = value.split()
    yield from (f"{int(number) + 1} {mark}", f"{int(number) - 1} {mark}", number)
    yield from (f"{number} {'z' if mark == 'S' else 'S'}", f"{number} S z")


def _others(value: str) -> tuple[str, ...]:
    for family in (URGENT_CLASSES, TECHNIQUES, HINTS):
        if value in family:
            return tuple(family)
    return (re.sub(r"\w$", "_", value),)


def _with(document: Document, path: tuple[str, ...], value: Any) -> Document:
    def change(table: Document) -> None:
        table[path[-1]] = value

    return _changed(document, path, change)


def _without(document: Document, path: tuple[str, ...]) -> Document:
    def remove(table: Document) -> None:
        del table[path[-1]]

    return _changed(document, path, remove)


def _changed(document: Document, path: tuple[str, ...], change: Callable[[Document], None]) -> Document:
    copied = copy.deepcopy(document)
    table = copied
    for key in path[:-1]:
        table = table[key]
    change(table)
    return copied
