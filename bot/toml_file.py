"""Reads the sections of a TOML file by tables of keys and remembers every mistake instead of stopping at the first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Read: TypeAlias = Callable[[Any], Any]
"""Makes a value of what stands in the file; raises :class:`ValueError` with the values allowed."""

_REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Key:
    """How a key is read, and what it is where it is left out; without a ``default`` it must be there."""

    read: Read
    default: Any = _REQUIRED

    @property
    def required(self) -> bool:
        """Whether the file must have it."""
        return self.default is _REQUIRED


Keys: TypeAlias = Mapping[str, Key]


class TomlFile:
    """One file's content with its ``problems``: a line for each, naming file, section, key and what is allowed."""

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self._name = name
        self._data = data
        self.problems: list[str] = []

    def refuse_unknown(self, sections: Iterable[str], lists: Iterable[str] = ()) -> None:
        """Note every section that is none of these; ``lists`` are those written ``[[…]]``."""
        known = [f"[{name}]" for name in sections] + [f"[[{name}]]" for name in lists]
        for name in self._data:
            if f"[{name}]" not in known and f"[[{name}]]" not in known:
                self.wrong(f"[{name}]", f"unknown section; known are {', '.join(known)}")

    def has(self, section: str) -> bool:
        """Whether the section, which may be left out, is there."""
        return section in self._data

    def section(self, section: str, keys: Keys, nested: Iterable[str] = ()) -> dict[str, Any]:
        """The values of a section such as ``clinic`` or ``clinic.hours``; ``nested`` are the sections inside it."""
        table: Any = self._data
        for name in section.split("."):
            table = table.get(name, {}) if isinstance(table, dict) else {}
        return self._table(f"[{section}]", table, keys, nested)

    def tables(self, name: str, keys: Keys) -> list[dict[str, Any]]:
        """The values of every ``[[name]]``, in the file's order."""
        found = self._data.get(name, [])
        if not isinstance(found, list):
            self.wrong(f"[[{name}]]", "must be written with two brackets, once for each")
            return []
        return [self._table(f"[[{name}]] {place}", table, keys) for place, table in enumerate(found, start=1)]

    def _table(self, where: str, table: Any, keys: Keys, nested: Iterable[str] = ()) -> dict[str, Any]:
        if not isinstance(table, dict):
            self.wrong(where, "must be a section")
            return {}
        for name in table.keys() - keys.keys() - set(nested):
            self.wrong(f"{where} {name}", f"unknown key; known are {', '.join(keys)}")
        return {name: self._value(f"{where} {name}", key, table.get(name, _REQUIRED)) for name, key in keys.items()}

    def _value(self, where: str, key: Key, value: Any) -> Any:
        if value is _REQUIRED:
            if key.required:
                self.wrong(where, "is missing")
                return None
            return key.default
        try:
            return key.read(value)
        except ValueError as error:
            self.wrong(where, f"must be {error}")
            return None

    def wrong(self, where: str, what: str) -> None:
        """Note a mistake."""
        self.problems.append(f"{self._name}: {where}: {what}")
