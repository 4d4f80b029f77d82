"""The marks on the figure: hatching, dots, dashes and arrows. Each differs by its shape, not by its colour alone."""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor, hypot

from messages.pictures.anatomy import NEVER, ZONES
from messages.pictures.curves import Point, hatching, mirrored, path, sampled, spans
from messages.pictures.portrait import HEIGHT, SKIN, skin_polygons
from messages.pictures.scene import WHOLE
from messages.pictures.strokes import Stroke

ALONE, STROKE, APPROVAL = "#b84a00", "#005a9c", "#4a4468"
"""Vermilion, blue and slate: apart for every kind of colour vision, and each dark enough on skin and on paper."""

DASHES = f'stroke="{ALONE}" stroke-width="1.6" stroke-dasharray="5 3.5"'

_HATCH_GAP = 11.0
"""Twice the distance in pixels between two hatching lines, measured level."""

_DOT_GAP = 9.0
_CREAM: tuple[Point, ...] = ((24, 88), (50, 178), (22, 241))
"""Where a little oil or cream goes, on the right half."""
_HEAD = 9.0
"""Length and width of an arrow's head in pixels."""


def left_alone(areas: Sequence[str]) -> str:
    """The areas, hatched as one."""
    if tuple(areas) == WHOLE:
        return hatched(skin_polygons())
    places = [{**ZONES, **NEVER}[area] for area in areas]
    outlines = [path(outline) for place in places for outline in place.outlines]
    # Edges first, then the insides: of two zones that meet only the common edge stays.
    edges = f'<path d="{"".join(outlines)}" fill="none" stroke="{ALONE}" stroke-width="3"/>' if outlines else ""
    return "".join(
        [
            edges,
            *(f'<path d="{outline}" fill="{SKIN}"/>' for outline in outlines),
            hatched(polygon for place in places for polygon in place.polygons),
        ]
    )


def hatched(polygons: Iterable[Sequence[Point]]) -> str:
    """The polygons under slanting lines."""
    lines = "".join(f"M{a[0]:.1f},{a[1]:.1f}L{b[0]:.1f},{b[1]:.1f}" for a, b in hatching(polygons, _HATCH_GAP))
    return f'<path d="{lines}" stroke="{ALONE}" stroke-width="2.2"/>' if lines else ""


def dotted(without: Sequence[str]) -> str:
    """Everything under dots, ``without`` these areas."""
    places = [ZONES[area] for area in without]
    points = (point for point in _skin_grid() if not any(place.holds(point) for place in places))
    return dots(points, 3.4, APPROVAL)


def dots(points: Iterable[Point], size: float, colour: str) -> str:
    """Round dots of this diameter."""
    drawn = "".join(f"M{x:.1f},{y:.1f}h0" for x, y in points)
    return f'<path d="{drawn}" stroke="{colour}" stroke-width="{size}" stroke-linecap="round"/>'


def treated(areas: Sequence[str]) -> str:
    """The areas inside a dashed line."""
    outlines = "".join(path(outline) for area in areas for outline in ZONES[area].outlines)
    return f'<path d="{outlines}" fill="none" {DASHES}/>' if outlines else ""


def cream(without: Sequence[str]) -> str:
    """Drops of oil or cream, ``without`` these areas."""
    places = [ZONES[area] for area in without]
    drops = [drop for drop in _CREAM if not any(place.holds(drop) for place in places)]
    return "".join(_drop(x, y) for drop in drops for x, y in (drop, *mirrored([drop])))


def strokes(drawn: Iterable[Stroke]) -> str:
    """Arrows and points on both sides of the face."""
    sides = [line for stroke in drawn for line in (stroke.line, mirrored(stroke.line))]
    return "".join(spot(line[0]) if len(line) == 1 else arrow(line) for line in sides)


def arrow(line: Sequence[Point]) -> str:
    """An arrow along the curve, light around the edges so that it stands out on whatever lies below."""
    points = sampled(line, closed=False)
    tip = points[-1]
    shaft = [point for point in points if hypot(point[0] - tip[0], point[1] - tip[1]) > _HEAD * 0.7]
    back = shaft[-1]
    length = hypot(tip[0] - back[0], tip[1] - back[1])
    ahead = (tip[0] - back[0]) / length, (tip[1] - back[1]) / length
    base = tip[0] - ahead[0] * _HEAD, tip[1] - ahead[1] * _HEAD
    side = ahead[1] * _HEAD / 2, -ahead[0] * _HEAD / 2
    head = f"M{_at(tip)}L{_at((base[0] + side[0], base[1] + side[1]))}L{_at((base[0] - side[0], base[1] - side[1]))}Z"
    way = "M" + "L".join(map(_at, shaft))
    return (
        f'<path d="{way}" fill="none" stroke="#fff" stroke-width="6.4" stroke-linecap="round"/>'
        f'<path d="{head}" fill="{STROKE}" stroke="#fff" stroke-width="2.6" paint-order="stroke"/>'
        f'<path d="{way}" fill="none" stroke="{STROKE}" stroke-width="3.2" stroke-linecap="round"/>'
    )


def spot(at: Point) -> str:
    """A pressure point."""
    x, y = at
    return (
        f'<circle cx="{x}" cy="{y}" r="6.5" fill="#fff" stroke="{STROKE}" stroke-width="2.2"/>'
        f'<circle cx="{x}" cy="{y}" r="3" fill="{STROKE}"/>'
    )


def _drop(x: float, y: float) -> str:
    return (
        f'<path d="M{x},{y - 11}C{x + 3},{y - 4} {x + 7},{y} {x + 7},{y + 4}A7,7 0 0 1 {x - 7},{y + 4}'
        f'C{x - 7},{y} {x - 3},{y - 4} {x},{y - 11}Z" fill="#fff" stroke="{STROKE}" stroke-width="2.2"/>'
    )


def _skin_grid() -> Iterator[Point]:
    """Points all over the skin, every other row shifted by half a gap."""
    polygons = skin_polygons()
    for row in range(int(HEIGHT / _DOT_GAP)):
        shift = row % 2 / 2
        for start, end in spans(polygons, row * _DOT_GAP):
            for column in range(ceil(start / _DOT_GAP - shift), floor(end / _DOT_GAP - shift) + 1):
                yield (column + shift) * _DOT_GAP, row * _DOT_GAP


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
