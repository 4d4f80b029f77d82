"""Clients as offers and plans look at them."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.consultation.engine import advise
from bot.consultation.protocol import load_protocol
from bot.reminders.offers import Known
from bot.reminders.times import Times
from tests.protocol.cases import TODAY

PROTOCOL = load_protocol()
BERLIN = ZoneInfo("Europe/Berlin")
TIMES = Times(BERLIN, time(10), time(20), time(9))


def known(answers: dict[str, Any], days: int = 0, *, shown: bool = True) -> Known:
    """The advice on ``answers``, at noon some days after ``TODAY``."""
    now = datetime.combine(TODAY + timedelta(days), time(12), BERLIN)
    return Known(advise(PROTOCOL, answers, TODAY + timedelta(days)), answers, PROTOCOL, TIMES, now, shown)
