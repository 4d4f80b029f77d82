"""The little samples beside the legend: each shows a mark as it looks on the figure, 34 by 22 pixels."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from messages.pictures import marks
from messages.pictures.portrait import LINE, SKIN

Mark: TypeAlias = Literal["alone", "treated", "approval", "stroke", "point", "never", "good"]

_SKIN = f'<rect width="34" height="22" rx="4" fill="{SKIN}" stroke="{LINE}"/>'
_INSIDE = ((1.0, 1.0), (33.0, 1.0), (33.0, 21.0), (1.0, 21.0))
_DOTS = ((5.0, 5.0), (13.0, 5.0), (21.0, 5.0), (29.0, 5.0), (9.0, 11.0), (17.0, 11.0), (25.0, 11.0), (5.0, 17.0))
_MORE_DOTS = ((13.0, 17.0), (21.0, 17.0), (29.0, 17.0))
_PEN = 'fill="none" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"'

SWATCHES: Mapping[Mark, str] = {
    "alone": _SKIN + marks.hatched([_INSIDE]),
    "treated": f'<rect x="1" y="1" width="32" height="20" rx="5" fill="{SKIN}" {marks.DASHES}/>',
    "approval": _SKIN + marks.dots((*_DOTS, *_MORE_DOTS), 3.4, marks.APPROVAL),
    "stroke": _SKIN + marks.arrow(((5, 13), (15, 10), (30, 11))),
    "point": f'{_SKIN}<g transform="translate(17 11)">{marks.spot((0, 0))}</g>',
    "never": f'<path d="M9,3L25,19M25,3L9,19" stroke="{marks.ALONE}" {_PEN}/>',
    "good": f'<path d="M7,12L14,19L28,4" stroke="{marks.STROKE}" {_PEN}/>',
}
"""A sample for each mark."""
