"""``check`` and ``run`` against a live Telegram and a live mail server: what is missing is said in words."""

import asyncio
import re
from collections import deque
from pathlib import Path

import pytest
import pytest_asyncio

from demo import StandIn
from demo.chats import Chat
from handlers.check import Line, check
from storage.storage import Storage
from tests.command_line import begin
from tests.mail.smtp import smtp_server


@pytest_asyncio.fixture
async def group(standin: StandIn) -> Chat:
    return standin.world.add_group("Front desk", [standin.world.add_user("Mia")], supergroup=False)


async def findings(standin: StandIn, folder: Path, **environment: str) -> list[Line]:
    url = f"sqlite:///{folder}/bot.db"
    storage = await Storage.open(url)
    await storage.migrate()
    await storage.close()
    given = {"TELEGRAM_BOT_TOKEN": standin.token, "TELEGRAM_API_URL": standin.url, "DATABASE_URL": url, **environment}
    return [line async for line in check(given, folder, offline=False)]


def wrong(lines: list[Line]) -> list[str]:
    return [line.text for line in lines if not line.good]


async def test_all_is_well(standin: StandIn, group: Chat, tmp_path: Path) -> None:
    async with smtp_server() as server:
        lines = await findings(
            standin, tmp_path, STAFF_CHAT_ID=str(group.id), SMTP_URL=f"smtp://127.0.0.1:{server.port}"
        )
    assert wrong(lines) == []
    texts = [line.text for line in lines]
    assert "staff chat: Front desk" in texts
    assert "mail: the server takes mail to the clinic" in texts
    assert server.mails == [], "nothing was sent"


async def test_a_missing_staff_chat_is_named_with_the_way_to_one(standin: StandIn, tmp_path: Path) -> None:
    [problem] = wrong(await findings(standin, tmp_path))
    assert problem.startswith("STAFF_CHAT_ID: ")
    assert "link" in problem


@pytest.mark.parametrize(
    ("supergroup", "what", "words"),
    [
        (False, "removed", "not a member"),
        (False, "left", "not a member"),
        (False, "deleted", "cannot see"),
        (False, "migrated", "-100"),
        (True, "removed", "not a member"),
        (True, "left", "not a member"),
        (True, "deleted", "cannot see"),
    ],
)
async def test_a_staff_chat_that_cannot_be_reached_is_told_in_words(
    standin: StandIn, tmp_path: Path, supergroup: bool, what: str, words: str
) -> None:
    group = standin.world.add_group("Front desk", [standin.world.add_user("Mia")], supergroup=supergroup)
    match what:
        case "removed":
            group.remove_bot()
        case "left":
            group.set_bot_status("left")
        case "deleted":
            del standin.world.chats[group.id]
        case "migrated":
            group.migrate_to_supergroup()
    [problem] = wrong(await findings(standin, tmp_path, STAFF_CHAT_ID=str(group.id)))
    assert words in problem


async def test_a_refused_token_is_told(standin: StandIn, tmp_path: Path) -> None:
    lines = await findings(standin, tmp_path, TELEGRAM_BOT_TOKEN="1:" + "A" * 35)
    assert "TELEGRAM_BOT_TOKEN: Telegram refuses it" in wrong(lines)


@pytest.mark.parametrize(
    ("reply", "words"), [("550 no such user", "address"), ("451 try later", "at the moment"), (None, "does not answer")]
)
async def test_a_mail_server_that_takes_nothing_is_told(
    standin: StandIn, group: Chat, tmp_path: Path, reply: str | None, words: str
) -> None:
    async with smtp_server() as server:
        server.to_recipient = deque([reply] if reply else [])
        url = f"smtp://127.0.0.1:{server.port}" if reply else "smtp://127.0.0.1:1"
        [problem] = wrong(await findings(standin, tmp_path, STAFF_CHAT_ID=str(group.id), SMTP_URL=url))
    assert problem.startswith("SMTP_URL: ")
    assert words in problem


async def test_run_prints_the_link_and_the_group_that_uses_it_is_the_staff_chat(
    standin: StandIn, tmp_path: Path
) -> None:
    mia = standin.world.add_user("Mia")
    group = standin.world.add_group("Front desk", [mia], bot_is_member=False)
    process = begin(
        tmp_path,
        "run",
        streams=tmp_path,
        TELEGRAM_BOT_TOKEN=standin.token,
        TELEGRAM_API_URL=standin.url,
        DATABASE_URL=f"sqlite:///{tmp_path}/bot.db",
        LISTEN="127.0.0.1:0",
    )
    try:
        async with asyncio.timeout(30):
            while "startgroup" not in (printed := (tmp_path / "1").read_text()):
                await asyncio.sleep(0.05)
        found = re.search(r"^https://t\.me/(\w+)\?startgroup=([\w-]{16,64})$", printed, re.MULTILINE)
        assert found is not None
        assert found[1] == standin.world.bot["username"]
        group.add_bot(mia)
        mia.say(f"/start@{found[1]} {found[2]}", chat=group)
        await standin.world.until(lambda: [m for m in group.messages if "Here I am" in (m.text or "")], timeout=15)
    finally:
        process.terminate()
        await asyncio.to_thread(process.join, 15)
    lines = await findings(standin, tmp_path)
    assert "staff chat: Front desk" in [line.text for line in lines]
