"""Recordings are read row by row, in the catalogue's units, and damage is told by line."""

from pathlib import Path

import pytest

from simulators.errors import NotARecording
from simulators.recordings import Recording, read

HEADER = (
    "Timestamp,Longitude,Latitude,Speed,Operatorname,CellID,NetworkMode,RSRP,RSRQ,SNR,CQI,RSSI,"
    "DL_bitrate,UL_bitrate,State,PINGAVG,PINGMIN,PINGMAX,PINGSTDEV,PINGLOSS,CELLHEX,NODEHEX,"
    "LACHEX,RAWCELLID,NRxRSRP,NRxRSRQ"
)
FULL = (
    "2024.05.06_09.00.00,106.57,29.56,36,B,12,5G,-99,-15,6.0,12,-90,7,1,D,"
    "65.0,64.0,68.0,1.0,0.0,C,A81B,9CBA,11016972,-100.0,-15.0"
)
EMPTY = (
    "2024.05.06_09.00.01,106.57,29.56,0,B,12,LTE,-200,-,-30.0,-,-,0,0,I,"
    "-,-,-,-,-,C,A81B,9CBA,11016972,-,2147483647.0"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def trace(folder: Path, *rows: str) -> Recording:
    path = folder / "drive.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return read(path)


def test_every_column_becomes_a_metric_in_si_units(folder: Path) -> None:
    recording = trace(folder, FULL)

    assert recording.ignored_columns == ()
    assert recording.rows[0].metrics == {
        "longitude_degrees": 106.57,
        "latitude_degrees": 29.56,
        "speed_metres_per_second": 10.0,
        "operator": "B",
        "cell": "12",
        "network_mode": "5G",
        "rsrp_dbm": -99.0,
        "rsrq_db": -15.0,
        "snr_db": 6.0,
        "cqi": 12,
        "rssi_dbm": -90.0,
        "downlink_bits_per_second": 7000.0,
        "uplink_bits_per_second": 1000.0,
        "transfer_state": "D",
        "ping_mean_seconds": 0.065,
        "ping_lowest_seconds": 0.064,
        "ping_highest_seconds": 0.068,
        "ping_deviation_seconds": 0.001,
        "ping_loss_percent": 0.0,
        "cell_hex": "C",
        "cell_node": "A81B",
        "cell_area": "9CBA",
        "cell_raw": "11016972",
        "neighbour_rsrp_dbm": -100.0,
        "neighbour_rsrq_db": -15.0,
    }


def test_dashes_and_sentinels_are_missing_and_zero_is_a_value(folder: Path) -> None:
    metrics = trace(folder, EMPTY).rows[0].metrics

    assert {"rsrp_dbm", "rsrq_db", "snr_db", "cqi", "rssi_dbm"}.isdisjoint(metrics)
    assert {"ping_mean_seconds", "neighbour_rsrp_dbm", "neighbour_rsrq_db"}.isdisjoint(metrics)
    assert metrics["downlink_bits_per_second"] == 0.0
    assert metrics["network_mode"] == "LTE"


def test_rows_of_one_second_stay_separate_and_in_order(folder: Path) -> None:
    second = FULL.replace(",7,1,D", ",8,2,D")

    rows = trace(folder, FULL, second, EMPTY).rows

    assert [row.offset_seconds for row in rows] == [0.0, 0.0, 1.0]
    assert [row.metrics["uplink_bits_per_second"] for row in rows] == [1000.0, 2000.0, 0.0]


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (FULL.rpartition(",")[0], "25 columns, the header has 26"),
        (FULL.replace("2024.05.06", "2024.13.06"), "does not match format"),
        (FULL.replace("-99,", "abc,"), "RSRP is 'abc', not a number"),
        ('2024,"', "not CSV"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_the_rest_is_read(
    folder: Path, damaged: str, why: str
) -> None:
    recording = trace(folder, FULL, damaged, EMPTY)

    assert len(recording.rows) == 2
    assert [bad.line for bad in recording.refused] == [3]
    assert why in recording.refused[0].why


def test_a_clock_that_went_back_keeps_the_order_of_the_file(folder: Path) -> None:
    rows = trace(folder, EMPTY, FULL).rows

    assert [row.offset_seconds for row in rows] == [1.0, 0.0]


def sentence(body: str) -> str:
    total = 0
    for character in body:
        total ^= ord(character)
    return f"${body}*{total:02X}"


def log(folder: Path, *bodies: str) -> Recording:
    path = folder / "track.log"
    path.write_text("# a comment\n" + "\n".join(sentence(body) for body in bodies) + "\n")
    return read(path)


def test_sentences_of_one_moment_become_one_row(folder: Path) -> None:
    recording = log(
        folder,
        "GPGSA,A,3,01,,,,,,,,,,,,1.8,0.9,1.5",
        "GPGGA,095256.000,2933.6000,N,10634.2000,E,1,06,01.8,259.5,M,42.2,M,,",
        "GPRMC,095256.000,A,2933.6000,N,10634.2000,E,10.00,90.00,080424,,,A",
    )

    assert [row.metrics for row in recording.rows] == [
        {
            "latitude_degrees": 29.56,
            "longitude_degrees": 106.57,
            "satellites_used": 6,
            "altitude_metres": 259.5,
            "speed_metres_per_second": 5.144,
            "heading_degrees": 90.0,
            "fix_dimensions": 3,
        }
    ]


def test_a_moment_without_a_fix_has_no_place(folder: Path) -> None:
    recording = log(folder, "GPRMC,095255.810,V,2712.6404,S,15303.1201,E,0.00,0.00,080407,,,A")

    assert recording.rows[0].metrics == {"fix_dimensions": 0}


def test_midnight_does_not_turn_a_track_back(folder: Path) -> None:
    recording = log(
        folder,
        "GPRMC,235959.500,A,2933.6000,S,10634.2000,W,,,080424,,,A",
        "GPRMC,000000.500,A,2933.6000,S,10634.2000,W,,,090424,,,A",
    )

    assert [row.offset_seconds for row in recording.rows] == [0.0, 1.0]
    assert recording.rows[0].metrics["latitude_degrees"] == -29.56


def test_damaged_sentences_are_refused_by_line(folder: Path) -> None:
    path = folder / "track.log"
    good = sentence("GPRMC,095255.000,A,2933.6000,N,10634.2000,E,1.00,2.00,080424,,,A")
    path.write_text(f"{good}\n{good[:-2]}FF\n{good[:30]}\n")

    recording = read(path)

    assert len(recording.rows) == 1
    assert [(bad.line, bad.why) for bad in recording.refused] == [
        (2, "wrong checksum"),
        (3, "not a whole sentence"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"name,value\n1,2\n", b"Timestamp,RSRP\n"]
)
def test_other_files_are_named_and_not_read(folder: Path, content: bytes) -> None:
    path = folder / "other.csv"
    path.write_bytes(content)

    with pytest.raises(NotARecording, match=r"other\.csv"):
        read(path)


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(NotARecording, match="cannot be read: No such file"):
        read(folder / "absent.csv")
