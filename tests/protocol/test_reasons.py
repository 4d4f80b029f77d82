"""Reasons with their facts, the most decisive first; zones and last days."""

from datetime import timedelta
from typing import Any

import pytest

from bot.consultation.engine import advise
from bot.consultation.protocol import Protocol
from tests.protocol.cases import TODAY, ago, ahead, done, filler, healthy, planned

Facts = dict[str, Any]
SAID: list[tuple[str, Facts, list[str]]] = [
    ("nothing", healthy(), ["unrestricted", "wish:advise_me"]),
    ("home", healthy(setting="home"), ["unrestricted", "setting:home"]),
    (
        "hint alone",
        healthy(health=["immune"], immune_detail="stable"),
        ["unrestricted", "health:immune:stable", "wish:advise_me"],
    ),
    ("contract's own", filler(3, skin=["acne_inflamed"]), ["time:filler", "skin:acne_inflamed", "wish:advise_me"]),
    (
        "skin decides",
        filler(50, skin=["acne_inflamed"], areas="nose"),
        ["skin:acne_inflamed", "time:filler", "wish:advise_me"],
    ),
    ("moved to the front", filler(30, wish="relax"), ["time:filler", "prefer:drainage"]),
    ("on day 42", filler(42, wish="relax"), ["unrestricted", "prefer:drainage"]),
    ("after day 42", filler(43, wish="relax"), ["unrestricted", "wish:relax"]),
    ("in front anyway", filler(3), ["time:filler", "wish:advise_me"]),
    ("at home", filler(3, setting="home"), ["time:filler", "setting:home"]),
    ("unknown date", done("toxin", "unknown"), ["unknown_date:toxin", "wish:advise_me"]),
    (
        "two unknown dates",
        filler("unknown", procedures=["filler", "filler_planned"], filler_planned_date="unknown"),
        ["unknown_date:filler_planned", "unknown_date:filler", "wish:advise_me"],
    ),
    ("planned far off", planned(100), ["unrestricted", "planned:filler", "wish:advise_me"]),
    ("planned soon", planned(10), ["planned:filler", "wish:advise_me"]),
    ("planned ends the wait", planned(20, skin_issues=["wound"]), ["planned:filler", "skin_issues:wound"]),
    ("nothing possible", healthy(skin_issues=["eczema_flare"]), ["skin_issues:eczema_flare"]),
    (
        "nothing possible at home",
        healthy(skin_issues=["eczema_flare"], setting="home"),
        ["skin_issues:eczema_flare", "setting:home"],
    ),
    (
        "latest wait first",
        filler(20, procedures=["filler", "toxin"], toxin_date=ago(10)),
        ["time:toxin", "time:filler", "wish:advise_me"],
    ),
    ("forgotten", done("toxin", 365), ["unrestricted", "wish:advise_me"]),
    ("minor", {"age": "minor"}, ["age:minor"]),
    ("future", done("toxin", -1), ["date:toxin_date"]),
    ("past plan", planned(-1), ["date:filler_planned_date"]),
    (
        "two urgent signs",
        healthy(symptoms=["infection", "skin_colour", "neck"]),
        ["symptoms:neck", "symptoms:skin_colour", "symptoms:infection"],
    ),
    (
        "fever after toxin",
        done("toxin", 3, health=["infection"], skin_issues=["infection"]),
        ["health:infection", "skin_issues:infection"],
    ),
    ("doctor", healthy(skin=["rosacea_flare"], health=["lymph"]), ["health:lymph", "skin:rosacea_flare"]),
    ("surgery", done("surgery", 89), ["time:surgery"]),
    ("surgery, unknown", done("surgery", "unknown"), ["unknown_date:surgery"]),
    ("wound after a peel", done("peel", 9, peel_depth="deep", skin_issues=["wound"]), ["skin_issues:wound"]),
    ("mild", filler(13, settling="mild"), ["settling:mild", "time:filler", "wish:advise_me"]),
    ("mild for long", filler(14, settling="mild"), ["settling:mild"]),
]


