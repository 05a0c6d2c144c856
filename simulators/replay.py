"""`courtfleet replay`: recorded drives, each reported by a real agent, and compared afterwards."""

import math
import re
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from simulators.asset import Clock, Fleet
from simulators.centre import Centre, Exported
from simulators.demo import interrupts
from simulators.depot import Depot, enlist
from simulators.districts import CENTRAL
from simulators.errors import SimulatorError
from simulators.feeds import RecordedFeed
from simulators.fleet import Member
from simulators.recordings import Recording, read
from simulators.rig import Rig
from simulators.witness import fingerprint
from telemetry.wire.documents import Settings
from telemetry.words import AssetKind, Stream

_MESSAGE_SECONDS: Final = 5.0
_LEAD_SECONDS: Final = 1.0
_DRAIN_SECONDS: Final = 300.0
_DATED_WITHIN: Final = timedelta(seconds=2)
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for. `server` is the data folder of a running one; None: a temporary one."""

    folder: Path
    files: Sequence[Path]
    speed: float = 1.0
    checks: bool = False
    server: Path | None = None
    says_progress: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows of all files together. What is stored was compared only when it was asked for.

    `refused_rows` could not be read; `altered` are stored reports that no row says; `misdated`
    are rows whose instant is not the shifted one.
    """

    files: int
    rows: int
    refused_rows: int
    stored: int
    missing: int
    altered: int
    misdated: int
    set_aside: int
    dropped: int
    duplicates_ignored: int
    seconds: float
    is_checked: bool
    is_drained: bool

    @property
    def is_good(self) -> bool:
        wrong = self.missing + self.altered + self.misdated + self.set_aside + self.dropped
        return self.is_drained and not wrong

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def as_text(self) -> str:
        """A few lines for a terminal."""
        said = f"{self.rows} rows of {self.files} recordings in {self.seconds} s"
        if not self.is_drained:
            return f"{said}; stopped before all of them had arrived"
        if not self.is_checked:
            return f"{said}, all acked"
        return (
            f"{said}\n{self.stored} stored as recorded, {self.missing} missing,"
            f" {self.altered} altered, {self.misdated} misdated, {self.set_aside} set aside,"
            f" {self.duplicates_ignored} repeats ignored"
        )


@dataclass(frozen=True, slots=True)
class _Track:
    """One recording on its way."""

    member: Member
    recording: Recording
    feed: RecordedFeed


def run(plan: Plan) -> Outcome:
    """Replay all files at once.

    Raises:
        NotARecording: a file cannot be replayed; nothing was started then.
        RigFailed: the server did not start, or does not answer.
    """
    recordings = [read(path) for path in plan.files]
    members = _members(plan.files)
    for recording in recordings:
        _tell_damage(recording)
    with ExitStack() as closing:
        stopped = closing.enter_context(interrupts())
        centre = _centre(plan, closing)
        enlist(centre, members, plan.folder / "assets")
        clock = Clock(secrets.token_hex(4))
        fleet = Fleet(clock)
        depot = closing.enter_context(Depot(plan.folder / "assets", fleet))
        tracks = [
            _Track(
                member, recording, RecordedFeed(recording, clock.up() + _LEAD_SECONDS, plan.speed)
            )
            for member, recording in zip(members, recordings, strict=True)
        ]
        for track in tracks:
            depot.start(track.member.asset, track.feed)
        began = time.monotonic()
        progress = _Progress(plan, tracks)
        fleet.run(lambda: stopped.is_set() or progress.is_over())
        ends = time.monotonic() + _DRAIN_SECONDS
        fleet.run(lambda: depot.all_drained() or stopped.is_set() or time.monotonic() > ends)
        seconds = round(time.monotonic() - began, 1)
        is_drained = progress.is_over() and depot.all_drained()
        return _outcome(plan, tracks, clock, centre, seconds, is_drained)


def _centre(plan: Plan, closing: ExitStack) -> Centre:
    if plan.server is not None:
        if not plan.server.is_dir():
            raise SimulatorError(f"{plan.server} is not a server's data folder.")
        centre = Centre(plan.server)
        closing.callback(centre.close)
        return centre
    rig = closing.enter_context(Rig(plan.folder))
    rig.centre.put_settings(Settings(message_seconds=_MESSAGE_SECONDS))
    return rig.centre


