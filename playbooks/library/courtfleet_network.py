#!/usr/bin/python
"""Network profiles that put themselves back unless the server is reached through them.

`applied` notes what was there, sets a clock going that puts it back, and only then writes;
`confirmed` stops the clock once the server was reached and what was brought up is still up (where
a profile fails, NetworkManager falls back to another); `reverted` does not wait for it. The clock
belongs to systemd, so nothing depends on who began; after a reboot a unit does the same.
"""

import fcntl
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: courtfleet_network
short_description: Network profiles that put themselves back
options:
  state:
    description:
      - V(applied) writes the profiles and sets the clock going; V(confirmed) waits for the server
        and stops it; V(reverted) puts back what was there.
    type: str
    choices: [applied, confirmed, reverted]
    required: true
  profiles:
    description: All profiles that are ours; one of ours that is not here is removed.
    type: list
    elements: dict
    default: []
  seconds:
    description: After so long without confirmation they are put back; or how long to wait.
    type: int
    default: 120
  folder:
    description: Of NetworkManager's keyfiles.
    type: path
    default: /etc/NetworkManager/system-connections
  state_folder:
    description: What was there before, until it is confirmed.
    type: path
    default: /var/lib/courtfleet-network
  revert:
    description: The program that puts it back.
    type: path
    default: /usr/local/sbin/courtfleet-network-revert
  identity:
    description: Where the agent keeps which server it belongs to.
    type: path
    default: /var/lib/courtfleet/identity
author: The Courtfleet authors
"""
EXAMPLES = r"""
- name: Apply the profiles
  courtfleet_network:
    state: applied
    profiles:
      - {name: uplink, kind: gsm, apn: cmnet}
"""
RETURN = r"""
profiles:
  description: Which were written or removed.
  returned: when V(state) is V(applied)
  type: list
