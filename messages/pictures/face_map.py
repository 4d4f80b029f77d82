"""The map of face and neck that goes with an advice: a scene, drawn and said in words."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from html import unescape

from bot.consultation.advice import Advice
from messages.catalog import Catalog
from messages.markup import Html, joined
from messages.pictures import marks, portrait
from messages.pictures.anatomy import ZONES
from messages.pictures.lettering import unbroken
from messages.pictures.picture import Picture
from messages.pictures.scene import WHOLE, Scene, scene
from messages.pictures.sheet import Callout, Row, sheet

_DEEP = ("sculpting", "suction")
"""The techniques that are never for the front or sides of the neck (protocol.md, section 4d)."""


def face_map(catalog: Catalog, advice: Advice, *, today: date) -> Picture | None:
    """The map for ``advice``, given on the day ``today``; ``None`` where there is nothing to show."""
    shown = scene(advice)
    if shown is None:
        return None
    return Picture(_drawing(catalog, shown, today), _caption(catalog, shown, today))


@lru_cache(maxsize=256)
def figure(scene: Scene) -> str:
    """The figure with its marks."""
    return "".join(
        [
            portrait.behind(),
            marks.dotted(scene.left_alone) if scene.approval else "",
            marks.left_alone(scene.left_alone),
            marks.treated(scene.treated),
            portrait.features(),
            marks.strokes(scene.strokes),
        ]
    )


def area_names(catalog: Catalog, areas: tuple[str, ...]) -> str:
    """The areas in words, as plain text."""
    if areas == WHOLE:
        return catalog.plain("picture.whole")
    return unescape(catalog.list(catalog.plain(f"zone.{area}") for area in areas))


def never(catalog: Catalog, technique: str | None) -> str:
    """What nobody strokes, as plain text."""
    return catalog.plain("picture.never_deep" if technique in _DEEP else "picture.never_where")


def _drawing(catalog: Catalog, shown: Scene, today: date) -> str:
    return sheet(
        catalog.plain("picture.title"),
        _subtitle(catalog, shown, today),
        figure(shown),
        list(_rows(catalog, shown, today)),
        _callout(catalog, shown),
    )


def _subtitle(catalog: Catalog, shown: Scene, today: date) -> str:
    day = unbroken(catalog.day(today, today))
    if shown.technique is None:
        return catalog.plain("picture.as_of", day=day)
    return catalog.plain("picture.subtitle", technique=catalog.plain(f"technique.short.{shown.technique}"), day=day)


def _callout(catalog: Catalog, shown: Scene) -> Callout | None:
    if not shown.left_alone or shown.left_alone == WHOLE:
        return None
    corners = [point for area in shown.left_alone for point in ZONES[area].outline]
    # The outermost point that the words can be tied to without a line across the face.
    x, y = max((point for point in corners if point[1] < 300), default=max(corners))
    if shown.until is None:
        return Callout(catalog.plain("picture.leave_alone"), (x - 6, y))
    return Callout(catalog.plain("picture.leave_alone_until", day=unbroken(catalog.short_day(shown.until))), (x - 6, y))


def _rows(catalog: Catalog, shown: Scene, today: date) -> Iterator[Row]:
    if shown.left_alone:
        yield Row("alone", _alone(catalog, shown, today), area_names(catalog, shown.left_alone))
    if shown.approval:
        yield Row("approval", catalog.plain("picture.approval"), catalog.plain("picture.approval_where"))
    if shown.treated:
        yield Row("treated", catalog.plain("picture.treated"), catalog.plain("picture.treated_means"))
    if shown.strokes:
        light = catalog.plain("picture.light") if shown.light else ""
        if shown.strokes[0].is_point:
            yield Row("point", catalog.plain("picture.points"), light)
        else:
            yield Row("stroke", catalog.plain("picture.strokes"), light)
    if shown.strokes or shown.approval:
        yield Row("never", catalog.plain("picture.never"), never(catalog, shown.technique))


def _alone(catalog: Catalog, shown: Scene, today: date) -> str:
    if shown.until is None:
        return catalog.plain("picture.leave_alone")
    return catalog.plain("picture.leave_alone_until", day=unbroken(catalog.day(shown.until, today)))


def _caption(catalog: Catalog, shown: Scene, today: date) -> Html:
    head = catalog.text("picture.caption", what=_subtitle(catalog, shown, today))
    return joined([head, *_sentences(catalog, shown, today)])


def _sentences(catalog: Catalog, shown: Scene, today: date) -> Iterator[Html]:
    if shown.left_alone:
        alone, zones = _alone(catalog, shown, today), area_names(catalog, shown.left_alone)
        yield catalog.text("picture.says", what=alone, where=zones)
    if shown.approval:
        rest = catalog.plain("picture.rest" if shown.left_alone else "picture.whole")
        yield catalog.text("picture.says_approval", where=rest)
    if shown.treated:
        yield catalog.text("picture.says_treated", zones=area_names(catalog, shown.treated))
    if shown.strokes:
        yield catalog.text("picture.says_points" if shown.strokes[0].is_point else "picture.says_strokes")
        yield from (
            catalog.text("picture.bullet", stroke=catalog.text(f"picture.stroke.{stroke}"))
            for stroke in dict.fromkeys(stroke.id for stroke in shown.strokes)
        )
        if shown.light:
            yield catalog.text("picture.says_light")
    if shown.strokes or shown.approval:
        yield catalog.text("picture.says", what=catalog.plain("picture.never"), where=never(catalog, shown.technique))
    if shown.until:
        yield catalog.text("picture.until_settled")
