"""An asset as the tests of the crew page know it: what it holds, and who may act on it."""

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from edge_agent.outbox import Outbox
from edge_agent.records import HeldDocument, Stamp, Work
from telemetry.wire.catalogue import Catalogue, Need, Service
from telemetry.wire.people import Day, People, Person
from telemetry.wire.profile import (
    ByFolder,
    ByIpp,
    ByRtsp,
    BySound,
    ByUsb,
    DeviceSpec,
    ManualItem,
    Platform,
    Profile,
)
from telemetry.words import DeviceKind, LinkClass, Seat

JUDGE_PIN = "2468"
CLERK_PIN = "1357"


def pin_hash(pin: str) -> str:
    """As cheap as argon2id can be."""
    return Argon2id(
        salt=b"0123456789abcdef", length=32, iterations=1, lanes=1, memory_cost=64
    ).derive_phc_encoded(pin.encode())


PEOPLE = People(
    [
        Person("p-judge", "王法官", [Seat.JUDGE], pin_hash(JUDGE_PIN)),
        Person("p-clerk", "李书记员", [Seat.CLERK, Seat.DRIVER], pin_hash(CLERK_PIN)),
        Person("p-guest", "无 PIN 者", [Seat.BAILIFF]),
    ]
)
CATALOGUE = Catalogue(
    [
        Service(
            "hearing",
            "巡回审判",
            "Hearing",
            needs=[
                Need([DeviceKind.CAMERA]),
                Need([DeviceKind.MICROPHONE]),
                Need([DeviceKind.PRINTER], is_optional=True),
            ],
            platforms=["court-files"],
            manual=["emblem"],
            link=LinkClass.B,
            seats={Seat.JUDGE: 1, Seat.CLERK: 1},
        ),
        Service(
            "filing",
            "现场立案",
            "Filing in the field",
            needs=[Need([DeviceKind.PRINTER]), Need([DeviceKind.ID_READER])],
        ),
        Service("publicity", "普法宣传", "Law publicity", needs=[Need([DeviceKind.SPEAKER])]),
        Service("mediation", "调解指导", "Mediation guidance"),
    ]
)
PROFILE = Profile(
    "test-vehicle",
    [
        DeviceSpec(
            "bench", DeviceKind.CAMERA, ByRtsp("rtsp://127.0.0.1:1/a"), "法台摄像机", "Bench"
        ),
        DeviceSpec("mic", DeviceKind.MICROPHONE, BySound("null", captures=True)),
        DeviceSpec("speaker", DeviceKind.SPEAKER, BySound("null", captures=False)),
        DeviceSpec("printer", DeviceKind.PRINTER, ByIpp("ipp://127.0.0.1:1/ipp/print")),
        DeviceSpec("recorder", DeviceKind.RECORDER, ByFolder("/nonexistent")),
        DeviceSpec("id", DeviceKind.ID_READER, ByUsb("0000", "0000"), may_be_off=True),
    ],
    manual=[ManualItem("emblem", "国徽", "National emblem"), ManualItem("seal", "印章", "Seal")],
    platforms=[
        Platform("court-files", "办案平台", "Case files", "files.invalid"),
        Platform("people-query", "人员查询", "Person query", "query.invalid"),
    ],
)


def hold(path: Path, *contents: object, asset: str = "veh-001", machine: str = "machine-1") -> None:
    """Let an outbox that no agent has open hold these as desired documents."""
    outbox = Outbox(path, machine=machine, asset=asset, synchronous="OFF")
    held = [
        HeldDocument(type(content).__name__.lower(), 1, msgspec.json.encode(content))
        for content in contents
    ]
    outbox.commit(Work(held=held), Stamp("boot0", 1))
    outbox.close()


ALL = (PEOPLE, CATALOGUE, PROFILE, Day())
