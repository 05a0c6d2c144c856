"""A proxy for one UDP conversation that does to each direction what it is told, and says what it
really did: on a busy machine a packet may wait longer than it was to."""

import heapq
import random
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from telemetry.wire.arrival import ROOM, arrived_at, tell_arrivals

HOST = "127.0.0.1"
_LONGEST_SECONDS = 0.05
_QUEUE_SECONDS = 1.0


@dataclass
class Way:
    """One direction. `lost_every` n: the n-th packet and each n-th after it; 0: none is lost.

    `bits_per_second` 0: as fast as they come; else packets wait in a queue of a second's length.
    `delays` are those that it really made, in the order in which packets left.
    """

    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    lost_every: int = 0
    bits_per_second: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    taken: int = 0
    lost: int = 0
    passed_bytes: int = 0
    delays: list[float] = field(default_factory=list)
    free_at: float = 0.0

    def due(self, packet: bytes, at: float) -> float | None:
        """When a packet that came `at` is to leave; None: never."""
        self.taken += 1
        if self.lost_every and self.taken % self.lost_every == 0:
            self.lost += 1
            return None
        leaves = at + self.delay_seconds + self.chance.uniform(0.0, self.jitter_seconds)
        if self.bits_per_second:
            begins = max(self.free_at, at)
            if begins - at > _QUEUE_SECONDS:
                self.lost += 1
                return None
            self.free_at = begins + 8 * (len(packet) + 28) / self.bits_per_second
            leaves += self.free_at - at
        self.passed_bytes += len(packet)
        return leaves

    def forget(self) -> None:
        """Count anew."""
        self.taken = self.lost = self.passed_bytes = 0
        self.delays.clear()


class UdpProxy:
    """`port` is where the client sends; whoever sent last gets the answers."""

    def __init__(self, target_port: int, up: Way, down: Way) -> None:
        self.up = up
        self.down = down
        self._near = _socket()
        self._near.bind((HOST, 0))
        self._far = _socket()
        self._far.connect((HOST, target_port))
        self._client: tuple[str, int] = (HOST, 0)
        self._waiting: list[tuple[float, int, bool, float, bytes]] = []
        self._order = count()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="udp-proxy", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._near.getsockname()[1])

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._near.close()
        self._far.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            wait = self._waiting[0][0] - time.time() if self._waiting else _LONGEST_SECONDS
            ready, _, _ = select.select(
                [self._near, self._far], [], [], min(max(wait, 0.0), _LONGEST_SECONDS)
            )
            for sock in ready:
                self._take(sock)
            while self._waiting and self._waiting[0][0] <= time.time():
                self._pass(*heapq.heappop(self._waiting)[2:])

    def _take(self, sock: socket.socket) -> None:
        is_up = sock is self._near
        for _ in range(64):
            try:
                packet, told, _, sender = sock.recvmsg(2048, ROOM)
            except OSError:
                return
            if is_up:
                self._client = sender
            at = arrived_at(told)
            due = (self.up if is_up else self.down).due(packet, at)
            if due is not None:
                heapq.heappush(self._waiting, (due, next(self._order), is_up, at, packet))

    def _pass(self, is_up: bool, came_at: float, packet: bytes) -> None:
        way = self.up if is_up else self.down
        way.delays.append(time.time() - came_at)
        if is_up:
            self._far.send(packet)
        else:
            self._near.sendto(packet, self._client)


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
    tell_arrivals(made)
    return made


@contextmanager
def udp_proxy(target_port: int, up: Way, down: Way) -> Iterator[UdpProxy]:
    """A proxy before a port of the loopback, ended with the block."""
    made = UdpProxy(target_port, up, down)
    try:
        yield made
    finally:
        made.close()
