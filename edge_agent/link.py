"""The connection to the broker: MQTT 5 over mutual TLS, with paho. The only file that imports it.

Each connection is a new client with a new TLS context, so that a renewed certificate counts at
once, and nothing of an old connection lives on: what was not settled is sent again by the outbox.
"""

import logging
import random
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

import msgspec
from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent import identity
from edge_agent.inputs import FromCentre, Input, LinkDown, LinkUp, PublishAnswered
from telemetry.wire import topics

logger = logging.getLogger(__name__)

_CONNECT_SECONDS: Final = 10.0
_LOOP_SECONDS: Final = 15.0
"""What is sent or received ends it; the keepalive may be so late, of 1.5 times its length."""

_GIVE_UP_MS: Final = 15_000
_MOST_IN_FLIGHT: Final = 8
_MOST_QUEUED: Final = 16
_TCP_INFO_BYTES: Final = 256
_CLOSE_SECONDS: Final = 3.0
_NO_CHECK_TIME: Final = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL; ssl has no name for it


class LinkSettings(msgspec.Struct, frozen=True):
    """Where and as whom to connect. `folder` is that of the identity.

    `back_off_seconds`: the first and the longest wait; the actual one is anything below (jitter).
    """

    asset: str
    host: str
    port: int
    folder: Path
    back_off_seconds: tuple[float, float] = (1.0, 120.0)
    keepalive_seconds: int = 60


