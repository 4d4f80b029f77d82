"""The English texts themselves: all are used, all that is used exists, and none says what must never be said."""

import ast
import re
from collections.abc import Iterator
from typing import get_args

import pytest

from bot.consultation.advice import TECHNIQUES, URGENT
from bot.consultation.dates import quick_picks
from bot.consultation.days import DayProblem
from bot.consultation.protocol_rows import HINTS
from bot.consultation.questions import BY_KEY, QUESTIONS, Kind
from messages.catalog import FOLDER
from messages.figures import STAGES
from messages.layout import FULL_WIDTH, HALF_WIDTH
from messages.po import read_texts
from storage.tables import RequestState
from tests.messages.judge import ENGLISH
from tests.protocol.cases import TODAY

TEXTS = read_texts(FOLDER / "en.po").forms
ROOT = FOLDER.parent
SOURCES = [*FOLDER.glob("*.py"), *FOLDER.glob("pictures/*.py"), *(ROOT / "handlers").rglob("*.py")]

OPTIONS = {key: list(asked.options) for key, asked in BY_KEY.items() if key != "age"}
ASKED = [asked.key for asked in QUESTIONS if asked.key != "age"]
DATED = {asked.key for asked in QUESTIONS if asked.kind in {Kind.PAST_DATE, Kind.FUTURE_DATE}}
PICKS = [pick.id for kind in (Kind.PAST_DATE, Kind.FUTURE_DATE) for pick in quick_picks(kind, TODAY)]
CONDITIONS = [
    f"{option}.{detail}" if f"{option}_detail" in BY_KEY else option
    for option in OPTIONS["health"]
    if option != "none"
    for detail in OPTIONS.get(f"{option}_detail", [""])
]

TABLES: dict[str, set[str]] = {
    "option.": {f"{key}.{option}" for key in ASKED if key not in DATED for option in OPTIONS[key]} | {"date.unknown"},
    "question.": {
        *ASKED,
        "progress",
        "tap_all",
        "tap_uppermost",
        "pick_day",
        "pick_planned_day",
        "option",
        "which_day",
    },
    "name.": set(ASKED),
    "pick.": set(PICKS),
    "technique.": {f"{kind}.{technique}" for kind in ("name", "short", "feels", "where") for technique in TECHNIQUES}
    | {"where.not_neck", "where.not_front_of_neck"},
    "zone.": set(OPTIONS["filler_areas"]),
    "mind.": set(HINTS),
    "procedure.": {option for option in OPTIONS["procedures"] if option not in {"none", "filler_planned"}},
    "detail.": {
        *(f"product.{product}" for product in OPTIONS["filler_product"]),
        *(f"depth.{depth}" for depth in OPTIONS["peel_depth"]),
        *(f"kind.{kind}" for kind in OPTIONS["laser_kind"]),
        "day_unknown",
    },
    "reason.": {
        *(f"settling.{option}" for option in OPTIONS["settling"] if option != "settled"),
        *(f"skin.{option}" for option in OPTIONS["skin"]),
        *(f"skin_issues.{option}" for option in OPTIONS["skin_issues"] if option != "none"),
        *(f"health.{condition}" for condition in CONDITIONS),
        *(f"wish.{option}" for option in OPTIONS["wish"]),
        *("setting.home", "unrestricted", "prefer", "detailed", "recent", "on_day", "date_future", "date_past"),
        *("day_unknown", "planned", "planned_unknown"),
    },
    "stats.stage_": set(STAGES),
    "queue.state_": set(RequestState),
    "urgent.": {*URGENT, "told", "called"},
    "headline.": {
        *("now", "now_outside", "specialist", "wait", "not_now", "later"),
        *("home_now", "home_now_outside", "home_wait", "home_none", "home_not_now"),
    },
}
"""The texts that tables ask for: a row added to a table needs its text, and a text without a row is dead."""


@pytest.mark.parametrize("family", TABLES)
def test_every_row_of_a_table_has_its_text_and_every_text_its_row(family: str) -> None:
    assert {text_id.removeprefix(family) for text_id in TEXTS if text_id.startswith(family)} == TABLES[family]


def test_what_an_option_means_belongs_to_an_option() -> None:
    explained = {text_id.removeprefix("meaning.") for text_id in TEXTS if text_id.startswith("meaning.")}
    assert explained <= TABLES["option."]
    assert {f"symptoms.{sign}" for sign in OPTIONS["symptoms"] if sign != "none"} <= explained


def pattern_of(node: ast.JoinedStr) -> str:
    """An f-string as a regular expression."""
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    return "".join(r"[a-z0-9_.]+" if part is None else re.escape(str(part)) for part in parts)


