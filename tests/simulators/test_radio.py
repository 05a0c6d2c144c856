"""The pretended network: power falls with distance, and quality follows it."""

from itertools import pairwise

from simulators.districts import CENTRAL, EVERYWHERE, MOUNTAIN
from simulators.fleet import Spot, seat
from simulators.radio import Network, rsrp_dbm


def test_power_falls_with_distance() -> None:
    powers = [rsrp_dbm(metres) for metres in (150, 500, 1500, 5000, 15_000)]

    assert powers == sorted(powers, reverse=True)
    assert powers[0] - powers[-1] > 50


def test_seats_have_5g_and_remote_hills_have_not() -> None:
    network = Network(1)
    city = network.heard_at(seat(CENTRAL[0]), 0.0)
    remote = network.heard_at(Spot(31.75, 109.90, 1800.0), 0.0)

    assert (city.network_mode, remote.network_mode) == ("5G", "LTE")
    assert city.rsrp_dbm > remote.rsrp_dbm + 30
    assert city.rtt_seconds < remote.rtt_seconds
    assert city.uplink_bits_per_second > remote.uplink_bits_per_second
    assert city.snr_db > remote.snr_db


def test_what_hills_take_makes_every_value_worse() -> None:
    network = Network(1)
    heard = [network.heard_at(seat(MOUNTAIN[0]), fade) for fade in (0.0, 12.0, 30.0)]

    for better, worse in pairwise(heard):
        assert worse.rsrp_dbm < better.rsrp_dbm
        assert worse.rtt_seconds >= better.rtt_seconds
        assert worse.uplink_bits_per_second <= better.uplink_bits_per_second


def test_every_seat_is_covered() -> None:
    network = Network(1)

    assert min(network.heard_at(seat(one), 0.0).rsrp_dbm for one in EVERYWHERE) > -90
