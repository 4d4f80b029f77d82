"""The settings: environment and ``.env``, read once and frozen; every mistake is named at once.

A problem is one line that begins with the variable's name. Values are never repeated: they may be secrets.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.clinic import Clinic, ClinicError, load_clinic
from bot.consultation.protocol import Protocol, ProtocolError, load_protocol
from bot.gateways.mail import MailServer
from bot.this_machine import is_this_machine

DEFAULT_DATABASE = "sqlite:///data/bot.db"
DEFAULT_LISTEN = "127.0.0.1:8000"
OWN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""What the web server answers beside the webhook."""
WEBHOOK_PORTS = frozenset({80, 88, 443, 8443})
GUARDED_PREFIXES = ("TELEGRAM_", "WEBHOOK_", "SMTP_")
GUARDED = frozenset({"TELEGRAM_BOT_TOKEN", "TELEGRAM_API_URL", "WEBHOOK_URL", "WEBHOOK_SECRET", "SMTP_URL"})
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{20,}")


class SettingsError(Exception):
    """The configuration cannot be used; ``problems`` has one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram posts updates, and the secret by which they are known to be Telegram's."""

    url: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def path(self) -> str:
        """The path under which our own server expects them."""
        return urlsplit(self.url).path or "/"


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the web server listens; ``chosen`` by the operator, or the default, without which the bot can do."""

    host: str
    port: int
    chosen: bool = True

    def of_worker(self, number: int) -> "Listen":
        """The address of one of several processes on this machine: the ports that follow, 0 stays any free one."""
        return Listen(self.host, self.port + number if self.port else 0, self.chosen)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided. Secrets are left out of ``repr``."""

    token: str = field(repr=False)
    api_url: str | None
    database_url: str = field(repr=False)
    clinic: Clinic
    protocol: Protocol
    staff_chat_id: int | None
    mail_server: MailServer | None = field(repr=False)
    json_logs: bool
    listen: Listen
    webhook: Webhook | None


def read_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """Read all settings; relative files are looked up in ``folder``. Raises :class:`SettingsError`."""
    return _Reader({name: value for name, value in environment.items() if value.strip()}, folder).settings()


def read_clinic(environment: Mapping[str, str], folder: Path) -> Clinic:
    """The clinic alone: ``CLINIC_FILE``, else ``clinic.toml`` where there is one, else the demo clinic."""
    name = environment.get("CLINIC_FILE", "").strip()
    path = folder / (name or "clinic.toml")
    try:
        return load_clinic(path if name or path.exists() else None)
    except ClinicError as error:
        raise SettingsError([f"CLINIC_FILE: {problem}" for problem in error.problems]) from error


