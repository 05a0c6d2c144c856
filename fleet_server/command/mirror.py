"""Packages with all that they need, fetched by their own clients into one archive.

Debian packages come through this machine's apt, from its sources and with its keys, but as if
nothing were installed; so it must be a Debian of the assets' release. The archive is a flat
repository: `deb [trusted=yes] file:FOLDER ./` reads it. Its SHA-256, which a signed order names,
vouches for it.
"""

import gzip
import hashlib
import re
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fleet_server.errors import CommandFailed

_PLAIN: Final = re.compile(r"[^a-z0-9.+-]+")


def packages(names: Sequence[str], folder: Path, target: Path) -> None:
    """Debian packages, those that they depend on, and an index. Blocks.

    Raises:
        CommandFailed: apt knows one not, or cannot fetch it.
    """
    fetched = folder / "archives"
    (fetched / "partial").mkdir(parents=True)
    nothing_installed = folder / "status"
    nothing_installed.touch()
    _run(
        "apt-get",
        "--quiet",
        "--yes",
        "--download-only",
        "--no-install-recommends",
        f"--option=Dir::State::status={nothing_installed}",
        f"--option=Dir::Cache::archives={fetched}/",
        "--option=Debug::NoLocking=true",
        "--option=APT::Sandbox::User=root",
        "install",
        "--",
        *names,
    )
    archive(sorted(fetched.glob("*.deb")), folder, target)


def archive(files: Sequence[Path], folder: Path, target: Path) -> None:
    """A flat repository of these packages; its index, made in `folder`, is its last file. Blocks.

    Raises:
        CommandFailed: one of them is no package.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = "\n".join(_described(path) for path in files).encode()
    (folder / "Packages").write_bytes(index)
    (folder / "Packages.gz").write_bytes(gzip.compress(index, mtime=0))
    _pack([*files, folder / "Packages", folder / "Packages.gz"], target)


def wheels(requirements: Sequence[str], folder: Path, target: Path) -> None:
    """Wheels and those that they need, for this machine's Python. Blocks.

    Raises:
        CommandFailed: pip knows one not, or cannot fetch it.
    """
    folder.mkdir()
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-input")
    _run(*pip, "--wheel-dir", str(folder), *requirements)
    _pack(sorted(folder.glob("*.whl")), target)


def plain(name: str) -> str:
    """A package's name as it may stand in a file's."""
    return _PLAIN.sub("-", name.lower()).strip("-")


def _described(path: Path) -> str:
    """A package's paragraph of the index (deb822)."""
    control = _run("dpkg-deb", "--field", str(path)).strip()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return f"{control}\nFilename: ./{path.name}\nSize: {size}\nSHA256: {digest}\n"


def _pack(files: Sequence[Path], target: Path) -> None:
    """One archive, the same for the same files."""
    with tarfile.open(target, "w") as archive:
        for path in files:
            member = tarfile.TarInfo(path.name)
            member.size, member.mode = path.stat().st_size, 0o644
            with path.open("rb") as content:
                archive.addfile(member, content)


def _run(program: str, *words: str) -> str:
    try:
        done = subprocess.run(
            [program, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        problem = error.strerror or str(error)
        raise CommandFailed("mirror_failed", program=program, problem=problem) from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word of it"])[-1]
        raise CommandFailed("mirror_failed", program=Path(program).name, problem=last)
    return done.stdout
