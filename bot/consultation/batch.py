"""``advise`` on text: one JSON object, or a stream of them, one a line."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from bot.consultation.answers import InvalidAnswers
from bot.consultation.engine import advise
from bot.consultation.protocol_model import Protocol
from bot.consultation.questions import BY_KEY


class Unreadable(ValueError):
    """Text that is no JSON object."""


class _Twice:
    """Stands for an answer that was given twice: no valid answer, whatever the two said."""


def advise_one(protocol: Protocol, text: str | bytes, today: date) -> tuple[str, int]:
    """The advice object as JSON and exit code 0, or the reason why there is none and 1."""
    try:
        return json.dumps(advise(protocol, _read(text), today).as_json()), 0
    except (Unreadable, InvalidAnswers) as error:
        return str(error), 1


def advise_batch(protocol: Protocol, lines: Iterable[str | bytes], today: date, write: Callable[[str], object]) -> None:
    """Writes one line for each line, in order: an advice object or ``{"error": "…"}``. Holds one line at a time.

    Give it bytes where a line may be no UTF-8: such a line is then an error of its own.
    """
    for line in lines:
        text, code = advise_one(protocol, line, today)
        write((json.dumps({"error": text}) if code else text) + "\n")


def _read(text: str | bytes) -> dict[str, Any]:
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        document = json.loads(decoded, object_pairs_hook=_without_repeats)
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError):
        raise Unreadable("not JSON that can be read: a number too long or too many brackets") from None
    if not isinstance(document, dict):
        raise Unreadable("not an object of answers")
    return document


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        keys = [key for key, _ in pairs]
        document.update({key: _Twice() for key in document.keys() & BY_KEY.keys() if keys.count(key) > 1})
    return document
