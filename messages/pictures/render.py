"""SVG to PNG: the same bytes on every machine, because no font of the machine is looked at.

The library lets no other thread run while it draws. ``python -m messages.pictures.render`` draws what comes on standard
input in a process of its own, for drawings that take long.
"""

import sys
from functools import lru_cache

import resvg

from messages.pictures.lettering import FONT_FAMILY, FONTS

_AS_IT_IS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""The transform that changes nothing: the two rows of its matrix."""


@lru_cache(maxsize=256)
def render(svg: str) -> bytes:
    """The drawing as a PNG of the width and height in pixels that ``svg`` names; may be called from any thread.

    The last drawings are kept, some 100 kB each. ``svg`` is one of our own: the library panics where it is malformed.
    """
    tree = resvg.usvg.Tree.from_str(svg, _options())
    return bytes(resvg.render(tree, _AS_IT_IS))


def _options() -> resvg.usvg.Options:
    """Made anew each time, in less than a millisecond: the library lets no other thread use them."""
    options = resvg.usvg.Options.default()
    options.load_fonts_dir(str(FONTS))
    options.font_family = FONT_FAMILY
    return options


if __name__ == "__main__":
    sys.stdout.buffer.write(render(sys.stdin.read()))
