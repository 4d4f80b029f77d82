"""The sign-off workbench: what differs between two protocols, and whose advice it would change."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.consultation.advice import Advice
from bot.consultation.answers import InvalidAnswers
from bot.consultation.engine import advise
from bot.consultation.protocol_model import Protocol

MOST_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row of the file as each protocol gives it; empty where one has no such row."""

    row: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Impact:
    """For how many ``clients`` something would change; each counts once: by outcome, else by dates, else by verdicts.

    ``dates``: the day of the outcome or of a technique; ``verdicts``: anything else about a technique or which one is
    recommended. ``outcomes`` counts each change of outcome as (ours, theirs). ``unreadable`` answers are advised on by
    neither protocol. ``examples`` are client ids, the first few that change.
    """

    clients: int
    outcome: int
    dates: int
    verdicts: int
    unreadable: int
    outcomes: Mapping[tuple[str, str], int]
    examples: tuple[int, ...]


def differing_rows(ours: Protocol, theirs: Protocol) -> list[RowDifference]:
    """The rows whose numbers, cells, marks or orders differ, in the order of the files; sources are no difference."""
    names = dict.fromkeys((*ours.rows, *theirs.rows))
    pairs = [RowDifference(name, ours.rows.get(name, ""), theirs.rows.get(name, "")) for name in names]
    return [pair for pair in pairs if pair.ours != pair.theirs]


class ImpactCount:
    """Counts an ``Impact`` client by client, so that stored advices may stream through."""

    def __init__(self, ours: Protocol, theirs: Protocol) -> None:
        self._ours = ours
        self._theirs = theirs
        self._kinds: Counter[str] = Counter()
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._examples: list[int] = []

    def add(self, client_id: int, answers: Mapping[str, object], given_on: date) -> None:
        """Advises on one client's ``answers`` with both protocols as of ``given_on``, the day of the stored advice."""
        try:
            ours, theirs = (advise(protocol, answers, given_on) for protocol in (self._ours, self._theirs))
        except InvalidAnswers:
            self._kinds["unreadable"] += 1
            return
        kind = difference(ours, theirs)
        self._kinds[kind] += 1
        if kind == "outcome":
            self._outcomes[ours.outcome, theirs.outcome] += 1
        if kind and len(self._examples) < MOST_EXAMPLES:
            self._examples.append(client_id)

    def result(self) -> Impact:
        return Impact(
            clients=self._kinds.total(),
            outcome=self._kinds["outcome"],
            dates=self._kinds["dates"],
            verdicts=self._kinds["verdicts"],
            unreadable=self._kinds["unreadable"],
            outcomes=dict(self._outcomes.most_common()),
            examples=tuple(self._examples),
        )


def impact(ours: Protocol, theirs: Protocol, stored: Iterable[tuple[int, Mapping[str, object], date]]) -> Impact:
    """What would change for the clients of the ``stored`` advices: id, answers, and the day the advice was given on."""
    count = ImpactCount(ours, theirs)
    for client_id, answers, given_on in stored:
        count.add(client_id, answers, given_on)
    return count.result()


def difference(ours: Advice, theirs: Advice) -> str:
    """``outcome``, ``dates`` or ``verdicts``: the weightiest difference between two advices; empty for none."""
    if ours.outcome != theirs.outcome:
        return "outcome"
    if _dates(ours) != _dates(theirs):
        return "dates"
    if ours.techniques != theirs.techniques or ours.recommended != theirs.recommended:
        return "verdicts"
    return ""


def _dates(advice: Advice) -> tuple[date | None, ...]:
    return advice.since, *(technique.since for technique in advice.techniques.values())
