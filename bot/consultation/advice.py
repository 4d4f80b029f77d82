"""What a consultation ends with: an outcome, a verdict for each technique, and the reasons."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Self, TypeAlias

TECHNIQUES = ("drainage", "drainage_tools", "classic", "sculpting", "acupressure", "suction", "self")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
URGENT = frozenset({"urgent_a", "urgent_b", "urgent_c"})
BOOKABLE = frozenset({"allowed", "untreated_only", "specialist", "wait"})
"""The outcomes under which a client may ask the clinic for a massage."""

Outcome: TypeAlias = Literal[
    "urgent_a",
    "urgent_b",
    "urgent_c",
    "ask_again",
    "minor",
    "see_doctor",
    "allowed",
    "untreated_only",
    "specialist",
    "wait",
    "not_now",
]
Verdict: TypeAlias = Literal["yes", "light", "specialist", "wait", "no"]
Where: TypeAlias = Literal["anywhere", "outside"]


@dataclass(frozen=True, slots=True)
class TechniqueAdvice:
    """The merged verdict for one technique; ``since`` is the first day of a ``wait``, else ``None``."""

    verdict: Verdict
    since: date | None
    where: Where


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable id such as ``time:filler`` and the facts that triggered it (areas, day, days since, hint)."""

    id: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advice:
    """One advice. ``techniques`` is empty unless section 4 of the protocol was reached; ``reasons`` never is.

    ``zone`` names the treated areas and their neighbours, which are to be left alone (``whole`` for face and neck
    together); it changes no verdict. ``last_days`` gives, before a planned filler, the last day of each technique.
    ``changes`` gives, for each technique whose verdict time alone makes milder, the first day on which it does.
    """

    protocol: str
    outcome: Outcome
    since: date | None
    techniques: Mapping[str, TechniqueAdvice]
    recommended: str | None
    reasons: tuple[Reason, ...]
    zone: tuple[str, ...] = ()
    last_days: Mapping[str, date] = field(default_factory=dict)
    changes: Mapping[str, date] = field(default_factory=dict)

    def allows(self, technique: str, today: date) -> bool:
        """Whether ``technique`` may be done on ``today`` without anybody's approval, somewhere at least."""
        given = self.techniques.get(technique)
        last = self.last_days.get(technique)
        return given is not None and given.verdict in {"yes", "light"} and (last is None or today <= last)

    def as_json(self) -> dict[str, Any]:
        """The advice object of the contract."""
        return {
            "protocol": self.protocol,
            "outcome": self.outcome,
            "from": self.since and self.since.isoformat(),
            "techniques": {
                name: {"verdict": t.verdict, "from": t.since and t.since.isoformat(), "where": t.where}
                for name, t in self.techniques.items()
            },
            "recommended": self.recommended,
            "reasons": [reason.id for reason in self.reasons],
        }

    def as_stored(self) -> dict[str, Any]:
        """The advice object with everything that its words are made of, as plain JSON."""
        return {
            **self.as_json(),
            "facts": [{name: _plain(fact) for name, fact in reason.facts.items()} for reason in self.reasons],
            "zone": list(self.zone),
            "last_days": {name: day.isoformat() for name, day in self.last_days.items()},
            "changes": {name: day.isoformat() for name, day in self.changes.items()},
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """The advice that :meth:`as_stored` described."""
        facts = [{name: _fact(value) for name, value in reason.items()} for reason in stored["facts"]]
        return cls(
            protocol=stored["protocol"],
            outcome=stored["outcome"],
            since=_day(stored["from"]),
            techniques={
                name: TechniqueAdvice(given["verdict"], _day(given["from"]), given["where"])
                for name, given in stored["techniques"].items()
            },
            recommended=stored["recommended"],
            reasons=tuple(Reason(*pair) for pair in zip(stored["reasons"], facts, strict=True)),
            zone=tuple(stored["zone"]),
            last_days={name: date.fromisoformat(day) for name, day in stored["last_days"].items()},
            changes={name: date.fromisoformat(day) for name, day in stored["changes"].items()},
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(fact: Any) -> Any:
    if isinstance(fact, date):
        return fact.isoformat()
    return list(fact) if isinstance(fact, tuple) else fact


def _fact(value: Any) -> Any:
    """Facts are days, numbers and ids: whatever is written as a day is one."""
    if isinstance(value, list):
        return tuple(value)
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value
