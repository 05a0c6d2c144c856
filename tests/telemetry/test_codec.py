"""What is encoded is read back as it was, packed or not; what is too large is not sent."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.errors import TooLarge, Unreadable
from telemetry.wire import codec
from telemetry.wire.messages import Ack, Header, Record, Report
from tests.telemetry import samples

_CODECS = st.sampled_from([codec.JSON, codec.ZSTD])


def _header() -> Header:
    return Header(1, "ntp", "b1", 2, [], [])


@given(
    samples.IDENTS,
    samples.EPOCHS,
    st.integers(1, 10**9),
    samples.HEADERS,
    st.lists(samples.RECORDS, max_size=4),
    _CODECS,
)
def test_a_batch_arrives_as_it_was_sent(
    message_id: str, epoch: str, first: int, header: Header, records: list[Record], packing: str
) -> None:
    numbers = [(first, first + len(records) - 1)] if records else []

    payload = codec.encode_batch(message_id, "reports", epoch, numbers, header, records, packing)
    envelope, packed = codec.decode_envelope(payload)
    batch = codec.decode_batch(envelope, packed)

    assert (envelope.id, envelope.stream, envelope.epoch) == (message_id, "reports", epoch)
    assert envelope.numbers == numbers
    assert envelope.codec == packing
    assert batch.header == header
    assert [bytes(record.body) for record in batch.records] == [bytes(r.body) for r in records]
    assert [_but_body(record) for record in batch.records] == [_but_body(r) for r in records]


@given(st.lists(samples.RECORDS, min_size=1, max_size=3))
def test_a_record_is_checked_by_its_crc(records: list[Record]) -> None:
    payload = codec.encode_batch("m", "reports", "e", [(1, len(records))], _header(), records)
    batch = codec.decode_batch(*codec.decode_envelope(payload))

    for record in batch.records:
        assert codec.record_crc(record.boot, record.up_ms, record.body) == record.crc
        assert codec.record_crc(record.boot, record.up_ms + 1, record.body) != record.crc


@given(samples.REPORTS)
def test_a_report_arrives_as_it_was_read(report: Report) -> None:
    assert codec.decode_report(codec.encode_report(report)) == report


@given(samples.ACKS)
def test_an_ack_arrives_as_it_was_sent(ack: Ack) -> None:
    assert codec.decode_ack(codec.encode_ack(ack)) == ack


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_json_cannot_say_is_refused_by_the_sender(value: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        codec.encode_report(Report({"cpu_celsius": value}))


def test_a_text_that_speaks_of_null_is_no_missing_value() -> None:
    report = Report({"operator": '":null,'})

    assert codec.decode_report(codec.encode_report(report)) == report


def test_the_dictionary_makes_a_report_much_smaller() -> None:
    report = Report({"latitude_degrees": 29.56, "longitude_degrees": 106.55, "cpu_celsius": 51.0})
    records = [samples.record("b1", 5, codec.encode_report(report))]

    packed = codec.encode_batch("m", "reports", "e", [(1, 1)], _header(), records)
    plain = codec.encode_batch("m", "reports", "e", [(1, 1)], _header(), records, codec.JSON)

    assert len(packed) < 0.75 * len(plain)


@pytest.mark.parametrize("packing", [codec.JSON, codec.ZSTD])
def test_a_batch_over_the_limit_is_not_made(packing: str) -> None:
    noise = random.Random(1).randbytes(80_000).hex()
    records = [samples.record("b1", 5, codec.encode_report(Report({"operator": noise})))]

    with pytest.raises(TooLarge, match="at most"):
        codec.encode_batch("m", "reports", "e", [(1, 1)], _header(), records, packing)


def test_a_batch_that_unpacks_over_the_limit_is_not_made() -> None:
    body = codec.encode_report(Report({"operator": "x" * codec.MAX_UNPACKED_BYTES}))

    with pytest.raises(TooLarge, match="at most"):
        codec.encode_batch("m", "reports", "e", [(1, 1)], _header(), [samples.record("b", 1, body)])


def test_fields_of_a_newer_vehicle_are_passed_over() -> None:
    payload = (
        b'{"v":1,"id":"m","stream":"reports","epoch":"e","numbers":[[1,1]],"tide":"high"}\n'
        b'{"header":{"sent_at":1,"trust":"ntp","boot":"b","up_ms":2,"reports":[["e",1,1,"new"]],'
        b'"events":[],"mood":{"a":[1]}},"records":[[7,null,"ntp","b",2,{"metrics":{}},"new"]]}'
    )

    batch = codec.decode_batch(*codec.decode_envelope(payload))

    assert batch.header.reports[0].head == 1
    assert batch.records[0].crc == 7


def test_a_batch_with_fewer_records_than_numbers_is_unreadable() -> None:
    payload = codec.encode_batch("m", "reports", "e", [(1, 2)], _header(), [])

    with pytest.raises(Unreadable) as caught:
        codec.decode_batch(*codec.decode_envelope(payload))

    assert caught.value.code == "body"
    assert caught.value.message_id == "m"


def test_message_ids_are_short_and_never_the_same() -> None:
    ids = {codec.new_message_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert {len(message_id) for message_id in ids} == {11}


def _but_body(record: Record) -> tuple[object, ...]:
    return record.crc, record.measured_at, record.trust, record.boot, record.up_ms
