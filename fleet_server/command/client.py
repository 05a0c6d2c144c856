"""How the commands talk to a server: REST over its Unix socket, or over HTTP with a token."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from fleet_server.errors import CommandFailed, Refused
from fleet_server.socket_names import short_name

_LONG_SECONDS = 600.0
Query: TypeAlias = Mapping[str, str | int | Sequence[str] | None]
Answer = TypeVar("Answer", bound=BaseModel)


class Client:
    """Calls of one server. `address` is for people."""

    def __init__(self, http: httpx.Client, address: str) -> None:
        self._http = http
        self.address = address

    def get(self, path: str, kind: type[Answer], query: Query | None = None) -> Answer:
        """GET, and the answer as `kind`.

        Raises:
            CommandFailed: nobody answers, or the answer is not this server's.
            Refused: the server says no.
        """
        return self._read(self._send("GET", path, query=query), kind)

    def text(self, path: str) -> str:
        """GET of plain text; raises as `get` does."""
        return self._send("GET", path).text

    def post(self, path: str, body: BaseModel, kind: type[Answer]) -> Answer:
        """POST of `body`; raises as `get` does."""
        return self._read(self._send("POST", path, body=body), kind)

    def put(
        self, path: str, body: BaseModel, kind: type[Answer], query: Query | None = None
    ) -> Answer:
        """PUT; raises as `get` does."""
        return self._read(self._send("PUT", path, query, body), kind)

    def patch(self, path: str, body: BaseModel, kind: type[Answer]) -> Answer:
        """PATCH with the fields of `body` that were set; raises as `get` does."""
        with self._reaching():
            said = body.model_dump(mode="json", exclude_unset=True)
            response = self._http.patch(path, json=said)
        if response.is_error:
            raise self._refusal(response)
        return self._read(response, kind)

    def post_file(self, path: str, query: Query, content: bytes, kind: type[Answer]) -> Answer:
        """POST of a file's bytes; raises as `get` does."""
        with self._reaching():
            response = self._http.post(path, params=_given(query), content=content)
        if response.is_error:
            raise self._refusal(response)
        return self._read(response, kind)

    def put_file(self, path: str, query: Query, content: bytes, kind: type[Answer]) -> Answer:
        """PUT of a file's bytes; raises as `get` does."""
        with self._reaching():
            response = self._http.put(path, params=_given(query), content=content)
        if response.is_error:
            raise self._refusal(response)
        return self._read(response, kind)

    def send_file(self, path: str, query: Query, file: Path, kind: type[Answer]) -> Answer:
        """POST of a file of any size, read as it is sent; raises as `get` does.

        Raises:
            CommandFailed: the file cannot be read.
        """
        try:
            with file.open("rb") as content, self._reaching():
                response = self._http.post(
                    path, params=_given(query), content=content, timeout=_LONG_SECONDS
                )
        except OSError as error:
            problem = error.strerror or str(error)
            raise CommandFailed("file_unreadable", path=str(file), problem=problem) from error
        if response.is_error:
            raise self._refusal(response)
        return self._read(response, kind)

    def delete(self, path: str, query: Query | None = None) -> None:
        """DELETE; raises as `get` does."""
        self._send("DELETE", path, query)

    def download(self, path: str, query: Query, target: Path) -> int:
        """GET into a file, which appears whole or not at all; the number of rows in it.

        Raises:
            CommandFailed: as `get`, or the file cannot be written.
        """
        part = target.with_name(target.name + ".part")
        try:
            with (
                self._reaching(),
                self._http.stream("GET", path, params=_given(query)) as response,
                part.open("wb") as file,
            ):
                if response.is_error:
                    response.read()
                    raise self._refusal(response)
                for chunk in response.iter_bytes():
                    file.write(chunk)
            part.replace(target)
            return int(response.headers.get("x-courtfleet-rows", "0"))
        except OSError as error:
            raise CommandFailed(
                "file_unwritable", path=str(target), problem=error.strerror or str(error)
            ) from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _send(
        self, method: str, path: str, query: Query | None = None, body: BaseModel | None = None
    ) -> httpx.Response:
        with self._reaching():
            response = self._http.request(
                method,
                path,
                params=_given(query or {}),
                json=None if body is None else body.model_dump(mode="json"),
            )
        if response.is_error:
            raise self._refusal(response)
        return response

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise CommandFailed("no_server", address=self.address) from error

    def _read(self, response: httpx.Response, kind: type[Answer]) -> Answer:
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            raise CommandFailed("strange_answer", address=self.address) from error

    def _refusal(self, response: httpx.Response) -> CommandFailed:
        try:
            said = response.json()
            return Refused(str(said["code"]), str(said["detail"]))
        except (ValueError, KeyError, TypeError):
            return CommandFailed("strange_answer", address=self.address)


Connect: TypeAlias = Callable[[], contextlib.AbstractContextManager[Client]]
"""Connects to the server that a command was told of; raises as `Client.get` does."""


@contextlib.contextmanager
def connected(server: str, token: str, language: str) -> Iterator[Client]:
    """A client of `server`: an http(s) URL, a Unix socket's path, or the data folder with one."""
    headers = {"accept-language": language}
    if server.startswith(("http://", "https://")):
        if token:
            headers["authorization"] = f"Bearer {token}"
        with httpx.Client(base_url=server, headers=headers, timeout=60, trust_env=False) as http:
            yield Client(http, server)
        return
    path = Path(server).absolute()
    path = path / "server.sock" if path.is_dir() else path
    if not path.parent.is_dir():
        raise CommandFailed("no_server", address=str(path))
    with short_name(path) as name:
        transport = httpx.HTTPTransport(uds=name)
        with httpx.Client(
            transport=transport, base_url="http://local", headers=headers, timeout=60
        ) as http:
            yield Client(http, str(path))


def _given(query: Query) -> dict[str, str | int | Sequence[str]]:
    return {key: value for key, value in query.items() if value is not None}
