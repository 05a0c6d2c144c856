"""Names to addresses, within a deadline: getaddrinfo has none.

The hosts file, then the machine's name servers over UDP (RFC 1035), A records first. What a name
server answered is told apart from what the hosts file says: only the first can be forged on the
way.
"""

import secrets
import socket
import struct
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

from edge_agent.probes.deadline import Deadline

_DNS_PORT: Final = 53
_TRY_SECONDS: Final = 1.5
_TRIES: Final = 2
_MOST_BYTES: Final = 4096
_HEADER: Final = struct.Struct("!6H")
_RECORD: Final = struct.Struct("!HHIH")
_QUESTION: Final = struct.Struct("!HH")
_A, _AAAA, _INTERNET = 1, 28, 1
_ASKS_RECURSION: Final = 0x0100
_IS_ANSWER: Final = 0x8000
_NO_SUCH_NAME: Final = 3


class NoSuchName(Exception):
    """No name server has an address for this name."""


class Garbled(Exception):
    """Not an answer to our question."""


class Resolved(NamedTuple):
    """The addresses of a name, best first. `is_told`: by a name server, not by this machine."""

    addresses: tuple[str, ...]
    is_told: bool


class Resolver:
    """Reads its two files anew for each name: networks change on the road."""

    def __init__(
        self,
        hosts: Path = Path("/etc/hosts"),
        servers: Path = Path("/etc/resolv.conf"),
        port: int = _DNS_PORT,
    ) -> None:
        self._hosts = hosts
        self._servers = servers
        self._port = port

    def resolve(self, host: str, deadline: Deadline) -> Resolved:
        """Its addresses; those of an address are itself.

        Raises:
            NoSuchName: the name servers say so, or there are none.
            TimeoutError: no answer in time.
        """
        if is_address(host):
            return Resolved((host,), is_told=False)
        known = self._in_hosts(host.lower())
        if known:
            return Resolved(known, is_told=False)
        servers, domains = self._configured()
        names = [host] if "." in host else [f"{host}.{domain}" for domain in domains] or [host]
        for name in names:
            for kind in (_A, _AAAA):
                found = self._ask(servers, name, kind, deadline)
                if found:
                    return Resolved(found, is_told=True)
        raise NoSuchName(host)

    def _in_hosts(self, host: str) -> tuple[str, ...]:
        lines = (line.partition("#")[0].split() for line in _lines(self._hosts))
        known = (words[0] for words in lines if host in map(str.lower, words[1:]))
        return tuple(address for address in known if is_address(address))

    def _configured(self) -> tuple[list[str], list[str]]:
        """Name servers, and the domains for names without a dot."""
        servers, domains = [], []
        for words in (line.split() for line in _lines(self._servers)):
            if words[:1] == ["nameserver"] and len(words) > 1 and is_address(words[1]):
                servers.append(words[1])
            elif words[:1] in (["search"], ["domain"]):
                domains = words[1:]
        return servers, domains

    def _ask(self, servers: list[str], name: str, kind: int, deadline: Deadline) -> tuple[str, ...]:
        """One kind of address, by the first server that answers; each is tried twice.

        Raises:
            NoSuchName: the name cannot be, there is no server, or none that can be reached.
            TimeoutError: none answered.
        """
        number = secrets.randbelow(1 << 16)
        query = question(name, kind, number)
        failure: Exception = NoSuchName(name)
        for server in servers * _TRIES:
            try:
                return self._ask_one(server, query, kind, deadline)
            except TimeoutError as error:
                deadline.left()
                failure = error
            except OSError:
                continue  # no way to this one
        raise failure

    def _ask_one(self, server: str, query: bytes, kind: int, deadline: Deadline) -> tuple[str, ...]:
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        this_try = deadline.at_most(_TRY_SECONDS)
        with socket.socket(family, socket.SOCK_DGRAM) as connection:
            connection.connect((server, self._port))
            connection.send(query)
            while True:
                connection.settimeout(this_try.left())
                try:
                    return addresses(connection.recv(_MOST_BYTES), query, kind)
                except Garbled:
                    continue  # late, or somebody guesses: the real one may still come


def question(name: str, kind: int, number: int) -> bytes:
    """The message that asks for a name's addresses of one kind.

    Raises:
        NoSuchName: this cannot be a name.
    """
    labels = name.rstrip(".").split(".")
    try:
        encoded = [label.encode("ascii") for label in labels]
    except UnicodeEncodeError as error:
        raise NoSuchName(name) from error
    if not all(0 < len(label) < 64 for label in encoded):
        raise NoSuchName(name)
    packed = b"".join(bytes([len(label)]) + label for label in encoded) + b"\0"
    header = _HEADER.pack(number, _ASKS_RECURSION, 1, 0, 0, 0)
    return header + packed + _QUESTION.pack(kind, _INTERNET)


def addresses(answer: bytes, query: bytes, kind: int) -> tuple[str, ...]:
    """The addresses of that kind in an answer, whatever alias led to them.

    Raises:
        Garbled: it is not an answer to this query.
        NoSuchName: it says that there is no such name.
        ConnectionError: the server could not find out.
    """
    asked = query[_HEADER.size :]
    try:
        number, flags, questions, records, _, _ = _HEADER.unpack_from(answer)
        is_ours = number == _HEADER.unpack_from(query)[0] and questions == 1 and flags & _IS_ANSWER
        if not is_ours or answer[_HEADER.size : len(query)].lower() != asked.lower():
            raise Garbled("another question's")
        code = flags & 0xF
        if code == _NO_SUCH_NAME:
            raise NoSuchName("the name server says so")
        if code:
            raise ConnectionError(f"the name server answers with code {code}")
        return _records(answer, len(query), records, kind)
    except (struct.error, IndexError, ValueError) as error:
        raise Garbled("cut short") from error


def _records(answer: bytes, at: int, count: int, kind: int) -> tuple[str, ...]:
    length = 4 if kind == _A else 16
    found = []
    for _ in range(count):
        at = _after_name(answer, at)
        its_kind, its_class, _, size = _RECORD.unpack_from(answer, at)
        at += _RECORD.size
        content = answer[at : at + size]
        if len(content) < size:
            raise Garbled("cut short")
        if (its_kind, its_class, size) == (kind, _INTERNET, length):
            found.append(str(ip_address(content)))
        at += size
    return tuple(found)


def _after_name(answer: bytes, at: int) -> int:
    """Where a name ends; a pointer ends it, and is not followed."""
    while (length := answer[at]) != 0:
        if length & 0xC0:
            return at + 2
        at += 1 + length
    return at + 1


def is_address(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(errors="replace").splitlines()
    except OSError:
        return []
