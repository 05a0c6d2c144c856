#!/usr/bin/python
"""Waits until the agent on this machine runs as it should; one process instead of many asked."""

import json
import time
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: courtfleet_agent_up
short_description: Waits until the agent on this machine runs as it should
options:
  version:
    description: It must be this release; empty for any.
    type: str
    default: ""
  linked:
    description: It must have its link to the server.
    type: bool
    default: true
  seconds:
    description: How long to wait.
    type: int
    default: 120
  fresh_seconds:
    description: What it says of itself must not be older.
    type: int
    default: 25
  file:
    description: Where it says it.
    type: path
    default: /var/lib/courtfleet/status.json
author: The Courtfleet authors
"""
EXAMPLES = r"""
- name: Verify that the agent runs
  courtfleet_agent_up:
    version: 1.4.0
"""
RETURN = r"""
version:
  description: The release that runs.
  returned: success
  type: str
"""


def problem(file: Path, now: float, fresh_seconds: float, version: str, *, linked: bool) -> str:
    """What is not as it should be, "" when all is."""
    try:
        age_seconds = now - file.stat().st_mtime
        said = json.loads(file.read_bytes())
        runs, state = str(said["version"]), str(said["state"])
    except (OSError, ValueError, KeyError, TypeError):
        return "the agent has said nothing that can be read"
    if age_seconds > fresh_seconds:
        return f"the agent has said nothing for {age_seconds:.0f} s"
    if version and runs != version:
        return f"release {runs} runs, not {version}"
    if linked and state not in {"open", "hold"}:
        return f"its link to the server is {state}"
    return ""


def main() -> None:
    """As Ansible calls it."""
    module = AnsibleModule(
        argument_spec={
            "version": {"type": "str", "default": ""},
            "linked": {"type": "bool", "default": True},
            "seconds": {"type": "int", "default": 120},
            "fresh_seconds": {"type": "int", "default": 25},
            "file": {"type": "path", "default": "/var/lib/courtfleet/status.json"},
        },
        supports_check_mode=True,
    )
    given = module.params
    file, until = Path(given["file"]), time.monotonic() + given["seconds"]
    while True:
        fresh, version = float(given["fresh_seconds"]), given["version"]
        why = problem(file, time.time(), fresh, version, linked=given["linked"])
        if not why:
            module.exit_json(changed=False, version=json.loads(file.read_bytes())["version"])
        if time.monotonic() > until:
            module.fail_json(msg=f"The agent does not run as it should: {why}.")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
