"""How buttons and texts are laid out so that nothing is cut on a phone."""

from collections.abc import Iterable, Sequence

from messages.screen import Button

HALF_WIDTH = 16
"""Characters that fit on a button beside another one, a tick included."""

FULL_WIDTH = 28
"""Characters that fit on a button that has its row to itself, a tick included."""

LONGEST_BAR = 10
"""Dots; a longer bar would wrap on a small phone."""

Rows = tuple[tuple[Button, ...], ...]


def rows(*buttons: Button) -> Rows:
    """Each button in a row of its own."""
    return tuple((button,) for button in buttons)


def in_columns(buttons: Sequence[Button], labels: Iterable[str]) -> Rows:
    """The buttons in two columns where every one of their ``labels`` fits half the width, else in one.

    The labels come without ticks: a keyboard must not change its shape under the client's finger.
    """
    columns = 2 if all(len(label) <= HALF_WIDTH for label in labels) else 1
    return tuple(tuple(buttons[start : start + columns]) for start in range(0, len(buttons), columns))


def shortened(text: str, width: int = FULL_WIDTH) -> str:
    """``text`` cut at ``width`` characters, with an ellipsis where something is missing."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def progress_bar(position: int, total: int) -> str:
    """``●●●○○○○○``: one dot for each question, scaled down where there are many."""
    dots = min(total, LONGEST_BAR)
    filled = max(1, position * dots // total)
    return "●" * filled + "○" * (dots - filled)
