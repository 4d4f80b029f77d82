"""Smooth curves through a few points: as SVG paths, as polygons that can be asked what they hold, and hatched.

Coordinates are those of the figure: x to the right of its middle, y downwards, in pixels of a phone 360 pixels wide.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Segment: TypeAlias = tuple[Point, Point]
Bezier: TypeAlias = tuple[Point, Point, Point, Point]

_SAMPLES = 6
"""Points by which a piece of a curve is approximated; at the size of a face the error is below half a pixel."""


def beziers(points: Sequence[Point], *, closed: bool) -> list[Bezier]:
    """The pieces of the Catmull-Rom curve through ``points``."""
    before, after = (points[-1:], points[:2]) if closed else (points[:1], points[-1:])
    around = [*before, *points, *after]
    pieces = zip(around, around[1:], around[2:], around[3:], strict=False)
    return [(b, _toward(b, a, c), _toward(c, d, b), c) for a, b, c, d in pieces]


def path(points: Sequence[Point], *, closed: bool = True) -> str:
    """The curve through ``points`` as the ``d`` of an SVG path."""
    pieces = beziers(points, closed=closed)
    steps = (f"C{_pair(b)} {_pair(c)} {_pair(d)}" for _, b, c, d in pieces)
    return f"M{_pair(points[0])}{''.join(steps)}{'Z' if closed else ''}"


def sampled(points: Sequence[Point], *, closed: bool = True) -> list[Point]:
    """Points along the curve through ``points``, close enough to stand for it."""
    pieces = beziers(points, closed=closed)
    along = [_at(piece, step / _SAMPLES) for piece in pieces for step in range(_SAMPLES)]
    return along if closed else [*along, points[-1]]


def mirrored(points: Iterable[Point]) -> tuple[Point, ...]:
    """The same on the other side of the face."""
    return tuple((-x, y) for x, y in points)


def inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Whether the polygon holds the point."""
    x, y = point
    crossings = [
        (y - ay) * (bx - ax) / (by - ay) + ax
        for (ax, ay), (bx, by) in pairwise([*polygon, polygon[0]])
        if (ay > y) != (by > y)
    ]
    return sum(crossing > x for crossing in crossings) % 2 == 1


def hatching(polygons: Iterable[Sequence[Point]], gap: float) -> Iterator[Segment]:
    """Slanting lines, ``gap`` apart, that fill the polygons as one area: they overlap nowhere.

    Lines that are computed, unlike an SVG pattern or clip path, are drawn in a few milliseconds.
    """
    # Turned by 45 degrees the lines are level: (x + y, y - x), so each is one row of crossings.
    turned = [[(x + y, y - x) for x, y in polygon] for polygon in polygons]
    if not turned:
        return
    heights = [level for polygon in turned for _, level in polygon]
    row = int(min(heights) // gap)
    while row * gap <= max(heights):
        for start, end in spans(turned, row * gap):
            yield _upright(start, row * gap), _upright(end, row * gap)
        row += 1


def spans(polygons: Iterable[Sequence[Point]], level: float) -> Iterator[tuple[float, float]]:
    """From where to where a level line runs inside the polygons, taken as one area; from left to right."""
    return _merged(span for polygon in polygons for span in _spans(polygon, level))


def _spans(polygon: Sequence[Point], level: float) -> Iterator[tuple[float, float]]:
    crossings = sorted(
        (level - ay) * (bx - ax) / (by - ay) + ax
        for (ax, ay), (bx, by) in pairwise([*polygon, polygon[0]])
        if (ay > level) != (by > level)
    )
    return zip(crossings[::2], crossings[1::2], strict=True)


def _merged(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    start = end = None
    for left, right in sorted(spans):
        if start is None or end is None:
            start, end = left, right
        elif left > end:
            yield start, end
            start, end = left, right
        else:
            end = max(end, right)
    if start is not None and end is not None:
        yield start, end


def _upright(along: float, level: float) -> Point:
    return (along - level) / 2, (along + level) / 2


def _toward(here: Point, before: Point, after: Point) -> Point:
    """The control point beside ``here`` on the way from ``before`` to ``after``."""
    return here[0] + (after[0] - before[0]) / 6, here[1] + (after[1] - before[1]) / 6


def _at(piece: Bezier, t: float) -> Point:
    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    x = sum(weight * point[0] for weight, point in zip(weights, piece, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, piece, strict=True))
    return x, y


def _pair(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
