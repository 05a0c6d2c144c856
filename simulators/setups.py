"""How the shown fleet's machines are set up, so that their screen has something to say.

Most are as is desired of them. A few were changed by hand, a few never set up, and for one court
something was written since that none of its assets has.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from simulators.centre import Centre
from simulators.depot import Depot
from simulators.fleet import Member
from telemetry.wire.events import Configured

_FLEET: Final = {"clock_timezone": "Asia/Shanghai", "clock_servers": ["ntp.example.cn"]}
_VEHICLES: Final = {"network_profiles": [{"name": "uplink", "kind": "gsm", "apn": "court.example"}]}
_COURT: Final = {"printers_queues": [{"name": "courtroom", "uri": "ipp://192.0.2.9/ipp/print"}]}
_CHANGED_BY_HAND: Final = "/etc/systemd/timesyncd.conf.d/courtfleet.conf"
_AGO: Final = timedelta(days=3)

_ONE_IN: Final = 23
_IS_DRIFTED: Final = 5
_IS_NEW: Final = 11


def lay_out(centre: Centre, depot: Depot, members: Sequence[Member]) -> None:
    """Write what is desired, and have the machines of these assets be as they are by now.

    Raises:
        RigFailed: the server does not answer.
    """
    centre.put_layer("fleet", _FLEET, "统一授时")
    centre.put_layer("kind:vehicle", _VEHICLES, "专用接入点")
    desired = {one.asset: one.desired for one in centre.setups()}
    applied_at = round((datetime.now(UTC) - _AGO).timestamp() * 1000)
    for at, member in enumerate(members):
        if at % _ONE_IN == _IS_NEW:
            continue
        differs = [_CHANGED_BY_HAND] if at % _ONE_IN == _IS_DRIFTED else []
        depot.set_up(member.asset, Configured(desired[member.asset], applied_at, differs))
    centre.put_layer(f"court:{members[0].district.court}", _COURT, "增设打印队列")
