"""Which handler takes which update: read it from top to bottom, the first that fits takes it."""

from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from handlers import (
    callback,
    checks,
    consultation,
    group,
    guide,
    own_data,
    questions,
    quote,
    reminders,
    staff,
    start,
    typed,
)
from handlers.details import or_details
from handlers.figures import STAFF_COMMANDS
from handlers.turn import Ahead, Context, Step, ignore, walk

BEFORE_ALL = -1
PRIVATE = filters.ChatType.PRIVATE
GROUP = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE
NEW = PRIVATE & filters.UpdateType.MESSAGE

COMMANDS: dict[str, Step] = {
    "start": start.start,
    "consult": start.restart,
    "callback": callback.start,
    "reminders": reminders.show_list,
    "privacy": start.show_privacy,
    "my_data": own_data.my_data,
    "help": start.show_help,
    "cancel": start.cancel,
}

BUTTONS: dict[str, Step] = {
    r"answer:consent:\w+": start.consent,
    r"answer:\w+:[\w-]+": consultation.answer,
    r"month:\w+:\d{4}-\d{2}": consultation.month,
    r"back": consultation.back,
    r"change": consultation.list_answers,
    r"change:\w+": consultation.change,
    r"advice": consultation.show_advice,
    r"guide:\d{1,2}": guide.page,
    r"urgent:called": consultation.urgent_called,
    r"restart": start.restart_by_button,
    r"continue": start.go_on,
    r"menu": start.menu,
    r"callback:start": callback.start,
    r"callback:nobody:\d{1,18}": callback.nobody_called,
    r"callback:[\w:-]+": callback.press,
    r"quote:start": quote.start,
    r"quote:accept:\d{4}-\d{4,9}": quote.accept,
    r"quote:ask:\d{4}-\d{4,9}": quote.ask,
    r"quote:address:\d{4}-\d{4,9}": quote.other_address,
    r"quote:[\w:-]+": quote.press,
    r"question:send": questions.send,
    r"remind:[a-z_]{1,30}": reminders.offer,
    r"remind:[a-z_]{1,30}:on": reminders.confirm,
    r"remind:\d{1,18}:check": checks.begin,
    r"remind:\d{1,18}:(done|later|stop)": reminders.press,
    r"remind:\d{1,18}:later:[a-z0-9_]{1,10}": reminders.later,
    r"reminders": reminders.show_list,
    r"reminders:stop:\d{1,18}": reminders.stop_one,
    r"reminders:stop_all": reminders.stop_all,
    r"check:no": checks.nothing_new,
    r"check:yes": checks.something_new,
    r"zone": reminders.show_zone,
    r"zone:[A-Za-z0-9_+/-]{1,50}": reminders.choose_zone,
    r"noop": typed.nothing,
    r"[\s\S]*": typed.unknown_button,
}

MESSAGES: tuple[tuple[filters.BaseFilter, Step], ...] = (
    # A live location is edited every few seconds, and asks for no answer.
    (PRIVATE & filters.UpdateType.EDITED_MESSAGE & (filters.TEXT | filters.CAPTION), typed.edited),
    (NEW & filters.CONTACT, callback.contact),
    (NEW & filters.COMMAND, typed.unknown_command),
    (NEW & filters.TEXT, typed.text),
    (NEW & (filters.VOICE | filters.VIDEO_NOTE | filters.AUDIO), typed.voice),
    (NEW & (filters.Sticker.ALL | filters.ANIMATION), typed.sticker),
    (NEW, typed.anything_else),
)


AHEAD: dict[Step, Ahead] = {typed.text: quote.look_up}
"""What a step needs from the outside world before its transaction begins."""


async def membership(update: Update, context: Context) -> None:
    """The bot was let in or thrown out, by a client or by a group."""
    chat = update.effective_chat
    private = chat is not None and chat.type == chat.PRIVATE
    await (walk(start.membership) if private else group.membership)(update, context)


def add_routes(application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
    """Give the application its handlers; the last one takes whatever the others left."""
    application.add_handler(CommandHandler("start", or_details(start.start), filters=NEW))
    for command, step in COMMANDS.items():
        application.add_handler(CommandHandler(command, walk(step), filters=NEW))
    application.add_handler(TypeHandler(Update, group.guard), group=BEFORE_ALL)
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, group.migrated))
    application.add_handler(CommandHandler("start", group.start, filters=GROUP))
    application.add_handler(CommandHandler("here", group.here, filters=GROUP))
    for command, answer in STAFF_COMMANDS.items():
        application.add_handler(CommandHandler(command, answer, filters=GROUP))
    application.add_handler(CallbackQueryHandler(staff.press, pattern=f"^{staff.BUTTON}$"))
    for pattern, step in BUTTONS.items():
        application.add_handler(CallbackQueryHandler(walk(step), pattern=f"^{pattern}$"))
    application.add_handler(MessageHandler(GROUP & filters.REPLY, questions.staff_reply))
    for kind, step in MESSAGES:
        application.add_handler(MessageHandler(kind, walk(step, AHEAD.get(step))))
    application.add_handler(ChatMemberHandler(membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(TypeHandler(Update, ignore))
