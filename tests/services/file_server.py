"""An HTTPS server for one file that cuts, lies and dawdles as a test wants it to."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR

from fleet_server.authority.store import Authority

Behave = Callable[["Answer", int], None]


@dataclass
class Answer:
    """One request being answered: its headers, and what is to be sent where."""

    handler: BaseHTTPRequestHandler

    @property
    def first(self) -> int:
        """Which byte was asked for."""
        asked = self.handler.headers.get("range", "bytes=0-")
        return int(asked.removeprefix("bytes=").split("-")[0])

    def say(self, status: int, **headers: str | int) -> None:
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), str(value))
        self.handler.end_headers()

    def send(self, body: bytes) -> None:
        with contextlib.suppress(OSError):
            self.handler.wfile.write(body)
            self.handler.wfile.flush()

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self.handler.connection.shutdown(SHUT_RDWR)


def honest(content: bytes, cuts: Iterator[int] | None = None) -> Behave:
    """Answers ranges truly; each connection is cut after as many bytes as `cuts` says."""

    def behave(answer: Answer, _: int) -> None:
        first, total = answer.first, len(content)
        if first >= total:
            answer.say(416, content_range=f"bytes */{total}", content_length=0)
            return
        span = f"bytes {first}-{total - 1}/{total}"
        if "range" in answer.handler.headers:
            answer.say(206, content_range=span, content_length=total - first)
        else:
            answer.say(200, content_length=total)
        most = next(cuts, None) if cuts is not None else None
        answer.send(content[first:] if most is None else content[first : first + most])
        if most is not None:
            answer.cut()

    return behave


@dataclass
class FileServer:
    """Where it is, and what it was asked."""

    port: int = 0
    asked: list[int] = field(default_factory=list)
    began: list[float] = field(default_factory=list)

    def url(self, path: str = "/a/file") -> str:
        return f"https://127.0.0.1:{self.port}{path}"


@contextlib.contextmanager
def serving(authority: Authority, behave: Behave) -> Iterator[FileServer]:
    """Serve within the block; `behave` gets each request and its number."""
    told = FileServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # http.server's own name
            answer = Answer(self)
            told.asked.append(answer.first)
            told.began.append(time.monotonic())
            behave(answer, len(told.asked) - 1)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = False  # joined at the end: a test leaves no connection behind

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # who is cut off is not this server's business

    server = Server(("127.0.0.1", 0), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority.server_certificate_file, authority.server_key_file)
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def authority_in(folder: Path) -> Authority:
    """A CA with a server certificate for the loopback."""
    return Authority(folder, ["localhost", "127.0.0.1"], datetime.now(UTC))
