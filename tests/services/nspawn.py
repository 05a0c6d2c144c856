"""A Debian with a real systemd in a container; needs root. Nothing of it survives a test.

Its file tree is made once (debootstrap, half a minute) and kept in the user's cache; each boot
writes to memory only.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from tests.services.waiting import PATIENCE_SECONDS


class Tree(NamedTuple):
    """A file tree by its name in the cache (another one for other packages)."""

    name: str
    packages: str


FOR_AGENTS: Final = Tree("debian-12-systemd-venv", "systemd,systemd-sysv,dbus,python3,python3-venv")
BARE: Final = Tree("debian-12-ssh", "systemd,systemd-sysv,python3,openssh-server")
"""As a machine comes to the depot: reached over SSH, with nothing else on it."""
_HOST_HAS_SYSTEMD = Path("/run/systemd/system").is_dir()
_STOP_SECONDS = 30.0
_numbers = count()
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Machine:
    """A booted container; `leader` is its process 1 as seen from outside."""

    def __init__(self, leader: int) -> None:
        self._leader = leader

    def run(self, *command: str, check: bool = True) -> str:
        """Runs a command inside and gives its output, errors included."""
        inside = ["nsenter", f"--target={self._leader}", "--all", "--root", "--wd"]
        done = subprocess.run(
            [*inside, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}")
        return done.stdout.strip()


def cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "courtfleet"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def debian_root(tree: Tree = FOR_AGENTS) -> Path:
    """The file tree of a small Debian 12 with systemd, made when it is not in the cache yet."""
    cache = cache_folder()
    root = cache / tree.name
    with (cache / f"{tree.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be at it
        if not root.exists():
            half_made = cache / f"{tree.name}.{os.getpid()}"
            try:
                _bootstrap(half_made, tree.packages)
                half_made.rename(root)
            finally:
                shutil.rmtree(half_made, ignore_errors=True)
    return root


def _bootstrap(root: Path, packages: str) -> None:
    command = [
        "debootstrap",
        "--variant=minbase",
        f"--include={packages}",
        f"--keyring={_KEYRING}",
    ]
    made = subprocess.run(
        [*command, "bookworm", str(root), _mirror()],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise RuntimeError(f"debootstrap failed:\n{made.stdout[-2000:]}")
    shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)


def _mirror() -> str:
    """Where this machine's own apt gets Debian 12 from."""
    sources = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    for line in sources.stdout.splitlines():
        release, _, uri = line.partition(" ")
        if release == "bookworm":
            return uri
    raise RuntimeError("apt knows no source of Debian 12 (bookworm)")


@contextmanager
def booted(
    binds: Mapping[Path, str], space: str = "", tree: Tree = FOR_AGENTS
) -> Iterator[Machine]:
    """Boots a container with these files and folders of ours at these places, read-only.

    It has the network namespace `space`; without one the host's network, so that it reaches servers
    on the loopback.
    """
    command = [
        "systemd-nspawn",
        "--quiet",
        f"--directory={debian_root(tree)}",
        f"--machine=courtfleet-{os.getpid()}-{next(_numbers)}",
        "--volatile=overlay",
        "--register=no",
        *([] if _HOST_HAS_SYSTEMD else ["--keep-unit"]),  # nobody to ask for a unit of its own
        "--boot",
        "--console=pipe",
        *([f"--network-namespace-path=/run/netns/{space}"] if space else []),
        *(f"--bind-ro={ours}:{theirs}" for ours, theirs in binds.items()),
    ]
    container = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    leader = None
    try:
        leader = _leader(container)
        machine = Machine(leader)
        _wait_until_running(machine)
        yield machine
    finally:
        _stop(container, leader)


def _stop(container: "subprocess.Popen[bytes]", leader: int | None) -> None:
    container.terminate()  # asks the systemd inside to power off
    try:
        container.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        if leader is not None:
            os.kill(leader, signal.SIGKILL)  # and all that runs inside
        container.kill()
        container.wait()
    if not _HOST_HAS_SYSTEMD:
        _remove_groups()


def _remove_groups() -> None:
    """Control groups that nspawn made below ours, and that nobody else would remove."""
    tops = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, own = line.split(":", 2)
        hierarchy = {"": "unified", "name=systemd": "systemd"}.get(controllers)
        if hierarchy:
            parent = Path(f"/sys/fs/cgroup/{hierarchy}{own}")
            tops += [parent / "payload", parent / "supervisor"]
    until = time.monotonic() + 5
    while any(top.exists() for top in tops) and time.monotonic() < until:
        for top in tops:
            for folder, _, _ in os.walk(top, topdown=False):
                with suppress(OSError):  # its last process is about to end
                    Path(folder).rmdir()
        time.sleep(0.02)


def _leader(container: "subprocess.Popen[bytes]") -> int:
    until = time.monotonic() + PATIENCE_SECONDS
    children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
    while container.poll() is None and time.monotonic() < until:
        for child in children.read_text().split():
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return int(child)
        time.sleep(0.05)
    raise RuntimeError("systemd-nspawn did not start a systemd")


def _wait_until_running(machine: Machine) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    state = ""
    while time.monotonic() < until:
        state = machine.run("systemctl", "is-system-running", check=False)
        if state in {"running", "degraded"}:
            return
        time.sleep(0.1)
    raise TimeoutError(f"systemd in the container is {state!r}")
