"""Every number of the courses and check-ins reaches a reminder: changed by one, some day is another one."""

import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.consultation.protocol import SHIPPED, Protocol, ProtocolError, build_protocol, load_protocol
from bot.reminders.facts import Facts
from bot.reminders.kinds import KINDS
from bot.reminders.planning import plan
from tests.protocol.cases import TODAY
from tests.protocol.mutations import Mutation, mutations
from tests.reminders.known import TIMES

DOCUMENT = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
ONLY_TOLD = "sessions: [5, 7] became [4, 7]", "sessions: [5, 7] became [6, 7]"
ONLY_TOLD_AFTER = "sessions: [4, 6] became [3, 6]", "sessions: [4, 6] became [5, 6]"
"""The fewest sessions are told; as many as fit are planned."""


def days_of(protocol: Protocol) -> list[Any]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [plan(kind, Facts(TODAY + timedelta(60), since=TODAY), protocol, TIMES, start) for kind in KINDS.values()]


def reaches_a_reminder(mutation: Mutation) -> bool:
    try:
        return days_of(build_protocol(mutation.document)) != days_of(load_protocol())
    except ProtocolError:
        return True


def test_a_changed_number_changes_a_day() -> None:
    changed = [each for each in mutations(DOCUMENT) if each.name.startswith(("courses.", "check_ins."))]
    lost = [each.name for each in changed if not reaches_a_reminder(each)]
    assert len(changed) > 30
    assert [name for name in lost if not name.endswith((*ONLY_TOLD, *ONLY_TOLD_AFTER))] == []
