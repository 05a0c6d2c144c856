"""The running server: everything that goes on beside each other, started and stopped in order.

The only file that starts threads or tasks. The event loop has MQTT, HTTP and SSE; the writer's
thread commits; the clockwork's does the jobs; the mirror's may wait for its network; the broker's
keeps Mosquitto alive.
"""

import asyncio
import contextlib
import logging
import os
import signal
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from fleet_server import assembly, http, listeners
from fleet_server.artifacts.listener import MOST_CONNECTIONS, ArtifactListener
from fleet_server.authority.store import Authority
from fleet_server.clockwork import Clockwork, Job
from fleet_server.configuration.engine import EVERY as CONFIGURED_EVERY
from fleet_server.enrolment.listener import EnrolmentListener
from fleet_server.errors import BadSettings
from fleet_server.instants import to_ms
from fleet_server.intake.mqtt import MqttDoor, wall_ms
from fleet_server.intake.writer import Writer
from fleet_server.memory import calm_collector, rest_collector
from fleet_server.orders.engine import EVERY as SENT_EVERY
from fleet_server.parts import Parts
from fleet_server.readiness.engine import EVERY
from fleet_server.reflector.listener import reflecting
from fleet_server.reflector.reflector import Reflector
from fleet_server.rollouts.engine import EVERY as ROLLED_EVERY
from fleet_server.settings import Settings
from fleet_server.waking.engine import EVERY as ASKED_EVERY
from telemetry.store.port import StoreUnavailable

logger = logging.getLogger(__name__)

_STEP_SECONDS: Final = 0.25
_SUBSCRIBED_SECONDS: Final = 30.0


class Ready(Struct, frozen=True):
    """Where a started server is reached; `first_password_file` when it was made just now."""

    pid: int
    demo: bool
    host: str
    console: str
    socket: str
    enrol_port: int
    broker_port: int
    broker_pid: int | None
    ca_fingerprint: str
    first_password_file: str | None
    link_test_port: int | None = None
    artifact_port: int = 0


def run(settings: Settings, announce: Callable[[Ready], None]) -> None:
    """Run a server until SIGTERM or SIGINT; `announce` is called when all of it works.

    Raises:
        BadSettings: it cannot start so, or here.
    """
    rest_collector()
    os.umask(0o077)
    with contextlib.ExitStack() as closing:
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
            closing.enter_context(assembly.hold(settings.data))
            sockets = assembly.bind(settings, closing)
            parts, first_password = assembly.build(settings, sockets, _now, closing)
        except (OSError, SQLAlchemyError, StoreUnavailable) as error:
            place = settings.database or str(settings.data)
            raise BadSettings("bad_settings", place=place, problem=_short(error)) from error
        asyncio.run(_serve(parts, sockets, announce, first_password))


async def _serve(
    parts: Parts,
    sockets: assembly.Sockets,
    announce: Callable[[Ready], None],
    first_password: Path | None,
) -> None:
    """Start what runs, wait for a signal, and stop it in the opposite order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    door = _door(parts)
    writer = Writer(parts.intake, door.publish, wall_ms)
    halt = threading.Event()
    async with contextlib.AsyncExitStack() as running:
        if parts.broker is not None:
            await running.enter_async_context(
                _thread("broker", parts.broker.keep, parts.broker.stop)
            )
            await asyncio.to_thread(parts.broker.wait)
        for name, clockwork in clockworks(parts).items():
            keep = _clockwork_loop(clockwork, halt)
            await running.enter_async_context(_thread(name, keep, halt.set))
        writer.start(loop)
        running.push_async_callback(asyncio.to_thread, writer.stop)
        await door.start()
        running.push_async_callback(door.stop)
        running.push_async_callback(parts.tiles.close)
        if sockets.link_test is not None:
            reflector = Reflector(parts.keyring, time.time)
            await running.enter_async_context(reflecting(reflector, sockets.link_test))
        await running.enter_async_context(_listening(parts, sockets))
        await _until_subscribed(door, stop)
        calm_collector()
        announce(_ready(parts, sockets, first_password))
        await stop.wait()
        logger.info("the server stops")


def _door(parts: Parts) -> MqttDoor:
    """Our own MQTT client; to a broker that we run by loopback, whatever its outer name."""
    authority = parts.authority
    tls = ssl.create_default_context(cafile=str(authority.ca_file))
    tls.load_cert_chain(authority.client_certificate_file, authority.client_key_file)
    outside = parts.settings.external_broker
    if outside is not None:
        return MqttDoor(parts.intake, outside.host, outside.port, tls)
    listen = parts.settings.listen
    host = "127.0.0.1" if listen == "0.0.0.0" else listen  # noqa: S104  # compared, not bound
    tls.check_hostname = host == "127.0.0.1"  # its certificate names what assets call it
    return MqttDoor(parts.intake, host, parts.address.broker_port, tls)


@contextlib.asynccontextmanager
async def _listening(parts: Parts, sockets: assembly.Sockets) -> AsyncIterator[None]:
    api = http.build(parts)
    authority = parts.authority
    tls = (authority.server_certificate_file, authority.server_key_file)
    enrolment = EnrolmentListener(parts.enrolment, parts.clock)
    artifacts = ArtifactListener(parts.artifacts, parts.clock)
    servers = {
        listeners.listener(api): sockets.console,
        listeners.listener(listeners.Local(api)): sockets.local,
        listeners.listener(enrolment, tls): sockets.enrolment,
        listeners.listener(artifacts, tls, MOST_CONNECTIONS): sockets.artifacts,
    }
    tasks = [asyncio.create_task(server.serve(sockets=[at])) for server, at in servers.items()]
    for server in servers:
        await server.up.wait()
    try:
        yield
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)
        parts.settings.socket.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def _thread(
    name: str, keep: Callable[[], None], stop: Callable[[], None]
) -> AsyncIterator[None]:
    """Run `keep` in a thread until `stop` makes it return."""
    thread = threading.Thread(target=keep, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        await asyncio.to_thread(stop)
        await asyncio.to_thread(thread.join, 30)


async def _until_subscribed(door: MqttDoor, stop: asyncio.Event) -> None:
    """Wait until intake hears assets; an absent broker of somebody else's is no reason to end."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SUBSCRIBED_SECONDS):
            while not (door.is_up or stop.is_set()):  # noqa: ASYNC110  # gmqtt only calls back
                await asyncio.sleep(0.02)


