"""The catalogue: playbooks that come with the server, and collections that people added."""

import gzip
import io
import os
import tarfile
import threading
import zlib
from pathlib import Path
from typing import Final

from msgspec import Struct

from fleet_server.database import Unit
from fleet_server.errors import Conflict, Malformed, NotAllowed, NotFound
from fleet_server.journal.model import What
from fleet_server.playbooks import rules
from fleet_server.playbooks.model import BUILTIN, Files, Json, Playbook, Variables

MOST_PACKED_BYTES: Final = 1_000_000
_MOST_UNPACKED_BYTES: Final = rules.MOST_BYTES + 2048 * rules.MOST_FILES  # with tar's own
_SUFFIX: Final = ".tar.gz"
BUNDLED: Final = Path(__file__).parents[2] / "playbooks"
_SHIPPED: Final = ("*.yml", "library/*.py", "roles/**/*")


class Collection(Struct, frozen=True):
    """A folder of content with its playbooks."""

    name: str
    files: Files
    playbooks: dict[str, Playbook]


class Catalogue:
    """The bundled collection, and the folder `playbooks` of the data folder; for any thread."""

    def __init__(self, data: Path, bundled: Path = BUNDLED) -> None:
        self._folder = data / "playbooks"
        self._bundled = bundled
        self._read: dict[str, tuple[int, Collection]] = {}
        self._reading = threading.Lock()

    def collections(self) -> list[Collection]:
        """All of them, the bundled one first, the others by name."""
        added = sorted(self._folder.glob(f"*{_SUFFIX}"))
        return [self._builtin(), *(self._added(path) for path in added)]

    def playbooks(self) -> list[Playbook]:
        """All playbooks, by collection and name."""
        return [one for each in self.collections() for one in each.playbooks.values()]

    def find(self, name: str) -> tuple[Playbook, Files]:
        """A playbook by its name, and the files of its collection.

        Raises:
            NotFound: there is none.
        """
        for collection in self.collections():
            if name in collection.playbooks:
                return collection.playbooks[name], collection.files
        raise NotFound("playbook_unknown", playbook=name[:80])

    def check(self, name: str, variables: Variables) -> None:
        """Let variables be what a playbook takes.

        Raises:
            NotFound: there is no such playbook.
            Malformed: as `rules.checked`.
        """
        rules.checked(self.find(name)[0], variables)

    def add(self, unit: Unit, name: str, packed: bytes) -> Collection:
        """Take a collection, or a newer one of that name; it was checked with `unpacked`.

        Raises:
            Malformed: the name or the content cannot be.
            Conflict: another collection has a playbook of the same name.
            NotAllowed: the caller does not see the whole fleet.
        """
        _check_sight(unit)
        if not rules.is_name(name) or name == BUILTIN:
            raise Malformed("playbooks_bad_name", name=name[:80])
        files = unpacked(packed)
        made = Collection(name, files, rules.playbooks(files, name))
        for other in self.collections():
            for taken in sorted(other.playbooks.keys() & made.playbooks.keys()):
                if other.name != name:
                    raise Conflict("playbook_taken", playbook=taken, collection=other.name)
        said = {one.name: one.version for one in made.playbooks.values()}
        unit.journal(What.PLAYBOOKS_ADDED, f"playbooks:{name}", None, said)
        self._write(name, packed)
        return made

    def remove(self, unit: Unit, name: str) -> None:
        """Forget a collection; orders that were placed carry theirs with them.

        Raises:
            NotFound: nobody added it.
            NotAllowed: the caller does not see the whole fleet.
        """
        _check_sight(unit)
        path = self._folder / f"{name}{_SUFFIX}"
        if not rules.is_name(name) or not path.exists():
            raise NotFound("playbooks_unknown", collection=name[:80])
        unit.journal(What.PLAYBOOKS_REMOVED, f"playbooks:{name}", None, None)
        path.unlink()

    def _builtin(self) -> Collection:
        with self._reading:
            if BUILTIN not in self._read:
                files = read_folder(self._bundled)
                found = rules.playbooks(files, BUILTIN)
                self._read[BUILTIN] = (0, Collection(BUILTIN, files, found))
            return self._read[BUILTIN][1]

    def _added(self, path: Path) -> Collection:
        name, mark = path.name.removesuffix(_SUFFIX), path.stat().st_mtime_ns
        with self._reading:
            known = self._read.get(name)
            if known is None or known[0] != mark:
                files = unpacked(path.read_bytes())
                known = (mark, Collection(name, files, rules.playbooks(files, name)))
                self._read[name] = known
            return known[1]

    def _write(self, name: str, packed: bytes) -> None:
        """Whole or not at all, and on the disk."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{name}{_SUFFIX}"
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def from_yaml(text: str) -> object:
    """What a text says, YAML or JSON.

    Raises:
        Malformed: it cannot be read.
    """
    return rules.from_yaml(text)


def as_yaml(value: Json) -> str:
    """The same as people write it."""
    return rules.as_yaml(value)


def secrets(variables: Variables) -> list[str]:
    """The names of variables that look like secrets."""
    return list(rules.secrets(variables))


def read_folder(folder: Path) -> Files:
    """The Ansible content of a folder: playbooks, modules and roles, and nothing else in it.

    Raises:
        Malformed: a link stands where a file should, or there is too much.
    """
    found: dict[str, bytes] = {}
    for pattern in _SHIPPED:
        for path in sorted(folder.glob(pattern)):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                raise Malformed("playbooks_not_a_file", path=name)
            if path.is_file() and "__pycache__" not in path.parts:
                found[name] = path.read_bytes()
                if len(found) > rules.MOST_FILES:
                    limits = {"files": rules.MOST_FILES, "bytes": rules.MOST_BYTES}
                    raise Malformed("playbooks_too_large", **limits)
    return found


def packed(files: Files) -> bytes:
    """Content as one archive, the same for the same files."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(files[name]), 0o644
            archive.addfile(member, io.BytesIO(files[name]))
    return gzip.compress(body.getvalue(), mtime=0)


def unpacked(archive: bytes) -> Files:
    """The files of an archive, in memory; nothing of it is trusted.

    Raises:
        Malformed: it is none, too large, or holds anything but plain files inside it.
    """
    found: dict[str, bytes] = {}
    left = rules.MOST_BYTES
    limits = {"files": rules.MOST_FILES, "bytes": rules.MOST_BYTES}
    try:
        body = zlib.decompressobj(wbits=31).decompress(archive, _MOST_UNPACKED_BYTES + 1)
        if len(body) > _MOST_UNPACKED_BYTES:
            raise Malformed("playbooks_too_large", **limits)
        with tarfile.open(fileobj=io.BytesIO(body), mode="r:") as packed_files:
            for member in packed_files:
                if not member.isfile():
                    raise Malformed("playbooks_not_a_file", path=member.name[:120])
                left -= member.size
                if left < 0 or len(found) >= rules.MOST_FILES:
                    raise Malformed("playbooks_too_large", **limits)
                content = packed_files.extractfile(member)
                found[member.name] = b"" if content is None else content.read()
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        raise Malformed("playbooks_no_archive") from error
    for problem in rules.problems(found):
        raise Malformed(problem.code, path=problem.path, **problem.facts)
    return found


def _check_sight(unit: Unit) -> None:
    if unit.caller.courts is not None:
        raise NotAllowed("not_whole_fleet")
