"""Pretended instruments: those of the asset's profile, mostly well, the same at each look."""

from collections import Counter
from itertools import pairwise

from simulators import courtroom
from simulators.fleet import fleet
from telemetry.metrics import CATALOGUE
from telemetry.words import DeviceFault, DeviceState


def test_all_that_a_profile_names_is_told_in_the_words_of_the_catalogue() -> None:
    for member in fleet(20):
        profile = courtroom.profile_of(member.kind)
        found = courtroom.devices(7, member, 100.0)

        assert {spec.name for spec in profile.devices} <= set(found)
        assert len(found) == len(profile.devices) + len(profile.platforms)
        for values in found.values():
            assert values == {key: CATALOGUE[key].cleaned(value) for key, value in values.items()}


def test_most_are_well_and_some_are_not() -> None:
    states = Counter(
        values.get("device_state")
        for member in fleet()
        for values in courtroom.devices(7, member, 0.0).values()
    )

    well = states[DeviceState.OK.value]
    troubled = states[DeviceState.FAULT.value] + states[DeviceState.LIMITED.value]
    assert well > 20 * troubled > 0


def test_trouble_has_a_fault_lasts_and_ends() -> None:
    member = fleet()[0]
    faults = []
    for minute in range(0, 2_000, 5):
        values = courtroom.devices(7, member, minute * 60.0)["printer"]
        faults.append(values.get("device_faults", ""))

    assert "" in faults
    assert {fault for fault in faults if fault} <= {fault.value for fault in DeviceFault}
    changes = sum(one != other for one, other in pairwise(faults))
    assert 0 < changes < len(faults) / 8


def test_the_same_moment_is_the_same() -> None:
    member = fleet()[3]

    assert courtroom.devices(7, member, 900.0) == courtroom.devices(7, member, 900.0)
