"""The card of an advice that weighed the techniques: what, from when, where, how, why, and what when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.consultation.advice import Advice, TechniqueAdvice
from bot.consultation.questions import Answers, chosen
from messages.catalog import Catalog
from messages.markup import Html, joined
from messages.reasons import bullets
from messages.timeline import timeline, zone
from messages.to_tell import to_tell

POSSIBLE = frozenset({"yes", "light"})
"""The verdicts under which nobody has to be asked."""

NECK_HINTS = ("not_neck", "not_front_of_neck")
"""The hints that say where not, the wider first: they replace the technique's own *where*."""

DEEP = ("sculpting", "suction")
"""The techniques that are never for the front or sides of the neck (protocol.md, section 4d)."""


@dataclass(frozen=True)
class Card:
    """Writes one advice; ``today`` is the day on which it was given."""

    catalog: Catalog
    advice: Advice
    answers: Answers
    today: date

    def text(self) -> Html:
        """The whole card."""
        parts = [
            self._headline(),
            joined(list(self._recommendation())),
            joined([self.catalog.text("advice.why"), bullets(self.catalog, self.advice.reasons, self.today)]),
            joined(list(self._mind())),
            self._guide(),
            self._timeline(),
            None if self.advice.outcome == "not_now" else self.catalog.text("advice.safe_wording"),
        ]
        return joined([part for part in parts if part], "\n\n")

    @property
    def _home(self) -> bool:
        return chosen(self.answers, "setting") == ("home",)

    @cached_property
    def _best(self) -> TechniqueAdvice | None:
        """The verdict of the recommended technique."""
        return self.advice.techniques[self.advice.recommended] if self.advice.recommended else None

    @property
    def _is_possible(self) -> bool:
        return self._best is not None and self._best.verdict in POSSIBLE

    @cached_property
    def _hints(self) -> list[str]:
        """What section 4d of the protocol says in brackets."""
        return [reason.facts["hint"] for reason in self.advice.reasons if "hint" in reason.facts]

    def _headline(self) -> Html:
        state = self._home_state() if self._home else self._state()
        own_day = self._best.since if self._best and state != "wait" else None
        day = own_day or self.advice.since
        return self.catalog.text(f"headline.{state}", **({"day": self._day(day)} if day else {}))

    def _state(self) -> str:
        """With a therapist the outcome speaks first, then the recommended technique."""
        outcome, best = self.advice.outcome, self._best
        if outcome in {"wait", "not_now"}:
            return outcome
        if best is None:
            return {"allowed": "now", "untreated_only": "now_outside"}.get(outcome, outcome)
        if best.verdict in POSSIBLE:
            return "now_outside" if best.where == "outside" else "now"
        return "later" if best.verdict == "wait" else best.verdict

    def _home_state(self) -> str:
        """At home only the recommended technique speaks: the outcome tells what a therapist may do."""
        if self._best is None:
            return "home_not_now" if self.advice.outcome == "not_now" else "home_none"
        if self._best.verdict == "wait":
            return "home_wait"
        return "home_now_outside" if self._best.where == "outside" else "home_now"

    def _recommendation(self) -> Iterator[Html]:
        name, best, catalog = self.advice.recommended, self._best, self.catalog
        if name is None or best is None:
            if not self._home and self.advice.outcome != "not_now":
                yield catalog.text("advice.other_than_wished")
            return
        yield catalog.text("advice.recommended", technique=catalog.text(f"technique.name.{name}"))
        if best.verdict != "specialist":
            yield self._from(best)
        if name in self.advice.last_days:
            yield catalog.text("advice.last_day", day=self._day(self.advice.last_days[name]))
        yield from self._where(name, best)
        if best.verdict == "light":
            yield catalog.text("advice.light")
        if best.verdict == "specialist":
            yield catalog.text("advice.needs_approval")
        feels = "self" if self._home else name
        yield catalog.text("advice.feels", feels=catalog.text(f"technique.feels.{feels}"))

    def _from(self, best: TechniqueAdvice) -> Html:
        if best.since is None:
            return self.catalog.text("advice.from_now", day=self._day(self.today))
        return self.catalog.text("advice.from", day=self._day(best.since))

    def _where(self, name: str, best: TechniqueAdvice) -> Iterator[Html]:
        if best.verdict == "wait":
            return
        if best.where == "anywhere":
            place = next((hint for hint in NECK_HINTS if hint in self._hints), name)
            yield self.catalog.text("advice.anywhere", where=self.catalog.text(f"technique.where.{place}"))
            return
        later = self.advice.changes.get(name)
        # Time alone makes a plain "outside" milder in one way only: it opens the treated area.
        if later is not None and best.verdict == "yes":
            yield self.catalog.text("advice.outside_until", day=self._day(later))
        else:
            yield self.catalog.text("advice.outside")
        if self._has_zone:
            yield self.catalog.text("advice.leave_alone", zone=zone(self.catalog, self.advice.zone))

    def _mind(self) -> Iterator[Html]:
        told = set() if self._home else {"tell_therapist"}
        if hints := [hint for hint in self._hints if hint not in told]:
            words = [self.catalog.text(f"mind.{hint}") for hint in hints]
            yield self.catalog.text("advice.mind", hints=self.catalog.list(words))
        if not self._home and self._best is not None:
            yield self.catalog.text("advice.prepare")
        if not self._home and self.advice.outcome != "not_now":
            yield to_tell(self.catalog, self.answers, self.today)
        if until_then := self._until_then():
            yield self.catalog.text(f"advice.until_then_{until_then}")

    def _until_then(self) -> str:
        """What not to do; empty where there is nothing to wait for."""
        if self.advice.outcome in {"wait", "specialist", "not_now"}:
            return self.advice.outcome
        if self._is_possible:
            return "outside" if self._best and self._best.where == "outside" else ""
        return "later"

    def _guide(self) -> Html | None:
        return self.catalog.text("advice.home_guide") if self._home and self._is_possible else None

    def _timeline(self) -> Html | None:
        without = {self.advice.recommended or "", "self" if self._home else ""}
        others = {name: each for name, each in self.advice.techniques.items() if name not in without}
        if all(each.verdict == "no" for each in others.values()):
            return None
        title = self.catalog.text("advice.timeline_home" if self._home else "advice.timeline")
        return joined([title, timeline(self.catalog, self.advice, others, self.today), *self._notes(others)])

    def _notes(self, others: Mapping[str, TechniqueAdvice]) -> Iterator[Html]:
        """What holds for the timeline as a whole."""
        zone_shown = self._best is not None and self._best.where == "outside"
        if self._has_zone and not zone_shown and any(each.where == "outside" for each in others.values()):
            yield self.catalog.text("timeline.zone", zone=zone(self.catalog, self.advice.zone))
        if any(each.verdict == "wait" for each in others.values()):
            yield self.catalog.text("timeline.dates")
        if any(name in others and others[name].verdict not in {"no", "wait"} for name in DEEP):
            yield self.catalog.text("timeline.never_neck")

    @property
    def _has_zone(self) -> bool:
        """Whether there is a treated zone with something around it."""
        return bool(self.advice.zone) and self.advice.zone != ("whole",)

    def _day(self, day: date) -> str:
        return self.catalog.day(day, self.today)
