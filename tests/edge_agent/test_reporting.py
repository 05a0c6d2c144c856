"""What becomes a report, and when."""

from edge_agent.inputs import Reading
from edge_agent.reporting import Reporting
from telemetry.wire.documents import Settings
from telemetry.wire.messages import Report, Value

SETTINGS = Settings(report_moving_seconds=5, report_standing_seconds=60)


def fix(seconds: int, **more: float) -> Reading:
    metrics = {"gnss_unix_seconds": float(seconds), "latitude_degrees": 29.5, **more}
    return Reading("position", metrics)


def test_a_report_joins_what_each_probe_said_last() -> None:
    reporting = Reporting(SETTINGS)
    reporting.join(0.0)
    reporting.take(Reading("computer", {"processes": 1}), 1.0)
    reporting.take(Reading("computer", {"processes": 2}), 1.5)
    reporting.take(Reading("network", {"tcp_rtt_seconds": 0.1}, {"eth0": {"sent_bytes": 7}}), 1.6)
    report = reporting.join(2.0)

    assert report is not None
    assert report.metrics == {"processes": 2, "tcp_rtt_seconds": 0.1}
    assert report.devices == {"eth0": {"sent_bytes": 7}}


def test_a_device_that_stays_as_it_is_is_told_again_after_five_minutes() -> None:
    reporting = Reporting(SETTINGS)
    reporting.join(0.0)
    told = []
    for minute in range(1, 8):
        up = minute * 60.0
        state = "ok" if minute < 7 else "fault"
        values: dict[str, Value] = {"device_state": state, "toner_percent": 100 - minute}
        reporting.take(Reading("printers", {"processes": 1}, {"printer": values}), up)
        report = reporting.join(up)
        told.append(report is not None and "printer" in report.devices)

    assert told == [True, False, False, False, False, True, True]


def test_what_is_counted_is_told_in_every_report() -> None:
    reporting = Reporting(SETTINGS)
    reporting.join(0.0)
    told = []
    for minute in (1, 2, 3):
        reporting.take(Reading("network", {}, {"eth0": {"sent_bytes": 7}}), minute * 60.0)
        report = reporting.join(minute * 60.0)
        told.append(report is not None and "eth0" in report.devices)

    assert told == [True, True, True]


def test_missing_stays_missing() -> None:
    reporting = Reporting(SETTINGS)
    reporting.join(0.0)
    reporting.take(Reading("computer", {"processes": 1}), 1.0)
    reporting.join(2.0)
    reporting.take(Reading("network", {"tcp_rtt_seconds": 0.1}), 30.0)
    report = reporting.join(62.0)

    assert report is not None
    assert report.metrics == {"tcp_rtt_seconds": 0.1}


def test_without_any_reading_there_is_no_report() -> None:
    reporting = Reporting(SETTINGS)
    reporting.join(0.0)

    assert reporting.join(2.0) is None


def test_reports_come_faster_while_the_asset_moves_and_slower_without_a_fix() -> None:
    reporting = Reporting(SETTINGS)
    standing = reporting.every_seconds(0.0)
    reporting.take(fix(1, speed_metres_per_second=10.0), 1.0)

    assert standing == 60.0
    assert reporting.every_seconds(2.0) == 5.0
    assert reporting.every_seconds(40.0) == 60.0


def test_a_track_has_every_distinct_fix_once() -> None:
    reporting = Reporting(Settings(track_fixes=True))
    taken = [reporting.take(fix(seconds), 0.0) for seconds in (1, 1, 2, 2, 3)]

    assert taken == [True, False, True, False, True]


def test_a_reading_that_reports_by_itself_is_in_no_other_report() -> None:
    reporting = Reporting(SETTINGS)
    reporting.join(0.0)
    own = reporting.take(Reading("recording", {"processes": 1}, reports=True), 1.0)

    assert own
    assert reporting.join(2.0) is None


def test_devices_whose_question_does_not_come_back_are_told_as_hung_until_it_does() -> None:
    reporting = Reporting(Settings())
    well: dict[str, Value] = {"device_kind": "recorder", "device_state": "ok"}
    reporting.join(0.0)
    reporting.take(Reading("recorder", {}, {"court": well}), 1.0)
    first = reporting.join(100.0)
    reporting.hang("recorder")
    reporting.hang("modem")
    second = reporting.join(200.0)
    reporting.take(Reading("recorder", {}, {"court": well}), 200.0)
    third = reporting.join(300.0)

    hung: dict[str, Value] = {
        "device_kind": "recorder",
        "device_state": "unknown",
        "device_faults": "hung",
    }
    assert first == third == Report({}, {"court": well})
    assert second == Report({}, {"court": hung})
