"""One call of the bot as the methods see it: its parameters, and the chats and messages that they mean."""

from dataclasses import dataclass, field

from demo.chats import Chat, StoredMessage
from demo.errors import Json, bad_request, forbidden
from demo.files import Upload
from demo.formatting import Formatted, formatted
from demo.ledger import Delivery
from demo.world import World

NOT_HERE = {
    "business_connection_id": "business connection not found",
    "direct_messages_topic_id": "direct messages topic not found",
    "suggested_post_parameters": "suggested posts can be sent only to channel direct messages",
    "allow_paid_broadcast": "FLOODSKIP_NOT_ALLOWED",
    "message_effect_id": "EFFECT_ID_INVALID",
}
"""Parameters that mean something which this world does not have, and Telegram's answer to them."""


@dataclass(slots=True)
class BotRequest:
    """A call: the method's proper name, its typed parameters, its uploaded files by the name of their part."""

    world: World
    method: str
    params: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text parameter; empty where it is absent."""
        return str(self.params.get(name, ""))

    def number(self, name: str, default: int = 0) -> int:
        """A whole number."""
        return int(self.params.get(name, default))

    def flag(self, name: str) -> bool:
        """A Boolean parameter; false where it is absent."""
        return bool(self.params.get(name, False))

    def formatted(self, name: str, entities: str) -> Formatted:
        """A text parameter with its entities parsed."""
        return formatted(self.world, self.text(name), self.text("parse_mode"), self.params.get(entities))

    def check_possible(self) -> None:
        """Refuse what this world does not have."""
        for name, complaint in NOT_HERE.items():
            if self.params.get(name):
                raise bad_request(complaint)

    def chat(self) -> Chat:
        """The chat that ``chat_id`` means, if the bot may look at it. Raises ``chat not found`` and Telegram's 403s."""
        chat = self._chat()
        check_readable(chat)
        return chat

    def chat_with_members(self) -> Chat:
        """The chat, if the bot may see who is in it."""
        chat = self._chat()
        check_members_visible(chat)
        return chat

    def writable_chat(self) -> Chat:
        """The chat, if the bot may write there."""
        chat = self._chat()
        check_writable(chat)
        return chat

    def _chat(self) -> Chat:
        if "chat_id" not in self.params:
            raise bad_request("chat_id is empty")
        return known_chat(self.world, self.params["chat_id"])

    def message(self, missing: str) -> StoredMessage:
        """The message that ``chat_id`` and ``message_id`` mean; ``missing`` are the words for none such."""
        if not self.params.get("message_id"):
            raise bad_request("message identifier is not specified")
        message = self.writable_chat().message(self.params["message_id"])
        if message is None:
            raise bad_request(missing)
        return message

    def deliver(self, chat: Chat, message: StoredMessage | None = None, message_id: int | None = None) -> None:
        """Write into the ledger that people can see this now."""
        number = message.message_id if message else message_id
        delivery = Delivery(self.method, chat.id, number, self.world.now(), plain_params(self.params), message)
        self.world.deliveries.append(delivery)


def plain_params(params: Json) -> Json:
    """Parameters for the ledger: a file is shown as its name."""
    return {key: value.file_name if isinstance(value, Upload) else value for key, value in params.items()}


def known_chat(world: World, chat_id: int | str) -> Chat:
    """The chat with this id, if the bot has ever seen it."""
    chat = world.chats.get(chat_id) if isinstance(chat_id, int) else None
    if chat is None or not _seen(world, chat):
        raise bad_request("chat not found")
    return chat


def check_readable(chat: Chat) -> None:
    """Raise the 403 of a supergroup that the bot is not in. A basic group can be looked at for ever."""
    if chat.type == "supergroup":
        _check_inside(chat)


def check_members_visible(chat: Chat) -> None:
    """Raise what keeps the bot from seeing who is in a group: the 400 of one that was upgraded, or a 403."""
    if chat.migrated_to is not None:
        new_id = chat.migrated_to.id
        raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=new_id)
    if chat.type != "private":
        _check_inside(chat)


def check_writable(chat: Chat) -> None:
    """Raise what keeps the bot from writing here, if anything does."""
    check_members_visible(chat)
    if chat.type != "private":
        return
    if chat.person.deactivated:
        raise forbidden("user is deactivated")
    if chat.person.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.person.started:
        raise forbidden("bot can't initiate conversation with a user")


def _check_inside(group: Chat) -> None:
    if group.bot_status == "kicked":
        raise forbidden(f"bot was kicked from the {group.type} chat")
    if group.bot_status == "left":
        raise forbidden(f"bot is not a member of the {group.type} chat")


def _seen(world: World, chat: Chat) -> bool:
    if chat.type != "private":
        return True
    shared = (group for group in world.chats.values() if group.type != "private")
    return chat.person.started or any(
        chat.id in group.members and group.bot_status in {"member", "administrator"} for group in shared
    )
