"""What the bot has told Telegram about itself: commands, name, descriptions, menu buttons."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from demo.errors import Json

Scope: TypeAlias = tuple[str, int | None, int | None]
"""A command scope: its type, and the chat and the user where it is about one."""

Text: TypeAlias = Literal["name", "description", "short_description"]


@dataclass(slots=True)
class Profile:
    """Commands by scope and language; texts by language (``""``: everybody else)."""

    commands: dict[tuple[Scope, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[Text, str], str] = field(default_factory=dict)
    menu_buttons: dict[int | None, Json] = field(default_factory=dict)

    def text(self, kind: Text, language: str) -> str:
        """The name or description for a language, or else the one for everybody."""
        return self.texts.get((kind, language)) or self.texts.get((kind, ""), "")

    def menu_button(self, chat_id: int | None) -> Json:
        """The button beside the input field in a private chat (``None``: the default)."""
        button = self.menu_buttons.get(chat_id, {"type": "default"})
        if button["type"] == "default" and chat_id is not None:
            return self.menu_button(None)
        return button if button["type"] != "default" else {"type": "commands"}

    def commands_for(self, user_id: int, chat_id: int, *, private: bool, admin: bool, language: str) -> list[Json]:
        """The commands that a user sees in a chat: the narrowest scope wins, in it the user's language."""
        for scope in _narrowest_first(user_id, chat_id, private=private, admin=admin):
            for code in (language, ""):
                if found := self.commands.get((scope, code)):
                    return found
        return []


def _narrowest_first(user_id: int, chat_id: int, *, private: bool, admin: bool) -> list[Scope]:
    if private:
        return [("chat", chat_id, None), ("all_private_chats", None, None), ("default", None, None)]
    scopes: list[Scope] = [("chat_member", chat_id, user_id)]
    if admin:
        scopes.append(("chat_administrators", chat_id, None))
    scopes.append(("chat", chat_id, None))
    if admin:
        scopes.append(("all_chat_administrators", None, None))
    return [*scopes, ("all_group_chats", None, None), ("default", None, None)]
