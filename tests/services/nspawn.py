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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from tests.services.waiting import PATIENCE_SECONDS


class Tree(NamedTuple):
    """A file tree by its name in the cache (another one for other packages).

    `below`: the one that these packages are installed on top of; None: Debian is made from nothing.
    """

    name: str
    packages: str
    below: "Tree | None" = None


FOR_AGENTS: Final = Tree("debian-12-systemd-venv", "systemd,systemd-sysv,dbus,python3,python3-venv")
WITH_NETWORK_MANAGER: Final = Tree("debian-12-network-manager", "network-manager", FOR_AGENTS)
WITH_CUPS: Final = Tree("debian-12-cups", "cups,cups-client,cups-ipp-utils", FOR_AGENTS)
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

    @property
    def is_down(self) -> bool:
        """Whether it has ended, of its own will or not."""
        return not Path(f"/proc/{self._leader}").exists()

    def cut_power(self) -> None:
        """Nothing inside gets to do anything more."""
        os.kill(self._leader, signal.SIGKILL)


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
                if tree.below:
                    _install_on(debian_root(tree.below), half_made, tree.packages)
                else:
                    _bootstrap(half_made, tree.packages)
                shutil.rmtree(half_made / "var/cache/apt/archives", ignore_errors=True)
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
    _make([*command, "bookworm", str(root), _mirror()])


def _install_on(below: Path, root: Path, packages: str) -> None:
    """For what wants to be configured where processes can run, which debootstrap does not offer."""
    _make(["cp", "--archive", str(below), str(root)])
    install = "apt-get -q update && apt-get -q -y --no-install-recommends install"
    inside = ["--pipe", "sh", "-c", f"{install} {packages.replace(',', ' ')}"]
    _make([*_nspawn(root), "--setenv=DEBIAN_FRONTEND=noninteractive", *inside])


def _make(command: Sequence[str]) -> None:
    made = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if made.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{made.stdout[-2000:]}")


def _nspawn(root: Path) -> list[str]:
    return [
        "systemd-nspawn",
        "--quiet",
        f"--directory={root}",
        f"--machine=courtfleet-{os.getpid()}-{next(_numbers)}",
        "--register=no",
        *([] if _HOST_HAS_SYSTEMD else ["--keep-unit"]),  # nobody to ask for a unit of its own
    ]


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
def disk(folder: Path, tree: Tree) -> Iterator[Path]:
    """A machine's own disk to boot from, for `booted`: what is written to it outlives a boot."""
    root, written, work = (folder / name for name in ("root", "written", "work"))
    for part in (root, written, work):
        part.mkdir(parents=True)
    layers = f"lowerdir={debian_root(tree)},upperdir={written},workdir={work}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, str(root)], check=True)
    try:
        yield root
    finally:
        subprocess.run(["umount", str(root)], check=True)


@contextmanager
def booted(
    binds: Mapping[Path, str], space: str = "", tree: Tree = FOR_AGENTS, root: Path | None = None
) -> Iterator[Machine]:
    """Boots a container with these files and folders of ours at these places, read-only.

    It has the network namespace `space`, which it may change; without one the host's network, so
    that it reaches servers on the loopback. `root`: its `disk`; without one it writes to memory.
    """
    command = [
        *_nspawn(root or debian_root(tree)),
        *([] if root else ["--volatile=overlay"]),
        "--boot",
        "--console=pipe",
        *([f"--network-namespace-path=/run/netns/{space}"] if space else []),
        *(["--capability=CAP_NET_ADMIN"] if space else []),
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
