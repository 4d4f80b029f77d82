"""A callback request: the client's draft of it, and its life at the clinic. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

Step: TypeAlias = Literal["name", "phone", "time", "summary"]

NAME_LENGTH = 80


class WrongName(ValueError):
    """What was typed cannot be a name; ``problem`` is ``empty`` or ``too_long``."""

    def __init__(self, problem: Literal["empty", "too_long"]) -> None:
        super().__init__(problem)
        self.problem = problem


def read_name(text: str) -> str:
    """A name as it is kept: one line, at most ``NAME_LENGTH`` characters, with a letter in it."""
    name = " ".join(text.split())
    if not any(character.isalpha() for character in name):
        raise WrongName("empty")
    if len(name) > NAME_LENGTH:
        raise WrongName("too_long")
    return name


@dataclass(frozen=True, slots=True)
class Draft:
    """What the client has entered so far; the step to show is the first that is missing.

    ``quote`` is the number of the price quote that the call is about, if any; ``accepts``, the client wants to book it.
    """

    name: str = ""
    phone: str = ""
    slot: str = ""
    quote: str = ""
    accepts: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Draft":
        """Read what :meth:`as_json` wrote."""
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        """The draft as it is stored; without a quote nothing is said of one."""
        about = {"quote": self.quote, "accepts": self.accepts} if self.quote else {}
        return {"name": self.name, "phone": self.phone, "slot": self.slot, **about}

    @property
    def step(self) -> Step:
        """What is asked next."""
        if not self.name:
            return "name"
        if not self.phone:
            return "phone"
        return "summary" if self.slot else "time"

    def without(self, step: str) -> "Draft":
        """The draft with one line to be entered again; :class:`ValueError` for a step that is no line."""
        match step:
            case "name":
                return replace(self, name="")
            case "phone":
                return replace(self, phone="")
            case "time":
                return replace(self, slot="")
        raise ValueError(step)


State: TypeAlias = Literal["open", "taken", "reached", "alert", "cleared"]

ALERT: State = "alert"
"""The state of an urgent outcome's alert, which has a number like a request and waits for *Clear*."""

ALERTS = frozenset({ALERT, "cleared"})
"""The states of an alert, which is no callback request."""

MOVES: Mapping[tuple[str, str], State] = {
    ("open", "take"): "taken",
    ("taken", "reached"): "reached",
    (ALERT, "clear"): "cleared",
}
"""What a press of the staff does to a request; whatever is not in the table is refused and changes nothing."""

CLOSED = frozenset({"reached", "cleared"})
"""The states in which a request is over."""
