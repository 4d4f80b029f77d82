"""Judges a picture: well-formed, all its words on the sheet, a caption that Telegram takes."""

from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from demo.entities import utf16_length
from demo.html import parse_html
from messages.pictures.lettering import width
from messages.pictures.picture import LONGEST_CAPTION, Picture

SVG = "{http://www.w3.org/2000/svg}"
SMALLEST_LETTERS = 13.0
"""Pixels on a phone 360 pixels wide."""


@dataclass(frozen=True)
class Seen:
    """What a person gets: the words on the sheet, and those of the caption."""

    sheet: str
    caption: str


def check(picture: Picture) -> Seen:
    """Fail where the picture is malformed, its letters small or cut off, or its caption too long or unfinished."""
    root = Xml.fromstring(picture.svg)  # noqa: S314 - our own
    _, _, sheet_width, height = map(float, root.attrib["viewBox"].split())
    assert (sheet_width, root.attrib["width"]) == (360, "1080")
    assert int(root.attrib["height"]) == 3 * height
    lines = [_line(element, sheet_width) for element in root.iter(f"{SVG}text")]
    caption, _ = parse_html(picture.caption)
    assert utf16_length(caption) <= LONGEST_CAPTION
    assert caption == caption.strip()
    assert not {"{", "}"} & set(caption + " ".join(lines)), "a placeholder was left"
    return Seen(" ".join(lines).replace("\N{NO-BREAK SPACE}", " "), caption.replace("\N{NO-BREAK SPACE}", " "))


def _line(element: Xml.Element, sheet_width: float) -> str:
    """A line of text; one inside the figure begins at the figure's middle."""
    text, size, weight = element.text or "", float(element.attrib["font-size"]), int(element.attrib["font-weight"])
    assert text.strip(), "an empty line"
    assert size >= SMALLEST_LETTERS
    left = float(element.attrib["x"])
    room = sheet_width - 5 - left if size != CALLOUT_SIZE else sheet_width / 2 - 5 - left
    assert width(text, size, weight) <= room, f"{text!r} leaves the sheet"
    return text


CALLOUT_SIZE = 14.0
"""The size of the words beside the figure, which no others have."""
