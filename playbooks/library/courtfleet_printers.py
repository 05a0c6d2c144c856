#!/usr/bin/python
"""Printer queues of CUPS, all of them in one go; a printer that is off today is not a failure."""

import re
import subprocess
from typing import Final

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: courtfleet_printers
short_description: Printer queues of CUPS
description:
  - Makes driverless queues that are missing or lead elsewhere, and removes ours that are no more.
  - A printer that does not answer gets its queue when it does; until then it is told as waiting.
options:
  queues:
    description: All queues that are ours, each with O(queues[].name) and O(queues[].uri).
    type: list
    elements: dict
    required: true
  default:
    description: The queue that is used when none is named.
    type: str
    default: ""
author: The Courtfleet authors
"""
EXAMPLES = r"""
- name: Make the queues
  courtfleet_printers:
    queues:
      - {name: courtroom, uri: "ipp://192.0.2.9/ipp/print"}
"""
RETURN = r"""
waiting:
  description: Queues whose printers do not answer.
  returned: always
  type: list
"""

_OURS: Final = "Courtfleet"
_DEVICE: Final = re.compile(r"^device for (\S+): (\S+)$", re.MULTILINE)
_DEFAULT: Final = re.compile(r"^system default destination: (\S+)$", re.MULTILINE)
_LOCATED: Final = re.compile(r"^printer (\S+) .*?\n(?:\t.*\n)*?\tLocation: (.*)$", re.MULTILINE)


def queues_there(lpstat: str) -> dict[str, str]:
    """Name to address of all queues, from `lpstat -v`."""
    return dict(_DEVICE.findall(lpstat))


def ours(lpstat: str) -> set[str]:
    """The queues that we made, from `lpstat -l -p`."""
    return {name for name, location in _LOCATED.findall(lpstat) if location.strip() == _OURS}


def _ask(*command: str) -> str:
    """Its output; lpstat fails when there is no queue, which is an answer too."""
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
    ).stdout


def _tell(*command: str) -> str:
    """ "" when it was done, else the last line of what was said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word of it"]
    return "" if done.returncode == 0 else said[0][:200]


def main() -> None:
    """As Ansible calls it."""
    module = AnsibleModule(
        argument_spec={
            "queues": {"type": "list", "elements": "dict", "required": True},
            "default": {"type": "str", "default": ""},
        },
        supports_check_mode=True,
    )
    wanted = {str(queue["name"]): str(queue["uri"]) for queue in module.params["queues"]}
    try:
        _converge(module, wanted, module.params["default"])
    except FileNotFoundError:
        module.fail_json(msg="CUPS is not installed here.")


def _converge(module: AnsibleModule, wanted: dict[str, str], chosen: str) -> None:
    there, mine = queues_there(_ask("lpstat", "-v")), ours(_ask("lpstat", "-l", "-p"))
    found = _DEFAULT.search(_ask("lpstat", "-d"))
    made = sorted(name for name, uri in wanted.items() if there.get(name) != uri)
    gone = sorted(mine - wanted.keys())
    is_default_new = bool(chosen) and (found is None or found.group(1) != chosen)
    diff = {"before": _lines(there, {*wanted, *gone}), "after": _lines(wanted, set(wanted))}
    waiting: dict[str, str] = {}
    if not module.check_mode:
        told = {name: _make(name, wanted[name]) for name in made}
        waiting = {name: why for name, why in told.items() if why}
        for name in gone:
            _tell("lpadmin", "-x", name)
        if is_default_new and chosen not in waiting:
            _tell("lpadmin", "-d", chosen)
        for name, why in waiting.items():
            module.warn(f"Queue {name} waits for its printer: {why}")
    is_changed = bool(set(made) - waiting.keys() or gone or (is_default_new and not waiting))
    module.exit_json(changed=is_changed, waiting=sorted(waiting), diff=diff if is_changed else {})


def _make(name: str, uri: str) -> str:
    return _tell("lpadmin", "-p", name, "-E", "-v", uri, "-m", "everywhere", "-L", _OURS)


def _lines(queues: dict[str, str], names: set[str]) -> str:
    return "".join(f"{name} {queues[name]}\n" for name in sorted(names) if name in queues)


if __name__ == "__main__":
    main()
