"""A tiny real bundler: two playbooks, whose streams are their variables."""

from collections.abc import Mapping

import msgspec

from fleet_server.errors import Malformed, NotFound
from telemetry.wire.orders import RunBundle


def bundled(playbook: str, variables: Mapping[str, object], is_check: bool) -> RunBundle:
    if playbook not in {"configure", "undo"}:
        raise NotFound("no_playbook", playbook=playbook)
    known = {"timezone", "filling", "tries", "clock_timezone", "clock_servers", "manifest_hash"}
    if unknown := variables.keys() - known:
        raise Malformed("bad_request", field=min(unknown), problem="it takes no such variable")
    stream = msgspec.json.encode({"playbook": playbook, "variables": dict(variables)}).decode()
    return RunBundle(playbook, "1.0.0", stream, is_check)
