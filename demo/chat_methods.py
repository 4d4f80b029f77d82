"""The methods that ask about chats, members and files."""

from demo.chats import Chat
from demo.errors import Json, bad_request
from demo.membership import member
from demo.requests import BotRequest
from demo.world import World

DOWNLOAD_BYTES = 20 * 1024 * 1024
"""The largest file that a bot can download."""

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_me(request: BotRequest) -> Json:
    """``getMe``."""
    return dict(request.world.bot)


def get_file(request: BotRequest) -> Json:
    """``getFile``: the path for the download."""
    if not request.text("file_id"):
        raise bad_request("file_id not specified")
    file = request.world.files.get(request.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return file.as_json()


def get_chat(request: BotRequest) -> Json:
    """``getChat``."""
    chat = request.chat()
    full = {
        **chat.as_json(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    return full | ({"pinned_message": chat.pinned[-1].as_json()} if chat.pinned else {})


def get_chat_member(request: BotRequest) -> Json:
    """``getChatMember``: what it is itself, the bot may ask wherever it may look."""
    user_id = request.params.get("user_id")
    if user_id is None:
        raise bad_request("invalid user_id specified")
    if user_id == request.world.bot["id"]:
        return request.world.bot_member(request.chat().bot_status)
    chat = request.chat_with_members()
    if user_id not in request.world.people:
        raise bad_request("member not found")
    return _member(request.world, chat, user_id)


def get_chat_administrators(request: BotRequest) -> list[Json]:
    """``getChatAdministrators``: the owner, and the bot if it is one and was asked for."""
    chat = request.chat_with_members()
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    owner = [_member(request.world, chat, user_id) for user_id in list(chat.members)[:1]]
    bot_too = request.flag("return_bots") and chat.bot_status == "administrator"
    return [*owner, *([request.world.bot_member("administrator")] if bot_too else [])]


def leave_chat(request: BotRequest) -> bool:
    """``leaveChat``."""
    chat = request.writable_chat()
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    old, chat.bot_status = chat.bot_status, "left"
    request.world.emit_bot_member(chat, request.world.bot_user(), old, "left")
    request.world.tell("chat", chat)
    return True


def _member(world: World, chat: Chat, user_id: int) -> Json:
    user = world.people[user_id].as_user()
    if user_id in chat.banned:
        return member(user, "kicked")
    if user_id not in chat.members:
        return member(user, "left")
    owner = chat.type != "private" and user_id == next(iter(chat.members))
    anonymous = user_id in chat.anonymous_admins
    return member(user, "creator" if owner else "administrator" if anonymous else "member", anonymous=anonymous)
