#!/usr/bin/python
"""Fetches one big file over a link that breaks, and goes on where it stopped.

Bytes go into `DEST.part`; what of it is surely on the disk stands in `DEST.part.json`, so that a
restart, a kill or a power cut costs the bytes since then. Every source must give the same bytes:
only their SHA-256 decides, whatever a server says of itself. Plain standard library.
"""

import hashlib
import http.client
import json
import os
import socket
import ssl
import time
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: courtfleet_fetch
short_description: Fetches one big file over a link that breaks
description:
  - Goes on where it stopped, after a cut, a restart of the play or a reboot.
  - Tries several sources in turn; the file appears whole or not at all.
options:
  urls:
    description: Where it can be had, https or http; the first is tried first. Never shown.
    type: list
    elements: str
    required: true
  sha256:
    description: What the content must be, 64 hexadecimal digits.
    type: str
    required: true
  dest:
    description: The file; its folder is made.
    type: path
    required: true
  most_bytes:
    description: More than this is refused while it comes.
    type: int
    default: 4294967296
  bytes_per_second:
    description: At most this fast, so that readings and hearings come first; 0 for no limit.
    type: int
    default: 0
  stall_seconds:
    description: Give up when no byte came for so long; what there is stays for the next try.
    type: int
    default: 300
  ca_file:
    description: Who may vouch for the sources; empty for the system's own list.
    type: path
  creates:
    description: Nothing is fetched when this exists.
    type: path
  mode:
    description: Of the finished file.
    type: str
    default: "0644"
author: The Courtfleet authors
"""
EXAMPLES = r"""
- name: Fetch the release
  courtfleet_fetch:
    urls: ["https://fleet.example.cn:8885/a/..."]
    sha256: "{{ release_sha256 }}"
    dest: /var/cache/courtfleet/release.tar
    bytes_per_second: 250000
"""
RETURN = r"""
bytes:
  description: How long the file is.
  returned: always, but in check mode
  type: int
resumed_at:
  description: How many bytes were there when it began.
  returned: when something was fetched
  type: int
cuts:
  description: How often a connection ended before the file did.
  returned: when something was fetched
  type: int
