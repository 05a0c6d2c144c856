"""Runs one play: `python -m edge_agent.executor.bundles STREAM FOLDER MEGABYTES`, a process a play.

The only importer of ansible-runner, which is looked at before (`edge_agent.executor.stream`). What
the worker says goes to standard output, a line each; its archive of artifacts stays here. The last
event of a play is written beside its folder first, for whoever was not there to hear it.
"""

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from edge_agent.executor import modules
from edge_agent.executor.processes import begin_as_job, interpreter
from telemetry.wire.orders import SELF

_POLL_SECONDS: Final = 1
_END: Final = "playbook_on_stats"
_MODULES_PYTHON: Final = "courtfleet-python"
_PLAYBOOK: Final = """\
#!{python}
import sys
from edge_agent.executor.playbook import main
sys.exit(main())
"""
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class _Lines(io.RawIOBase):
    """Standard output's own handle, so that nothing else that prints gets between the lines."""

    name = "<lines>"

    def __init__(self) -> None:
        self._handle = os.dup(1)
        os.dup2(2, 1)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # the worker writes bytes only
        left = memoryview(data)
        while left:
            left = left[os.write(self._handle, left) :]
        return len(data)


def _ended(job: Path) -> Path:
    """Named by the boot: after a power cut nobody knows what of the play is on the disk."""
    return job / f"ended-{_BOOT.read_text().strip()}"


def end_of_play(job: Path) -> bytes | None:
    """The last event of the play that was run in a job's folder; None: it did not come so far."""
    try:
        return _ended(job).read_bytes()
    except OSError:
        return None


def _keep_end(job: Path, event: Mapping[str, object]) -> None:
    fresh = job / "ending"
    fresh.write_bytes(msgspec.json.encode(event))
    fresh.replace(_ended(job))


def _keep_modules_warm(job: Path, play: Path) -> None:
    """Name their interpreter where the play's own files and tasks may still name another."""
    program = Path(interpreter()).with_name(_MODULES_PYTHON)
    if not os.access(program, os.X_OK) or not modules.serve(job / "modules", play / "project"):
        return
    told = play / "inventory" / "host_vars" / f"{SELF}.json"  # which goes before the inventory
    told.parent.mkdir(parents=True, exist_ok=True)
    told.write_bytes(msgspec.json.encode({"ansible_python_interpreter": str(program)}))


def _calm_ansible(job: Path) -> None:
    """Have ansible-runner find ours before Ansible's, which it still finds if ours cannot run."""
    program = job / "bin" / "ansible-playbook"
    program.parent.mkdir(mode=0o700)
    program.write_text(_PLAYBOOK.format(python=interpreter()))
    program.chmod(0o700)
    os.environ["PATH"] = f"{program.parent}:{os.environ['PATH']}"


def main(argv: list[str]) -> int:
    """The process; 0 once the worker has said how the play ended."""
    stream, folder, megabytes = Path(argv[0]), Path(argv[1]), int(argv[2])
    begin_as_job(megabytes << 20)
    _keep_modules_warm(folder.parent, folder)
    _calm_ansible(folder.parent)
    from ansible_runner.streaming import Worker

    class QuietWorker(Worker):  # type: ignore[misc]  # it has no types
        def event_handler(self, event_data: dict[str, object]) -> None:
            if event_data.get("event") == _END:
                _keep_end(folder.parent, event_data)
            super().event_handler(event_data)

        def artifacts_handler(self, artifact_dir: str) -> None:
            """They would be all of the output once more."""

    with stream.open("rb") as job:
        worker = QuietWorker(
            _input=job,
            _output=_Lines(),
            private_data_dir=str(folder),
            settings={"pexpect_timeout": _POLL_SECONDS},
        )
        worker.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
