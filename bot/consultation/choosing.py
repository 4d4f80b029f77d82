"""Section 5: which technique is recommended."""

from collections.abc import Callable, Mapping
from datetime import date

from bot.consultation.advice import Reason, TechniqueAdvice, Verdict
from bot.consultation.case import Case
from bot.consultation.protocol_model import Protocol


def preference(protocol: Protocol, case: Case) -> tuple[tuple[str, ...], Reason]:
    """The order in which a technique is looked for, and what decided it."""
    at_home, filler = case.one("setting") == "home", case.procedure("filler")
    row = protocol.choice.home if at_home else protocol.choice.wishes[case.one("wish")]
    order, reason = row.order, Reason("setting:home" if at_home else f"wish:{case.one('wish')}")
    first = protocol.choice.after_filler_home if at_home else protocol.choice.after_filler
    if filler is not None and filler.within(protocol.choice.after_filler_until_days) and order[0] != first:
        order = (first, *(technique for technique in order if technique != first))
        reason = Reason(f"prefer:{first}", filler.facts())
    return order, reason


def recommend(order: tuple[str, ...], techniques: Mapping[str, TechniqueAdvice], *, at_home: bool) -> str | None:
    """The first that is possible, else the first for a specialist (never at home), else the earliest that waits."""

    def first(accepts: Callable[[Verdict], bool]) -> str | None:
        return next((technique for technique in order if accepts(techniques[technique].verdict)), None)

    possible = first(lambda verdict: verdict in ("yes", "light"))
    if possible is None and not at_home:
        possible = first(lambda verdict: verdict == "specialist")
    return possible or _earliest(order, techniques)


def _earliest(order: tuple[str, ...], techniques: Mapping[str, TechniqueAdvice]) -> str | None:
    waiting = {name: techniques[name].since or date.max for name in order if techniques[name].verdict == "wait"}
    return min(waiting, key=waiting.__getitem__, default=None)