"""

_GUARD: Final = "courtfleet-network-revert"
_PREFIX: Final = "courtfleet-"
_SUFFIX: Final = ".nmconnection"
_PAST: Final = "reverted-*"
_KEPT: Final = 3
_NAMESPACE: Final = uuid.UUID("5f0c1f0e-5c3f-4f0a-9a53-1d7c6f5f2a10")


class Failure(Exception):
    """It cannot be done; one sentence."""


def uuid_of(name: str) -> str:
    """By which NetworkManager knows the profile of that name."""
    return str(uuid.uuid5(_NAMESPACE, name))


def foremost(profiles: Iterable[Mapping[str, object]]) -> list[str]:
    """Names of those to bring up: of several for one interface the first in priority.

    One for any interface is NetworkManager's to place where there are others for certain ones.
    """
    best: dict[tuple[object, object], Mapping[str, object]] = {}
    for profile in sorted(profiles, key=lambda one: int(str(one.get("priority") or 0))):
        best[profile["kind"], profile.get("interface") or ""] = profile
    certain = {kind for kind, interface in best if interface}
    return [
        str(profile["name"])
        for (kind, interface), profile in best.items()
        if interface or kind not in certain
    ]


def keyfile(profile: Mapping[str, object], password: str = "") -> str:
    """A profile as NetworkManager keeps it (nm-settings-keyfile(5))."""
    name, kind = str(profile["name"]), str(profile["kind"])
    said = {key: str(value) for key, value in profile.items() if value not in (None, "")}
    sections: dict[str, dict[str, str]] = {
        "connection": {
            "id": f"{_PREFIX}{name}",
            "uuid": uuid_of(name),
            "type": kind,
            "interface-name": said.get("interface", ""),
            "autoconnect-priority": said.get("priority", ""),
            "metered": "1" if profile.get("metered") else "",
        },
        kind: {},
        "ipv4": {"method": "manual" if "address" in said else "auto"},
        "ipv6": {"method": "disabled" if "address" in said else "auto"},
    }
    if kind == "gsm":
        access = {key: said.get(key, "") for key in ("apn", "username")}
        sections[kind] = {**access, "password": password}
    ipv4 = sections["ipv4"]
    ipv4["address1"] = ",".join(filter(None, (said.get("address"), said.get("gateway"))))
    ipv4["dns"] = said.get("dns", "").replace(",", ";")
    ipv4["route-metric"] = said.get("metric", "")
    lines = []
    for section, values in sections.items():
        lines += [f"[{section}]", *(f"{key}={value}" for key, value in values.items() if value), ""]
    return "\n".join(lines)


def read_folder(folder: Path) -> dict[str, str]:
    """Our profiles that are there, by file name."""
    return {path.name: path.read_text() for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"))}


def without_secrets(content: str) -> str:
    """As it may be shown."""
    return "\n".join(
        "password=..." if line.startswith("password=") else line for line in content.split("\n")
    )


def note_before(pending: Path, files: Mapping[str, str | None], active: Sequence[str]) -> None:
    """Keep what is there of these files, and which profiles are up; whole, or not there at all."""
    half = pending.with_name("pending.half")
    shutil.rmtree(half, ignore_errors=True)  # of a run that was cut off here
    (half / "before").mkdir(parents=True, mode=0o700)
    for name, content in files.items():
        if content is not None:
            _write(half / "before" / name, content)
    (half / "new").write_text(_lines(name for name, content in files.items() if content is None))
    (half / "active").write_text(_lines(active))
    os.sync()
    half.rename(pending)


def forget(state: Path) -> None:
    """Of changes that were put back the newest few stay, without the profiles: these have secrets.

    While one is being put back, which still asks what was there, nothing is forgotten.
    """
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        past = sorted(state.glob(_PAST))
        for one in [*past[:-_KEPT], *state.glob("confirmed-*")]:
            shutil.rmtree(one, ignore_errors=True)
        for one in past[-_KEPT:]:
            shutil.rmtree(one / "before", ignore_errors=True)


def _lines(words: Iterable[str]) -> str:
    return "".join(f"{word}\n" for word in words)


def is_reachable(identity: Path) -> str:
    """Whether the server answers as itself; "" when it does, else why not."""
    try:
        card = json.loads((identity / "identity.json").read_bytes())
        trust = ssl.create_default_context(cafile=str(identity / "ca.pem"))
        host, port = str(card["broker_host"]), int(card["broker_port"])
        with (
            socket.create_connection((host, port), timeout=10) as plain,
            trust.wrap_socket(plain, server_hostname=host),
        ):
            return ""
    except (OSError, ValueError, KeyError) as error:
        return str(error).splitlines()[0][:200] or type(error).__name__


def _write(path: Path, content: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with open(fresh, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _run(*command: str) -> str:
    """Run it; what it says.

    Raises:
        Failure: it says no.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word of it"]
        raise Failure(f"{Path(command[0]).name} says: {last[0][:300]}")
    return done.stdout


def _file(name: str) -> str:
    return f"{_PREFIX}{name}{_SUFFIX}"


def _wanted(profiles: list[dict[str, object]]) -> dict[str, str]:
    found = {}
    for profile in profiles:
        password = ""
        if profile.get("password_file"):
            password = Path(str(profile["password_file"])).read_text().strip()
        found[_file(str(profile["name"]))] = keyfile(profile, password)
    return found


def _apply(module: AnsibleModule) -> None:
    given = module.params
    folder, state = Path(given["folder"]), Path(given["state_folder"])
    pending = state / "pending"
    before, after = read_folder(folder), _wanted(given["profiles"])
    names = sorted({*before, *after})
    changed = [name for name in names if before.get(name) != after.get(name)]
    diff = [
        {
            "before_header": name,
            "after_header": name,
            "before": without_secrets(before.get(name, "")),
            "after": without_secrets(after.get(name, "")),
        }
        for name in changed
    ]
    # Who was cut off between writing and confirming has still to confirm.
    is_changed = bool(changed) or pending.exists()
    if state.exists() and not module.check_mode:
        forget(state)
    if changed and not module.check_mode:
        if pending.exists():
            raise Failure("An earlier change of the profiles is not confirmed yet; try again.")
        active = _run("nmcli", "-g", "UUID", "connection", "show", "--active").split()
        note_before(pending, {name: before.get(name) for name in changed}, active)
        clock = (f"--on-active={given['seconds']}", "--timer-property=AccuracySec=1s")
        # Collected: one that failed would be in the way of the next.
        unit = (f"--unit={_GUARD}-clock", "--collect")
        _run("systemd-run", "--quiet", *unit, *clock, *_reverting(given))
        _put(folder, {name: after.get(name) for name in changed})
        names = [name for name in foremost(given["profiles"]) if _file(name) in changed]
        _bring_up(pending, names)
    module.exit_json(changed=is_changed, profiles=changed, diff=diff)


