"""What the client should tell the therapist, who does not see the answers."""

from collections.abc import Iterator
from datetime import date

from bot.consultation.questions import UNKNOWN, Answers, Value, chosen
from messages.catalog import Catalog
from messages.markup import Html
from messages.reasons import procedure_text

_MEDICINES = ("retinoid", "isotretinoin")
_FACTS = {"filler": {"areas": "filler_areas"}}


def to_tell(catalog: Catalog, answers: Answers, today: date) -> Html:
    """The procedures with their days, the conditions, the medicines on the skin; and what always goes."""
    items = [
        *_procedures(catalog, answers, today),
        *_conditions(catalog, answers),
        *(catalog.text(f"reason.skin_issues.{m}") for m in _MEDICINES if m in chosen(answers, "skin_issues")),
        catalog.text("advice.tell_always"),
    ]
    return catalog.text("advice.tell", items=catalog.list(items))


def _procedures(catalog: Catalog, answers: Answers, today: date) -> Iterator[Html]:
    for procedure in chosen(answers, "procedures"):
        value = answers.get(f"{procedure}_date")
        if value is None:
            continue
        day = _day(catalog, value, today)
        if procedure == "filler_planned":
            yield catalog.text("reason.planned", day=day)
        else:
            facts = {fact: answers[key] for fact, key in _FACTS.get(procedure, {}).items()}
            yield procedure_text(catalog, procedure, facts, day)


def _conditions(catalog: Catalog, answers: Answers) -> Iterator[Html]:
    for condition in chosen(answers, "health"):
        if condition == "none":
            continue
        detail = "".join(chosen(answers, f"{condition}_detail"))
        yield catalog.text(f"reason.health.{condition}.{detail}" if detail else f"reason.health.{condition}")


def _day(catalog: Catalog, value: Value, today: date) -> str:
    if value == UNKNOWN:
        return catalog.plain("detail.day_unknown")
    return catalog.day(date.fromisoformat(str(value)), today)
