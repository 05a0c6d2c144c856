"""A PostgreSQL server of the test's own, in a folder of its own, on a Unix socket only."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

USER = "postgres"


@contextmanager
def postgres() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database; the server ends with the block.

    PostgreSQL refuses to run as root, and a socket's path holds 107 bytes only: hence the user
    and the short folder.
    """
    with TemporaryDirectory(prefix="pg", dir="/tmp") as name:
        folder = Path(name)
        data = folder / "data"
        if os.geteuid() == 0:
            owner = pwd.getpwnam(USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        _run("initdb", "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -k {folder} -c fsync=off"
        log = str(folder / "log")
        _run("pg_ctl", "start", "-w", "-s", "-D", str(data), "-l", log, "-o", options)
        try:
            yield f"postgresql+psycopg://{USER}@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "stop", "-w", "-s", "-D", str(data), "-m", "immediate")


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as somebody it accepts.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
        subprocess.CalledProcessError: it failed; its words are in the error's output.
    """
    command = [_program(program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", USER, "--", *command]
    subprocess.run(
        command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


def _program(name: str) -> str:
    """Debian keeps the server's programs out of PATH, in a folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = shutil.which(name) or (str(found[-1]) if found else None)
    if path is None:
        raise FileNotFoundError(f"PostgreSQL's {name} is not installed")
    return path
