"""The clinic's figures: which moments of a request are kept. Pure."""

from collections.abc import Mapping

MILESTONES: Mapping[str, tuple[str, ...]] = {
    "no_answer": ("called_at",),
    "reached": ("called_at", "reached_at"),
    "booked": ("called_at", "reached_at", "booked_at"),
}
"""What a request's new state tells: that it was called, that its client was reached, that a visit was booked.

Whoever books has reached the client, and whoever reached them has called. The first time counts.
"""
