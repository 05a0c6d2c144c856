"""Coverage grows with what is committed, counts everything once, and is told as GeoJSON."""

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from fleet_server.coverage import engine
from fleet_server.coverage.engine import Coverage
from fleet_server.coverage.model import Measured
from fleet_server.parts import Parts
from telemetry.store.port import Box, ReportRow
from telemetry.wire.messages import Value
from telemetry.words import LinkClass
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock

_HERE = (106.55, 29.56)
_ELSEWHERE = (106.60, 29.60)


class Reporter:
    """Commits reports, numbered by asset, and has them folded."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self._parts = parts
        self._clock = clock
        self._numbers: dict[str, int] = {}
        self._rows: list[ReportRow] = []

    def tell(
        self,
        place: tuple[float, float] = _HERE,
        *,
        asset: str = "veh-001",
        rsrp: float = -90.0,
        speed: float | None = 10.0,
        seconds: float = 0.0,
        late: bool = False,
        more: Mapping[str, Value] | None = None,
    ) -> None:
        number = self._numbers[asset] = self._numbers.get(asset, 0) + 1
        at = round((self._clock.now + timedelta(seconds=seconds)).timestamp() * 1000)
        metrics: dict[str, Value] = {
            "longitude_degrees": place[0],
            "latitude_degrees": place[1],
            "rsrp_dbm": rsrp,
            "tcp_rtt_seconds": 0.04,
            **(more or {}),
        }
        if speed is not None:
            metrics["speed_metres_per_second"] = speed
        row = ReportRow(asset, "e1", number, number, "b", 1, at, "ntp", at, late, metrics, {})
        self._rows.append(row)

    def fold(self, coverage: Coverage | None = None) -> None:
        """Commit what was told, and let one step of coverage take it in."""
        self._parts.store.commit(self._rows, [])
        self._rows.clear()
        (coverage or self._parts.coverage).step(self._clock.now)


@pytest.fixture
def reporter(parts: Parts, clock: Clock) -> Reporter:
    return Reporter(parts, clock)


def _told(parts: Parts, metric: Measured = Measured.RSRP, resolution: int = 9) -> dict[float, int]:
    """Samples by the median of their hexagon."""
    found = parts.coverage.hexagons(metric, resolution, 0, 0.5, None)
    return {one.value: one.samples for one in found}


def test_a_hexagon_tells_the_median_of_what_was_measured_in_it(
    parts: Parts, clock: Clock, reporter: Reporter
) -> None:
    for rsrp in (-80.0, -100.0, -101.0, -120.0, -81.0):
        reporter.tell(rsrp=rsrp)
    reporter.tell(_ELSEWHERE, rsrp=-70.0)

    reporter.fold()

    assert _told(parts) == {-100.0: 5, -70.0: 1}
    assert list(_told(parts, Measured.RTT)) == [pytest.approx(0.04, rel=0.07)]
    assert _told(parts, Measured.SINR) == {}


def test_what_is_new_is_added_and_nothing_counted_twice(
    parts: Parts, clock: Clock, reporter: Reporter
) -> None:
    reporter.tell()
    reporter.fold()
    before = parts.coverage.revision
    reporter.fold()
    reporter.tell()
    reporter.fold()

    assert _told(parts) == {-90.0: 2}
    assert (before, parts.coverage.revision) == (1, 2)


def test_a_restart_goes_on_where_it_stopped(parts: Parts, clock: Clock, reporter: Reporter) -> None:
    reporter.tell()
    reporter.fold()

    again = Coverage(parts.store)
    reporter.fold(again)
    before = _told(parts)
    reporter.tell()
    reporter.fold(again)

    assert (before, _told(parts)) == ({-90.0: 1}, {-90.0: 2})


def test_many_reports_are_folded_in_several_steps(
    parts: Parts, clock: Clock, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_STEP_REPORTS", 3)
    monkeypatch.setattr(engine, "_MOST_STEPS", 2)
    for _ in range(10):
        reporter.tell()

    reporter.fold()
    first = _told(parts)
    reporter.fold()

    assert first == {-90.0: 6}
    assert _told(parts) == {-90.0: 10}


def test_who_parks_all_night_does_not_outvote_those_who_pass(
    parts: Parts, clock: Clock, reporter: Reporter
) -> None:
    for minute in range(8 * 60):
        reporter.tell(asset="veh-parked", speed=0.0, rsrp=-60.0, seconds=minute * 60)
    for passing in range(9):
        for second in (0, 10):
            reporter.tell(asset=f"veh-00{passing}", speed=12.0, rsrp=-100.0, seconds=second)

    reporter.fold()

    assert _told(parts) == {-100.0: 16 + 18}


def test_a_late_report_is_a_true_measurement(
    parts: Parts, clock: Clock, reporter: Reporter
) -> None:
    reporter.tell(late=True, seconds=-86_400 * 2)

    reporter.fold()

    assert _told(parts) == {-90.0: 1}


@pytest.mark.parametrize(
    "more", [{"position_error_metres": 900.0}, {"fix_dimensions": 0}, {"latitude_degrees": 200.0}]
)
def test_a_vague_position_counts_nowhere(
    parts: Parts, clock: Clock, reporter: Reporter, more: Mapping[str, Value]
) -> None:
    reporter.tell(more=more)

    reporter.fold()

    assert _told(parts) == {}


def test_larger_hexagons_hold_what_the_smaller_ones_do(
    parts: Parts, clock: Clock, reporter: Reporter
) -> None:
    for step in range(200):
        reporter.tell((106.5 + step / 2000, 29.5 + step / 3000))
    reporter.fold()

    found = {
        resolution: parts.coverage.hexagons(Measured.RSRP, resolution, 0, 0.5, None)
        for resolution in (6, 7, 8, 9)
    }

    assert {sum(one.samples for one in each) for each in found.values()} == {200}
    counts = [len(each) for each in found.values()]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_a_box_holds_whole_hexagons_only(parts: Parts, clock: Clock, reporter: Reporter) -> None:
    for step in range(200):
        reporter.tell((106.5 + step / 2000, 29.5))
    reporter.fold()
    box = Box(106.52, 29.4, 106.56, 29.6)

    everywhere = parts.coverage.hexagons(Measured.RSRP, 8, 0, 0.5, None)
    inside = parts.coverage.hexagons(Measured.RSRP, 8, 0, 0.5, box)

    assert 2 <= len(inside) < len(everywhere)
    assert set(map(str, inside)) <= set(map(str, everywhere))


def test_coverage_is_geojson_with_an_etag(
    parts: Parts, clock: Clock, reporter: Reporter, api: Api
) -> None:
    reporter.tell()
    reporter.fold()
    path = "/api/v1/coverage?metric=rsrp_dbm&resolution=9&days=7"

    answer = api.get(path)
    same = api.ask("GET", path, headers={"if-none-match": answer.headers["etag"]})
    reporter.tell()
    reporter.fold()
    other = api.ask("GET", path, headers={"if-none-match": answer.headers["etag"]})

    [feature] = json.loads(answer.text)["features"]
    assert feature["type"] == "Feature"
    assert feature["properties"] == {"value": -90.0, "count": 1}
    [ring] = feature["geometry"]["coordinates"]
    assert ring[0] == ring[-1]
    assert (same.status_code, same.content) == (304, b"")
    assert other.json()["features"][0]["properties"]["count"] == 2


def test_only_the_last_days_count(parts: Parts, clock: Clock, reporter: Reporter, api: Api) -> None:
    reporter.tell(seconds=-86_400 * 3)
    reporter.fold()

    counts = [
        len(api.get(f"/api/v1/coverage?resolution=9&days={days}").json()["features"])
        for days in (1, 3, 4)
    ]

    assert counts == [0, 0, 1]


def test_half_a_box_and_too_many_hexagons_are_refused(
    parts: Parts, clock: Clock, reporter: Reporter, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST_HEXAGONS", 1)
    reporter.tell()
    reporter.tell(_ELSEWHERE)
    reporter.fold()

    half = api.get("/api/v1/coverage?west=106&east=107")
    many = api.get("/api/v1/coverage")

    assert (half.status_code, half.json()["code"]) == (422, "half_a_box")
    assert (many.status_code, many.json()["code"]) == (422, "too_many_hexagons")


def _experience(parts: Parts, clock: Clock, place: tuple[float, float] = _HERE) -> LinkClass | None:
    return parts.coverage.link_class(*place, clock.now)


def test_a_place_gives_the_link_that_three_of_four_visits_had(
    parts: Parts, clock: Clock, reporter: Reporter
) -> None:
    for number, uplink in enumerate((9e6, 9e6, 9e6, 2e6, 9e6, 9e6)):
        burst = {"link_uplink_bits_per_second": uplink, "link_rtt_seconds": 0.08}
        reporter.tell(asset=f"veh-{number}", more=burst)
    for _ in range(20):
        reporter.tell(more={"link_rtt_seconds": 0.08})

    reporter.fold()

    assert _experience(parts, clock) is LinkClass.A
    assert _experience(parts, clock, _ELSEWHERE) is None


def test_a_burst_counts_also_of_an_asset_that_was_counted_just_now(
    parts: Parts, clock: Clock, reporter: Reporter
) -> None:
    reporter.tell(speed=0.0)
    for _ in range(3):
        reporter.tell(speed=0.0, seconds=60, more={"link_uplink_bits_per_second": 2e6})

    reporter.fold()

    assert sum(_told(parts).values()) == 1
    assert sum(_told(parts, Measured.UPLINK).values()) == 3
    assert _experience(parts, clock) is LinkClass.C


def test_too_few_samples_are_no_experience_and_the_neighbourhood_helps_out(
    parts: Parts, clock: Clock, reporter: Reporter
) -> None:
    for step in range(19):
        reporter.tell((_HERE[0] + 0.0004 * step, _HERE[1]), more={"tcp_rtt_seconds": 0.2})
    reporter.fold()
    few = _experience(parts, clock)
    reporter.tell((_HERE[0] + 0.008, _HERE[1]), more={"tcp_rtt_seconds": 0.2})
    reporter.fold()
    clock.move(hours=1)

    assert few is None
    assert _experience(parts, clock, (_HERE[0] + 0.002, _HERE[1])) is LinkClass.C
