"""A file system that forgets, when its process is killed, all that was written and not synced.

    python forgetful_fs.py BACKING MOUNTPOINT

Contents stay in this process's memory until fsync puts them into BACKING. Names (create, rename,
remove) are kept at once, and a file is kept whole or not at all: torn pages are not modelled.
"""

import errno
import os
import sys
from pathlib import Path

import fuse

Attributes = dict[str, int | float]


class ForgetfulFiles(fuse.Operations):  # type: ignore[misc]  # fusepy has no types
    """One flat tree; single-threaded."""

    def __init__(self, backing: Path) -> None:
        self._backing = backing
        self._unsynced: dict[str, bytearray] = {}

    def _at(self, path: str) -> Path:
        return self._backing / path.lstrip("/")

    def _content(self, path: str) -> bytearray:
        if path not in self._unsynced:
            self._unsynced[path] = bytearray(self._at(path).read_bytes())
        return self._unsynced[path]

    def getattr(self, path: str, fh: int | None = None) -> Attributes:
        try:
            found = os.lstat(self._at(path))
        except FileNotFoundError:
            raise fuse.FuseOSError(errno.ENOENT) from None
        names = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime")
        attributes: Attributes = {name: getattr(found, name) for name in names}
        if path in self._unsynced:
            attributes["st_size"] = len(self._unsynced[path])
        return attributes

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *(found.name for found in self._at(path).iterdir())]

    def create(self, path: str, mode: int, fi: object = None) -> int:
        self._at(path).touch(mode=0o600)
        self._unsynced[path] = bytearray()
        return 0

    def open(self, path: str, flags: int) -> int:
        self._content(path)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self._content(path)[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        content = self._content(path)
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> None:
        content = self._content(path)
        content.extend(bytes(max(0, length - len(content))))
        del content[length:]

    def fsync(self, path: str, datasync: int, fh: int) -> None:
        self._at(path).write_bytes(self._content(path))

    def unlink(self, path: str) -> None:
        self._unsynced.pop(path, None)
        self._at(path).unlink()

    def rename(self, old: str, new: str) -> None:
        if old in self._unsynced:
            self._unsynced[new] = self._unsynced.pop(old)
        self._at(old).rename(self._at(new))

    def mkdir(self, path: str, mode: int) -> None:
        self._at(path).mkdir(mode=mode)

    def rmdir(self, path: str) -> None:
        self._at(path).rmdir()

    def chmod(self, path: str, mode: int) -> None:
        self._at(path).chmod(mode)

    def chown(self, path: str, uid: int, gid: int) -> None:
        pass  # the tests have one user

    def utimens(self, path: str, times: tuple[float, float] | None = None) -> None:
        pass  # nobody reads them

    def statfs(self, path: str) -> dict[str, int]:
        return {"f_bsize": 4096, "f_frsize": 4096, "f_blocks": 1 << 20, "f_bavail": 1 << 20}


if __name__ == "__main__":
    fuse.FUSE(ForgetfulFiles(Path(sys.argv[1])), sys.argv[2], foreground=True, nothreads=True)
