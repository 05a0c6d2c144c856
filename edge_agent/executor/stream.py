"""A transmit stream looked at before anything unpacks it: only what a play of ours has goes on.

The form is ansible-runner's: a line `{"kwargs": ...}`, a line `{"zipfile": N}`, N bytes of zip in
base64 without a line feed, a line `{"eof": true}`. `Worker` itself would follow links and absolute
names, take container options from the sender, and unpack without end.
"""

import base64
import binascii
import io
import shlex
import stat
import zipfile
from pathlib import PurePosixPath
from typing import Final

import msgspec
from msgspec import Struct

from edge_agent.errors import EdgeError

MAX_UNPACKED_BYTES: Final = 64 << 20
MAX_ENTRIES: Final = 5000

_FOLDERS: Final = frozenset({"project", "inventory", "env"})
_ENV_FILES: Final = frozenset({"env/extravars", "env/cmdline"})
_OPTIONS: Final = frozenset({"--check", "--diff", "-v", "-vv", "-vvv"})
_CHECK: Final = "--check"
_EOF: Final = b'{"eof": true}'


class HostileStream(EdgeError):
    """The stream holds what no play of ours holds; the text says what, in a few words."""


class _Kwargs(Struct, frozen=True, forbid_unknown_fields=True):
    """What of a job the sender may set; everything else is the executor's to say."""

    playbook: str
    ident: str = ""
    limit: str = ""
    tags: str = ""
    skip_tags: str = ""
    cmdline: str = ""
    verbosity: int = 0
    forks: int = 0
    extravars: dict[str, msgspec.Raw] = {}


class _First(Struct, frozen=True, forbid_unknown_fields=True):
    kwargs: _Kwargs


class _Second(Struct, frozen=True, forbid_unknown_fields=True):
    zipfile: int


def check_stream(stream: bytes, *, is_check: bool) -> None:
    """Look at all of the stream. `is_check`: it must be one that changes nothing.

    Raises:
        HostileStream: something in it is not as it must be.
    """
    first, _, rest = stream.partition(b"\n")
    second, _, rest = rest.partition(b"\n")
    try:
        kwargs = msgspec.json.decode(first, type=_First).kwargs
        size = msgspec.json.decode(second, type=_Second).zipfile
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise HostileStream("not a transmit stream of a play") from error
    if not _is_inside(kwargs.playbook):
        raise HostileStream("a playbook outside the project")
    if not 0 < size <= len(rest):
        raise HostileStream("an archive of another size")
    end = (size + 2) // 3 * 4
    if rest[end:].strip() != _EOF:
        raise HostileStream("something after the archive")
    try:
        packed = base64.b64decode(rest[:end], validate=True)
    except (binascii.Error, ValueError) as error:
        raise HostileStream("an archive that is not base64") from error
    options = [*_options(kwargs.cmdline), *_archived_options(packed)]
    if is_check and _CHECK not in options:
        raise HostileStream("a check that would change something")


def _archived_options(packed: bytes) -> list[str]:
    """The options of the command line in the archive, all of which was looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            return _options(_read(archive, "env/cmdline"))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise HostileStream("a damaged archive") from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise HostileStream("an archive of too many files")
    # Unpacking ends at the size that is declared, so what is declared is what can come out.
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise HostileStream("an archive that unpacks to too much")
    names: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        name = entry.filename.rstrip("/")
        if name in names:
            raise HostileStream("an archive with a name twice")
        names.add(name)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name.startswith("/"):
        raise HostileStream("an archive with an absolute name")
    if not _is_inside(name.rstrip("/")):
        raise HostileStream("an archive with a name that leads out of it")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if stat.S_ISLNK(kind):
        raise HostileStream("an archive with a link")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise HostileStream("an archive with a device")
    top = PurePosixPath(name).parts[0]
    is_file = not name.endswith("/")
    if top not in _FOLDERS or (top == "env" and is_file and name not in _ENV_FILES):
        raise HostileStream("an archive with a file that no play needs")


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    is_plain = "\\" not in name and "\0" not in name and not path.is_absolute()
    return is_plain and bool(path.parts) and ".." not in path.parts


def _read(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode() if name in archive.namelist() else ""


def _options(cmdline: str) -> list[str]:
    found = shlex.split(cmdline)
    if not _OPTIONS.issuperset(found):
        raise HostileStream("an option that no play needs")
    return found
