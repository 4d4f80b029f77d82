"""Section 3: each rule on both sides of its boundary, and the order in which the rules are tried."""

from typing import Any

import pytest

from bot.consultation.engine import advise, urgent
from bot.consultation.protocol import Protocol
from tests.protocol.cases import TODAY, ago, ahead, done, filler, healthy, planned

NONE = frozenset({"allowed", "untreated_only", "specialist", "wait", "not_now"})
"""The outcomes of rule 7."""

BOTH: dict[str, Any] = {"procedures": ["filler", "filler_planned"]}
RULES: list[tuple[str, dict[str, Any], str]] = [
    *((f"rule 1 {sign}", healthy(symptoms=[sign]), "urgent_a") for sign in ("vision", "stroke", "allergy")),
    *((f"rule 1 {sign}", healthy(symptoms=[sign]), "urgent_a") for sign in ("swallowing", "chest", "neck")),
    ("rule 2 skin colour", healthy(symptoms=["skin_colour"]), "urgent_b"),
    ("rule 2 unsure, however old", filler(4000, settling="unsure"), "urgent_b"),
    ("rule 2 worse on day 14", filler(14, settling="worse"), "urgent_b"),
    ("rule 2 worse on day 15", filler(15, settling="worse"), "see_doctor"),
    ("rule 2 worse, date unknown", filler("unknown", settling="worse"), "urgent_b"),
    ("rule 2 worse, date in the future", filler(-1, settling="worse"), "urgent_b"),
    ("rule 3 symptom", healthy(symptoms=["infection"]), "urgent_c"),
    ("rule 3 fever 30 days after", done("toxin", 30, health=["infection"]), "urgent_c"),
    ("rule 3 fever 31 days after", done("toxin", 31, health=["infection"]), "see_doctor"),
    ("rule 3 skin 30 days after", done("threads", 30, skin_issues=["infection"]), "urgent_c"),
    ("rule 3 skin 31 days after", done("threads", 31, skin_issues=["infection"]), "see_doctor"),
    ("rule 3 date unknown", done("toxin", "unknown", health=["infection"]), "urgent_c"),
    ("rule 3 date in the future", done("toxin", -1, health=["infection"]), "urgent_c"),
    ("rule 3 planned only", planned(3, health=["infection"]), "see_doctor"),
    ("rule 3 no procedure", healthy(skin_issues=["infection"]), "see_doctor"),
    ("rule 4 tomorrow is no past day", done("toxin", -1), "ask_again"),
    ("rule 4 today is one", done("toxin", 0), "wait"),
    ("rule 4 yesterday cannot be planned", planned(-1), "ask_again"),
    ("rule 4 today can", planned(0), "not_now"),
    ("rule 5", healthy(age="minor"), "minor"),
    ("rule 6 surgery on day 89", done("surgery", 89), "see_doctor"),
    ("rule 6 surgery on day 90", done("surgery", 90), "specialist"),
    ("rule 6 surgery, date unknown", done("surgery", "unknown"), "see_doctor"),
    ("rule 6 lump", filler(400, settling="lump"), "see_doctor"),
    ("rule 6 mild on day 13", filler(13, settling="mild"), "wait"),
    ("rule 6 mild on day 14", filler(14, settling="mild"), "see_doctor"),
    ("rule 6 mild, date unknown", filler("unknown", settling="mild"), "see_doctor"),
    ("rule 6 wound 28 days after", done("peel", 28, peel_depth="medium", skin_issues=["wound"]), "see_doctor"),
    ("rule 6 wound 29 days after", done("peel", 29, peel_depth="medium", skin_issues=["wound"]), "wait"),
    ("rule 6 cold sore, date unknown", filler("unknown", skin_issues=["cold_sore"]), "see_doctor"),
    ("rule 6 cold sore, planned only", planned(40, skin_issues=["cold_sore"]), "wait"),
    ("rule 6 rosacea", healthy(skin=["rosacea_flare"]), "see_doctor"),
    ("rule 6 lump or mole", healthy(skin_issues=["lump_or_mole"]), "see_doctor"),
    ("rule 7 nothing", healthy(skin_issues=["eczema_flare"]), "not_now"),
    ("order: 1 before 2", filler(1, symptoms=["vision"], settling="unsure"), "urgent_a"),
    ("order: 2 before 3", filler(1, symptoms=["infection"], settling="unsure"), "urgent_b"),
    ("order: 3 before 4", done("toxin", -1, symptoms=["infection"]), "urgent_c"),
    ("order: 4 before 5", done("toxin", -1, age="minor"), "ask_again"),
    ("order: 5 before 6", healthy(age="minor", health=["lymph"]), "minor"),
    ("order: 1 before 5", healthy(age="minor", symptoms=["neck"]), "urgent_a"),
    ("order: 6 before 7", filler(3, **BOTH, filler_planned_date=ahead(2), health=["injury"]), "see_doctor"),
]


