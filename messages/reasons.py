"""What decided, in words: a phrase for each reason, tied to the client's own answer and its facts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.consultation.advice import Reason
from messages.catalog import Catalog
from messages.markup import Html, joined

SHOWN = 3
"""How many of the deciding reasons a client reads; more would bury the first."""

RECENT_DAYS = 60
"""Up to here days are counted for the client ("3 days ago"); beyond it the date alone says more."""

_DETAILS = ("product", "depth", "kind")


def bullets(catalog: Catalog, reasons: Sequence[Reason], today: date, *, most: int | None = SHOWN) -> Html:
    """The ``most`` decisive of the reasons as a list, or all of them."""
    phrases = [reason_text(catalog, reason, today) for reason in reasons[:most]]
    return joined([catalog.text("advice.bullet", item=phrase) for phrase in dict.fromkeys(phrases)])


def reason_text(catalog: Catalog, reason: Reason, today: date) -> Html:
    """One reason as a phrase that goes on after "because of"."""
    family, _, what = reason.id.partition(":")
    if phrase := _FAMILIES.get(family):
        return phrase(catalog, what, reason.facts, today)
    return catalog.text(f"reason.{reason.id.replace(':', '.')}")


def procedure_text(catalog: Catalog, procedure: str, facts: Mapping[str, Any], *more: str) -> Html:
    """``your filler (hyaluronic acid, lips)``; ``more`` stands in the brackets too."""
    details = [catalog.text(f"detail.{name}.{facts[name]}") for name in _DETAILS if name in facts]
    areas = [catalog.text(f"zone.{area}") for area in facts.get("areas", ())]
    what = catalog.text(f"procedure.{procedure}")
    if not (details or areas or more):
        return what
    return catalog.text("reason.detailed", what=what, detail=catalog.list([*details, *areas, *more]))


def _since(catalog: Catalog, procedure: str, facts: Mapping[str, Any], today: date) -> Html:
    what, day = procedure_text(catalog, procedure, facts), catalog.day(facts["date"], today)
    days = facts["days"]
    if days > RECENT_DAYS:
        return catalog.text("reason.on_day", what=what, day=day)
    return catalog.text("reason.recent", what=what, ago=_ago(catalog, days), day=day)


def _ago(catalog: Catalog, days: int) -> Html:
    match days:
        case 0:
            return catalog.text("ago.today")
        case 1:
            return catalog.text("ago.yesterday")
    return catalog.plural("ago.days", days)


def _impossible_day(catalog: Catalog, key: str, facts: Mapping[str, Any], today: date) -> Html:
    day = facts["date"]
    problem = "reason.date_past" if day < today else "reason.date_future"
    return catalog.text(problem, name=catalog.text(f"name.{key}"), day=catalog.day(day, today))


def _unknown_day(catalog: Catalog, procedure: str, facts: Mapping[str, Any], today: date) -> Html:
    if procedure == "filler_planned":
        return catalog.text("reason.planned_unknown")
    return catalog.text("reason.day_unknown", what=procedure_text(catalog, procedure, facts))


def _planned(catalog: Catalog, procedure: str, facts: Mapping[str, Any], today: date) -> Html:
    return catalog.text("reason.planned", day=catalog.day(facts["date"], today))


def _symptom(catalog: Catalog, symptom: str, facts: Mapping[str, Any], today: date) -> Html:
    return catalog.text(f"option.symptoms.{symptom}")


def _preferred(catalog: Catalog, technique: str, facts: Mapping[str, Any], today: date) -> Html:
    return catalog.text("reason.prefer", technique=catalog.text(f"technique.short.{technique}"))


_FAMILIES: Mapping[str, Callable[[Catalog, str, Mapping[str, Any], date], Html]] = {
    "time": _since,
    "unknown_date": _unknown_day,
    "planned": _planned,
    "date": _impossible_day,
    "symptoms": _symptom,
    "prefer": _preferred,
}
"""The reasons whose words depend on their facts; every other one has a text of its own."""
