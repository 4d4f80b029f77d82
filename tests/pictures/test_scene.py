"""The scene of an advice: what is hatched, until when, and which strokes remain; proved on its data."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from bot.consultation.advice import BOOKABLE, Advice, TechniqueAdvice
from bot.consultation.engine import advise
from bot.consultation.protocol import load_protocol
from messages.pictures.anatomy import NEVER
from messages.pictures.scene import WHOLE, Scene, scene
from messages.pictures.strokes import STROKES
from tests.protocol.cases import TODAY, dice, done, filler, healthy, planned, random_answers

PROTOCOL = load_protocol()
CASES = 3000
LIPS = ("lips", "folds", "jaw_chin")


def on(days: int) -> date:
    return TODAY + timedelta(days)


def drawn(answers: dict[str, Any]) -> Scene:
    found = scene(advise(PROTOCOL, answers, TODAY))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def scenes() -> list[tuple[Advice, Scene | None]]:
    random: Random = dice(4)
    advices = [advise(PROTOCOL, random_answers(random, calm=0.85), TODAY) for _ in range(CASES)]
    return [(advice, scene(advice)) for advice in advices]


def test_every_kind_of_scene_occurs_in_the_sample(scenes: list[tuple[Advice, Scene | None]]) -> None:
    shown = [found for _, found in scenes if found]
    assert len(shown) < len(scenes)
    for kind in ("left_alone", "until", "approval", "light", "treated", "strokes"):
        assert any(getattr(found, kind) for found in shown), kind


def test_no_stroke_ever_touches_what_is_left_alone(scenes: list[tuple[Advice, Scene | None]]) -> None:
    for _, found in scenes:
        if found:
            for stroke in found.strokes:
                assert stroke.touches.isdisjoint({*found.left_alone, *NEVER})
            assert not (found.strokes and found.left_alone == WHOLE)


def test_strokes_are_shown_only_where_the_technique_is_possible_now(
    scenes: list[tuple[Advice, Scene | None]],
) -> None:
    for advice, found in scenes:
        if found and found.strokes:
            assert advice.recommended == found.technique
            assert advice.techniques[advice.recommended or ""].verdict in {"yes", "light"}


def test_the_treated_zone_is_left_alone_wherever_the_advice_says_outside(
    scenes: list[tuple[Advice, Scene | None]],
) -> None:
    for advice, found in scenes:
        if found and advice.recommended and advice.techniques[advice.recommended].where == "outside":
            assert set(advice.zone) <= set(found.left_alone)


def test_no_picture_where_help_comes_first(scenes: list[tuple[Advice, Scene | None]]) -> None:
    without = [advice for advice, found in scenes if advice.outcome not in BOOKABLE | {"not_now"}]
    assert {advice.outcome for advice in without} >= {"urgent_a", "urgent_b", "see_doctor", "minor", "ask_again"}
    assert all(scene(advice) is None for advice in without)


def test_a_possible_massage_always_has_a_picture(scenes: list[tuple[Advice, Scene | None]]) -> None:
    assert all(found for advice, found in scenes if advice.recommended)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (healthy(), Scene("drainage", strokes=STROKES["drainage"])),
        (healthy(wish="tension"), Scene("acupressure", strokes=STROKES["acupressure"])),
        (filler(3), Scene("drainage", left_alone=WHOLE, until=on(4))),
        (done("toxin", 3), Scene("drainage", left_alone=WHOLE, until=on(11))),
        (filler("unknown"), Scene("drainage", left_alone=LIPS, approval=True)),
        (healthy(skin=["acne_inflamed"]), Scene("drainage", approval=True)),
        (
            healthy(health=["heart"], heart_detail="stable"),
            Scene("drainage", left_alone=("neck",), approval=True),
        ),
        (
            filler("unknown", health=["heart"], heart_detail="stable"),
            Scene("drainage", left_alone=("lips", "folds", "jaw_chin", "neck"), approval=True),
        ),
        (
            filler(20, areas="neck"),
            Scene("drainage", treated=("jaw_chin", "neck", "decollete"), strokes=STROKES["drainage"]),
        ),
    ],
)
def test_what_is_drawn_for_this_client(answers: dict[str, Any], expected: Scene) -> None:
    found = drawn(answers)
    assert set(found.left_alone) == set(expected.left_alone)
    assert set(found.treated) == set(expected.treated)
    assert replace(found, left_alone=(), treated=()) == replace(expected, left_alone=(), treated=())


def test_around_filled_lips_the_strokes_stay_above_and_on_the_neck() -> None:
    found = drawn(filler(7))
    assert (set(found.left_alone), found.until) == (set(LIPS), on(7))
    assert {stroke.id for stroke in found.strokes} == {
        *("forehead_out", "temples_down", "under_eye_out", "cheeks_out", "neck_down")
    }


def test_a_neck_that_was_filled_carries_no_stroke() -> None:
    found = drawn(filler(16, areas="decollete", product="caha"))
    assert "neck" in found.left_alone
    assert {stroke.id for stroke in found.strokes}.isdisjoint({"neck_down", "decollete_out"})


def test_light_pressure_is_said_and_then_no_day_is_promised() -> None:
    given = advise(PROTOCOL, filler(7), TODAY)
    light = replace(given, techniques={**given.techniques, "drainage": TechniqueAdvice("light", None, "outside")})
    found = scene(light)
    assert found is not None
    assert found.light
    assert found.until is None


@pytest.mark.parametrize(
    ("answers", "left_alone"),
    [
        (healthy(skin_issues=["eczema_flare"]), None),
        (filler(3, skin_issues=["eczema_flare"]), WHOLE),
        (planned("unknown", setting="home"), None),
        (filler(3, product="fat", setting="home", skin=["acne_inflamed"]), WHOLE),
    ],
)
def test_without_a_massage_the_whole_is_hatched_where_something_was_treated(
    answers: dict[str, Any], left_alone: tuple[str, ...] | None
) -> None:
    given = advise(PROTOCOL, answers, TODAY)
    assert given.recommended is None
    found = scene(given)
    assert (found and found.left_alone) == left_alone
