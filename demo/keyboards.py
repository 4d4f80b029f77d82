"""Reply markups: checks them in Telegram's words and says what is kept of them."""

import re
from typing import Any

from demo.chats import Chat
from demo.errors import BotApiError, Json, bad_request
from demo.schema import check_object

KINDS = {
    "keyboard": "ReplyKeyboardMarkup",
    "inline_keyboard": "InlineKeyboardMarkup",
    "remove_keyboard": "ReplyKeyboardRemove",
    "force_reply": "ForceReply",
}

PRIVATE_ONLY = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "request_users": "users can be requested in private chats only",
    "request_chat": "chats can be requested in private chats only",
    "web_app": "Web App buttons can be used in private chats only",
}

ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
)

STYLES = frozenset({"danger", "success", "primary"})
MAX_BUTTONS = 100


def reply_markup(markup: Any, chat: Chat) -> Json | None:
    """The markup of a message to be sent, checked; ``None`` for none and for an empty one."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kinds = [kind for kind in KINDS if kind in markup]
    if not kinds:
        return None
    if len(kinds) > 1:
        raise bad_request(f"a reply markup is either {kinds[0]} or {kinds[1]} (refused in strict mode only)")
    if kinds[0] == "inline_keyboard":
        return _inline(markup)
    if kinds[0] == "keyboard":
        return _reply_keyboard(markup, chat)
    check_object(markup, KINDS[kinds[0]])
    return markup if markup[kinds[0]] else None


def inline_keyboard(markup: Any) -> Json | None:
    """The markup of a message to be edited: an inline keyboard or none."""
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    if len(markup) > 1:
        raise bad_request("an inline keyboard stands alone (refused in strict mode only)")
    return _inline(markup)


def _inline(markup: Json) -> Json | None:
    rows = _rows(markup, "inline_keyboard", "InlineKeyboardMarkup")
    for row in rows:
        for button in row:
            if not isinstance(button, dict):
                raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
            _check_inline_button(button)
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _check_inline_button(button: Json) -> None:
    try:
        check_object(button, "InlineKeyboardButton")
    except BotApiError as error:
        raise _in_button("inline keyboard", error) from None
    actions = [action for action in ACTIONS if button.get(action) not in (None, "") or action in _may_be_empty(button)]
    if button.get("pay") or "callback_game" in button:
        raise bad_request("BUTTON_TYPE_INVALID")
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"a button is either {actions[0]} or {actions[1]} (refused in strict mode only)")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if button.get("style") is not None and button["style"] not in STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    _check_action(button)


def _may_be_empty(button: Json) -> set[str]:
    return {key for key in ("switch_inline_query", "switch_inline_query_current_chat") if button.get(key) == ""}


def _check_action(button: Json) -> None:
    if "callback_data" in button and len(button["callback_data"].encode()) > 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button:
        _check_url(button["url"])
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_url(url: str) -> None:
    protocol = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", url)
    complaint = ""
    if protocol and protocol[1].lower() not in {"http", "https", "tg", "ton", "tonsite"}:
        complaint = "Unsupported URL protocol"
    elif url.startswith("tel:") or (not protocol and ("." not in url or re.search(r"\s", url))):
        complaint = "Wrong HTTP URL"
    elif protocol and protocol[1].lower().startswith("http"):
        host = re.split(r"[/?#]", url[protocol.end() :])[0].rpartition("@")[2]
        complaint = "" if "." in host else "Wrong HTTP URL"
    if complaint:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {complaint}")


def _reply_keyboard(markup: Json, chat: Chat) -> Json | None:
    rows = _rows(markup, "keyboard", "ReplyKeyboardMarkup")
    for button in (button for row in rows for button in row):
        if isinstance(button, str):
            continue
        if not isinstance(button, dict):
            raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
        try:
            check_object(button, "KeyboardButton")
        except BotApiError as error:
            raise _in_button("keyboard", error) from None
        for request, complaint in PRIVATE_ONLY.items():
            if button.get(request) and chat.type != "private":
                raise bad_request(complaint)
    check_object({**markup, "keyboard": []}, "ReplyKeyboardMarkup")
    if len(markup.get("input_field_placeholder", "")) > 64:
        raise bad_request("input field placeholder is too long")
    kept = [row for row in rows if row]
    return {**markup, "keyboard": kept} if kept else None


def _rows(markup: Json, field: str, kind: str) -> list[list[Any]]:
    rows = markup[field]
    if not isinstance(rows, list):
        raise bad_request(f'field "{field}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{field}" of the {kind} must be an Array of Arrays')
    return rows


def _in_button(kind: str, error: BotApiError) -> BotApiError:
    complaint = error.description.removeprefix("Bad Request: ")
    return bad_request(f"can't parse {kind} button: {complaint[:1].upper()}{complaint[1:]}")
