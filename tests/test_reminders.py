"""When a reminder is due."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.consultation.advice import TECHNIQUES, Advice, Reason, TechniqueAdvice
from bot.reminders import decent_moment, due_at, safe_day

TODAY = date(2026, 11, 20)
BERLIN = ZoneInfo("Europe/Berlin")


def advice(recommended: str | None = None, **since: date) -> Advice:
    techniques = {name: TechniqueAdvice("no", None, "anywhere") for name in TECHNIQUES}
    techniques |= {name: TechniqueAdvice("wait", day, "anywhere") for name, day in since.items()}
    if recommended and recommended not in since:
        techniques[recommended] = TechniqueAdvice("yes", None, "anywhere")
    return Advice("2026.1", "allowed", None, techniques, recommended, (Reason("unrestricted"),))


@pytest.mark.parametrize(
    ("given", "day"),
    [
        (advice("drainage", drainage=date(2026, 11, 27), classic=date(2026, 11, 24)), date(2026, 11, 27)),
        (advice("drainage", classic=date(2026, 12, 4), suction=date(2026, 12, 18)), date(2026, 12, 4)),
        (advice(None, classic=date(2026, 12, 4)), date(2026, 12, 4)),
        (advice("drainage"), None),
        (advice("drainage", drainage=TODAY), None),
        (Advice("2026.1", "see_doctor", None, {}, None, (Reason("health:lymph"),)), None),
    ],
)
def test_the_day_is_that_of_the_recommended_technique_or_else_of_the_next_one(given: Advice, day: date | None) -> None:
    assert safe_day(given, TODAY) == day


def test_it_is_due_at_the_clinics_hour() -> None:
    assert due_at(date(2026, 11, 27), time(10), BERLIN).isoformat() == "2026-11-27T10:00:00+01:00"
    assert due_at(date(2026, 7, 1), time(10), BERLIN).isoformat() == "2026-07-01T10:00:00+02:00"


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-11-27T09:59", "2026-11-27T10:00"),
        ("2026-11-27T10:00", "2026-11-27T10:00"),
        ("2026-11-27T19:59", "2026-11-27T19:59"),
        ("2026-11-27T20:00", "2026-11-28T10:00"),
        ("2026-11-27T02:00", "2026-11-27T10:00"),
        ("2026-12-31T23:00", "2027-01-01T10:00"),
        ("2026-10-24T23:00", "2026-10-25T10:00"),
    ],
)
def test_nothing_is_sent_outside_decent_hours(now: str, moment: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    assert decent_moment(at, time(10)) == datetime.fromisoformat(moment).replace(tzinfo=BERLIN)