def ids_in(tree: ast.AST) -> Iterator[str]:
    """What may be a text's id in a source: the string constants, and the f-strings as regular expressions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr):
            yield pattern_of(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        else:
            yield from ids_in(node)


def asked_for(tree: ast.AST) -> Iterator[str]:
    """What the code asks a catalog for by name, as regular expressions."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="text" | "plain" | "plural"), args=[first, *_]):
                yield from (found for found in ids_in(ast.Expression(first)) if BEGINS_LIKE_AN_ID.match(found))


BEGINS_LIKE_AN_ID = re.compile(r"[a-z_]+\\\.")
TREES = [ast.parse(path.read_text("utf-8")) for path in SOURCES]
FOUND = {found for tree in TREES for found in ids_in(tree) if BEGINS_LIKE_AN_ID.match(found)}
NAMED = re.compile("|".join(FOUND))


def test_no_text_is_dead() -> None:
    assert [text_id for text_id in TEXTS if not NAMED.fullmatch(text_id)] == []


def test_every_text_that_the_code_asks_for_exists() -> None:
    patterns = {found for tree in TREES for found in asked_for(tree)}
    assert {pattern for pattern in patterns if not any(re.fullmatch(pattern, text_id) for text_id in TEXTS)} == set()


PROBLEM_HINTS = {
    *get_args(DayProblem),
    *("unknown_option", "nothing_ticked"),
    *("day_missing", "ambiguous"),
    *("name_empty", "name_too_long"),
    *("email_not_an_address", "email_too_long", "email_not_latin"),
    *("phone_not_a_number", "phone_impossible", "phone_invalid", "phone_premium_rate"),
}


def test_every_problem_has_its_hint_and_every_hint_is_given() -> None:
    literal = {found.removeprefix(r"hint\.") for found in FOUND if re.fullmatch(r"hint\\\.[a-z_]*[a-z]", found)}
    hints = {text_id.removeprefix("hint.") for text_id in TEXTS if text_id.startswith("hint.")}
    assert hints == PROBLEM_HINTS | literal


HINT_IDS = sorted(text_id for text_id in TEXTS if text_id.startswith(("hint.", "staff.already_", "staff.gone")))


def test_hints_are_short_and_hold_no_markup_because_toasts_show_none() -> None:
    hints = {hint: text for hint in HINT_IDS for text in TEXTS[hint]}
    assert {hint for hint, text in hints.items() if len(text.replace("{name}", "x" * 64)) > 200 or "<" in text} == set()


PLAIN = (
    "button.",
    "option.",
    "pick.",
    "slot.",
    "when.",
    "format.",
    "command.",
    "bot.",
    "mail.",
    "quote_mail.",
    "name.",
    "staff.take",
)


def test_buttons_mails_and_menus_hold_no_markup() -> None:
    marked = [text_id for text_id, forms in TEXTS.items() if text_id.startswith(PLAIN) and "<" in "".join(forms)]
    assert marked == []


@pytest.mark.parametrize("key", ASKED)
def test_labels_fit_and_are_told_apart_when_typed(key: str) -> None:
    labels = list(ENGLISH.options(BY_KEY[key]).values())
    assert all(len(label) <= FULL_WIDTH for label in labels)
    assert len({label.lower() for label in labels}) == len(labels)


@pytest.mark.parametrize("key", ["filler_areas", "skin", "wish"])
def test_long_lists_of_short_labels_stand_in_two_columns(key: str) -> None:
    exclusive = BY_KEY[key].exclusive
    labels = [label for option, label in ENGLISH.options(BY_KEY[key]).items() if option not in exclusive]
    assert max(map(len, labels)) <= HALF_WIDTH


NEVER = re.compile(
    r"toxins\b|detox|liver|gall|\bcur(e|es|ed|ing)\b|heal(s|ing)?\b|treats?\b|prevent|necessary|must have|guarantee"
    r"|migrat|\bsafe to\b|nothing to worry|don't worry|normal bruising|harmless|completely safe|proven|nervous disorder"
    r"|\bice\b|aspirin|warm compress|clinically|slags?\b|lifts the face|anti-ag",
    re.IGNORECASE,
)
"""What protocol.md, section 6, says is never claimed or advised."""


def test_no_text_claims_what_must_never_be_claimed() -> None:
    assert {text_id for text_id, forms in TEXTS.items() if NEVER.search(" ".join(forms))} == set()


@pytest.mark.parametrize("wording", ["may temporarily ease puffiness", "many people find it relaxing"])
def test_the_good_is_said_in_the_safe_wording(wording: str) -> None:
    assert any(wording in " ".join(forms).lower() for forms in TEXTS.values())


UNTIDY = re.compile(r"\A\s|\s\Z|  | \n|\n\n\n|\.\.\.")
"""An ellipsis is one character."""


def test_every_text_is_tidy() -> None:
    assert {text_id for text_id, forms in TEXTS.items() if any(UNTIDY.search(form) for form in forms)} == set()
