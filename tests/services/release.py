"""Releases of the agent as `update_agent` takes them: a tar of its wheel and all that it needs."""

import re
import shutil
import tarfile
from pathlib import Path

from tests.services.edge_install import cached, pip

_PROJECT = Path(__file__).resolve().parents[2]
_PARTS = ("edge_agent", "telemetry", "simulators", "playbooks", "tools")
_FILES = ("courtfleet.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
BROKEN = "raise SystemExit('this release does not start')\n"


def needed_wheels() -> Path:
    """A folder with the wheels of requirements/edge.txt."""
    wanted = _PROJECT / "requirements" / "edge.txt"

    def make(folder: Path) -> None:
        as_debian = ("--python-version", "3.11", "--only-binary", ":all:", "--no-deps")
        named = ("--require-hashes", "--requirement", str(wanted))
        pip("download", "--dest", str(folder), *as_debian, *named)

    return cached("wheels", [wanted], make)


def release(folder: Path, needed: Path, version: str, program: str = "") -> Path:
    """The archive of a release; `program` instead of the agent's own."""
    source = folder / f"source-{version}"
    source.mkdir(parents=True)
    for part in _PARTS:
        shutil.copytree(_PROJECT / part, source / part)
    for file in _FILES:
        shutil.copy(_PROJECT / file, source)
    (source / "fleet_server").mkdir()
    (source / "fleet_server" / "__init__.py").touch()
    _rename(source / "pyproject.toml", r'(?m)^(version = ").*"$', version)
    _rename(source / "edge_agent" / "__init__.py", r'(?m)^(VERSION: Final = ").*"$', version)
    if program:
        (source / "edge_agent" / "program.py").write_text(program)
    built = folder / f"wheels-{version}"
    pip("wheel", "--wheel-dir", str(built), "--no-deps", "--no-build-isolation", str(source))
    archive = folder / f"agent-{version}.tar"
    with tarfile.open(archive, "w") as packed:
        for wheel in (*built.glob("*.whl"), *needed.glob("*.whl")):
            packed.add(wheel, wheel.name)
    return archive


def _rename(file: Path, pattern: str, version: str) -> None:
    renamed, count = re.subn(pattern, rf'\g<1>{version}"', file.read_text())
    assert count == 1, file
    file.write_text(renamed)
