"""The worked examples of the document (section 7), with everything that each row says."""

from datetime import timedelta
from typing import Any

import pytest

from bot.consultation.engine import advise
from bot.consultation.protocol import Protocol
from tests.protocol.cases import TODAY, ago, done, filler, healthy, planned


def verdicts(**groups: str) -> dict[str, str]:
    """``yes="drainage self"`` as a verdict for each technique."""
    return {technique: verdict for verdict, techniques in groups.items() for technique in techniques.split()}


STOPPED = ["urgent_b", "see_doctor"]
EXAMPLES: list[tuple[str, dict[str, Any], str, int | None, dict[str, str]]] = [
    ("1", filler(3, areas="cheeks", skin=["acne_inflamed"]), "wait", 7 - 3, {}),
    ("2", filler(2, "plla", "cheeks"), "wait", 14 - 2, {}),
    (
        "3",
        planned(10),
        "allowed",
        None,
        verdicts(yes="drainage drainage_tools self", no="classic sculpting acupressure suction"),
    ),
    ("5", filler("unknown"), "specialist", None, {}),
    ("7", filler(1, symptoms=["skin_colour"]), "urgent_b", None, {}),
    ("9", healthy(health=["pregnancy"], pregnancy_detail="first"), "see_doctor", None, {}),
    (
        "13",
        filler(7),
        "untreated_only",
        None,
        verdicts(yes="drainage self", wait="drainage_tools classic acupressure sculpting suction"),
    ),
    (
        "15",
        filler(14),
        "allowed",
        None,
        verdicts(yes="drainage drainage_tools classic acupressure self", wait="sculpting suction"),
    ),
    ("16", filler(13, settling="mild"), "wait", 7, {}),
    ("17", filler(20, areas="under_eye", skin=["dark_circles"]), "untreated_only", None, {}),
    ("19", filler(30, areas="cheeks", skin=["mature"], wish="contour"), "allowed", None, {"sculpting": "light"}),
    (
        "22",
        filler(100, "unknown", "cheeks"),
        "allowed",
        None,
        verdicts(yes="drainage drainage_tools self classic", specialist="acupressure sculpting suction"),
    ),
    (
        "25",
        done("threads", 45, wish="contour"),
        "allowed",
        None,
        verdicts(yes="drainage drainage_tools self", wait="classic acupressure sculpting suction"),
    ),
    ("27", done("peel", 5, peel_depth="superficial"), "wait", 14 - 5, {}),
    (
        "29",
        healthy(skin=["acne_inflamed"]),
        "specialist",
        None,
        verdicts(specialist="drainage acupressure", no="drainage_tools classic sculpting suction self"),
    ),
    (
        "33",
        healthy(health=["thyroid"], thyroid_detail="unstable", skin=["puffy"]),
        "see_doctor",
        None,
        {},
    ),
    ("37", filler(20, procedures=["toxin", "filler"], toxin_date=ago(10), wish="relax"), "wait", 4, {}),
    ("40", healthy(wish="tension"), "allowed", None, {}),
]


@pytest.mark.parametrize(
    ("number", "answers", "outcome", "days", "expected"), EXAMPLES, ids=[row[0] for row in EXAMPLES]
)
def test_a_worked_example_comes_out_as_written(
    protocol: Protocol, number: str, answers: dict[str, Any], outcome: str, days: int | None, expected: dict[str, str]
) -> None:
    advice = advise(protocol, answers, TODAY)
    assert advice.outcome == outcome, number
    assert advice.since == (None if days is None else TODAY + timedelta(days))
    assert {name: advice.techniques[name].verdict for name in expected} == expected
    assert (advice.techniques == {}) == (outcome in STOPPED)


@pytest.mark.parametrize(
    ("answers", "technique", "day_since_treatment"),
    [
        (filler(14), "sculpting", 28),
        (filler(14), "suction", 42),
        (done("threads", 14), "classic", 56),
        (done("threads", 14), "acupressure", 56),
        (done("threads", 14), "sculpting", 180),
    ],
)
def test_a_worked_example_waits_until_the_day_that_is_written(
    protocol: Protocol, answers: dict[str, Any], technique: str, day_since_treatment: int
) -> None:
    found = advise(protocol, answers, TODAY).techniques[technique]
    assert (found.verdict, found.since) == ("wait", TODAY + timedelta(day_since_treatment - 14))


@pytest.mark.parametrize(
    ("answers", "recommended"),
    [
        (filler(30, areas="cheeks", skin=["mature"], wish="contour"), "drainage"),
        (healthy(wish="tension"), "acupressure"),
    ],
)
def test_a_worked_example_recommends_what_is_written(
    protocol: Protocol, answers: dict[str, Any], recommended: str
) -> None:
    assert advise(protocol, answers, TODAY).recommended == recommended


def test_an_old_filler_of_unknown_product_leaves_classic_outside_the_zone(protocol: Protocol) -> None:
    techniques = advise(protocol, filler(100, "unknown", "cheeks"), TODAY).techniques
    assert (techniques["classic"].verdict, techniques["classic"].where) == ("yes", "outside")
    assert {techniques[name].where for name in ("drainage", "acupressure", "sculpting")} == {"anywhere"}
