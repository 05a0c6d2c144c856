"""A server, and agents in processes of their own that may be killed, watched by a witness."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from simulators.centre import Balance
from simulators.child import Settings, WrongClock
from simulators.depot import enlist
from simulators.districts import CENTRAL
from simulators.fleet import Member
from simulators.outcome import stored
from simulators.rig import Rig
from simulators.witness import Verdict, judge
from telemetry.wire import documents
from telemetry.words import AssetKind, ClockTrust, Stream
from tests.services.waiting import PATIENCE_SECONDS

HEADER = "Timestamp,Longitude,Latitude,Speed,NetworkMode,RSRP,DL_bitrate,UL_bitrate,State"


def write_drive(path: Path, rows: int) -> None:
    """A made-up trace, a row a second; every seventh second has two."""
    lines = [HEADER]
    second = 0
    for at in range(rows):
        second += at % 7 != 0
        clock = f"{second // 3600 + 8:02}.{second // 60 % 60:02}.{second % 60:02}"
        rsrp = -200 if at % 11 == 0 else -70 - at % 40
        mode = "LTE" if at % 50 > 40 else "5G"
        place = f"{106 + at * 1e-5:.5f},29.56,{at % 80}"
        lines.append(f"2024.05.06_{clock},{place},{mode},{rsrp},{at},{at % 9},D")
    path.write_text("\n".join(lines) + "\n")


@dataclass(slots=True)
class Stage:
    """One server, one witness, and whoever reports to them; everything in one folder."""

    folder: Path
    rig: Rig
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def assets(self) -> Path:
        return self.folder / "assets"

    @property
    def witness(self) -> Path:
        return self.folder / "witness"

    def outbox(self, asset: str) -> Path:
        return self.assets / asset / "outbox"

    def enlist(self, *assets: str) -> None:
        members = [
            Member(asset, AssetKind.VEHICLE, asset, CENTRAL[0], number)
            for number, asset in enumerate(assets, 1)
        ]
        enlist(self.rig.centre, members, self.assets)

    def start(self, asset: str, recording: Path, speed: float, synchronous: str = "FULL") -> None:
        """Start an agent, or start it again where it was killed."""
        settings = Settings(
            asset=asset,
            assets=str(self.assets),
            recording=str(recording),
            witness=str(self.witness),
            clock=str(self.folder / "clock.json"),
            speed=speed,
            synchronous=synchronous,
        )
        file = self.folder / f"{asset}.json"
        file.write_bytes(msgspec.json.encode(settings))
        with (self.folder / f"{asset}.log").open("ab") as log:
            self.children[asset] = subprocess.Popen(
                [sys.executable, "-m", "simulators.child", str(file)], stdout=log, stderr=log
            )

    def kill(self, asset: str) -> None:
        """kill -9."""
        child = self.children.pop(asset)
        child.kill()
        child.wait()

    def finish(self, asset: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the agent has said everything and the server has acked it."""
        status = self.children[asset].wait(seconds)
        del self.children[asset]
        said = (self.folder / f"{asset}.log").read_text(errors="replace")[-3000:]
        assert status == 0, said

    def end(self, asset: str, recording: Path) -> None:
        """End its drive here, wherever it is, and wait as `finish` does."""
        self.kill(asset)
        write_drive(recording, 1)
        self.start(asset, recording, 1.0)
        self.finish(asset)

    def set_clock(self, off_seconds: float, trust: ClockTrust) -> None:
        """Make the agents' machine have a wrong clock; whole or not at all."""
        fresh = self.folder / "clock.new"
        fresh.write_bytes(msgspec.json.encode(WrongClock(off_seconds, trust)))
        fresh.replace(self.folder / "clock.json")

    def accepted(self) -> int:
        """How many readings were accepted by now."""
        if not self.witness.exists():
            return 0
        return sum(line.startswith("!") for line in self.witness.read_text().splitlines())

    def wait_until(self, is_so: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        until = time.monotonic() + seconds
        while not is_so():
            ended = [asset for asset, child in self.children.items() if child.poll()]
            assert not ended, (self.folder / f"{ended[0]}.log").read_text()[-3000:]
            assert time.monotonic() < until, "it did not happen in time"
            time.sleep(0.2)

    def verdict(self) -> Verdict:
        """The store against the witness."""
        return judge(self.witness, stored(self.rig.centre.reports()))

    def reports(self, asset: str) -> list[Balance]:
        """The balance of the asset's reports, an entry an epoch."""
        found = self.rig.centre.balance(asset)
        return [one for one in found if one.stream == Stream.REPORTS]

    def close(self) -> None:
        for child in self.children.values():
            child.send_signal(signal.SIGKILL)
            child.wait()


@contextmanager
def stage(
    folder: Path, assets: Sequence[str] = ("veh-001",), settings: documents.Settings | None = None
) -> Iterator[Stage]:
    """A running server with these assets enlisted."""
    with Rig(folder) as rig:
        made = Stage(folder, rig)
        made.enlist(*assets)
        rig.centre.put_settings(settings or documents.Settings(message_seconds=1.0))
        try:
            yield made
        finally:
            made.close()
