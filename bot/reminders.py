"""When reminders are due. Pure: what is known comes in, a day or a moment comes out."""

from datetime import date, datetime, time, timedelta, tzinfo

from bot.consultation.advice import Advice

SAFE_NOW = "safe_now"
"""The kind of the reminder that comes on the first day on which the recommended massage is possible."""

UNFINISHED = "unfinished"
"""The kind of the one friendly word about a consultation that was left in the middle."""


def safe_day(advice: Advice, today: date) -> date | None:
    """The first day after ``today`` on which more becomes possible; ``None`` where no day does.

    Source: protocol.md, section 6 (``wait``): the earliest date that can be suggested. Where something is possible
    today already, it is the day on which the next technique is.
    """
    recommended = advice.techniques.get(advice.recommended or "")
    days = [recommended.since] if recommended and recommended.since else []
    days = days or [technique.since for technique in advice.techniques.values() if technique.since]
    return min((day for day in days if day > today), default=None)


def due_at(day: date, hour: time, zone: tzinfo | None) -> datetime:
    """The moment on ``day`` at which a reminder is sent: the clinic's decent hour in ``zone``."""
    return datetime.combine(day, hour, zone)


QUIET_FROM = time(20)
"""From this hour on no reminder is sent until the next morning."""


def decent_moment(now: datetime, hour: time) -> datetime:
    """``now`` where a reminder may be sent at this time of ``now``'s zone, else the next moment at which it may."""
    if now.time() < hour:
        return now.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    if now.time() >= QUIET_FROM:
        return due_at(now.date() + timedelta(days=1), hour, now.tzinfo)
    return now
