"""The reflector answers whom it knows, once, never with more than was sent, and nobody else."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import JsonValue

from edge_agent import keys
from fleet_server.authority.store import Authority
from fleet_server.parts import Parts
from fleet_server.reflector.keyring import Keyring
from fleet_server.reflector.reflector import Reflector
from fleet_server.reflector.rules import Count, Session, Window
from telemetry.wire import burst, stamp
from telemetry.wire.burst import Burst, Kind
from telemetry.wire.enrolment import EnrolRequest, from_string
from telemetry.wire.stamp import Reflected, Sent
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.machine import Machine

NOW = 1_800_000_000.0
VEHICLE = "veh-001"


class Asset:
    """A computer's end of the test, and the way to the reflector."""

    def __init__(self, parts: Parts, reflector: Reflector, name: str, machine: Machine) -> None:
        self.name = name
        self.reflector = reflector
        ca = parts.authority.ca_pem.encode()
        self.key = keys.link_key(machine.key_pem().encode(), ca)

    def question(self, sequence: int, at: float = NOW) -> bytes:
        return stamp.write_sent(Sent(sequence, at, stamp.ssid_of(self.name)), self.key)

    def ask(self, sequence: int, at: float = NOW, up: float = 0.0) -> Reflected | None:
        question = self.question(sequence, at)
        answer = self.reflector.answer(question, NOW, up)
        assert answer is None or len(answer) <= len(question)
        return None if answer is None else stamp.read_reflected(answer, self.key)

    def send(self, kind: Kind, began: float, sequence: int, up: float = 0.0) -> Burst | None:
        said = Burst(kind, stamp.ssid_of(self.name), round(began * 1e6), sequence)
        packet = burst.write(said, self.key)
        answer = self.reflector.answer(packet, NOW, up)
        assert answer is None or len(answer) <= len(packet)
        return None if answer is None else burst.read(answer, self.key)


@pytest.fixture
def reflector(parts: Parts) -> Reflector:
    return Reflector(parts.keyring, lambda: NOW + 0.5)


@pytest.fixture
def asset(parts: Parts, api: Api, reflector: Reflector) -> Asset:
    return enrolled(parts, api.add(VEHICLE), reflector, VEHICLE)


def enrolled(parts: Parts, string: str, reflector: Reflector, name: str) -> Asset:
    machine = Machine()
    request = EnrolRequest(machine.csr(), from_string(string).secret)
    parts.enrolment.enrol(request, parts.clock())
    return Asset(parts, reflector, name, machine)


def test_both_sides_derive_the_same_key_and_another_machine_another(
    authority: Authority,
) -> None:
    one, other = Machine(), Machine()
    ca = authority.ca_pem.encode()

    def there(machine: Machine) -> bytes:
        certificate = authority.issue(VEHICLE, machine.csr(), Clock().now)
        form = PublicFormat.SubjectPublicKeyInfo
        return authority.agree(certificate.public_key().public_bytes(Encoding.DER, form))

    assert there(one) == keys.link_key(one.key_pem().encode(), ca)
    assert there(other) != there(one)


def test_a_question_is_answered_with_the_times_of_both_ends(asset: Asset) -> None:
    answer = asset.ask(0, NOW - 1.0)

    assert answer == Reflected(0, NOW + 0.5, stamp.ssid_of(VEHICLE), NOW, 0, NOW - 1.0)


def test_the_reflector_counts_what_it_answers(asset: Asset) -> None:
    answers = [asset.ask(sequence, NOW + sequence) for sequence in (0, 1, 4, 3)]

    assert [None if a is None else (a.sender_sequence, a.sequence) for a in answers] == [
        (0, 0),
        (1, 1),
        (4, 2),
        (3, 3),
    ]


def test_a_restarted_sender_begins_a_new_count(asset: Asset) -> None:
    for sequence in range(5):
        asset.ask(sequence, NOW + sequence)

    again = asset.ask(0, NOW + 10)

    assert again is not None
    assert again.sequence == 0
    assert asset.ask(3, NOW + 3) is None  # of before the restart, seen or not


