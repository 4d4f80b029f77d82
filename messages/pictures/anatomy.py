"""Where the zones of the protocol lie on the figure, and what nobody strokes.

Each outline is the right half of its zone: of a zone across the middle, or of a pair of zones, one on each side.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from messages.pictures.curves import Point, inside, mirrored, sampled


@dataclass(frozen=True)
class Zone:
    """One zone by the points of its smooth outline; ``paired`` where there is one on each side of the face."""

    outline: tuple[Point, ...]
    paired: bool = False

    @property
    def outlines(self) -> tuple[tuple[Point, ...], ...]:
        """The closed outlines as they are drawn: one across the middle, or two."""
        if self.paired:
            return self.outline, mirrored(self.outline)
        left = mirrored(reversed(self.outline))
        return ((*self.outline, *(point for point in left if point[0] < 0)),)

    @cached_property
    def polygons(self) -> tuple[tuple[Point, ...], ...]:
        """The outlines as polygons."""
        return tuple(tuple(sampled(outline)) for outline in self.outlines)

    def holds(self, point: Point) -> bool:
        """Whether ``point`` lies in the zone."""
        x, y = point
        left, top, right, bottom = self._box
        return left <= x <= right and top <= y <= bottom and any(inside(point, polygon) for polygon in self.polygons)

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        """The least rectangle around the zone, which most points lie outside of."""
        points = [point for polygon in self.polygons for point in polygon]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)


ZONES: Mapping[str, Zone] = {
    "forehead": Zone(((0, 61), (26, 62), (48, 74), (58, 92), (55, 106), (40, 108), (14, 111), (0, 110))),
    "temples": Zone(((58, 80), (69, 96), (76, 118), (77, 138), (66, 134), (58, 120), (55, 98)), paired=True),
    "glabella": Zone(((0, 105), (12, 107), (16, 116), (12, 130), (0, 134))),
    "nose": Zone(((0, 129), (9, 134), (11, 158), (18, 174), (18, 188), (8, 196), (0, 197))),
    "under_eye": Zone(
        ((14, 146), (25, 153), (38, 155), (53, 147), (60, 150), (52, 163), (36, 168), (18, 162)), paired=True
    ),
    "cheeks": Zone(
        ((20, 164), (36, 168), (54, 162), (66, 145), (78, 142), (77, 168), (69, 194), (54, 204), (41, 202), (30, 184)),
        paired=True,
    ),
    "folds": Zone(
        ((18, 176), (25, 179), (35, 192), (43, 210), (36, 217), (30, 206), (24, 196), (18, 190)), paired=True
    ),
    "lips": Zone(((0, 199), (14, 198), (27, 205), (33, 211), (25, 222), (12, 229), (0, 230))),
    "jaw_chin": Zone(
        (
            (0, 262),
            (18, 260),
            (37, 251),
            (58, 228),
            (71, 200),
            (69, 196),
            (51, 209),
            (38, 219),
            (24, 229),
            (12, 232),
            (0, 233),
        )
    ),
    "neck": Zone(((0, 264), (19, 262), (43, 247), (46, 252), (45, 266), (47, 281), (58, 297), (34, 307), (0, 313))),
    "decollete": Zone(
        ((0, 314), (34, 308), (60, 298), (96, 312), (134, 325), (152, 347), (140, 366), (80, 382), (0, 388))
    ),
}
"""The zones of the protocol."""

NEVER: Mapping[str, Zone] = {
    "eyelids": Zone(
        ((16, 134), (26, 126), (40, 125), (54, 132), (55, 141), (46, 147), (34, 149), (20, 144)), paired=True
    ),
    "front_of_neck": Zone(((0, 262), (15, 263), (17, 285), (12, 305), (0, 312))),
}
"""What is never stroked, by anybody."""
