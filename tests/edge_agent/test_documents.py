"""Which desired documents are taken, and what is said of the others."""

import msgspec
import pytest

from edge_agent.documents import DocumentBook, Outcome
from edge_agent.inputs import Checked, FromCentre, Reading
from edge_agent.records import HeldDocument
from telemetry.wire import events
from telemetry.wire.documents import Settings
from telemetry.wire.profile import ByFolder, DeviceSpec, Profile
from telemetry.wire.signed import Sealed, seal
from telemetry.words import DeviceKind, DocumentRefusal
from tests.edge_agent.in_memory_server import Server, StartAgent

NOW = 1_796_000_000_000
SIGNATURE = b"s" * 64


def sealed(
    version: int = 2,
    *,
    asset: str = "veh-001",
    family: str = "desired",
    name: str = "settings",
    validity: tuple[int, int] = (0, 2 * NOW),
    body: bytes = b'{"report_moving_seconds":5}',
) -> bytes:
    return seal(asset, family, name, version, validity, body, lambda text: SIGNATURE)


def book(held: int = 1, *, genuine: bool | None = True) -> DocumentBook:
    documents = {"settings": HeldDocument("settings", held, b'{"message_seconds":7}')}
    return DocumentBook("veh-001", documents, lambda signed, signature: genuine)


def test_a_newer_document_is_held_and_told() -> None:
    documents = book()
    outcome = documents.receive(sealed(2), NOW)

    assert outcome is not None
    assert outcome.event == events.DocumentHeld("settings", 2)
    assert documents.versions == {"settings": 2}
    assert documents.content(Settings) == Settings(report_moving_seconds=5)


@pytest.mark.parametrize(
    ("payload", "genuine", "code"),
    [
        (sealed(), False, DocumentRefusal.SIGNATURE),
        (sealed(asset="veh-002"), True, DocumentRefusal.ADDRESSEE),
        (sealed(family="order"), True, DocumentRefusal.ADDRESSEE),
        (sealed(validity=(NOW + 1, NOW + 2)), True, DocumentRefusal.NOT_YET_VALID),
        (sealed(validity=(0, NOW - 1)), True, DocumentRefusal.EXPIRED),
        (sealed(0), True, DocumentRefusal.OLDER),
        (sealed(body=b'{"report_moving_seconds":0}'), True, DocumentRefusal.CONTENT),
        (sealed(body=b'{"unknown_field":1}'), True, DocumentRefusal.CONTENT),
        (sealed(name="weather"), True, DocumentRefusal.CONTENT),
    ],
)
def test_a_bad_document_never_replaces_a_good_one(
    payload: bytes, genuine: bool, code: DocumentRefusal
) -> None:
    documents = book(genuine=genuine)
    outcome = documents.receive(payload, NOW)

    assert outcome is not None
    assert isinstance(outcome.event, events.DocumentRefused)
    assert outcome.event.code == code
    assert documents.versions == {"settings": 1}
    assert documents.content(Settings) == Settings(message_seconds=7)


def test_a_body_that_was_exchanged_is_refused_by_its_hash() -> None:
    good = msgspec.json.decode(sealed(), type=Sealed)
    outcome = book().receive(msgspec.json.encode(Sealed(good.header, good.signature, "{}")), NOW)

    assert outcome == Outcome(events.DocumentRefused("settings", 2, DocumentRefusal.HASH))


def test_a_refusal_is_told_once_however_often_the_document_comes() -> None:
    documents = book(genuine=False)
    told = [documents.receive(sealed(), NOW) for _ in range(5)]

    assert [outcome is not None for outcome in told] == [True, False, False, False, False]


def test_what_is_held_already_is_not_checked_again() -> None:
    documents = book(held=2, genuine=False)

    assert documents.receive(sealed(2), NOW) is None


def test_a_check_that_could_not_be_made_leaves_the_question_open() -> None:
    documents = book(genuine=None)
    documents.receive(sealed(2), NOW)
    unknown = documents.checked(SIGNATURE, None)
    documents.receive(sealed(2), NOW)
    outcome = documents.checked(SIGNATURE, True)

    assert unknown is None
    assert outcome is not None
    assert outcome.held is not None


def test_a_signature_is_checked_off_the_tick_and_the_settings_outlive_a_restart(
    start: StartAgent,
) -> None:
    drive = start(Server(), check=lambda signed, signature: None)
    drive.connect()
    drive.run(5)
    drive.tick(FromCentre("desired", sealed(4)))
    before = drive.agent.view().held
    drive.tick(Checked(SIGNATURE, True))
    drive.run(35)
    again = start(drive.server, up=2000.0)
    again.tick()

    assert before == {}
    assert drive.server.headers[-1].held == {"settings": 4}
    assert events.DocumentHeld("settings", 4) in drive.server.events()
    assert again.agent.view().settings.report_moving_seconds == 5


def test_a_profile_is_in_use_at_once_looked_at_at_once_and_outlives_a_restart(
    start: StartAgent,
) -> None:
    carries = Profile("car", [DeviceSpec("court", DeviceKind.RECORDER, ByFolder("/srv"))])
    drive = start(every={"recorder": 60.0})
    drive.run(5)
    before, asked_before = drive.agent.profile, len(drive.radio.asked)
    drive.tick(FromCentre("desired", sealed(name="profile", body=msgspec.json.encode(carries))))
    after, asked_after = drive.agent.profile, len(drive.radio.asked)
    again = start(drive.server, up=2000.0)

    assert before == Profile()
    assert after == carries
    assert (asked_before, asked_after) == (1, 2)
    assert again.agent.profile == carries


def test_faster_reports_hurry_the_quick_probes_alone(start: StartAgent) -> None:
    drive = start(every={"computer": 10.0, "printers": 60.0})
    moving = Reading("position", {"speed_metres_per_second": 10.0})
    drive.tick(moving, FromCentre("desired", sealed(2)))
    drive.run(120, read=[moving])

    assert drive.agent.view().report_every_seconds == 5
    assert drive.radio.asked.count("computer") == 24
    assert drive.radio.asked.count("printers") == 2