class _Reader:
    def __init__(self, values: Mapping[str, str], folder: Path) -> None:
        self._values = values
        self._folder = folder
        self.problems: list[str] = []

    def settings(self) -> Settings:
        self._refuse_misspellings()
        token, api_url, database_url = self._token(), self._api_url(), self._database_url()
        clinic, protocol = self._clinic(), self._protocol()
        staff_chat_id, mail_server, json_logs = self._staff_chat_id(), self._mail_server(), self._json_logs()
        listen, webhook = self._listen(), self._webhook(token)
        if self.problems or clinic is None or protocol is None:
            raise SettingsError(self.problems)
        return Settings(
            token, api_url, database_url, clinic, protocol, staff_chat_id, mail_server, json_logs, listen, webhook
        )

    def _refuse_misspellings(self) -> None:
        self.problems += [
            f"{name}: unknown variable; did you mean one of {', '.join(sorted(GUARDED))}?"
            for name in sorted(self._values)
            if name.startswith(GUARDED_PREFIXES) and name not in GUARDED
        ]

    def _token(self) -> str:
        token = self._values.get("TELEGRAM_BOT_TOKEN", "").strip()
        if not token:
            self.problems.append(
                "TELEGRAM_BOT_TOKEN: missing; get one from @BotFather and put it into .env, "
                "or try the bot without one: python main.py demo"
            )
        elif not _TOKEN.fullmatch(token):
            self.problems.append("TELEGRAM_BOT_TOKEN: must look like 123456789:ABC…, as BotFather gives it")
        return token

    def _api_url(self) -> str | None:
        url = self._values.get("TELEGRAM_API_URL")
        if url is None:
            return None
        if not _is_web_address(url.strip()):
            self.problems.append(
                "TELEGRAM_API_URL: must be the base of a Bot API server, such as http://127.0.0.1:8081"
            )
        return url.strip()

    def _database_url(self) -> str:
        url = self._values.get("DATABASE_URL", DEFAULT_DATABASE).strip()
        if not re.match(r"sqlite:///.|postgresql://.", url):
            self.problems.append("DATABASE_URL: must be sqlite:///path or postgresql://user:password@host/database")
        return url

    def _clinic(self) -> Clinic | None:
        try:
            return read_clinic(self._values, self._folder)
        except SettingsError as error:
            self.problems += error.problems
            return None

    def _protocol(self) -> Protocol | None:
        name = self._values.get("PROTOCOL_FILE")
        try:
            return load_protocol(self._folder / name if name else None)
        except ProtocolError as error:
            self.problems += [f"PROTOCOL_FILE: {problem}" for problem in error.problems]
            return None

    def _staff_chat_id(self) -> int | None:
        value = self._values.get("STAFF_CHAT_ID", "").strip()
        if value and not re.fullmatch(r"-\d{1,18}", value):
            self.problems.append("STAFF_CHAT_ID: must be a group's number, which begins with a minus sign")
            return None
        return int(value) if value else None

    def _mail_server(self) -> MailServer | None:
        url = self._values.get("SMTP_URL")
        try:
            return MailServer.from_url(url.strip()) if url else None
        except ValueError:
            self.problems.append("SMTP_URL: must be smtp://[user:password@]host[:port] or smtps://…")
            return None

    def _json_logs(self) -> bool:
        value = self._values.get("LOG_FORMAT", "text").strip()
        if value not in {"text", "json"}:
            self.problems.append("LOG_FORMAT: must be text or json")
        return value == "json"

    def _listen(self) -> Listen:
        value = self._values.get("LISTEN", DEFAULT_LISTEN).strip()
        match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+)):(\d{1,5})", value, re.ASCII)
        if not match or int(match[3]) > 65535:
            self.problems.append("LISTEN: must be host:port, such as 127.0.0.1:8000 or [::1]:8000")
            return Listen("", 0)
        return Listen(match[1] or match[2], int(match[3]), chosen="LISTEN" in self._values)

    def _webhook(self, token: str) -> Webhook | None:
        secret = self._values.get("WEBHOOK_SECRET", "").strip()
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            self.problems.append("WEBHOOK_SECRET: must be 1 to 256 of the characters A-Z, a-z, 0-9, _ and -")
        url = self._values.get("WEBHOOK_URL", "").strip()
        if not url:
            return None
        if problem := _webhook_problem(url, any_port="TELEGRAM_API_URL" in self._values):
            self.problems.append(f"WEBHOOK_URL: {problem}")
        # Without a secret of the operator's, one that every process of this bot can work out and nobody else can.
        return Webhook(url, secret or hmac.digest(token.encode(), b"webhook", "sha256").hex())


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host)


def _webhook_problem(url: str, *, any_port: bool) -> str | None:
    """What is wrong with the address, if anything is; a Bot API server of one's own may post to ``any_port``."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(host))):
        return "must begin with https:// (http:// only on this machine itself, such as http://127.0.0.1:8000/telegram)"
    if parts.scheme == "https" and port not in {None, *WEBHOOK_PORTS} and not any_port:
        return "must have the port 443, 80, 88 or 8443, or none: Telegram posts to no other"
    if parts.path in OWN_PATHS:
        return "must not end in a path that the bot answers itself (/healthz, /readyz, /metrics)"
    if parts.username or parts.fragment:
        return "must have no user and no #; a secret belongs into WEBHOOK_SECRET"
    return None
