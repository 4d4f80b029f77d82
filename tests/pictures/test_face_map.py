"""The face map as a client gets it: a sheet that can be read on a phone, and the same in words."""

from datetime import timedelta
from typing import Any

import pytest

from bot.consultation.engine import advise
from bot.consultation.protocol import load_protocol
from messages.pictures.face_map import area_names, face_map
from messages.pictures.scene import scene
from tests.messages.judge import ENGLISH
from tests.pictures.judge import Seen, check
from tests.protocol.cases import TODAY, dice, done, filler, healthy, random_answers

PROTOCOL = load_protocol()
CASES = 250


def seen(answers: dict[str, Any]) -> Seen:
    picture = face_map(ENGLISH, advise(PROTOCOL, answers, TODAY), today=TODAY)
    assert picture is not None
    return check(picture)


def test_every_map_of_a_random_sample_can_be_sent_and_names_what_it_shows() -> None:
    random = dice(8)
    for _ in range(CASES):
        advice = advise(PROTOCOL, random_answers(random, calm=0.95), TODAY)
        picture, shown = face_map(ENGLISH, advice, today=TODAY), scene(advice)
        assert (picture is None) == (shown is None)
        if picture is None or shown is None:
            continue
        read = check(picture)
        for area in {*shown.left_alone, *shown.treated}:
            assert area_names(ENGLISH, (area,)) in read.caption
        for area in shown.left_alone:
            assert area_names(ENGLISH, (area,)) in read.sheet
        for stroke in shown.strokes:
            assert ENGLISH.plain(f"picture.stroke.{stroke.id}") in read.caption
        if shown.until:
            until = f"Leave alone until {ENGLISH.day(shown.until, TODAY)}"
            assert until in read.caption
            assert until in read.sheet


def test_treated_lips_are_hatched_with_their_day_and_the_day_stands_beside_them() -> None:
    read = seen(filler(7))
    assert "Leave alone until Friday, 27 November: lips, nose-to-mouth folds, jaw and chin" in read.caption
    assert "Leave alone until Friday, 27 November" in read.sheet
    assert "until Fri 27 Nov" in read.sheet
    assert "only if everything has settled and your injector agrees" in read.caption
    assert "jaw: from" not in read.caption


@pytest.mark.parametrize(
    ("answers", "caption"),
    [
        (filler(3), "Leave alone until Tuesday, 24 November: face, neck and décolleté"),
        (done("threads", 41), "Leave alone until Saturday, 21 November: face, neck and décolleté"),
        (done("threads", 41, setting="home"), "For self-massage, as of Friday, 20 November"),
        (
            filler("unknown"),
            "Leave alone: lips, nose-to-mouth folds, jaw and chin\nOnly with the written approval of your doctor",
        ),
        (filler(20, areas="neck"), "Treated area and its surroundings: jaw and chin, neck, décolleté"),
        (
            filler("unknown"),
            "experienced in it: the rest of face, neck and décolleté\nNever: eyelids, front of the neck",
        ),
        (healthy(skin=["acne_inflamed"]), "by a therapist experienced in it: face, neck and décolleté\nNever: eyelids"),
        (healthy(), "• neck: down its sides to the collarbone\nNever: eyelids, front of the neck, lumps"),
        (healthy(wish="contour"), "Never: eyelids, front and sides of the neck, lumps"),
        (healthy(wish="tension"), "The pressure points\n• the inner ends of the brows"),
        (
            healthy(skin=["acne_prone"], wish="contour"),
            "Pressure: light only, and only where your skin is not affected",
        ),
        (filler(3, skin_issues=["eczema_flare"]), "As of Friday, 20 November\nLeave alone: face, neck and décolleté"),
    ],
)
def test_the_caption_says_what_the_picture_shows(answers: dict[str, Any], caption: str) -> None:
    assert caption in seen(answers).caption


@pytest.mark.parametrize(
    "answers",
    [
        healthy(symptoms=["vision"]),
        healthy(age="minor"),
        healthy(health=["injury"]),
        filler(-3),
        healthy(skin_issues=["eczema_flare"]),
    ],
)
def test_no_picture_where_there_is_nothing_to_show(answers: dict[str, Any]) -> None:
    assert face_map(ENGLISH, advise(PROTOCOL, answers, TODAY), today=TODAY) is None


def test_the_same_advice_on_the_same_day_is_the_same_picture() -> None:
    advice = advise(PROTOCOL, filler(7), TODAY)
    picture = face_map(ENGLISH, advice, today=TODAY)
    assert picture == face_map(ENGLISH, advice, today=TODAY)
    assert hash(picture) == hash(face_map(ENGLISH, advice, today=TODAY))
    assert picture != face_map(ENGLISH, advice, today=TODAY + timedelta(1))


def test_marks_differ_by_shape_and_not_by_colour_alone() -> None:
    hatched = face_map(ENGLISH, advise(PROTOCOL, filler("unknown"), TODAY), today=TODAY)
    dashed = face_map(ENGLISH, advise(PROTOCOL, filler(20, areas="neck"), TODAY), today=TODAY)
    assert hatched is not None
    assert dashed is not None
    assert "h0" in hatched.svg, "approval is dotted"
    assert "stroke-dasharray" not in hatched.svg
    assert "stroke-dasharray" in dashed.svg
