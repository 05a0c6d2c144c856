"""The door to the broker: everything assets send goes to intake, its answers go back.

Subscribed at QoS 0, because a broker's ack proves nothing here: what is lost on the way is sent
again by the asset's outbox. Without back-pressure from gmqtt, intake bounds what waits.
"""

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Final

from gmqtt import Client
from gmqtt.mqtt.connection import MQTTConnection
from gmqtt.mqtt.package import Package

from fleet_server.intake import packets
from fleet_server.intake.acks import Answers
from fleet_server.intake.intake import Intake
from telemetry.wire import topics

logger = logging.getLogger(__name__)

RECONNECT_SECONDS: Final = 1
KEEPALIVE_SECONDS: Final = 15
_TICK_SECONDS: Final = 0.5
_CONNECT_SECONDS: Final = 10


def wall_ms() -> int:
    """Now, in ms since 1970."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=65_536)
def _parsed(topic: bytes) -> tuple[str, str] | None:
    """Topics come again and again; a hundred bytes an asset save a microsecond a message."""
    try:
        return topics.parse(topic.decode())
    except UnicodeDecodeError:
        return None


class MqttDoor:
    """One connection to the broker, made again whenever it breaks; for one event loop.

    `tls` None is for a broker on loopback without certificates. `name` is the client id; our
    broker takes it from the certificate.
    """

    def __init__(
        self,
        intake: Intake,
        host: str,
        port: int,
        tls: ssl.SSLContext | None,
        now: Callable[[], int] = wall_ms,
        name: str = "server",
    ) -> None:
        self._intake = intake
        self._address = (host, port)
        self._tls = tls
        self._now = now
        self._client = Client(name, clean_session=True, session_expiry_interval=0)
        self._client.set_config({"reconnect_delay": RECONNECT_SECONDS, "reconnect_retries": -1})
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._is_subscribed = False
        self._tasks: list[asyncio.Task[None]] = []
        self.failures = 0

    @property
    def is_up(self) -> bool:
        """Connected, and the subscription granted."""
        return self._is_subscribed

    async def start(self) -> None:
        """Begin to connect, and go on until `stop`; returns at once."""
        self._tasks = [asyncio.create_task(self._connect()), asyncio.create_task(self._tick())]

    async def stop(self) -> None:
        """Disconnect. What was taken is still committed by the writer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._is_subscribed = False
        with contextlib.suppress(OSError):
            await self._client.disconnect()

    def publish(self, answers: Answers) -> None:
        """Send at QoS 0; an answer that gets lost is asked for again by a repeated message."""
        if answers and self._is_subscribed:
            # All in one write: each by itself would be a TLS record and a system call of its own.
            answered = b"".join(packets.packed(topic, payload) for topic, payload in answers)
            self._client._connection._protocol.write_data(answered)

    async def _connect(self) -> None:
        """The first connection; gmqtt makes the later ones itself."""
        host, port = self._address
        while True:
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    await self._client.connect(
                        host, port, ssl=self._tls or False, keepalive=KEEPALIVE_SECONDS
                    )
            except (OSError, TimeoutError) as error:
                logger.warning("broker not reached", extra={"error": str(error)})
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                return

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            try:
                self.publish(self._intake.tick(self._now()))
            except Exception:
                self.failures += 1
                logger.exception("intake failed on a tick")

    def _on_connect(
        self, client: Client, flags: int, code: int, properties: Mapping[str, object]
    ) -> None:
        # gmqtt's own way from the socket to `on_message` (a reader and a task for each chunk, an
        # object and eight calls for each packet) costs 2 us a message more than this one, of one
        # that comes alone 13, and a message of ours needs none of it: no acknowledgement, no
        # properties, no alias. Before it subscribes a clean session gets nothing but the packet
        # that is handled here, so none is lost.
        connection = client._connection
        connection._protocol.data_received = partial(self._receive, connection, packets.Splitter())
        client.subscribe(topics.ALL_UP, qos=0)

    def _on_subscribe(
        self, client: Client, mid: int, qos: tuple[int, ...], properties: Mapping[str, object]
    ) -> None:
        self._is_subscribed = all(granted < 0x80 for granted in qos)
        logger.info("subscribed at the broker", extra={"granted": self._is_subscribed})

    def _on_disconnect(self, client: Client, packet: object, error: object = None) -> None:
        if self._is_subscribed:
            logger.warning("broker connection lost")
        self._is_subscribed = False

    def _receive(self, connection: MQTTConnection, splitter: packets.Splitter, data: bytes) -> None:
        connection._last_data_in = time.monotonic()
        try:
            received = splitter.split(data)
        except ValueError:
            logger.exception("the broker does not speak MQTT")
            connection._transport.close()
            return
        now = self._now()
        for head, body in received:
            found = packets.opened(head, body)
            if found is None:
                connection.put_package(Package(head, body))
            else:
                self._take(*found, now)

    def _on_message(
        self,
        client: Client,
        topic: str | bytes,
        payload: bytes,
        qos: int,
        properties: Mapping[str, object],
    ) -> None:
        self._take(topic.encode() if isinstance(topic, str) else topic, payload, self._now())

    def _take(self, topic: bytes, payload: bytes, now: int) -> None:
        # Whatever goes wrong with one message, the next one has to be heard.
        try:
            place = _parsed(topic)
            if place is not None:
                answers = self._intake.take(place[0], place[1], payload, now)
                if answers:
                    self.publish(answers)
        except Exception:
            self.failures += 1
            logger.exception("intake failed on a message")
