"""Weighs the restrictions of a case against one another: the merged verdict of each technique, now and later."""

from collections.abc import Sequence

from bot.consultation.restrictions import Restriction
from bot.consultation.verdicts import FORBIDDEN, FREE, Ruling, Severity, strictest


def weigh(rules: Sequence[Restriction], technique: str, day: int) -> tuple[Ruling, list[Ruling]]:
    """The merged ruling on the day with the ordinal ``day``, and what each of ``rules`` adds to it.

    The strictest wins, the latest wait wins. A wait that ends too late before a planned filler is forbidden, and the
    rule of the planned filler is what forbids it.
    """
    rulings = [rule.at(technique, day) for rule in rules]
    merged = strictest(rulings)
    if merged.severity is not Severity.WAIT:
        return merged, rulings
    for index, rule in enumerate(rules):
        if rule.ends_waits and rule.at(technique, merged.until).severity is Severity.NO:
            rulings[index] = merged = FORBIDDEN
    return merged, rulings


def next_change(rules: Sequence[Restriction], technique: str, day: int, now: Ruling) -> int | None:
    """The next day (an ordinal) on which the same answers allow more than ``now``, what they allow on ``day``.

    ``None`` if time alone won't. Waits that count from today end on the day that they name now.
    """
    if now == FREE:
        return None
    soonest = max(day + 1, now.until)
    later = sorted({each for rule in rules for each in rule.days(technique) if each >= soonest})
    return next((each for each in later if _permits_more(weigh(rules, technique, each)[0], now)), None)


def decides(own: Ruling, merged: Ruling) -> bool:
    """Whether what one rule says is what the merged ruling says, and restricts at all."""
    if own.severity is not merged.severity or own.until != merged.until:
        return False
    return own.severity is not Severity.YES or own.outside


def _permits_more(later: Ruling, now: Ruling) -> bool:
    return (later.severity, later.outside) < (now.severity, now.outside)
