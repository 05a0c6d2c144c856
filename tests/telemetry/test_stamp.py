"""Packets of the link test are those of RFC 8762, and nobody without the key makes one."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.wire import burst, stamp
from telemetry.wire.burst import Burst, Kind
from telemetry.wire.stamp import Sent

KEY = bytes(range(32))
AT = 1_717_200_000.25


def test_a_question_has_the_authenticated_format_of_the_rfc() -> None:
    packet = stamp.write_sent(Sent(7, AT, 0xABCD), KEY)

    # RFC 8762, figure 4, with the SSID of RFC 8972 behind the error estimate
    assert packet[:4] == bytes([0, 0, 0, 7])
    assert packet[4:16] == bytes(12)
    assert int.from_bytes(packet[16:20], "big") == 1_717_200_000 + 2_208_988_800
    assert packet[20:24] == bytes([0x40, 0, 0, 0])
    assert packet[24] & 0x80  # S: the clock is synchronised
    assert packet[26:28] == bytes([0xAB, 0xCD])
    assert packet[28:96] == bytes(68)
    assert packet[96:] == hmac.new(KEY, packet[:96], hashlib.sha256).digest()[:16]
    assert len(packet) == 112


def test_an_answer_has_the_authenticated_format_of_the_rfc_and_is_not_larger() -> None:
    question = stamp.write_sent(Sent(7, AT, 0xABCD), KEY)
    packet = stamp.signed(stamp.write_reflected(question, 3, AT + 1, AT + 2), KEY)

    # figure 6
    assert packet[:4] == bytes([0, 0, 0, 3])
    assert packet[16:24] == stamp.to_ntp(AT + 2).to_bytes(8, "big")
    assert packet[26:28] == bytes([0xAB, 0xCD])
    assert packet[32:40] == stamp.to_ntp(AT + 1).to_bytes(8, "big")
    assert packet[48:52] == question[:4]
    assert packet[64:72] == question[16:24]
    assert packet[72:74] == question[24:26]
    assert len(packet) == len(question)
    read = stamp.read_reflected(packet, KEY)
    assert read == (3, AT + 2, 0xABCD, AT + 1, 7, AT)


@given(st.integers(0, 2**32 - 1), st.floats(0, 4.2e9), st.integers(1, 2**16 - 1))
def test_what_is_written_is_read(sequence: int, at: float, ssid: int) -> None:
    read = stamp.read_sent(stamp.write_sent(Sent(sequence, at, ssid), KEY), KEY)

    assert read is not None
    assert (read.sequence, read.ssid) == (sequence, ssid)
    assert read.sent_at == pytest.approx(at, abs=1e-6)


@given(st.integers(0, 111), st.integers(1, 255))
def test_a_packet_that_was_touched_is_none(at: int, change: int) -> None:
    packet = bytearray(stamp.write_sent(Sent(1, AT, 5), KEY))
    packet[at] ^= change

    assert stamp.read_sent(bytes(packet), KEY) is None
    assert stamp.read_reflected(bytes(packet), KEY) is None


@given(st.binary(max_size=130))
def test_whatever_comes_is_read_without_an_error(packet: bytes) -> None:
    assert stamp.read_sent(packet, KEY) is None
    assert stamp.read_reflected(packet, KEY) is None
    assert burst.read(packet, KEY) is None
    assert burst.read(burst._MAGIC + packet, KEY) is None


@pytest.mark.parametrize("kind", list(Kind))
def test_a_packet_of_a_burst_is_read_as_it_was_written(kind: Kind) -> None:
    said = Burst(kind, 5, 1_717_200_000_000_000, 17, 4_000_000, 2_000_000)
    packet = burst.write(said, KEY)

    assert burst.read(packet, KEY) == said
    assert burst.read(packet, b"another key") is None
    assert len(packet) == (1200 if kind is Kind.FILL else 52)
    assert stamp.read_ssid(packet) is None


def test_a_session_id_is_never_zero() -> None:
    assert all(0 < stamp.ssid_of(f"veh-{at:03}") < 2**16 for at in range(1000))
