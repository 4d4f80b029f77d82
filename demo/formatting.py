"""From what the bot sends as text to what Telegram stores: plain text and entities, within the limits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.entities import TEXT_LIMIT, cleaned, is_blank, tidied, trimmed, utf16_length, with_found
from demo.errors import Json, bad_request
from demo.html import parse_html

if TYPE_CHECKING:
    from demo.world import World

CAPTION_LIMIT = 1024
"""The longest text under a photo or a document, in UTF-16 code units."""

STYLES = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)
AUTOMATIC = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """Plain text with its entities."""

    text: str
    entities: list[Json]

    @property
    def length(self) -> int:
        """UTF-16 code units."""
        return utf16_length(self.text)

    def fields(self, text: str = "text", entities: str = "entities") -> Json:
        """The Message fields, ``entities`` only where there are some."""
        fields: Json = {text: self.text} if self.text else {}
        return fields | ({entities: self.entities} if self.entities else {})


def formatted(world: "World", source: str, parse_mode: str, entities: list[Json] | None) -> Formatted:
    """Parse and clean a text. Raises Telegram's refusals for a bad mode, bad tags and bad entities."""
    source = cleaned(source)
    mode = parse_mode.lower()
    if mode == "html":
        text, found = parse_html(source)
    elif mode in {"", "none"}:
        text, found = source, _given(source, entities or [])
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request(f"can't parse entities: {parse_mode} is not supported by the stand-in, use HTML")
    else:
        raise bad_request("unsupported parse_mode")
    text, found = trimmed(text, tidied(_with_users(world, found)))
    return Formatted(text, with_found(text, found))


def check_text(text: Formatted, too_long: str) -> None:
    """Refuse a message text that shows nothing or is longer than 4,096 UTF-16 code units."""
    if is_blank(text.text):
        raise bad_request("text must be non-empty")
    if text.length > TEXT_LIMIT:
        raise bad_request(too_long)


def check_caption(caption: Formatted, too_long: str) -> None:
    """Refuse a caption that is longer than 1,024 UTF-16 code units."""
    if caption.length > CAPTION_LIMIT:
        raise bad_request(too_long)


def _given(text: str, entities: list[Json]) -> list[Json]:
    """Entities that the bot gave itself, checked against the text."""
    length = utf16_length(text)
    for entity in entities:
        offset, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] not in STYLES | AUTOMATIC:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        for kind, key in (("text_link", "url"), ("text_mention", "user"), ("custom_emoji", "custom_emoji_id")):
            if entity["type"] == kind and key not in entity:
                raise bad_request(f"can't parse MessageEntity: Can't find field \"{key}\"")
        if offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {offset}")
        if offset > length:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if end > length:
            place = f"entity beginning at UTF-16 offset {offset}"
            raise bad_request(f"{place} ends after the end of the text at UTF-16 offset {end}")
    return entities


def _with_users(world: "World", entities: list[Json]) -> list[Json]:
    """Mentions get the whole user; a mention of somebody unknown is plain text."""
    people = world.people
    known = [entity for entity in entities if "user" not in entity or entity["user"]["id"] in people]
    return [
        {**entity, "user": people[entity["user"]["id"]].as_user()} if "user" in entity else entity for entity in known
    ]
