"""The advice in words: exact where the protocol is, within a phone's patience, and never freer than the engine."""

import re
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from bot.consultation.advice import BOOKABLE, TECHNIQUES, URGENT, Advice, TechniqueAdvice
from bot.consultation.engine import advise
from bot.consultation.protocol import load_protocol
from messages.advice import advice, urgent_called
from messages.screen import Screen
from tests.messages.judge import ENGLISH, check, data, words
from tests.protocol.cases import TODAY, done, filler, healthy, planned, random_answers

PROTOCOL = load_protocol()
CASES = 1500
COMFORTABLE = 1800
"""Characters: two screens of a phone."""


def shown(given: Advice, answers: dict[str, Any], *, remind: bool = True) -> Screen:
    return check(
        advice(
            ENGLISH,
            given,
            answers,
            today=TODAY,
            clinic="Linden & Co",
            emergency_number="112",
            emergency_line="+49 30 901829",
            remind="remind:safe_now" if remind else "",
        )
    )


def told(answers: dict[str, Any]) -> str:
    return words(shown(advise(PROTOCOL, answers, TODAY), answers))


def random_advices(seed: int, count: int = CASES) -> list[tuple[dict[str, Any], Advice]]:
    random = Random(seed)  # noqa: S311 - repeatable cases
    cases = [random_answers(random, calm=random.choice((0.5, 0.9))) for _ in range(count)]
    return [(answers, advise(PROTOCOL, answers, TODAY)) for answers in cases]


@pytest.fixture(scope="module")
def advices() -> list[tuple[dict[str, Any], Advice]]:
    return random_advices(1)


def test_every_outcome_occurs_among_the_random_advices(advices: list[tuple[dict[str, Any], Advice]]) -> None:
    assert {given.outcome for _, given in advices} == URGENT | BOOKABLE | {
        "ask_again",
        "minor",
        "see_doctor",
        "not_now",
    }


