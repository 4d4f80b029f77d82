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

TEXT_LIMIT = 4096
"""The longest text of a message, in UTF-16 code units."""

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\u2800\ufeff \n\u00a0\u2003\u3000"


def utf16_length(text: str) -> int:
    """The number of UTF-16 code units; Telegram counts offsets, lengths and limits in them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cleaned(text: str) -> str:
    """Text without carriage returns, with spaces for other control characters, as Telegram stores it."""
    return _CONTROL.sub(" ", text.replace("\r", ""))


def is_blank(text: str) -> bool:
    """Whether the text shows nothing: white space and characters without width only."""
    return not text.strip(_INVISIBLE).strip()


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text without white space around it, as Telegram stores it; entities are moved and cut to fit.

    Nothing is cut before the first entity begins.
    """
    blank = len(text) - len(text.lstrip(" \n"))
    shift = min([blank, *(entity["offset"] for entity in entities)])  # blanks are one unit each
    text = text[shift:].rstrip(" \n")
    length = utf16_length(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        end = min(entity["offset"] + entity["length"] - shift, length)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, kept


_AUTOMATIC = frozenset({"email", "url", "bot_command", "mention", "hashtag", "cashtag", "phone_number"})
_SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
_PRIORITY = ("blockquote", "expandable_blockquote", "pre", "code", "text_link", "text_mention", "bold", "italic")


def in_order(entities: list[Json]) -> list[Json]:
    """Entities as Telegram sorts them: by position, the longer one first, then by kind."""

    def rank(entity: Json) -> tuple[int, int, int]:
        kind = entity["type"]
        return entity["offset"], -entity["length"], _PRIORITY.index(kind) if kind in _PRIORITY else len(_PRIORITY)

    return sorted(entities, key=rank)


def tidied(entities: list[Json]) -> list[Json]:
    """Entities as Telegram merges them: neighbours of one style become one, and code carries no other style."""
    code = _ranges(entities, {"code", "pre"})
    tidy = [entity for entity in entities if entity["type"] not in _SPLITTABLE]
    for style in _SPLITTABLE:
        for start, end in _without(_merged(_ranges(entities, {style})), code):
            tidy.append({"type": style, "offset": start, "length": end - start})
    return tidy


def _ranges(entities: list[Json], kinds: set[str]) -> list[tuple[int, int]]:
    found = [(entity["offset"], entity["offset"] + entity["length"]) for entity in entities if entity["type"] in kinds]
    return sorted(found)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _without(ranges: list[tuple[int, int]], holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for hole_start, hole_end in holes:
        pieces = ((start, min(end, hole_start)) for start, end in ranges)
        rest = ((max(start, hole_end), end) for start, end in ranges)
        ranges = sorted({(start, end) for start, end in (*pieces, *rest) if start < end})
    return ranges


def with_found(text: str, entities: list[Json]) -> list[Json]:
    """``entities`` and those that Telegram finds by itself (commands, links, …) and takes from nobody else."""
    entities = [entity for entity in entities if entity["type"] not in _AUTOMATIC]
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
    return in_order([*entities, *found])


def plain(text: str) -> tuple[str, list[Json]]:
    """What becomes of text that a person types."""
    text, entities = trimmed(cleaned(text), [])
    return text, with_found(text, entities)
