"""Rendering: a PNG that any program reads, of a size that phones like, the same from every thread."""

import asyncio
import zlib
from struct import unpack_from

import pytest

from bot.consultation.engine import advise
from bot.consultation.protocol import load_protocol
from messages.pictures.face_map import face_map
from messages.pictures.guide import guide_steps
from messages.pictures.lettering import FONT_FAMILY, FONTS
from messages.pictures.render import render
from tests.messages.judge import ENGLISH
from tests.protocol.cases import TODAY, filler

PROTOCOL = load_protocol()
LARGEST = 300_000
"""Bytes."""

WORD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 20" width="90" height="20" font-family="{font}">'
    '<text x="2" y="15" font-size="14">{word}</text></svg>'
)


def decoded(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the filtered pixels of a PNG; every chunk's checksum is verified."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, pixels = 8, b""
    while at < len(png):
        length, kind = unpack_from(">L4s", png, at)
        assert zlib.crc32(png[at + 4 : at + 8 + length]) == unpack_from(">L", png, at + 8 + length)[0]
        pixels += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    width, height = unpack_from(">LL", png, 16)
    return width, height, zlib.decompress(pixels)


def map_of(days: int) -> str:
    picture = face_map(ENGLISH, advise(PROTOCOL, filler(days), TODAY), today=TODAY)
    assert picture is not None
    return picture.svg


def test_a_map_is_a_png_of_phone_width_and_reasonable_size() -> None:
    png = render(map_of(7))
    width, height, pixels = decoded(png)
    assert width == 1080
    assert 1400 <= height <= 2200
    assert len(pixels) == height * (1 + 4 * width)
    assert len(png) < LARGEST


def test_every_step_of_the_guide_is_of_reasonable_size() -> None:
    assert max(len(render(picture.svg)) for picture in guide_steps(ENGLISH, zone=("lips",))) < LARGEST


def test_what_was_drawn_is_kept() -> None:
    svg = map_of(8)
    assert render(svg) is render(svg)
    assert render.cache_info().maxsize


async def test_pictures_are_drawn_from_many_threads_at_once() -> None:
    words = [WORD.format(font=FONT_FAMILY, word=f"n{number}") for number in range(24)]
    drawn = await asyncio.gather(*(asyncio.to_thread(render, word) for word in words))
    assert len(set(drawn)) == len(words)


@pytest.mark.parametrize("word", ["Größe", "décolleté", "позавчора", "ґєії", "Ёлка", "Łódź"])
def test_latin_russian_and_ukrainian_letters_are_drawn(word: str) -> None:
    drawn = {render(WORD.format(font=FONT_FAMILY, word=word[:letters])) for letters in range(len(word) + 1)}
    assert len(drawn) == len(word) + 1, "a letter leaves no ink"


def test_no_font_of_the_machine_is_used() -> None:
    blank = render(WORD.format(font=FONT_FAMILY, word=""))
    assert {render(WORD.format(font=font, word="Anna")) for font in ("DejaVu Sans", "Arial", "serif")} == {blank}
    assert render(WORD.format(font=FONT_FAMILY, word="Anna")) != blank
    assert (FONTS / "OFL.txt").is_file()
