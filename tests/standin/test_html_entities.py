"""Telegram's HTML: what it becomes, and what Telegram says to what it does not take."""

from typing import Any

import pytest

from demo import Person
from demo.errors import BotApiError
from demo.html import parse_html
from tests.standin.api import Api


def mark(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    """An entity."""
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a<i>bc</i>d</b>", "abcd", [mark("bold", 0, 4), mark("italic", 1, 2)]),
        ("<strong>x</strong>", "x", [mark("bold", 0, 1)]),
        ("<EM>x</em>", "x", [mark("italic", 0, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [mark("underline", n, 1) for n in (0, 1)]),
        ("<s>a</s> <del>b</del>", "a b", [mark("strikethrough", n, 1) for n in (0, 2)]),
        ('<span class="tg-spoiler">x</span>', "x", [mark("spoiler", 0, 1)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [mark("spoiler", 0, 1)]),
        ("<blockquote>x</blockquote>", "x", [mark("blockquote", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [mark("expandable_blockquote", 0, 1)]),
        ("😀<b>😀</b>é<i>x</i>", "😀😀éx", [mark("bold", 2, 2), mark("italic", 5, 1)]),
        ("1 &lt; 2 &amp;&amp; &quot;3&quot; &gt; &#50;&#x1F600;", '1 < 2 && "3" > 2😀', []),
        ("&nbsp;&laquo;&lt&unknown;", "&nbsp;&laquo;<&unknown;", []),
        ("&#12345678;&#0;", "&#12345678;&#0;", []),
        ("a > b", "a > b", []),
        ("<b></b>x", "x", []),
        ("<b>x</>", "x", [mark("bold", 0, 1)]),
        ("<i class=x data-y>z</i >", "z", [mark("italic", 0, 1)]),
        ("<code>x</code>", "x", [mark("code", 0, 1)]),
        ("<pre>x</pre>", "x", [mark("pre", 0, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [mark("pre", 0, 1, language="py")]),
        ('<code class="language-py"><pre>x</pre></code>', "x", [mark("pre", 0, 1, language="py")]),
        ('<a href="https://a.example/b?c=1&amp;d">x</a>', "x", [mark("text_link", 0, 1, url="https://a.example/b?c=1&d")]),
        ("<a href=example.org>x</a>", "x", [mark("text_link", 0, 1, url="http://example.org/")]),
        ("<a>example.org</a>", "example.org", [mark("text_link", 0, 11, url="http://example.org/")]),
        ("<a>no address</a>", "no address", []),
        ('<a href="tg://user?id=7">x</a>', "x", [mark("text_mention", 0, 1, user={"id": 7})]),
        ('<tg-emoji emoji-id="54">👍</tg-emoji>', "👍", [mark("custom_emoji", 0, 2, custom_emoji_id="54")]),
    ],
)  # fmt: skip
def test_tags_become_entities_with_utf16_offsets(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("é😀<br>", 'Unsupported start tag "br" at byte offset 6'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 < 2 > 0", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b ", "Unclosed end tag at byte offset 4"),
        ("<i =x>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<i a = ", 'Unclosed start tag "i" at byte offset 0'),
        ("<i a=b,>", "Unexpected end of name token at byte offset 5"),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
        ('<tg-time unix="1" format="rt">y</tg-time>', "Invalid date format used"),
    ],
)  # fmt: skip
def test_bad_tags_are_refused_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(BotApiError) as refusal:
        parse_html(source)
    assert refusal.value.description == f"Bad Request: can't parse entities: {complaint}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("\n x <b>y </b> \n", "x y", [mark("bold", 2, 1)]),
        ("\n <b> x</b>", " x", [mark("bold", 0, 2)]),
        ("a\r\nb\tc", "a\nb c", None),
        ("<b>a</b><b>b</b>", "ab", [mark("bold", 0, 2)]),
        ("<b>a<code>b</code>c</b>", "abc", [mark("bold", 0, 1), mark("code", 1, 1), mark("bold", 2, 1)]),
        ("https://a.example/x. /help", "https://a.example/x. /help", [mark("url", 0, 19), mark("bot_command", 21, 5)]),
        ("<code>/help</code>", "/help", [mark("code", 0, 5)]),
        ("😀 a@b.example #glow", "😀 a@b.example #glow", [mark("email", 3, 11), mark("hashtag", 15, 5)]),
        ("é@ann_bell @ann_bell", "é@ann_bell @ann_bell", [mark("mention", 11, 9)]),
    ],
)  # fmt: skip
async def test_a_sent_text_is_stored_as_telegram_stores_it(
    api: Api, ann: Person, source: str, text: str, entities: list[dict[str, Any]] | None
) -> None:
    sent = await api.ok("sendMessage", chat_id=ann.id, text=source, parse_mode="HTML")
    assert sent["text"] == text
    assert sent.get("entities") == entities


async def test_a_mention_by_link_names_the_whole_user(api: Api, ann: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=ann.id, text=f'<a href="tg://user?id={ann.id}">A</a>', parse_mode="HTML")
    assert sent["entities"] == [mark("text_mention", 0, 1, user=ann.as_user())]


@pytest.mark.parametrize(
    ("entities", "complaint"),
    [
        ([mark("bold", 9, 1)], "entity begins after the end of the text at UTF-16 offset 9"),
        ([mark("bold", 0, 9)], "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9"),
        ([mark("bold", -1, 1)], "receive an entity with incorrect offset -1"),
        ([mark("blink", 0, 1)], "can't parse MessageEntity: Unsupported type specified"),
        ([mark("text_link", 0, 1)], 'can\'t parse MessageEntity: Can\'t find field "url"'),
    ],
)  # fmt: skip
async def test_given_entities_must_fit_the_text(
    api: Api, ann: Person, entities: list[dict[str, Any]], complaint: str
) -> None:
    assert (
        await api.refusal("sendMessage", chat_id=ann.id, text="hello", entities=entities) == f"Bad Request: {complaint}"
    )


async def test_other_parse_modes_are_refused_and_none_takes_text_as_it_is(api: Api, ann: Person) -> None:
    assert (
        await api.refusal("sendMessage", chat_id=ann.id, text="x", parse_mode="BBCode")
        == "Bad Request: unsupported parse_mode"
    )
    assert "use HTML" in await api.refusal("sendMessage", chat_id=ann.id, text="*x*", parse_mode="MarkdownV2")
    assert (await api.ok("sendMessage", chat_id=ann.id, text="<b>"))["text"] == "<b>"
