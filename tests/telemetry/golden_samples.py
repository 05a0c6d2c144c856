"""The golden samples: what they are made of, how they are read, and how a release adds its own.

A sample is a file `<reader>-<name>.json` with the payload (as text, or as base64 where it is
packed) and what reading it must give. `python -m tests.telemetry.golden_samples 0.2.0` writes the
folder of a release from today's code; it never touches a folder that exists.
"""

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from fleet_server.descriptions.reading import default_catalogue, default_profile
from telemetry.wire import (
    catalogue,
    codec,
    documents,
    enrolment,
    events,
    lines,
    orders,
    people,
    profile,
    signed,
)
from telemetry.wire.messages import (
    Ack,
    Batch,
    Envelope,
    Greeting,
    Header,
    Interval,
    Mark,
    Record,
    Refused,
    Report,
    Seen,
)
from telemetry.words import AssetKind, LinkClass, RemoteCommand, Seat
from tests.telemetry.samples import record

FOLDER = Path(__file__).parent / "golden"
_BOOT = "b7k2m9q4"
_EPOCH = "k3f9a2c1"
_AT = 1_764_000_000_000


class Read(NamedTuple):
    """A payload as read: its content in plain JSON, and the same encoded anew (None: packed)."""

    content: object
    again: bytes | None


def read(kind: str, payload: bytes) -> Read:
    """Read a payload with the reader that the sample's name begins with."""
    return _READERS[kind](payload)


def payload_of(sample: dict[str, object]) -> bytes:
    """The bytes that travelled."""
    text = str(sample["payload"])
    return base64.b64decode(text) if sample["form"] == "base64" else text.encode()


