"""Platforms that answer, do not answer, or are answered for by somebody else; all on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from edge_agent.probes.deadline import Deadline
from edge_agent.probes.platforms import PlatformProbe
from edge_agent.probes.resolver import NoSuchName, Resolved, Resolver
from telemetry.wire.profile import Platform, Profile
from telemetry.words import PlatformState
from tests.services.answering import (
    HOST,
    Authority,
    Serve,
    closed_port,
    drips,
    name_server,
    resets,
    says,
    silent_datagrams,
    stays_silent,
    tcp_server,
)
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration

NAME = "files.example.org"
SECONDS = 0.6  # for what does not answer
SHARED_SECONDS = 5.0  # for those that do not and the one that does
WELL = says("HTTP/1.1 200 OK\n\n")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def resolver(tmp_path: Path) -> Resolver:
    """Knows the platform by the hosts file; there is no name server."""
    (tmp_path / "hosts").write_text(f"{HOST} {NAME}\n")
    return Resolver(tmp_path / "hosts", tmp_path / "absent")


def platform(port: int, *, is_tls: bool = False, path: str = "") -> Platform:
    return Platform("files", "案件系统", "Case files", NAME, port, is_tls, path)


def look(
    wanted: Platform,
    resolver: Resolver,
    authorities: Path | None = None,
    *,
    is_clock_known: bool = True,
    seconds: float = PATIENCE_SECONDS,
) -> PlatformState:
    probe = PlatformProbe(
        Profile,
        resolver,
        lambda: is_clock_known,
        str(authorities) if authorities else None,
        seconds,
    )
    return probe.look(wanted).state


def look_at(serve: Serve, resolver: Resolver, *, path: str = "/") -> PlatformState:
    with tcp_server(serve) as port:
        return look(platform(port, path=path), resolver)


def test_one_that_answers_with_its_own_certificate_is_ok(
    authority: Authority, resolver: Resolver
) -> None:
    with tcp_server(WELL, authority.context(NAME)) as port:
        shaken = look(platform(port, is_tls=True), resolver, authority.file)
        asked = look(platform(port, is_tls=True, path="/"), resolver, authority.file)

    assert (shaken, asked) == (PlatformState.OK, PlatformState.OK)


def test_a_certificate_of_another_name_or_authority_is_somebody_on_the_way(
    authority: Authority, resolver: Resolver, tmp_path: Path
) -> None:
    with tcp_server(WELL, authority.context("portal.example.net")) as port:
        other_name = look(platform(port, is_tls=True), resolver, authority.file)
    with tcp_server(WELL, Authority(tmp_path, "Inspector").context(NAME)) as port:
        other_authority = look(platform(port, is_tls=True), resolver, authority.file)
        of_the_system = look(platform(port, is_tls=True), resolver)

    assert {other_name, other_authority, of_the_system} == {PlatformState.BLOCKED}


def test_an_expired_certificate_is_its_own_fault_unless_nobody_knows_the_time(
    authority: Authority, resolver: Resolver
) -> None:
    with tcp_server(WELL, authority.context(NAME, age=timedelta(days=9))) as port:
        wanted = platform(port, is_tls=True)
        known = look(wanted, resolver, authority.file)
        unknown = look(wanted, resolver, authority.file, is_clock_known=False)

    assert (known, unknown) == (PlatformState.FAULT, PlatformState.OK)


def test_a_portal_that_answers_tls_in_plain_text_blocks(
    authority: Authority, resolver: Resolver
) -> None:
    with tcp_server(says("HTTP/1.1 302 Found\nLocation: http://192.0.2.1/\n\n")) as port:
        assert look(platform(port, is_tls=True), resolver) is PlatformState.BLOCKED


@pytest.mark.parametrize("is_tls", [True, False])
def test_a_reset_blocks(resolver: Resolver, is_tls: bool) -> None:
    with tcp_server(resets) as port:
        cut = look(platform(port, is_tls=is_tls, path="/"), resolver)
    with closed_port() as port:
        refused = look(platform(port, is_tls=is_tls), resolver)

    assert (cut, refused) == (PlatformState.BLOCKED, PlatformState.BLOCKED)


def test_a_portal_blocks_and_an_error_is_its_own(resolver: Resolver) -> None:
    portal = says("HTTP/1.1 302 Found\nLocation: http://login.example.net/\n\n")
    error = says("HTTP/1.1 502 Bad Gateway\n\n")

    assert look_at(WELL, resolver) is PlatformState.OK
    assert look_at(portal, resolver) is PlatformState.BLOCKED
    assert look_at(error, resolver) is PlatformState.FAULT
    assert look_at(says("SSH-2.0-other\n"), resolver) is PlatformState.BLOCKED


@pytest.mark.parametrize("serve", [stays_silent, drips])
@pytest.mark.parametrize("is_tls", [True, False])
def test_silence_and_an_endless_answer_end_at_the_deadline(
    resolver: Resolver, serve: Serve, is_tls: bool
) -> None:
    began = monotonic()
    with tcp_server(serve) as port:
        state = look(platform(port, is_tls=is_tls, path="/"), resolver, seconds=SECONDS)

    assert state in {PlatformState.NOT_ANSWERING, PlatformState.BLOCKED}
    assert (serve is stays_silent) <= (state is PlatformState.NOT_ANSWERING)
    assert monotonic() - began < PATIENCE_SECONDS


@contextmanager
def resolver_of(port: int, folder: Path) -> Iterator[Resolver]:
    servers = folder / "resolv.conf"
    servers.write_text(f"search example.org\nnameserver {HOST}\n")
    yield Resolver(folder / "absent", servers, port)


def test_names_are_asked_of_the_machines_name_server(tmp_path: Path) -> None:
    names = {NAME: ["192.0.2.1"], "six.example.org": ["2001:db8::1"]}
    with name_server(names) as port, resolver_of(port, tmp_path) as resolver:
        assert resolver.resolve(NAME, Deadline(PATIENCE_SECONDS)) == Resolved(("192.0.2.1",), True)
        assert resolver.resolve("six", Deadline(PATIENCE_SECONDS)) == Resolved(
            ("2001:db8::1",), True
        )
        with pytest.raises(NoSuchName):
            resolver.resolve("nowhere.example.org", Deadline(PATIENCE_SECONDS))


def test_a_name_that_is_pointed_to_nowhere_is_blocked(tmp_path: Path) -> None:
    names = {NAME: ["0.0.0.0"], "files.example.net": ["127.0.0.1"]}
    with name_server(names) as port, resolver_of(port, tmp_path) as resolver:
        assert look(platform(443), resolver) is PlatformState.BLOCKED


def test_a_name_without_an_answer_does_not_answer(tmp_path: Path) -> None:
    with name_server({}) as port, resolver_of(port, tmp_path) as resolver:
        unknown = look(platform(443), resolver)
    began = monotonic()
    with silent_datagrams() as port, resolver_of(port, tmp_path) as resolver:
        silent = look(platform(443), resolver, seconds=SECONDS)

    assert (unknown, silent) == (PlatformState.NOT_ANSWERING, PlatformState.NOT_ANSWERING)
    assert monotonic() - began < PATIENCE_SECONDS


def test_platforms_that_hang_take_no_time_from_the_others(resolver: Resolver) -> None:
    with tcp_server(stays_silent) as silent, tcp_server(WELL) as well:
        platforms = [
            Platform(f"silent-{n}", "静", "Silent", NAME, silent, False, "/") for n in range(6)
        ]
        platforms.append(Platform("well", "好", "Well", NAME, well, False, "/"))
        profile = Profile(platforms=platforms)
        probe = PlatformProbe(lambda: profile, resolver, lambda: True, None, SHARED_SECONDS)
        began = monotonic()
        (reading,) = probe.read()
        took = monotonic() - began

    states = {name: values["platform_state"] for name, values in reading.devices.items()}
    assert states.pop("platform-well") == "ok"
    assert set(states.values()) == {"not_answering"}
    assert SHARED_SECONDS <= took < 5 * SHARED_SECONDS


def test_one_that_is_well_is_left_alone_for_five_minutes_and_a_changed_one_is_not(
    resolver: Resolver,
) -> None:
    now = 0.0
    with tcp_server(WELL) as well, closed_port() as closed:
        files = Platform("files", "案件", "Files", NAME, well, False, "/")
        hearing = Platform("hearing", "庭审", "Hearing", NAME, closed, False)
        profile = Profile(platforms=[files, hearing])
        probe = PlatformProbe(
            lambda: profile, resolver, lambda: True, None, PATIENCE_SECONDS, lambda: now
        )

        def asked() -> set[str]:
            return {name for reading in probe.read() for name in reading.devices}

        at_first = asked()
        now = 60.0
        after_a_minute = asked()
        profile = Profile(
            platforms=[Platform("files", "案件", "Files", NAME, well, False), hearing]
        )
        once_changed = asked()
        now = 330.0
        after_five = asked()

    assert at_first == once_changed == after_five == {"platform-files", "platform-hearing"}
    assert after_a_minute == {"platform-hearing"}


def test_a_profile_without_platforms_asks_nobody(resolver: Resolver) -> None:
    assert list(PlatformProbe(Profile, resolver, lambda: True).read()) == []
