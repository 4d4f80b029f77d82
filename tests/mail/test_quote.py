"""Price quotes, pure: what may be offered, lines and totals, the draft's steps, numbers."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinic import Service, load_clinic
from bot.consultation.advice import TECHNIQUES, Advice, Outcome, Reason, TechniqueAdvice
from bot.quote import Line, Offer, QuoteDraft, last_day, number_text, offers, total

TODAY, LATER = date(2026, 11, 20), date(2026, 11, 27)
SERVICES = load_clinic().services
YES = TechniqueAdvice("yes", None, "anywhere")


def service(technique: str, price: str = "10.00", sessions: int = 1) -> Service:
    return Service(technique, technique, {"": technique.title()}, 30, Decimal(price), "EUR", sessions)


def advice(outcome: Outcome = "allowed", last_days: dict[str, date] | None = None, **given: TechniqueAdvice) -> Advice:
    techniques = dict.fromkeys(TECHNIQUES, YES) | given
    return Advice("t", outcome, None, techniques, None, (Reason("x"),), last_days=last_days or {})


@pytest.mark.parametrize(
    ("given_advice", "expected"),
    [
        (TechniqueAdvice("yes", None, "anywhere"), (None, False)),
        (TechniqueAdvice("yes", None, "outside"), (None, False)),
        (TechniqueAdvice("light", None, "anywhere"), (None, False)),
        (TechniqueAdvice("specialist", None, "anywhere"), (None, True)),
        (TechniqueAdvice("wait", LATER, "anywhere"), (LATER, False)),
        (TechniqueAdvice("wait", None, "anywhere"), None),
        (TechniqueAdvice("no", None, "anywhere"), None),
    ],
)
def test_each_verdict_has_its_offer(given_advice: TechniqueAdvice, expected: Any) -> None:
    classic = service("classic")
    found = offers([classic], advice(classic=given_advice), TODAY)
    assert found == (() if expected is None else (Offer(classic, *expected),))


def test_before_a_planned_filler_a_technique_is_offered_until_its_last_day() -> None:
    classic = service("classic")
    assert offers([classic], advice(last_days={"classic": TODAY}), TODAY)
    assert offers([classic], advice(last_days={"classic": TODAY}), LATER) == ()


@pytest.mark.parametrize(
    ("outcome", "is_offered"),
    [
        ("allowed", True),
        ("untreated_only", True),
        ("specialist", True),
        ("wait", True),
        ("urgent_a", False),
        ("urgent_b", False),
        ("urgent_c", False),
        ("ask_again", False),
        ("minor", False),
        ("see_doctor", False),
        ("not_now", False),
    ],
)
def test_only_an_outcome_that_allows_booking_is_offered_anything(outcome: Outcome, is_offered: bool) -> None:
    assert bool(offers(SERVICES, advice(outcome), TODAY)) is is_offered


def test_without_an_advice_the_whole_price_list_is_offered() -> None:
    assert [offer.service for offer in offers(SERVICES, None, TODAY)] == list(SERVICES)


PRICES = st.decimals(min_value=0, max_value=999_999, places=2)
LINES = st.lists(st.builds(Line, st.just("x"), st.text(), st.just(30), st.integers(1, 50), PRICES))


@given(LINES)
def test_a_total_is_exact_and_a_course_counts_all_its_sessions(lines: list[Line]) -> None:
    cents = sum(int(line.price * 100) * line.sessions for line in lines)
    assert total(lines) * 100 == cents


@given(LINES)
def test_a_line_is_read_as_it_was_stored(lines: list[Line]) -> None:
    assert [Line.from_json(line.as_json()) for line in lines] == lines


def test_a_line_keeps_its_condition() -> None:
    line = Line.of(Offer(service("classic", "10.50", 3), LATER, approval=True), "de")
    assert Line.from_json(line.as_json()) == line
    assert (line.name, line.amount, line.since, line.approval) == ("Classic", Decimal("31.50"), LATER, True)


@pytest.mark.parametrize(
    ("draft", "step"),
    [
        (QuoteDraft(), "services"),
        (QuoteDraft(("a",)), "services"),
        (QuoteDraft(("a",), done=True), "address"),
        (QuoteDraft(("a",), done=True, email="a@gmial.com", meant="a@gmail.com"), "slip"),
        (QuoteDraft(("a",), done=True, email="a@gmail.com"), "summary"),
        (QuoteDraft(again="2026-0001"), "address"),
        (QuoteDraft(again="2026-0001", email="a@b.de"), "summary"),
    ],
)
def test_the_step_to_show_is_the_first_that_is_missing(draft: QuoteDraft, step: str) -> None:
    assert draft.step == step
    assert QuoteDraft.from_json(draft.as_json()) == draft


def test_a_step_can_be_done_again_but_a_quotes_services_are_settled() -> None:
    full = QuoteDraft(("a",), done=True, email="a@gmail.com")
    assert full.without("address").step == "address"
    assert full.without("services").step == "services"
    assert full.without("services").email == "a@gmail.com"
    with pytest.raises(ValueError, match="services"):
        QuoteDraft(again="2026-0001", email="a@b.de").without("services")
    with pytest.raises(ValueError, match="colour"):
        full.without("colour")


def test_ticking_twice_is_not_ticking() -> None:
    assert QuoteDraft().toggled("a").toggled("b").services == ("a", "b")
    assert QuoteDraft().toggled("a").toggled("b").toggled("a").services == ("b",)


@pytest.mark.parametrize(
    ("serial", "number"), [(1, "2026-0001"), (42, "2026-0042"), (9999, "2026-9999"), (12345, "2026-12345")]
)
def test_a_number_tells_its_year(serial: int, number: str) -> None:
    assert number_text(2026, serial) == number


def test_a_quote_holds_for_so_many_days_after_its_own() -> None:
    assert last_day(date(2026, 12, 15), 30) == date(2027, 1, 14)
