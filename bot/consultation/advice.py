"""What a consultation ends with: an outcome, a verdict for each technique, and the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

TECHNIQUES = ("drainage", "drainage_tools", "classic", "sculpting", "acupressure", "suction", "self")
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
