"""Messages in, commits, answers out: what `docs/protocol.md` says of the server."""

import pytest

from fleet_server.database import Database
from fleet_server.intake.intake import Intake
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import ReportRow
from telemetry.wire import codec
from telemetry.wire.messages import Header
from tests.fleet_server.intake.speech import START, Speaker, beat, record, report


def test_a_report_is_settled_only_after_its_commit(vehicle: Speaker) -> None:
    vehicle.greet()
    sent = vehicle.say("reports", report(1))
    before = vehicle.settled()

    vehicle.commit()

    assert before == []
    assert vehicle.settled() == [sent]


def test_how_much_waits_is_counted_in_records(telemetry: DuckDBStore, database: Database) -> None:
    intake = Intake(telemetry, database, batch_records=8)
    vehicle = Speaker(intake)
    vehicle.greet()
    told = []
    for numbers in ([1], [2], [3, 4, 5], [6, 7, 8], [9]):
        vehicle.say("reports", *map(report, numbers))
        told.append((intake.is_busy(), intake.is_behind()))

    vehicle.commit()

    # One, two, five, eight and nine of eight: it is busy from a quarter on, behind from a whole.
    assert told == [(False, False), (True, False), (True, False), (False, True), (False, True)]
    assert (intake.is_busy(), intake.is_behind()) == (False, False)


def test_a_committed_report_is_in_the_store_as_it_was_measured(
    vehicle: Speaker, telemetry: DuckDBStore
) -> None:
    vehicle.greet()
    vehicle.say("reports", report(7, START - 1000, cpu_used_percent=12.5))
    vehicle.commit()

    (row,) = telemetry.rows(["veh-001"], 0, START + 1)

    assert (row.epoch, row.number, row.measured_at) == ("e1", 7, START - 1000)
    assert row.metrics == {"cpu_used_percent": 12.5}
    assert not row.late


def test_a_bare_header_is_heard_at_once(vehicle: Speaker) -> None:
    vehicle.greet()

    sent = vehicle.say("reports")

    assert sent in vehicle.acks[-1].heard


def test_who_has_not_greeted_is_asked_to(vehicle: Speaker, telemetry: DuckDBStore) -> None:
    sent = vehicle.say("reports", report(1))
    vehicle.commit()

    assert vehicle.refused() == [(sent, "greet_first", [])]
    assert vehicle.settled() == []
    assert list(telemetry.taken()) == []


def test_an_epoch_that_no_greeting_named_is_refused(vehicle: Speaker) -> None:
    vehicle.greet()

    sent = vehicle.say("reports", report(1), epoch="e2")

    assert vehicle.refused() == [(sent, "greet_first", [])]


def test_a_greeting_is_told_what_was_seen_and_what_is_wanted(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1), report(2), report(5))
    vehicle.commit()

    answer = vehicle.greet(reports=(("e1", 8, 2),)).greeting

    assert answer is not None
    assert [(s.epoch, s.seen, s.want) for s in answer.reports] == [("e1", 5, [(3, 4), (6, 8)])]


def test_a_repeat_is_settled_again_and_stored_once(
    vehicle: Speaker, telemetry: DuckDBStore
) -> None:
    vehicle.greet()
    first = vehicle.say("reports", report(1))
    second = vehicle.say("reports", report(1))
    vehicle.commit()
    third = vehicle.say("reports", report(1))
    vehicle.commit()

    assert vehicle.settled() == [first, second, third]
    assert len(list(telemetry.rows(["veh-001"], 0, START + 1))) == 1
    assert vehicle.intake.counts().duplicates_ignored == 2


def test_another_content_under_a_taken_number_is_forked(
    vehicle: Speaker, database: Database, telemetry: DuckDBStore
) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1, cpu_used_percent=1.0))
    vehicle.commit()
    forked = [vehicle.say("reports", report(1, cpu_used_percent=2.0)) for _ in range(2)]
    vehicle.commit()

    assert vehicle.refused() == [(one, "forked", [(1, 1)]) for one in forked]
    assert not set(forked) & set(vehicle.settled())
    assert vehicle.intake.view("veh-001").forked
    assert journalled(database) == ["forked"]
    (row,) = telemetry.rows(["veh-001"], 0, START + 1)
    assert row.metrics == {"cpu_used_percent": 1.0}


