"""What is expected of an asset later follows from what it has shown, and from what is booked."""

from telemetry.rules.facts import Facts
from telemetry.rules.readiness import Outlook, Verdict, expect
from telemetry.wire.catalogue import Service
from telemetry.wire.profile import Profile
from telemetry.words import AssetKind, LinkClass, Readiness
from telemetry.words import ReadinessReason as Code
from tests.telemetry.rules.situations import LATER, NOW, RECENTLY, YESTERDAY, Device, Situation
from tests.telemetry.rules.test_readiness import PROFILES, SERVICES

HEARING: Service = SERVICES["hearing"]
VEHICLE: Profile = PROFILES[AssetKind.VEHICLE]
_HOUR_MS = 3_600_000
AT_HOME = Outlook()


def _facts(situation: Situation) -> Facts:
    return situation.facts(VEHICLE)


def _expected(situation: Situation, outlook: Outlook) -> Verdict:
    return expect(HEARING, VEHICLE, _facts(situation), LATER, NOW, outlook)


def _codes(verdict: Verdict) -> list[Code]:
    return [reason.code for reason in verdict.reasons]


def test_a_parked_vehicle_that_worked_yesterday_is_expected_ready() -> None:
    every = {spec.name: Device.WORKED_YESTERDAY for spec in VEHICLE.devices}
    parked = Situation(devices=every, link=None, power=None, heard_at=YESTERDAY)

    assert _expected(parked, AT_HOME) == Verdict("hearing", Readiness.READY)


def test_a_fault_that_nobody_has_mended_is_still_there_tomorrow() -> None:
    verdict = _expected(Situation(devices={"printer": Device.BROKEN_THEN_OFF}), AT_HOME)

    assert verdict.readiness is Readiness.NOT_READY
    assert _codes(verdict) == [Code.DEVICE_FAULT]


def test_booked_maintenance_keeps_an_asset_away_while_it_lasts() -> None:
    booked = Outlook(maintenance=((LATER - _HOUR_MS, LATER + _HOUR_MS),))
    over = Outlook(maintenance=((LATER - _HOUR_MS, LATER),))

    assert _codes(_expected(Situation(), booked)) == [Code.MAINTENANCE]
    assert _expected(Situation(), over).readiness is Readiness.READY


def test_maintenance_under_way_lasts_until_the_end_that_is_booked() -> None:
    under_way = Situation(in_maintenance=True)
    over = Outlook(maintenance=((NOW - _HOUR_MS, LATER),))

    assert _codes(_expected(under_way, AT_HOME)) == [Code.MAINTENANCE]
    assert _expected(under_way, over).readiness is Readiness.READY


def test_an_inspection_that_runs_out_is_worse_than_upkeep_that_is_due() -> None:
    verdict = _expected(Situation(), Outlook(inspection_until=LATER, upkeep_until=LATER - 1))

    assert _codes(verdict) == [Code.INSPECTION_DUE, Code.UPKEEP_DUE]
    assert verdict.readiness is Readiness.NOT_READY
    assert _expected(Situation(), Outlook(upkeep_until=LATER)).readiness is Readiness.LIMITED
    assert _expected(Situation(), Outlook(inspection_until=LATER + 1)).reasons == ()


def test_the_link_is_that_of_the_place_not_that_of_now() -> None:
    offline = Situation(link=(LinkClass.NONE, True, RECENTLY))

    assert _expected(offline, AT_HOME).readiness is Readiness.READY
    assert _expected(offline, Outlook(link=LinkClass.A)).readiness is Readiness.READY
    assert _codes(_expected(offline, Outlook(link=LinkClass.C))) == [Code.LINK_REDUCED]
    assert _codes(_expected(offline, Outlook(link=LinkClass.D))) == [Code.LINK_POOR]


def test_power_is_asked_of_an_asset_that_does_not_go_home_first() -> None:
    low = Situation(power=(False, 10.0, RECENTLY))

    assert _expected(low, AT_HOME).readiness is Readiness.READY
    assert _codes(_expected(low, Outlook(starts_at_home=False))) == [Code.POWER_LOW]


def test_a_proof_is_worth_its_days_counted_from_then() -> None:
    facts = _facts(Situation())
    day_ms = 24 * _HOUR_MS

    before = expect(HEARING, VEHICLE, facts, RECENTLY + 7 * day_ms, NOW, AT_HOME)
    after = expect(HEARING, VEHICLE, facts, RECENTLY + 7 * day_ms + 1, NOW, AT_HOME)

    assert before.readiness is Readiness.READY
    assert after.readiness is Readiness.NOT_PROVEN
    assert after.proven_at == RECENTLY
