"""What must hold when a bot was killed often: seen in its database, and in what was sent to the chats."""

import json
import re
from collections import Counter, defaultdict
from typing import Any

from tests.kills.lives import Lives
from tests.kills.people import Client


def verdict(lives: Lives, clients: list[Client]) -> str:
    """Check everything; answer the figures in words."""
    assert lives.query("PRAGMA integrity_check") == [("ok",)]
    updates = lives.standin.world.updates.emitted
    assert lives.query("SELECT state, count(*) FROM inbox GROUP BY state") == [("done", updates)], "an update was lost"
    answers = _check_answers(lives, clients)
    numbers = [number for (number,) in lives.query("SELECT number FROM requests")]
    assert len(numbers) == sum(client.asked for client in clients), "a request was lost or doubled"
    repeats = _check_cards(lives, numbers)
    return (
        f"{updates} updates and {answers} answers, none lost; {len(numbers)} requests, none doubled or lost; "
        f"{repeats} cards came twice, each marked; integrity ok"
    )


def _check_answers(lives: Lives, clients: list[Client]) -> int:
    """Each advice was given on the very answers that were tapped; answers how many those were."""
    advices: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = lives.query(
        "SELECT telegram_user_id, answers FROM advices JOIN clients ON clients.id = client_id ORDER BY advices.id"
    )
    for user_id, answers in rows:
        advices[user_id].append(_tapped(json.loads(answers)))
    under_way = {
        user_id: _tapped(json.loads(consultation)["answers"])
        for user_id, consultation in lives.query("SELECT telegram_user_id, consultation FROM clients")
    }
    for client in clients:
        assert advices[client.person.id] == client.given, "an answer was lost"
        assert not client.giving or under_way[client.person.id] == client.giving, "an answer was lost"
    return sum(len(answers) for client in clients for answers in (*client.given, client.giving))


def _tapped(stored: dict[str, Any]) -> dict[str, Any]:
    """A set with one option is that option; the age comes with the consent."""
    return {key: value[0] if isinstance(value, list) else value for key, value in stored.items() if key != "age"}


def _check_cards(lives: Lives, numbers: list[int]) -> int:
    """The staff was told of every request, and what might be a repeat said so; answers how many came twice."""
    seen: Counter[int] = Counter()
    for call in lives.standin.world.calls:
        words = call.params.get("text", "")
        if call.method == "sendMessage" and call.chat_id == lives.staff.id and call.status == 200:
            for number in re.findall(r"Callback No\. (\d+)", words):
                assert not seen[int(number)] or "Sent again" in words, "a repeat is not recognisable"
                seen[int(number)] += 1
    assert sorted(seen) == sorted(numbers), "the staff was not told of a request"
    return seen.total() - len(seen)
