"""The figure itself: a calm face with closed eyes, neck and décolleté, as flat shapes.

Nothing here says anything about a client; ``behind`` is drawn before the zones, ``features`` after them.
"""

from functools import cache

from messages.pictures.curves import Point, mirrored, path, sampled

HEIGHT = 398.0
"""From the crown to the lower edge, in pixels of a phone 360 pixels wide."""

SKIN, SHADE, LINE, HAIR, LIPS, CLOTH = "#f3e4d8", "#e9d4c5", "#7a6255", "#5f4f49", "#d3a79c", "#c3d0cc"

_FACE = ((0, 50), (38, 54), (62, 76), (75, 112), (79, 142), (77, 172), (70, 204), (56, 233), (33, 255), (13, 261.5))
_TORSO = (
    *((44, 215), (46, 245), (45, 266), (49, 284), (64, 298), (98, 310), (132, 320), (154, 333), (166, 354), (172, 396)),
)
_BACK_HAIR = ((0, 10), (32, 13), (64, 32), (82, 70), (87, 106), (84, 128), (74, 150))
_BUN = ((0, -14), (19, -11), (30, 0), (26, 13), (0, 18))
_EAR = ((76, 133), (84, 127), (91, 134), (90, 150), (85, 166), (79, 175), (73, 170))
_HAIRLINE = ((0, 57), (20, 58), (42, 68), (60, 92), (70, 118), (76, 136), (80, 118), (74, 84), (50, 40), (0, 24))


def _across(half: tuple[Point, ...]) -> tuple[Point, ...]:
    """A shape across the middle from its right half, which begins and ends there or is joined straight."""
    return (*half, *(point for point in mirrored(reversed(half)) if point[0] < 0))


FACE = _across((*_FACE, (0, 262)))
TORSO = (*_TORSO, *mirrored(reversed(_TORSO)))


def skin_polygons() -> list[list[Point]]:
    """Face, neck and décolleté as polygons, for what holds everywhere."""
    neck = [point for point in _open_torso() if point[1] <= HEIGHT]
    return [sampled(FACE), neck]


@cache
def behind() -> str:
    """Hair, ears, skin, and the shade that the chin throws."""
    return "".join(
        [
            _filled(_across(_BUN), HAIR),
            _filled(_across(_BACK_HAIR), HAIR),
            f'<path d="{_torso_path()}" fill="{SKIN}" stroke="{LINE}" stroke-width="1.4"/>',
            _filled(_across(((0, 292), (16, 286), (32, 270), (44, 250), (44, 232), (0, 240))), SHADE),
            *(_outlined(ear, SKIN) for ear in (_EAR, mirrored(_EAR))),
            _outlined(FACE, SKIN),
            _lips(),
        ]
    )


@cache
def features() -> str:
    """Hair line, brows, closed eyes, nose, mouth, collarbones and the wrap."""
    return "".join(
        [
            _filled(_across(_HAIRLINE), HAIR),
            *(_side(mirror=mirror) for mirror in (False, True)),
            _line(((-8, 191), (-4, 194), (0, 195), (4, 194), (8, 191)), 1.6),
            _line(_across(((27, 211.5), (14, 212), (7, 211.5), (0, 213))), 1.5),
            _line(((-9, 246), (0, 248), (9, 246)), 1),
            _wrap(),
        ]
    )


def _side(*, mirror: bool) -> str:
    def side(*points: Point) -> tuple[Point, ...]:
        return mirrored(points) if mirror else points

    brow = side((15, 121), (26, 113), (42, 110), (57, 119), (42, 114.5), (27, 117.5))
    return "".join(
        [
            _filled(brow, HAIR),
            _line(side((18, 139), (26, 144.5), (36, 146.5), (46, 144), (54, 137)), 2.2),
            *(
                _line(side(*lash), 1.3)
                for lash in (((50, 141), (54, 145)), ((44.5, 144.5), (47, 149)), ((37, 146.5), (38, 151)))
            ),
            _line(side((20, 133), (29, 127), (41, 126.5), (53, 132)), 1),
            _line(side((14, 177), (17.5, 183), (16, 190), (11, 191)), 1.5),
            _line(side((9, 317), (30, 312), (62, 312), (100, 318), (122, 322)), 1.4),
            _line(side((35, 262), (27, 284), (12, 309)), 1),
            _line(side((86, 140), (87, 150), (83, 160)), 1),
        ]
    )


def _lips() -> str:
    upper = _across(((0, 204.5), (8, 201.5), (18, 206), (28, 211.5), (12, 212), (0, 213)))
    lower = _across(((0, 213), (12, 212), (28, 211.5), (19, 220), (9, 224.5), (0, 225)))
    return _filled(lower, LIPS) + _filled(upper, LIPS)


def _wrap() -> str:
    """A wrap around the shoulders, as one wears it for a treatment; as wide as the card."""
    edge = "M-174,360C-128,380 -70,389 0,389C70,389 128,380 174,360"
    return (
        f'<path d="{edge}V{HEIGHT}H-174Z" fill="{CLOTH}"/>'
        f'<path d="{edge}" fill="none" stroke="{LINE}" stroke-width="1.2"/>'
    )


def _open_torso() -> list[Point]:
    right = sampled(_TORSO, closed=False)
    return [*right, *((-x, y) for x, y in reversed(right))]


def _torso_path() -> str:
    right = path(_TORSO, closed=False)
    left = path(tuple(reversed(mirrored(_TORSO))), closed=False)
    return f"{right}L{left.removeprefix('M')}Z"


def _filled(points: tuple[Point, ...], colour: str) -> str:
    return f'<path d="{path(points)}" fill="{colour}"/>'


def _outlined(points: tuple[Point, ...], colour: str) -> str:
    return f'<path d="{path(points)}" fill="{colour}" stroke="{LINE}" stroke-width="1.4"/>'


def _line(points: tuple[Point, ...], width: float) -> str:
    return (
        f'<path d="{path(points, closed=False)}" fill="none" stroke="{LINE}" stroke-width="{width}" '
        'stroke-linecap="round"/>'
    )
