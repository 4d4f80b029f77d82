"""E-mail addresses as clients type them: checked, normalised, and a likely slip of the finger noticed.

Syntax is always checked. Whether a domain takes mail at all is asked of DNS only where it answers in time: a client is
never turned away because a name server was slow.
"""

import asyncio
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

Problem: TypeAlias = Literal["not_an_address", "too_long", "not_latin"]

LONGEST = 254
"""Characters that a mail server takes (RFC 5321)."""

DNS_SECONDS = 2.0

COMMON_DOMAINS = (
    *("gmail.com", "googlemail.com", "outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "hotmail.fr"),
    *("hotmail.it", "hotmail.co.uk", "live.com", "msn.com", "yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.it"),
    *("yahoo.es", "yahoo.co.uk", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me"),
    *("protonmail.com", "mail.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de"),
    *("freenet.de", "posteo.de", "mailbox.org", "orange.fr", "wanadoo.fr", "libero.it", "mail.ru", "bk.ru"),
    *("inbox.ru", "list.ru", "yandex.ru", "yandex.com", "ya.ru", "rambler.ru", "ukr.net", "i.ua", "meta.ua"),
    *("seznam.cz", "wp.pl", "onet.pl", "o2.pl", "interia.pl", "abv.bg", "naver.com", "qq.com"),
)
"""Where most people have their address. One that stands here is never asked back."""

SHORTEST_NAME = 4
"""Letters of a domain's name from which one slip is told from another short name."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that can exist. ``meant`` is the whole address that was perhaps meant, or empty."""

    text: str
    meant: str = ""


class WrongAddress(ValueError):
    """What was typed is no address that mail can be sent to."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def read_address(text: str) -> Address:
    """The address in ``text``, normalised; raises :class:`WrongAddress`.

    The part before the @ keeps its capitals, which belong to the owner's mail server; the domain is in small letters.
    """
    typed = text.strip().removeprefix("mailto:").strip("<>").rstrip(".,;")
    if len(typed) > LONGEST:
        raise WrongAddress("too_long")
    found = _validated(typed)
    if found.ascii_email is None or found.smtputf8:
        raise WrongAddress("not_latin")
    return Address(found.normalized, _meant(found))


def wire_form(address: str) -> str:
    """The address as it stands in the mail and is named to servers: ASCII, the domain in its IDNA form."""
    found = _validated(address)
    assert found.ascii_email is not None, "read_address lets no other one in"  # noqa: S101 - narrows the type
    return found.ascii_email


def _validated(text: str) -> ValidatedEmail:
    """The address; an "encoded word" (RFC 2047) is refused, which mail programs decode, line breaks and all."""
    if "=?" in text or "?=" in text or any(not character.isprintable() for character in text):
        raise WrongAddress("not_an_address")
    try:
        return validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise WrongAddress("not_an_address") from error


def _meant(found: ValidatedEmail) -> str:
    domain = found.domain.lower()
    if domain in COMMON_DOMAINS:
        return ""
    near = (common for common in COMMON_DOMAINS if len(_name(common)) >= SHORTEST_NAME and _one_slip(domain, common))
    common = next(near, "")
    return f"{found.local_part}@{common}" if common else ""


def _name(domain: str) -> str:
    return domain.partition(".")[0]


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was added, left out or mistaken, or two neighbours changed places."""
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    one, other = typed[start:], meant[start:]
    if not one and not other:
        return False
    swapped = len(one) > 1 and one[1::-1] == other[:2] and one[2:] == other[2:]
    return one[1:] == other[1:] or one[1:] == other or one == other[1:] or swapped


class MailDomains:
    """Asks DNS whether a domain takes mail; what it heard is remembered while the process runs."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver
        self._heard: dict[str, bool] = {}

    async def look_up(self, text: str) -> None:
        """Ask about the domain of the address in ``text``; does nothing where there is none or nobody answers."""
        try:
            domain = wire_form(read_address(text).text).rpartition("@")[2]
        except WrongAddress:
            return
        if domain in COMMON_DOMAINS or domain in self._heard:
            return
        try:
            async with asyncio.timeout(DNS_SECONDS):
                takes_mail = await self._takes_mail(domain)
        except (DNSException, OSError, TimeoutError):
            return
        if len(self._heard) >= REMEMBERED:
            self._heard.clear()
        self._heard[domain] = takes_mail

    def takes_no_mail(self, address: str) -> bool:
        """Whether DNS said that this address's domain takes no mail; ``False`` where nothing is known."""
        return self._heard.get(wire_form(address).rpartition("@")[2]) is False

    async def _takes_mail(self, domain: str) -> bool:
        """By its MX records, else by its addresses (RFC 5321, 5.1); a null MX (RFC 7505) says that it never does."""
        resolver = self._resolver = self._resolver or Resolver()
        try:
            exchanges = await resolver.resolve(domain, "MX")
        except NXDOMAIN:
            return False
        except NoAnswer:
            return await self._has_address(resolver, domain)
        return any(str(record.exchange) != "." for record in exchanges)

    async def _has_address(self, resolver: Resolver, domain: str) -> bool:
        for kind in ("A", "AAAA"):
            try:
                await resolver.resolve(domain, kind)
            except NoAnswer:
                continue
            return True
        return False


REMEMBERED = 1000
"""Domains; more than a clinic's clients have."""
