"""A tiny real bundler: one playbook, whose stream is its variables."""

from collections.abc import Mapping

import msgspec

from fleet_server.errors import Malformed, NotFound
from telemetry.wire.orders import RunBundle


def bundled(playbook: str, variables: Mapping[str, object], is_check: bool) -> RunBundle:
    if playbook != "configure":
        raise NotFound("no_playbook", playbook=playbook)
    if unknown := variables.keys() - {"timezone", "filling"}:
        raise Malformed("bad_request", field=min(unknown), problem="it takes no such variable")
    stream = msgspec.json.encode({"playbook": playbook, "variables": dict(variables)}).decode()
    return RunBundle(playbook, "1.0.0", stream, is_check)