@pytest.mark.parametrize(("answers", "reasons"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_the_reasons_are_given_most_decisive_first(protocol: Protocol, answers: Facts, reasons: list[str]) -> None:
    assert [reason.id for reason in advise(protocol, answers, TODAY).reasons] == reasons


def day(days: int) -> Any:
    return TODAY + timedelta(days)


TOLD: list[tuple[Facts, str, Facts]] = [
    (filler(3), "time:filler", {"date": day(-3), "days": 3, "areas": ("lips",), "product": "ha", "until": day(4)}),
    (
        filler(60, areas="nose", wish="contour"),
        "time:filler",
        {"date": day(-60), "days": 60, "areas": ("nose",), "product": "ha"},
    ),
    (filler("unknown"), "unknown_date:filler", {"areas": ("lips",), "product": "ha"}),
    (done("peel", 5, peel_depth="deep"), "time:peel", {"date": day(-5), "days": 5, "depth": "deep", "until": day(23)}),
    (
        done("laser", 5, laser_kind="unknown"),
        "time:laser",
        {"date": day(-5), "days": 5, "kind": "unknown", "until": day(37)},
    ),
    (done("toxin", 3, health=["infection"]), "health:infection", {"procedure": "toxin", "date": day(-3), "days": 3}),
    (done("surgery", 80), "time:surgery", {"date": day(-80), "days": 80, "until": day(10)}),
    (planned(9), "planned:filler", {"date": day(9), "days": 9}),
    (healthy(skin_issues=["wound"]), "skin_issues:wound", {"days": 14, "until": day(14)}),
    (healthy(health=["thyroid"], thyroid_detail="stable"), "health:thyroid:stable", {"hint": "not_front_of_neck"}),
    (filler(13, settling="mild"), "settling:mild", {"until": day(7)}),
    (done("toxin", -2), "date:toxin_date", {"date": day(2)}),
    (planned(-2), "date:filler_planned_date", {"date": day(-2)}),
]


@pytest.mark.parametrize(("answers", "reason", "facts"), TOLD)
def test_a_reason_carries_the_facts_that_triggered_it(
    protocol: Protocol, answers: Facts, reason: str, facts: Facts
) -> None:
    found = {each.id: dict(each.facts) for each in advise(protocol, answers, TODAY).reasons}
    assert found[reason] == facts


def test_an_infection_is_tied_to_the_latest_procedure(protocol: Protocol) -> None:
    answers = filler(9, procedures=["filler", "toxin"], toxin_date=ago(3), health=["infection"])
    (reason,) = advise(protocol, answers, TODAY).reasons
    assert reason.facts["procedure"] == "toxin"


ZONES: list[tuple[Facts, str]] = [
    (filler(3), "lips folds jaw_chin"),
    (filler(13), "lips folds jaw_chin"),
    (filler(14), ""),
    (filler(3, areas="temples decollete"), "cheeks forehead temples neck decollete"),
    (filler(27, areas="nose"), "under_eye folds nose glabella"),
    (filler(28, areas="nose"), ""),
    (filler(42, areas="nose"), "folds under_eye nose glabella"),
    (filler("unknown"), "lips folds jaw_chin"),
    (filler(3, areas="unknown"), "whole"),
    (filler(400, areas="unknown"), ""),
    (done("toxin", 13), "whole"),
    (done("toxin", 14), ""),
    (done("toxin", "unknown"), "whole"),
    (filler(3, procedures=["filler", "toxin"], toxin_date=ago(3)), "whole"),
    (filler(42, areas="nose", skin=["sensitive"], skin_issues=["retinoid"]), ""),
    (planned(30), ""),
    (healthy(), ""),
]


@pytest.mark.parametrize(("answers", "zone"), ZONES)
def test_the_zone_is_told_as_long_as_it_is_to_be_left_alone(protocol: Protocol, answers: Facts, zone: str) -> None:
    found = advise(protocol, answers, TODAY).zone
    assert set(found) == set(zone.split())
    assert len(found) == len(zone.split())


def test_the_last_days_before_a_planned_filler_are_told(protocol: Protocol) -> None:
    assert advise(protocol, planned(20, skin=["acne_prone"]), TODAY).last_days == {
        "drainage": day(13),
        "drainage_tools": day(13),
        "classic": day(6),
        "sculpting": day(6),
        "acupressure": day(6),
        "self": day(13),
    }
    assert advise(protocol, planned("unknown"), TODAY).last_days == {}
    assert advise(protocol, healthy(filler_planned_date=ahead(20)), TODAY).last_days == {}


@pytest.mark.parametrize(
    ("answers", "today"),
    [
        (filler(filler_date="9999-12-30"), "9999-12-31"),
        (healthy(skin_issues=["sunburn"]), "9999-12-31"),
        (planned(0, filler_planned_date="0001-01-02"), "0001-01-01"),
    ],
)
def test_the_ends_of_the_calendar_do_no_harm(protocol: Protocol, answers: Facts, today: str) -> None:
    assert advise(protocol, answers, type(TODAY).fromisoformat(today)).techniques
