"""Profiles of a real NetworkManager on a machine's only link, ordered from the server."""

from typing import Any

import pytest

from tests.services.field import address
from tests.services.uplink import DEPOT, LONGEST_SECONDS, WIRE, Uplink
from tests.services.waiting import wait_for

pytestmark = [
    pytest.mark.root,
    pytest.mark.integration,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("nspawn"),
]

LIMIT_SECONDS = 30
SLOW_SECONDS = 60.0  # what a busy machine may need for what takes no time
OURS = "courtfleet-uplink"
NOWHERE = "192.0.2.2"
WHY = ("The server is not reached with these profiles", "put back before they were confirmed")

Given = dict[str, Any]


def wire(name: str, **more: Any) -> Given:
    """A profile for the machine's wire."""
    return {"name": name, "kind": "ethernet", "interface": WIRE, **more}


def profiles(*wanted: Given, seconds: int = LIMIT_SECONDS) -> Given:
    """The variables of `configure` for these."""
    return {"network_profiles": list(wanted), "network_confirm_seconds": seconds}


MOBILE = {"name": "mobile", "kind": "gsm", "apn": "court.example"}  # there is no modem here
GOOD = profiles(wire("uplink", address=f"{address(0)}/24"), MOBILE, seconds=240)
CUTS = profiles(wire("uplink", address=f"{NOWHERE}/24"), MOBILE)


@pytest.fixture
def set_up(vehicle: Uplink) -> Uplink:
    """The machine with the profile that is ours and reaches the server."""
    if vehicle.active() != OURS:
        assert vehicle.made.run(vehicle.asset, "configure", GOOD)["state"] == "succeeded"
    return vehicle


def cut(vehicle: Uplink) -> str:
    """The id of an order whose profile has cut the link."""
    order = vehicle.made.order(vehicle.asset, "configure", CUTS)
    wait_for(lambda: vehicle.address() == NOWHERE, LONGEST_SECONDS)
    return order


def states(order: Given) -> list[str]:
    return [step["state"] for step in order["steps"]]


def test_a_profile_that_cuts_the_only_link_goes_by_itself_and_the_server_is_told_of_both(
    vehicle: Uplink,
) -> None:
    done = vehicle.made.ended(cut(vehicle))
    wait_for(lambda: vehicle.active() == DEPOT, LONGEST_SECONDS)

    assert done["state"] == "rolled_back", vehicle.made.story(done)
    assert states(done)[:5] == ["queued", "sent", "accepted", "running", "verifying"]
    assert any(why in done["recap"]["message"] for why in WHY), vehicle.made.story(done)
    assert f"+address1={NOWHERE}/24" in vehicle.made.output(done["id"])
    assert max(vehicle.seconds_on_trial()) < LIMIT_SECONDS + SLOW_SECONDS
    assert OURS not in vehicle.machine.run("nmcli", "connection", "show")


def test_a_profile_that_reaches_the_server_stays_and_then_nothing_differs(vehicle: Uplink) -> None:
    first = vehicle.made.run(vehicle.asset, "configure", GOOD)
    again = vehicle.made.run(vehicle.asset, "configure", GOOD)
    look = vehicle.made.order(vehicle.asset, "configure", GOOD, is_check=True)
    looked = vehicle.made.ended(look)
    clock = ("systemctl", "is-active", "courtfleet-network-revert-clock.timer")

    assert first["state"] == "succeeded", vehicle.made.story(first)
    assert first["recap"]["changed"] > 0
    assert [one["recap"]["changed"] for one in (again, looked)] == [0, 0]
    assert vehicle.active() == OURS
    assert vehicle.machine.run(*clock, check=False) == "inactive"


@pytest.mark.soak
def test_a_profile_that_does_not_come_up_is_not_kept_because_another_reaches_the_server(
    set_up: Uplink,
) -> None:
    automatic = wire("automatic", priority=10)  # preferred, and nobody gives it an address
    wanted = profiles(*GOOD["network_profiles"], automatic)
    done = set_up.made.run(set_up.asset, "configure", wanted)
    wait_for(lambda: set_up.active() == OURS, LONGEST_SECONDS)

    assert done["state"] == "rolled_back", set_up.made.story(done)
    assert "automatic" not in set_up.machine.run("nmcli", "connection", "show")


@pytest.mark.soak
def test_the_old_profile_is_back_in_time_when_nobody_is_left_to_put_it_back(
    set_up: Uplink,
) -> None:
    before = len(set_up.seconds_on_trial())
    order = cut(set_up)
    set_up.machine.run("systemctl", "stop", "courtfleet-agent.service")
    set_up.machine.run("systemctl", "kill", "--signal=KILL", "courtfleet-orders.service")
    wait_for(lambda: len(set_up.seconds_on_trial()) > before, LIMIT_SECONDS + SLOW_SECONDS)
    by_itself = set_up.seconds_on_trial()[-1]
    wait_for(lambda: set_up.address() == address(0), LONGEST_SECONDS)
    set_up.machine.run("systemctl", "start", "--no-block", "courtfleet-agent.service")
    done = set_up.made.ended(order)

    assert LIMIT_SECONDS - 1 < by_itself < LIMIT_SECONDS + SLOW_SECONDS
    assert done["state"] == "rolled_back", set_up.made.story(done)
    assert states(done).count("rolled_back") == 1


@pytest.mark.soak
def test_a_machine_that_loses_its_power_meanwhile_starts_with_the_old_profile(
    set_up: Uplink,
) -> None:
    order = cut(set_up)
    set_up.lose_power()
    set_up.switch_on()
    unit = ("courtfleet-network-revert.service", "--property=ConditionResult,Result", "--value")
    at_start = set_up.machine.run("systemctl", "show", *unit).split()
    done = set_up.made.ended(order)
    wait_for(lambda: set_up.address() == address(0), LONGEST_SECONDS)

    assert sorted(at_start) == ["success", "yes"]
    assert done["state"] == "rolled_back", set_up.made.story(done)
    assert states(done).count("rolled_back") == 1
