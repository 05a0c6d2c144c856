"""The trials of a check now: which of a profile's devices are tried out, a thread for each."""

import logging
from collections.abc import Callable, Sequence
from threading import Thread
from typing import TYPE_CHECKING, Final

from edge_agent.inputs import Input, TrialDone
from edge_agent.ports import Planned
from telemetry.wire.events import Checked
from telemetry.wire.profile import ByIpp, ByRtsp, BySound, ByVideo, DeviceSpec, Profile
from telemetry.words import CheckOutcome, DeviceKind

if TYPE_CHECKING:
    from edge_agent.looks import Looks

logger = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 35.0
_PRINT_SECONDS: Final = 50.0
_PRINTERS: Final = "printers"
_LOOKS: Final = "looks"


class TrialThreads:
    """The agent's port to what it tries out; `page` gives the lines of a test page.

    Pictures and sounds are heavy and take turns; printers are waited for meanwhile.
    """

    def __init__(
        self,
        looks: "Looks",
        profile: Callable[[], Profile],
        page: Callable[[], Sequence[str]],
        put: Callable[[Input], None],
    ) -> None:
        self._looks = looks
        self._profile = profile
        self._page = page
        self._put = put

    def plan(self, profile: Profile) -> Sequence[Planned]:
        """What is tried, in the order of the profile; anything else is for the probes to look at.

        A tone and a printed page disturb a sitting, and so does a microphone that somebody uses.
        """
        return [planned for spec in profile.devices if (planned := _planned(spec)) is not None]

    def begin(self, device: str, check: int) -> None:
        """Try it; a `TrialDone` follows, unless it hangs."""
        spec = next(one for one in self._profile().devices if one.name == device)
        Thread(target=self._try, args=(spec, check), name=f"trial-{device}", daemon=True).start()

    def _try(self, spec: DeviceSpec, check: int) -> None:
        # What is tried once a day need not stay in memory all day.
        from edge_agent.checks.devices import FAILED, check_device

        try:
            step = check_device(spec, self._looks, self._page())
        except Exception:
            logger.exception("a device could not be tried", extra={"device": spec.name})
            step = Checked(spec.name, FAILED)
        if step is not None:
            self._put(TrialDone(spec.name, check, CheckOutcome(step.outcome), step.fault))


def _planned(spec: DeviceSpec) -> Planned | None:
    match spec.reach:
        case ByIpp() if spec.kind is not DeviceKind.SCANNER:
            return Planned(spec.name, True, _PRINT_SECONDS, _PRINTERS)
        case BySound():
            return Planned(spec.name, True, _LOOK_SECONDS, _LOOKS)
        case ByRtsp() | ByVideo():
            return Planned(spec.name, False, _LOOK_SECONDS, _LOOKS)
        case _:
            return None
