"""A picture with its words."""

from dataclasses import dataclass

from messages.markup import Html

LONGEST_CAPTION = 1024
"""Characters that Telegram allows under a picture, markup not counted."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as ``svg`` and, for people who do not see it, the same in words as ``caption``."""

    svg: str
    caption: Html
