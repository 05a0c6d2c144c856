"""The interpreter of a play's modules, as the command `courtfleet-python [FILE ...]`.

Ansible starts it for each module, in the place of Python. Where the play has a warm interpreter
(`edge_agent.executor.modules`), that one runs the module, and this process ends as it did; else
this process becomes Python itself. It imports next to nothing, for it is what a module waits for.
"""

import _socket  # without all that `socket` imports
import os
import sys

SOCKET = "COURTFLEET_MODULES"
"""The variable in a play's environment that says where its warm interpreter listens."""
_KILLED = b"-9"
_LONGEST_ANSWER = 16


def main() -> int:
    """The process; does not come back where it becomes Python."""
    argv = sys.argv[1:]
    place = os.environ.get(SOCKET)
    is_program = not argv or not argv[0].startswith("-")
    status = _run_warm(place, argv) if place and is_program else None
    if status is None:
        os.execv(sys.executable, [sys.executable, *argv])  # noqa: S606 -- what it is for
    if status < 0:
        os.kill(os.getpid(), -status)
    return status & 0xFF


def _run_warm(place: str, argv: list[str]) -> int | None:
    """How the module ended, as `subprocess` says it; None: it was not begun, by whatever reason.

    Another user does not come to the socket, and `sudo` takes the variable away.
    """
    folder = os.open(".", os.O_PATH | os.O_DIRECTORY)
    handles = b"".join(one.to_bytes(4, sys.byteorder) for one in (0, 1, 2, folder))
    environment = [name + b"=" + value for name, value in os.environb.items()]
    words = [str(len(argv)).encode(), *map(os.fsencode, argv), *environment]
    server = _socket.socket(_socket.AF_UNIX)
    try:
        server.connect(place)
        server.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, handles)])
        server.sendall(b"\0".join(words))
        server.shutdown(_socket.SHUT_WR)
        is_begun = bool(server.recv(1))
    except OSError:
        is_begun = False
    return _end(server) if is_begun else None


def _end(server: _socket.socket) -> int:
    """Waits; a module that nobody tells of any more has been killed with all the others."""
    try:
        return int(server.recv(_LONGEST_ANSWER) or _KILLED)
    except OSError:
        return int(_KILLED)
