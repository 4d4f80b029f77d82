"""Settings: every mistake is named at once, and no value is ever repeated."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.settings import GUARDED, SettingsError, read_settings

TOKEN = "123456789:" + "A" * 35
GOOD = {"TELEGRAM_BOT_TOKEN": TOKEN}


def problems_of(folder: Path, **values: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read_settings(GOOD | values, folder)
    return raised.value.problems


def test_a_token_is_all_that_is_needed(tmp_path: Path) -> None:
    settings = read_settings(GOOD, tmp_path)
    assert settings.database_url == "sqlite:///data/bot.db"
    assert settings.staff_chat_id is None
    assert settings.mail_server is None
    assert settings.clinic.name == "Linden Clinic"
    assert settings.protocol.version == "2026.1"


def test_without_a_token_the_demo_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"python main\.py demo"):
        read_settings({}, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "hunter2secret"),
        ("TELEGRAM_API_URL", "hunter2secret"),
        ("TELEGRAM_API_URL", "http://[hunter2secret:8081"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:hunter2secret"),
        ("DATABASE_URL", "mysql://hunter2secret"),
        ("STAFF_CHAT_ID", "hunter2secret"),
        ("SMTP_URL", "https://hunter2secret"),
        ("LOG_FORMAT", "hunter2secret"),
        ("CLINIC_FILE", "hunter2secret.toml"),
        ("PROTOCOL_FILE", "hunter2secret.toml"),
        ("WEBHOOK_URL", "http://hunter2secret.example"),
        ("TELEGRAM_TOKEN", "hunter2secret"),
        ("SMTP_UR", "hunter2secret"),
        ("WEBHOOK_SECRETS", "hunter2secret"),
    ],
)
def test_a_bad_variable_is_named_and_its_value_is_not(tmp_path: Path, name: str, value: str) -> None:
    problems = problems_of(tmp_path, **{name: value})
    assert len(problems) == 1
    assert problems[0].startswith(f"{name}: ")
    assert "hunter2secret" not in problems[0].removeprefix(f"{name}: {value}: ")


def test_the_example_shows_every_setting_that_could_be_misspelt_and_is_right_as_it_stands(tmp_path: Path) -> None:
    shown = dotenv_values(Path(__file__).parents[1] / ".env.example")
    assert shown.keys() >= GUARDED
    assert read_settings({name: value or "" for name, value in shown.items()} | GOOD, tmp_path).api_url is None


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    assert len(problems_of(tmp_path, STAFF_CHAT_ID="x", SMTP_URL="x", LOG_FORMAT="x", SMTP_HOST="x")) == 4


def test_an_empty_value_counts_as_unset(tmp_path: Path) -> None:
    empty = {"STAFF_CHAT_ID": " ", "SMTP_URL": "", "TELEGRAM_X": ""}
    assert read_settings(GOOD | empty, tmp_path).staff_chat_id is None


def test_a_clinic_file_beside_the_bot_is_found(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text("[clinic]\n")
    assert all(problem.startswith("CLINIC_FILE: clinic.toml: ") for problem in problems_of(tmp_path))


def test_secrets_do_not_show_in_a_representation(tmp_path: Path) -> None:
    secret = {"SMTP_URL": "smtp://anna:hunter2@mail.example", "DATABASE_URL": "postgresql://a:hunter2@db/x"}
    shown = repr(read_settings(GOOD | secret, tmp_path))
    assert "hunter2" not in shown
    assert TOKEN not in shown


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example", "mail.example", 587, False),
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, False),
        ("smtps://an%40na:p%3Aw@mail.example", "mail.example", 465, True),
    ],
)
def test_mail_servers_are_read(tmp_path: Path, url: str, host: str, port: int, tls: bool) -> None:
    server = read_settings(GOOD | {"SMTP_URL": url}, tmp_path).mail_server
    assert server is not None
    assert (server.host, server.port, server.tls) == (host, port, tls)
    assert server.user in {None, "an@na"}


@pytest.mark.parametrize(
    ("value", "host", "port"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000),
        ("0.0.0.0:80", "0.0.0.0", 80),
        ("localhost:0", "localhost", 0),
        ("[::1]:9000", "::1", 9000),
        (" bot-1.example:65535 ", "bot-1.example", 65535),
    ],
)
def test_an_address_to_listen_at_is_read(tmp_path: Path, value: str, host: str, port: int) -> None:
    listen = read_settings(GOOD | {"LISTEN": value}, tmp_path).listen
    assert (listen.host, listen.port, listen.chosen) == (host, port, True)
    assert str(listen) == value.strip()


def test_without_an_address_the_default_is_meant_and_not_insisted_on(tmp_path: Path) -> None:
    listen = read_settings(GOOD, tmp_path).listen
    assert (str(listen), listen.chosen) == ("127.0.0.1:8000", False)
    assert [listen.of_worker(number).port for number in range(3)] == [8000, 8001, 8002]


@pytest.mark.parametrize("value", ["8000", "x", ":8000", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "a b:80", "a:٣"])
def test_an_address_that_cannot_be_listened_at_is_named(tmp_path: Path, value: str) -> None:
    assert problems_of(tmp_path, LISTEN=value) == ["LISTEN: must be host:port, such as 127.0.0.1:8000 or [::1]:8000"]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://bot.example/telegram", "/telegram"),
        ("https://bot.example", "/"),
        ("https://bot.example:8443/x", "/x"),
        ("http://127.0.0.1:8000/x/y", "/x/y"),
        ("http://localhost:8000/", "/"),
        ("http://[::1]:8000/hook", "/hook"),
    ],
)
def test_a_webhook_is_read(tmp_path: Path, url: str, path: str) -> None:
    webhook = read_settings(GOOD | {"WEBHOOK_URL": url, "WEBHOOK_SECRET": "s3cret_-"}, tmp_path).webhook
    assert webhook is not None
    assert (webhook.url, webhook.path, webhook.secret) == (url, path, "s3cret_-")


def test_a_bot_api_server_of_ones_own_may_post_to_any_port(tmp_path: Path) -> None:
    own = {"TELEGRAM_API_URL": "http://127.0.0.1:8081", "WEBHOOK_URL": "https://bot.example:8000/hook"}
    assert read_settings(GOOD | own, tmp_path).webhook is not None


def test_without_an_address_there_is_no_webhook(tmp_path: Path) -> None:
    assert read_settings(GOOD | {"WEBHOOK_SECRET": "left-over", "WEBHOOK_URL": " "}, tmp_path).webhook is None


def test_a_webhook_without_a_secret_has_one_that_only_this_bot_knows(tmp_path: Path) -> None:
    url = {"WEBHOOK_URL": "https://bot.example/"}
    first, again = (read_settings(GOOD | url, tmp_path).webhook for _ in range(2))
    other = read_settings({"TELEGRAM_BOT_TOKEN": "1:" + "B" * 35} | url, tmp_path).webhook
    assert first is not None
    assert other is not None
    assert first == again
    assert first.secret != other.secret
    assert len(first.secret) == 64
    assert first.secret not in repr(first)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEBHOOK_URL", "http://bot.example/hook"),
        ("WEBHOOK_URL", "ftp://127.0.0.1/hook"),
        ("WEBHOOK_URL", "https:///hook"),
        ("WEBHOOK_URL", "https://[bad/hook"),
        ("WEBHOOK_URL", "https://bot.example:port/hook"),
        ("WEBHOOK_URL", "https://bot.example:8000/hook"),
        ("WEBHOOK_URL", "https://bot.example/healthz"),
        ("WEBHOOK_URL", "https://user@bot.example/hook"),
        ("WEBHOOK_SECRET", "not allowed!"),
        ("WEBHOOK_SECRET", "x" * 257),
    ],
)
def test_a_webhook_that_telegram_would_refuse_is_named(tmp_path: Path, name: str, value: str) -> None:
    [problem] = problems_of(tmp_path, **{name: value})
    assert problem.startswith(f"{name}: ")
    assert value not in problem
