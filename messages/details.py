"""What stands behind a callback request, for the colleague who took it and for nobody else."""

from collections.abc import Sequence
from datetime import date

from bot.consultation.advice import Advice
from bot.consultation.questions import Question, Value
from bot.quote import Quote
from messages.catalog import Catalog
from messages.consultation import answer_text
from messages.markup import Html, joined
from messages.quote import behind
from messages.reasons import bullets
from messages.screen import Screen


def details(  # noqa: PLR0913 - a screen is told everything that it shows
    catalog: Catalog,
    *,
    number: int,
    name: str,
    email: str,
    remark: str,
    quote: Quote | None,
    answers: Sequence[tuple[Question, Value]],
    advice: Advice | None,
    today: date,
) -> Screen:
    """The address, the remark (empty where none was left) and the quote, the answers, the advice given ``today``."""
    left = [catalog.text(f"details.{what}", text=text) for what, text in (("email", email), ("remark", remark)) if text]
    parts = [
        catalog.text("details.head", number=number, name=name),
        joined(left),
        behind(catalog, quote) if quote else Html(""),
        _answers(catalog, answers, today),
        _advice(catalog, advice, today) if advice else Html(""),
        catalog.text("details.keep_private"),
    ]
    return Screen(joined([part for part in parts if part], "\n\n"))


def _answers(catalog: Catalog, answers: Sequence[tuple[Question, Value]], today: date) -> Html:
    if not answers:
        return catalog.text("details.no_answers")
    lines = [
        catalog.text(
            "answers.line", name=catalog.plain(f"name.{asked.key}"), answer=answer_text(catalog, asked, value, today)
        )
        for asked, value in answers
    ]
    return joined([catalog.text("details.answers"), *lines])


def _advice(catalog: Catalog, advice: Advice, today: date) -> Html:
    """Outcome, technique and deciding reasons, with the version of the protocol they were given under."""
    lines = [
        catalog.text(
            "details.advice",
            day=catalog.day(today),
            version=advice.protocol,
            outcome=catalog.plain(f"details.outcome_{advice.outcome}"),
        )
    ]
    if advice.since:
        lines.append(catalog.text("details.since", day=catalog.day(advice.since)))
    if advice.recommended:
        lines.append(
            catalog.text("details.recommended", technique=catalog.text(f"technique.name.{advice.recommended}"))
        )
    return joined([*lines, bullets(catalog, advice.reasons, today)])
