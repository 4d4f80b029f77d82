"""The demo's clock only moves forward."""

from datetime import UTC, datetime, timedelta

import pytest

from demo.clock import DemoClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class RealTime:
    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment


def test_it_starts_at_the_real_time_and_runs_with_it() -> None:
    real = RealTime()
    clock = DemoClock(real)
    assert clock.now() == NOON
    real.moment += HOUR
    assert clock.now() == NOON + HOUR


def test_steps_add_up_and_time_runs_on_after_them() -> None:
    real = RealTime()
    clock = DemoClock(real)
    clock.advance(HOUR)
    clock.advance(HOUR)
    real.moment += HOUR
    assert clock.now() == NOON + 3 * HOUR


def test_skipping_lands_exactly_on_the_moment() -> None:
    clock = DemoClock(RealTime())
    clock.skip_to(NOON + 5 * HOUR)
    assert clock.now() == NOON + 5 * HOUR


def test_skipping_into_the_past_stays_where_it_is() -> None:
    clock = DemoClock(RealTime())
    clock.skip_to(NOON - HOUR)
    assert clock.now() == NOON


def test_a_negative_step_is_refused() -> None:
    with pytest.raises(ValueError, match="never goes back"):
        DemoClock(RealTime()).advance(-HOUR)


def test_a_computer_clock_that_is_set_back_does_not_take_time_back() -> None:
    real = RealTime()
    clock = DemoClock(real)
    clock.advance(HOUR)
    before = clock.now()
    real.moment -= 2 * HOUR
    assert clock.now() == before


def test_observers_hear_of_every_jump_until_they_leave() -> None:
    clock = DemoClock(RealTime())
    heard: list[datetime] = []
    leave = clock.subscribe(lambda: heard.append(clock.now()))
    clock.advance(HOUR)
    clock.skip_to(NOON + 2 * HOUR)
    leave()
    clock.advance(HOUR)
    assert heard == [NOON + HOUR, NOON + 2 * HOUR]
