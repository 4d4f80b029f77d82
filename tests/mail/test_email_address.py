"""E-mail addresses as clients type them."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
import pytest_asyncio
from dns.asyncresolver import Resolver
from hypothesis import given
from hypothesis import strategies as st

from bot.email_address import COMMON_DOMAINS, MailDomains, WrongAddress, read_address, wire_form


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.org", "anna@example.org"),
        ("  Anna.Weber@EXAMPLE.org\n", "Anna.Weber@example.org"),
        ("<anna@example.org>", "anna@example.org"),
        ("mailto:anna@example.org", "anna@example.org"),
        ("anna@example.org.", "anna@example.org"),
        ("anna+quotes@example.org", "anna+quotes@example.org"),
        ("anna@xn--mller-kva.de", "anna@müller.de"),
        ("anna@MÜLLER.de", "anna@müller.de"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert read_address(typed).text == kept


def test_the_wire_speaks_ascii() -> None:
    assert wire_form("anna@müller.de") == "anna@xn--mller-kva.de"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "not_an_address"),
        ("anna", "not_an_address"),
        ("anna@", "not_an_address"),
        ("@example.org", "not_an_address"),
        ("anna@localhost", "not_an_address"),
        ("anna@nowhere.invalid", "not_an_address"),
        ("anna@[127.0.0.1]", "not_an_address"),
        ("anna@gmail..com", "not_an_address"),
        ("an na@gmail.com", "not_an_address"),
        ("anna@gmail.com, mia@gmail.com", "not_an_address"),
        ('"a b"@example.org', "not_an_address"),
        ("анна@пример.рф", "not_latin"),
        ("a" * 250 + "@example.org", "too_long"),
        ("anna@example.org\r\nBcc: eve@example.org", "not_an_address"),
        ("anna\n@example.org", "not_an_address"),
        ("anna\x00@example.org", "not_an_address"),
        ("=?utf-8?q?a=0d=0aBcc:eve?=@example.org", "not_an_address"),
        ("=?utf-8?b?DQpCY2M6IGV2ZQ==?=@example.org", "not_an_address"),
        ("anna\u2028@example.org", "not_an_address"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(typed: str, problem: str) -> None:
    with pytest.raises(WrongAddress) as caught:
        read_address(typed)
    assert caught.value.problem == problem


@given(st.text(max_size=60) | st.builds("{}@{}.org".format, st.text(max_size=20), st.text(max_size=20)))
def test_whatever_is_typed_is_refused_or_safe_in_a_header(typed: str) -> None:
    try:
        kept = read_address(typed).text
    except WrongAddress:
        return
    assert kept.count("@") == 1
    assert all(character.isprintable() and not character.isspace() for character in kept)
    assert wire_form(kept).isascii()
    assert read_address(kept).text == kept


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anna@gmial.com", "anna@gmail.com"),
        ("anna@gmail.con", "anna@gmail.com"),
        ("anna@gmail.co", "anna@gmail.com"),
        ("anna@gmaill.com", "anna@gmail.com"),
        ("anna@hotmial.com", "anna@hotmail.com"),
        ("anna@outlok.com", "anna@outlook.com"),
        ("anna@yaho.de", "anna@yahoo.de"),
        ("anna@iclod.com", "anna@icloud.com"),
        ("anna@mail.com", ""),
        ("anna@ymail.com", ""),
        ("anna@gmx.net", ""),
        ("anna@linden-clinic.example", ""),
        ("anna@we.de", ""),
        ("anna@university.edu", ""),
    ],
)
def test_a_slip_in_a_common_domain_is_noticed(typed: str, meant: str) -> None:
    assert read_address(typed).meant == meant


@pytest.mark.parametrize("domain", COMMON_DOMAINS)
def test_a_common_domain_is_never_taken_for_a_slip(domain: str) -> None:
    assert read_address(f"anna@{domain}").meant == ""


ZONE = {
    ("takes-mail.de", "MX"): ["10 mx.takes-mail.de."],
    ("never.de", "MX"): ["0 ."],
    ("only-a-server.de", "A"): ["192.0.2.1"],
    ("only-a-new-server.de", "AAAA"): ["2001:db8::1"],
    ("only-a-text.de", "TXT"): ['"hello"'],
}


class NameServer(asyncio.DatagramProtocol):
    """A name server that knows ``ZONE``, fails for ``broken.de`` and is silent about ``slow.de``."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        query = dns.message.from_wire(data)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True)
        self.asked.append(name)
        if name == "slow.de":
            return
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        kind = question.rdtype.name
        if name == "broken.de":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif records := ZONE.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(name == known for known, _ in ZONE):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(reply.to_wire(), addr)


@pytest_asyncio.fixture
async def name_server() -> AsyncIterator[tuple[NameServer, MailDomains]]:
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    resolver.timeout = resolver.lifetime = 0.3
    yield server, MailDomains(resolver)
    transport.close()


@pytest.mark.parametrize(
    ("domain", "takes_no_mail"),
    [
        ("takes-mail.de", False),
        ("only-a-server.de", False),
        ("only-a-new-server.de", False),
        ("never.de", True),
        ("only-a-text.de", True),
        ("does-not-exist.de", True),
        ("broken.de", False),
        ("slow.de", False),
    ],
)
async def test_only_a_clear_word_of_dns_counts(
    name_server: tuple[NameServer, MailDomains], domain: str, takes_no_mail: bool
) -> None:
    _, domains = name_server
    await domains.look_up(f"anna@{domain}")
    assert domains.takes_no_mail(f"anna@{domain}") is takes_no_mail


async def test_dns_is_asked_once_and_never_about_common_domains_or_other_texts(
    name_server: tuple[NameServer, MailDomains],
) -> None:
    server, domains = name_server
    for text in ("anna@takes-mail.de", "mia@takes-mail.de", "anna@gmail.com", "hello", "3 days ago"):
        await domains.look_up(text)
    assert server.asked == ["takes-mail.de"]
