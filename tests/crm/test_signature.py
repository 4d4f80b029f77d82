"""The signature of an event, and which addresses an event may go to."""

import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address

import pytest

from bot.crm import body, headers
from bot.gateways.crm import is_public

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRET = "0123456789abcdef"


def test_the_receiver_can_check_the_signature_with_the_secret_alone() -> None:
    content = body({"event": "taken", "name": "Zoë"})
    sent = headers(SECRET, content, "1001-2", NOW)
    assert json.loads(content) == {"event": "taken", "name": "Zoë"}
    assert sent["X-Afterglow-Timestamp"] == "1795165200"
    expected = hmac.new(SECRET.encode(), b"1795165200." + content, sha256).hexdigest()
    assert sent["X-Afterglow-Signature"] == f"sha256={expected}"


@pytest.mark.parametrize(
    ("secret", "event", "hours"), [("another secret 1", "taken", 0), (SECRET, "reached", 0), (SECRET, "taken", 1)]
)
def test_another_secret_event_or_time_has_another_signature(secret: str, event: str, hours: int) -> None:
    def signed(secret: str, event: str, hours: int) -> str:
        return headers(secret, body({"event": event}), "1001-2", NOW.replace(hour=9 + hours))["X-Afterglow-Signature"]

    assert signed(secret, event, hours) != signed(SECRET, "taken", 0)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:192.168.1.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public
