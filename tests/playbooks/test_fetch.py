"""`courtfleet_fetch` against a real HTTPS server that cuts, lies and never ends."""

import contextlib
import hashlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet_server.authority.store import Authority
from playbooks.library import courtfleet_fetch as module
from playbooks.library.courtfleet_fetch import Failure, Wanted, fetch
from tests.services.file_server import Answer, Behave, authority_in, honest, serving

CONTENT = random.Random(7).randbytes(400_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = random.Random(8).randbytes(400_000)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE_SECONDS", 0.005)
    monkeypatch.setattr(module, "_SYNC_BYTES", 20_000)


def wanted(
    authority: Authority,
    dest: Path,
    *urls: str,
    bytes_per_second: int = 0,
    stall_seconds: float = 2.0,
) -> Wanted:
    ca_file = str(authority.ca_file)
    return Wanted(list(urls), SHA256, dest, 1_000_000, bytes_per_second, stall_seconds, ca_file)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_comes_whole_and_leaves_nothing_beside_it(
    authority: Authority, tmp_path: Path
) -> None:
    dest = tmp_path / "file"

    with serving(authority, honest(CONTENT)) as server:
        done = fetch(wanted(authority, dest, server.url()), 0o640)

    assert dest.read_bytes() == CONTENT
    assert (done.bytes, done.resumed_at, done.cuts) == (len(CONTENT), 0, 0)
    assert left(tmp_path) == ["file"]
    assert dest.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("seed", range(4))
def test_cuts_anywhere_cost_no_byte_twice(authority: Authority, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    cuts = itertools.chain((chance.randrange(1, 90_000) for _ in range(8)), itertools.repeat(10**6))

    with serving(authority, honest(CONTENT, cuts)) as server:
        done = fetch(wanted(authority, tmp_path / "file", server.url()), 0o644)

    assert (tmp_path / "file").read_bytes() == CONTENT
    assert done.cuts >= 1
    assert server.asked == sorted(server.asked)
    assert server.asked[-1] > 0


def test_a_killed_fetch_goes_on_where_its_bytes_are_on_the_disk(
    authority: Authority, tmp_path: Path
) -> None:
    dest = tmp_path / "file"
    # as the kill of a machine leaves it: more bytes than the note knows, and the last ones garbage
    (tmp_path / "file.part").write_bytes(CONTENT[:100_000] + bytes(5_000))
    (tmp_path / "file.part.json").write_text(json.dumps({"sha256": SHA256, "bytes": 100_000}))

    with serving(authority, honest(CONTENT)) as server:
        done = fetch(wanted(authority, dest, server.url()), 0o644)

    assert dest.read_bytes() == CONTENT
    assert done.resumed_at == 100_000
    assert server.asked == [100_000]


def test_what_was_kept_of_another_file_is_not_continued(
    authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "file.part").write_bytes(OTHER[:100_000])
    (tmp_path / "file.part.json").write_text(json.dumps({"sha256": "0" * 64, "bytes": 100_000}))

    with serving(authority, honest(CONTENT)) as server:
        done = fetch(wanted(authority, tmp_path / "file", server.url()), 0o644)

    assert (done.resumed_at, server.asked) == (0, [0])


def test_a_finished_part_is_not_asked_for_again(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT)
    note = {"sha256": SHA256, "bytes": len(CONTENT)}
    (tmp_path / "file.part.json").write_text(json.dumps(note))

    fetch(wanted(authority, tmp_path / "file", "https://127.0.0.1:1/"), 0o644)

    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_dead_source_gives_its_turn_to_the_next(authority: Authority, tmp_path: Path) -> None:
    with serving(authority, honest(CONTENT)) as server:
        urls = ("https://127.0.0.1:1/", server.url())
        fetch(wanted(authority, tmp_path / "file", *urls), 0o644)

    assert (tmp_path / "file").read_bytes() == CONTENT


def test_bytes_of_a_lying_source_are_not_mixed_with_an_honest_ones(
    authority: Authority, tmp_path: Path
) -> None:
    lies = honest(OTHER, itertools.repeat(150_000))
    with serving(authority, lies) as liar, serving(authority, honest(CONTENT)) as server:
        fetch(wanted(authority, tmp_path / "file", liar.url(), server.url()), 0o644)

    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.asked == [150_000, 0]


def endless(answer: Answer, _: int) -> None:
    answer.say(200)
    with contextlib.suppress(OSError):
        while True:
            answer.handler.wfile.write(CONTENT)


def too_long(answer: Answer, _: int) -> None:
    answer.say(200, content_length=2_000_000)


def too_short(answer: Answer, _: int) -> None:
    """Announces less than the file has, so that its end looks like the whole."""
    answer.say(200, content_length=1000)
    answer.send(CONTENT[:1000])


def forbidden(answer: Answer, _: int) -> None:
    answer.say(403, content_length=0)


def wrong_range(answer: Answer, number: int) -> None:
    if number == 0:
        answer.say(200, content_length=len(CONTENT))
        answer.send(CONTENT[:50_000])
        answer.cut()
    else:
        answer.say(206, content_range=f"bytes 9-{len(CONTENT) - 1}/{len(CONTENT)}")
        answer.send(CONTENT[9:])


def unreadable_range(answer: Answer, number: int) -> None:
    if number == 0:
        wrong_range(answer, 0)
    else:
        answer.say(206, content_range="bytes all", content_length=len(CONTENT))


@pytest.mark.parametrize(
    ("behave", "why"),
    [
        (endless, "it gives more than 1000000 bytes"),
        (too_long, "it gives more than 1000000 bytes"),
        (too_short, "what came has another SHA-256"),
        (honest(OTHER), "what came has another SHA-256"),
        (forbidden, "it answers 403"),
        (wrong_range, "it continues at another byte than it was asked to"),
        (unreadable_range, "its Content-Range cannot be read"),
    ],
)
def test_a_source_that_lies_gives_no_file(
    authority: Authority, tmp_path: Path, behave: Behave, why: str
) -> None:
    with serving(authority, behave) as server, pytest.raises(Failure) as caught:
        fetch(wanted(authority, tmp_path / "file", server.url()), 0o644)

    assert str(caught.value) == why
    assert not (tmp_path / "file").exists()


def test_a_source_without_ranges_begins_anew(authority: Authority, tmp_path: Path) -> None:
    def whole(answer: Answer, number: int) -> None:
        answer.say(200, content_length=len(CONTENT))
        answer.send(CONTENT[:70_000] if number == 0 else CONTENT)
        answer.cut()

    with serving(authority, whole) as server:
        fetch(wanted(authority, tmp_path / "file", server.url()), 0o644)

    assert (tmp_path / "file").read_bytes() == CONTENT


def test_nothing_for_too_long_fails_and_keeps_what_came(
    authority: Authority, tmp_path: Path
) -> None:
    cuts = itertools.chain([90_000], itertools.repeat(0))
    with (
        serving(authority, honest(CONTENT, cuts)) as server,
        pytest.raises(Failure, match=r"nothing came for 0\.3 s"),
    ):
        fetch(wanted(authority, tmp_path / "file", server.url(), stall_seconds=0.3), 0o644)

    assert json.loads((tmp_path / "file.part.json").read_text())["bytes"] == 90_000


def test_an_expired_link_keeps_what_came(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:100_000])
    note = {"sha256": SHA256, "bytes": 100_000}
    (tmp_path / "file.part.json").write_text(json.dumps(note))

    with serving(authority, forbidden) as server, pytest.raises(Failure):
        fetch(wanted(authority, tmp_path / "file", server.url()), 0o644)

    assert json.loads((tmp_path / "file.part.json").read_text()) == note


def test_whom_nobody_vouches_for_gives_nothing(authority: Authority, tmp_path: Path) -> None:
    stranger = authority_in(tmp_path / "stranger")

    with serving(stranger, honest(CONTENT)) as server, pytest.raises(Failure, match="vouches"):
        fetch(wanted(authority, tmp_path / "file", server.url()), 0o644)

    assert server.asked == []


def test_a_limit_holds(authority: Authority, tmp_path: Path) -> None:
    began = time.monotonic()
    with serving(authority, honest(CONTENT)) as server:
        fetch(wanted(authority, tmp_path / "file", server.url(), bytes_per_second=400_000), 0o644)

    assert time.monotonic() - began > 0.9


@contextlib.contextmanager
def as_ansible_calls_it(arguments: dict[str, object]) -> Iterator["subprocess.Popen[str]"]:
    said = json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_check_mode": False}})
    with subprocess.Popen(
        [sys.executable, str(module.__file__), said],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    ) as process:
        yield process


def test_after_a_kill_the_module_goes_on_and_never_shows_its_link(
    authority: Authority, tmp_path: Path
) -> None:
    dest = tmp_path / "file"
    with serving(authority, honest(CONTENT)) as server:
        arguments: dict[str, object] = {
            "urls": [server.url("/a/file?secret=CANARY-7")],
            "sha256": SHA256,
            "dest": str(dest),
            "ca_file": str(authority.ca_file),
        }
        with as_ansible_calls_it({**arguments, "bytes_per_second": 600_000}) as process:
            note = tmp_path / "file.part"
            while not (note.exists() and note.stat().st_size > 50_000):
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
        with as_ansible_calls_it(arguments) as process:
            said, _ = process.communicate()
        with as_ansible_calls_it(arguments) as process:
            again, _ = process.communicate()

    assert dest.read_bytes() == CONTENT
    assert json.loads(said)["changed"] is True
    assert json.loads(again)["changed"] is False
    assert "CANARY-7" not in said + again
