"""The callback request, pure: names, the draft's steps, the staff's moves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.callback import (
    ALERT,
    CLOSED,
    MOVES,
    NAME_LENGTH,
    NEEDS_CLINIC,
    STAFF_ACTIONS,
    Asking,
    Draft,
    WrongName,
    read_name,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna", "Anna"),
        ("  Anna \n Weber ", "Anna Weber"),
        ("Ø", "Ø"),
        ("李", "李"),
        ("x" * NAME_LENGTH, "x" * NAME_LENGTH),
    ],
)
def test_a_name_is_kept_on_one_line(typed: str, kept: str) -> None:
    assert read_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("", "empty"), ("  ", "empty"), ("🙂🙂", "empty"), ("12345", "empty"), ("x" * (NAME_LENGTH + 1), "too_long")],
)
def test_what_is_no_name_is_refused(typed: str, problem: str) -> None:
    with pytest.raises(WrongName) as raised:
        read_name(typed)
    assert raised.value.problem == problem


FULL = Draft("Anna", "+49 30 901820", "now", "anna@example.com", "after six, please")


@pytest.mark.parametrize(
    ("draft", "step"),
    [
        (Draft(), "name"),
        (Draft("Anna"), "phone"),
        (Draft("Anna", "+49 30 901820"), "time"),
        (Draft("Anna", "+49 30 901820", "now"), "email"),
        (Draft("Anna", "+49 30 901820", "now", ""), "remark"),
        (Draft("Anna", "+49 30 901820", "now", "", ""), "summary"),
        (FULL, "summary"),
        (Draft("", "+49 30 901820", "now"), "name"),
    ],
)
def test_the_step_is_the_first_line_that_is_missing(draft: Draft, step: str) -> None:
    assert draft.step == step
    assert Draft.from_json(draft.as_json()) == draft


def test_a_draft_that_was_stored_before_addresses_were_asked_for_can_be_read() -> None:
    assert Draft.from_json({"name": "Anna", "phone": "+49 30 901820", "slot": "now"}).step == "email"


@pytest.mark.parametrize("step", ["name", "phone", "time", "email", "remark"])
def test_each_line_of_the_summary_can_be_corrected(step: str) -> None:
    assert FULL.without(step).step == step


def test_only_the_address_and_the_remark_can_be_skipped() -> None:
    draft = Draft("Anna", "+49 30 901820", "now")
    assert draft.skipped().skipped() == Draft("Anna", "+49 30 901820", "now", "", "")
    for other in (Draft(), Draft("Anna"), Draft("Anna", "+49 30 901820"), FULL):
        with pytest.raises(ValueError, match=other.step):
            other.skipped()


def test_what_is_no_line_cannot_be_corrected() -> None:
    with pytest.raises(ValueError, match="number"):
        Draft("Anna").without("number")


STATES = ["open", "taken", "no_answer", "reached", "booked", "declined", "withdrawn", "alert", "cleared"]
ACTIONS = [*STAFF_ACTIONS, "moved", "withdrawn", "reopened", "again", "nonsense"]
ALLOWED = """
open       take      taken
open       moved     open
open       withdrawn withdrawn
open       reopened  open
taken      release   open
taken      no_answer no_answer
taken      reached   reached
taken      booked    booked
taken      declined  declined
taken      moved     taken
taken      withdrawn withdrawn
taken      reopened  open
no_answer  take      taken
no_answer  moved     open
no_answer  withdrawn withdrawn
no_answer  reopened  open
no_answer  again     open
reached    booked    booked
reached    declined  declined
alert      clear     cleared
"""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_only_the_moves_of_the_table_are_allowed(state: str, action: str) -> None:
    allowed = {(before, move): after for before, move, after in map(str.split, ALLOWED.strip().splitlines())}
    assert MOVES.get((state, action)) == allowed.get((state, action))


def test_a_request_is_over_or_needs_the_clinic_and_nothing_leads_back_from_the_end() -> None:
    assert {"reached", "booked", "declined", "withdrawn", "cleared"} == CLOSED
    assert {"open", "taken", "no_answer"} == NEEDS_CLINIC
    assert {*CLOSED, *NEEDS_CLINIC, ALERT} == set(STATES)
    assert not [after for (before, _), after in MOVES.items() if before in CLOSED and after not in CLOSED]


def test_from_every_state_that_needs_the_clinic_there_is_a_way_to_each_end() -> None:
    def reachable(state: str) -> set[str]:
        found = {state}
        while more := {after for (before, _), after in MOVES.items() if before in found} - found:
            found |= more
        return found

    for state in NEEDS_CLINIC:
        assert reachable(state) >= CLOSED - {"cleared"}


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("day", [None, date(2026, 11, 27)])
def test_a_question_about_an_outcome_is_read_as_it_was_written(day: date | None) -> None:
    asking = Asking("booked", 7, "Mia", NOON, NOON.date(), day)
    assert Asking.from_json(asking.as_json()) == asking
    assert Asking.from_json(None) is None


@pytest.mark.parametrize(
    ("person", "minutes", "kept"), [(7, 0, False), (8, 0, True), (8, 9, True), (8, 10, False), (7, 60, False)]
)
def test_a_question_waits_ten_minutes_for_who_was_asked(person: int, minutes: int, kept: bool) -> None:
    asking = Asking("booked", 7, "Mia", NOON, NOON.date())
    assert asking.is_kept_from(person, NOON + timedelta(minutes=minutes)) is kept
