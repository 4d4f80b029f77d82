"""The sheet: whatever a language needs in words is on it, uncut, and the sheet grows with its legend."""

import pytest

from messages.markup import Html
from messages.pictures.lettering import unbroken
from messages.pictures.picture import Picture
from messages.pictures.sheet import Callout, Row, sheet
from messages.pictures.swatches import SWATCHES
from tests.pictures.judge import check

GERMAN = (
    "Ihre persönliche Gesichtsmassage-Übersicht",
    "Für Lymphdrainage mit Roller oder Metallkugeln, Stand Donnerstag, 19. November 2026",
    "Bis Donnerstag, 4. Dezember 2026, nicht berühren",
    "Lippen, Nasolabialfalten, Kiefer und Kinn, Wangen, unter den Augen, zwischen den Brauen, Stirn, Schläfen",
    f"Nicht berühren bis {unbroken('Do., 4. Dez.')}",
)
RUSSIAN = (
    "Ваша карта массажа лица и шеи",
    "Для лимфодренажного массажа роликом или металлическими шариками, на четверг, 19 ноября",
    "Не трогать до четверга, 24 декабря",
    "губы, носогубные складки, линия челюсти и подбородок, щёки, область под глазами, между бровями, лоб, виски",
    f"Не трогать до {unbroken('чт, 24 дек.')}",
)


@pytest.mark.parametrize("texts", [GERMAN, RUSSIAN])
def test_long_texts_are_wrapped_and_none_is_cut(texts: tuple[str, ...]) -> None:
    title, subtitle, alone, zones, callout = texts
    rows = [Row("alone", alone, zones), Row("stroke", title, subtitle)]
    read = check(Picture(sheet(title, subtitle, "", rows, Callout(callout, (70, 200))), Html("x"))).sheet
    for text in texts:
        assert text.replace("\N{NO-BREAK SPACE}", " ") in read


def test_whatever_stands_in_a_text_is_escaped() -> None:
    svg = sheet("<b>Anna & Co", "", "", [Row("good", "1 < 2", '"quoted"')])
    assert check(Picture(svg, Html("x"))).sheet == '<b>Anna & Co 1 < 2 "quoted"'


def test_the_sheet_grows_with_its_legend() -> None:
    sheets = [
        sheet("Title", "Words", "", [Row(mark, "What", "it means") for mark in SWATCHES][:count]) for count in (1, 7)
    ]
    short, long = (int(svg.split('height="')[1].split('"')[0]) for svg in sheets)
    assert long - short == 3 * 6 * (19 + 19 + 10)
