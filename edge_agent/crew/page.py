"""The crew page's server: shows the agent's latest view, and puts what people do into its inbox."""

import logging
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from socket import socket
from threading import BoundedSemaphore, Event, Lock
from typing import Final, NamedTuple, cast

import msgspec
from msgspec import Struct

from edge_agent.crew import door, pin
from edge_agent.crew.acts import Act
from edge_agent.crew.sessions import Session, Sessions
from edge_agent.crew.view import NAMES, CrewView
from edge_agent.errors import Denial
from edge_agent.inputs import CrewAct, Input, PinAsked, PinRight
from telemetry.wire.people import Person

logger = logging.getLogger(__name__)

_FILES: Final = Path(__file__).with_name("page_files")
_KINDS: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_SHOWN: Final = {
    "/begin.js": "begin.js",
    "/crew.js": "crew.js",
    "/dialogs.js": "dialogs.js",
    "/parts.js": "parts.js",
    "/sections.js": "sections.js",
    "/words.js": "words.js",
    "/icon.svg": "icon.svg",
}
_JSON: Final = "application/json"
_HTML: Final = "text/html; charset=utf-8"
_STYLE: Final = "<style></style>"
_ASSET: Final = '<span class="asset"></span>'
_SCENE: Final = '<script id="scene" type="application/json">null</script>'
_NAMES: Final = {
    name: {word: said._asdict() for word, said in words.items()} for name, words in NAMES.items()
}
_MOST_BYTES: Final = 8192
_MOST_AT_ONCE: Final = 16
_SOCKET_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 15.0
_PIN_SECONDS: Final = 30.0
_WATCHED_SECONDS: Final = 60.0
_FIRST_SECONDS: Final = 2.0


class SignIn(Struct, forbid_unknown_fields=True):
    """What the page sends to act as somebody."""

    who: str
    pin: str


class Answer(NamedTuple):
    """An HTTP answer; `cookie` None: leave the browser's as it is. `style` stands in the body."""

    status: HTTPStatus
    body: bytes = b"{}"
    kind: str = _JSON
    cookie: str | None = None
    style: str = ""


