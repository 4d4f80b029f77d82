"""Why an advice is what it is: its reasons, the most decisive first, with the facts that triggered them."""

from collections.abc import Mapping, Sequence

from bot.consultation.advice import Reason
from bot.consultation.restrictions import Restriction
from bot.consultation.verdicts import FREE, Ruling, day_of
from bot.consultation.weighing import decides, next_change

Weighed = Mapping[str, tuple[Ruling, list[Ruling]]]
"""For each technique the merged ruling, and what each rule adds to it."""

UNRESTRICTED = Reason("unrestricted")


def explain(
    rules: Sequence[Restriction], weighed: Weighed, recommended: str | None, preferred_by: Reason, today: int
) -> tuple[Reason, ...]:
    """The rules that restrict, the most decisive first; then the rules that only have something to tell; then what
    decided which technique is recommended.

    The more decisive rule is the one that decides the verdict of the technique in focus (the recommended one, else the
    best of all), then the one that decides more techniques.
    """
    focus = recommended or min(weighed, key=lambda technique: weighed[technique][0])
    ranked = sorted(_restricting(rules, weighed), key=lambda index: _rank(weighed, focus, index))
    reasons = [_reason(rules[index], focus, today) for index in ranked] or [UNRESTRICTED]
    # A planned filler has a last day, and some rows of section 4d have a hint, even where they restrict nothing.
    told = [
        rule for index, rule in enumerate(rules) if index not in ranked and (rule.ends_waits or "hint" in rule.facts)
    ]
    reasons += [Reason(rule.id, rule.facts) for rule in told]
    if recommended is not None or preferred_by.id == "setting:home":
        reasons.append(preferred_by)
    return tuple(reasons)


def _restricting(rules: Sequence[Restriction], weighed: Weighed) -> list[int]:
    return [index for index in range(len(rules)) if any(rulings[index] != FREE for _, rulings in weighed.values())]


def _rank(weighed: Weighed, focus: str, index: int) -> tuple[bool, int]:
    decided = {technique for technique, (merged, rulings) in weighed.items() if decides(rulings[index], merged)}
    return focus not in decided, -len(decided)


def _reason(rule: Restriction, focus: str, today: int) -> Reason:
    """The rule with its facts; a rule of time also tells ``until`` when it says what it says of the focus."""
    until = next_change([rule], focus, today, rule.at(focus, today))
    if until is None or rule.ends_waits:
        return Reason(rule.id, rule.facts)
    return Reason(rule.id, {**rule.facts, "until": day_of(until)})