def test_a_new_epoch_ends_the_mark_of_a_fork(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1, cpu_used_percent=1.0))
    vehicle.say("reports", report(1, cpu_used_percent=2.0))
    vehicle.commit()

    vehicle.greet(reports=(("e1", 1, 1), ("e2", 0, 1)))

    assert not vehicle.intake.view("veh-001").forked


def test_a_damaged_record_is_set_aside_and_the_others_are_stored(
    vehicle: Speaker, telemetry: DuckDBStore
) -> None:
    vehicle.greet()
    number, good = report(2)
    damaged = type(good)(good.crc + 1, good.measured_at, good.trust, good.boot, 0, good.body)
    sent = vehicle.say("reports", report(1), (number, damaged), report(3))
    vehicle.commit()

    assert vehicle.refused() == [(sent, "crc", [(2, 2)])]
    assert vehicle.settled() == [sent]
    assert telemetry.counts("veh-001", "e1") == (2, 1)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"metrics":{"cpu_used_percent":"\xff"}}', "record"),
        (b'{"metrics":{"cpu_used_percent":1e309}}', "record"),
        (b'{"metrics":[]}', "record"),
        (b'{"metrics":{' + b",".join(b'"x%d":1' % n for n in range(65)) + b"}}", "unknown_metrics"),
    ],
)
def test_a_wrong_record_is_set_aside_with_its_reason(
    vehicle: Speaker, telemetry: DuckDBStore, body: bytes, code: str
) -> None:
    vehicle.greet()
    sent = vehicle.say("reports", (1, record(body)))
    vehicle.commit()
    vehicle.say("reports", report(2))
    vehicle.commit()

    assert vehicle.refused() == [(sent, code, [(1, 1)])]
    assert vehicle.intake.counts().set_aside == {code: 1}
    assert telemetry.counts("veh-001", "e1") == (1, 1)
    [(_, kept)] = telemetry.aside(10)
    assert (kept.code, kept.number, kept.body) == (code, 1, body)


def test_sixty_four_unknown_metrics_are_taken(vehicle: Speaker, telemetry: DuckDBStore) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1, **{f"x{n}": n for n in range(64)}, cpu_used_percent=1.0))
    vehicle.commit()

    assert telemetry.counts("veh-001", "e1") == (1, 0)


LINE = b'{"v":1,"id":"abc","stream":"reports","epoch":"e1","numbers":[[1,3]],"codec":"%s"}\n'


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (LINE % b"json" + b"{", "body"),
        (LINE % b"json" + b"[" * 50_000, "body"),
        (LINE % b"json" + b'{"header":NaN,"records":[]}', "body"),
        (LINE % b"zstd1" + b"not zstd", "codec"),
        (LINE % b"lz4" + b"", "codec"),
    ],
)
def test_each_number_of_an_unreadable_body_is_set_aside(
    vehicle: Speaker, telemetry: DuckDBStore, payload: bytes, code: str
) -> None:
    vehicle.greet()
    vehicle.send(payload)
    vehicle.commit()

    assert vehicle.refused() == [("abc", code, [(1, 3)])]
    assert vehicle.settled() == ["abc"]
    assert telemetry.counts("veh-001", "e1") == (0, 3)
    assert [kept.body for _, kept in telemetry.aside(10)][-1] == payload


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "envelope"),
        (b"\xff\xfe\n{}", "envelope"),
        (b'{"v":1}\n', "envelope"),
        (b"x" * (codec.MAX_PAYLOAD_BYTES + 1), "too_large"),
    ],
)
def test_what_has_no_readable_first_line_is_kept_and_nobody_is_answered(
    vehicle: Speaker, telemetry: DuckDBStore, payload: bytes, code: str
) -> None:
    vehicle.send(payload)
    vehicle.commit()

    assert vehicle.acks == []
    [(_, kept)] = telemetry.aside(10)
    assert (kept.code, kept.epoch, kept.number, kept.body) == (code, None, None, payload)
    assert vehicle.intake.counts().unreadable == 1


def test_another_wire_version_is_kept_and_refused(vehicle: Speaker) -> None:
    vehicle.send(LINE.replace(b'"v":1', b'"v":2') % b"json" + b"{}")
    vehicle.commit()

    assert vehicle.refused() == [("abc", "version", [])]


