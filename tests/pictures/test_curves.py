"""Curves: they pass through their points, know what they hold, and are hatched as one area."""

from math import hypot

import pytest

from messages.pictures.curves import Point, hatching, inside, mirrored, path, sampled, spans

SQUARE: list[Point] = [(0, 0), (10, 0), (10, 10), (0, 10)]
BESIDE: list[Point] = [(5, 0), (15, 0), (15, 10), (5, 10)]


def test_a_curve_passes_through_its_points() -> None:
    points: list[Point] = [(0, 0), (10, 5), (20, 0)]
    assert set(points) <= set(sampled(points, closed=False))
    assert set(points) <= set(sampled(points))
    assert sampled(points, closed=False)[-1] == (20, 0)


def test_a_path_begins_and_ends_as_it_should() -> None:
    assert path([(0, 0), (9, 0)], closed=False) == "M0.0,0.0C1.5,0.0 7.5,0.0 9.0,0.0"
    assert path([(0, 0), (9, 0), (9, 9)]).endswith("0.0,0.0Z")


def test_the_other_side_is_mirrored_at_the_middle() -> None:
    assert mirrored([(3, 4), (-1, 2)]) == ((-3, 4), (1, 2))


@pytest.mark.parametrize(
    ("point", "held"), [((5, 5), True), ((0.1, 9.9), True), ((-0.1, 5), False), ((5, 10.1), False), ((11, 11), False)]
)
def test_a_polygon_knows_what_it_holds(point: Point, held: bool) -> None:
    assert inside(point, SQUARE) is held


def test_spans_of_overlapping_polygons_are_one() -> None:
    assert list(spans([SQUARE, BESIDE], 5)) == [(0, 15)]
    assert list(spans([SQUARE, [(20, 0), (30, 0), (30, 10), (20, 10)]], 5)) == [(0, 10), (20, 30)]
    assert list(spans([SQUARE], 11)) == []


def test_hatching_fills_the_area_and_nothing_else() -> None:
    lines = list(hatching([SQUARE], 2))
    for (ax, ay), (bx, by) in lines:
        assert inside(((ax + bx) / 2, (ay + by) / 2), SQUARE) or ax == bx
        assert bx - ax == pytest.approx(by - ay)
    # Lines at every 2 pixels of level distance cover an area of 100 with 100 / 2 pixels of level length.
    assert sum(bx - ax for (ax, _), (bx, _) in lines) == pytest.approx(50)


def test_two_polygons_are_hatched_once_where_they_overlap() -> None:
    def length(*polygons: list[Point]) -> float:
        return sum(hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in hatching(polygons, 1.7))

    assert length(SQUARE, SQUARE) == pytest.approx(length(SQUARE))
    assert length(SQUARE, BESIDE) < length(SQUARE) + length(BESIDE) - 10
    assert list(hatching([], 2)) == []
