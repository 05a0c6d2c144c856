"""The agent installed as on an asset: the `edge` extra alone, for Debian's own Python 3.11."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.services.nspawn import cache_folder

_PROJECT = Path(__file__).resolve().parents[2]
_COMMAND = """\
#!{folder}/bin/python3
import sys
from {module} import main
sys.exit(main())
"""
_COMMANDS = {"courtfleet": "courtfleet", "ansible-playbook": "ansible.cli.playbook"}


def install_agent(folder: Path, seen_as: Path | None = None) -> None:
    """Makes a virtual environment with the commands of a release; `seen_as`: where it will be."""
    library = folder / "lib" / "python3.11" / "site-packages"
    shutil.copytree(_requirements(), library)
    pip(
        "install",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(library),
        "--upgrade",
        str(_PROJECT),
    )
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    commands = folder / "bin"
    commands.mkdir()
    for name in ("python3", "python"):
        (commands / name).symlink_to("/usr/bin/python3")
    for name, module in _COMMANDS.items():
        (commands / name).write_text(_COMMAND.format(folder=seen_as or folder, module=module))
        (commands / name).chmod(0o755)


def _requirements() -> Path:
    """What requirements/edge.txt names, from the cache when it has not changed."""
    wanted = _PROJECT / "requirements" / "edge.txt"
    cache = cache_folder()
    packages = cache / f"edge-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:16]}"
    with (cache / "edge.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be at it
        if not packages.exists():
            half_made = packages.with_suffix(".half")
            shutil.rmtree(half_made, ignore_errors=True)
            as_debian = ("--python-version", "3.11", "--only-binary", ":all:", "--require-hashes")
            pip("install", "--target", str(half_made), *as_debian, "--requirement", str(wanted))
            half_made.rename(packages)
    return packages


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
