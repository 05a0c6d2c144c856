"""`courtfleet playbooks` and `artifacts` against a real server, a file fetched from it by HTTPS."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fleet_server import cli
from fleet_server.artifacts import rules
from fleet_server.command import mirror
from fleet_server.playbooks import store
from playbooks.library.courtfleet_fetch import Failure, Wanted, fetch
from simulators.rig import Rig
from tests.fleet_server.playbooks.test_catalogue import packed

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("playbooks_command")]

CONTENT = bytes(range(256)) * 3000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("playbooks")) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "our-court"
    for name, body in store.unpacked(packed()).items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return made


def say(rig: Rig, command: str, *words: str | Path, lang: str = "en") -> int:
    where = ("--server", str(rig.data), "--lang", lang)
    return cli.main(command, [*map(str, words), *where])


def test_a_git_repository_is_checked_added_shown_and_removed(
    rig: Rig, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.cn")
    for words in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "x")):
        subprocess.run(["git", *words], cwd=folder, check=True)

    checked = say(rig, "playbooks", "check", folder)
    added = say(rig, "playbooks", "add", f"file://{folder}")
    say(rig, "playbooks", "show", "greet")
    removed = say(rig, "playbooks", "remove", "our_court", lang="zh-CN")
    told = capsys.readouterr().out

    assert (checked, added, removed) == (0, 0, 0)
    assert "1 playbooks, no mistakes: greet." in told
    assert "Collection our_court is here: greet." in told
    assert "greeting_words" in told
    assert "集合 our_court 已删除。" in told


def test_mistakes_are_told_with_their_file(
    rig: Rig, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "roles/greeting/meta/argument_specs.yml").unlink()

    assert say(rig, "playbooks", "check", folder) == 1
    assert say(rig, "playbooks", "add", folder) == 1
    assert "has no meta/argument_specs.yml" in capsys.readouterr().err
    assert say(rig, "playbooks", "add", "/nonexistent/repository") == 1
    assert "cannot be cloned" in capsys.readouterr().err


def test_a_file_goes_into_the_store_and_out_of_it_by_link_only(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "agent.tar").write_bytes(CONTENT)
    say(rig, "artifacts", "add", tmp_path / "agent.tar", "--kind", "release", "--json")
    made = json.loads(capsys.readouterr().out)
    key = (rig.data / "artifacts" / "link.key").read_bytes()
    ready = json.loads((rig.data.parent / "ready.json").read_text())
    place = f"https://127.0.0.1:{ready['artifact_port']}"
    path = rules.path(key, SHA256, "veh-001", datetime.now(UTC) + timedelta(minutes=5))
    ca_file = rig.data / "authority" / "simulated" / "ca.pem"

    def get(way: str) -> None:
        fetch(
            Wanted([place + way], SHA256, tmp_path / "fetched", 10**7, 0, 5.0, str(ca_file)), 0o644
        )

    get(path)
    (tmp_path / "fetched").unlink()
    with pytest.raises(Failure, match="it answers 403"):
        get(path[:-1] + ("A" if path[-1] != "A" else "B"))
    say(rig, "artifacts", "remove", SHA256[:10])

    assert made["sha256"] == SHA256
    assert "agent.tar is removed." in capsys.readouterr().out
    assert "A" * 43 not in rig.log.read_text()
    assert path.rpartition("/")[2] not in rig.log.read_text()


def test_a_mirror_holds_a_package_what_it_needs_and_an_index(tmp_path: Path) -> None:
    target = tmp_path / "mirror.tar"

    mirror.packages(["hello"], tmp_path / "files", target)

    listed = subprocess.run(["tar", "tf", target], capture_output=True, text=True, check=True)
    names = listed.stdout.split()
    assert any(name.startswith("hello_") for name in names)
    assert any(name.startswith("libc6_") for name in names)
    index = (tmp_path / "files" / "Packages").read_text()
    assert index.count("SHA256: ") == len(names) - 2
    # what apt itself makes of it
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "xf", target, "-C", unpacked], check=True)
    (tmp_path / "list").write_text(f"deb [trusted=yes] file:{unpacked} ./\n")
    options = [
        f"-oDir::Etc::sourcelist={tmp_path / 'list'}",
        "-oDir::Etc::sourceparts=-",
        f"-oDir::State={tmp_path}",
        f"-oDir::Cache={tmp_path}",
        "-oAPT::Sandbox::User=root",
    ]
    subprocess.run(["apt-get", "-qq", *options, "update"], check=True)
    policy = subprocess.run(
        ["apt-cache", *options, "policy", "hello"], capture_output=True, text=True, check=True
    )
    assert f"file:{unpacked}" in policy.stdout
