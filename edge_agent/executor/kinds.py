"""What the orders that are no plays run: closed lists, no argument comes from outside unlooked at.

`python -m edge_agent.executor.kinds FILE UNIT` writes the archive of a diagnosis.
"""

import gzip
import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from edge_agent.executor.processes import interpreter
from telemetry.wire.orders import MACHINE_ENDS, MODEM, Restart
from telemetry.words import RemoteCommand

OWN_UNITS: Final = frozenset({"courtfleet-orders.service", "courtfleet-orders.socket"})
MACHINE_RESTART: Final = ("systemctl", "reboot")
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_UNIT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.@-]{0,63}\.(service|socket|timer)\Z")
_LONGEST_FILE: Final = 256 * 1024
_STEP_SECONDS: Final = 60.0


def command(which: RemoteCommand, agent_unit: str) -> Sequence[str]:
    """What is run for a remote command."""
    return _COMMANDS[which] if which is not RemoteCommand.AGENT_LOG else _log(agent_unit, 500)


def restart(task: Restart) -> Sequence[str] | None:
    """What is run to restart a unit or the modem.

    None: it is neither, the executor itself, or a unit that would take the machine away.
    """
    if task.device == MODEM and not task.unit:
        return ["mmcli", "--modem", "any", "--reset"]
    if task.device or not _UNIT.match(task.unit) or task.unit in OWN_UNITS | MACHINE_ENDS:
        return None
    return ["systemctl", "restart", task.unit]


def boot() -> str:
    """The id that the kernel has given to this boot."""
    return _BOOT.read_text().strip()


def diagnosis(file: Path, agent_unit: str) -> Sequence[str]:
    """What is run to write the archive of a diagnosis."""
    return [interpreter(), "-I", "-m", "edge_agent.executor.kinds", str(file), agent_unit]


def _log(unit: str, lines: int) -> Sequence[str]:
    return ["journalctl", "-u", unit, "-n", str(lines), "--no-pager", "-o", "short-iso", "-q"]


_COMMANDS: Final[Mapping[RemoteCommand, Sequence[str]]] = {
    RemoteCommand.DISK_USE: ["df", "-h", "-x", "tmpfs", "-x", "devtmpfs"],
    RemoteCommand.MEMORY_USE: ["free", "-m"],
    RemoteCommand.NETWORK_STATE: ["ip", "-brief", "address"],
    RemoteCommand.FAILED_UNITS: ["systemctl", "list-units", "--failed", "--no-pager", "--plain"],
    RemoteCommand.TIME_STATE: ["timedatectl", "status", "--no-pager"],
}


def _collected(agent_unit: str) -> Mapping[str, Sequence[str]]:
    """Names in the archive, and whose output each is: our logs and the system's, no court's."""
    commands = {f"{which}.txt": argv for which, argv in _COMMANDS.items()}
    return {
        **commands,
        "agent-state.txt": ["systemctl", "status", "--no-pager", "-l", agent_unit],
        "agent-log.txt": _log(agent_unit, 2000),
        "executor-log.txt": _log("courtfleet-orders.service", 500),
        "kernel-warnings.txt": ["journalctl", "-k", "-p", "warning", "-n", "500", "--no-pager"],
        "processes.txt": ["ps", "-eo", "pid,ppid,stat,etimes,rss,comm"],
        "versions.txt": ["uname", "-a"],
    }


def main(argv: list[str]) -> int:
    """The process: what cannot be asked on this machine says so in its place."""
    file, unit = Path(argv[0]), argv[1]
    with (
        file.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name, asked in _collected(unit).items():
            content = _output(asked)
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return 0


def _output(argv: Sequence[str]) -> bytes:
    """The end of what it says."""
    try:
        ended = subprocess.run(argv, capture_output=True, timeout=_STEP_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return f"{argv[0]}: {type(error).__name__}\n".encode()
    return (ended.stdout + ended.stderr)[-_LONGEST_FILE:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
