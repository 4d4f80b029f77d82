"""Telegram's HTML: from text with tags to plain text with entities, or to Telegram's own complaint.

Positions in complaints are bytes of the UTF-8 text, offsets of entities are UTF-16 code units, as Telegram has them.
"""

import re
from dataclasses import dataclass, field

from demo.entities import in_order, utf16_length
from demo.errors import Json
from demo.html_values import CHARACTER, emoji_id, link, moment, referenced, refusal

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}

_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACE = " \t\n\r\v\f"


@dataclass(frozen=True, slots=True)
class OpenTag:
    """A start tag that waits for its end."""

    name: str
    attributes: dict[str, str]
    offset: int
    position: int


@dataclass(slots=True)
class _Parser:
    source: str
    index: int = 0
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    open_tags: list[OpenTag] = field(default_factory=list)

    def parse(self) -> None:
        while self.index < len(self.source):
            if self.source[self.index] == "<":
                self._tag()
            else:
                self.text += self._character()
        if self.open_tags:
            raise refusal(f'Can\'t find end tag corresponding to start tag "{self.open_tags[-1].name}"')

    def _character(self) -> str:
        """One character, or the one that a character reference stands for; what is no reference stays as it is."""
        if self.source[self.index] == "&" and (match := CHARACTER.match(self.source, self.index)):
            character = referenced(match)
            if character:
                self.index = match.end()
                return character
        self.index += 1
        return self.source[self.index - 1]

    def _tag(self) -> None:
        start = self.index
        self.index += 1
        if self.source.startswith("/", self.index):
            self._end_tag(start)
        else:
            self._start_tag(start)

    def _start_tag(self, start: int) -> None:
        name = self._until(_SPACE + ">").lower()
        if self.index >= len(self.source):
            raise refusal(f"Unclosed start tag at byte offset {self._byte(start)}")
        if name not in TAGS:
            raise refusal(f'Unsupported start tag "{name}" at byte offset {self._byte(start)}')
        attributes = self._attributes(name, start)
        self.index += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(start)}')
        self.open_tags.append(OpenTag(name, attributes, utf16_length(self.text), len(self.text)))

    def _attributes(self, tag: str, start: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_space()
            if self._at(">"):
                return attributes
            name = self._until(_SPACE + "=>").lower()
            if not name:
                raise refusal(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(start)}')
            self._skip_space()
            if self._at("="):
                self.index += 1
                self._skip_space()
                attributes[name] = self._attribute_value(tag, start)
            else:
                attributes[name] = ""
            if self.index >= len(self.source):
                raise refusal(f'Unclosed start tag "{tag}" at byte offset {self._byte(start)}')

    def _attribute_value(self, tag: str, start: int) -> str:
        if self.index >= len(self.source):
            raise refusal(f'Unclosed start tag "{tag}" at byte offset {self._byte(start)}')
        quote = self.source[self.index]
        if quote in "'\"":
            return self._quoted(quote, start)
        match = _NAME_TOKEN.match(self.source, self.index)
        token = match.group() if match else ""
        token_start, self.index = self.index, self.index + len(token)
        if self.index >= len(self.source) or self.source[self.index] not in _SPACE + ">":
            raise refusal(f"Unexpected end of name token at byte offset {self._byte(token_start)}")
        return token.lower()

    def _quoted(self, quote: str, start: int) -> str:
        self.index += 1
        value = ""
        while self.index < len(self.source) and self.source[self.index] != quote:
            value += self._character()
        if self.index >= len(self.source):
            raise refusal(f"Unclosed start tag at byte offset {self._byte(start)}")
        self.index += 1
        return value

    def _end_tag(self, start: int) -> None:
        if not self.open_tags:
            raise refusal(f"Unexpected end tag at byte offset {self._byte(start)}")
        self.index += 1
        name = self._until(_SPACE + ">")
        self._skip_space()
        if not self._at(">"):
            raise refusal(f"Unclosed end tag at byte offset {self._byte(start)}")
        self.index += 1
        tag = self.open_tags.pop()
        if name and name.lower() != tag.name:
            place = f"Unmatched end tag at byte offset {self._byte(start)}"
            raise refusal(f'{place}, expected "</{tag.name}>", found "</{name.lower()}>"')
        self._close(tag)

    def _close(self, tag: OpenTag) -> None:
        length = utf16_length(self.text) - tag.offset
        if not length:
            return
        entity: Json = {"type": TAGS[tag.name], "offset": tag.offset, "length": length}
        match tag.name:
            case "a":
                entity |= link(tag.attributes.get("href") or self.text[tag.position :])
            case "code" | "pre":
                entity = self._monospace(entity, tag)
            case "tg-emoji":
                entity["custom_emoji_id"] = emoji_id(tag.attributes.get("emoji-id", ""))
            case "tg-time":
                entity |= moment(tag.attributes)
            case "blockquote" if "expandable" in tag.attributes:
                entity["type"] = "expandable_blockquote"
        if entity["type"] != "nothing":
            self.entities.append(entity)

    def _monospace(self, entity: Json, tag: OpenTag) -> Json:
        """Code or preformatted text; ``pre`` and a ``code`` with a language on the same text become one ``pre``."""
        language = tag.attributes.get("class", "").removeprefix("language-")
        if tag.name == "code" and language != tag.attributes.get("class", ""):
            entity["language"] = language
        inner = self.entities[-1] if self.entities else {}
        same = {inner.get("type"), entity["type"]} == {"code", "pre"} and all(
            inner[key] == entity[key] for key in ("offset", "length")
        )
        if same and (found := inner.get("language") or entity.get("language")):
            self.entities.pop()
            return {**entity, "type": "pre", "language": found}
        return entity

    def _until(self, stops: str) -> str:
        start = self.index
        while self.index < len(self.source) and self.source[self.index] not in stops:
            self.index += 1
        return self.source[start : self.index]

    def _skip_space(self) -> None:
        while self.index < len(self.source) and self.source[self.index] in _SPACE:
            self.index += 1

    def _at(self, character: str) -> bool:
        return self.source.startswith(character, self.index)

    def _byte(self, index: int) -> int:
        return len(self.source[:index].encode())


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and its entities, outer ones first. Raises Telegram's refusal (``can't parse entities: …``)."""
    parser = _Parser(source)
    parser.parse()
    found = [_without_language(entity) for entity in parser.entities]
    return parser.text, in_order(found)


def _without_language(entity: Json) -> Json:
    if entity["type"] == "code":
        entity.pop("language", None)
    return entity
