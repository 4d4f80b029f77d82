"""The questions of a consultation, in the order in which they are asked (protocol.md, section 2).

A question is a row of ``QUESTIONS``: its key, its kind, its options and the condition under which it is asked.
To add a question or an option, add it here, give it its texts in the catalogs and a row in a table test.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | Sequence[str]
"""One answer as JSON knows it: an option or a day (``YYYY-MM-DD`` or ``unknown``), or the options of a set."""

Answers: TypeAlias = Mapping[str, Value]
"""A consultation's answers by question key, in the form in which ``advise`` reads them."""

UNKNOWN = "unknown"


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "one"
    SET = "set"
    PAST_DATE = "past_date"
    FUTURE_DATE = "future_date"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: ``exclusive`` options of a set leave no room for others; ``applies`` says when it is asked."""

    key: str
    kind: Kind
    options: tuple[str, ...]
    applies: Callable[[Answers], bool]
    exclusive: frozenset[str] = frozenset()


def chosen(answers: Answers, key: str) -> Sequence[str]:
    """The options given to the set ``key``; empty where it has no answer."""
    value = answers.get(key, ())
    return (value,) if isinstance(value, str) else value


def _always(answers: Answers) -> bool:
    return True


def _where(key: str, option: str) -> Callable[[Answers], bool]:
    def applies(answers: Answers) -> bool:
        return option in chosen(answers, key)

    return applies


def _one(key: str, options: str, applies: Callable[[Answers], bool] = _always) -> Question:
    return Question(key, Kind.ONE, tuple(options.split()), applies)


def _set(key: str, options: str, exclusive: str, applies: Callable[[Answers], bool] = _always) -> Question:
    return Question(key, Kind.SET, tuple(options.split()), applies, frozenset({exclusive}))


def _past(procedure: str) -> Question:
    return Question(f"{procedure}_date", Kind.PAST_DATE, (UNKNOWN,), _where("procedures", procedure))


_filler = _where("procedures", "filler")

QUESTIONS: tuple[Question, ...] = (
    _one("age", "adult minor"),
    _set("symptoms", "vision stroke skin_colour allergy infection swallowing chest neck none", "none"),
    _set("procedures", "filler filler_planned toxin threads boosters needling peel laser surgery none", "none"),
    _one("filler_product", "ha caha plla permanent fat unknown", _filler),
    _set(
        "filler_areas",
        "lips cheeks folds jaw_chin under_eye nose glabella forehead temples neck decollete unknown",
        "unknown",
        _filler,
    ),
    _past("filler"),
    _one("settling", "settled mild lump worse unsure", _filler),
    Question("filler_planned_date", Kind.FUTURE_DATE, (UNKNOWN,), _where("procedures", "filler_planned")),
    *(_past(procedure) for procedure in ("toxin", "threads", "boosters", "needling", "peel", "laser", "surgery")),
    _one("peel_depth", "superficial medium deep unknown", _where("procedures", "peel")),
    _one("laser_kind", "non_ablative ablative unknown", _where("procedures", "laser")),
    _set(
        "skin",
        "clear dry_dull puffy dark_circles acne_prone acne_inflamed rosacea_calm rosacea_flare sensitive mature",
        "clear",
    ),
    _set(
        "skin_issues",
        "eczema_flare sunburn wound cold_sore infection lump_or_mole retinoid isotretinoin none",
        "none",
    ),
    _set(
        "health",
        "heart clots lymph cancer neck_vessels thyroid kidney_bp pregnancy neuro infection injury immune implants none",
        "none",
    ),
    _one("heart_detail", "unstable stable", _where("health", "heart")),
    _one("clots_detail", "active past thinners", _where("health", "clots")),
    _one("cancer_detail", "active past", _where("health", "cancer")),
    _one("thyroid_detail", "unstable stable", _where("health", "thyroid")),
    _one("pregnancy_detail", "first later breastfeeding", _where("health", "pregnancy")),
    _one("neuro_detail", "uncontrolled controlled palsy", _where("health", "neuro")),
    _one("immune_detail", "weakened stable", _where("health", "immune")),
    _one("wish", "relax tension puffiness glow contour advise_me"),
    _one("setting", "therapist home"),
)

BY_KEY: Mapping[str, Question] = {question.key: question for question in QUESTIONS}
