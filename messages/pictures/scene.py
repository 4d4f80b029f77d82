"""What a face map shows, as plain data between the advice and the drawing: no decision is taken after it."""

from dataclasses import dataclass
from datetime import date

from bot.consultation.advice import BOOKABLE, Advice, TechniqueAdvice
from messages.pictures.anatomy import ZONES
from messages.pictures.strokes import STROKES, Stroke

WHOLE = ("whole",)
"""Face, neck and décolleté together."""

_NEVER_ON_NECK = "not_neck"


@dataclass(frozen=True, slots=True)
class Scene:
    """One map.

    ``left_alone`` are zones (or :data:`WHOLE`) that nobody massages, ``until`` the day on which that is looked at
    again, where one is known. With ``approval`` everything else needs written approval; ``treated`` are zones that
    this technique may touch and others not yet. ``strokes`` touch nothing that is left alone.
    """

    technique: str | None
    left_alone: tuple[str, ...] = ()
    until: date | None = None
    approval: bool = False
    light: bool = False
    treated: tuple[str, ...] = ()
    strokes: tuple[Stroke, ...] = ()


def scene(advice: Advice) -> Scene | None:
    """What to draw for ``advice``; ``None`` where a picture would say nothing, or where help comes first.

    Urgent outcomes, a visit to a doctor and a date to correct have none.
    """
    if advice.outcome not in BOOKABLE | {"not_now"}:
        return None
    if advice.recommended is None or advice.outcome == "not_now":
        return Scene(None, left_alone=WHOLE) if advice.zone else None
    best = advice.techniques[advice.recommended]
    match best.verdict:
        case "wait":
            return Scene(advice.recommended, left_alone=WHOLE, until=best.since)
        case "specialist":
            left_alone = _without_approval(advice, best)
            return Scene(advice.recommended, left_alone=left_alone, approval=left_alone != WHOLE)
        case _:
            return _possible(advice, advice.recommended, best)


def allowed(strokes: tuple[Stroke, ...], left_alone: tuple[str, ...]) -> tuple[Stroke, ...]:
    """The strokes that touch nothing of what is left alone."""
    if left_alone == WHOLE:
        return ()
    return tuple(stroke for stroke in strokes if stroke.touches.isdisjoint(left_alone))


def _possible(advice: Advice, technique: str, best: TechniqueAdvice) -> Scene:
    outside = best.where == "outside"
    left_alone = advice.zone if outside else ()
    return Scene(
        technique,
        left_alone=left_alone,
        # As on the card: time alone makes a plain "outside" milder in one way only, it opens the treated area.
        until=advice.changes.get(technique) if outside and best.verdict == "yes" else None,
        light=best.verdict == "light",
        # Around a whole face there is nothing to set apart.
        treated=() if outside or advice.zone == WHOLE else advice.zone,
        strokes=allowed(STROKES[technique], left_alone),
    )


def _without_approval(advice: Advice, best: TechniqueAdvice) -> tuple[str, ...]:
    """What stays alone even with written approval."""
    zone = advice.zone if best.where == "outside" else ()
    hints = {reason.facts.get("hint") for reason in advice.reasons}
    if _NEVER_ON_NECK not in hints or zone == WHOLE:
        return zone
    return tuple(area for area in ZONES if area in {*zone, "neck"})
