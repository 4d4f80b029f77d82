"""The self-massage guide: protocol.md's words, every step drawn, nothing taught on a zone that is still waiting."""

from itertools import combinations

import pytest

from messages.pictures.anatomy import NEVER, ZONES
from messages.pictures.guide import STEPS, guide_steps, taught
from messages.pictures.marks import ALONE
from tests.messages.judge import ENGLISH
from tests.pictures.judge import check

PAIRS = [*((zone,) for zone in ZONES), *combinations(ZONES, 2)]


def captions(zone: tuple[str, ...] = ()) -> str:
    return "\n".join(check(picture).caption for picture in guide_steps(ENGLISH, zone=zone))


def test_the_guide_has_six_steps_with_a_picture_each() -> None:
    pictures = guide_steps(ENGLISH)
    assert len(pictures) == len({picture.svg for picture in pictures}) == len(STEPS) == 6


@pytest.mark.parametrize(
    "words",
    [
        *("clean hands", "gentle cleanser", "scrubs", "abrasives", "enough slip", "clean tools"),
        *("light strokes", "stretch the skin and do not drag it", "red afterwards", "too hard"),
        *("from the middle outwards", "to the collarbone", "circular, tapping, stroking"),
        *(
            "3 to 5 minutes",
            "once a day at most",
            "eyelids",
            "front of the neck",
            "lumps",
            "zones that are still waiting",
        ),
        *("pain, dizziness or swelling", "best learned from a professional", "optional comfort"),
    ],
)
def test_the_guide_says_all_that_the_protocol_says(words: str) -> None:
    assert words in captions().lower()


@pytest.mark.parametrize("zone", PAIRS)
def test_no_stroke_is_taught_on_a_zone_that_is_still_waiting(zone: tuple[str, ...]) -> None:
    for step in taught(zone):
        assert all(stroke.touches.isdisjoint({*zone, *NEVER}) for stroke in step.strokes)
        assert step.strokes or not step.lesson


def test_the_guide_goes_from_the_face_down_to_the_collarbone() -> None:
    lessons = [step for step in STEPS if step.lesson]
    assert [min(min(y for _, y in stroke.line) for stroke in step.strokes) for step in lessons] == sorted(
        min(min(y for _, y in stroke.line) for stroke in step.strokes) for step in lessons
    )
    assert lessons[-1].id == "neck"


def test_a_waiting_zone_is_named_and_hatched_in_every_step() -> None:
    with_zone, without = guide_steps(ENGLISH, zone=("lips", "jaw_chin")), guide_steps(ENGLISH)
    assert len(with_zone) == len(without)
    for picture, plain in zip(with_zone, without, strict=True):
        assert "Leave alone – lips, jaw and chin" in check(picture).caption
        assert "lips, jaw and chin" in check(picture).sheet
        assert picture.svg.count(ALONE) > plain.svg.count(ALONE)


def test_a_lesson_without_strokes_falls_away() -> None:
    assert [step.id for step in taught(("neck",))] == ["prepare", "touch", "forehead", "cheeks", "never"]
    assert "collarbone" not in captions(("neck",))


@pytest.mark.parametrize("zone", [("whole",), ("forehead", "temples", "cheeks", "jaw_chin", "neck")])
def test_where_nothing_may_be_taught_there_is_no_guide(zone: tuple[str, ...]) -> None:
    assert guide_steps(ENGLISH, zone=zone) == ()
