"""Hypothesis strategies for everything that travels, as the senders make it."""

from hypothesis import strategies as st
from msgspec import Raw

from telemetry.wire import codec, events
from telemetry.wire.messages import (
    Ack,
    Greeting,
    Header,
    Mark,
    Record,
    Refused,
    Report,
    Seen,
    Value,
)
from telemetry.words import ClockTrust, DropReason, EpochReason, Refusal, Stream

NATURALS = st.integers(0, 2**53)
NUMBERS = st.integers(1, 2**53)
EPOCHS = st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True)
IDENTS = st.from_regex(r"[A-Za-z0-9_-]{1,24}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=64)
VALUES: st.SearchStrategy[Value] = (
    st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
METRICS = st.dictionaries(TEXTS, VALUES, max_size=5)
REPORTS = st.builds(Report, METRICS, st.dictionaries(TEXTS, METRICS, max_size=3))
MARKS = st.lists(st.builds(Mark, EPOCHS, NATURALS, NATURALS), max_size=3)
INTERVALS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3)
HEADERS = st.builds(
    Header,
    sent_at=NATURALS,
    trust=st.sampled_from(list(ClockTrust)).map(str),
    boot=EPOCHS,
    up_ms=NATURALS,
    reports=MARKS,
    events=MARKS,
    every_seconds=st.floats(0, 86_400),
    greets=st.booleans(),
    held=st.dictionaries(TEXTS, NATURALS, max_size=2),
    last_order=NATURALS,
    link_class=st.sampled_from(["", "A", "none"]),
    in_sitting=st.booleans(),
    machine=TEXTS,
    agent_version=TEXTS,
)
EVENTS: st.SearchStrategy[events.Event] = st.one_of(
    st.builds(
        events.EpochOpened,
        st.sampled_from(list(Stream)),
        EPOCHS,
        EPOCHS | st.just(""),
        st.sampled_from(list(EpochReason)),
    ),
    st.builds(
        events.Dropped,
        st.sampled_from(list(Stream)),
        EPOCHS,
        INTERVALS,
        st.sampled_from(list(DropReason)),
    ),
    st.builds(events.AgentStarted, TEXTS, EPOCHS, TEXTS),
    st.builds(events.DocumentHeld, TEXTS, NATURALS),
    st.builds(events.DocumentRefused, TEXTS, NATURALS, TEXTS),
    st.builds(events.OutboxSetAside, st.sampled_from(list(EpochReason))),
    st.builds(events.ClockFault, st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    st.builds(events.ProbeHung, TEXTS),
    st.builds(events.UnitsFailed, st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3)),
    st.builds(events.DeviceChanged, TEXTS, TEXTS, TEXTS),
    st.builds(
        events.CheckDone,
        TEXTS,
        TEXTS,
        st.lists(st.builds(events.Checked, TEXTS, TEXTS, TEXTS), max_size=3),
        st.floats(0, 1e6),
    ),
    st.builds(events.ManualTicked, TEXTS, st.lists(TEXTS, max_size=3)),
    st.builds(events.SeatTaken, TEXTS, TEXTS),
    st.builds(events.SeatLeft, TEXTS, TEXTS),
    st.builds(events.SittingBegan, TEXTS, TEXTS, TEXTS, st.floats(0, 1e6)),
    st.builds(events.SittingEnded, TEXTS, TEXTS, TEXTS),
    st.builds(events.Disturbed, TEXTS, TEXTS, TEXTS),
    st.builds(events.Maintenance, st.booleans(), TEXTS, TEXTS),
    st.builds(
        events.Configured,
        TEXTS,
        NATURALS,
        st.lists(TEXTS, max_size=3),
        st.lists(TEXTS, max_size=3),
    ),
)
ACKS = st.builds(
    Ack,
    sent_at=NATURALS,
    heard=st.lists(IDENTS, max_size=2),
    settled=st.lists(IDENTS, max_size=2),
    refused=st.lists(
        st.builds(Refused, IDENTS, st.sampled_from(list(Refusal)).map(str), INTERVALS), max_size=2
    ),
    hold_seconds=st.floats(0, 3600),
    greeting=st.none()
    | st.builds(
        Greeting,
        *2 * [st.lists(st.builds(Seen, EPOCHS, NATURALS, INTERVALS), max_size=2)],
    ),
)


def record(boot: str, up_ms: int, body: bytes, measured_at: int | None = None) -> Record:
    """A record with its right CRC."""
    crc = codec.record_crc(boot, up_ms, body)
    return Record(crc, measured_at, str(ClockTrust.NTP), boot, up_ms, Raw(body))


RECORDS = st.builds(
    record,
    EPOCHS,
    NATURALS,
    REPORTS.map(codec.encode_report) | EVENTS.map(events.encode),
    st.none() | NATURALS,
)
