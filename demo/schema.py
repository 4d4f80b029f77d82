"""What the Bot API takes: reads ``methods.toml`` and turns a request's fields into typed parameters.

Telegram ignores parameters that it does not know; in strict mode they are refused here, because each one is a
misspelling that would go unnoticed.
"""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from demo.errors import Json, bad_request
from demo.files import Upload

TRUE = frozenset({"true", "yes", "1"})
FALSE = frozenset({"false", "no", "0", ""})

UNIONS = {
    "BotCommandScope": "type",
    "MenuButton": "type",
    "InputMedia": "type",
    "ReactionType": "type",
}
"""Objects whose ``type`` field says which of several they are."""


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one field of an object: the types that it may have."""

    types: tuple[str, ...]
    required: bool


@cache
def _tables() -> tuple[dict[str, dict[str, Field]], dict[str, dict[str, Field]]]:
    document = tomllib.loads(Path(__file__).with_name("methods.toml").read_text(encoding="utf-8"))
    methods, types = (
        {name: {key: _field(text) for key, text in fields.items()} for name, fields in document[part].items()}
        for part in ("methods", "types")
    )
    return methods, types


def _field(text: str) -> Field:
    return Field(tuple(text.removesuffix("*").split(" | ")), text.endswith("*"))


@cache
def _names() -> dict[str, str]:
    return {name.lower(): name for name in _tables()[0]}


def method_name(name: str) -> str | None:
    """The method's proper name (Telegram takes any case); ``None`` for one that there is not."""
    return _names().get(name.lower())


def typed(method: str, raw: Json, *, strict: bool) -> Json:
    """The request's fields with the types that the method wants.

    Empty values count as absent, as for Telegram. Missing parameters are the methods' own business: each has words
    for it. Raises a 400 for a value of the wrong type and, if ``strict``, for an unknown parameter.
    """
    fields = _tables()[0][method]
    unknown = sorted(raw.keys() - fields.keys())
    if unknown and strict:
        raise bad_request(f'unknown parameter "{unknown[0]}" of {method} (refused in strict mode only)')
    present = {key: value for key, value in raw.items() if key in fields and value is not None and value != ""}
    return {key: _value(key, value, fields[key].types, strict=strict) for key, value in present.items()}


def _value(name: str, value: Any, types: tuple[str, ...], *, strict: bool) -> Any:
    if isinstance(value, Upload):
        if "InputFile" not in types:
            raise bad_request(f'parameter "{name}" takes no file')
        return value
    if "InputFile" in types:
        return str(value)
    if types in {("Integer",), ("Boolean",), ("String",), ("Integer", "String")}:
        return _simple(name, value, types)
    if isinstance(value, str):
        value = _parsed(name, value)
    if name == "reply_markup":
        return value  # keyboards.py has Telegram's words for it
    _check(name, value, types[0], strict=strict)
    return value


def _simple(name: str, value: Any, types: tuple[str, ...]) -> Any:
    if types == ("Integer", "String"):
        return _integer_or_none(value) if _integer_or_none(value) is not None else str(value)
    if types == ("String",):
        return value if isinstance(value, str) else json.dumps(value)
    if types == ("Boolean",):
        text = str(value).lower()
        if text not in TRUE | FALSE:
            raise bad_request(f'can\'t parse parameter "{name}": expected a Boolean')
        return text in TRUE
    number = _integer_or_none(value)
    if number is None:
        raise bad_request(f'can\'t parse parameter "{name}": expected an Integer')
    return number


def _integer_or_none(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return int(value) if not isinstance(value, float) or value.is_integer() else None
    except (TypeError, ValueError):
        return None


def _parsed(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        what = "reply keyboard markup" if name == "reply_markup" else name.replace("_", " ")
        raise bad_request(f"can't parse {what} JSON object") from None


def check_object(value: Json, kind: str, *, strict: bool = True) -> None:
    """Check an object's fields against its type; raises a 400 in TDLib's words (``Can't find field "text"`` …)."""
    fields = _tables()[1].get(kind)
    if fields is None:
        return
    unknown = sorted(value.keys() - fields.keys())
    if unknown and strict:
        raise bad_request(f'unknown field "{unknown[0]}" of {kind} (refused in strict mode only)')
    for name, field in fields.items():
        if value.get(name) is not None:
            _check(name, value[name], field.types[0] if len(field.types) == 1 else "", strict=strict)
        elif field.required:
            raise bad_request(f'can\'t find field "{name}"')


def _check(name: str, value: Any, kind: str, *, strict: bool) -> None:
    if kind.startswith("["):
        _expect(name, value, list, "Array")
        for element in value:
            _check(name, element, kind[1:-1], strict=strict)
    elif kind in _PLAIN:
        _expect(name, value, _PLAIN[kind], kind)
    elif kind:
        _expect(name, value, dict, "Object")
        check_object(value, _subtype(value, kind), strict=strict)


_PLAIN: dict[str, type] = {"String": str, "Integer": int, "Boolean": bool}


def _expect(name: str, value: Any, wanted: type, words: str) -> None:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise bad_request(f'field "{name}" must be of type {words}')


def _subtype(value: Json, kind: str) -> str:
    """The name of the listed type that a union's ``type`` field means, ``all_private_chats`` for example."""
    if kind not in UNIONS:
        return kind
    told = str(value.get("type", ""))
    name = kind + "".join(part.capitalize() for part in told.split("_"))
    if name not in _tables()[1]:
        raise bad_request(f"unsupported {kind} type specified")
    return name
