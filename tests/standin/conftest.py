"""A running stand-in, a bare client for it, and Ann, who has pressed Start."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from demo import Chat, Person, StandIn, World
from tests.standin.api import Api, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stand_in(clock: Clock) -> AsyncIterator[StandIn]:
    server = await StandIn.start(now=clock.now, webhook_pause=0.01)
    yield server
    await server.stop()


@pytest.fixture
async def api(stand_in: StandIn) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(stand_in, session)


@pytest.fixture
def world(stand_in: StandIn) -> World:
    return stand_in.world


@pytest.fixture
def ann(world: World) -> Person:
    """A client in private chat; her /start is no longer waiting."""
    person = world.add_user("Ann", last_name="Bell", username="ann_bell", language_code="uk", phone="+380 67 123 45 67")
    person.say("/start")
    world.updates.clear()
    return person


@pytest.fixture
def mia(world: World) -> Person:
    return world.add_user("Mia")


@pytest.fixture
def staff(world: World, mia: Person) -> Chat:
    return world.add_group("Staff", [mia])