class CrewPage:
    """Serves in the thread that calls `serve`, and a short-lived one for each connection.

    The agent's thread calls `show`; everything else belongs to the server's threads. `put` hands an
    input to the agent, which answers by the input's own callback.
    """

    def __init__(self, listener: socket, put: Callable[[Input], None]) -> None:
        self._shown: tuple[CrewView, Mapping[str, Person]] | None = None
        self._first = Event()
        self._put = put
        self._sessions = Sessions()
        self._one_pin = Lock()
        self._looked_at = float("-inf")
        self._server = _Server(listener, self)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @property
    def is_shown(self) -> bool:
        """Whether there is something to see yet."""
        return self._shown is not None

    def serve(self) -> None:
        """Answer until `close`, called from another thread."""
        self._server.serve_forever()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def show(self, view: CrewView, people: Mapping[str, Person]) -> None:
        """What is to be seen from now on; `people` with the hashes of their PINs, for us alone."""
        self._shown = view, people
        self._first.set()

    def is_watched(self) -> bool:
        """Whether somebody has the page open, so that it is worth a new picture at each tick."""
        return time.monotonic() - self._looked_at < _WATCHED_SECONDS

    def get(self, path: str, headers: dict[str, str]) -> Answer:
        """The answer to a GET."""
        if not door.may_look(headers, self.port):
            return Answer(HTTPStatus.FORBIDDEN)
        if path == "/api/view":
            return self._look(headers)
        if path == "/api/names":
            return Answer(HTTPStatus.OK, msgspec.json.encode(_NAMES))
        if path == "/":
            return self._index()
        name = _SHOWN.get(path)
        if name is None:
            return Answer(HTTPStatus.NOT_FOUND)
        file = _FILES / name
        return Answer(HTTPStatus.OK, file.read_bytes(), _KINDS[file.suffix])

    def post(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """The answer to a POST, after what it does is committed."""
        if not door.may_act(headers, self.port):
            return Answer(HTTPStatus.FORBIDDEN)
        try:
            if path == "/api/sign-in":
                return self._sign_in(msgspec.json.decode(body, type=SignIn))
            session = self._session(headers)
            given = headers.get("x-courtfleet-token", "")
            if session is None or not secrets.compare_digest(session.token, given):
                return _problem(HTTPStatus.UNAUTHORIZED, "signed_out")
            if path == "/api/sign-out":
                self._sessions.end(session)
                return Answer(HTTPStatus.OK, cookie="")
            if path == "/api/act":
                act = cast(Act, msgspec.json.decode(body, type=Act))
                return self._act(session, act)
        except Empty:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy")
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "not_understood", str(error))
        return Answer(HTTPStatus.NOT_FOUND)

    def _index(self) -> Answer:
        """The page with its style and what it first shows inside: one answer, and all is said."""
        self._looked_at = time.monotonic()
        style = (_FILES / "crew.css").read_text()
        page = (_FILES / "index.html").read_text().replace(_STYLE, f"<style>{style}</style>")
        if self._shown is not None:
            scene = msgspec.json.encode({"view": self._shown[0], "names": _NAMES}).decode()
            name = f"{_ASSET[:-7]}{escape(self._shown[0].standing.asset)}</span>"
            page = page.replace(_ASSET, name)
            # As JSON it means the same; as HTML it can end no element.
            page = page.replace(_SCENE, _SCENE.replace("null", scene.replace("<", "\\u003c")))
        return Answer(HTTPStatus.OK, page.encode(), _HTML, style=style)

    def _look(self, headers: dict[str, str]) -> Answer:
        self._looked_at = time.monotonic()
        if not self._first.wait(_FIRST_SECONDS) or self._shown is None:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "starting")
        view, _ = self._shown
        session = self._session(headers)
        me = None if session is None else {"who": session.who, "token": session.token}
        return Answer(HTTPStatus.OK, msgspec.json.encode({"view": view, "me": me}))

    def _session(self, headers: dict[str, str]) -> Session | None:
        """The session of this browser, while its person still may act here."""
        session = self._sessions.find(door.cookie(headers))
        if session is None or self._person(session.who) is None:
            return None
        return session

    def _person(self, who: str) -> Person | None:
        person = None if self._shown is None else self._shown[1].get(who)
        return person if person is not None and person.pin else None

    def _sign_in(self, given: SignIn) -> Answer:
        waits = SimpleQueue[float]()
        self._put(PinAsked(given.who[:64], waits.put))
        wait_seconds = waits.get(timeout=_ANSWER_SECONDS)
        if wait_seconds > 0:
            body = msgspec.json.encode({"code": "wait", "seconds": round(wait_seconds)})
            return Answer(HTTPStatus.TOO_MANY_REQUESTS, body)
        person = self._person(given.who)
        if person is None:
            return _problem(HTTPStatus.FORBIDDEN, "wrong_pin")
        is_right = self._is_right(pin.Question(person.pin, given.pin))
        if is_right is None:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy")
        if not is_right:
            return _problem(HTTPStatus.FORBIDDEN, "wrong_pin")
        self._put(PinRight(person.id))
        session = self._sessions.begin(person.id)
        body = msgspec.json.encode({"who": session.who, "token": session.token})
        return Answer(HTTPStatus.OK, body, cookie=session.cookie)

    def _act(self, session: Session, act: Act) -> Answer:
        done = SimpleQueue[Denial | None]()
        self._put(CrewAct(session.who, act, done.put))
        denial = done.get(timeout=_ANSWER_SECONDS)
        self._sessions.touch(session)
        return Answer(HTTPStatus.OK) if denial is None else _problem(HTTPStatus.CONFLICT, denial)

    def _is_right(self, question: pin.Question) -> bool | None:
        """None: it could not be found out. One at a time: each costs memory for a moment."""
        command = [sys.executable, "-m", "edge_agent.crew.pin"]
        try:
            with self._one_pin:
                status = subprocess.run(
                    command,
                    input=msgspec.json.encode(question),
                    timeout=_PIN_SECONDS,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                ).returncode
        except (OSError, subprocess.SubprocessError) as error:
            logger.warning("a PIN could not be checked", extra={"why": str(error)})
            return None
        return {pin.RIGHT: True, pin.WRONG: False}.get(status)


def _problem(status: HTTPStatus, code: str, detail: str = "") -> Answer:
    return Answer(status, msgspec.json.encode({"code": code, "detail": detail}))


class _Server(ThreadingHTTPServer):
    """Answers a few connections at once; one more is hung up on."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listener: socket, page: CrewPage) -> None:
        self.page = page
        self._free = BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_port = listener.getsockname()[1]

    def process_request(self, request: socket | tuple[bytes, socket], address: object) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket | tuple[bytes, socket], address: object
    ) -> None:
        try:
            super().process_request_thread(request, address)
        finally:
            self._free.release()

    def handle_error(self, request: socket | tuple[bytes, socket], address: object) -> None:
        logger.debug("a browser hung up")


class _Handler(BaseHTTPRequestHandler):
    """One connection, for as long as its browser keeps asking."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = _SOCKET_SECONDS

    def do_GET(self) -> None:
        self._send(self.server.page.get(self.path.partition("?")[0], self._headers()))

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _MOST_BYTES:
            self.close_connection = True  # what it wanted to say is still on its way
            self._send(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return
        body = self.rfile.read(int(length))
        self._send(self.server.page.post(self.path, self._headers(), body))

    def log_message(self, format: str, *args: object) -> None:
        logger.debug("crew page", extra={"request": self.requestline})

    def version_string(self) -> str:
        return "Courtfleet"

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in door.HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", door.content_policy(answer.style))
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.cookie is not None:
            self.send_header("Set-Cookie", door.set_cookie(answer.cookie))
        self.end_headers()
        self.wfile.write(answer.body)
