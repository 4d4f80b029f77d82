"""Telegram's limits on how much a bot may send, each with the wait that the refusal names."""

import pytest

from demo.errors import BotApiError
from demo.flood import FloodLimits

GROUP = -1_001_900_000_001


class Sender:
    """Sends at moments of its choice; ``moment`` in seconds."""

    def __init__(self) -> None:
        self.moment = 0.0
        self.limits = FloodLimits(lambda: self.moment, enabled=True)

    def send(self, chat_id: int, method: str = "sendMessage") -> int:
        """The seconds to wait; 0 where it may be sent."""
        try:
            self.limits.check(method, chat_id)
        except BotApiError as error:
            return error.parameters["retry_after"]
        return 0


@pytest.fixture
def sender() -> Sender:
    return Sender()


def test_a_group_gets_20_messages_a_minute(sender: Sender) -> None:
    for _ in range(20):
        assert sender.send(GROUP) == 0
        sender.moment += 2
    assert sender.send(GROUP) == 21
    assert sender.send(GROUP - 1) == 0, "another group has its own limit"
    sender.moment = 60
    assert sender.send(GROUP) == 0
    assert sender.send(GROUP) == 3


def test_a_person_is_not_a_group(sender: Sender) -> None:
    for _ in range(40):
        assert sender.send(7) == 0
        sender.moment += 1


def test_all_chats_together_get_30_messages_a_second(sender: Sender) -> None:
    assert [sender.send(chat_id) for chat_id in range(1, 32)] == [0] * 30 + [2]
    sender.moment = 1
    assert [sender.send(chat_id) for chat_id in range(101, 132)] == [0] * 30 + [2]


def test_one_chat_gets_one_message_a_second_and_five_at_once(sender: Sender) -> None:
    assert [sender.send(7) for _ in range(6)] == [0] * 5 + [6]
    sender.moment = 5
    assert sender.send(7) == 0


def test_edits_count_and_what_is_not_seen_as_a_message_does_not(sender: Sender) -> None:
    assert [sender.send(7, "editMessageText") for _ in range(5)] == [0] * 5
    assert sender.send(7, "deleteMessage") == 6
    assert sender.send(7, "sendChatAction") == sender.send(7, "answerCallbackQuery") == 0


def test_what_was_refused_does_not_count(sender: Sender) -> None:
    for _ in range(100):
        sender.send(7)
    sender.moment = 5
    assert sender.send(7) == 0
