"""Files by their content on the disk, and a row for each."""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.artifacts import rules
from fleet_server.artifacts.model import Artifact, ArtifactKind, ArtifactRow
from fleet_server.database import Unit
from fleet_server.errors import Conflict, Malformed, NotAllowed, NotFound, TooLarge, Unavailable
from fleet_server.journal.model import What

MOST_BYTES: Final = 4 * 1024**3
_SPARE_BYTES: Final = 500 * 1024**2
"""So much stays free for readings and events, whatever is uploaded."""
_KEY_BYTES: Final = 32


class Upload:
    """A file on its way in; `sha256` and `bytes` are of what came so far."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(prefix=".upload-", dir=folder)
        self.path = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._hash = sha256()
        self.bytes = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def append(self, chunk: bytes) -> None:
        """Take more. Blocks.

        Raises:
            TooLarge: it is more than the store takes.
            Unavailable: the disk has no room to spare.
        """
        self.bytes += len(chunk)
        if self.bytes > MOST_BYTES:
            raise TooLarge("body_too_large", limit=MOST_BYTES)
        if shutil.disk_usage(self.path.parent).free < _SPARE_BYTES:
            raise Unavailable("artifacts_full")
        self._file.write(chunk)
        self._hash.update(chunk)

    def finish(self) -> None:
        """All of it is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


class Artifacts:
    """The folder `artifacts` of the data folder; may be used from any thread.

    `address` is how assets reach the listener, as `https://host:port`.
    """

    def __init__(self, data: Path, address: str) -> None:
        self._folder = data / "artifacts"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.glob(".upload-*"):  # by a server that was killed
            left.unlink()
        self._address = address
        self._key = _key(self._folder / "link.key")

    @contextlib.contextmanager
    def upload(self) -> Iterator[Upload]:
        """A place for a file that comes; what is not put into the store is gone afterwards."""
        made = Upload(self._folder)
        try:
            yield made
        finally:
            made.close()

    def put(self, unit: Unit, upload: Upload, name: str, kind: ArtifactKind) -> Artifact:
        """Keep a finished upload; the same content again only gets the new name.

        Raises:
            NotAllowed: the caller does not see the whole fleet.
        """
        _check_sight(unit)
        digest = upload.sha256
        path = self._path(digest)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        upload.path.chmod(0o600)
        upload.path.replace(path)
        old = unit.session.get(ArtifactRow, digest)
        row = ArtifactRow(
            sha256=digest,
            name=name,
            kind=str(kind),
            bytes=upload.bytes,
            added_at=unit.now,
            who=unit.caller.id,
            linked_until=None if old is None else old.linked_until,
        )
        unit.session.merge(row)
        said = {"name": name, "kind": kind, "bytes": upload.bytes, "sha256": digest}
        unit.journal(What.ARTIFACT_ADDED, f"artifact:{digest[:12]}", None, said)
        return _artifact(row)

    def remove(self, unit: Unit, digest: str) -> None:
        """Delete a file.

        Raises:
            NotFound: there is none with this SHA-256.
            Conflict: somebody may still fetch it.
            NotAllowed: the caller does not see the whole fleet.
        """
        _check_sight(unit)
        row = _row(unit.session, digest)
        until = row.linked_until
        if until is not None and until > unit.now:
            raise Conflict("artifact_in_use", name=row.name, until=f"{until:%Y-%m-%d %H:%M} UTC")
        said = {"name": row.name, "kind": row.kind, "bytes": row.bytes, "sha256": digest}
        unit.journal(What.ARTIFACT_REMOVED, f"artifact:{digest[:12]}", said, None)
        unit.session.delete(row)
        self._path(digest).unlink(missing_ok=True)

    def link(self, unit: Unit, digest: str, asset: str, until: datetime) -> str:
        """A link by which one asset fetches a file until then. It opens the store: never log it.

        Raises:
            NotFound: there is no such file.
        """
        row = _row(unit.session, digest)
        if row.linked_until is None or row.linked_until < until:
            row.linked_until = until
        return self._address + rules.path(self._key, digest, asset, until)

    def granted(self, asked: str, now: datetime) -> tuple[rules.Grant, Path]:
        """What a link allows, and the file.

        Raises:
            NotFound: it is no link, or the file is gone.
            NotAllowed: it was changed, or its time is over.
        """
        grant = rules.granted(self._key, asked, now)
        path = self._path(grant.sha256)
        if not path.is_file():
            raise NotFound("not_found")
        return grant, path

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def artifacts(session: Session) -> list[Artifact]:
    """All of them, the newest first."""
    query = select(ArtifactRow).order_by(ArtifactRow.added_at.desc(), ArtifactRow.sha256)
    return [_artifact(row) for row in session.scalars(query)]


def check_announced(upload: Upload, announced: str) -> None:
    """Refuse what is not what was announced; "" announces nothing.

    Raises:
        Malformed: it has another SHA-256.
    """
    if announced and announced != upload.sha256:
        raise Malformed("artifact_other_content", sha256=upload.sha256)


def _row(session: Session, digest: str) -> ArtifactRow:
    row = session.get(ArtifactRow, digest)
    if row is None:
        raise NotFound("artifact_unknown", artifact=digest[:64])
    return row


def _artifact(row: ArtifactRow) -> Artifact:
    return Artifact(
        sha256=row.sha256,
        name=row.name,
        kind=ArtifactKind(row.kind),
        bytes=row.bytes,
        added_at=row.added_at,
        who=row.who,
        linked_until=row.linked_until,
    )


def _key(path: Path) -> bytes:
    """The key that links are signed with, made at the first start."""
    if not path.exists():
        fresh = path.with_name(path.name + ".part")
        with open(fresh, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return path.read_bytes()


def _check_sight(unit: Unit) -> None:
    if unit.caller.courts is not None:
        raise NotAllowed("not_whole_fleet")
