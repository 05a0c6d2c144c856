"""How often an asset reports follows its speed; silence is judged by what it announced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules import rhythm
from telemetry.wire.documents import Settings

_SETTINGS = Settings(report_moving_seconds=5.0, report_standing_seconds=60.0)


@pytest.mark.parametrize(
    ("speed", "seconds"), [(None, 60.0), (0.0, 60.0), (1.49, 60.0), (1.5, 5.0), (30.0, 5.0)]
)
def test_a_moving_asset_reports_in_the_moving_rhythm(speed: float | None, seconds: float) -> None:
    assert rhythm.report_every_seconds(_SETTINGS, speed) == seconds


@given(st.floats(0, 86_400))
def test_an_asset_is_not_stale_before_it_could_have_reported_three_times(every: float) -> None:
    stale = rhythm.stale_after_seconds(every)

    assert stale >= 3 * every
    assert stale >= 60
