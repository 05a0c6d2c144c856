"""The protocol of docs/protocol.md, explored exhaustively; and each mistake it must not survive."""

from functools import cache

import pytest

from tests.protocol.checker import Verdict, explore
from tests.protocol.properties import properties
from tests.protocol.states import Bounds, Bug, World
from tests.protocol.world import stepper

_FORGOTTEN = "forgotten by the agent means committed"
_ORDER = "events in order without gaps"
_END = "a quiet end stores what survived"

_SHORT = {
    "reports, both sides killed": Bounds(reports=2, messages=3, kills=1, server_kills=1),
    "events, both sides killed": Bounds(events=2, messages=3, kills=1, server_kills=1),
    "both streams, outbox full": Bounds(reports=1, events=1, messages=3, evictions=1),
    "full outbox on an older disk": Bounds(reports=2, messages=3, evictions=1, disk_restores=1),
    "reports on an older disk": Bounds(reports=2, messages=4, disk_restores=1),
    "events on a disk copied at any time": Bounds(events=2, messages=3, copies=1, disk_restores=1),
    "server from a backup made at any time": Bounds(
        events=2, messages=3, backups=1, server_restores=1
    ),
    "server and disk both older": Bounds(
        reports=1, events=1, messages=3, disk_restores=1, server_restores=1
    ),
    "one unreadable": Bounds(events=3, messages=3, unreadable=2, server_restores=1),
    "reports from two machines": Bounds(reports=2, messages=3, second_machine=True),
    "events from two machines": Bounds(events=2, messages=3, second_machine=True),
}

_LONG = {
    "reports, killed twice": Bounds(reports=2, messages=4, kills=2, server_kills=1),
    "both streams, outbox full": Bounds(
        reports=2, events=1, messages=3, kills=1, evictions=1, server_kills=1
    ),
    "reports on a disk copied at any time": Bounds(
        reports=2, messages=4, copies=1, disk_restores=1
    ),
    "events on a disk copied at any time": Bounds(events=3, messages=4, copies=1, disk_restores=1),
    "server and disk both older": Bounds(
        events=2, messages=4, copies=1, disk_restores=1, backups=1, server_restores=1
    ),
    "events from two machines": Bounds(events=2, messages=4, second_machine=True),
}

_BUGS = {
    Bug.ACK_BEFORE_COMMIT: (_FORGOTTEN, Bounds(reports=1, messages=2, server_kills=1)),
    Bug.FORGET_ON_PUBACK: (_FORGOTTEN, Bounds(reports=1, messages=2)),
    Bug.LEDGER_OUTSIDE: (_END, Bounds(reports=1, messages=2, server_kills=1)),
    Bug.NO_CRC: (_END, Bounds(reports=2, messages=4, disk_restores=1)),
    Bug.ACK_BY_NUMBER: (_FORGOTTEN, Bounds(reports=2, messages=3, disk_restores=1)),
    Bug.SAME_EPOCH: (_END, Bounds(reports=2, messages=4, disk_restores=1)),
    Bug.OUT_OF_ORDER: (
        _ORDER,
        Bounds(events=2, messages=4, records_a_message=1, server_restores=1),
    ),
    Bug.SILENT_EVICTION: (_FORGOTTEN, Bounds(reports=1, messages=2, evictions=1)),
    Bug.BLIND_REPEAT: (_END, Bounds(events=2, messages=3, copies=1, disk_restores=1)),
    Bug.GO_ON_AFTER_FORK: (_END, Bounds(events=3, messages=4, disk_restores=1)),
    Bug.MOVE_ONE: (_END, Bounds(events=3, messages=3, disk_restores=1)),
    Bug.STUCK: (_END, Bounds(events=2, messages=2, server_restores=1, old_backup=True)),
    Bug.REFUSED_GONE: (
        _FORGOTTEN,
        Bounds(events=3, messages=3, unreadable=2, server_restores=1),
    ),
    Bug.OLD_IDS: (_FORGOTTEN, Bounds(reports=1, messages=3, backups=1, server_restores=1)),
    Bug.UNDECLARED_MOVE: (_END, Bounds(events=3, messages=3, disk_restores=1)),
    Bug.EXPIRY_ASLEEP: (
        _FORGOTTEN,
        Bounds(reports=1, messages=3, backups=1, server_restores=1),
    ),
}


@cache
def _without_bugs(bounds: Bounds) -> Verdict[World]:
    return explore(World(), stepper(bounds), properties())


@pytest.mark.parametrize("bounds", _SHORT.values(), ids=_SHORT)
def test_the_protocol_holds(bounds: Bounds) -> None:
    verdict = _without_bugs(bounds)
    print(f"{verdict.states} states")

    assert verdict.violation is None, str(verdict.violation)


@pytest.mark.soak
@pytest.mark.parametrize("bounds", _LONG.values(), ids=_LONG)
@pytest.mark.timeout(1200)
def test_the_protocol_holds_for_longer(bounds: Bounds) -> None:
    verdict = explore(World(), stepper(bounds), properties(), most_states=8_000_000)
    print(f"{verdict.states} states")

    assert verdict.violation is None, str(verdict.violation)


@pytest.mark.parametrize("bug", list(Bug))
def test_a_planted_bug_is_found(bug: Bug) -> None:
    broken, bounds = _BUGS[bug]

    found = explore(World(), stepper(bounds, frozenset({bug})), properties(frozenset({bug})))
    print(f"{bug}: {found.violation}")

    assert found.violation is not None
    assert found.violation.name == broken
    assert found.violation.trace


@pytest.mark.soak  # the control of the test above: that it is the bug that breaks them
@pytest.mark.parametrize("bug", list(Bug))
def test_without_the_bug_the_same_bounds_hold(bug: Bug) -> None:
    _, bounds = _BUGS[bug]

    assert _without_bugs(bounds).violation is None