class PahoLink:
    """Connects by itself, again and again, in a thread of its own; `put` gets what happens.

    `is_clock_known` says whether certificates' dates can be checked: by a clock that nobody vouches
    for (1970 after a flat battery) every certificate would be wrong, and the time never come.
    """

    def __init__(
        self,
        settings: LinkSettings,
        put: Callable[[Input], None],
        is_clock_known: Callable[[], bool] = lambda: True,
    ) -> None:
        self._settings = settings
        self._put = put
        self._is_clock_known = is_clock_known
        self._credentials = identity.Credentials(settings.folder)
        self._topic = topics.batch(settings.asset)
        self._live_topic = topics.live(settings.asset)
        self._below = topics.down(settings.asset).removesuffix("#")
        self._client: Client | None = None
        self._is_up = False
        self._reason = ""
        self._waits = 0
        self._names: dict[int, str] = {}
        self._early: dict[int, int] = {}
        self._closing = Event()
        self._thread = Thread(target=self._run, name=f"link-{settings.asset}", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def send(self, message_id: str, payload: bytes) -> None:
        """Queue one batch at QoS 1; nothing while there is no connection: `LinkDown` says so."""
        client = self._client
        if client is None or not self._is_up:
            return
        try:
            info = client.publish(self._topic, payload, qos=1)
        except OSError:  # the link's thread closes the sockets just now; LinkDown follows
            return
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return
        # The PUBACK may have been faster than this line.
        self._names[info.mid] = message_id
        code = self._early.pop(info.mid, None)
        if code is not None and self._names.pop(info.mid, None) is not None:
            self._put(PublishAnswered(message_id, code))

    def say_live(self, payload: bytes) -> None:
        """Send at QoS 0 what may be lost, unless there is no connection."""
        client = self._client
        if client is not None and self._is_up:
            with suppress(OSError):  # the link's thread closes the sockets just now
                client.publish(self._live_topic, payload, qos=0)

    def reconnect(self, why: str) -> None:
        """Cut the connection, without a goodbye: the other side may be gone."""
        self._reason = why
        client = self._client
        plain = None if client is None else client.socket()
        if isinstance(plain, socket.socket):
            with suppress(OSError):
                socket.socket.shutdown(plain, socket.SHUT_RDWR)

    def socket_info(self) -> bytes | None:
        """TCP_INFO of the connection, None while there is none; from any thread."""
        client = self._client
        plain = None if client is None else client.socket()
        if not isinstance(plain, socket.socket):
            return None
        try:
            return plain.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
        except OSError:  # closed just now
            return None

    def close(self) -> None:
        """Say goodbye, so that the last will is not sent, and end the thread."""
        self._closing.set()
        client = self._client
        if client is not None:
            with suppress(OSError):  # the connection ended by itself just now
                client.disconnect()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._connect_once()
            if self._closing.wait(self._back_off()):
                return

    def _connect_once(self) -> None:
        """One connection, from the first packet to its end."""
        self._reason = ""
        client = None
        try:
            client = self._new_client()
            client.connect(
                self._settings.host,
                self._settings.port,
                keepalive=self._settings.keepalive_seconds,
                clean_start=True,
            )
            self._client = client
            if self._closing.is_set():
                client.disconnect()
            # Unlike `loop_forever`, `loop` is woken by what another thread publishes.
            while client.loop(_LOOP_SECONDS) == MQTTErrorCode.MQTT_ERR_SUCCESS:
                pass
        except (OSError, ValueError) as error:
            self._reason = _sentence(error)
        except Exception as error:
            logger.exception("the MQTT client failed")
            self._reason = type(error).__name__
        self._client = None
        self._is_up = False
        self._names.clear()
        self._early.clear()
        if client is not None:
            client.on_disconnect = None
            _close_sockets(client)
        self._put(LinkDown(self._reason or "the connection ended"))

    def _back_off(self) -> float:
        """Full jitter: any time up to a limit that doubles until a connection has worked."""
        first, longest = self._settings.back_off_seconds
        limit = min(longest, first * 2.0 ** min(self._waits, 20))
        self._waits += 1
        return random.uniform(min(first, limit) / 2, limit)

    def _new_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._settings.asset,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.suppress_exceptions = True
        client.connect_timeout = _CONNECT_SECONDS
        client.max_inflight_messages_set(_MOST_IN_FLIGHT)
        client.max_queued_messages_set(_MOST_QUEUED)
        client.tls_set_context(self._tls())
        client.will_set(topics.gone(self._settings.asset), b"gone", qos=1)
        client.on_socket_open = _watch_socket
        # With this set, `publish` leaves writing to the thread that reads.
        client.on_socket_register_write = _write_later
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._received
        client.on_publish = self._published
        return client

    def _tls(self) -> ssl.SSLContext:
        """Trusts our CA and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(cafile=self._settings.folder / identity.CA)
        context.load_cert_chain(self._credentials.choose(), self._settings.folder / identity.KEY)
        if not self._is_clock_known():
            context.verify_flags |= _NO_CHECK_TIME
        return context

    def _connected(
        self,
        client: Client,
        data: object,
        flags: ConnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if code.is_failure:
            self._reason = f"the broker refuses the connection: {code}"
            return
        self._credentials.worked()
        client.subscribe(f"{self._below}#", qos=0)
        self._waits = 0
        self._is_up = True
        self._put(LinkUp())

    def _disconnected(
        self,
        client: Client,
        data: object,
        flags: DisconnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._is_up = False
        self._reason = self._reason or f"the connection ended: {code}"

    def _received(self, client: Client, data: object, message: MQTTMessage) -> None:
        self._put(FromCentre(message.topic.removeprefix(self._below), bytes(message.payload)))

    def _published(
        self,
        client: Client,
        data: object,
        mid: int,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        name = self._names.pop(mid, None)
        if name is None:
            self._early[mid] = code.value
            name = self._names.pop(mid, None)
            if name is None or self._early.pop(mid, None) is None:
                return
        self._put(PublishAnswered(name, code.value))


def _watch_socket(client: Client, data: object, sock: object) -> None:
    """Let the kernel find out soon that nobody acknowledges: after a change of cell, say."""
    if isinstance(sock, socket.socket):
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GIVE_UP_MS)


def _write_later(client: Client, data: object, sock: object) -> None: ...


def _close_sockets(client: Client) -> None:
    """A client that is dropped keeps its sockets otherwise until it is collected."""
    client._reset_sockets()


def _sentence(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate is not valid: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or error}"
    return str(error) or type(error).__name__