def _members(files: Sequence[Path]) -> list[Member]:
    """An asset a file, named after it."""
    found: dict[str, Member] = {}
    for number, path in enumerate(files, 1):
        plain = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:32] or "drive"
        name = plain if plain not in found else f"{plain[:27]}-{number}"
        found[name] = Member(name, AssetKind.VEHICLE, path.name[:80], CENTRAL[0], number)
    return list(found.values())


def _tell_damage(recording: Recording) -> None:
    for bad in recording.refused[:_SHOWN]:
        print(f"{recording.path}:{bad.line}: {bad.why}", file=sys.stderr)
    if len(recording.refused) > _SHOWN:
        more = len(recording.refused) - _SHOWN
        print(f"{recording.path}: {more} more lines cannot be read", file=sys.stderr)
    if recording.ignored_columns:
        names = ", ".join(recording.ignored_columns)
        print(f"{recording.path}: no metric for {names}", file=sys.stderr)


class _Progress:
    """Whether everything has been said; a line every few seconds meanwhile."""

    def __init__(self, plan: Plan, tracks: Sequence[_Track]) -> None:
        self._tracks = tracks
        self._rows = sum(len(track.recording.rows) for track in tracks)
        self._says = plan.says_progress and sys.stderr.isatty()
        self._said_at = 0.0

    def is_over(self) -> bool:
        if self._says and time.monotonic() - self._said_at > 1.0:
            self._said_at = time.monotonic()
            said = sum(track.feed.next_row for track in self._tracks)
            print(f"\r{said} of {self._rows} rows", end="", file=sys.stderr, flush=True)
        if any(track.feed.due() < math.inf for track in self._tracks):
            return False
        if self._says:
            self._says = False
            print(file=sys.stderr)
        return True


def _outcome(
    plan: Plan,
    tracks: Sequence[_Track],
    clock: Clock,
    centre: Centre,
    seconds: float,
    is_drained: bool,
) -> Outcome:
    names = [track.member.asset for track in tracks]
    balances = [
        one for one in centre.balances() if one.asset in names and one.stream == Stream.REPORTS
    ]
    difference = _Difference()
    if plan.checks:
        now = clock.now()
        began_at = now.wall - timedelta(seconds=now.up)
        by_asset: dict[str, list[Exported]] = {name: [] for name in names}
        for report in centre.reports(names):
            if report.boot == now.boot:
                by_asset[report.asset].append(report)
        for track in tracks:
            difference.compare(track, by_asset[track.member.asset], began_at)
    return Outcome(
        files=len(tracks),
        rows=sum(len(track.recording.rows) for track in tracks),
        refused_rows=sum(len(track.recording.refused) for track in tracks),
        stored=difference.stored if plan.checks else sum(one.stored for one in balances),
        missing=difference.missing,
        altered=difference.altered,
        misdated=difference.misdated,
        set_aside=sum(one.set_aside for one in balances),
        dropped=sum(one.dropped for one in balances),
        duplicates_ignored=centre.status().intake.duplicates_ignored,
        seconds=seconds,
        is_checked=plan.checks,
        is_drained=is_drained,
    )


@dataclass(slots=True)
class _Difference:
    """How what is stored differs from what was recorded, row by row."""

    stored: int = 0
    missing: int = 0
    altered: int = 0
    misdated: int = 0

    def compare(self, track: _Track, reports: Iterable[Exported], began_at: datetime) -> None:
        """Count each row once: its fields and its moment; `began_at` is that of the boot."""
        rows = Counter(
            fingerprint(track.feed.up_ms(row), row.metrics) for row in track.recording.rows
        )
        for report in reports:
            said = fingerprint(report.up_ms, report.metrics, report.devices)
            if not rows[said]:
                self.altered += 1
                continue
            rows[said] -= 1
            self.stored += 1
            due_at = began_at + timedelta(milliseconds=report.up_ms)
            if report.measured_at is None or abs(report.measured_at - due_at) > _DATED_WITHIN:
                self.misdated += 1
        self.missing += rows.total()
