"""What the demo page is told, as JSON: people, chats with their messages, mails, the clock."""

from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import DateHeader

from demo.changes import Change
from demo.chats import Chat
from demo.crm_log import CrmCall
from demo.errors import Json
from demo.mailbox import Mail
from demo.people import Person
from demo.profile import Profile
from demo.world import World


def person_view(person: Person, staff: Chat) -> Json:
    """A person: Telegram's ``User`` with what the person's own app knows."""
    return {
        **person.as_user(),
        "phone": f"+{person.phone}",
        "blocked": person.blocked,
        "staff": person.id in staff.members,
    }


def chat_view(world: World, chat: Chat) -> Json:
    """A chat without its messages, as its members see it. The bot's own texts come in a private chat's language.

    ``language`` is the one that the bot speaks there; empty where it has not said that it speaks the person's.
    """
    language = chat.person.user.get("language_code", "") if chat.type == "private" else ""
    profile = world.profile
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "member_count": len(chat.members) + (chat.bot_status in {"member", "administrator"}),
        "keyboard": chat.keyboard,
        "force_reply": chat.force_reply.message_id if chat.force_reply else None,
        "commands": {person.id: world.commands_for(person, chat) for person in chat.members.values()},
        "language": language if _speaks(profile, language) else "",
        "bot_name": profile.text("name", language) or world.bot["first_name"],
        "description": profile.text("description", language),
        "short_description": profile.text("short_description", language),
    }


def full_chat_view(world: World, chat: Chat) -> Json:
    """A chat with its messages (Telegram's ``Message`` objects)."""
    return {**chat_view(world, chat), "messages": [message.as_json() for message in chat.messages]}


def mail_view(mail: Mail) -> Json:
    """A mail. Its HTML part is fetched by itself, into a frame that may do nothing."""
    return {
        "number": mail.number,
        "sender": mail.header("From"),
        "to": mail.header("To") or ", ".join(mail.recipients),
        "subject": mail.header("Subject"),
        "date": _mail_date(mail),
        "text": mail.text,
        "html": bool(mail.html),
        "attachments": [
            {"index": index, "name": file.name, "size": len(file.content)}
            for index, file in enumerate(mail.attachments)
        ],
    }


def crm_view(call: CrmCall) -> Json:
    """A call that the customer database received."""
    return {
        "number": call.number,
        "id": call.event_id,
        "received": call.received_at.isoformat(),
        "content": call.content,
        "refused": call.refused,
        "repeated": call.repeated,
    }


def clock_view(now: datetime, next_due: datetime | None) -> Json:
    """The clock (ISO 8601, UTC) and what the visitor can skip to."""
    return {"now": now.isoformat(), "next_due": next_due.isoformat() if next_due else None}


def settings_view(world: World, staff: Chat) -> Json:
    """The bot, and which chat is the staff's."""
    return {"bot": world.bot, "staff_chat": staff.id}


def change_views(world: World, staff: Chat, change: Change) -> Iterator[Json]:
    """A change of the world as the page's own changes; all of them may be repeated without harm."""
    chat = world.chats.get(change.chat_id) if change.chat_id is not None else None
    if change.kind == "commands":
        yield {"kind": "settings", **settings_view(world, staff)}
        yield from ({"kind": "chat", "chat": chat_view(world, each)} for each in world.chats.values())
    if chat is None:
        return
    if change.kind in {"message", "edited"}:
        yield from _message_views(world, chat, change.message_id)
    elif change.kind == "deleted":
        shown = chat_view(world, chat)
        yield {"kind": "deleted", "chat_id": chat.id, "message_id": change.message_id, "chat": shown}
    elif change.kind == "chat_action":
        yield {"kind": "action", "chat_id": chat.id, "action": change.detail["action"]}
    elif change.kind == "person":
        yield {"kind": "chat", "chat": full_chat_view(world, chat)}
        yield {"kind": "person", "person": person_view(world.people[change.detail["person"]], staff)}
    elif change.kind == "chat":
        yield {"kind": "chat", "chat": full_chat_view(world, chat)}
        yield {"kind": "settings", **settings_view(world, staff)}


def _speaks(profile: Profile, language: str) -> bool:
    """Whether the bot has registered a command or a text in this language."""
    return any(language == code for _, code in (*profile.commands, *profile.texts))


def _message_views(world: World, chat: Chat, message_id: int | None) -> Iterator[Json]:
    message = chat.message(message_id or 0)
    if message is not None:  # it may have been deleted since; that change follows
        yield {"kind": "message", "chat_id": chat.id, "message": message.as_json(), "chat": chat_view(world, chat)}


def _mail_date(mail: Mail) -> str | None:
    header = mail.message["Date"]
    moment = header.datetime if isinstance(header, DateHeader) else None
    return moment.isoformat() if moment else None