@pytest.mark.parametrize(("answers", "outcome"), [row[1:] for row in RULES], ids=[row[0] for row in RULES])
def test_the_first_rule_that_holds_decides(protocol: Protocol, answers: dict[str, Any], outcome: str) -> None:
    advice = advise(protocol, answers, TODAY)
    assert advice.outcome == outcome
    assert bool(advice.techniques) == (outcome in NONE)
    assert advice.recommended is None or outcome in NONE
    assert advice.reasons


CONDITIONS = [
    ("heart", "unstable"), ("clots", "active"), ("lymph", ""), ("cancer", "active"), ("neck_vessels", ""),
    ("thyroid", "unstable"), ("kidney_bp", ""), ("pregnancy", "first"), ("neuro", "uncontrolled"), ("infection", ""),
    ("injury", ""),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "detail"), CONDITIONS)
def test_a_blocking_condition_sends_to_the_doctor(protocol: Protocol, condition: str, detail: str) -> None:
    details = {f"{condition}_detail": detail} if detail else {}
    advice = advise(protocol, healthy(health=[condition], **details), TODAY)
    assert advice.outcome == "see_doctor"
    assert [reason.id for reason in advice.reasons] == [":".join(filter(None, ("health", condition, detail)))]


PARTIAL: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"symptoms": ["vision"]}, "urgent_a"),
    ({"symptoms": ["none", "vision"]}, None),
    ({"symptoms": ["vision"], "procedures": 7, "age": True}, "urgent_a"),
    ({"procedures": ["filler"], "settling": "unsure"}, "urgent_b"),
    ({"procedures": ["filler"], "settling": "worse"}, "urgent_b"),
    ({"procedures": ["filler"], "settling": "worse", "filler_date": "2026-02-30"}, "urgent_b"),
    ({"procedures": ["filler"], "settling": "worse", "filler_date": ago(14)}, "urgent_b"),
    ({"procedures": ["filler"], "settling": "worse", "filler_date": ago(15)}, None),
    ({"procedures": ["toxin"], "settling": "unsure"}, None),
    ({"settling": "unsure"}, "urgent_b"),
    ({"procedures": ["none", "filler"], "settling": "unsure"}, "urgent_b"),
    ({"settling": "worse", "filler_date": ago(15)}, None),
    ({"procedures": ["toxin"], "health": ["infection"]}, "urgent_c"),
    ({"procedures": ["toxin"], "health": ["infection"], "toxin_date": 20261119}, "urgent_c"),
    ({"procedures": ["toxin"], "health": ["infection"], "toxin_date": ago(31)}, None),
    ({"procedures": ["none"], "health": ["infection"], "toxin_date": ago(1)}, None),
    ({"health": ["infection"]}, None),
    ({"health": ["infection"], "toxin_date": ago(1)}, "urgent_c"),
    ({"health": ["infection"], "toxin_date": "yesterday"}, "urgent_c"),
    ({"health": ["infection"], "toxin_date": ago(31)}, None),
    ({"skin_issues": ["infection"], "procedures": ["filler_planned"]}, None),
]


@pytest.mark.parametrize(("answers", "outcome"), PARTIAL)
def test_an_urgent_sign_is_seen_whatever_else_is_missing(
    protocol: Protocol, answers: dict[str, Any], outcome: str | None
) -> None:
    advice = urgent(protocol, answers, TODAY)
    assert (advice and advice.outcome) == outcome
    if outcome:
        assert advise(protocol, answers, TODAY) == advice
