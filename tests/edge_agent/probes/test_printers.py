"""How a printer's reasons become faults, and how strictly its answers are read."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.ipp.client import whole_answer
from edge_agent.ipp.message import (
    Answer,
    Attributes,
    IppValue,
    Malformed,
    Operation,
    Range,
    decode_answer,
    encode_request,
)
from edge_agent.probes.printers import faults_of, understood
from edge_agent.probes.reaching import NotHttp
from telemetry.wire.profile import ByIpp, DeviceSpec
from telemetry.words import DeviceFault, DeviceKind, DeviceState

RECORDED = sorted((Path(__file__).parent / "cases" / "printers").glob("*/answer.ipp"))
PRINTER = DeviceSpec("printer", DeviceKind.PRINTER, ByIpp("ipp://printer.example/"))
SCANNER = DeviceSpec("scanner", DeviceKind.SCANNER, ByIpp("ipp://printer.example/"))
IDLE, STOPPED = 3, 5
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def answer(*attributes: bytes, version: int = 2) -> bytes:
    return struct.pack(">BBhI", version, 0, 0, 1) + b"\x04" + b"".join(attributes) + b"\x03"


def attribute(tag: int, name: str, value: bytes) -> bytes:
    return (
        struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value
    )


@pytest.mark.parametrize(
    ("reasons", "state", "faults"),
    [
        (["none"], IDLE, []),
        ([], IDLE, []),
        (["media-empty-report"], IDLE, ["paper_out"]),
        (["media-needed-warning"], IDLE, ["paper_out"]),
        (["media-empty", "media-low"], IDLE, ["paper_out"]),
        (["media-low-warning", "toner-low"], IDLE, ["paper_low", "toner_low"]),
        (["toner-empty-error", "toner-low-warning"], STOPPED, ["toner_out"]),
        (["marker-supply-low-warning"], IDLE, ["toner_low"]),
        (["media-jam-error", "door-open-error"], STOPPED, ["jammed", "cover_open"]),
        (["paused"], STOPPED, ["stopped"]),
        (["offline-report"], IDLE, ["not_answering"]),
        (["a-new-word-warning"], IDLE, []),
        (["a-new-word-error"], IDLE, ["stopped"]),
        (["a-new-word-report"], STOPPED, ["stopped"]),
    ],
)
def test_a_printer_is_judged_by_its_reasons(
    reasons: list[IppValue], state: int, faults: list[str]
) -> None:
    printer: Attributes = {"printer-state-reasons": reasons, "printer-state": [state]}

    assert list(faults_of(printer)) == faults


def test_a_printer_that_takes_no_jobs_is_stopped() -> None:
    assert faults_of({"printer-is-accepting-jobs": [False]}) == (DeviceFault.STOPPED,)


def test_a_queue_whose_printer_is_away_may_be_off_between_uses() -> None:
    away = Answer(0, {"printer-state-reasons": ["offline-report"]}, {})
    portable = DeviceSpec("p", DeviceKind.PORTABLE_PRINTER, PRINTER.reach, may_be_off=True)

    assert understood(PRINTER, away).state is DeviceState.ABSENT
    assert understood(portable, away).state is DeviceState.OFF


def test_a_scanner_needs_neither_paper_nor_toner() -> None:
    empty = Answer(0, {"printer-state-reasons": ["media-empty", "toner-empty"]}, {})
    jammed = Answer(0, {"printer-state-reasons": ["media-jam"]}, {})

    assert understood(SCANNER, empty).state is DeviceState.OK
    assert understood(SCANNER, jammed).faults == (DeviceFault.JAMMED,)


@pytest.mark.parametrize(
    ("status", "faults"),
    [(0x0403, (DeviceFault.REFUSED,)), (0x0502, (DeviceFault.STOPPED,)), (0x0001, ())],
)
def test_a_status_of_failure_is_a_fault(status: int, faults: tuple[DeviceFault, ...]) -> None:
    assert understood(PRINTER, Answer(status, {}, {})).faults == faults


def test_levels_by_cups_attributes_leave_out_what_is_unknown_and_what_fills_up() -> None:
    levels: list[IppValue] = [60, -1, 3]
    kinds: list[IppValue] = ["toner", "toner", "waste-toner"]
    told = Answer(0, {"marker-levels": levels, "marker-types": kinds}, {})

    assert understood(PRINTER, told).values["toner_percent"] == 60


def test_values_of_all_forms_are_read() -> None:
    told = answer(
        attribute(0x21, "copies", struct.pack(">i", -5)),
        attribute(0x33, "range", struct.pack(">ii", 1, 9)),
        attribute(0x22, "colour", b"\1"),
        attribute(0x44, "reasons", b"one"),
        attribute(0x44, "", b"two"),
        attribute(0x35, "info", b"\0\2zh\0\6" + "书记".encode()),
        attribute(0x12, "unknown", b""),
        attribute(0x34, "size", b""),
        attribute(0x4A, "", b"x"),
        attribute(0x21, "", struct.pack(">i", 210)),
        attribute(0x37, "", b""),
    )

    assert decode_answer(told).printer == {
        "copies": [-5],
        "range": [Range(1, 9)],
        "colour": [True],
        "reasons": ["one", "two"],
        "info": ["书记"],
        "unknown": [None],
        "size": [{"x": [210]}],
    }


@pytest.mark.parametrize(
    "message",
    [
        b"",
        answer()[:-1],
        answer(version=9),
        answer(attribute(0x21, "copies", b"\1")),
        answer(attribute(0x22, "colour", b"\2")),
        answer(attribute(0x44, "", b"a value without a name")),
        answer(attribute(0x34, "size", b"")),
        answer(
            attribute(0x34, "deep", b""),
            *[attribute(0x4A, "", b"m") + attribute(0x34, "", b"")] * 9,
        ),
        answer(struct.pack(">BHH", 0x44, 0xFFFF, 0)),
        answer(attribute(0x44, "many", b"x"), *[attribute(0x44, "", b"x")] * 20_000),
    ],
)
def test_what_cannot_be_is_refused(message: bytes) -> None:
    with pytest.raises(Malformed):
        decode_answer(message)


@given(st.binary(max_size=300))
def test_junk_is_refused_or_read_and_nothing_else(junk: bytes) -> None:
    try:
        decode_answer(answer(junk))
    except Malformed:
        return


@given(st.sampled_from(RECORDED), st.data())
def test_a_damaged_answer_is_refused_or_judged_and_nothing_else(
    recorded: Path, data: st.DataObject
) -> None:
    message = bytearray(recorded.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        told = decode_answer(bytes(message[: data.draw(st.integers(0, len(message)))]))
    except Malformed:
        return

    assert understood(PRINTER, told).state in DeviceState


@given(st.text(st.sampled_from("a 0-书记é\0"), max_size=200))
def test_a_request_names_what_it_asks_for(name: str) -> None:
    request = encode_request(Operation.PRINT_JOB, "ipp://p/", names=[("job-name", name)])

    assert request[:8] == b"\1\1\0\2\0\0\0\1"
    assert request.endswith(b"\x03")
    assert name.encode() in request


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer",
        CHUNKED + b"3\r\nans\r\n3;x=y\r\nwer\r\n0\r\n\r\n",
    ],
)
def test_an_http_answer_is_whole_when_its_last_byte_is_there(answer: bytes) -> None:
    early = [whole_answer(answer[:end], is_over=False) for end in range(len(answer) - 4)]

    assert whole_answer(answer, is_over=False) == (200, b"answer")
    assert set(early) <= {None, (200, b"answer")}
    assert early[: len(answer) // 2] == [None] * (len(answer) // 2)


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    answer = b"HTTP/1.0 200 OK\r\n\r\nanswer"

    assert whole_answer(answer, is_over=False) is None
    assert whole_answer(answer, is_over=True) == (200, b"answer")


@given(st.binary(max_size=200), st.booleans())
def test_junk_is_no_http_answer_and_ends(junk: bytes, is_over: bool) -> None:
    for answer in (junk, CHUNKED + junk, b"HTTP/1.1 200 OK\r\nContent-Length:" + junk):
        try:
            whole_answer(answer, is_over=is_over)
        except (NotHttp, ValueError):
            continue
