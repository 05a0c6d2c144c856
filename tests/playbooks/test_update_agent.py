"""The playbook `update_agent`: releases side by side, switched, verified, and rolled back."""

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from sys import executable

import pytest
from pydantic import JsonValue

from fleet_server.authority.store import Authority
from tests.services.file_server import authority_in, honest, serving
from tests.services.play import Asset, Outcome

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("plays")]

GOOD, BAD = "9.1.0", "9.2.0"


def release(version: str) -> bytes:
    """An archive with one wheel, whose agent does nothing at all."""
    wheel, info = io.BytesIO(), f"courtfleet-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("courtfleet.py", f"version = {version!r}\n")
        packed.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: courtfleet\nVersion: {version}\n"
        )
        packed.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr(f"{info}/RECORD", "")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo(f"courtfleet-{version}-py3-none-any.whl")
        member.size = len(wheel.getvalue())
        tar.addfile(member, io.BytesIO(wheel.getvalue()))
    return archive.getvalue()


class Agent(threading.Thread):
    """What systemd and an agent do: whatever release the link names runs and says how it is."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._halt = threading.Event()

    def run(self) -> None:
        while not self._halt.wait(0.05):
            version = (self._folder / "current").readlink().name
            state = "offline" if version == BAD else "open"
            fresh = self._folder / "status.new"
            fresh.write_text(json.dumps({"version": version, "state": state}))
            fresh.replace(self._folder / "status.json")

    def stop(self) -> None:
        self._halt.set()
        self.join()


@pytest.fixture
def asset(tmp_path: Path) -> Iterator[Asset]:
    old = tmp_path / "releases" / "9.0.0"
    old.mkdir(parents=True)
    (old / ".complete").touch()
    (tmp_path / "current").symlink_to(old)
    agent = Agent(tmp_path)
    agent.start()
    yield Asset(tmp_path)
    agent.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("authority"))


def update(asset: Asset, authority: Authority, version: str, *, is_check: bool = False) -> Outcome:
    content = release(version)
    with serving(authority, honest(content)) as server:
        variables: dict[str, JsonValue] = {
            "agent_release_version": version,
            "agent_release_sha256": hashlib.sha256(content).hexdigest(),
            "agent_release_urls": [server.url("/a/CANARY-7")],
            "agent_release_ca_file": str(authority.ca_file),
            "agent_release_service": "",
            "agent_release_seconds": 3,
            "agent_release_python": executable,
            "agent_release_requirement": "courtfleet",
            "agent_release_releases": str(asset.folder / "releases"),
            "agent_release_link": str(asset.folder / "current"),
            "agent_release_cache": str(asset.folder / "cache"),
            "agent_release_status_file": str(asset.folder / "status.json"),
        }
        return asset.play("update_agent", variables, is_check=is_check)


def current(asset: Asset) -> str:
    return (asset.folder / "current").readlink().name


def releases(asset: Asset) -> list[str]:
    return sorted(path.name for path in (asset.folder / "releases").iterdir())


def test_a_good_release_stays_and_a_bad_one_is_rolled_back(
    asset: Asset, authority: Authority
) -> None:
    checked = update(asset, authority, GOOD, is_check=True)
    untouched = (current(asset), releases(asset))
    cut_short = asset.folder / "releases" / GOOD / "half"
    cut_short.parent.mkdir()
    cut_short.touch()
    first = update(asset, authority, GOOD)
    second = update(asset, authority, GOOD)
    after_good = (current(asset), releases(asset))
    bad = update(asset, authority, BAD)

    assert checked.status == "successful", checked.raw
    assert untouched == ("9.0.0", ["9.0.0"])
    assert first.status == "successful", first.raw
    assert checked.changed == first.changed
    assert not cut_short.exists()
    assert "Verify that it runs and has its link" in first.ran
    assert after_good == (GOOD, ["9.0.0", GOOD, "previous"])
    assert (second.status, second.changed) == ("successful", [])
    assert bad.status == "failed"
    assert bad.stats == {"courtfleet_outcome": "rolled_back"}
    assert "its link to the server is offline" in bad.failed[-1]
    assert current(asset) == GOOD
    assert not list((asset.folder / "cache").iterdir())
    # the link opens the store: it stays in the order and is never told
    assert "CANARY-7" not in first.raw + bad.raw
