"""One device tried out: which step proves it, and how that went, as a step of a check."""

from collections.abc import Sequence
from typing import Final

from edge_agent.checks.printing import print_page
from edge_agent.frames import NoPicture, take_picture
from edge_agent.looks import Looks
from edge_agent.probes import recorder
from edge_agent.probes.cameras import is_camera_of_the_machine
from edge_agent.probes.devices import Found
from edge_agent.probes.printers import look as look_at_printer
from edge_agent.sound import NoSound, is_silent, play_tone, record
from telemetry.wire.events import Checked
from telemetry.wire.profile import ByFolder, ByIpp, ByRtsp, BySound, ByVideo, DeviceSpec
from telemetry.words import DeviceFault, DeviceKind, DeviceState

PASSED: Final = "passed"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"

_ABSENT: Final = frozenset({DeviceFault.NOT_FOUND, DeviceFault.NOT_ANSWERING})


def check_device(spec: DeviceSpec, looks: Looks, page: Sequence[str]) -> Checked | None:
    """Try the device out; blocks, in the worst case for 45 s (a printer), else for 30.

    Cameras take a picture, microphones record, speakers play a tone, printers print the lines of
    `page`, recorders are asked for room. Skipped: it is off and may be, somebody uses it, or this
    machine cannot look. None: it is reached in another way than these.
    """
    reach = spec.reach
    if isinstance(reach, ByRtsp | ByVideo):
        return check_camera(spec, reach, looks)
    if isinstance(reach, BySound):
        return check_sound(spec, reach, looks)
    if isinstance(reach, ByIpp):
        return check_printer(spec, reach, page)
    if isinstance(reach, ByFolder):
        return _as_found(spec, recorder.look(spec, reach))
    return None


def check_camera(spec: DeviceSpec, reach: ByRtsp | ByVideo, looks: Looks) -> Checked:
    """A picture, taken now."""
    if isinstance(reach, ByVideo) and not is_camera_of_the_machine(reach.path):
        return _outcome(spec, DeviceFault.NOT_FOUND)
    try:
        return _outcome(spec, take_picture(looks, reach).fault)
    except NoPicture as error:
        return Checked(spec.name, SKIPPED) if error.fault is None else _outcome(spec, error.fault)


def check_sound(spec: DeviceSpec, reach: BySound, looks: Looks) -> Checked:
    """Two seconds of recording that must not be silent, or a tone."""
    try:
        if not reach.captures:
            play_tone(looks, reach)
            return _outcome(spec, None)
        return _outcome(spec, DeviceFault.SILENT if is_silent(record(looks, reach)) else None)
    except NoSound as error:
        return Checked(spec.name, SKIPPED) if error.fault is None else _outcome(spec, error.fault)


def check_printer(spec: DeviceSpec, reach: ByIpp, page: Sequence[str]) -> Checked:
    """A test page; of what does not print (a scanner) only whether it is well."""
    if spec.kind is DeviceKind.SCANNER:
        return _as_found(spec, look_at_printer(spec, reach))
    printed = print_page(spec, reach, page)
    if printed.is_out:
        return Checked(spec.name, PASSED, printed.fault or "")
    return _outcome(spec, printed.fault)


def _as_found(spec: DeviceSpec, found: Found) -> Checked:
    """The step of a device that is proven by looking: a fault that it works with is told too."""
    if found.state is DeviceState.OFF:
        return Checked(spec.name, SKIPPED)
    works = found.state in {DeviceState.OK, DeviceState.LIMITED}
    return Checked(spec.name, PASSED if works else FAILED, next(iter(found.faults), ""))


def _outcome(spec: DeviceSpec, fault: DeviceFault | None) -> Checked:
    if fault is None:
        return Checked(spec.name, PASSED)
    if spec.may_be_off and fault in _ABSENT:
        return Checked(spec.name, SKIPPED)
    return Checked(spec.name, FAILED, fault)
