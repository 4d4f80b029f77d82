"""The restore drill: the machine is lost, yesterday's backup is put in its place, and clients go on where they were."""

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.gateways.telegram import build_bot
from handlers import operator
from storage.storage import Storage
from tests.house import House


async def test_clients_go_on_from_a_restored_backup(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.tap("answer:symptoms:none")
    question = await house.button("answer:procedures:none")
    copy = tmp_path / "copy.db"
    options, environment = argparse.Namespace(file=copy), {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    assert await asyncio.to_thread(operator.run_backup, options, environment) == 0
    assert "checked" in capsys.readouterr().out
    assert await asyncio.to_thread(operator.run_backup, options, environment) == 1
    assert "exists already" in capsys.readouterr().err

    await house.life.end()
    restored = await Storage.open(f"sqlite:///{copy}")
    assert await restored.at_head()
    bot = build_bot(house.standin.token, house.standin.url)
    await house.services.storage.close()
    house.services = replace(house.services, storage=restored, bot=bot)
    await house.begin()
    house.anna.press(question, "answer:procedures:none")
    await house.button("answer:skin:clear")
    await house.quiet()
    assert (await house.client()).consultation["answers"] == {
        "age": "adult",
        "symptoms": ["none"],
        "procedures": ["none"],
    }
