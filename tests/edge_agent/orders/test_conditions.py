"""When an order may begin."""

import pytest

from edge_agent.inputs import Reading
from edge_agent.orders.conditions import KNOWN_SECONDS, Standing, Surroundings, deferral
from telemetry.wire.orders import Conditions
from telemetry.words import Deferral, LinkClass
from tests.edge_agent.in_memory_server import moment

GENTLE = Conditions(disturbs=False)


@pytest.mark.parametrize(
    ("conditions", "standing", "reason"),
    [
        (Conditions(), Standing(), None),
        (Conditions(), Standing(lock=Deferral.IN_SITTING), Deferral.IN_SITTING),
        (Conditions(), Standing(lock=Deferral.NOT_QUIET), Deferral.NOT_QUIET),
        (GENTLE, Standing(lock=Deferral.IN_SITTING), None),
        (GENTLE, Standing(is_busy=True), Deferral.BUSY),
        (GENTLE, Standing(is_moving=True), Deferral.MOVING),
        (Conditions(while_moving=True), Standing(is_moving=True), None),
        (GENTLE, Standing(free_megabytes=199.0), Deferral.DISK),
        (GENTLE, Standing(free_megabytes=200.0), None),
        (Conditions(least_battery_percent=50), Standing(battery_percent=49.0), Deferral.BATTERY),
        (Conditions(least_battery_percent=50), Standing(), None),
        (Conditions(worst_link=LinkClass.B), Standing(link_class=LinkClass.B), None),
        (Conditions(worst_link=LinkClass.B), Standing(link_class=LinkClass.C), Deferral.LINK),
        (Conditions(worst_link=LinkClass.B), Standing(), Deferral.LINK),
        (Conditions(on_metered=False), Standing(is_metered=True), Deferral.METERED),
        (Conditions(), Standing(is_metered=True), None),
        (Conditions(windows=[(10, 20), (30, 40)]), Standing(now_ms=35), None),
        (Conditions(windows=[(10, 20), (30, 40)]), Standing(now_ms=20), Deferral.WINDOW),
        (Conditions(windows=[(10, 20)]), Standing(), Deferral.WINDOW),
    ],
)
def test_one_condition_one_reason(
    conditions: Conditions, standing: Standing, reason: Deferral | None
) -> None:
    assert deferral(conditions, standing) == reason


def test_the_worst_reason_is_told() -> None:
    everything = Standing(
        Deferral.IN_SITTING, is_busy=True, is_moving=True, free_megabytes=0.0, is_metered=True
    )

    assert deferral(Conditions(), everything) is Deferral.IN_SITTING
    assert deferral(GENTLE, everything) is Deferral.MOVING


def seen(*readings: Reading, after: float = 0.0, link_class: str = "") -> Standing:
    surroundings = Surroundings()
    for reading in readings:
        surroundings.take(reading, 1000.0)
    return surroundings.standing(moment(1000.0 + after), 5, link_class, lock=None, is_busy=False)


def test_readings_say_what_the_asset_is_like() -> None:
    driving = Reading("position", {"speed_metres_per_second": 9.0})
    power = Reading("power", {"battery_percent": 40, "mains_power": False})
    disk = Reading("computer", {"disk_free_bytes": 5_000_000_000})
    modem = Reading("modem", {}, {"modem": {"modem_state": "connected"}})

    assert seen(driving, power, disk, modem, link_class="B?") == Standing(
        is_moving=True,
        battery_percent=40,
        free_megabytes=5000.0,
        link_class=LinkClass.B,
        is_metered=True,
        now_ms=5,
    )


def test_on_mains_the_charge_does_not_matter() -> None:
    assert seen(Reading("power", {"battery_percent": 4, "mains_power": True})) == Standing(now_ms=5)


def test_what_was_read_long_ago_is_not_known() -> None:
    driving = Reading("position", {"speed_metres_per_second": 9.0})

    assert seen(driving, after=KNOWN_SECONDS).is_moving
    assert not seen(driving, after=KNOWN_SECONDS + 1).is_moving
