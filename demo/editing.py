"""The methods that change, remove or answer something that is there."""

from datetime import timedelta

from demo.chats import StoredMessage
from demo.errors import Json, bad_request
from demo.files import StoredFile
from demo.formatting import check_caption, check_text, formatted
from demo.keyboards import inline_keyboard
from demo.requests import BotRequest
from demo.sending import link_preview, media
from demo.updates import QUERY_KEPT

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)

DELETABLE = timedelta(hours=48)
"""How long after its sending a bot can delete a message."""

MEDIA = frozenset({"photo", "document", "voice", "video_note", "sticker"})
LASTING = ("quote", "has_protected_content")
"""What no edit changes."""
CAPTIONED = frozenset({"caption", "caption_entities", "show_caption_above_media"})
REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
)


def edit_message_text(request: BotRequest) -> Json:
    """``editMessageText``: without a ``reply_markup`` the keyboard goes."""
    if not request.text("text"):
        raise bad_request("message text is empty")
    text = request.formatted("text", "entities")
    message = _editable(request)
    if "text" not in message.fields:
        raise bad_request("there is no text in the message to edit")
    check_text(text, "MESSAGE_TOO_LONG")
    return _edit(request, message, text.fields() | link_preview(request, text.entities))


def edit_message_caption(request: BotRequest) -> Json:
    """``editMessageCaption``."""
    caption = request.formatted("caption", "caption_entities")
    message = _editable(request)
    if not message.fields.keys() & MEDIA:
        raise bad_request("there is no caption in the message to edit")
    check_caption(caption, "MEDIA_CAPTION_TOO_LONG")
    kept = {key: value for key, value in message.fields.items() if key not in CAPTIONED}
    above = {"show_caption_above_media": True} if request.flag("show_caption_above_media") else {}
    return _edit(request, message, kept | caption.fields("caption", "caption_entities") | above)


def edit_message_media(request: BotRequest) -> Json:
    """``editMessageMedia``: another photo or document, also into a message that was text."""
    wanted = request.params.get("media")
    if not wanted:
        raise bad_request("media is empty")
    message = _editable(request)
    world = request.world
    fields, file = media(request, wanted["type"], wanted["media"])
    caption = formatted(world, wanted.get("caption", ""), wanted.get("parse_mode", ""), wanted.get("caption_entities"))
    check_caption(caption, "message caption is too long")
    return _edit(request, message, fields | caption.fields("caption", "caption_entities"), file)


def edit_message_reply_markup(request: BotRequest) -> Json:
    """``editMessageReplyMarkup``."""
    message = _editable(request)
    return _edit(request, message, message.fields)


def delete_message(request: BotRequest) -> bool:
    """``deleteMessage``."""
    message = request.message("message to delete not found")
    if not _deletable(request, message):
        raise bad_request("message can't be deleted for everyone")
    _delete(request, message)
    return True


def delete_messages(request: BotRequest) -> bool:
    """``deleteMessages``: those that are not there are skipped."""
    chat = request.writable_chat()
    wanted = request.params.get("message_ids") or []
    if not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > 100:
        raise bad_request("too many message identifiers specified")
    found = [message for number in wanted if (message := chat.message(number)) is not None]
    if not all(_deletable(request, message) for message in found):
        raise bad_request("message can't be deleted for everyone")
    for message in found:
        _delete(request, message)
    return True


def answer_callback_query(request: BotRequest) -> bool:
    """``answerCallbackQuery``: once for each query, and soon."""
    world = request.world
    press = world.presses.get(request.text("callback_query_id"))
    if press is None or press.answered.is_set() or world.now() - press.at > QUERY_KEPT:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(request.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    link = request.text("url")
    if link and not link.startswith(f"https://t.me/{world.bot['username']}?start="):
        raise bad_request("URL_INVALID")
    press.answer = {"text": request.text("text"), "show_alert": request.flag("show_alert")}
    press.answer |= {"url": link} if link else {}
    press.answered.set()
    world.tell(
        "callback_answer", press.chat, press.message, press=press.query_id, person=press.person.id, **press.answer
    )
    request.deliver(press.chat, press.message)
    return True


def pin_chat_message(request: BotRequest) -> bool:
    """``pinChatMessage``: in groups for administrators only. The service message about it reaches the bot too."""
    message = request.message("message to pin not found")
    _check_may_pin(message)
    if message not in message.chat.pinned:
        message.chat.pinned.append(message)
        world = request.world
        service = world.post(message.chat, world.bot_user(), {"pinned_message": message.as_json(nested=True)})
        world.emit("message", service.as_json())
        world.tell("chat", message.chat)
    return True


def unpin_chat_message(request: BotRequest) -> bool:
    """``unpinChatMessage``: without ``message_id`` the newest pinned one."""
    chat = request.writable_chat()
    number = request.params.get("message_id")
    found = [message for message in chat.pinned if number in {None, message.message_id}]
    if not found:
        raise bad_request("message to unpin not found")
    _check_may_pin(found[-1])
    chat.pinned.remove(found[-1])
    request.world.tell("chat", chat)
    return True


def set_message_reaction(request: BotRequest) -> bool:
    """``setMessageReaction``: one emoji of Telegram's list, or none."""
    message = request.message("message to react not found")
    reactions = request.params.get("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(reaction["emoji"] not in REACTIONS for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    message.reactions = reactions
    request.world.tell("edited", message.chat, message)
    return True


def _editable(request: BotRequest) -> StoredMessage:
    """The bot's own message to be edited; one that carries a reply keyboard cannot be."""
    request.check_possible()
    if request.params.get("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    message = request.message("message to edit not found")
    if not message.from_bot or (message.reply_markup and not message.buttons):
        raise bad_request("message can't be edited")
    return message


def _edit(request: BotRequest, message: StoredMessage, fields: Json, file: StoredFile | None = None) -> Json:
    markup = inline_keyboard(request.params.get("reply_markup"))
    fields = fields | {key: message.fields[key] for key in LASTING if key in message.fields}
    if fields == message.fields and markup == message.reply_markup:
        raise bad_request(NOT_MODIFIED)
    message.fields, message.reply_markup, message.file = fields, markup, file or message.file
    message.edit_date = request.world.now()
    request.world.tell("edited", message.chat, message)
    request.deliver(message.chat, message)
    return message.as_json()


def _deletable(request: BotRequest, message: StoredMessage) -> bool:
    """Its own messages, in private chats the person's too, as an administrator everybody's; within 48 hours."""
    chat = message.chat
    young = request.world.now() - message.date <= DELETABLE
    mine = message.from_bot or chat.type == "private"
    return chat.bot_status == "administrator" or (mine and young)


def _delete(request: BotRequest, message: StoredMessage) -> None:
    message.chat.hide(message)
    request.world.tell("deleted", message.chat, message)
    request.deliver(message.chat, message)


def _check_may_pin(message: StoredMessage) -> None:
    if message.chat.type != "private" and message.chat.bot_status != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")
