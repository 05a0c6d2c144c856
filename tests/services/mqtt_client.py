"""An MQTT client of tests: says what it published came to, and remembers what it received."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tests.services.mosquitto import HOST, Mosquitto, Papers
from tests.services.waiting import PATIENCE_SECONDS

HUNG_UP = 0x100


class MqttClient:
    """One connection over mutual TLS."""

    def __init__(self, port: int, papers: Papers, client_id: str, user: str | None) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.is_up = threading.Event()
        self.is_down = threading.Event()
        self._codes: dict[int, int] = {}
        self._granted: set[int] = set()
        self._changed = threading.Condition()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5
        )
        self._client.reconnect_delay_set(60, 60)  # a refused client must not try again by itself
        self._client.tls_set_context(papers.context())
        if user is not None:
            self._client.username_pw_set(user, "secret")
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.connect(HOST, port)
        self._client.loop_start()

    def publish(self, topic: str, payload: bytes) -> int:
        """Publish at QoS 1; the reason code of the broker's PUBACK, `HUNG_UP` without one."""
        sent = self._client.publish(topic, payload, qos=1)
        self._wait_for(lambda: sent.mid in self._codes or self.is_down.is_set())
        return self._codes.get(sent.mid, HUNG_UP)

    def send(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 1 without waiting for anything."""
        self._client.publish(topic, payload, qos=1)

    def subscribe(self, topic: str) -> None:
        """Subscribe, and wait for the broker's word, whatever it is."""
        _, mid = self._client.subscribe(topic, qos=1)
        assert mid is not None
        self._wait_for(lambda: mid in self._granted)

    def topics(self, last: str) -> list[str]:
        """The topics received until one ends with `last`."""
        self._wait_for(lambda: any(topic.endswith(last) for topic, _ in self.received))
        return [topic for topic, _ in self.received]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _wait_for(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            while not is_so():
                if not self._changed.wait(until - time.monotonic()):
                    raise TimeoutError("the broker does not answer")

    def _note(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _on_connect(
        self,
        client: mqtt.Client,
        data: object,
        flags: mqtt.ConnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if not code.is_failure:
            self.is_up.set()

    def _on_disconnect(
        self,
        client: mqtt.Client,
        data: object,
        flags: mqtt.DisconnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self.is_down.set()
        self._note()

    def _on_publish(
        self,
        client: mqtt.Client,
        data: object,
        mid: int,
        code: ReasonCode,
        properties: Properties,
    ) -> None:
        self._codes[mid] = code.value
        self._note()

    def _on_subscribe(
        self,
        client: mqtt.Client,
        data: object,
        mid: int,
        codes: list[ReasonCode],
        properties: Properties | None,
    ) -> None:
        self._granted.add(mid)
        self._note()

    def _on_message(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        self.received.append((message.topic, bytes(message.payload)))
        self._note()


@contextmanager
def connected(
    broker: Mosquitto, papers: Papers, client_id: str = "anything", user: str | None = None
) -> Iterator[MqttClient]:
    """A client that is connected, until the end of the block."""
    client = MqttClient(broker.port, papers, client_id, user)
    try:
        if not client.is_up.wait(PATIENCE_SECONDS):
            raise TimeoutError("the broker does not let this client in")
        yield client
    finally:
        client.close()