def test_every_advice_fits_and_stays_readable(advices: list[tuple[dict[str, Any], Advice]]) -> None:
    lengths = sorted(len(words(shown(given, answers))) for answers, given in advices)
    assert lengths[len(lengths) * 99 // 100] <= COMFORTABLE


def test_every_advice_can_come_out_of_storage_and_reads_the_same(
    advices: list[tuple[dict[str, Any], Advice]],
) -> None:
    for answers, given in advices[:300]:
        assert shown(Advice.from_stored(given.as_stored()), answers) == shown(given, answers)


def line_of(text: str, technique: str) -> str:
    """The title of the timeline's line that names the technique; empty where none does."""
    name = re.escape(ENGLISH.plain(f"technique.short.{technique}"))
    found = re.search(rf"^• ((?!Last day)[^:\n]+): (?:.*, )?{name}(?:,|$)", text, re.MULTILINE)
    return found[1] if found else ""


TITLES = {
    ("yes", "anywhere"): "Now",
    ("light", "anywhere"): "Now, light pressure",
    ("yes", "outside"): "Now, outside the treated area",
    ("light", "outside"): "Now, light pressure, outside the treated area",
    ("specialist", "anywhere"): "Only with written approval",
    ("specialist", "outside"): "Only with written approval, outside the treated area",
    ("no", "anywhere"): "Not for you at present",
}


def test_each_technique_stands_under_its_own_verdict(advices: list[tuple[dict[str, Any], Advice]]) -> None:
    seen = set()
    for answers, given in advices:
        text = words(shown(given, answers))
        for technique, verdict in given.techniques.items():
            title = line_of(text, technique)
            if title and verdict.since:
                assert title == f"Not before {ENGLISH.day(verdict.since, TODAY)}"
            elif title:
                assert title == TITLES[verdict.verdict, verdict.where]
                seen.add((verdict.verdict, verdict.where))
            elif technique != given.recommended and not (technique == "self" and answers["setting"] == "home"):
                assert {each.verdict for each in given.techniques.values()} <= {"no", given_verdict(given)}
    assert seen == TITLES.keys()


def given_verdict(given: Advice) -> str:
    return given.techniques[given.recommended].verdict if given.recommended else "no"


def test_the_recommended_technique_is_never_freer_than_its_verdict(
    advices: list[tuple[dict[str, Any], Advice]],
) -> None:
    for answers, given in advices:
        if given.recommended is None:
            continue
        text, best = words(shown(given, answers)), given.techniques[given.recommended]
        assert f"For you: {ENGLISH.plain(f'technique.name.{given.recommended}')}\n" in text
        assert ("When: now, as of" in text) == (best.verdict in {"yes", "light"})
        assert ("Only with: the written approval" in text) == (best.verdict == "specialist")
        assert ("Pressure: light only" in text) == (best.verdict == "light")
        assert ("Where: only outside the treated area" in text) == (best.where == "outside")
        if best.since:
            assert f"When: not before {ENGLISH.day(best.since, TODAY)}" in text
        if given.recommended in given.last_days:
            assert f"Until: {ENGLISH.day(given.last_days[given.recommended], TODAY)} at the latest" in text


def test_the_deciding_reasons_stand_first_and_at_most_three(advices: list[tuple[dict[str, Any], Advice]]) -> None:
    for answers, given in advices:
        if given.techniques:
            why = words(shown(given, answers)).split("\nWhy\n")[1].split("\n\n")[0]
            assert 1 <= len(why.split("\n")) <= 3
            assert all(line.startswith("• ") for line in why.split("\n"))


def test_every_outcome_offers_its_ways_on(advices: list[tuple[dict[str, Any], Advice]]) -> None:
    for answers, given in advices:
        for remind in (True, False):
            offered = data(shown(given, answers, remind=remind))
            if given.outcome in URGENT:
                assert offered == ["urgent:called", "callback:start"]
            elif given.outcome == "minor":
                assert offered == ["restart"]
            elif given.outcome == "ask_again":
                assert offered[0].startswith("change:")
                assert offered[0].endswith("_date")
            else:
                booking = given.outcome in BOOKABLE
                assert offered == [
                    *(["remind:safe_now"] if booking and remind else []),
                    "callback:start",
                    "change",
                    "menu",
                ]


EXACT = {
    "urgent_a": (
        "This could be an emergency. Call the local emergency number now; say what was injected, when, and what you "
        "feel; do not drive yourself; when help is on the way, call your injector."
    ),
    "urgent_b": (
        "These signs can mean a blocked blood vessel after filler; minutes and hours matter. Call your injector's "
        "emergency line now; if they do not answer at once or cannot see you immediately, go to the nearest emergency "
        'department and say "possible blocked vessel after filler". Do not massage or press the area; do not wait to '
        "see whether it settles."
    ),
    "urgent_c": (
        "This could be an infection. Get medical help today; go to an emergency department now if the swelling is near "
        "the eye, spreads fast, or with fever. Do not massage, squeeze or drain it."
    ),
}


@pytest.mark.parametrize(
    ("outcome", "answers", "sign"),
    [
        ("urgent_a", healthy(symptoms=["chest"]), "Chest pain"),
        ("urgent_b", filler(1, symptoms=["skin_colour"]), "Pain or colour"),
        ("urgent_b", filler(1, settling="worse"), "the treated area that is getting worse"),
        ("urgent_c", healthy(symptoms=["infection"]), "Infection"),
        ("urgent_c", done("needling", 3, skin_issues=["infection"]), "your skin infection"),
    ],
)
def test_an_urgent_outcome_speaks_the_protocols_words(outcome: str, answers: dict[str, Any], sign: str) -> None:
    text = told(answers)
    assert text.startswith(f"🚨 {EXACT[outcome]}\n")
    assert "Emergency number: 112" in text
    assert "Linden & Co's emergency line: +49 30 901829" in text
    assert text.endswith(f"• {sign}")


def test_after_the_call_help_from_the_clinic_stays_one_tap_away() -> None:
    screen = check(urgent_called(ENGLISH, emergency_line="+49 30 901829"))
    assert data(screen) == ["callback:start"]
    assert "+49 30 901829" in words(screen)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (healthy(health=["thyroid"], thyroid_detail="unstable"), "your thyroid, which is overactive or not controlled"),
        (done("surgery", 89), "your operation"),
        (done("surgery", "unknown"), "your operation, as its day is not known"),
        (filler(20, settling="lump"), "the lump in the treated area"),
        (filler(14, settling="mild"), "the swelling or bruise that has not settled yet"),
        (done("toxin", 2, skin_issues=["cold_sore"]), "your cold sore"),
        (healthy(health=["pregnancy"], pregnancy_detail="first"), "your pregnancy"),
    ],
)
def test_see_doctor_names_what_a_doctor_has_to_look_at(answers: dict[str, Any], reason: str) -> None:
    text = told(answers)
    assert f"Because of\n• {reason}" in text
    assert (
        "a massage cannot be recommended; please speak to your doctor (injector, surgeon, oncology team…) first."
        in text
    )


