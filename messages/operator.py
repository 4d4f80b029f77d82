"""What the operator reads in the staff chat when a check has found something broken."""

from collections.abc import Mapping

from messages.catalog import Catalog
from messages.markup import joined
from messages.screen import Screen

RULES = ("plan_without_row", "row_without_plan", "visit_without_reminder", "row_overdue", "plan_refused")


def alert(catalog: Catalog, found: Mapping[str, int]) -> Screen:
    """One line for each rule that was found broken: how often, and what was done about it."""
    lines = [catalog.plural(f"operator.{rule}", found[rule]) for rule in RULES if rule in found]
    return Screen(joined([catalog.text("operator.alert"), *lines], "\n\n"))
