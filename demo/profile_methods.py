"""The methods with which a bot presents itself: commands, name, descriptions, the menu button."""

import re

from demo.errors import Json, bad_request
from demo.profile import Scope, Text
from demo.requests import BotRequest, check_members_visible, known_chat

LIMITS: dict[Text, int] = {"name": 64, "description": 512, "short_description": 120}


def set_my_commands(request: BotRequest) -> bool:
    """``setMyCommands``: at most 100; an empty list removes them."""
    commands = request.params.get("commands") or []
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    kept = [{**command, "command": command["command"].removeprefix("/")} for command in commands]
    request.world.profile.commands[_scope(request), _language(request)] = kept
    request.world.tell_commands()
    return True


def get_my_commands(request: BotRequest) -> list[Json]:
    """``getMyCommands``: exactly this scope and language, without falling back to others."""
    return request.world.profile.commands.get((_scope(request), _language(request)), [])


def delete_my_commands(request: BotRequest) -> bool:
    """``deleteMyCommands``: wider scopes are seen again."""
    request.world.profile.commands.pop((_scope(request), _language(request)), None)
    request.world.tell_commands()
    return True


def set_my_name(request: BotRequest) -> bool:
    """``setMyName``."""
    _set_text(request, "name")
    if not _language(request) and request.text("name"):
        request.world.bot["first_name"] = request.text("name")
    return True


def get_my_name(request: BotRequest) -> Json:
    """``getMyName``."""
    return {"name": request.world.profile.text("name", _language(request)) or request.world.bot["first_name"]}


def set_my_description(request: BotRequest) -> bool:
    """``setMyDescription``: what an empty chat shows."""
    return _set_text(request, "description")


def get_my_description(request: BotRequest) -> Json:
    """``getMyDescription``."""
    return {"description": request.world.profile.text("description", _language(request))}


def set_my_short_description(request: BotRequest) -> bool:
    """``setMyShortDescription``: what the profile shows."""
    return _set_text(request, "short_description")


def get_my_short_description(request: BotRequest) -> Json:
    """``getMyShortDescription``."""
    return {"short_description": request.world.profile.text("short_description", _language(request))}


def set_chat_menu_button(request: BotRequest) -> bool:
    """``setChatMenuButton``: for one private chat, or for all without ``chat_id``."""
    chat_id = request.params.get("chat_id")
    if chat_id is not None and known_chat(request.world, chat_id).type != "private":
        raise bad_request("chat menu button can be set in private chats only")
    request.world.profile.menu_buttons[chat_id] = request.params.get("menu_button") or {"type": "default"}
    request.world.tell_commands()
    return True


def get_chat_menu_button(request: BotRequest) -> Json:
    """``getChatMenuButton``."""
    return request.world.profile.menu_button(request.params.get("chat_id"))


def _set_text(request: BotRequest, kind: Text) -> bool:
    text = request.text(kind)
    if len(text) > LIMITS[kind]:
        raise bad_request(f"{kind.replace('_', ' ')} is too long")
    request.world.profile.texts[kind, _language(request)] = text
    request.world.tell_commands()
    return True


def _language(request: BotRequest) -> str:
    code = request.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("LANG_CODE_INVALID")
    return code


def _scope(request: BotRequest) -> Scope:
    scope = request.params.get("scope") or {"type": "default"}
    chat = known_chat(request.world, scope["chat_id"]) if "chat_id" in scope else None
    if chat is not None:
        check_members_visible(chat)
    return scope["type"], chat.id if chat else None, scope.get("user_id")
