"""The questions as a client sees them."""

from datetime import date, timedelta

import pytest

from bot.consultation.dates import Pick, month_grid, quick_picks
from bot.consultation.questions import BY_KEY, QUESTIONS, Kind, Question, Value
from messages.consultation import ambiguous_date, answers_list, calendar, question
from messages.layout import progress_bar
from messages.screen import Screen
from tests.messages.judge import ENGLISH, check, data, labels, words

TODAY = date(2026, 11, 20)
ASKED = [each for each in QUESTIONS if each.key != "age"]
"""The age is asked for with the consent."""

DATES = {Kind.PAST_DATE, Kind.FUTURE_DATE}


def shown(key: str, *ticks: str, back: bool = True) -> Screen:
    asked = BY_KEY[key]
    picks: tuple[Pick, ...] = quick_picks(asked.kind, TODAY) if asked.kind in DATES else ()
    return check(question(ENGLISH, asked, position=3, total=8, ticks=ticks, picks=picks, today=TODAY, can_go_back=back))


@pytest.mark.parametrize("asked", ASKED, ids=lambda each: each.key)
def test_every_question_can_be_sent_with_a_button_for_each_option(asked: Question) -> None:
    screen = shown(asked.key)
    assert [f"answer:{asked.key}:{option}" for option in asked.options if option not in asked.exclusive] == [
        each
        for each in data(screen)
        if each.startswith("answer:") and each.split(":")[2] in set(asked.options) - asked.exclusive
    ]
    assert {f"answer:{asked.key}:{option}" for option in asked.options} <= set(data(screen))
    assert words(screen).startswith("●●●○○○○○ 3 of 8\n\n")
    assert "back" in data(screen)
    assert "back" not in data(shown(asked.key, back=False))


@pytest.mark.parametrize("asked", [each for each in ASKED if each.kind is Kind.SET], ids=lambda each: each.key)
def test_a_set_shows_its_ticks_and_nothing_else_is_ticked(asked: Question) -> None:
    ticks = [option for option in asked.options if option not in asked.exclusive]
    none, some, every = shown(asked.key), shown(asked.key, *ticks[:2]), shown(asked.key, *ticks)
    assert not [text for text in labels(none) if text.startswith("✅")]
    assert [text for text in labels(some) if text.startswith("✅ ")] == [
        f"✅ {ENGLISH.options(asked)[option]}" for option in ticks[:2]
    ]
    assert len([text for text in labels(every) if text.startswith("✅ ")]) == len(ticks)
    assert [len(row) for row in none.rows] == [len(row) for row in every.rows], "the keyboard keeps its shape"
    done = f"answer:{asked.key}:done"
    assert [dict(zip(data(each), labels(each), strict=True))[done] for each in (none, some)] == ["Done", "Done (2)"]


@pytest.mark.parametrize("asked", [each for each in ASKED if each.exclusive], ids=lambda each: each.key)
def test_an_exclusive_option_has_a_row_of_its_own(asked: Question) -> None:
    (exclusive,) = asked.exclusive
    assert [f"answer:{asked.key}:{exclusive}"] in [[button.data for button in row] for row in shown(asked.key).rows]


@pytest.mark.parametrize("asked", [each for each in ASKED if each.kind in DATES], ids=lambda each: each.key)
def test_a_day_is_picked_looked_up_or_not_known(asked: Question) -> None:
    offered = data(shown(asked.key))
    step = 7 if asked.kind is Kind.FUTURE_DATE else -7
    assert f"answer:{asked.key}:{TODAY + timedelta(days=step)}" in offered
    assert f"answer:{asked.key}:unknown" in offered
    assert f"month:{asked.key}:2026-11" in offered


def test_the_red_flags_are_explained_in_the_protocols_words() -> None:
    said = words(shown("symptoms")).lower()
    for sign in (
        "loss of vision, blur, double vision, eye pain, droopy lid",
        "face droop, weakness, trouble speaking, confusion, worst headache ever",
        "severe or growing pain; skin white, grey, blue, dusky or net-like, or simply different from the other side"
        " (on darker skin it may not look white); cold, numb, blisters, crusts",
        "swelling of tongue or throat, wheeze, faintness, hives all over",
        "spreading hot redness, pus, fever, swelling near the eye",
        "after botulinum toxin: trouble swallowing, speaking or breathing, weakness",
        "chest pain, breathlessness, collapse",
        "after neck massage: new headache, dizziness, unsteadiness",
    ):
        assert sign in said


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("procedures", "biorevitalisation, mesotherapy, skin boosters"),
        ("filler_product", "Radiesse (CaHA): calcium hydroxylapatite"),
        ("filler_product", "Sculptra (PLLA): poly-L-lactic acid"),
        ("filler_areas", "the folds from nose to mouth"),
        ("settling", "not sure whether it is a bruise or a change of colour"),
        (
            "heart_detail",
            "heart failure, unstable angina, heart attack/stroke/TIA in the last 6 months, severe vascular disease",
        ),
        ("heart_detail", "stable heart disease, arrhythmia, pacemaker"),
        ("clots_detail", "thrombosis, embolism or phlebitis now"),
        ("clots_detail", "anticoagulants or a bleeding disorder"),
        ("health", "swollen lymph nodes or lymphatic disease"),
        ("cancer_detail", "active cancer, treatment under way or an unexplained lump"),
        ("cancer_detail", "past cancer, nodes removed, radiotherapy"),
        ("health", "carotid disease, dissection, aneurysm, temporal arteritis"),
        ("thyroid_detail", "overactive or not controlled"),
        ("health", "kidney failure or uncontrolled blood pressure"),
        ("pregnancy_detail", "first trimester"),
        ("pregnancy_detail", "any complication"),
        ("health", "fever or an acute infection"),
        ("health", "Head or neck injury: in the last 3 months"),
        ("immune_detail", "immunosuppressed, autoimmune disease, unstable diabetes or asthma"),
        ("immune_detail", "Stable diabetes or asthma"),
        ("health", "facial implants or plates, or eye or dental work in the last 28 days"),
    ],
)
def test_options_mean_what_the_protocol_says(key: str, meaning: str) -> None:
    screen = shown(key)
    assert meaning in words(screen) + "\n".join(labels(screen))


