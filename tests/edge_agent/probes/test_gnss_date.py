from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.probes.gnss_date import TURN, date_of_sentence, is_wrapped

BUILT = date(2026, 11, 1)
TODAY = date(2026, 11, 24)
DATES = st.dates(date(1980, 1, 6), date(2079, 12, 31))


def test_a_date_that_gpsd_moved_next_to_today_is_wrapped() -> None:
    """An old recording, repaired by gpsd: only the receiver's own sentence gives it away."""
    assert is_wrapped(date(2026, 11, 22), date(2007, 4, 8), TODAY, BUILT) is True
    assert is_wrapped(date(2026, 11, 22), date(2026, 11, 22), TODAY, BUILT) is False


def test_an_old_recording_with_its_own_date_is_not_wrapped() -> None:
    assert is_wrapped(date(2019, 2, 5), date(2019, 2, 5), TODAY, BUILT) is False
    assert is_wrapped(date(2019, 2, 5), date(2019, 2, 5), None, BUILT) is False


def test_a_receiver_that_forgot_a_turn_is_found_by_a_trusted_clock() -> None:
    behind = TODAY - TURN

    assert is_wrapped(behind, behind, TODAY + timedelta(days=3), BUILT) is True


def test_a_receiver_that_forgot_a_turn_is_found_by_the_build_date() -> None:
    behind, ahead = TODAY - TURN, TODAY + TURN

    assert is_wrapped(behind, behind, None, BUILT) is True
    assert is_wrapped(ahead, ahead, None, BUILT) is True
    assert is_wrapped(TODAY, TODAY, None, BUILT) is False


def test_without_a_sentence_nobody_can_tell() -> None:
    assert is_wrapped(TODAY, None, TODAY, BUILT) is None
    assert is_wrapped(TODAY, None, None, BUILT) is None


def test_dates_that_disagree_otherwise_are_not_vouched_for() -> None:
    assert is_wrapped(TODAY, TODAY - timedelta(days=40), TODAY, BUILT) is None


def test_sentence_and_fix_may_lie_on_both_sides_of_midnight() -> None:
    assert is_wrapped(TODAY, TODAY - timedelta(days=1), TODAY, BUILT) is False


@given(DATES, st.integers(-4, 4).filter(bool), st.none() | DATES)
def test_any_number_of_turns_between_sentence_and_fix_is_wrapped(
    said: date, turns: int, trusted: date | None
) -> None:
    assert is_wrapped(said + turns * TURN, said, trusted, BUILT) is True


@given(DATES, st.none() | DATES, st.none() | DATES)
def test_a_date_is_vouched_for_only_when_the_receiver_said_it(
    reported: date, sentence: date | None, trusted: date | None
) -> None:
    if is_wrapped(reported, sentence, trusted, BUILT) is False:
        assert sentence is not None
        assert abs(reported - sentence) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (b"$GPRMC,095257.809,V,2712.6404,S,15303.1201,E,0.00,0.00,080407,,,A*64", (2007, 4, 8)),
        (b"$GNRMC,171926.00,A,1.0,N,1.0,W,0.117,,180399,,,A*76\r", (1999, 3, 18)),
        (b"$GNRMC,171926.00,A,1.0,N,1.0,W,0.117,,290200,,,A", (2000, 2, 29)),
        (b"$GPZDA,201530.00,04,07,2026,00,00*60", (2026, 7, 4)),
        (b"$GPRMC,095257.809,V,,,,,,,,,,N*64", None),
        (b"$GPRMC,095257.809,V,,,,,,,320126,,,N*64", None),
        (b"$GPZDA,,,,,,*48", None),
        (b"$GPGGA,095257.809,2712.6404,S,15303.1201,E,0,00,00.0,080407,M,42.2,M,,*7B", None),
        (b"$", None),
        (b"$GPRMC", None),
    ],
)
def test_only_rmc_and_zda_hold_a_date(sentence: bytes, said: tuple[int, int, int] | None) -> None:
    assert date_of_sentence(sentence) == (date(*said) if said else None)


@given(st.binary(max_size=120))
def test_no_sentence_raises(noise: bytes) -> None:
    date_of_sentence(b"$GPRMC," + noise)
    date_of_sentence(b"$GPZDA," + noise)
