"""The self-massage guide: one step at a time, each with its picture."""

from collections.abc import Sequence

from messages.catalog import Catalog
from messages.pictures.picture import Picture
from messages.screen import Button, Screen


def guide(catalog: Catalog, steps: Sequence[Picture], step: int) -> Screen:
    """Step number ``step``, from 0, with the way to its neighbours and back to the advice."""
    position = catalog.plain("guide.position", n=step + 1, total=len(steps))
    turns = [Button("◀", f"guide:{step - 1}")] if step > 0 else []
    turns.append(Button(position, "noop"))
    turns += [Button("▶", f"guide:{step + 1}")] if step + 1 < len(steps) else []
    back = Button(catalog.plain("button.back_to_advice"), "advice")
    return Screen(steps[step].caption, (tuple(turns), (back,)), photo=steps[step].svg)