def test_wait_says_the_date_with_its_weekday_and_its_conditions() -> None:
    text = told(filler(3, areas="cheeks", skin=["acne_inflamed"]))
    assert text.startswith("⏳ Please wait until Tuesday, 24 November\n")
    assert (
        "The earliest date that can be suggested is Tuesday, 24 November, only if everything has settled and your "
        "injector agrees." in text
    )
    assert "• your filler (hyaluronic acid, cheeks), 3 days ago (Tuesday, 17 November)" in text
    assert "• your inflamed acne" in text


@pytest.mark.parametrize(
    ("answers", "lines"),
    [
        (
            filler(7),
            [
                "🌿 Possible now, but only outside the treated area",
                "Where: only outside the treated area; on it from Friday, 27 November, if it has settled",
                "Leave alone: lips, nose-to-mouth folds, jaw and chin",
                "Tell your therapist: your filler (lips, Friday, 13 November), any allergy to oils or creams, and at"
                " once if something hurts",
                "Please don't massage or press the treated area, at home either.",
                "• Now, outside the treated area: self-massage",
                "• Not before Friday, 11 December: sculpting or buccal massage",
            ],
        ),
        (
            filler("unknown"),
            [
                "🖊 Only with written approval",
                "Without written approval: no massage of face and neck, at home either.",
                "• your filler (hyaluronic acid, lips), as its day is not known",
            ],
        ),
        (
            planned(10),
            [
                "Until: Monday, 23 November at the latest, because of your planned filler",
                "• your filler planned for Monday, 30 November",
                "• Last day before your filler, Monday, 23 November: roller drainage, self-massage",
            ],
        ),
        (planned("unknown"), ["• your planned filler, as its day is not known"]),
        (done("peel", 20, peel_depth="unknown"), ["• your chemical peel (depth not known), 20 days ago"]),
        (done("laser", 100, laser_kind="ablative"), ["🌿 A massage is possible now"]),
        (filler(0), ["• your filler (hyaluronic acid, lips), today (Friday, 20 November)"]),
        (filler(1), ["• your filler (hyaluronic acid, lips), yesterday (Thursday, 19 November)"]),
        (filler(60, "permanent"), ["60 days ago (Monday, 21 September)"]),
        (filler(61, "permanent"), ["• your filler (permanent, lips), on Sunday, 20 September"]),
        (filler(700, "unknown"), ["• your filler (product not known, lips), on Friday, 20 December 2024"]),
        (filler(5, "fat", "unknown"), ["• your filler (own fat, area not known), 5 days ago"]),
        (healthy(), ["• nothing in your answers speaks against it", "Where: face and neck"]),
        (healthy(wish="tension"), ["• your wish to ease tension", "Where: brow, temples, sides of the nose"]),
        (
            filler(30, areas="cheeks", skin=["mature"], wish="contour"),
            ["• in the weeks after a filler manual drainage suits best", "• Now, light pressure: sculpting"],
        ),
        (
            healthy(health=["heart"], heart_detail="stable"),
            ["Where: face, not the neck", "Please mind: not on the neck", "Tell your therapist: your heart"],
        ),
        (
            healthy(health=["thyroid"], thyroid_detail="stable"),
            ["Where: face and neck, not the front of the neck", "Please mind: not on the front of the neck"],
        ),
        (
            healthy(health=["pregnancy"], pregnancy_detail="later"),
            ["Please mind: not lying flat on your back", "🖊 Only with written approval"],
        ),
        (
            healthy(health=["immune"], immune_detail="stable"),
            ["Tell your therapist: your diabetes or asthma, any allergy"],
        ),
        (
            healthy(skin_issues=["retinoid"]),
            ["Tell your therapist: your retinoid cream, any allergy"],
        ),
        (
            healthy(skin_issues=["eczema_flare"]),
            ["🚫 No massage at the moment", "For now: no massage of face and neck"],
        ),
        (
            healthy(setting="home"),
            [
                "🌿 You can do this at home",
                "For you: self-massage at home: drainage strokes only",
                "3 to 5 minutes, once a day at most. Never on eyelids, the front of the neck, lumps or zones",
                "What a therapist may do, and when",
            ],
        ),
        (filler(7, setting="home"), ["🌿 You can do this at home, but only outside the treated area"]),
        (
            filler(3, setting="home"),
            [
                "⏳ At home: please wait until Tuesday, 24 November",
                "• Not before Tuesday, 24 November: manual drainage",
            ],
        ),
        (
            healthy(setting="home", health=["pregnancy"], pregnancy_detail="later"),
            [
                "🚫 Nothing to do alone",
                "What a therapist may do, and when\n• Only with written approval: manual drainage, classic massage",
            ],
        ),
        (
            healthy(setting="home", skin_issues=["eczema_flare"]),
            ["🚫 No massage at the moment", "neither at home nor by a therapist"],
        ),
        (
            done("threads", 45, wish="tension", health=["immune"], immune_detail="stable"),
            ["• Not before Tuesday, 1 December: classic massage, pressure points"],
        ),
    ],
)
def test_the_card_says_what_this_client_needs(answers: dict[str, Any], lines: list[str]) -> None:
    text = told(answers)
    for line in lines:
        assert line in text


