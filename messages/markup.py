"""Telegram's HTML: escaping of what is put into a text, and a strict check of what stands in one."""

import html
import re
from html.parser import HTMLParser

TAGS = frozenset({"b", "i", "u", "s", "code", "blockquote", "a"})
"""The tags that the texts use; Telegram knows some more."""

_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot);)")


class Html(str):
    """Text that is HTML already; put into another text it is not escaped again."""

    __slots__ = ()


def escaped(fact: object) -> Html:
    """``fact`` as HTML: a name such as ``<b>Anna & Co`` is shown as it is written."""
    return fact if isinstance(fact, Html) else Html(html.escape(str(fact), quote=False))


def joined(parts: list[Html], separator: str = "\n") -> Html:
    """The parts as one text."""
    return Html(separator.join(parts))


def markup_problem(text: str) -> str | None:
    """What keeps Telegram from parsing ``text``; ``None`` where nothing does."""
    if _ENTITY.search(text):
        return "a bare &"
    checker = _Checker()
    checker.feed(text)
    checker.close()
    if checker.problem is None and checker.open:
        return f"<{checker.open[-1]}> is not closed"
    return checker.problem


class _Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.problem: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {"href"} if tag == "a" else set()
        if tag not in TAGS:
            self._wrong(f"<{tag}> is not one of {', '.join(sorted(TAGS))}")
        elif {name for name, _ in attrs} != allowed:
            self._wrong(f"<{tag}> has wrong attributes")
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._wrong(f"<{tag}/> closes itself")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self._wrong(f"</{tag}> closes what is not open")

    def handle_data(self, data: str) -> None:
        if "<" in data or ">" in data:
            self._wrong("a bare < or >")

    def handle_comment(self, data: str) -> None:
        self._wrong("a comment")

    def handle_decl(self, decl: str) -> None:
        self._wrong("a declaration")

    def handle_pi(self, data: str) -> None:
        self._wrong("a processing instruction")

    def unknown_decl(self, data: str) -> None:
        self._wrong("a declaration")

    def _wrong(self, problem: str) -> None:
        self.problem = self.problem or problem
