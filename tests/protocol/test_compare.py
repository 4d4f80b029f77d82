"""The sign-off workbench: rows that differ, and clients whose advice would change."""

import pytest

from bot.consultation.compare import Impact, RowDifference, differing_rows, impact
from bot.consultation.protocol import SHIPPED, Protocol, parse_protocol
from tests.protocol.cases import TODAY, filler, healthy

TEXT = SHIPPED.read_text(encoding="utf-8")


def changed(*changes: tuple[str, str]) -> Protocol:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_protocol(text)


def test_a_protocol_does_not_differ_from_itself(protocol: Protocol) -> None:
    assert differing_rows(protocol, parse_protocol(TEXT)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "lips = { A = 7",
            "lips = { A = 8",
            RowDifference("areas.lips", "A 7, B 14, C 14, D 28, E 42", "A 8, B 14, C 14, D 28, E 42"),
        ),
        ("mild_wait_days = 7", "mild_wait_days = 9", RowDifference("time.mild_wait_days", "7", "9")),
        ('"2026.1"', '"2027.1"', RowDifference("version", "2026.1", "2027.1")),
        (
            'puffy = { cells = "y',
            'puffy = { cells = "l',
            RowDifference("skin.puffy", "cells y y y l l l y", "cells l y y l l l y"),
        ),
        ('neck = "urgent_a"\n', 'neck = "urgent_b"\n', RowDifference("urgent.symptoms.neck", "urgent_a", "urgent_b")),
    ],
)
def test_a_row_that_differs_is_shown_both_ways(protocol: Protocol, old: str, new: str, expected: RowDifference) -> None:
    assert differing_rows(protocol, changed((old, new))) == [expected]


def test_rows_that_differ_come_in_the_order_of_the_file(protocol: Protocol) -> None:
    theirs = changed(
        ('decollete = ["neck"]', 'decollete = ["neck", "lips"]'),
        ('lips = ["folds", ', 'lips = ["decollete", "folds", '),
    )
    assert [each.row for each in differing_rows(protocol, theirs)] == ["neighbours.lips", "neighbours.decollete"]


def test_a_row_that_only_one_has_is_shown_beside_nothing(protocol: Protocol) -> None:
    blocked = '"health:injury" = { source = "outcomes" }'
    theirs = changed(
        (blocked, f'{blocked}\n"health:implants" = {{ source = "outcomes" }}'),
        ('implants = { cells = "s - s - - - -", source = "health" }', ""),
    )
    assert differing_rows(protocol, theirs) == [
        RowDifference("health.implants", "cells s - s - - - -", ""),
        RowDifference("see_doctor.answers.health:implants", "", "yes"),
    ]


def test_another_source_is_no_difference(protocol: Protocol) -> None:
    theirs = changed(
        (
            '[home]\norder = ["self", "drainage_tools"]\nsource = "choice"',
            '[home]\norder = ["self", "drainage_tools"]\nsource = "time"',
        )
    )
    assert differing_rows(protocol, theirs) == []


def test_the_impact_counts_each_client_by_what_changes_most(protocol: Protocol) -> None:
    theirs = changed(
        ("products]\nha = { A = 7, B = 14, C = 14, D = 28", "products]\nha = { A = 10, B = 14, C = 14, D = 35"),
        ('puffy = { cells = "y', 'puffy = { cells = "l'),
        ('unknown = { A = "28 S", B = 56, C = "56 z", D', 'unknown = { A = "28 S", B = 56, C = "56 z", D'),
    )
    stored = [
        (11, filler(8), TODAY),  # untreated only becomes wait
        (12, filler(3), TODAY),  # waits longer
        (13, filler(20), TODAY),  # sculpting waits longer
        (14, healthy(skin=["puffy"]), TODAY),  # light instead of yes
        (15, healthy(), TODAY),
        (16, {"age": "adult"}, TODAY),
    ]
    assert impact(protocol, theirs, stored) == Impact(
        clients=6,
        outcome=1,
        dates=2,
        verdicts=1,
        unreadable=1,
        outcomes={("untreated_only", "wait"): 1},
        examples=(11, 12, 13, 14),
    )


def test_the_impact_names_ten_clients_at_most(protocol: Protocol) -> None:
    theirs = changed(('clear = { cells = "y', 'clear = { cells = "l'))
    found = impact(protocol, theirs, ((number, healthy(), TODAY) for number in range(200)))
    assert (found.verdicts, found.examples) == (200, tuple(range(10)))
