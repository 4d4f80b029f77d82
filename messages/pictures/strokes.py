"""The strokes of each technique, from the middle outwards, on the right half of the figure; the left one mirrors it.

Directions follow the protocol's guide to self-massage: from the centre outwards, then down to the collarbone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import cos, pi, sin

from messages.pictures.anatomy import NEVER, ZONES
from messages.pictures.curves import Point, sampled

REACH = 4.0
"""How far from its line a stroke touches the skin; the same for a point."""

_AROUND = [(REACH * cos(turn * pi / 4), REACH * sin(turn * pi / 4)) for turn in range(8)]


@dataclass(frozen=True)
class Stroke:
    """One stroke, or a pressure point where ``line`` is a single point. ``id`` names its words in the catalog."""

    id: str
    line: tuple[Point, ...]

    @property
    def is_point(self) -> bool:
        """Whether it is pressed and not stroked."""
        return len(self.line) == 1

    @cached_property
    def touches(self) -> frozenset[str]:
        """What the hand touches, measured on the figure: ids of :data:`ZONES` and of :data:`NEVER`."""
        touched = list(self._touched())
        places = {**ZONES, **NEVER}
        return frozenset(name for name, place in places.items() if any(map(place.holds, touched)))

    def _touched(self) -> Iterator[Point]:
        for x, y in self.line if self.is_point else sampled(self.line, closed=False):
            yield x, y
            yield from ((x + dx, y + dy) for dx, dy in _AROUND)


FOREHEAD_OUT = (
    Stroke("forehead_out", ((6, 77), (24, 76), (42, 84))),
    Stroke("forehead_out", ((6, 98), (28, 95), (49, 99))),
)
_FOREHEAD_UP = (
    Stroke("forehead_up", ((12, 100), (12, 86), (15, 70))),
    Stroke("forehead_up", ((31, 102), (34, 90), (39, 77))),
)
TEMPLES_DOWN = (Stroke("temples_down", ((65, 102), (70, 118), (71, 133))),)
_UNDER_EYE_OUT = (Stroke("under_eye_out", ((20, 157), (36, 161), (52, 157))),)
CHEEKS_OUT = (
    Stroke("cheeks_out", ((31, 174), (48, 174), (68, 165))),
    Stroke("cheeks_out", ((44, 193), (56, 191), (67, 183))),
)
_CHEEKS_UP = (
    Stroke("cheeks_up", ((32, 176), (48, 170), (68, 154))),
    Stroke("cheeks_up", ((44, 195), (58, 190), (71, 172))),
)
JAW_OUT = (Stroke("jaw_out", ((6, 247), (32, 240), (55, 222), (65, 207))),)
NECK_DOWN = (
    Stroke("neck_down", ((38, 262), (38, 278), (44, 295))),
    Stroke("neck_down", ((27, 269), (26, 284), (28, 300))),
)
_DECOLLETE_OUT = (
    Stroke("decollete_out", ((14, 333), (54, 327), (100, 331))),
    Stroke("decollete_out", ((14, 354), (60, 350), (110, 350))),
)
_POINTS = (
    Stroke("point_brow_start", ((18, 110),)),
    Stroke("point_brow", ((38, 103),)),
    Stroke("point_temples", ((68, 116),)),
    Stroke("point_nose", ((23, 183),)),
)

_SELF = (*FOREHEAD_OUT, *TEMPLES_DOWN, *CHEEKS_OUT, *JAW_OUT, *NECK_DOWN)
_DRAINAGE = (*FOREHEAD_OUT, *TEMPLES_DOWN, *_UNDER_EYE_OUT, *CHEEKS_OUT, *JAW_OUT, *NECK_DOWN)
_LIFTING = (*_FOREHEAD_UP, *_CHEEKS_UP, *JAW_OUT)

STROKES: Mapping[str, tuple[Stroke, ...]] = {
    "drainage": _DRAINAGE,
    "drainage_tools": _DRAINAGE,
    "classic": (*_FOREHEAD_UP, *TEMPLES_DOWN, *_CHEEKS_UP, *JAW_OUT, *NECK_DOWN, *_DECOLLETE_OUT),
    "sculpting": _LIFTING,
    "acupressure": _POINTS,
    "suction": _LIFTING,
    "self": _SELF,
}
"""What is drawn for each technique where nothing has to be left alone; deep work never reaches the neck."""
