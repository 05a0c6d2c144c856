#!/usr/bin/python
"""Releases of the agent side by side: made beside the one that runs, switched by one link.

A release is an archive of wheels. It becomes a virtual environment `RELEASES/VERSION`, complete or
marked as not; `LINK` names the one that runs, `RELEASES/previous` the one before.
"""

import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Final

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: courtfleet_release
short_description: Releases of the agent side by side
options:
  state:
    description:
      - V(installed) makes the environment from the archive, beside the others.
      - V(current) lets the link name it, and remembers the one before.
      - V(previous) lets the link name the one before again; with O(version), only if it names that.
      - V(pruned) removes all but the current, the previous and the newest others.
    type: str
    choices: [installed, current, previous, pruned]
    required: true
  version:
    description: Of the release, as its wheel says.
    type: str
  archive:
    description: A tar with wheels of the release and of all that it needs.
    type: path
  requirement:
    description: What is installed from the wheels.
    type: str
    default: courtfleet[edge]
  releases:
    description: The folder of all releases.
    type: path
    default: /opt/courtfleet-releases
  link:
    description: The link that names the current one.
    type: path
    default: /opt/courtfleet
  python:
    description: What the environment is made with.
    type: path
    default: /usr/bin/python3
  keep:
    description: How many others stay when pruned.
    type: int
    default: 0
author: The Courtfleet authors
"""
EXAMPLES = r"""
- name: Make the environment
  courtfleet_release:
    state: installed
    version: 1.4.0
    archive: /var/cache/courtfleet/release.tar
"""
RETURN = r"""
before:
  description: Which release the link named.
  returned: when V(state) is V(current) or V(previous)
  type: str
"""

_COMPLETE: Final = ".complete"
_WHEEL: Final = re.compile(r"[A-Za-z0-9_.+-]+\.whl\Z")
_PREVIOUS: Final = "previous"
_LIMIT_SECONDS: Final = 900


class Failure(Exception):
    """It cannot be done; one sentence."""


def install(home: Path, archive: Path, requirement: str, python: str) -> None:
    """Make the environment anew; complete, or without its mark.

    Raises:
        Failure: the archive or the environment is not as it must be.
    """
    shutil.rmtree(home, ignore_errors=True)
    wheels = home / "wheels"
    wheels.mkdir(parents=True)
    _unpack(archive, wheels)
    # The environment is made where it will be used: its commands name their interpreter in full.
    _run(python, "-m", "venv", str(home))
    offline = ("--no-index", "--find-links", str(wheels), "--no-warn-script-location")
    _run(str(home / "bin" / "pip"), "--quiet", "install", "--no-input", *offline, requirement)
    shutil.rmtree(wheels)
    (home / _COMPLETE).touch()
    os.sync()  # thousands of small files, and then a link that names them


def _unpack(archive: Path, wheels: Path) -> None:
    """By hand: Debian 12's Python does not know `extractall(filter="data")` yet."""
    try:
        with tarfile.open(archive) as packed:
            for member in packed:
                content = packed.extractfile(member) if member.isreg() else None
                if content is None or not _WHEEL.match(member.name):
                    raise Failure(f"{member.name[:100]!r} in the archive is no wheel.")
                with content, (wheels / member.name).open("wb") as file:
                    shutil.copyfileobj(content, file)
    except (OSError, tarfile.TarError) as error:
        raise Failure(f"The archive cannot be unpacked: {error}.") from error


def is_installed(home: Path) -> bool:
    return (home / _COMPLETE).exists()


def switch(link: Path, target: Path) -> None:
    """Let the link name another target, at one instant.

    Raises:
        Failure: something else than a link is there.
    """
    if link.exists() and not link.is_symlink():
        raise Failure(f"{link} is no link: install the agent as its README says.")
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def named(link: Path) -> Path | None:
    """What a link names; None without one."""
    return link.readlink() if link.is_symlink() else None


def superfluous(releases: Path, link: Path, keep: int) -> list[Path]:
    """The releases that nobody needs any more, half-made ones among them."""
    needed = {named(link), named(releases / _PREVIOUS)}
    others = [path for path in releases.iterdir() if not path.is_symlink() and path not in needed]
    newest_first = sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)
    complete = [path for path in newest_first if is_installed(path)]
    return [path for path in others if path not in complete[:keep]]


def _run(*command: str) -> None:
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_LIMIT_SECONDS,
    )
    if done.returncode != 0:
        last = done.stdout.strip().splitlines()[-3:]
        raise Failure(f"The environment cannot be made: {' '.join(last)[:500]}")


def _install(module: AnsibleModule, releases: Path) -> None:
    given = module.params
    home = releases / given["version"]
    if is_installed(home):
        module.exit_json(changed=False)
    if not module.check_mode:
        releases.mkdir(parents=True, exist_ok=True)
        install(home, Path(given["archive"]), given["requirement"], given["python"])
        Path(given["archive"]).unlink()  # it has become the environment
    module.exit_json(changed=True)


def _switch(module: AnsibleModule, releases: Path, link: Path) -> None:
    before = named(link)
    previous = releases / _PREVIOUS
    version = module.params["version"]
    if module.params["state"] == "current":
        target = releases / version
    elif version and before is not None and before.name != version:
        target = before
    else:
        target = named(previous) or link
    if target == link:
        module.fail_json(msg="There is no release before this one.")
    told = {"before": before.name if before else "", "after": target.name}
    shown = {"before": f"{told['before']}\n", "after": f"{told['after']}\n"}
    is_changed = before != target
    if is_changed and not module.check_mode:
        if before is not None and module.params["state"] == "current":
            switch(previous, before)
        switch(link, target)
    module.exit_json(changed=is_changed, diff=shown if is_changed else {}, **told)


def _prune(module: AnsibleModule, releases: Path, link: Path) -> None:
    gone = superfluous(releases, link, module.params["keep"]) if releases.exists() else []
    if not module.check_mode:
        for path in gone:
            shutil.rmtree(path)
    module.exit_json(changed=bool(gone), removed=sorted(path.name for path in gone))


def main() -> None:
    """As Ansible calls it."""
    module = AnsibleModule(
        argument_spec={
            "state": {
                "type": "str",
                "required": True,
                "choices": ["installed", "current", "previous", "pruned"],
            },
            "version": {"type": "str"},
            "archive": {"type": "path"},
            "requirement": {"type": "str", "default": "courtfleet[edge]"},
            "releases": {"type": "path", "default": "/opt/courtfleet-releases"},
            "link": {"type": "path", "default": "/opt/courtfleet"},
            "python": {"type": "path", "default": "/usr/bin/python3"},
            "keep": {"type": "int", "default": 0},
        },
        required_if=[
            ("state", "installed", ["version", "archive"]),
            ("state", "current", ["version"]),
        ],
        supports_check_mode=True,
    )
    releases, link = Path(module.params["releases"]), Path(module.params["link"])
    try:
        if module.params["state"] == "installed":
            _install(module, releases)
        elif module.params["state"] == "pruned":
            _prune(module, releases, link)
        else:
            _switch(module, releases, link)
    except Failure as error:
        module.fail_json(msg=str(error))
    except (OSError, subprocess.TimeoutExpired) as error:
        module.fail_json(msg=f"It could not be done: {error}.")


if __name__ == "__main__":
    main()
