"""Disks to lose things on: small ones, and one that forgets what was not synced."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.waiting import PATIENCE_SECONDS

_FORGETFUL = Path(__file__).with_name("forgetful_fs.py")


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of that size at `place`; needs root."""
    place.mkdir(parents=True, exist_ok=True)
    size = f"size={kilobytes}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


class ForgetfulDisk:
    """A file system at `place` whose process can be killed, as a power cut would."""

    def __init__(self, backing: Path, place: Path) -> None:
        self._backing = backing
        self._place = place
        backing.mkdir(parents=True)
        place.mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None

    def mount(self) -> None:
        """What was synced is there again."""
        self._process = subprocess.Popen(
            [sys.executable, str(_FORGETFUL), str(self._backing), str(self._place)]
        )
        until = time.monotonic() + PATIENCE_SECONDS
        while not os.path.ismount(self._place):
            assert self._process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)

    def freeze(self) -> None:
        """Whoever asks it for anything waits, until `cut_power`."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def cut_power(self) -> None:
        """Everything that was not synced is gone."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None
        subprocess.run(["umount", "--lazy", str(self._place)], check=True)
