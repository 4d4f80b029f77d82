"""Reads one table of a protocol file, value by value, and notes each problem with the row that it stands in."""

import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from bot.consultation.advice import TECHNIQUES, Verdict
from bot.consultation.protocol_model import Stage

MOST_DAYS = 3650
"""A longer time than ten years is a slip of the pen."""

_STAGE = re.compile(r"([0-9]{1,5})( S)?( z)?", re.ASCII)
_CELLS: Mapping[str, Verdict] = {"y": "yes", "l": "light", "s": "specialist", "-": "no"}


class Section:
    """One table. What is asked for is taken out; ``close`` notes what is left over as unknown.

    After a problem a harmless value is returned, so that the rest of the file is read too; the file is refused as long
    as ``problems`` holds anything.
    """

    def __init__(self, values: Mapping[str, object], path: str, problems: list[str]) -> None:
        self._values = dict(values)
        self._path = path
        self.problems = problems

    def row(self, key: str) -> str:
        """The name of the row ``key`` as problems give it."""
        return f"{self._path}.{key}" if self._path else key

    def note(self, key: str, problem: str) -> None:
        self.problems.append(f"{self.row(key)}: {problem}")

    def has(self, key: str) -> bool:
        return key in self._values

    def rest(self) -> tuple[str, ...]:
        """The keys that were not taken yet, in the order of the file."""
        return tuple(self._values)

    def take(self, key: str) -> object:
        """The value as TOML gives it; ``None`` (noted) where it is missing."""
        if key not in self._values:
            self.note(key, "missing")
            return None
        return self._values.pop(key)

    def section(self, key: str) -> "Section":
        value = self.take(key)
        if isinstance(value, Mapping):
            return Section(value, self.row(key), self.problems)
        if value is not None:
            self.note(key, "a table is needed")
        return _Absent(self.row(key))

    def close(self) -> None:
        for key in self._values:
            self.note(key, "unknown")

    def text(self, key: str) -> str:
        value = self.take(key)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None:
            self.note(key, "a text is needed")
        return ""

    def days(self, key: str, lowest: int = 0) -> int:
        """A whole number from ``lowest`` to ``MOST_DAYS``: days, hours, sessions."""
        return self._number(key, self.take(key), lowest)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of growing whole numbers."""
        value = self.take(key)
        if not isinstance(value, list) or not value:
            if value is not None:
                self.note(key, "a list of numbers is needed")
            return ()
        numbers = tuple(self._number(key, each, 0) for each in value)
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            self.note(key, "the numbers do not grow")
        return numbers

    def choice(self, key: str, allowed: Collection[str]) -> str:
        value = self.take(key)
        if isinstance(value, str) and value in allowed:
            return value
        if value is not None:
            self.note(key, f"{value!r} is none of {', '.join(allowed)}")
        return ""

    def ids(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """A list of ids, not empty, none of them twice."""
        value = self.take(key)
        if not isinstance(value, list) or not value:
            if value is not None:
                self.note(key, "a list of ids is needed")
            return ()
        for each in value:
            if not isinstance(each, str) or each not in allowed:
                self.note(key, f"unknown id {each!r}")
            elif value.count(each) > 1:
                self.note(key, f"{each} stands there twice")
        return tuple(each for each in value if isinstance(each, str))

    def cells(self, key: str) -> tuple[Verdict, ...]:
        """A letter for each technique: ``y l s -``."""
        letters = self.text(key).split()
        for technique, letter in zip(TECHNIQUES, letters, strict=False):
            if letter not in _CELLS:
                self.problems.append(f"{self._path}.{technique}: unknown letter {letter!r}, not one of y l s -")
        if letters and len(letters) != len(TECHNIQUES):
            self.note(key, f"{len(letters)} letters for {len(TECHNIQUES)} techniques")
        return tuple(_CELLS.get(letter, "no") for letter in letters)

    def stage(self, key: str) -> Stage | None:
        """A stage: ``28``, ``"28 S"``, ``"42 z"`` or ``"42 S z"``; ``None`` (noted) where it is none of them."""
        value = self.take(key)
        if value is None:
            return None
        if type(value) is int and 0 <= value <= MOST_DAYS:
            return Stage(value)
        match = _STAGE.fullmatch(value) if isinstance(value, str) else None
        if match is None or int(match[1]) > MOST_DAYS:
            self.note(key, f"{value!r} is no number of days from 0 to {MOST_DAYS} with the marks S and z")
            return None
        return Stage(int(match[1]), specialist=bool(match[2]), outside=bool(match[3]))

    def _number(self, key: str, value: object, lowest: int) -> int:
        if type(value) is int and lowest <= value <= MOST_DAYS:
            return value
        if value is not None:
            self.note(key, f"{value!r} is no whole number from {lowest} to {MOST_DAYS}")
        return lowest


class _Absent(Section):
    """Stands in for a table that is missing and already noted: says nothing more."""

    def __init__(self, path: str) -> None:
        super().__init__({}, path, [])
