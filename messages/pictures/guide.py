"""The self-massage guide, step by step: a picture for each, in the words of protocol.md, section 6."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from messages.catalog import Catalog
from messages.markup import Html, joined
from messages.pictures import marks, portrait
from messages.pictures.anatomy import NEVER
from messages.pictures.face_map import area_names
from messages.pictures.picture import Picture
from messages.pictures.scene import allowed
from messages.pictures.sheet import Row, sheet
from messages.pictures.strokes import CHEEKS_OUT, FOREHEAD_OUT, JAW_OUT, NECK_DOWN, TEMPLES_DOWN, Stroke
from messages.pictures.swatches import Mark


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide before it is drawn.

    Its words are the texts ``guide.<id>.title`` and, for each of its ``rows``, ``guide.<id>.<row>`` with
    ``guide.<id>.<row>_more``. A ``lesson`` is about its strokes: where none of them may be taught, it falls away.
    """

    id: str
    rows: tuple[tuple[str, Mark], ...] = ()
    strokes: tuple[Stroke, ...] = ()
    never: tuple[str, ...] = ()
    lesson: bool = False
    cream: bool = False


STEPS = (
    Step("prepare", (("clean", "good"), ("slip", "good"), ("scrub", "never")), cream=True),
    Step("touch", (("light", "good"), ("ways", "good"), ("time", "good"), ("red", "never")), CHEEKS_OUT),
    Step("forehead", strokes=(*FOREHEAD_OUT, *TEMPLES_DOWN), lesson=True),
    Step("cheeks", strokes=(*CHEEKS_OUT, *JAW_OUT), lesson=True),
    Step("neck", (("front", "alone"),), NECK_DOWN, never=("front_of_neck",), lesson=True),
    Step("never", (("where", "alone"), ("lumps", "never"), ("stop", "never"), ("learn", "good")), never=tuple(NEVER)),
)
"""The whole guide, in the order in which it is done."""


def taught(zone: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """What remains of the guide while ``zone`` is left alone: no stroke touches it, and no empty lesson stays.

    Empty where nothing can be taught.
    """
    steps = [replace(step, strokes=allowed(step.strokes, zone)) for step in STEPS]
    remaining = tuple(step for step in steps if step.strokes or not step.lesson)
    return remaining if any(step.lesson for step in remaining) else ()


def guide_steps(catalog: Catalog, *, zone: tuple[str, ...] = ()) -> tuple[Picture, ...]:
    """The guide for a client who leaves ``zone`` alone (areas of the protocol, or ``whole``)."""
    return tuple(_picture(catalog, step, zone) for step in taught(zone))


def _picture(catalog: Catalog, step: Step, zone: tuple[str, ...]) -> Picture:
    title = catalog.plain(f"guide.{step.id}.title")
    rows = list(_rows(catalog, step, zone))
    drawing = sheet(title, catalog.plain("guide.subtitle"), _figure(step, zone), rows)
    return Picture(drawing, _caption(catalog, step, title, rows))


@lru_cache(maxsize=256)
def _figure(step: Step, zone: tuple[str, ...]) -> str:
    return "".join(
        [
            portrait.behind(),
            marks.left_alone((*zone, *step.never)),
            portrait.features(),
            marks.cream(zone) if step.cream else "",
            marks.strokes(step.strokes),
        ]
    )


def _rows(catalog: Catalog, step: Step, zone: tuple[str, ...]) -> Iterator[Row]:
    if step.lesson:
        for stroke in dict.fromkeys(stroke.id for stroke in step.strokes):
            yield Row("stroke", catalog.plain(f"guide.stroke.{stroke}"), catalog.plain(f"guide.stroke.{stroke}_more"))
    for row, mark in step.rows:
        yield Row(mark, catalog.plain(f"guide.{step.id}.{row}"), catalog.plain(f"guide.{step.id}.{row}_more"))
    if zone:
        yield Row("alone", catalog.plain("picture.leave_alone"), area_names(catalog, zone))


def _caption(catalog: Catalog, step: Step, title: str, rows: list[Row]) -> Html:
    lines = [catalog.text("guide.line", what=row.title, more=row.words) for row in rows]
    last = [catalog.text("advice.safe_wording")] if step.id == STEPS[-1].id else []
    return joined([catalog.text("guide.caption", title=title), *lines, *last])
