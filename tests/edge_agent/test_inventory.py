"""Serial numbers are inventory: what changed is told once, across restarts."""

from edge_agent.inputs import Reading
from telemetry.wire.events import DeviceChanged
from tests.edge_agent.in_memory_server import Drive, StartAgent

REBOUND_SECONDS = 600.0


def pad(serial: str) -> Reading:
    return Reading("usb", {}, {"pad": {"device_state": "ok", "device_serial": serial}})


def sim(iccid: str) -> Reading:
    return Reading("modem", {}, {"modem": {"modem_state": "connected", "sim_iccid": iccid}})


def told(drive: Drive) -> list[DeviceChanged]:
    """What the server has heard of changed devices."""
    drive.run(3)
    return [event for event in drive.server.events() if isinstance(event, DeviceChanged)]


def test_the_first_device_is_no_change(start: StartAgent) -> None:
    drive = start()
    drive.connect()

    drive.run(3, read=[pad("A-1")])

    assert told(drive) == []


def test_another_device_is_told_once(start: StartAgent) -> None:
    drive = start()
    drive.connect()

    drive.run(3, read=[pad("A-1")])
    drive.run(30, read=[pad("A-2")])

    assert told(drive) == [DeviceChanged("pad", "A-1", "A-2")]


def test_another_sim_card_is_told_too(start: StartAgent) -> None:
    drive = start()
    drive.connect()

    drive.run(3, read=[sim("89860000000000000017")])
    drive.run(3, read=[sim("89860000000000000025")])

    assert told(drive) == [DeviceChanged("modem", "89860000000000000017", "89860000000000000025")]


def test_a_device_that_is_away_for_a_while_is_no_change(start: StartAgent) -> None:
    drive = start()
    drive.connect()

    drive.run(3, read=[pad("A-1")])
    drive.run(3, read=[Reading("usb", {}, {"pad": {"device_state": "absent"}})])
    drive.run(3, read=[pad("A-1")])

    assert told(drive) == []


def test_a_restart_tells_nothing_again_and_notices_what_was_changed_meanwhile(
    start: StartAgent,
) -> None:
    first = start()
    first.connect()
    first.run(30, read=[pad("A-1")])
    first.run(3, read=[pad("A-2")])

    second = start(first.server, up=first.up)
    second.connect()
    second.run(30, read=[pad("A-2")])
    third = start(first.server, up=second.up)
    third.connect()
    third.run(30, read=[pad("A-3")])

    assert told(third) == [
        DeviceChanged("pad", "A-1", "A-2"),
        DeviceChanged("pad", "A-2", "A-3"),
    ]


def test_a_device_that_says_another_number_each_time_does_not_fill_the_outbox(
    start: StartAgent,
) -> None:
    drive = start()
    drive.connect()

    for second in range(int(2 * REBOUND_SECONDS)):
        drive.run(1, read=[pad(f"A-{second}")])

    assert 2 <= len(told(drive)) <= 3
