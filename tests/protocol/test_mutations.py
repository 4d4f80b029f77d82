"""The proof that the tests hold every number of the protocol: `make proof`."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from bot.consultation.protocol import SHIPPED, ProtocolError, build_protocol
from tests.protocol.expectations import advice_failures, failures
from tests.protocol.mutations import mutations

DOCUMENT = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def caught_by(document: Mapping[str, Any]) -> str:
    """What notices that ``document`` is not the protocol; empty where nothing does."""
    try:
        protocol = build_protocol(document)
    except ProtocolError:
        return "the check at start"
    if next(advice_failures(protocol), ""):
        return "an advice"
    return "a table" if next(failures(protocol), "") else ""


@pytest.mark.proof
def test_every_single_change_of_the_data_makes_a_test_fail() -> None:
    found: Counter[str] = Counter()
    missed = []
    for mutation in mutations(DOCUMENT):
        by = caught_by(mutation.document)
        found[by] += 1
        if not by:
            missed.append(mutation.name)
    total = found.total()
    print(f"\n{total - len(missed)} of {total} mutations caught ({(total - len(missed)) / total:.1%}): {dict(found)}")
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize(
    "row",
    ["see_doctor.surgery_before_days", "time.mild_wait_days", "after_filler.until_days", "planned.self"],
)
def test_a_number_changed_by_one_changes_an_advice(row: str) -> None:
    caught = [caught_by(mutation.document) for mutation in mutations(DOCUMENT) if mutation.name.startswith(f"{row}:")]
    assert caught == ["an advice", "an advice"]