@pytest.mark.parametrize("numbers", [b"[[3,1]]", b"[[1,3],[2,4]]", b"[[1,9007199254740992]]"])
def test_numbers_that_cannot_be_are_refused_without_taking_any(
    vehicle: Speaker, telemetry: DuckDBStore, numbers: bytes
) -> None:
    vehicle.greet()
    vehicle.send((LINE % b"json").replace(b"[[1,3]]", numbers) + b"{}")
    vehicle.commit()

    assert [(name, found) for name, _, found in vehicle.refused()] == [("abc", [])]
    assert list(telemetry.taken()) == []


def test_a_slow_commit_is_heard_before_it_is_settled(vehicle: Speaker) -> None:
    vehicle.greet()
    sent = vehicle.say("reports", report(1))
    vehicle.now += 1900
    vehicle.tick()
    early = vehicle.heard()
    vehicle.now += 200
    vehicle.tick()
    vehicle.tick()

    assert sent not in early
    assert vehicle.heard().count(sent) == 1
    vehicle.commit()
    assert vehicle.settled() == [sent]


def test_beyond_the_limit_messages_are_forgotten_and_their_asset_waits(
    telemetry: DuckDBStore, database: Database
) -> None:
    vehicle = Speaker(Intake(telemetry, database, limit_bytes=2000))
    vehicle.greet()
    sent = [vehicle.say("reports", report(number)) for number in range(1, 9)]
    told = vehicle.acks[-1]
    vehicle.commit()

    assert told.hold_seconds > 0
    assert 0 < len(vehicle.settled()) < 8
    assert set(vehicle.settled()) | set(vehicle.heard()) >= set(sent)
    assert vehicle.intake.counts().waiting_bytes == 0


def test_every_header_that_can_be_read_is_told_and_its_messages_are_sent(
    telemetry: DuckDBStore, database: Database
) -> None:
    seen: list[tuple[str, int]] = []

    def note(asset: str, header: Header, now: int) -> list[tuple[str, bytes]]:
        seen.append((asset, header.held.get("settings", 0)))
        return [("fleet/v1/veh-001/down/desired", b"{}")]

    intake = Intake(telemetry, database, on_header=note)
    payload = codec.encode_batch(
        "m1", "reports", "e1", [], beat(greets=True, held={"settings": 3}), []
    )
    answers = intake.take("veh-001", "up/batch", payload, START)

    assert seen == [("veh-001", 3)]
    assert [topic for topic, _ in answers] == [
        "fleet/v1/veh-001/down/ack",
        "fleet/v1/veh-001/down/desired",
    ]


def test_followers_see_what_was_new_in_a_commit(telemetry: DuckDBStore, database: Database) -> None:
    seen: list[ReportRow] = []

    def fail(rows: object) -> None:
        raise ValueError

    intake = Intake(telemetry, database)
    intake.follow(fail)
    intake.follow(seen.extend)
    vehicle = Speaker(intake)
    vehicle.greet()
    vehicle.say("reports", report(1, cpu_used_percent=9.0))
    vehicle.commit()
    vehicle.say("reports", report(1, cpu_used_percent=9.0), report(2, cpu_used_percent=7.0))
    vehicle.commit()

    assert [row.metrics for row in seen] == [{"cpu_used_percent": 9.0}, {"cpu_used_percent": 7.0}]
    assert len(vehicle.settled()) == 2


def test_a_topic_of_no_meaning_is_counted(vehicle: Speaker) -> None:
    vehicle.send(b"hello", tail="up/else")

    assert vehicle.intake.counts().elsewhere == 1


def journalled(database: Database) -> list[str]:
    from sqlalchemy import text

    with database.reading() as session:
        return list(session.scalars(text("SELECT what FROM journal ORDER BY id")))


@pytest.mark.parametrize("at", [0, 2**53])
def test_no_instant_is_too_strange_to_be_stored(
    vehicle: Speaker, telemetry: DuckDBStore, at: int
) -> None:
    vehicle.greet()
    sent = vehicle.say("reports", (2**53, record(b'{"metrics":{}}', at, up_ms=2**53)))
    vehicle.commit()

    assert vehicle.settled() == [sent]
    assert telemetry.counts("veh-001", "e1") == (1, 0)
