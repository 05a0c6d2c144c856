"""Planted bugs, to show that the demo's balance and witness find them.

None of them is in the product: the agent's is put between its connection and it, the server's are
put into a server that is started through this module:

    python -m simulators.faults BUG before|after NUMBER --data FOLDER

starts `courtfleet serve` with the bug, which kills itself (-9) before or after the store's commit
of that number; 0 is never.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, cast

import msgspec

from edge_agent.inputs import FromCentre, Input, PublishAnswered
from edge_agent.outbox import Outbox
from edge_agent.records import Stamp, Work
from telemetry.errors import Unreadable
from telemetry.intervals import IntervalSet
from telemetry.wire import codec, topics
from telemetry.wire.messages import Ack

_REFUSED: Final = 0x80
_ANSWERS_LEAVE_SECONDS: Final = 1.0
_EVER_MS: Final = 1 << 52


class Bug(StrEnum):
    """What can be planted; `none` has the same trouble without a bug, and must lose nothing."""

    ACK_BEFORE_COMMIT = "ack-before-commit"
    FORGET_ON_PUBACK = "forget-on-puback"
    LEDGER_OUTSIDE_TRANSACTION = "ledger-outside-transaction"
    DEDUPE_WITHOUT_CRC = "dedupe-without-crc"
    NONE = "none"


def forgetting(put: Callable[[Input], None]) -> Callable[[Input], None]:
    """`forget-on-puback`: the agent takes the broker's answer for the server's."""

    def heard(said: Input) -> None:
        put(said)
        if isinstance(said, PublishAnswered) and said.reason_code < _REFUSED:
            now = round(time.time() * 1000)
            put(FromCentre("ack", codec.encode_ack(Ack(now, settled=[said.message_id]))))

    return heard


class ForgettingOutbox(Outbox):
    """Keeps nothing that is settled, so that the fleet cannot heal a server that forgets."""

    def commit(self, work: Work, stamp: Stamp) -> bool:
        done = super().commit(work, stamp)
        if work.settled:
            self.forget_kept(_EVER_MS)
        return done


class _Store(Protocol):
    """What of the telemetry store the planted bugs reach into."""

    def commit(
        self, reports: Sequence[object], aside: Sequence[object]
    ) -> tuple[list[StrEnum], list[StrEnum]]: ...
    def taken(self) -> Sequence[tuple[str, str, IntervalSet]]: ...


class _Ledger(Protocol):
    _taken: dict[tuple[str, str], IntervalSet]


_Answers = list[tuple[str, bytes]]


def _kill_at_commit(store: type[_Store], moment: str, number: int) -> None:
    commit = store.commit
    count = 0

    def killed(
        self: _Store, reports: Sequence[object], aside: Sequence[object]
    ) -> tuple[list[StrEnum], list[StrEnum]]:
        nonlocal count
        count += 1
        if (count, moment) == (number, "before"):
            time.sleep(_ANSWERS_LEAVE_SECONDS)
            os.kill(os.getpid(), signal.SIGKILL)
        fates = commit(self, reports, aside)
        if (count, moment) == (number, "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return fates

    store.commit = killed  # type: ignore[method-assign]  # that is the fault


def _ledger_outside_transaction(store: type[_Store], file: Path) -> None:
    """What was taken is written down after the data, in a file of its own."""
    commit = store.commit
    load = cast("Callable[[_Store], _Ledger]", vars(store)["_load"])

    def committed(
        self: _Store, reports: Sequence[object], aside: Sequence[object]
    ) -> tuple[list[StrEnum], list[StrEnum]]:
        fates = commit(self, reports, aside)
        taken = [(asset, epoch, list(numbers)) for asset, epoch, numbers in self.taken()]
        file.write_bytes(msgspec.json.encode(taken))
        return fates

    def loaded(self: _Store) -> _Ledger:
        ledger = load(self)
        written = file.read_bytes() if file.exists() else b"[]"
        entries = msgspec.json.decode(written, type=list[tuple[str, str, list[tuple[int, int]]]])
        ledger._taken = {(asset, epoch): IntervalSet(of) for asset, epoch, of in entries}
        return ledger

    store.commit = committed  # type: ignore[method-assign]  # that is the bug
    setattr(store, "_load", loaded)  # noqa: B010  # mypy knows no such method of the protocol


def _dedupe_without_crc(store: type[_Store]) -> None:
    """Whatever comes under a number that is taken counts as a repeat."""
    commit = store.commit

    def committed(
        self: _Store, reports: Sequence[object], aside: Sequence[object]
    ) -> tuple[list[StrEnum], list[StrEnum]]:
        fates, others = commit(self, reports, aside)
        return [type(fate)("repeated") if fate == "forked" else fate for fate in fates], others

    store.commit = committed  # type: ignore[method-assign]  # that is the bug


class _Intake(Protocol):
    def take(self, asset: str, tail: str, payload: bytes, now: int) -> _Answers: ...


def _ack_before_commit(intake: type[_Intake]) -> None:
    """What has arrived is called settled."""
    take = intake.take

    def taken(self: _Intake, asset: str, tail: str, payload: bytes, now: int) -> _Answers:
        answers = take(self, asset, tail, payload, now)
        try:
            envelope, _ = codec.decode_envelope(payload)
        except Unreadable:
            return answers
        is_answered = any(envelope.id.encode() in answer for _, answer in answers)
        if envelope.numbers and not is_answered:
            ack = codec.encode_ack(Ack(now, settled=[envelope.id]))
            answers = [*answers, (topics.ack(asset), ack)]
        return answers

    intake.take = taken  # type: ignore[method-assign]  # that is the bug


def main(argv: Sequence[str]) -> int:
    """Serve with a planted bug; see the module."""
    from fleet_server import assembly, cli
    from fleet_server.intake.intake import Intake

    bug, moment, number, *rest = argv
    store = cast("type[_Store]", vars(assembly)["DuckDBStore"])
    if bug == Bug.DEDUPE_WITHOUT_CRC:
        _dedupe_without_crc(store)
    # The kill is between the data and the ledger, hence the inner of the two.
    _kill_at_commit(store, moment, int(number))
    if bug == Bug.LEDGER_OUTSIDE_TRANSACTION:
        _ledger_outside_transaction(store, Path(rest[rest.index("--data") + 1]) / "taken.json")
    if bug == Bug.ACK_BEFORE_COMMIT:
        _ack_before_commit(cast("type[_Intake]", Intake))
    return cli.main("serve", rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
