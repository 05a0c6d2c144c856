"""A map server on a free port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.services.waiting import PATIENCE_SECONDS

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@dataclass
class Upstream:
    """What it answers, and the paths it was asked for."""

    status: int = 200
    media_type: str = "image/png"
    body: bytes = PNG
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    address: str = ""


@contextmanager
def upstream() -> Iterator[Upstream]:
    """Runs until the end of the block. Answers wait for `gate`, which is open at first."""
    told = Upstream()
    told.gate.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            told.asked.append(self.path)
            told.gate.wait(PATIENCE_SECONDS)
            self.send_response(told.status)
            self.send_header("content-type", told.media_type)
            self.send_header("content-length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        told.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()
