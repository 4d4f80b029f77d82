"""Every Bot API method that the stand-in knows, but for those about getting updates (see ``bot_api.py``)."""

from collections.abc import Callable

from demo import chat_methods, editing, profile_methods, sending
from demo.requests import BotRequest

METHODS: dict[str, Callable[[BotRequest], object]] = {
    "getMe": chat_methods.get_me,
    "getFile": chat_methods.get_file,
    "getChat": chat_methods.get_chat,
    "getChatMember": chat_methods.get_chat_member,
    "getChatAdministrators": chat_methods.get_chat_administrators,
    "leaveChat": chat_methods.leave_chat,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendContact": sending.send_contact,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "answerCallbackQuery": editing.answer_callback_query,
    "pinChatMessage": editing.pin_chat_message,
    "unpinChatMessage": editing.unpin_chat_message,
    "setMessageReaction": editing.set_message_reaction,
    "setMyCommands": profile_methods.set_my_commands,
    "getMyCommands": profile_methods.get_my_commands,
    "deleteMyCommands": profile_methods.delete_my_commands,
    "setMyName": profile_methods.set_my_name,
    "getMyName": profile_methods.get_my_name,
    "setMyDescription": profile_methods.set_my_description,
    "getMyDescription": profile_methods.get_my_description,
    "setMyShortDescription": profile_methods.set_my_short_description,
    "getMyShortDescription": profile_methods.get_my_short_description,
    "setChatMenuButton": profile_methods.set_chat_menu_button,
    "getChatMenuButton": profile_methods.get_chat_menu_button,
}
