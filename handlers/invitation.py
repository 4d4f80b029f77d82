"""The link that adds the bot to the clinic's group and makes that group the staff chat.

The link carries a code that works once and for a day. It is kept in the database, so that every process knows it and a
restart prints the same link.
"""

import json
import secrets
from datetime import datetime, timedelta

from handlers.services import Services
from handlers.staff_chat import is_lost, staff_chat
from storage.storage import Transaction

CODE = "staff_code"
"""The fact that holds the code; an empty one was used."""

LASTS = timedelta(days=1)


async def invite(services: Services, tx: Transaction, now: datetime) -> str | None:
    """The code to be used next, a new one where there is none; ``None`` where a staff chat is there."""
    if await staff_chat(services, tx) is not None and not await is_lost(services, tx):
        return None
    code = await _code(tx, now)
    if code is None:
        code = secrets.token_urlsafe(18)
        await tx.facts.put(CODE, json.dumps({"code": code, "until": (now + LASTS).isoformat()}))
    return code


async def is_invited(tx: Transaction, now: datetime) -> bool:
    """Whether there is a code that somebody may be about to use."""
    return await _code(tx, now) is not None


async def redeem(tx: Transaction, code: str, now: datetime) -> bool:
    """Use the code up; ``False`` where it is not the right one, was used or is too old."""
    known = await _code(tx, now)
    if known is None or not secrets.compare_digest(known.encode(), code.encode()):
        return False
    await tx.facts.put(CODE, "")
    return True


def link(username: str, code: str) -> str:
    """What the operator opens: Telegram asks which group, adds the bot there and sends it the code."""
    return f"https://t.me/{username}?startgroup={code}"


async def _code(tx: Transaction, now: datetime) -> str | None:
    stored = json.loads(await tx.facts.get(CODE) or "{}")
    if not stored or datetime.fromisoformat(stored["until"]) <= now:
        return None
    return str(stored["code"])
