"""What stands in a line of InfluxDB's protocol, and what must not."""

import msgspec
import pytest

from telemetry.store.line_protocol import lines
from telemetry.wire.messages import Value
from tests.telemetry.store.reports import NOON, report


def test_a_report_is_a_line_and_each_device_another() -> None:
    row = report(
        7,
        metrics={"rsrp_dbm": -90.5, "cqi": 3, "mains_power": True, "operator": "中国移动"},
        devices={"wwan0": {"sent_bytes": 5}, "camera": {}},
    )

    found = list(lines(row))

    series, time = "asset=veh-001,epoch=e1", "1763899207000000007"
    fields = 'rsrp_dbm=-90.5,cqi=3i,mains_power=true,operator="中国移动"'
    assert found == [
        f"readings,{series} number=7i,{fields} {time}",
        f"device_readings,{series},device=wwan0 number=7i,sent_bytes=5i {time}",
        f"device_readings,{series},device=camera number=7i {time}",
    ]


def test_reports_of_one_millisecond_have_times_of_their_own() -> None:
    rows = [report(number, at=NOON) for number in (1, 2, 999_999, 1_000_000)]

    times = [next(lines(row)).rpartition(" ")[2] for row in rows]

    assert times == [f"{NOON}{digits}" for digits in ("000001", "000002", "999999", "000000")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("paper_sheets", 250),
        ("cqi", 3.0),
        ("cqi", True),
        ("mains_power", 1),
        ("rsrp_dbm", 2**60),
        ("rsrp_dbm", float("inf")),
        ("tcp_retransmits", 2**63),
        ("operator", 46000),
    ],
)
def test_what_would_change_the_type_of_a_field_is_left_out(key: str, value: Value) -> None:
    [line] = lines(report(1, metrics={key: value}))

    assert line == "readings,asset=veh-001,epoch=e1 number=1i 1763899201000000001"


def test_texts_cannot_break_out_of_their_place() -> None:
    row = report(
        1,
        metrics={"operator": 'a"b\\c\nd,e=f g'},
        devices={"a b,c=d\n\\": {"modem_state": "x"}, "": {"modem_state": "y"}},
    )

    own, odd, empty = lines(row)

    assert 'number=1i,operator="a\\"b\\\\c\nd,e=f g" 1763' in own
    assert ",device=a\\ b\\,c\\=d__ number=1i" in odd
    assert ",device=_ number=1i" in empty


def test_a_clock_far_in_the_future_does_not_stop_the_mirror() -> None:
    row = report(5, at=2**53, received_at=NOON)

    [line] = lines(row)

    assert line.endswith(f" {NOON}000005")


def test_what_has_no_measured_time_stands_where_it_arrived() -> None:
    row = msgspec.structs.replace(report(5, at=NOON), measured_at=None)

    [line] = lines(row)

    assert line.endswith(f" {NOON}000005")
