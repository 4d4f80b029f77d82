"""The callback request, pure: names, the draft's steps, the staff's moves."""

import pytest

from bot.callback import CLOSED, MOVES, NAME_LENGTH, Draft, WrongName, read_name


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


@pytest.mark.parametrize(
    ("draft", "step"),
    [
        (Draft(), "name"),
        (Draft("Anna"), "phone"),
        (Draft("Anna", "+49 30 901820"), "time"),
        (Draft("Anna", "+49 30 901820", "now"), "summary"),
        (Draft("", "+49 30 901820", "now"), "name"),
    ],
)
def test_the_step_is_the_first_line_that_is_missing(draft: Draft, step: str) -> None:
    assert draft.step == step
    assert Draft.from_json(draft.as_json()) == draft


@pytest.mark.parametrize("step", ["name", "phone", "time"])
def test_each_line_of_the_summary_can_be_corrected(step: str) -> None:
    assert Draft("Anna", "+49 30 901820", "now").without(step).step == step


def test_what_is_no_line_cannot_be_corrected() -> None:
    with pytest.raises(ValueError, match="number"):
        Draft("Anna").without("number")


@pytest.mark.parametrize("state", ["open", "taken", "reached", "alert", "cleared"])
@pytest.mark.parametrize("action", ["take", "reached", "clear", "release", "nonsense"])
def test_only_the_moves_of_the_table_are_allowed(state: str, action: str) -> None:
    allowed = {("open", "take"): "taken", ("taken", "reached"): "reached", ("alert", "clear"): "cleared"}
    assert MOVES.get((state, action)) == allowed.get((state, action))


def test_a_request_is_over_when_the_client_was_reached_or_the_alert_cleared() -> None:
    assert {"reached", "cleared"} == CLOSED
