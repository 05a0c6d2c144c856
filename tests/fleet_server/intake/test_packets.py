"""Our own PUBLISH packets are the ones that gmqtt makes and reads."""

import pytest
from gmqtt.client import Message
from gmqtt.mqtt.constants import MQTTv50
from gmqtt.mqtt.package import PublishPacket
from hypothesis import given
from hypothesis import strategies as st

from fleet_server.intake import packets


class Speaker:
    """What gmqtt asks the protocol of while it packs."""

    proto_ver = MQTTv50


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), st.binary())
def test_a_packet_is_the_librarys(topic: str, payload: bytes) -> None:
    _, theirs = PublishPacket.build_package(Message(topic, payload), Speaker())

    assert packets.packed(topic, payload) == bytes(theirs)


@pytest.mark.parametrize("size", [0, 1, 100, 127, 128, 16_383, 16_384, 70_000])
def test_what_was_packed_is_opened(size: int) -> None:
    packet = packets.packed("fleet/v1/veh-001/down/ack", bytes(size))
    head, *rest = packet
    length_bytes = next(at for at, byte in enumerate(rest, 1) if byte < 0x80)

    topic, payload = packets.opened(head, bytes(rest[length_bytes:])) or (b"", b"")

    assert topic == b"fleet/v1/veh-001/down/ack"
    assert payload == bytes(size)


def test_what_the_fast_way_does_not_know_is_left_to_the_library() -> None:
    body = packets.packed("a", b"x")[2:]

    assert packets.opened(packets.PUBLISH | 0x02, body) is None
    assert packets.opened(packets.PUBLISH, body.replace(b"a\0", b"a\2")) is None


def test_what_is_no_publish_at_all_is_left_to_the_library() -> None:
    assert packets.opened(0xD0, b"") is None
    assert packets.opened(packets.PUBLISH, b"\0\5ab") is None


@given(
    st.lists(st.integers(0, 300) | st.sampled_from([16_383, 16_384, 70_000]), max_size=8),
    st.lists(st.integers(0, 2000), max_size=8),
)
def test_a_stream_is_the_same_packets_however_it_is_cut(sizes: list[int], cuts: list[int]) -> None:
    payloads = [bytes([index + 1]) * size for index, size in enumerate(sizes)]
    stream = b"".join(packets.packed("a", payload) for payload in payloads)
    splitter = packets.Splitter()
    found = []
    at = 0
    for cut in [*cuts, len(stream)]:
        found += splitter.split(stream[at : at + cut])
        at += cut

    assert [packets.opened(head, body) for head, body in found] == [(b"a", p) for p in payloads]


def test_a_packet_is_given_out_with_its_last_byte() -> None:
    packet = packets.packed("a", bytes(20_000))
    splitter = packets.Splitter()

    early = [
        found for at in range(len(packet) - 1) for found in splitter.split(packet[at : at + 1])
    ]

    assert early == []
    assert splitter.split(packet[-1:]) == [(packets.PUBLISH, packet[4:])]


def test_a_length_of_more_than_four_bytes_is_no_mqtt() -> None:
    splitter = packets.Splitter()
    assert splitter.split(b"\x30\xff\xff\xff") == []

    with pytest.raises(ValueError, match="length"):
        splitter.split(b"\xff\x01")
