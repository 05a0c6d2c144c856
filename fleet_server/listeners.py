"""The HTTP servers: on which socket, with or without TLS."""

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import TypeAlias

import uvicorn

from fleet_server.entrance import IS_LOCAL
from fleet_server.errors import BadSettings
from fleet_server.socket_names import short_name

Message: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]


class Listener(uvicorn.Server):
    """One of several HTTP servers in one loop: signals are the program's business.

    `up` is set when it listens.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Local:
    """Marks what comes by the Unix socket, which only the server's user can open."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        scope[IS_LOCAL] = True
        await self._application(scope, receive, send)


def listener(
    application: Application, tls: tuple[Path, Path] | None = None, most_connections: int = 500
) -> Listener:
    """An HTTP server for `serve(sockets=[...])`; `tls` is certificate and key."""
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=2,
        limit_concurrency=most_connections,
        ssl_certfile=None if tls is None else tls[0],
        ssl_keyfile=None if tls is None else tls[1],
    )
    return Listener(config)


def tcp_socket(host: str, port: int, flag: str) -> socket.socket:
    """A bound socket; port 0 takes a free one.

    Raises:
        BadSettings: something listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise BadSettings("port_taken", port=port, host=host, flag=flag) from error
    return made


def unix_socket(path: Path) -> socket.socket:
    """A bound socket that only the server's user can open; one left behind is replaced."""
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        path.unlink()
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with short_name(path) as name:
            made.bind(name)
    finally:
        os.umask(before)
    return made
