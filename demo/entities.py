"""Text as Telegram counts it (UTF-16 code units), and the entities that it finds in plain text by itself."""

import re

from demo.errors import Json

_WORD = r"[A-Za-z0-9_]"
_FOUND = re.compile(
    rf"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    rf"|(?P<bot_command>(?<![\w/@])/{_WORD}{{1,64}}(?:@{_WORD}{{3,32}})?(?![\w/]))"
    rf"|(?P<mention>(?<![\w@])@{_WORD}{{3,32}}(?!\w))"
    rf"|(?P<hashtag>(?<!\w)#(?=\w*[^\W\d])\w{{1,256}})"
)


def utf16_length(text: str) -> int:
    """The number of UTF-16 code units; Telegram counts offsets, lengths and limits in them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text without white space around it, as Telegram stores it; entities are moved and cut to fit."""
    shift = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    length = utf16_length(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        end = min(entity["offset"] + entity["length"] - shift, length)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, kept


def with_found(text: str, entities: list[Json]) -> list[Json]:
    """``entities`` and those that Telegram finds by itself (commands, links, …), sorted by position."""
    marked = [(entity["offset"], entity["offset"] + entity["length"], entity["type"]) for entity in entities]
    found = []
    for match in _FOUND.finditer(text):
        offset = utf16_length(text[: match.start()])
        length = utf16_length(match.group())
        hidden = any(
            start < offset + length and offset < end and kind in {"code", "pre", "text_link"}
            for start, end, kind in marked
        )
        if not hidden:
            found.append({"type": str(match.lastgroup), "offset": offset, "length": length})
    return sorted([*entities, *found], key=lambda entity: (entity["offset"], -entity["length"]))


def plain(text: str) -> tuple[str, list[Json]]:
    """What becomes of text that a person types."""
    text, entities = trimmed(text, [])
    return text, with_found(text, entities)
