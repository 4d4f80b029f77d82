"""The strokes on the figure: where they go, and above all where they never go. Measured on the drawn outlines."""

import pytest

from bot.consultation.advice import TECHNIQUES
from bot.consultation.questions import BY_KEY
from messages.pictures.anatomy import NEVER, ZONES, Zone
from messages.pictures.curves import Point, inside, mirrored, sampled
from messages.pictures.marks import arrow
from messages.pictures.portrait import skin_polygons
from messages.pictures.strokes import STROKES, Stroke

ALL = [(technique, stroke) for technique, strokes in STROKES.items() for stroke in strokes]


def test_the_map_has_every_zone_of_the_protocol_and_no_other() -> None:
    assert set(ZONES) == set(BY_KEY["filler_areas"].options) - {"unknown"}


def test_every_technique_has_strokes_or_points() -> None:
    assert set(STROKES) == set(TECHNIQUES)
    assert all(STROKES.values())


@pytest.mark.parametrize(("technique", "stroke"), ALL)
def test_no_stroke_touches_an_eyelid_or_the_front_of_the_neck(technique: str, stroke: Stroke) -> None:
    assert stroke.touches.isdisjoint(NEVER)


@pytest.mark.parametrize("technique", ["sculpting", "suction"])
def test_deep_work_never_touches_the_neck(technique: str) -> None:
    assert all("neck" not in stroke.touches for stroke in STROKES[technique])


def test_only_pressure_points_are_pressed_and_they_lie_where_the_protocol_says() -> None:
    assert {technique for technique, stroke in ALL if stroke.is_point} == {"acupressure"}
    touched = [stroke.touches for stroke in STROKES["acupressure"]]
    assert {"forehead", "glabella"} & touched[0]
    assert "forehead" in touched[1]
    assert "temples" in touched[2]
    assert touched[3] & {"nose", "folds"}


@pytest.mark.parametrize("technique", ["drainage", "drainage_tools", "self"])
def test_drainage_goes_outwards_on_the_face_and_down_the_neck_to_the_collarbone(technique: str) -> None:
    for stroke in STROKES[technique]:
        (start_x, start_y), (end_x, end_y) = stroke.line[0], stroke.line[-1]
        if stroke.touches & {"neck", "temples"}:
            assert end_y > start_y + 20
        else:
            assert end_x > start_x + 15
    assert any("neck" in stroke.touches for stroke in STROKES[technique])


@pytest.mark.parametrize(("technique", "stroke"), ALL)
def test_every_stroke_lies_on_the_skin_and_in_a_zone(technique: str, stroke: Stroke) -> None:
    line = stroke.line if stroke.is_point else sampled(stroke.line, closed=False)
    for side in (line, mirrored(line)):
        assert all(any(inside(point, polygon) for polygon in skin_polygons()) for point in side)
    assert stroke.touches & ZONES.keys()


@pytest.mark.parametrize(
    ("stroke", "zone"),
    [
        (Stroke("across", ((0, 240), (0, 290))), "front_of_neck"),
        (Stroke("beside", ((20.5, 285), (30, 285))), "front_of_neck"),
        (Stroke("lid", ((36, 138),)), "eyelids"),
    ],
)
def test_a_stroke_that_grazes_what_is_never_stroked_is_found(stroke: Stroke, zone: str) -> None:
    assert zone in stroke.touches


def test_a_zone_lies_on_both_sides_alike() -> None:
    for zone in ZONES.values():
        for x, y in zone.outline:
            inner = (x * 0.98, y)
            assert zone.holds(inner) == zone.holds((-inner[0], y))


def middle(zone: Zone) -> Point:
    points = sampled(zone.outline)
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        *(("forehead", "glabella"), ("glabella", "nose"), ("nose", "lips"), ("lips", "jaw_chin")),
        *(("under_eye", "cheeks"), ("jaw_chin", "neck"), ("neck", "decollete")),
    ],
)
def test_the_zones_lie_where_they_lie_on_a_face(upper: str, lower: str) -> None:
    assert middle(ZONES[upper])[1] < middle(ZONES[lower])[1]


def test_an_arrow_points_where_its_stroke_ends() -> None:
    assert "M30.0,10.0L21.0,5.5L21.0,14.5Z" in arrow(((0, 10), (15, 10), (30, 10)))
