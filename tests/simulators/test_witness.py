"""The witness tells what is missing, stored twice, strange, or out of order."""

from pathlib import Path

from simulators.witness import StoredReport, Verdict, Witness, fingerprint, judge


def verdict(path: Path, offered: str, accepted: str, stored: list[tuple[int, str]]) -> Verdict:
    """One asset; each letter is a reading's fingerprint."""
    with Witness(path / "witness") as witness:
        witness.offered(("veh-001", letter) for letter in offered)
        witness.accepted(("veh-001", letter) for letter in accepted)
    return judge(
        path / "witness", [StoredReport("veh-001", "e", number, of) for number, of in stored]
    )


def test_a_store_that_holds_just_what_was_accepted_is_exact(tmp_path: Path) -> None:
    found = verdict(tmp_path, "abc", "abc", [(1, "a"), (2, "b"), (3, "c")])

    assert found.is_exact
    assert (found.accepted, found.stored) == (3, 3)


def test_a_reading_under_way_when_the_agent_died_may_be_stored_or_not(tmp_path: Path) -> None:
    without = verdict(tmp_path, "ab", "a", [(1, "a")])
    (tmp_path / "witness").unlink()
    with_it = verdict(tmp_path, "ab", "a", [(1, "a"), (2, "b")])

    assert without.is_exact
    assert with_it.is_exact


def test_an_accepted_reading_that_is_not_stored_is_missing(tmp_path: Path) -> None:
    assert verdict(tmp_path, "ab", "ab", [(1, "a")]).missing == 1


def test_a_reading_stored_under_two_numbers_is_stored_twice(tmp_path: Path) -> None:
    assert verdict(tmp_path, "ab", "ab", [(1, "a"), (2, "b"), (3, "b")]).twice == 1


def test_equal_readings_count_one_by_one(tmp_path: Path) -> None:
    assert verdict(tmp_path, "aa", "aa", [(1, "a"), (2, "a")]).is_exact
    (tmp_path / "witness").unlink()
    assert verdict(tmp_path, "aa", "aa", [(1, "a")]).missing == 1


def test_what_nobody_measured_is_strange(tmp_path: Path) -> None:
    assert verdict(tmp_path, "a", "a", [(1, "a"), (2, "x")]).strange == 1


def test_numbers_follow_the_order_of_the_readings(tmp_path: Path) -> None:
    assert verdict(tmp_path, "ab", "ab", [(1, "b"), (2, "a")]).misnumbered == 1


def test_a_whole_number_and_its_float_are_one_value() -> None:
    assert fingerprint(5, {"cqi": 3}) == fingerprint(5, {"cqi": 3.0})


def test_true_is_not_one_and_missing_is_not_zero() -> None:
    assert fingerprint(5, {"mains_power": True}) != fingerprint(5, {"mains_power": 1})
    assert fingerprint(5, {"cqi": 0}) != fingerprint(5, {})


def test_another_moment_is_another_report() -> None:
    assert fingerprint(5, {"cqi": 3}) != fingerprint(6, {"cqi": 3})
