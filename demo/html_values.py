"""The values inside Telegram's HTML: character references, links, moments, custom emoji."""

import re

from demo.errors import BotApiError, Json, bad_request

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
CHARACTER = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#x(?P<hex>[0-9a-fA-F]{1,6})|(?P<name>lt|gt|amp|quot));?")
"""A character reference; Telegram knows four names, and does not insist on the semicolon."""


def referenced(match: re.Match[str]) -> str:
    """The character that a reference stands for; empty where there is no such character."""
    if name := match["name"]:
        return _NAMED[name]
    number = int(match["decimal"]) if match["decimal"] else int(match["hex"], 16)
    return chr(number) if 0 < number < 0x10FFFF and not 0xD800 <= number < 0xE000 else ""


def link(url: str) -> Json:
    """What a link becomes: a mention of a user, a link, or nothing where the target is no address."""
    if user := re.fullmatch(r"tg://user\?id=(\d+)", url):
        return {"type": "text_mention", "user": {"id": int(user[1])}}
    if "://" not in url:
        url = f"http://{url}"
    good = re.fullmatch(r"(?:tg|ton|tonsite)://\S+|https?://[^\s/?#]+\.[^\s/?#]+(?:[/?#]\S*)?", url)
    if not good:
        return {"type": "nothing"}
    return {"url": re.sub(r"^(https?://[^/?#]+)(?=[?#]|$)", r"\1/", url)}


def moment(attributes: dict[str, str]) -> Json:
    """A ``date_time`` entity's own fields."""
    wanted = attributes.get("format", "")
    if not re.fullmatch(r"r|[wdDtT]*", wanted):
        raise refusal("Invalid date format used")
    unix = attributes.get("unix", "")
    if not unix.isdecimal() or int(unix) == 0:
        raise refusal("Invalid Unix time specified")
    return {"unix_time": int(unix), "date_time_format": wanted}


def emoji_id(value: str) -> str:
    """A custom emoji's number: a positive 64-bit one."""
    if not value.isdecimal() or int(value) >= 2**63:
        raise refusal("Invalid custom emoji identifier specified")
    return value


def refusal(complaint: str) -> BotApiError:
    """Telegram's answer to HTML that it does not take."""
    return bad_request(f"can't parse entities: {complaint}")
