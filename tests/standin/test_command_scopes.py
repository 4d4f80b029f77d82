"""What the bot says about itself: commands by scope and language, name, descriptions, the menu button."""

from typing import Any

import pytest

from demo import Chat, Person, World
from tests.standin.api import Api


def commands(*names: str) -> list[dict[str, str]]:
    return [{"command": name, "description": f"does {name}"} for name in names]


async def test_the_narrowest_scope_in_the_persons_language_wins(
    api: Api, world: World, ann: Person, mia: Person, staff: Chat
) -> None:
    jonas = world.add_user("Jonas", language_code="de")
    jonas.join(staff)
    steps: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["default"] * 4),
        ({"language_code": "uk"}, ["uk", "default", "default", "default"]),
        ({"scope": {"type": "all_private_chats"}}, ["private", "private", "default", "default"]),
        (
            {"scope": {"type": "all_private_chats"}, "language_code": "uk"},
            ["private_uk", "private", "default", "default"],
        ),
        ({"scope": {"type": "all_group_chats"}}, ["private_uk", "private", "groups", "groups"]),
        ({"scope": {"type": "all_chat_administrators"}}, ["private_uk", "private", "admins", "groups"]),
        ({"scope": {"type": "chat", "chat_id": staff.id}}, ["private_uk", "private", "staff", "staff"]),
        ({"scope": {"type": "chat_administrators", "chat_id": staff.id}}, ["private_uk", "private", "owner", "staff"]),
        (
            {"scope": {"type": "chat_member", "chat_id": staff.id, "user_id": jonas.id}},
            ["private_uk", "private", "owner", "jonas"],
        ),
        ({"scope": {"type": "chat", "chat_id": ann.id}}, ["ann", "private", "owner", "jonas"]),
    ]  # fmt: skip
    names = ["default", "uk", "private", "private_uk", "groups", "admins", "staff", "owner", "jonas", "ann"]
    for name, (where, expected) in zip(names, steps, strict=True):
        assert await api.ok("setMyCommands", commands=commands(name), **where)
        assert await api.ok("getMyCommands", **where) == commands(name)
        seen = [
            world.commands_for(ann),
            world.commands_for(jonas),
            world.commands_for(mia, staff),
            world.commands_for(jonas, staff),
        ]
        assert [found[0]["command"] for found in seen] == expected
    assert await api.ok("deleteMyCommands", scope={"type": "chat", "chat_id": ann.id})
    assert world.commands_for(ann) == commands("private_uk")


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"commands": commands("Start")}, "BOT_COMMAND_INVALID"),
        ({"commands": commands("my-data")}, "BOT_COMMAND_INVALID"),
        ({"commands": commands("x" * 33)}, "BOT_COMMAND_INVALID"),
        ({"commands": commands("")}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a", "description": "x" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a"}]}, 'can\'t find field "description"'),
        ({"commands": "{"}, "can't parse commands JSON object"),
        ({"commands": commands(*[f"c{n}" for n in range(101)])}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": commands("a"), "language_code": "english"}, "LANG_CODE_INVALID"),
        ({"commands": commands("a"), "scope": {"type": "everywhere"}}, "unsupported BotCommandScope type specified"),
        ({"commands": commands("a"), "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
        ({"commands": commands("a"), "scope": {"type": "chat"}}, 'can\'t find field "chat_id"'),
    ],
)
async def test_bad_commands_are_refused(api: Api, params: dict[str, Any], complaint: str) -> None:
    assert await api.refusal("setMyCommands", **params) == f"Bad Request: {complaint}"


async def test_a_hundred_commands_and_the_longest_ones_are_taken(api: Api) -> None:
    longest = [{"command": f"c{n:031}", "description": "x" * 256} for n in range(100)]
    assert await api.ok("setMyCommands", commands=longest)
    assert await api.ok("getMyCommands") == longest


@pytest.mark.parametrize(("kind", "limit"), [("description", 512), ("short_description", 120), ("name", 64)])
async def test_texts_about_the_bot_have_limits_and_languages(api: Api, kind: str, limit: int) -> None:
    suffix = "".join(word.capitalize() for word in kind.split("_"))
    assert await api.ok(f"setMy{suffix}", **{kind: "x" * limit})
    refused = await api.refusal(f"setMy{suffix}", **{kind: "x" * (limit + 1)})
    assert refused == f"Bad Request: {kind.replace('_', ' ')} is too long"
    assert await api.ok(f"setMy{suffix}", **{kind: "Українською", "language_code": "uk"})
    assert await api.ok(f"getMy{suffix}", language_code="uk") == {kind: "Українською"}
    assert await api.ok(f"getMy{suffix}", language_code="de") == {kind: "x" * limit}


async def test_the_menu_button_has_a_default_and_exceptions(api: Api, ann: Person, staff: Chat) -> None:
    assert await api.ok("getChatMenuButton") == {"type": "commands"}
    assert await api.ok("setChatMenuButton", chat_id=ann.id, menu_button={"type": "commands"})
    assert await api.ok("getChatMenuButton", chat_id=ann.id) == {"type": "commands"}
    refused = await api.refusal("setChatMenuButton", chat_id=staff.id)
    assert refused == "Bad Request: chat menu button can be set in private chats only"
