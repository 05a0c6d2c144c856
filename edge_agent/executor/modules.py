"""The modules of a play, run by copies of one warm interpreter (docs/adr/0016).

A module is a small program that brings Ansible's part of it along as source in an archive; nearly
all that it does is to import that. So a play's first process is copied before it does anything
else. The copy (the server) waits for the play's first module, imports Ansible's part as it is
installed here, once, and is copied for each module: one process runs it (the module), one waits
for its end (the waiter). Who asks is `edge_agent.executor.interpreter`; whoever finds nobody here,
or gets no answer, is a plain Python, so no play fails because of this.
"""

import gc
import io
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple, NoReturn

from edge_agent.executor.interpreter import SOCKET
from edge_agent.executor.processes import end_with_parent

_ANSIBLE: Final = "ansible"
_INTERNAL: Final = f"{_ANSIBLE}.module_utils._internal"
_WARM: Final = (
    f"{_ANSIBLE}.module_utils.basic",
    f"{_INTERNAL}._ansiballz._loader",
    f"{_INTERNAL}._json._profiles._module_legacy_c2m",
    f"{_INTERNAL}._json._profiles._module_legacy_m2c",
    "encodings.cp437",  # of the names in an archive
    "tempfile",
    "zipfile",
)
"""What each module imports, its wrapper included; without one of them all are run plainly."""
_OWN: Final = "module_utils"
"""A project's folder of that name may put something in the place of what is warm."""
_AT_START: Final = (b"PYTHON", b"LC_", b"LANG")
"""How variables begin that Python reads once, when it starts."""
_WAITING: Final = 64
_HANDLES: Final = 4


class _Request(NamedTuple):
    """Of a program to run: `handles` are its three streams and its folder."""

    argv: list[str]
    environment: dict[bytes, bytes]
    handles: list[int]


def serve(place: Path, project: Path) -> bool:
    """Start a server at this socket for a play whose files will be in `project`.

    To be called before this process has threads. The variable that names the socket is set for
    all that this process starts; the server ends with it. False: there cannot be one.
    """
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(place))
        place.chmod(0o600)
        listener.listen(_WAITING)
        parent = os.getpid()
        is_server = os.fork() == 0
    except OSError:
        listener.close()
        return False
    if is_server:
        _serve(listener, parent, project)
    listener.close()
    os.environ[SOCKET] = str(place)
    return True


def _serve(listener: socket.socket, parent: int, project: Path) -> NoReturn:
    end_with_parent()
    if os.getppid() != parent:
        os._exit(0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    connection, _ = listener.accept()
    if any(project.rglob(_OWN)):
        os._exit(0)
    _warm_up()
    while os.fork():
        connection.close()
        connection, _ = listener.accept()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    listener.close()
    _attend(connection)


def _warm_up() -> None:
    for name in _WARM:
        import_module(name)
    # What is not part of `module_utils` is each program's own.
    sys.modules[_ANSIBLE].__path__ = []
    sys.meta_path.append(_PackedFinder())
    gc.freeze()  # the copies share it for longer


class _PackedFinder(MetaPathFinder):
    """Finds what a program has packed of `ansible` beside what is warm."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        parent, _, _ = fullname.rpartition(".")
        if parent.partition(".")[0] != _ANSIBLE:
            return None
        within = parent.replace(".", "/")
        return PathFinder.find_spec(fullname, [f"{root}/{within}" for root in sys.path], target)


def _attend(connection: socket.socket) -> NoReturn:
    """The waiter: runs a module, says how it ended, and kills it when nobody wants to know."""
    os.setpgid(0, 0)
    request = _received(connection)
    if _at_start(request.environment) != _at_start(os.environb):
        os._exit(0)
    ended, heard = os.pipe()
    os.set_blocking(heard, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(heard)
    module = os.fork()
    if module == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for handle in (ended, heard, connection.detach()):
            os.close(handle)
        _run(request)
    connection.send(b".")
    for handle in request.handles:
        os.close(handle)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(connection, 0)  # that it hangs up is always told
    if all(handle != ended for handle, _ in poll.poll()):
        os.killpg(0, signal.SIGKILL)
    _, status = os.waitpid(module, 0)
    connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _received(connection: socket.socket) -> _Request:
    _, handles, _, _ = socket.recv_fds(connection, 1, _HANDLES)
    with connection.makefile("rb") as file:
        count, *words = file.read().split(b"\0")
    argv = [os.fsdecode(word) for word in words[: int(count)]]
    pairs = (word.partition(b"=") for word in words[int(count) :])
    return _Request(argv, {name: value for name, _, value in pairs}, handles)


def _at_start(environment: "os._Environ[bytes] | dict[bytes, bytes]") -> dict[bytes, bytes]:
    return {name: value for name, value in environment.items() if name.startswith(_AT_START)}


def _run(request: _Request) -> NoReturn:
    """The module: as Python runs a program, of a file or of standard input."""
    _take_place(request)
    main = ModuleType("__main__")
    if request.argv:
        name = main.__file__ = request.argv[0]
        source = Path(name).read_bytes()
        sys.path.insert(0, str(Path(name).resolve().parent))
    else:
        name = "<stdin>"
        source = sys.stdin.buffer.read()
        sys.path.insert(0, "")
    sys.argv[:] = request.argv or [""]
    sys.modules["__main__"] = main
    try:
        exec(compile(source, name, "exec", dont_inherit=True), main.__dict__)  # noqa: S102
    except Exception as error:
        program = error.__traceback__ and error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(program), program)
        sys.exit(1)
    sys.exit(0)


def _take_place(request: _Request) -> None:
    """Folder, streams and environment of whoever asked."""
    *streams, folder = request.handles
    os.fchdir(folder)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for handle in request.handles:
        os.close(handle)
    os.environb.clear()
    os.environb.update(request.environment)
    time.tzset()
    sys.stdin = sys.__stdin__ = _text(0, "r", "surrogateescape")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _text(1, "w", "surrogateescape")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(2, "w", "backslashreplace")  # type: ignore[misc]


def _text(handle: int, mode: str, errors: str) -> io.TextIOWrapper:
    """A stream without a buffer, as where `PYTHONUNBUFFERED` is set."""
    file = io.FileIO(handle, mode, closefd=False)
    buffer = io.BufferedReader(file) if mode == "r" else file
    return io.TextIOWrapper(buffer, "utf-8", errors, write_through=True)
