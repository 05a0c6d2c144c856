"""Archives of Debian packages as `courtfleet artifacts mirror --apt` makes them."""

import fcntl
import subprocess
import tempfile
from pathlib import Path

from fleet_server.command import mirror
from tests.services.nspawn import cache_folder

_CONTROL = """\
Package: court-stamp
Version: {version}
Architecture: all
Maintainer: Nobody <nobody@court.example>
Description: asks for a restart once it is there
"""
_AFTERWARDS = "#!/bin/sh\ntouch /run/reboot-required\n"


def debian_packages(*names: str) -> Path:
    """Real ones with all that they need, from the cache where they are there."""
    kept = cache_folder() / f"packages-{'-'.join(names)}.tar"
    with (cache_folder() / "packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be at it
        if not kept.exists():
            with tempfile.TemporaryDirectory() as folder:
                half_made = kept.with_suffix(".half")
                mirror.packages(names, Path(folder, "files"), half_made)
                half_made.rename(kept)
    return kept


def court_package(folder: Path, version: str) -> Path:
    """A package `court-stamp` with nothing in it."""
    control = folder / version / "DEBIAN"
    control.mkdir(parents=True)
    (control / "control").write_text(_CONTROL.format(version=version))
    (control / "postinst").write_text(_AFTERWARDS)
    (control / "postinst").chmod(0o755)
    made = folder / f"court-stamp_{version}_all.deb"
    build = ["dpkg-deb", "--build", "--root-owner-group", str(control.parent), str(made)]
    subprocess.run(build, check=True, capture_output=True)
    return made


def snapshot(target: Path, *packages: Path) -> Path:
    """An archive of these packages alone."""
    mirror.archive(packages, target.with_suffix(""), target)
    return target