"""

_CHUNK_BYTES: Final = 16 * 1024
_SYNC_BYTES: Final = 1024 * 1024
_CONNECT_SECONDS: Final = 20.0
_SILENT_SECONDS: Final = 60.0
_FIRST_PAUSE_SECONDS: Final = 0.2
_LONGEST_PAUSE_SECONDS: Final = 20.0


class Wanted(NamedTuple):
    """What is fetched, and how gently."""

    urls: list[str]
    sha256: str
    dest: Path
    most_bytes: int
    bytes_per_second: int
    stall_seconds: float
    ca_file: str


class Fetched(NamedTuple):
    """What came of it."""

    bytes: int
    resumed_at: int
    cuts: int


class Failure(Exception):
    """It cannot be fetched now; one sentence, without any address."""


class Cut(Exception):
    """This connection gives no more; another may."""


class Unusable(Exception):
    """This source is not asked again; what came from others is not touched by it."""


class Liar(Exception):
    """What came is not what is wanted."""


class Part:
    """The bytes so far, their hash, and the note of how many of them are on the disk."""

    def __init__(self, dest: Path, sha256: str) -> None:
        self.path = dest.with_name(f"{dest.name}.part")
        self._note = dest.with_name(f"{dest.name}.part.json")
        self._sha256 = sha256
        self.path.touch(mode=0o600)
        self._file = self.path.open("r+b", buffering=0)  # a full disk is noticed where it happens
        self.length = 0
        self._synced = 0
        self._hash = hashlib.sha256()
        self._read_back(self._noted())

    def append(self, chunk: bytes) -> None:
        try:
            written = self._file.write(chunk)
        except OSError as error:  # not to be taken for a fault of the connection
            raise Failure(f"the disk takes no more ({error.strerror})") from error
        if written != len(chunk):
            raise Failure("the disk is full")
        self._hash.update(chunk)
        self.length += len(chunk)
        if self.length - self._synced >= _SYNC_BYTES:
            self.sync()

    def sync(self) -> None:
        """What was appended survives a power cut from here on."""
        if self.length == self._synced:
            return
        os.fsync(self._file.fileno())
        self._synced = self.length
        said = json.dumps({"sha256": self._sha256, "bytes": self.length})
        fresh = self._note.with_name(f"{self._note.name}.new")
        fresh.write_text(said)
        fresh.replace(self._note)

    def clear(self) -> None:
        """Begin anew."""
        self._note.unlink(missing_ok=True)
        self._file.seek(0)
        self._file.truncate()
        self.length = self._synced = 0
        self._hash = hashlib.sha256()

    def is_whole(self) -> bool:
        return self._hash.hexdigest() == self._sha256

    def become(self, dest: Path, mode: int) -> None:
        """The file appears, whole and on the disk."""
        os.fchmod(self._file.fileno(), mode)
        os.fsync(self._file.fileno())
        self.path.replace(dest)
        self._note.unlink(missing_ok=True)
        folder = os.open(dest.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self) -> None:
        self._file.close()

    def _noted(self) -> int:
        """How many bytes of this very content are surely there."""
        try:
            said = json.loads(self._note.read_bytes())
            return int(said["bytes"]) if said["sha256"] == self._sha256 else 0
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _read_back(self, noted: int) -> None:
        while self.length < noted:
            chunk = self._file.read(min(_SYNC_BYTES, noted - self.length))
            if not chunk:
                break
            self._hash.update(chunk)
            self.length += len(chunk)
        if self.length < noted:
            self.clear()
        self._file.truncate(self.length)
        self._file.seek(self.length)
        self._synced = self.length


class Pace:
    """Not more than so many bytes a second, over any second or longer."""

    def __init__(self, bytes_per_second: int) -> None:
        self._rate = bytes_per_second
        self._free_at = time.monotonic()

    @property
    def chunk_bytes(self) -> int:
        return _CHUNK_BYTES if not self._rate else max(512, min(_CHUNK_BYTES, self._rate // 4))

    @property
    def window_bytes(self) -> int:
        """How much may wait in the kernel: what it has taken already, nobody can slow down."""
        return 0 if not self._rate else max(4096, self._rate // 2)

    def took(self, count: int) -> None:
        if self._rate:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + count / self._rate
            time.sleep(self._free_at - now)


def fetch(wanted: Wanted, mode: int) -> Fetched:
    """Fetch a file to its place. Blocks, as long as bytes keep coming.

    Raises:
        Failure: no source gives it now, or what they give is something else.
        OSError: it cannot be written here.
    """
    wanted.dest.parent.mkdir(parents=True, exist_ok=True)
    with closing(Part(wanted.dest, wanted.sha256)) as part:
        resumed_at = part.length
        try:
            cuts = _fill(part, wanted)
        finally:
            part.sync()
        part.become(wanted.dest, mode)
        return Fetched(part.length, resumed_at, cuts)


def _fill(part: Part, wanted: Wanted) -> int:
    """Fill the part until it is whole; how often that was cut.

    All sources together first. When what they gave together is wrong, nobody knows whose bytes
    were, so each is then asked for all of it alone.
    """
    if part.is_whole():  # what was cut off was only the last step
        return 0
    try:
        return _fill_from(part, wanted.urls, wanted)
    except Liar as error:
        why = str(error)
    for url in wanted.urls:
        part.clear()
        try:
            return _fill_from(part, [url], wanted)
        except (Liar, Failure) as error:
            why = str(error)
    part.clear()
    raise Failure(why)


def _fill_from(part: Part, urls: list[str], wanted: Wanted) -> int:
    """Fill the part from these sources in turn.

    Raises:
        Liar: what came is wrong.
        Failure: none of them gives anything, or nothing came for too long.
    """
    pace = Pace(wanted.bytes_per_second)
    asked = list(urls)
    cuts = 0
    pause = _FIRST_PAUSE_SECONDS
    progress_at = time.monotonic()
    while True:
        before = part.length
        try:
            _take(part, asked[0], wanted, pace)
            if part.is_whole():
                return cuts
            raise Liar("what came has another SHA-256")
        except Unusable as error:
            why = str(error)
            del asked[0]
            if not asked:
                raise Failure(why) from error
        except Cut as error:
            why = str(error)
            cuts += 1
            asked.append(asked.pop(0))
        if part.length > before:
            progress_at, pause = time.monotonic(), _FIRST_PAUSE_SECONDS
        if time.monotonic() - progress_at + pause > wanted.stall_seconds:
            raise Failure(f"nothing came for {wanted.stall_seconds:g} s: {why}")
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _take(part: Part, url: str, wanted: Wanted, pace: Pace) -> None:
    """Append what one connection gives, to the end that it announced.

    Raises:
        Cut: it ended sooner, or never began.
        Unusable: it says what cannot be.
        Liar: it gave too much.
    """
    try:
        with closing(_connection(url, wanted.ca_file, pace.window_bytes)) as connection:
            connection.connect()
            connection.sock.settimeout(min(wanted.stall_seconds, _SILENT_SECONDS))
            # A connection that ends with its answer belongs to the answer, which closes it.
            with closing(_asked(connection, url, part.length)) as response:
                _prepare(part, response, wanted.most_bytes)
                _append(part, response, wanted.most_bytes, pace)
    except ssl.SSLCertVerificationError as error:
        raise Unusable(f"nobody vouches for it: {error.verify_message}") from error
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, OSError) and error.filename:
            raise
        raise Cut(type(error).__name__ if not str(error) else _short(error)) from error


def _append(part: Part, response: http.client.HTTPResponse, most_bytes: int, pace: Pace) -> None:
    due = response.length
    while chunk := response.read1(_least(pace.chunk_bytes, due)):
        part.append(chunk)
        due = None if due is None else due - len(chunk)
        if part.length > most_bytes:
            raise Liar(f"it gives more than {most_bytes} bytes")
        pace.took(len(chunk))
    if due:
        raise Cut("a connection ended before the file did")


def _connection(url: str, ca_file: str, window_bytes: int) -> http.client.HTTPConnection:
    at = urlsplit(url)
    host = at.hostname or ""

    def connect(
        address: tuple[str, int],
        timeout: float | None = None,
        source_address: tuple[str, int] | None = None,
    ) -> socket.socket:
        made = socket.create_connection(address, timeout, source_address)
        if window_bytes:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window_bytes)
        return made

    made: http.client.HTTPConnection
    if at.scheme == "https":
        trust = ssl.create_default_context(cafile=ca_file or None)
        made = http.client.HTTPSConnection(host, at.port, timeout=_CONNECT_SECONDS, context=trust)
    elif at.scheme == "http":
        made = http.client.HTTPConnection(host, at.port, timeout=_CONNECT_SECONDS)
    else:
        raise Unusable("an address begins with https:// or http://")
    vars(made)["_create_connection"] = connect  # http.client's own place for it
    return made


def _asked(connection: http.client.HTTPConnection, url: str, at: int) -> http.client.HTTPResponse:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"accept-encoding": "identity", "connection": "close"}
    if at:
        headers["range"] = f"bytes={at}-"
    connection.request("GET", target, headers=headers)
    return connection.getresponse()


def _prepare(part: Part, response: http.client.HTTPResponse, most_bytes: int) -> None:
    """See whether what comes continues what is there."""
    status = response.status
    if status == http.client.PARTIAL_CONTENT:
        first, total = _range(response.getheader("content-range", ""))
        if first != part.length:
            raise Unusable("it continues at another byte than it was asked to")
        if total is not None and not part.length < total <= most_bytes:
            raise Unusable("it says a length that cannot be")
    elif status == http.client.OK:
        part.clear()
        if response.length is not None and response.length > most_bytes:
            raise Unusable(f"it gives more than {most_bytes} bytes")
    elif status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
        part.clear()
        raise Cut("it has fewer bytes than are here already")
    elif status >= 500 or status in {408, 425, 429}:
        raise Cut(f"it answers {status}")
    else:
        raise Unusable(f"it answers {status}")


def _range(said: str) -> tuple[int, int | None]:
    """First byte and total length of a Content-Range; the total may be kept secret (`*`)."""
    unit, _, rest = said.partition(" ")
    span, _, total = rest.partition("/")
    first = span.partition("-")[0]
    if unit != "bytes" or not first.isdecimal() or not (total == "*" or total.isdecimal()):
        raise Unusable("its Content-Range cannot be read")
    return int(first), None if total == "*" else int(total)


def _least(chunk_bytes: int, due: int | None) -> int:
    return chunk_bytes if due is None else min(chunk_bytes, due)


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:120]


def is_there(path: Path, sha256: str) -> bool:
    """Whether the file is there with that content."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def main() -> None:
    """As Ansible calls it."""
    module = AnsibleModule(
        argument_spec={
            # A signed link opens the store to whoever reads it: it must not come home in an event.
            "urls": {"type": "list", "elements": "str", "required": True, "no_log": True},
            "sha256": {"type": "str", "required": True},
            "dest": {"type": "path", "required": True},
            "most_bytes": {"type": "int", "default": 4 * 1024**3},
            "bytes_per_second": {"type": "int", "default": 0},
            "stall_seconds": {"type": "int", "default": 300},
            "ca_file": {"type": "path"},
            "creates": {"type": "path"},
            "mode": {"type": "str", "default": "0644"},
        },
        supports_check_mode=True,
    )
    given = module.params
    dest = Path(given["dest"])
    wanted = Wanted(
        urls=given["urls"],
        sha256=given["sha256"],
        dest=dest,
        most_bytes=given["most_bytes"],
        bytes_per_second=given["bytes_per_second"],
        stall_seconds=float(given["stall_seconds"]),
        ca_file=given["ca_file"] or "",
    )
    try:
        if given["creates"] and Path(given["creates"]).exists():
            module.exit_json(changed=False, bytes=0)
        if is_there(dest, wanted.sha256):
            module.exit_json(changed=False, bytes=dest.stat().st_size)
        if module.check_mode:
            module.exit_json(changed=True)
        module.exit_json(changed=True, **fetch(wanted, int(given["mode"], 8))._asdict())
    except Failure as error:
        module.fail_json(msg=f"The file was not fetched: {error}.")
    except OSError as error:
        module.fail_json(msg=f"The file cannot be written: {error.strerror or error}.")


if __name__ == "__main__":
    main()
