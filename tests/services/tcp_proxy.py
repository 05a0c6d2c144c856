"""A link that breaks as links do: TCP to one port of the loopback, cut, stalled or half open."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

HOST = "127.0.0.1"
_CHUNK = 1 << 16


class Way(Enum):
    """What becomes of bytes, and of who connects."""

    OPEN = auto()
    CUT = auto()  # connections are reset, and so is whoever tries
    STALLED = auto()  # nothing comes through; all of it does later
    HALF_OPEN = auto()  # taken, and never delivered; the connections are of no use afterwards


class TcpProxy:
    """`port` is where clients connect; `set_way` counts at once, in both directions."""

    def __init__(self, target_port: int) -> None:
        self._target = (HOST, target_port)
        self._way = Way.OPEN
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()
        self._door = socket.create_server((HOST, 0))
        self.port = int(self._door.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, name="tcp-proxy", daemon=True)]
        self._threads[0].start()

    def set_way(self, way: Way) -> None:
        """Be like this from now on."""
        with self._changed:
            before, self._way = self._way, way
            if way is Way.CUT or before is Way.HALF_OPEN:
                self._reset()
            self._changed.notify_all()

    def close(self) -> None:
        self.set_way(Way.CUT)
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for thread in self._threads:
            thread.join(10)

    def _reset(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if self._way is Way.CUT:
                near.close()
                continue
            thread = threading.Thread(target=self._serve, args=(near,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, near: socket.socket) -> None:
        with near, socket.socket() as far:
            with self._changed:
                self._open |= {near, far}
            try:
                far.connect(self._target)
                back = threading.Thread(target=self._pass, args=(far, near), daemon=True)
                back.start()
                self._pass(near, far)
                back.join()
            except OSError:
                pass  # nobody is there: it ends for the client too
            finally:
                with self._changed:
                    self._open -= {near, far}

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                with self._changed:
                    self._changed.wait_for(lambda: self._way is not Way.STALLED)
                    is_lost = self._way is Way.HALF_OPEN
                if not is_lost:
                    target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def tcp_proxy(target_port: int) -> Iterator[TcpProxy]:
    """A proxy before a port of the loopback, ended with the block."""
    made = TcpProxy(target_port)
    try:
        yield made
    finally:
        made.close()