def test_nothing_is_answered_twice(asset: Asset) -> None:
    packet = asset.question(0)

    assert asset.reflector.answer(packet, NOW, 0.0) is not None
    assert asset.reflector.answer(packet, NOW, 0.0) is None
    assert asset.reflector.refused == 1


@pytest.mark.parametrize("off", [-301.0, 301.0])
def test_a_packet_of_another_time_is_not_answered(asset: Asset, off: float) -> None:
    assert asset.ask(0, NOW + off) is None


def test_a_stranger_gets_no_answer(parts: Parts, asset: Asset) -> None:
    stranger = Asset(parts, asset.reflector, VEHICLE, Machine())

    assert stranger.ask(0) is None
    assert stranger.send(Kind.QUESTION, NOW, 0) is None
    assert asset.reflector.answer(b"", NOW, 0.0) is None
    assert asset.reflector.answer(bytes(112), NOW, 0.0) is None
    assert asset.ask(0) is not None


def test_an_asset_that_asks_too_often_is_answered_less_and_others_are_not(
    parts: Parts, api: Api, asset: Asset
) -> None:
    other = enrolled(parts, api.add("veh-002"), asset.reflector, "veh-002")

    answered = [asset.ask(at, NOW + at / 1000, up=at / 1000) for at in range(1000)]

    assert sum(answer is not None for answer in answered) == pytest.approx(80, abs=2)
    assert other.ask(0) is not None
    assert asset.ask(1001, NOW + 10, up=10.0) is not None


@pytest.mark.parametrize("end", ["retire", "replace"])
def test_an_asset_that_is_retired_or_replaced_gets_no_answers(
    parts: Parts, api: Api, asset: Asset, end: str
) -> None:
    body: JsonValue = {"confirm": VEHICLE} if end == "retire" else {"why": "new computer"}
    assert asset.ask(0, NOW) is not None

    answer = api.post(f"/api/v1/assets/{VEHICLE}/{end}", body)

    assert answer.status_code in {200, 201}
    assert asset.ask(1, NOW + 1) is None
    if end == "replace":
        fresh = enrolled(parts, answer.json()["enrolment_string"], asset.reflector, VEHICLE)
        assert fresh.ask(0, NOW + 2) is not None
        assert asset.ask(2, NOW + 3) is None


def test_a_server_that_starts_knows_who_is_answered(parts: Parts, api: Api, asset: Asset) -> None:
    again = Keyring(parts.database, parts.authority.agree)
    again.prepare()
    asset.reflector = Reflector(again, lambda: NOW)

    assert asset.ask(0) is not None


def test_a_burst_is_counted_and_answered_only_when_asked(asset: Asset) -> None:
    for at in range(101):
        assert asset.send(Kind.FILL, NOW, at, up=5.0 + at * 0.01) is None
    asset.send(Kind.FILL, NOW, 50, up=7.0)  # a copy of one

    answer = asset.send(Kind.QUESTION, NOW, 101, up=7.0)

    assert answer is not None
    assert (answer.received_bytes, answer.microseconds) == (100 * 1228, 1_000_000)
    assert asset.send(Kind.FILL, NOW - 10, 0) is None  # of a burst before
    newer = asset.send(Kind.QUESTION, NOW + 10, 0, up=8.0)
    assert newer is not None
    assert newer.received_bytes == 0


def test_a_window_takes_each_number_once_and_none_from_far_behind() -> None:
    window = Window()

    assert [window.takes(number) for number in (0, 2, 1, 1, 2, 5000, 3976, 3977, 3977)] == [
        True,
        True,
        True,
        False,
        False,
        True,
        False,
        True,
        False,
    ]


def test_a_packet_from_before_the_session_is_not_taken() -> None:
    session = Session()

    assert session.takes(0, 100.0, 0.0)
    assert session.takes(2, 102.0, 0.0)
    assert not session.takes(1, 99.0, 0.0)
    assert not session.takes(9, 101.0, 0.0)
    assert session.takes(1, 101.0, 0.0)


def test_a_burst_has_its_bounds() -> None:
    count = Count()

    taken = sum(count.takes(1, at, 0.0) for at in range(60_000))

    assert taken == 64_000_000 // 1200
