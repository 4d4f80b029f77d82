"""Options typed instead of tapped: a name chooses, anything doubtful does not."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consultation.typed import match_option

PROCEDURES = {
    "filler": "Filler",
    "filler_planned": "Filler planned",
    "toxin": "Botulinum toxin (“Botox”)",
    "peel": "Chemical peel",
    "décolleté": "Décolleté",
    "unknown": "I don’t know",
    "none": "✅ None of these",
}


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("Filler", "filler"),
        ("filler", "filler"),
        ("FILLER!", "filler"),
        ("  filler.  ", "filler"),
        ("💉 Filler", "filler"),
        ("filler planned", "filler_planned"),
        ("filler-planned", "filler_planned"),
        ("filler p", "filler_planned"),
        ("botulinum toxin botox", "toxin"),
        ("Botulinum", "toxin"),
        ("bot", "toxin"),
        ("Décolleté", "décolleté"),
        ("decollete", "décolleté"),
        ("De\u0301colle", "décolleté"),
        ("I don't know", "unknown"),
        ("i dont know", "unknown"),
        ("none", "none"),
        ("None of these", "none"),
        ("✅ none of these", "none"),
        ("Ｎｏｎｅ", "none"),
        ("1", None),
        ("2", None),
        ("2.", None),
        ("2)", None),
        ("#2", None),
        ("2️⃣", None),
        ("٢", None),
        ("7", None),
        ("07", None),
        ("0", None),
        ("8", None),
        ("-", None),
        ("2 3", None),
        ("222", None),
        ("99999999999999999999", None),
        ("", None),
        (" ", None),
        ("👍", None),
        ("no", None),
        ("fi", None),
        ("fil", None),
        ("fille", None),
        ("toxin", None),
        ("not filler", None),
        ("filler and peel", None),
        ("fillers", None),
        ("che mical", None),
        ("f" * 4096, None),
        ("Filler " * 600, None),
    ],
)
def test_a_name_chooses_its_option(text: str, option: str | None) -> None:
    assert match_option(text, PROCEDURES) == option


@pytest.mark.parametrize(
    ("text", "labels", "option"),
    [
        ("no", {"a": "No", "b": "None of these"}, "a"),
        ("same", {"a": "Same", "b": "same!"}, None),
        ("2", {"a": "2", "b": "1"}, "a"),
        ("йод", {"a": "Йод", "b": "Йодид"}, "a"),
        ("weiss nicht", {"a": "Weiß nicht", "b": "Nein"}, "a"),
        ("1", {}, None),
        ("1", {"unknown": "I don't know"}, None),
        ("don't know", {"unknown": "Don’t know"}, "unknown"),
        ("abc", {"a": ""}, None),
    ],
)
def test_doubtful_labels(text: str, labels: Mapping[str, str], option: str | None) -> None:
    assert match_option(text, labels) == option


@given(st.text(max_size=250), st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=30), max_size=6))
def test_only_an_option_that_is_there_is_ever_chosen(text: str, labels: dict[str, str]) -> None:
    assert match_option(text, labels) in {None, *labels}