def _put(folder: Path, contents: Mapping[str, str | None]) -> None:
    for name, content in contents.items():
        if content is None:
            (folder / name).unlink()
        else:
            _write(folder / name, content)
    _run("nmcli", "connection", "reload")


def _bring_up(pending: Path, names: Sequence[str]) -> None:
    """Those that have a device now, and note it; whether they came up is seen when confirming."""
    available = _run("nmcli", "-g", "CONNECTIONS.AVAILABLE-CONNECTIONS", "device", "show")
    tried = [name for name in names if uuid_of(name) in available]
    _write(pending / "tried", _lines(tried))
    for name in tried:
        up = ["nmcli", "--wait", "30", "connection", "up", uuid_of(name)]
        subprocess.run(up, capture_output=True, check=False, timeout=60)


def _confirm(module: AnsibleModule) -> None:
    given = module.params
    state = Path(given["state_folder"])
    pending = state / "pending"
    until = time.monotonic() + given["seconds"]
    while pending.exists():
        why = _not_up(pending) or is_reachable(Path(given["identity"]))
        if not why and _keep(state, pending):
            module.exit_json(changed=True)
        if time.monotonic() > until:
            raise Failure(f"The server is not reached with these profiles: {why}")
        time.sleep(1)
    raise Failure("The profiles were put back before they were confirmed.")


def _not_up(pending: Path) -> str:
    """Which profile is not up, of those that were brought up; "" when none."""
    tried = pending / "tried"
    if not tried.exists():  # put back just now, or who wrote them was cut off before
        return "they were not brought up"
    for name in tried.read_text().split():
        asked = ["nmcli", "-g", "GENERAL.STATE", "connection", "show", uuid_of(name)]
        said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=30)
        if said.stdout.strip() != "activated":
            return f"{_PREFIX}{name} is not up"
    return ""


def _keep(state: Path, pending: Path) -> bool:
    """Nothing puts them back any more; False: that has begun already."""
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not pending.exists():
            return False
        past = state / f"confirmed-{time.time_ns()}"
        pending.rename(past)
    _stop_clock()
    shutil.rmtree(past, ignore_errors=True)  # `forget` finds what a power cut leaves of it
    return True


def _revert(module: AnsibleModule) -> None:
    is_pending = (Path(module.params["state_folder"]) / "pending").exists()
    _run(*_reverting(module.params))
    _stop_clock()
    module.exit_json(changed=is_pending)


def _reverting(given: Mapping[str, str]) -> list[str]:
    return [given["revert"], given["folder"], given["state_folder"]]


def _stop_clock() -> None:
    stop = ["systemctl", "stop", f"{_GUARD}-clock.timer"]
    subprocess.run(stop, capture_output=True, check=False, timeout=30)


def main() -> None:
    """As Ansible calls it."""
    module = AnsibleModule(
        argument_spec={
            "state": {
                "type": "str",
                "required": True,
                "choices": ["applied", "confirmed", "reverted"],
            },
            "profiles": {"type": "list", "elements": "dict", "default": []},
            "seconds": {"type": "int", "default": 120},
            "folder": {"type": "path", "default": "/etc/NetworkManager/system-connections"},
            "state_folder": {"type": "path", "default": "/var/lib/courtfleet-network"},
            "revert": {"type": "path", "default": "/usr/local/sbin/courtfleet-network-revert"},
            "identity": {"type": "path", "default": "/var/lib/courtfleet/identity"},
        },
        supports_check_mode=True,
    )
    ways = {"applied": _apply, "confirmed": _confirm, "reverted": _revert}
    try:
        ways[module.params["state"]](module)
    except Failure as error:
        module.fail_json(msg=str(error))
    except (OSError, KeyError, subprocess.TimeoutExpired) as error:
        module.fail_json(msg=f"It could not be done: {error}.")


if __name__ == "__main__":
    main()