def write(release: str) -> Path:
    """Write the samples of a release into a folder that is not there yet.

    Raises:
        FileExistsError: the release has its samples; they are never changed.
    """
    folder = FOLDER / release
    folder.mkdir(parents=True)
    for name, payload in _payloads().items():
        content, again = read(name.partition("-")[0], payload)
        is_text = again is not None
        text = payload.decode() if is_text else base64.b64encode(payload).decode()
        sample = {"form": "text" if is_text else "base64", "payload": text, "reads": content}
        pretty = json.dumps(sample, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(pretty + "\n", encoding="utf-8")
    return folder


def _read_batch(payload: bytes) -> Read:
    envelope, packed = codec.decode_envelope(payload)
    batch = codec.decode_batch(envelope, packed)
    content = {
        "envelope": msgspec.to_builtins(envelope),
        "header": msgspec.to_builtins(batch.header),
        "records": [_plain(record) for record in batch.records],
    }
    if envelope.codec != codec.JSON:
        return Read(content, None)
    parts = envelope.id, envelope.stream, envelope.epoch, envelope.numbers
    return Read(content, codec.encode_batch(*parts, batch.header, batch.records, codec.JSON))


def _plain(record: Record) -> list[object]:
    body = bytes(record.body)
    assert codec.record_crc(record.boot, record.up_ms, body) == record.crc
    stamp = [record.crc, record.measured_at, record.trust, record.boot, record.up_ms]
    return [*stamp, msgspec.json.decode(body)]


def _read_report(payload: bytes) -> Read:
    report = codec.decode_report(payload)
    return Read(msgspec.to_builtins(report), codec.encode_report(report))


def _read_event(payload: bytes) -> Read:
    event = events.decode(payload)
    assert not isinstance(event, events.Unknown)
    return Read(msgspec.to_builtins(event), events.encode(event))


def _read_ack(payload: bytes) -> Read:
    ack = codec.decode_ack(payload)
    return Read(msgspec.to_builtins(ack), codec.encode_ack(ack))


def _read_lines(payload: bytes) -> Read:
    said = lines.decode(payload)
    return Read(msgspec.to_builtins(said), lines.encode(said))


def _read_signed(payload: bytes) -> Read:
    opened = signed.open_sealed(payload)
    h = opened.header
    validity = (h.not_before, h.not_after)
    again = signed.seal(
        h.asset, h.family, h.name, h.number, validity, opened.body, lambda _: opened.signature
    )
    content = {
        "header": msgspec.to_builtins(h),
        "signature": opened.signature.hex(),
        "body": opened.body.decode(),
    }
    return Read(content, again)


def _read_invitation(payload: bytes) -> Read:
    invitation = enrolment.from_string(payload.decode())
    return Read(msgspec.to_builtins(invitation), enrolment.to_string(invitation).encode())


def _reader_of(kind: type[msgspec.Struct]) -> Callable[[bytes], Read]:
    def read_struct(payload: bytes) -> Read:
        value = msgspec.json.decode(payload, type=kind)
        return Read(msgspec.to_builtins(value), msgspec.json.encode(value))

    return read_struct


_READERS: dict[str, Callable[[bytes], Read]] = {
    "batch": _read_batch,
    "report": _read_report,
    "event": _read_event,
    "ack": _read_ack,
    "lines": _read_lines,
    "signed": _read_signed,
    "invitation": _read_invitation,
    "settings": _reader_of(documents.Settings),
    "profile": _reader_of(profile.Profile),
    "catalogue": _reader_of(catalogue.Catalogue),
    "people": _reader_of(people.People),
    "day": _reader_of(people.Day),
    "enrolrequest": _reader_of(enrolment.EnrolRequest),
    "renewrequest": _reader_of(enrolment.RenewRequest),
    "order": _reader_of(orders.Order),
    "cancel": _reader_of(orders.Cancel),
    "enrolanswer": _reader_of(enrolment.EnrolAnswer),
}


def _payloads() -> dict[str, bytes]:
    return {
        **_batches(),
        **_bodies(),
        **_acks(),
        **_documents(),
        **_readiness(),
        **_orders(),
    }


def _header(greets: bool = False) -> Header:
    return Header(
        sent_at=_AT + 500,
        trust="gnss",
        boot=_BOOT,
        up_ms=3_600_500,
        reports=[Mark("a0b1c2d3", 40, 38), Mark(_EPOCH, 122, 95)],
        events=[Mark("e8v5n7t2", 9, 10)],
        every_seconds=10.0,
        greets=greets,
        held={"settings": 3},
        last_order=12,
        link_class="B",
        in_sitting=True,
        machine="5f2c91d07ab34e68" if greets else "",
        agent_version="0.1.0" if greets else "",
    )


def _report() -> Report:
    return Report(
        {
            "latitude_degrees": 29.5630,
            "longitude_degrees": 106.5516,
            "speed_metres_per_second": 13.9,
            "satellites_used": 14,
            "mains_power": False,
            "operator": "中国移动",
            "rsrp_dbm": -97.0,
        },
        {"wwan0": {"interface_up": True, "received_bytes": 1_048_576, "modem_state": "connected"}},
    )


def _batches() -> dict[str, bytes]:
    second = codec.encode_report(Report({"cpu_celsius": 51.5, "agent_rss_bytes": 28_311_552}))
    reports = [
        record(_BOOT, 3_590_000, codec.encode_report(_report()), _AT - 10_000),
        record(_BOOT, 3_600_000, second),
    ]
    started = events.encode(events.AgentStarted("0.1.0", _BOOT, "veh-001"))
    found: dict[str, bytes] = {}
    cases: list[tuple[str, str, str, list[Interval], Header, list[Record]]] = [
        ("reports", "reports", _EPOCH, [(120, 120), (122, 122)], _header(), reports),
        ("events", "events", "e8v5n7t2", [(9, 9)], _header(), [record(_BOOT, 12, started, _AT)]),
        ("heartbeat", "reports", _EPOCH, [], _header(), []),
        ("greeting", "reports", _EPOCH, [], _header(greets=True), []),
    ]
    for name, stream, epoch, numbers, header, records in cases:
        for packing in (codec.JSON, codec.ZSTD):
            found[f"batch-{name}-{packing}"] = codec.encode_batch(
                "Fq3_x-9Zk2A", stream, epoch, numbers, header, records, packing
            )
    # The smallest batch that a reader must take: every field left out that may be.
    envelope = msgspec.json.encode(Envelope(1, "m", "reports", "e"))
    smallest = msgspec.json.encode(Batch(Header(0, "none", "b", 0, [], [])))
    return found | {"batch-smallest": envelope + b"\n" + smallest}


def _bodies() -> dict[str, bytes]:
    kinds: list[events.Event] = [
        events.EpochOpened("reports", _EPOCH, "a0b1c2d3", "disk_went_back"),
        events.Dropped("reports", _EPOCH, [(3, 3), (5, 9)], "outbox_full"),
        events.AgentStarted("0.1.0", _BOOT, "veh-001"),
        events.DocumentHeld("settings", 3),
        events.DocumentRefused("settings", 4, "signature"),
        events.OutboxSetAside("outbox_damaged"),
        events.ClockFault(-86_400.25, "gnss"),
        events.ProbeHung("modem"),
        events.UnitsFailed(["cups.service", "dev-sdb1.mount"], ["cups.service"]),
        events.DeviceChanged("signature-pad", "SN-0001", "SN-0002"),
        events.CheckDone(
            "clerk-1",
            "self_check",
            [events.Checked("camera", "passed"), events.Checked("printer", "failed", "paper_out")],
            71.5,
            "B",
        ),
        events.ManualTicked("clerk-1", ["national-emblem", "seal"]),
        events.SeatTaken("judge-1", "judge"),
        events.SeatLeft("judge-1", "judge"),
        events.SittingBegan("crew", "clerk-1", "hearing", 14_400.0),
        events.SittingEnded("overridden", "operator-1", "the vehicle is needed elsewhere"),
        events.Disturbed("update", "deferred", "in_sitting"),
        events.Maintenance(True, "operator-1", "a new recorder"),
        events.OrderChanged(
            "o-7Kd2",
            12,
            "failed",
            "play",
            "",
            2,
            events.Recap(9, 2, 1, 3, 1, "启动服务", "no answer"),
        ),
        events.OrderOutput(
            "o-7Kd2", 1, 3, "application/jsonl", "0123456789abcdef" * 4, "KLUv/Q==", True
        ),
        events.Configured("5f0c1f0e5c3f4f0a", _AT, ["/etc/localtime"], ["一号法庭打印机"]),
    ]
    bodies = {f"event-{event.__struct_config__.tag}": events.encode(event) for event in kinds}
    made = [lines.Line("begun", "核对打印队列"), lines.Line("changed", "Write it", "self")]
    return bodies | {
        "lines-two": lines.encode(lines.OrderLines("o-7Kd2", 2, 17, made)),
        "report-full": codec.encode_report(_report()),
        "report-empty": codec.encode_report(Report({})),
    }


def _acks() -> dict[str, bytes]:
    greeting = Greeting(
        [Seen("a0b1c2d3", 40), Seen(_EPOCH, 119, [(95, 96), (100, 119)])],
        [Seen("e8v5n7t2", 9)],
    )
    found = {
        "heard": Ack(_AT, heard=["Fq3_x-9Zk2A"]),
        "settled": Ack(_AT, settled=["Fq3_x-9Zk2A", "Aq"]),
        "refused": Ack(
            _AT,
            settled=["Fq3_x-9Zk2A"],
            refused=[Refused("Fq3_x-9Zk2A", "record", [(120, 120)]), Refused("Aq", "greet_first")],
        ),
        "hold": Ack(_AT, heard=["Aq"], hold_seconds=30.0),
        "greeting": Ack(_AT, heard=["Aq"], greeting=greeting),
    }
    return {f"ack-{name}": codec.encode_ack(ack) for name, ack in found.items()}


def _documents() -> dict[str, bytes]:
    settings = documents.Settings(5.0, 60.0, 15.0, True, 64, 12.0)
    body = msgspec.json.encode(settings)
    validity = (_AT, _AT + 86_400_000)
    sign = bytes(range(64))
    invitation = enrolment.Invitation("fleet.example", 8444, "0123456789abcdef" * 4, "aB3_-secret")
    return {
        "settings-all": body,
        "settings-defaults": msgspec.json.encode(documents.Settings()),
        "signed-settings": signed.seal(
            "veh-001", "desired", "settings", 3, validity, body, lambda _: sign
        ),
        "invitation-one": enrolment.to_string(invitation).encode(),
        "enrolrequest-one": msgspec.json.encode(enrolment.EnrolRequest("CSR", "aB3_-secret")),
        "renewrequest-one": msgspec.json.encode(enrolment.RenewRequest("CSR", "CERT", "PROOF")),
        "enrolanswer-one": msgspec.json.encode(
            enrolment.EnrolAnswer("veh-001", "CERT", "CA", "fleet.example", 8883, "KEY")
        ),
    }


def _readiness() -> dict[str, bytes]:
    """Documents by which an asset knows what it carries, and who may use it for what."""
    person = people.Person(
        "clerk-1", "书记员甲", [Seat.CLERK], "$argon2id$v=19$m=1,t=1,p=1$c2Fs$aA"
    )
    booking = people.Booking("b-1", "hearing", _AT, _AT + 7_200_000, "某村")
    found: dict[str, msgspec.Struct] = {
        "catalogue-default": default_catalogue(),
        "people-one": people.People([person]),
        "day-one": people.Day([booking], _AT - 3_600_000),
    }
    found |= {f"profile-{kind}": default_profile(kind) for kind in AssetKind}
    return {name: msgspec.json.encode(content) for name, content in found.items()}


def _orders() -> dict[str, bytes]:
    """An order of each kind, with all that may be said about it, and a cancel."""
    conditions = orders.Conditions(
        False, True, 30, 500, LinkClass.B, False, [(_AT, _AT + 3_600_000)]
    )
    tasks: list[orders.Task] = [
        orders.RunBundle("configure", "7", '{"kwargs": {}}\n', True, '{"kwargs": {}}\n'),
        orders.CheckNow(),
        orders.Diagnose(),
        orders.RunCommand(RemoteCommand.DISK_USE),
        orders.Restart(unit="cups.service"),
    ]
    found = {
        f"order-{orders.kind_of(task)}": orders.encode(
            orders.Order("o-7Kd2", task, conditions, 900, 2)
        )
        for task in tasks
    }
    found["order-smallest"] = orders.encode(orders.Order("o-7Kd2", orders.CheckNow()))
    found["cancel-one"] = msgspec.json.encode(orders.Cancel("o-7Kd2"))
    body = found["order-smallest"]
    found["signed-order"] = signed.seal(
        "veh-001", orders.FAMILY, "check_now", 12, (_AT, _AT + 1), body, lambda _: bytes(range(64))
    )
    return found


if __name__ == "__main__":
    print(write(sys.argv[1]))
