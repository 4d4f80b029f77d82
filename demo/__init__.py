"""A Telegram stand-in on this machine: an HTTP Bot API server and the people, chats and messages behind it.

The tests and ``python main.py demo`` run the bot against it over real HTTP, with the code path that meets Telegram.
"""

from demo.bot_api import StandIn
from demo.world import Chat, Person, Press, StoredMessage, World

__all__ = ["Chat", "Person", "Press", "StandIn", "StoredMessage", "World"]
