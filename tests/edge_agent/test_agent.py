"""The whole agent against an honest server that is away, slow, broken or restored."""

import shutil
from datetime import timedelta
from pathlib import Path

from edge_agent.inputs import FromCentre, Hung, Input, Moment, PublishAnswered, Reading, StopAsked
from telemetry.intervals import IntervalSet
from telemetry.wire import codec, events
from telemetry.words import ClockTrust, EpochReason, Refusal, Stream
from tests.edge_agent.in_memory_server import START, Drive, Server, StartAgent, moment

WARM = Reading("computer", {"cpu_used_percent": 3.0})


def alone(number: int) -> Reading:
    """A report of its own that can be told from others."""
    return Reading("recording", {"processes": number}, reports=True)


def measure(drive: Drive, numbers: range) -> None:
    """One report a second."""
    for number in numbers:
        drive.run(1.0, read=[alone(number)])


def stored(drive: Drive) -> list[int]:
    """What the server stored of `measure`, in order."""
    reports = [codec.decode_report(bytes(record.body)) for record in drive.server.reports()]
    return sorted(int(report.metrics["processes"]) for report in reports)


def test_a_valley_loses_nothing(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    measure(drive, range(50))
    drive.disconnect()
    measure(drive, range(50, 600))
    drive.connect()
    drive.run(60)

    assert stored(drive) == list(range(600))
    assert drive.agent.view().waiting_reports == 0


def test_a_backlog_arrives_newest_first_with_every_fourth_message_oldest(
    start: StartAgent,
) -> None:
    drive = start()
    measure(drive, range(2000))
    drive.connect()
    drive.run(5)

    numbers = [e.numbers for e in drive.server.envelopes if e.numbers and e.stream == "reports"]
    assert [low for ((low, _),) in numbers[:5]] == [1801, 1601, 1401, 1, 1201]


def test_no_more_than_four_messages_are_unanswered(start: StartAgent) -> None:
    drive = start(Server(greeted=True))
    drive.connect()
    measure(drive, range(3))
    drive.loses_acks = True
    measure(drive, range(3, 3000))

    with_records = [e for e in drive.server.envelopes if e.stream == "reports" and e.numbers]
    assert 0 < len(with_records) <= 4 * (1 + 3000 // 30)
    assert drive.agent.view().in_flight <= 800


def test_an_agent_without_answers_sleeps_between_its_tries(start: StartAgent) -> None:
    drive = start()
    measure(drive, range(2000))
    drive.connect()
    drive.run(3)
    drive.loses_acks = True
    wakes = []
    for _ in range(20):
        drive.inputs.clear()
        wakes.append(drive.tick() - drive.up)
        drive.up += max(wakes[-1], 0.0)

    assert min(wakes[2:]) >= 1.0


def test_lost_acks_lead_to_repeats_and_to_nothing_else(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(3)
    drive.loses_acks = True
    measure(drive, range(40))
    drive.loses_acks = False
    drive.run(120)

    assert stored(drive) == list(range(40))
    assert drive.agent.view().waiting_reports == 0


def test_an_ack_that_comes_after_the_patience_still_settles(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(3)
    measure(drive, range(31))
    late, drive.inputs = drive.inputs, []
    drive.run(32)
    drive.disconnect()
    drive.inputs = [*late]
    drive.tick()

    assert drive.agent.view().waiting_reports == 0


def test_a_report_waits_for_its_message_and_an_event_does_not(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    measure(drive, range(5))
    sent = len(drive.server.envelopes)
    drive.tick(alone(5))
    quiet = len(drive.server.envelopes)
    drive.tick(Hung("position"))

    assert quiet == sent
    assert drive.server.envelopes[-1].stream == Stream.EVENTS


def test_a_bare_header_is_the_heartbeat(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(300)

    bare = [e for e in drive.server.envelopes if not e.numbers]
    assert 9 <= len(bare) <= 12


def test_machine_and_version_stand_in_greetings_only(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(100)

    assert [h.machine for h in drive.server.headers if h.greets] == ["machine-1"]
    assert {h.machine for h in drive.server.headers if not h.greets} == {""}


def test_a_hold_keeps_records_back_and_zero_ends_it_at_once(start: StartAgent) -> None:
    server = Server()
    drive = start(server)
    drive.connect()
    measure(drive, range(5))
    server.hold_seconds = 30.0
    measure(drive, range(5, 200))
    held = len(server.reports())
    is_connected = drive.agent.view().state
    server.hold_seconds = 0.0
    drive.run(35)

    assert is_connected == "hold"
    assert held <= 5
    assert stored(drive) == list(range(200))


def test_a_server_that_forgot_the_greeting_is_greeted_again(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    measure(drive, range(10))
    drive.server.greeted = False
    measure(drive, range(10, 60))
    drive.run(40)

    assert sum(h.greets for h in drive.server.headers) == 2
    assert stored(drive) == list(range(60))


def test_a_server_restored_from_a_backup_gets_what_is_kept(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    measure(drive, range(100))
    drive.run(35)
    drive.server.stored.clear()
    drive.server.taken.clear()
    drive.server.greeted = False
    drive.run(60)

    assert stored(drive) == list(range(100))


def test_a_disk_put_back_opens_new_epochs_and_loses_nothing_new(
    start: StartAgent, tmp_path: Path
) -> None:
    server = Server()
    drive = start(server)
    drive.connect()
    measure(drive, range(30))
    drive.run(35)
    copy = tmp_path / "copy.sqlite"
    shutil.copy(tmp_path / "outbox.sqlite", copy)
    shutil.copy(tmp_path / "outbox.sqlite-wal", tmp_path / "copy.sqlite-wal")
    drive.tick(Hung("position"))
    measure(drive, range(30, 60))
    drive.run(35)
    restored = start(server, path=copy, up=5000.0)
    measure(restored, range(60, 65))
    restored.connect()
    restored.run(5)
    measure(restored, range(65, 100))
    restored.run(40)

    opened = [e for e in server.events() if isinstance(e, events.EpochOpened)]
    assert stored(restored) == list(range(100))
    assert EpochReason.DISK_WENT_BACK in {e.why for e in opened if e.stream == Stream.REPORTS}
    assert EpochReason.FORKED in {e.why for e in opened if e.stream == Stream.EVENTS}
    assert sum(isinstance(e, events.AgentStarted) for e in server.events()) == 2
    assert events.ProbeHung("position") in server.events()


def test_a_copied_outbox_counts_anew_on_its_machine(start: StartAgent) -> None:
    first = start(machine="machine-1")
    measure(first, range(5))
    second = start(machine="machine-2")
    measure(second, range(5, 10))
    second.connect()
    second.run(40)

    assert stored(second) == list(range(10))
    assert len({key[1] for key in second.server.stored if key[0] == "reports"}) == 2


def test_an_outbox_of_another_asset_is_set_aside_whole(start: StartAgent, tmp_path: Path) -> None:
    first = start(asset="veh-001")
    measure(first, range(5))
    second = start(asset="veh-002")
    measure(second, range(5, 7))
    second.connect()
    second.run(40)

    assert stored(second) == [5, 6]
    assert (tmp_path / "outbox-other_asset-1.sqlite").exists()
    assert events.OutboxSetAside("other_asset") in second.server.events()


def test_what_the_server_holds_aside_is_counted_and_not_sent_again(start: StartAgent) -> None:
    drive = start(Server())
    drive.connect()
    drive.run(5)
    drive.server.refuses = Refusal.RECORD
    measure(drive, range(40))
    drive.server.refuses = ""
    drive.run(60)

    view = drive.agent.view()
    assert view.refused >= 30
    assert view.waiting_reports == 0


def test_without_any_answer_the_agent_connects_anew_after_a_minute(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    measure(drive, range(3))
    drive.loses_acks = True
    drive.run(58)
    patient = sum(header.greets for header in drive.server.headers)
    drive.run(40)

    assert patient == 1
    assert sum(header.greets for header in drive.server.headers) > 1


def test_a_broker_that_refuses_is_left_alone_for_five_minutes(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(35)
    drive.tick(PublishAnswered("whatever", 0x87))
    sent = len(drive.server.envelopes)
    reason = drive.agent.view().reason
    drive.run(295)
    silent = len(drive.server.envelopes)
    drive.run(60)

    assert silent == sent
    assert "0x87" in reason
    assert len(drive.server.envelopes) > silent


def test_a_probe_that_does_not_answer_leaves_its_keys_absent(start: StartAgent) -> None:
    drive = start()
    drive.tick(WARM)
    drive.up += 5
    drive.tick()
    drive.run(40)
    drive.connect()
    drive.run(40)

    reports = [codec.decode_report(bytes(r.body)) for r in drive.server.reports()]
    assert len(reports) == 1


def test_wall_clock_jumps_change_no_instant(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(5)
    measure(drive, range(10))
    for number, jump in enumerate([-20_000, 3652, -1], start=10):
        wrong = moment(drive.up)
        wall = wrong.wall + timedelta(days=jump)
        drive.tick(alone(number), now=Moment(wall, wrong.up, wrong.boot, ClockTrust.NONE))
        drive.up += 1
    drive.run(40)

    assert stored(drive) == list(range(13))
    for record in drive.server.reports():
        real = round((START.timestamp() + record.up_ms / 1000) * 1000)
        assert record.measured_at is not None
        assert abs(record.measured_at - real) < 2_000
    faults = [e for e in drive.server.events() if isinstance(e, events.ClockFault)]
    assert len(faults) == 1


def test_records_of_a_boot_without_time_get_it_before_they_are_sent(start: StartAgent) -> None:
    drive = start()
    measure(drive, range(5))
    drive.connect()
    drive.run(5)

    assert all(record.trust == ClockTrust.SERVER for record in drive.server.reports())
    assert len(drive.server.reports()) == 5


def test_records_of_an_earlier_boot_that_never_knew_the_time_stay_without(
    start: StartAgent,
) -> None:
    drive = start()
    for number in range(3):
        drive.tick(alone(number), now=moment(drive.up + number, boot="boot0"))
    drive.connect()
    drive.run(40)

    assert [record.measured_at for record in drive.server.reports()] == [None] * 3


def test_a_stop_commits_what_was_accepted(start: StartAgent) -> None:
    drive = start()
    drive.tick(alone(1), StopAsked())
    again = start(drive.server, up=2000.0)
    again.connect()
    again.run(5)

    assert drive.agent.is_stopping
    assert stored(again) == [1]


def test_probes_are_asked_at_their_rhythm(start: StartAgent) -> None:
    drive = start()
    drive.run(60)

    assert drive.radio.asked == ["computer"] * 6


def test_a_question_that_is_due_in_a_moment_needs_no_tick_of_its_own(start: StartAgent) -> None:
    drive = start()
    drive.run(1)
    asked_at = drive.up - 1.0
    drive.up = asked_at + 9.7
    drive.tick()
    too_soon = list(drive.radio.asked)
    drive.up = asked_at + 9.8
    wake = drive.tick()

    assert too_soon == ["computer"]
    assert drive.radio.asked == ["computer"] * 2
    assert wake > drive.up + 0.25


def test_a_want_of_numbers_that_are_gone_is_ignored(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    measure(drive, range(3))
    drive.server.taken[Stream.REPORTS, "unknown"] = IntervalSet([(5, 9)])
    drive.run(40)

    assert stored(drive) == [0, 1, 2]


def test_a_garbled_answer_changes_nothing(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    garbage: list[Input] = [FromCentre("ack", b"\xff{"), FromCentre("desired", b"[]")]
    drive.tick(*garbage, FromCentre("order", b"{}"))
    measure(drive, range(3))
    drive.run(35)

    assert stored(drive) == [0, 1, 2]


def test_probes_come_to_be_asked_at_the_ticks_of_reports(start: StartAgent) -> None:
    drive = start(every={"computer": 10.0, "network": 10.0, "power": 30.0})
    wakes = []
    for _ in range(40):
        wakes.append(drive.tick())
        drive.up = wakes[-1]

    minute = [up for up in wakes if up >= wakes[-1] - 60.0]
    assert len(minute) <= 8  # seven of a rhythm of ten seconds, and one to keep house
