"""What somebody sees who runs the demo: progress, the address, a quiet line, the browser."""

import contextlib
import os
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from simulators.centre import Centre
from simulators.errors import RigFailed
from simulators.sentences import say
from telemetry.words import Stream

BEGAN: Final = "COURTFLEET_BEGAN"
"""Environment variable: when the command that led here began (make demo), seconds since 1970."""

_EVERY_SECONDS: Final = 0.5
_LINE_EVERY: Final = 4
_LIVING_SHARE: Final = 0.1
_LONGEST_SECONDS: Final = 3600.0


@dataclass(slots=True)
class Show:
    """Says what happens, in one language, or nothing at all."""

    language: str
    is_on: bool = True
    has_line: bool = field(default_factory=sys.stdout.isatty)

    def tell(self, code: str, **facts: object) -> None:
        """A sentence about the progress."""
        if self.is_on:
            print(say(code, self.language, **facts), file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def following(self, data: Path, console: str, *, opens_browser: bool) -> Iterator[None]:
        """Give the address when the first assets live, then keep one line up to date."""
        if not self.is_on:
            yield
            return
        ended = threading.Event()
        arguments = (data, console, opens_browser, ended)
        thread = threading.Thread(target=self._follow, args=arguments, name="show", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _follow(
        self, data: Path, console: str, opens_browser: bool, ended: threading.Event
    ) -> None:
        with contextlib.closing(Centre(data)) as centre:
            turn, is_told, has_written = 0, False, False
            while not ended.wait(_EVERY_SECONDS):
                turn += 1
                with contextlib.suppress(RigFailed):  # it is being started again
                    if not is_told and _is_living(centre):
                        is_told = True
                        self._announce(console, opens_browser)
                    if is_told and self.has_line and turn % _LINE_EVERY == 0:
                        has_written = True
                        print(f"\r\x1b[K{self._line(centre)}", end="", flush=True)
            if has_written:
                print(flush=True)

    def _announce(self, console: str, opens_browser: bool) -> None:
        seconds = round(time.time() - began_at())
        print(say("ready", self.language, address=console, seconds=seconds), flush=True)
        if opens_browser and has_display():
            webbrowser.open(console)

    def _line(self, centre: Centre) -> str:
        status = centre.status()
        balances = [one for one in centre.balances() if one.stream == Stream.REPORTS]
        return say(
            "status",
            self.language,
            live=status.live,
            assets=status.assets,
            rate=status.reports_per_minute,
            stored=sum(one.stored for one in balances),
            dropped=sum(one.dropped for one in balances),
            lost=sum(one.lost for one in balances),
            missing=sum(one.missing for one in balances),
        )


def _is_living(centre: Centre) -> bool:
    status = centre.status()
    return status.live > _LIVING_SHARE * status.assets


def has_display() -> bool:
    """Whether a browser opened here would be seen by whoever runs the command."""
    is_remote = "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ
    has_screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return has_screen and not is_remote


def began_at() -> float:
    """When it all began, seconds since 1970: the make command, or this process."""
    now = time.time()
    with contextlib.suppress(ValueError):
        told = float(os.environ.get(BEGAN, ""))
        if 0 <= now - told <= _LONGEST_SECONDS:
            return told
    after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    ticks_after_boot = int(after_name[19])  # field 22, counted from 1
    up = time.clock_gettime(time.CLOCK_BOOTTIME)
    return now - (up - ticks_after_boot / os.sysconf("SC_CLK_TCK"))