def clockworks(parts: Parts) -> dict[str, Clockwork]:
    """What the server does by itself now and then, by the thread that does it."""
    seal = Job("seal days", timedelta(minutes=10), lambda now: parts.store.seal_days(to_ms(now)))
    tidy = Job("forget sessions", timedelta(hours=1), parts.access.forget_expired)
    note = Job("note ledger days", timedelta(seconds=1), parts.ledger_days.step)
    read = Job("read documents", timedelta(seconds=1), parts.sender.refresh)
    cut = Job("cut revoked connections", timedelta(seconds=15), parts.revocation.repair)
    renew = Job("renew certificates", timedelta(days=1), _renewing(parts.authority))
    fold = Job("fold coverage", timedelta(seconds=15), parts.coverage.step)
    weigh = Job("judge readiness", EVERY, parts.readiness.step)
    wake = Job("ask for wake-up checks", ASKED_EVERY, parts.waking.step)
    send = Job("send orders", SENT_EVERY, parts.orders.step)
    roll = Job("carry rollouts on", ROLLED_EVERY, parts.rollouts.step)
    set_up = Job("set assets up", CONFIGURED_EVERY, parts.configurations.step)
    found = {
        "clockwork": Clockwork([seal, tidy, renew, note, cut, read, wake]),
        "coverage": Clockwork([fold]),
        "readiness": Clockwork([weigh]),
        "orders": Clockwork([send]),
        "rollouts": Clockwork([roll]),
        "configuration": Clockwork([set_up]),
    }
    wanted = parts.settings.mirror
    if wanted is not None and parts.mirroring is not None:
        every = timedelta(seconds=wanted.every_seconds)
        found["mirror"] = Clockwork([Job("mirror", every, parts.mirroring.step)])
    return found


def _renewing(authority: Authority) -> Callable[[datetime], None]:
    def renew(now: datetime) -> None:
        if authority.refresh(now):
            # Nine months are left then; broker and listeners read their certificates at start.
            logger.warning("the server's certificates were renewed: restart it to use them")

    return renew


def _clockwork_loop(clockwork: Clockwork, halt: threading.Event) -> Callable[[], None]:
    def keep() -> None:
        while not halt.wait(_STEP_SECONDS):
            clockwork.run_due(_now())

    return keep


def _ready(parts: Parts, sockets: assembly.Sockets, first_password: Path | None) -> Ready:
    host, port = sockets.console.getsockname()[:2]
    link_test = sockets.link_test
    return Ready(
        pid=os.getpid(),
        demo=parts.settings.demo,
        host=parts.address.host,
        console=f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}",
        socket=str(parts.settings.socket),
        enrol_port=parts.address.enrol_port,
        broker_port=parts.address.broker_port,
        broker_pid=parts.broker.pid if parts.broker is not None else None,
        ca_fingerprint=parts.authority.fingerprint,
        first_password_file=None if first_password is None else str(first_password),
        link_test_port=None if link_test is None else link_test.getsockname()[1],
        artifact_port=sockets.artifacts.getsockname()[1],
    )


def write_ready(path: Path, ready: Ready) -> None:
    """One line of JSON, whole or not there."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(msgspec.json.encode(ready) + b"\n")
    part.replace(path)


def _short(error: Exception) -> str:
    """The first line of what a library says."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _now() -> datetime:
    return datetime.now(UTC)
