"""What was really measured, kept outside the system under test.

The witness writes down each reading before the agent gets it (`offered`), and again when the
agent's tick that took it has returned (`accepted`): a line each, in order, fsynced. What the store
holds afterwards is compared with these lines by number and by hash. An agent that is killed between
the two lines may or may not have accepted the reading; nobody was told that it had.
"""

import hashlib
import os
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from telemetry.wire.messages import Value

_OFFERED = "?"
_ACCEPTED = "!"


def fingerprint(
    up_ms: int,
    metrics: Mapping[str, Value],
    devices: Mapping[str, Mapping[str, Value]] | None = None,
) -> str:
    """SHA-256 over what a report says; numbers count by value, so 3 and 3.0 are the same."""
    said = {
        "up_ms": up_ms,
        "metrics": _plain(metrics),
        "devices": {name: _plain(of) for name, of in (devices or {}).items() if of},
    }
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def _plain(metrics: Mapping[str, Value]) -> dict[str, Value]:
    return {
        key: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for key, value in metrics.items()
    }


class Witness:
    """The file itself; survives the death of its process at any moment.

    `is_durable`: that of the machine, too.
    """

    def __init__(self, path: Path, *, is_durable: bool = True) -> None:
        self._is_durable = is_durable
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def offered(self, readings: Iterable[tuple[str, str]]) -> None:
        """Asset and fingerprint of readings that an agent is about to get."""
        self._write(_OFFERED, readings)

    def accepted(self, readings: Iterable[tuple[str, str]]) -> None:
        """The same readings, after the tick that took them has returned."""
        self._write(_ACCEPTED, readings)

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, mark: str, readings: Iterable[tuple[str, str]]) -> None:
        lines = "".join(f"{mark} {asset} {print_}\n" for asset, print_ in readings)
        if lines:
            os.write(self._file, lines.encode())
            if self._is_durable:
                os.fdatasync(self._file)


def offered_count(path: Path, asset: str) -> int:
    """How many readings of the asset were offered so far, by all processes."""
    if not path.exists():
        return 0
    return sum(line.startswith(f"{_OFFERED} {asset} ") for line in path.read_text().splitlines())


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One report as the server gives it back."""

    asset: str
    epoch: str
    number: int
    fingerprint: str


@dataclass(slots=True)
class Verdict:
    """How the store differs from what the witness saw; all zero when it does not.

    `misnumbered` is none of `is_exact`: a record that was refused as forked gets a later number.
    """

    accepted: int = 0
    stored: int = 0
    missing: int = 0  # accepted, not stored
    twice: int = 0  # stored more often than offered
    strange: int = 0  # stored, never offered
    misnumbered: int = 0  # numbers of an epoch do not follow the order of the readings
    examples: list[str] = field(default_factory=list)

    @property
    def is_exact(self) -> bool:
        return not (self.missing or self.twice or self.strange)


def judge(path: Path, stored: Iterable[StoredReport]) -> Verdict:
    """Compare what `stored` holds with the witness file."""
    offered: dict[str, list[str]] = defaultdict(list)
    accepted: Counter[tuple[str, str]] = Counter()
    for line in path.read_text().splitlines():
        mark, asset, print_ = line.split(" ")
        if mark == _OFFERED:
            offered[asset].append(print_)
        else:
            accepted[asset, print_] += 1
    verdict = Verdict(accepted=accepted.total())
    by_asset: dict[str, list[StoredReport]] = defaultdict(list)
    for report in stored:
        by_asset[report.asset].append(report)
    for asset, reports in by_asset.items():
        _judge_asset(verdict, offered[asset], reports)
    found = Counter((report.asset, report.fingerprint) for of in by_asset.values() for report in of)
    lacking = accepted - found
    verdict.missing = lacking.total()
    verdict.examples += [f"missing: {asset} {print_}" for asset, print_ in list(lacking)[:3]]
    return verdict


def _judge_asset(verdict: Verdict, offered: Sequence[str], reports: list[StoredReport]) -> None:
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, print_ in enumerate(offered):
        places[print_].append(place)
    known = set(places)
    last: dict[str, int] = {}
    for report in sorted(reports, key=lambda report: (report.epoch, report.number)):
        verdict.stored += 1
        if not places[report.fingerprint]:
            wrong = "twice" if report.fingerprint in known else "strange"
            setattr(verdict, wrong, getattr(verdict, wrong) + 1)
            verdict.examples.append(f"{wrong}: {report.asset} {report.epoch} {report.number}")
            continue
        place = places[report.fingerprint].popleft()
        if place < last.get(report.epoch, -1):
            verdict.misnumbered += 1
            verdict.examples.append(f"misnumbered: {report.asset} {report.epoch} {report.number}")
        last[report.epoch] = place
