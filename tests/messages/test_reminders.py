"""What a reminder says when it is due: a locked screen may show all of it, so it names no treatment."""

import re
from itertools import combinations

import pytest

from bot.consultation.advice import TECHNIQUES
from bot.consultation.questions import BY_KEY
from bot.reminders.kinds import KINDS
from messages.reminders import Item, due
from messages.screen import Screen
from tests.messages import judge
from tests.messages.judge import ENGLISH

STEMS = re.compile(
    "acupress|biorev|boost|botox|botul|contour|course|cupp|drain|fac|fill|gua|hyal|inject|laser|lift|lip|lymph|massag"
    "|meso|needl|neck|peel|sculpt|skin|suction|surg|swell|thread|toxin|treat"
)
"""How the words begin by which clients and clinics call treatments, and what is treated."""

FILLING = frozenset({"a", "and", "at", "home", "none", "of", "only", "or", "planned", "the", "these", "with"})


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def treatments() -> set[str]:
    """Every word of the names under which the bot itself knows techniques and procedures."""
    named = [f"technique.name.{technique}" for technique in TECHNIQUES]
    named += [f"option.procedures.{option}" for option in BY_KEY["procedures"].options]
    return set().union(*(words(ENGLISH.text(each)) for each in named)) - FILLING


def named(screen: Screen) -> set[str]:
    said = words(" ".join([judge.words(screen), *judge.labels(screen)]))
    return {word for word in said if word in treatments() or STEMS.match(word)}


@pytest.mark.parametrize("kind", KINDS)
def test_no_reminder_names_a_treatment(kind: str) -> None:
    assert named(due(ENGLISH, 1, [Item(kind, 0)], clinic="Linden")) == set()


def test_no_message_about_several_names_a_treatment() -> None:
    for both in combinations(KINDS, 2):
        assert named(due(ENGLISH, 1, [Item(kind, 0) for kind in both], clinic="Linden")) == set()
    assert named(due(ENGLISH, 1, [Item(kind, 0) for kind in KINDS], clinic="Linden")) == set()


def test_a_message_about_several_asks_the_same_question_once() -> None:
    both = [Item("after_injection", 1), Item("after_massage", 0)]
    assert due(ENGLISH, 1, both, clinic="Linden").text.count("How are you") == 1
