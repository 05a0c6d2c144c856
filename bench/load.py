"""A fleet that only sends: encoded beforehand, over plain sockets, from a process of its own.

`python -m bench.load` reads one `Task` as a line of JSON, answers "ready" when everything is
encoded, starts at the next line, and prints one `Sent`.
"""

import itertools
import select
import socket
import ssl
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from bench import traffic
from telemetry.wire import codec, topics
from tests.services.mosquitto import HOST, Papers

_SLICE_SECONDS = 0.01
_SLICES_A_READING = 20
_PATIENCE_SECONDS = 20.0


class Task(Struct, frozen=True):
    """What to send: so many messages an asset; at a `rate` (messages/s, all together), or with
    `window` messages of each asset unsettled, as fast as they are settled. The records of one
    message are measured `step_ms` after those of the one before."""

    port: int
    ca: str
    assets: dict[str, tuple[str, str]]
    messages_each: int
    reports_a_message: int
    first: int
    now: int
    rate: float = 0.0
    window: int = 0
    step_ms: int = 0


class Sent(Struct, frozen=True):
    """What was sent and, with a window, settled, and how long that took."""

    messages: int
    settled: int
    seconds: float
    cpu_seconds: float


class Vehicle:
    """One connection, MQTT 5 at QoS 1."""

    def __init__(self, task: Task, asset: str, seed: int) -> None:
        certificate, key = task.assets[asset]
        context = Papers(Path(task.ca), Path(certificate), Path(key)).context()
        self.asset = asset
        self.unsettled = 0
        self.settled = 0
        self.received = 0  # by the broker
        self._buffer = b""
        topic = topics.batch(asset).encode()
        payloads = traffic.messages(
            seed, task.messages_each, task.reports_a_message, task.now, task.first, task.step_ms
        )
        self._greeting = _publish(topic, 1, traffic.greeting(task.now, task.first - 1))
        self.packets = [_publish(topic, 2 + n % 60_000, p) for n, p in enumerate(payloads)]
        self.next = 0
        self._context = context
        self._port = task.port

    def connect(self) -> None:
        plain = socket.create_connection((HOST, self._port), 10)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = self._context.wrap_socket(plain, server_hostname=HOST)
        self._send(b"\x10", b"\x00\x04MQTT\x05\x02\x00\x3c\x00" + _text(self.asset.encode()))
        self._wait_for(0x20)
        self._send(b"\x82", b"\x00\x01\x00" + _text(topics.ack(self.asset).encode()) + b"\x00")
        self._wait_for(0x90)
        self.socket.sendall(self._greeting)
        self._wait_for(0x40)

    def send(self, count: int) -> None:
        """The next `count` messages, at most those there are."""
        chunk = self.packets[self.next : self.next + count]
        if chunk:
            self.socket.sendall(b"".join(chunk))
            self.next += len(chunk)
            self.unsettled += len(chunk)

    def read(self) -> None:
        """Take in what has come, without waiting."""
        self.socket.settimeout(0)
        try:
            while True:
                more = self.socket.recv(65536)
                if not more:
                    raise ConnectionError("the broker hung up")
                self._buffer += more
        except ssl.SSLWantReadError:
            pass
        finally:
            self.socket.settimeout(10)
        for kind, body in self._split():
            if kind & 0xF0 == 0x30:
                self._take_ack(body)
            elif kind & 0xF0 == 0x40:
                self.received += 1

    def _take_ack(self, body: bytes) -> None:
        (length,) = struct.unpack_from("!H", body)
        ack = codec.decode_ack(body[2 + length + 1 :])
        if ack.refused:
            raise RuntimeError(f"refused: {ack.refused[0].code}")
        self.settled += len(ack.settled)
        self.unsettled -= len(ack.settled)

    def _wait_for(self, kind: int) -> None:
        while True:
            if any(found & 0xF0 == kind for found, _ in list(self._split())):
                return
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("the broker hung up")
            self._buffer += more

    def _split(self) -> Iterator[tuple[int, bytes]]:
        """Whole packets of what has come so far: first byte, and what follows the length."""
        at, data = 0, self._buffer
        while len(data) - at >= 2:
            length, shift, place = 0, 0, at + 1
            while place < len(data):
                length |= (data[place] & 0x7F) << shift
                shift += 7
                place += 1
                if data[place - 1] < 0x80:
                    break
            else:
                break
            if len(data) < place + length:
                break
            yield data[at], data[place : place + length]
            at = place + length
        self._buffer = data[at:]

    def _send(self, kind: bytes, body: bytes) -> None:
        self.socket.sendall(kind + _length(len(body)) + body)


def _publish(topic: bytes, packet_id: int, payload: bytes) -> bytes:
    body = _text(topic) + struct.pack("!H", packet_id) + b"\x00" + payload
    return b"\x32" + _length(len(body)) + body


def _text(text: bytes) -> bytes:
    return struct.pack("!H", len(text)) + text


def _length(length: int) -> bytes:
    found = bytearray()
    while True:
        length, low = divmod(length, 128)
        found.append(low | (0x80 if length else 0))
        if not length:
            return bytes(found)


def send_at_rate(vehicles: list[Vehicle], rate: float) -> None:
    """One message of each vehicle in turn, evenly over time."""
    began = time.monotonic()
    sent = 0
    total = sum(len(vehicle.packets) for vehicle in vehicles)
    turn = itertools.cycle(vehicles)
    for pause in itertools.count():
        due = min(total, int((time.monotonic() - began) * rate))
        while sent < due:
            next(turn).send(1)
            sent += 1
        if sent == total:
            break
        if pause % _SLICES_A_READING == 0:
            for vehicle in vehicles:
                vehicle.read()
        time.sleep(_SLICE_SECONDS)
    # Who hangs up with answers unread makes the kernel throw away what the broker has not read.
    while any(vehicle.received < len(vehicle.packets) for vehicle in vehicles):
        if time.monotonic() - began > total / rate + _PATIENCE_SECONDS:
            raise TimeoutError("the broker does not take all messages")
        for vehicle in vehicles:
            vehicle.read()
        time.sleep(_SLICE_SECONDS)


def send_settled(vehicles: list[Vehicle], window: int) -> None:
    """Every vehicle keeps `window` messages unsettled until all are settled."""
    by_socket = {vehicle.socket: vehicle for vehicle in vehicles}
    last = time.monotonic()
    for vehicle in vehicles:
        vehicle.send(window)
    while any(vehicle.unsettled for vehicle in vehicles):
        if time.monotonic() - last > _PATIENCE_SECONDS:
            raise TimeoutError("messages stay unsettled")
        for ready in select.select(list(by_socket), [], [], 1)[0]:
            vehicle = by_socket[ready]
            before = vehicle.settled
            vehicle.read()
            if vehicle.settled > before:
                last = time.monotonic()
                vehicle.send(window - vehicle.unsettled)


def main() -> None:
    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)
    vehicles = [Vehicle(task, asset, seed) for seed, asset in enumerate(task.assets)]
    for vehicle in vehicles:
        vehicle.connect()
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu = time.monotonic(), time.process_time()
    if task.window:
        send_settled(vehicles, task.window)
    else:
        send_at_rate(vehicles, task.rate)
    spent, cpu_spent = time.monotonic() - began, time.process_time() - cpu
    sent = sum(vehicle.next for vehicle in vehicles)
    settled = sum(vehicle.settled for vehicle in vehicles)
    for vehicle in vehicles:
        vehicle.socket.close()
    print(msgspec.json.encode(Sent(sent, settled, spent, cpu_spent)).decode(), flush=True)


if __name__ == "__main__":
    main()
