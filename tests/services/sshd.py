"""OpenSSH's daemon on the loopback, for its own user alone, keys and home made for the purpose."""

import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulators.rig import free_ports
from tests.services.waiting import PATIENCE_SECONDS


@dataclass(frozen=True)
class Sshd:
    """Where it listens, and the key that opens it."""

    port: int
    key: Path
    user: str
    pid: int


@contextmanager
def sshd(folder: Path, addresses: int = 1) -> Iterator[Sshd]:
    """One that runs at 127.0.0.1 and so many addresses more; it ends with the block."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/bin")
    assert program, "openssh-server is not installed: tools/setup test"
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    for name in ("host", "user"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(made, check=True)
    (port,) = free_ports(1)
    written = {
        "Port": str(port),
        "HostKey": str(folder / "host"),
        "AuthorizedKeysFile": str(folder / "user.pub"),
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
        "MaxStartups": "100",
        # Debian's bash reads ~/.bashrc in each session: whatever a developer keeps there counts.
        "SetEnv": f"HOME={home}",
    }
    config = folder / "sshd_config"
    lines = [f"{key} {value}" for key, value in written.items()]
    lines += [f"ListenAddress 127.0.0.{number + 1}" for number in range(addresses)]
    config.write_text("\n".join(lines) + "\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # its own wish, when it is root
    with (folder / "sshd.log").open("wb") as log:
        child = subprocess.Popen([program, "-D", "-e", "-f", str(config)], stderr=log)
    try:
        _wait_until_up(child, folder / "sshd.log")
        yield Sshd(port, folder / "user", getpass.getuser(), child.pid)
    finally:
        child.terminate()
        child.wait(PATIENCE_SECONDS)


def _wait_until_up(child: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while "Server listening" not in log.read_text():
        assert child.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)
