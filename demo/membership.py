"""Telegram's ``ChatMember`` objects."""

from demo.errors import Json

RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",  # since Bot API 10.3
    "can_pin_messages",
    "can_manage_topics",
)
REFUSED_RIGHTS = frozenset({"can_be_edited", "is_anonymous", "can_promote_members"})


def member(user: Json, status: str, *, anonymous: bool = False) -> Json:
    """A ``ChatMember`` with what its status wants; an administrator has the ordinary rights, and may be anonymous."""
    found: Json = {"user": user, "status": status}
    if status == "kicked":
        found["until_date"] = 0
    if status == "creator":
        found["is_anonymous"] = False
    if status == "administrator":
        found |= {right: right not in REFUSED_RIGHTS for right in RIGHTS}
    if anonymous:
        found["is_anonymous"] = True
    return found
