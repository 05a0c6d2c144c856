"""The agent installed as on an asset: the `edge` extra alone, for Debian's own Python 3.11."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.services.nspawn import cache_folder

_PROJECT = Path(__file__).resolve().parents[2]
_COMMAND = """\
#!{folder}/bin/python3
import sys
from {module} import main
sys.exit(main())
"""
_REQUIREMENTS = _PROJECT / "requirements" / "edge.txt"
_PARTS = ("edge_agent", "fleet_server", "playbooks", "simulators", "telemetry", "tools")
_KEPT_SECONDS = 7 * 86_400.0
_COMMANDS = {
    "courtfleet": "courtfleet",
    "courtfleet-python": "edge_agent.executor.interpreter",
    "ansible-playbook": "ansible.cli.playbook",
}


def install_agent(folder: Path, seen_as: Path | None = None) -> None:
    """Makes a virtual environment with the commands of a release; `seen_as`: where it will be."""
    library = folder / "lib" / "python3.11" / "site-packages"
    shutil.copytree(_library(), library, copy_function=_same_file)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    commands = folder / "bin"
    commands.mkdir()
    for name in ("python3", "python"):
        (commands / name).symlink_to("/usr/bin/python3")
    for name, module in _COMMANDS.items():
        (commands / name).write_text(_COMMAND.format(folder=seen_as or folder, module=module))
        (commands / name).chmod(0o755)


def _library() -> Path:
    """The agent as it is now and all that it needs."""

    def make(folder: Path) -> None:
        _forget_old_libraries(folder.parent)
        shutil.copytree(_requirements(), folder, copy_function=_same_file)
        without_needs = ("--no-deps", "--no-build-isolation", "--upgrade")
        pip("install", *without_needs, "--target", str(folder), str(_PROJECT))

    return cached("agent", [_REQUIREMENTS, *_sources()], make)


def _requirements() -> Path:
    """What requirements/edge.txt names."""

    def make(folder: Path) -> None:
        as_debian = ("--python-version", "3.11", "--only-binary", ":all:", "--require-hashes")
        pip("install", "--target", str(folder), *as_debian, "--requirement", str(_REQUIREMENTS))

    return cached("edge", [_REQUIREMENTS], make)


def cached(name: str, made_from: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills, from the cache when these files have not changed since."""
    found = hashlib.sha256()
    for file in made_from:
        found.update(f"{file.relative_to(_PROJECT)}\0".encode() + file.read_bytes())
    cache = cache_folder()
    folder = cache / f"{name}-{found.hexdigest()[:16]}"
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be at it
        if not folder.exists():
            half_made = folder.with_suffix(".half")
            shutil.rmtree(half_made, ignore_errors=True)
            make(half_made)
            half_made.rename(folder)
    return folder


def _sources() -> list[Path]:
    """All that a wheel of this project is made of, but the web console."""
    found = [_PROJECT / "pyproject.toml", _PROJECT / "courtfleet.py"]
    for part in _PARTS:
        for folder, below, files in os.walk(_PROJECT / part):
            below[:] = sorted({*below} - {"__pycache__", "console"})
            found += [Path(folder, file) for file in sorted(files)]
    return found


def _forget_old_libraries(cache: Path) -> None:
    """One is made for each change of the code."""
    for folder in cache.glob("agent-*"):
        if time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _same_file(source: str, target: str) -> None:
    """A second name where that goes, which is cheaper than a copy; nobody writes into these."""
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


def pip(command: str, *arguments: str) -> None:
    """Runs a command of pip; what it wants with a built console is nobody's wish here."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--no-input", "--quiet", command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=os.environ | {"COURTFLEET_CONSOLE": "skip"},
    )
    if done.returncode != 0:
        raise RuntimeError(f"pip {command}: {done.stdout[-2000:]}")


def invite(server_data: Path, asset: str) -> str:
    """Adds a vehicle at the server of that data folder; the string to enrol it with."""
    command = [sys.executable, "-m", "courtfleet", "assets", "add", asset, "--kind", "vehicle"]
    command += ["--court", "重庆市渝中区人民法院", "--server", str(server_data), "--json"]
    added = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    (item,) = json.loads(added.stdout)["items"]
    return str(item["enrolment_string"])