def ordered_otherwise(recommended: str | None, **techniques: TechniqueAdvice) -> Advice:
    """An advice as only a clinic's own order of techniques gives it."""
    given = advise(PROTOCOL, healthy(), TODAY)
    return replace(given, recommended=recommended, techniques={**given.techniques, **techniques})


def test_what_suits_the_wish_only_later_is_not_called_possible_now() -> None:
    later = TechniqueAdvice("wait", TODAY + timedelta(days=4), "anywhere")
    text = words(shown(ordered_otherwise("classic", classic=later), healthy()))
    assert text.startswith("⏳ For what suits your wish, please wait until Tuesday, 24 November\n")
    assert "Until then: only what stands below as possible now." in text
    assert "• Now: manual drainage" in text


def test_where_nothing_serves_the_wish_it_is_said_in_words() -> None:
    text = words(shown(ordered_otherwise(None), healthy()))
    assert "Nothing that serves your wish can be recommended now. What else is possible stands below." in text
    assert "• Now: manual drainage" in text


def test_the_treated_area_is_named_where_only_another_technique_must_avoid_it() -> None:
    text = told(filler(20, areas="neck"))
    assert "Where: face and neck\n" in text
    assert "• Now, outside the treated area: classic massage" in text
    assert "• The treated area and its surroundings: jaw and chin, neck, décolleté" in text


def test_deep_work_is_never_left_open_to_the_neck(advices: list[tuple[dict[str, Any], Advice]]) -> None:
    for answers, given in advices:
        possible = [
            name
            for name in ("sculpting", "suction")
            if name in given.techniques and given.techniques[name].verdict not in {"no", "wait"}
        ]
        if possible:
            assert "never" in words(shown(given, answers))
            assert "front or sides of the neck" in words(shown(given, answers))


def test_a_day_that_cannot_be_is_asked_for_again_by_its_name() -> None:
    future = (TODAY + timedelta(days=5)).isoformat()
    answers = filler(3) | {"filler_date": future}
    given = advise(PROTOCOL, answers, TODAY)
    screen = shown(given, answers)
    assert "Filler day: Wednesday, 25 November, which is still to come" in words(screen)
    assert data(screen) == ["change:filler_date", "menu"]
    passed = planned(-1)
    screen = shown(advise(PROTOCOL, passed, TODAY), passed)
    assert "Planned filler: Thursday, 19 November, which has already passed" in words(screen)
    assert data(screen) == ["change:filler_planned_date", "menu"]


def test_the_techniques_are_called_as_the_protocol_calls_them() -> None:
    assert [ENGLISH.plain(f"technique.name.{technique}") for technique in TECHNIQUES] == [
        "manual lymphatic drainage (hands, feather-light)",
        "lymphatic drainage with a roller or metal balls",
        "classic relaxing facial massage",
        "sculpting, lifting or buccal massage",
        "gentle pressure points (brow, temples, sides of the nose)",
        "gua sha, cups or vacuum",
        "self-massage at home: drainage strokes only",
    ]
