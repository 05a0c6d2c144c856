"""Whether the machine still is as the play `configure` left it: seen from outside, without a play.

The play writes a manifest: what was desired, and how each file was when it was done. A look costs a
stat a file; only what a stat finds changed is read, where the agent may read it.
"""

import hashlib
import logging
import os
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from telemetry.wire.events import Configured

logger = logging.getLogger(__name__)

CONFIGURED: Final = "configured"
"""The fact by which it is remembered what was told last."""

_MOST_FILES: Final = 64
_MOST_WAITING: Final = 32
_MOST_BYTES: Final = 1 << 20
_LONGEST_NAME: Final = 256
_NONE: Final = Configured("", 0)

_Mark = tuple[int, int, int, int]
"""Size, mtime in ns, inode and mode: what another write changes."""


class ManagedFile(Struct, frozen=True):
    """A file as the play left it; of a link only `link` counts, and where it leads."""

    path: str
    link: str = ""
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    mode: int = 0
    owner: int = 0
    group: int = 0
    sha256: str = ""


class Manifest(Struct, frozen=True):
    """What the play wrote down at its end."""

    hash: str
    applied_at: int
    files: list[ManagedFile] = []
    waiting: list[str] = []


class ConfigurationWatch:
    """Looks at the manifest and at the files that it names; owned by one thread."""

    def __init__(self, manifest: Path) -> None:
        self._file = manifest
        self._mark: _Mark | None = None
        self._manifest: Manifest | None = None
        self._same: dict[str, _Mark] = {}
        self._told: Configured | None = None

    def look(self) -> Configured | None:
        """What is found now; None when that is what the look before found."""
        self._read_manifest()
        manifest = self._manifest
        if manifest is None:
            found = _NONE
        else:
            found = Configured(
                manifest.hash[:64],
                max(manifest.applied_at, 0),
                [
                    one.path[:_LONGEST_NAME]
                    for one in manifest.files[:_MOST_FILES]
                    if self._differs(one)
                ],
                [one[:_LONGEST_NAME] for one in manifest.waiting[:_MOST_WAITING]],
            )
        if found == self._told:
            return None
        self._told = found
        return found

    def _read_manifest(self) -> None:
        """Only when it is another file than before: the play replaces it whole."""
        mark = _mark(self._file)
        if mark == self._mark:
            return
        self._mark, self._manifest = mark, None
        self._same.clear()
        if mark is None or mark[0] > _MOST_BYTES:
            return
        try:
            self._manifest = msgspec.json.decode(self._file.read_bytes(), type=Manifest)
        except (OSError, msgspec.MsgspecError) as error:
            logger.warning("the manifest cannot be read", extra={"why": str(error)})

    def _differs(self, file: ManagedFile) -> bool:
        """Who may not look into a folder cannot say that something differs there."""
        path = Path(file.path)
        try:
            if file.link:
                return str(path.readlink()) != file.link
            found = path.lstat()
        except PermissionError:
            return False
        except OSError:
            return True
        mark = _of(found)
        if (found.st_mode, found.st_uid, found.st_gid) != (file.mode, file.owner, file.group):
            return True
        is_untouched = mark[:3] == (file.size, file.mtime_ns, file.inode)
        return not (is_untouched or self._has_same_content(file, mark))

    def _has_same_content(self, file: ManagedFile, found: _Mark) -> bool:
        """Whether a file that was touched is the same all the same; read once a change."""
        if self._same.get(file.path) == found:
            return True
        if found[0] != file.size or found[0] > _MOST_BYTES:
            return False
        try:
            content = Path(file.path).read_bytes()
        except OSError:
            return False
        is_same = hashlib.sha256(content).hexdigest() == file.sha256
        if is_same:
            self._same[file.path] = found
        return is_same


def _mark(path: Path) -> _Mark | None:
    try:
        return _of(path.stat())
    except OSError:
        return None


def _of(found: os.stat_result) -> _Mark:
    return (found.st_size, found.st_mtime_ns, found.st_ino, found.st_mode)