@pytest.mark.parametrize("asked", [each for each in ASKED if each.key.endswith("_detail")], ids=lambda each: each.key)
def test_where_several_details_fit_the_uppermost_is_asked_for(asked: Question) -> None:
    assert "uppermost" in words(shown(asked.key))


@pytest.mark.parametrize(
    ("position", "total", "bar"),
    [
        (1, 1, "●"),
        (1, 8, "●○○○○○○○"),
        (3, 8, "●●●○○○○○"),
        (8, 8, "●●●●●●●●"),
        (1, 26, "●○○○○○○○○○"),
        (13, 26, "●●●●●○○○○○"),
        (26, 26, "●●●●●●●●●●"),
    ],
)
def test_the_bar_shows_how_far_one_has_come(position: int, total: int, bar: str) -> None:
    assert progress_bar(position, total) == bar


def month(year: int, number: int, key: str = "toxin_date") -> Screen:
    asked = BY_KEY[key]
    return check(calendar(ENGLISH, asked, month_grid(date(year, number, 1), ENGLISH.first_weekday, TODAY, asked.kind)))


def test_a_calendar_begins_on_monday_and_offers_no_day_that_cannot_be() -> None:
    screen = month(2026, 11)
    head, weekdays, *weeks, foot = screen.rows
    assert [button.text for button in head] == ["◀", "November 2026", "·"]
    assert [button.data for button in head] == ["month:toxin_date:2026-10", "noop", "noop"]
    assert [button.text for button in weekdays] == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    assert all(len(week) == 7 for week in weeks)
    assert weeks[0][6].data == "answer:toxin_date:2026-11-01"
    days = [button for week in weeks for button in week if button.data != "noop"]
    assert [button.text for button in days] == [str(day) for day in range(1, 21)]
    assert days[-1].data == "answer:toxin_date:2026-11-20"
    assert [button.data for button in foot] == ["answer:toxin_date:unknown", "back"]


def test_a_planned_day_lies_ahead_in_the_calendar() -> None:
    screen = month(2026, 11, "filler_planned_date")
    assert [button.data for button in screen.rows[0]] == ["noop", "noop", "month:filler_planned_date:2026-12"]
    assert "answer:filler_planned_date:2026-11-19" not in data(screen)
    assert "answer:filler_planned_date:2026-11-20" in data(screen)


def test_an_ambiguous_day_is_asked_back_in_words() -> None:
    days = [date(2026, 3, 4), date(2026, 4, 3)]
    screen = check(ambiguous_date(ENGLISH, BY_KEY["toxin_date"], days, TODAY))
    assert labels(screen)[:2] == ["Wednesday, 4 March", "Friday, 3 April"]
    assert data(screen) == ["answer:toxin_date:2026-03-04", "answer:toxin_date:2026-04-03", "back"]


def test_the_list_of_answers_shows_each_and_lets_it_be_changed() -> None:
    answered: list[tuple[Question, Value]] = [
        (BY_KEY["symptoms"], ["none"]),
        (BY_KEY["procedures"], ["filler", "toxin"]),
        (BY_KEY["filler_date"], "2025-11-13"),
        (BY_KEY["toxin_date"], "unknown"),
        (BY_KEY["wish"], "relax"),
    ]
    screen = check(answers_list(ENGLISH, answered, TODAY))
    assert data(screen) == [*(f"change:{asked.key}" for asked, _ in answered), "advice"]
    for line in (
        "Signs now: None of these",
        "Treatments: Filler, Botulinum toxin",
        "Filler day: Thursday, 13 November 2025",
        "Botulinum toxin: Don't know",
        "Wish: Relax",
    ):
        assert line in words(screen)


def test_a_list_of_everything_ticked_still_fits() -> None:
    everything: list[tuple[Question, Value]] = [
        (asked, [o for o in asked.options if o not in asked.exclusive])
        if asked.kind is Kind.SET
        else (asked, max(asked.options, key=len) if asked.kind is Kind.ONE else "2025-11-13")
        for asked in ASKED
    ]
    screen = check(answers_list(ENGLISH, everything, TODAY))
    assert len(data(screen)) == len(ASKED) + 1
