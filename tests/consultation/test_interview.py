"""The interview as a client walks it: in order, back, with corrections and with taps on old keyboards."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import TypeAlias

import pytest

from bot.consultation.interview import (
    Consultation,
    Progress,
    WrongAnswer,
    answered,
    asked,
    back,
    change,
    choose,
    open_question,
    progress,
)
from bot.consultation.questions import BY_KEY, QUESTIONS, Kind, Question

TODAY = date(2026, 11, 20)

Given: TypeAlias = Mapping[str, str | Sequence[str]]

HEALTHY: Given = {
    "age": "adult",
    "symptoms": "none",
    "procedures": "none",
    "skin": "clear",
    "skin_issues": "none",
    "health": "none",
    "wish": "relax",
    "setting": "therapist",
}
FILLER: Given = {
    **HEALTHY,
    "procedures": ["filler"],
    "filler_product": "ha",
    "filler_areas": ["lips"],
    "filler_date": "2026-11-13",
    "settling": "settled",
}


def walk(given: Given, consultation: Consultation | None = None) -> Consultation:
    """Answer the open questions from ``given``, as far as it goes."""
    consultation = consultation or Consultation()
    while (question := open_question(consultation)) and question.key in given:
        value = given[question.key]
        for tap in [value] if isinstance(value, str) else [*value, "done"]:
            consultation = choose(consultation, question.key, tap, TODAY)
    return consultation


def open_key(consultation: Consultation) -> str | None:
    question = open_question(consultation)
    return question.key if question else None


def everything(question: Question) -> str | list[str]:
    """Taps that make every follow-up question appear."""
    if question.kind is Kind.SET:
        return [option for option in question.options if option not in question.exclusive]
    return "2026-11-20" if question.kind is not Kind.ONE else question.options[0]


EVERYTHING: Given = {question.key: everything(question) for question in QUESTIONS}


def test_a_healthy_client_answers_eight_questions_with_one_tap_each() -> None:
    consultation = walk(HEALTHY)

    assert open_question(consultation) is None
    assert list(consultation.answers) == list(HEALTHY)


def test_a_client_with_everything_is_asked_every_question_in_the_order_of_the_table() -> None:
    consultation = walk(EVERYTHING)

    assert open_question(consultation) is None
    assert list(consultation.answers) == [question.key for question in QUESTIONS]


@pytest.mark.parametrize(
    ("given", "follow_ups"),
    [
        ({}, []),
        ({"procedures": ["toxin"]}, ["toxin_date"]),
        ({"procedures": ["peel", "laser"]}, ["peel_date", "laser_date", "peel_depth", "laser_kind"]),
        (
            {"procedures": ["filler", "filler_planned", "surgery"]},
            ["filler_product", "filler_areas", "filler_date", "settling", "filler_planned_date", "surgery_date"],
        ),
        ({"health": ["heart", "clots"]}, ["heart_detail", "clots_detail"]),
        ({"health": ["lymph", "implants", "kidney_bp"]}, []),
        ({"health": ["immune", "pregnancy"]}, ["pregnancy_detail", "immune_detail"]),
    ],
)
def test_follow_up_questions_are_asked_where_their_condition_holds(given: Given, follow_ups: list[str]) -> None:
    consultation = walk({**EVERYTHING, **HEALTHY, **given})

    assert open_question(consultation) is None
    assert [key for key in consultation.answers if key not in HEALTHY] == follow_ups


@pytest.mark.parametrize(("key", "option"), [(q.key, option) for q in QUESTIONS for option in q.options])
def test_every_option_can_be_chosen_and_leads_to_an_end(key: str, option: str) -> None:
    exclusive_or_one = BY_KEY[key].kind is not Kind.SET or option in BY_KEY[key].exclusive
    consultation = walk({**EVERYTHING, key: option if exclusive_or_one else [option]})

    assert open_question(consultation) is None
    assert option in consultation.answers[key]


def test_ticks_toggle_and_stay_in_the_order_of_the_options() -> None:
    consultation = walk({"age": "adult", "symptoms": "none"})
    for tap in ("toxin", "surgery", "filler", "surgery"):
        consultation = choose(consultation, "procedures", tap, TODAY)

    assert consultation.ticks == ("filler", "toxin")
    assert "procedures" not in consultation.answers


def test_an_exclusive_option_replaces_the_ticks_and_answers_at_once() -> None:
    consultation = walk({"age": "adult", "symptoms": "none"})
    consultation = choose(consultation, "procedures", "toxin", TODAY)
    consultation = choose(consultation, "procedures", "none", TODAY)

    assert consultation.answers["procedures"] == ("none",)
    assert consultation.ticks == ()
    assert open_key(consultation) == "skin"


@pytest.mark.parametrize(
    ("done_so_far", "key", "value", "problem"),
    [
        ({}, "age", "adults", "unknown_option"),
        ({}, "age", "unknown", "unknown_option"),
        ({}, "age", "2026-11-20", "unknown_option"),
        ({}, "age", "done", "unknown_option"),
        ({}, "symptoms", "none", "stale"),
        ({}, "no_such_key", "none", "stale"),
        ({"age": "adult"}, "age", "minor", "stale"),
        ({"age": "adult"}, "symptoms", "done", "nothing_ticked"),
        ({"age": "adult"}, "symptoms", "headache", "unknown_option"),
        ({"age": "adult"}, "symptoms", "", "unknown_option"),
        (HEALTHY, "setting", "home", "stale"),
    ],
)
def test_a_tap_that_does_not_fit_says_why(done_so_far: Given, key: str, value: str, problem: str) -> None:
    with pytest.raises(WrongAnswer) as raised:
        choose(walk(done_so_far), key, value, TODAY)

    assert (raised.value.problem, raised.value.key) == (problem, key)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2026-11-20", None),
        ("2026-11-19", None),
        ("1999-01-01", None),
        ("1900-01-01", None),
        ("unknown", None),
        ("2026-11-21", "future"),
        ("2027-01-01", "future"),
        ("1899-12-31", "too_long_ago"),
        ("0001-01-01", "too_long_ago"),
        ("2026-02-31", "not_a_date"),
        ("20261113", "not_a_date"),
        ("2026-W46-5", "not_a_date"),
        ("2026-11-1", "not_a_date"),
        ("２０２６-11-13", "not_a_date"),
        ("done", "not_a_date"),
        ("", "not_a_date"),
    ],
)
@pytest.mark.parametrize("procedure", ["filler", "toxin", "surgery"])
def test_a_past_procedure_takes_today_and_earlier(procedure: str, value: str, problem: str | None) -> None:
    answers = {**EVERYTHING, "procedures": [procedure]}
    del answers[f"{procedure}_date"]
    check_day(walk(answers), f"{procedure}_date", value, problem)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2026-11-20", None),
        ("2026-11-21", None),
        ("2036-12-31", None),
        ("unknown", None),
        ("2026-11-19", "past"),
        ("1899-12-31", "past"),
        ("2037-01-01", "not_a_date"),
        ("2026-11-31", "not_a_date"),
    ],
)
def test_a_planned_filler_takes_today_and_later(value: str, problem: str | None) -> None:
    answers = {"age": "adult", "symptoms": "none", "procedures": ["filler_planned"]}
    check_day(walk(answers), "filler_planned_date", value, problem)


def check_day(consultation: Consultation, key: str, value: str, problem: str | None) -> None:
    if problem is None:
        assert choose(consultation, key, value, TODAY).answers[key] == value
        return
    with pytest.raises(WrongAnswer) as raised:
        choose(consultation, key, value, TODAY)
    assert raised.value.problem == problem


def test_back_at_the_first_question_after_the_consent_stays_there() -> None:
    consultation = walk({"age": "adult"})

    assert back(consultation) == consultation
    assert back(Consultation()) == Consultation()


def test_back_shows_the_question_before_with_its_ticks() -> None:
    consultation = back(walk({"age": "adult", "symptoms": "none", "procedures": ["toxin", "laser"]}))

    assert open_key(consultation) == "procedures"
    assert consultation.ticks == ("toxin", "laser")
    assert "procedures" not in consultation.answers


def test_back_from_the_advice_opens_the_last_question() -> None:
    assert open_key(back(walk(HEALTHY))) == "setting"


def test_back_all_the_way_keeps_the_consent_alone() -> None:
    consultation = walk(EVERYTHING)
    for _ in QUESTIONS:
        consultation = back(consultation)

    assert consultation.answers == {"age": "adult"}


def test_adding_a_procedure_keeps_the_fillers_answers_and_asks_only_what_is_new() -> None:
    before = walk(FILLER)
    consultation = choose(change(before, "procedures"), "procedures", "toxin", TODAY)
    consultation = choose(consultation, "procedures", "done", TODAY)

    assert open_key(consultation) == "toxin_date"
    assert consultation.answers == {**before.answers, "procedures": ("filler", "toxin")}

    finished = choose(consultation, "toxin_date", "unknown", TODAY)
    assert open_question(finished) is None


def test_follow_up_answers_fall_away_when_the_answer_they_depend_on_changes() -> None:
    consultation = choose(change(walk(FILLER), "procedures"), "procedures", "none", TODAY)

    assert open_question(consultation) is None
    assert consultation.answers == walk(HEALTHY).answers


def test_a_correction_shows_the_old_ticks_and_an_exclusive_one_gives_way() -> None:
    consultation = change(walk(HEALTHY), "health")
    assert consultation.ticks == ("none",)

    consultation = choose(consultation, "health", "thyroid", TODAY)
    assert consultation.ticks == ("thyroid",)


def test_back_leaves_a_correction_and_keeps_the_old_answer() -> None:
    before = walk(FILLER)
    changing = choose(change(before, "procedures"), "procedures", "filler", TODAY)

    assert open_key(changing) == "procedures"
    assert back(changing) == before


def test_another_answer_may_be_picked_for_correction_instead() -> None:
    consultation = change(change(walk(FILLER), "procedures"), "wish")

    assert open_key(consultation) == "wish"
    assert consultation.ticks == ()
    assert choose(consultation, "wish", "glow", TODAY).answers["wish"] == "glow"


@pytest.mark.parametrize("key", ["age", "toxin_date", "no_such_key"])
def test_what_has_no_answer_cannot_be_changed_nor_can_the_consent(key: str) -> None:
    with pytest.raises(WrongAnswer) as raised:
        change(walk(FILLER), key)
    assert raised.value.problem == "stale"


def test_the_list_of_answers_follows_the_questions_and_leaves_out_the_consent() -> None:
    consultation = walk({"age": "adult", "symptoms": "none", "procedures": ["toxin"], "toxin_date": "2026-11-01"})

    assert [(question.key, value) for question, value in answered(consultation)] == [
        ("symptoms", ("none",)),
        ("procedures", ("toxin",)),
        ("toxin_date", "2026-11-01"),
    ]


@pytest.mark.parametrize(
    ("consultation", "position", "total"),
    [
        (Consultation(), 1, 7),
        (walk({"age": "adult"}), 1, 7),
        (walk({"age": "adult", "symptoms": "none"}), 2, 7),
        (walk({"age": "adult", "symptoms": "none", "procedures": ["filler"]}), 3, 11),
        (walk({"age": "adult", "symptoms": "none", "procedures": ["filler"], "filler_product": "ha"}), 4, 11),
        (walk(HEALTHY), 7, 7),
        (change(walk(FILLER), "filler_date"), 5, 11),
    ],
)
def test_progress_counts_what_this_client_will_be_asked(consultation: Consultation, position: int, total: int) -> None:
    assert progress(consultation) == Progress(position, total)


def test_answers_that_no_longer_fit_the_questions_are_asked_again() -> None:
    stored = walk({**FILLER, "health": ["immune"], "immune_detail": "stable"}).as_json()
    unfit = {"retired": "yes", "wish": "beauty", "skin": ["shiny"], "filler_date": "soon", "age": ["adult"]}
    stored["answers"] |= unfit
    stored |= {"ticks": ["x"], "changing": "wish"}

    loaded = Consultation.from_json(stored)

    assert open_key(loaded) == "age"
    assert loaded.ticks == ()
    assert loaded.changing is None
    assert set(loaded.answers) == set(stored["answers"]) - set(unfit)


def test_a_new_clients_state_is_an_empty_consultation() -> None:
    assert Consultation.from_json({"answers": {}}) == Consultation()


@pytest.mark.parametrize(
    "step",
    [
        lambda c: choose(c, "wish", "glow", TODAY),
        lambda c: choose(c, "procedures", "toxin", TODAY),
        back,
        lambda c: change(c, "procedures"),
    ],
)
def test_no_step_alters_the_consultation_it_starts_from(step: Callable[[Consultation], Consultation]) -> None:
    consultation = change(walk(FILLER), "procedures")
    before = consultation.as_json()
    with suppress(WrongAnswer):
        step(consultation)
    assert consultation.as_json() == before


def test_the_questions_asked_of_a_newcomer_are_those_without_a_condition() -> None:
    assert [question.key for question in asked(Consultation())] == list(HEALTHY)
