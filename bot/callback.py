"""A callback request: the client's draft of it, and its life at the clinic. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeAlias

Step: TypeAlias = Literal["name", "phone", "time", "email", "remark", "summary"]

NAME_LENGTH = 80
REMARK_LENGTH = 300


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
    ``email`` and ``remark`` are ``None`` until they were asked for, and empty where the client skipped them.
    """

    name: str = ""
    phone: str = ""
    slot: str = ""
    email: str | None = None
    remark: str | None = None
    quote: str = ""
    accepts: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Draft":
        """Read what :meth:`as_json` wrote."""
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        """The draft as it is stored; without a quote nothing is said of one."""
        about = {"quote": self.quote, "accepts": self.accepts} if self.quote else {}
        lines = {line: getattr(self, line) for line in ("name", "phone", "slot", "email", "remark")}
        return {**lines, **about}

    @property
    def step(self) -> Step:
        """What is asked next."""
        missing: tuple[tuple[Step, bool], ...] = (
            ("name", not self.name),
            ("phone", not self.phone),
            ("time", not self.slot),
            ("email", self.email is None),
            ("remark", self.remark is None),
        )
        return next((step for step, is_missing in missing if is_missing), "summary")

    def without(self, step: str) -> "Draft":
        """The draft with one line to be entered again; :class:`ValueError` for a step that is no line."""
        match step:
            case "name":
                return replace(self, name="")
            case "phone":
                return replace(self, phone="")
            case "time":
                return replace(self, slot="")
            case "email":
                return replace(self, email=None)
            case "remark":
                return replace(self, remark=None)
        raise ValueError(step)

    def skipped(self) -> "Draft":
        """The draft without the line that is asked for now; :class:`ValueError` where it cannot be left out."""
        match self.step:
            case "email":
                return replace(self, email="")
            case "remark":
                return replace(self, remark="")
        raise ValueError(self.step)


State: TypeAlias = Literal[
    "open", "taken", "no_answer", "reached", "booked", "declined", "withdrawn", "alert", "cleared"
]

ALERT: State = "alert"
"""The state of an urgent outcome's alert, which has a number like a request and waits for *Clear*."""

ALERTS = frozenset({ALERT, "cleared"})
"""The states of an alert, which is no callback request."""

STAFF_ACTIONS = frozenset({"take", "release", "reached", "no_answer", "booked", "declined", "clear"})
"""What a press of the staff asks for."""

MOVES: Mapping[tuple[str, str], State] = {
    ("open", "take"): "taken",
    ("no_answer", "take"): "taken",
    ("taken", "release"): "open",
    ("taken", "no_answer"): "no_answer",
    ("taken", "reached"): "reached",
    ("taken", "booked"): "booked",
    ("taken", "declined"): "declined",
    ("reached", "booked"): "booked",
    ("reached", "declined"): "declined",
    (ALERT, "clear"): "cleared",
    # the client's own
    ("open", "moved"): "open",
    ("taken", "moved"): "taken",
    ("no_answer", "moved"): "open",
    ("open", "withdrawn"): "withdrawn",
    ("taken", "withdrawn"): "withdrawn",
    ("no_answer", "withdrawn"): "withdrawn",
    ("open", "reopened"): "open",
    ("taken", "reopened"): "open",
    ("no_answer", "reopened"): "open",
    # time's
    ("no_answer", "again"): "open",
}
"""What an action does to a request; whatever is not in the table is refused and changes nothing."""

NEEDS_CLINIC = frozenset({"open", "taken", "no_answer"})
"""The states in which a callback request waits for a call; a client has at most one of these."""

CLOSED = frozenset({"reached", "booked", "declined", "withdrawn", "cleared"})
"""The states in which a request is over; one that was reached may still be booked or declined."""

REASONS = ("not_now", "price", "elsewhere", "unsuitable", "wrong_number", "other")
"""Why a request is declined."""

OTHER_SERVICE = "other"
"""What is booked where it is none of the clinic's listed services."""


ANSWERED_WITHIN = timedelta(minutes=10)
"""So long an outcome's questions wait for the colleague who began; then somebody else may go on."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An outcome that one colleague is about to enter: *Booked* asks for the day and the service, *Declined* why.

    ``since`` is when it was begun, ``page`` the first day on offer, ``day`` the day chosen so far.
    """

    action: str
    by: int
    name: str
    since: datetime
    page: date
    day: date | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Asking | None":
        """Read what :meth:`as_json` wrote."""
        if not data:
            return None
        day = data["day"]
        return cls(
            data["action"],
            data["by"],
            data["name"],
            datetime.fromisoformat(data["since"]),
            date.fromisoformat(data["page"]),
            day and date.fromisoformat(day),
        )

    def as_json(self) -> dict[str, Any]:
        """The question as it is stored."""
        return {
            "action": self.action,
            "by": self.by,
            "name": self.name,
            "since": self.since.isoformat(),
            "page": self.page.isoformat(),
            "day": self.day and self.day.isoformat(),
        }

    def is_kept_from(self, person: int, now: datetime) -> bool:
        """Whether ``person`` has to wait, because a colleague is entering the outcome."""
        return person != self.by and now - self.since < ANSWERED_WITHIN
