#!/usr/bin/python
"""Writes down how a play left the files that it keeps, so that the agent sees what a hand changes.

The agent may not read all of them: of each there is what a stat says, and a hash beside it.
"""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: courtfleet_manifest
short_description: Writes down how files were left
description:
  - It is bookkeeping and no change of the machine, so it never says that something changed.
options:
  hash:
    description: Of the desired configuration that was applied.
    type: str
    required: true
  paths:
    description: The files that are kept; one that is not there is left out.
    type: list
    elements: path
    default: []
  waiting:
    description: What waits for its device.
    type: list
    elements: str
    default: []
  file:
    description: Where it is written.
    type: path
    default: /etc/courtfleet/configuration.json
author: The Courtfleet authors
"""
EXAMPLES = r"""
- name: Write down how it was left
  courtfleet_manifest:
    hash: 5f0c1f0e5c3f4f0a
    paths: [/etc/localtime]
"""
RETURN = r""""""


def described(path: Path) -> dict[str, str | int] | None:
    """A file as it is now; None for one that is not there, or is neither file nor link."""
    if path.is_symlink():
        return {"path": str(path), "link": str(path.readlink())}
    if not path.is_file():
        return None
    content, found = path.read_bytes(), path.stat()
    return {
        "path": str(path),
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
        "inode": found.st_ino,
        "mode": found.st_mode,
        "owner": found.st_uid,
        "group": found.st_gid,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def manifest(
    wanted: str, paths: Sequence[str], waiting: Sequence[str], applied_at: int
) -> dict[str, object]:
    """All of it; `applied_at` in ms since 1970."""
    files = [one for path in paths if (one := described(Path(path))) is not None]
    return {"hash": wanted, "applied_at": applied_at, "files": files, "waiting": list(waiting)}


def write(path: Path, content: str) -> None:
    """Whole or not at all; everybody on the machine may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with open(fresh, "w", opener=lambda name, flags: os.open(name, flags, 0o644)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o644)  # whatever the umask
    fresh.replace(path)


def main() -> None:
    """As Ansible calls it."""
    module = AnsibleModule(
        argument_spec={
            "hash": {"type": "str", "required": True},
            "paths": {"type": "list", "elements": "path", "default": []},
            "waiting": {"type": "list", "elements": "str", "default": []},
            "file": {"type": "path", "default": "/etc/courtfleet/configuration.json"},
        },
        supports_check_mode=True,
    )
    given = module.params
    try:
        now = round(time.time() * 1000)
        made = manifest(given["hash"], given["paths"], given["waiting"], now)
        if not module.check_mode:
            write(Path(given["file"]), json.dumps(made, indent=1) + "\n")
    except OSError as error:
        module.fail_json(msg=f"It cannot be written down how the files were left: {error}.")
    module.exit_json(changed=False)


if __name__ == "__main__":
    main()
