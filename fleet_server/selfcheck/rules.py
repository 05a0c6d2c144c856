"""What a self-check tries of a profile, and what it may claim."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from fleet_server.errors import Malformed
from fleet_server.selfcheck.model import DoneStep, LinkFigures, Means, PlannedStep, SelfCheck
from telemetry.rules.facts import ITEM_PREFIX, LINK_STEP
from telemetry.rules.link_class import Sample, judge
from telemetry.sentences.names import DEVICE_KINDS, WEBRTC
from telemetry.wire.events import CheckDone, Checked
from telemetry.wire.profile import PLATFORM_PREFIX, Platform, Profile
from telemetry.words import (
    CheckOutcome,
    CheckReason,
    DeviceFault,
    DeviceKind,
    LinkClass,
    PlatformState,
    Untried,
)

WEBRTC_STEP: Final = "webrtc"

_MEANS: Final[Mapping[DeviceKind, Means | None]] = {
    DeviceKind.CAMERA: Means.CAMERA,
    DeviceKind.DOCUMENT_CAMERA: Means.FILE,
    DeviceKind.SCANNER: Means.FILE,
    DeviceKind.MICROPHONE: Means.MICROPHONE,
    DeviceKind.SPEAKER: Means.SPEAKER,
    DeviceKind.PRINTER: Means.PRINT,
    DeviceKind.PORTABLE_PRINTER: Means.PRINT,
    # Nobody sees by looking whether these do what they are for.
    DeviceKind.BATTERY: None,
    DeviceKind.IGNITION: None,
    DeviceKind.ROUTER: None,
}

_NOT_THERE: Final = frozenset({DeviceFault.NOT_FOUND, DeviceFault.NOT_ANSWERING})
_FAULTS: Final[Mapping[Means, frozenset[str]]] = {
    Means.CAMERA: frozenset(
        {
            DeviceFault.NOT_FOUND,
            DeviceFault.PICTURE_BLACK,
            DeviceFault.PICTURE_FROZEN,
            DeviceFault.HUNG,
        }
    ),
    Means.MICROPHONE: frozenset({DeviceFault.NOT_FOUND, DeviceFault.SILENT, DeviceFault.HUNG}),
    Means.SPEAKER: frozenset({DeviceFault.NOT_FOUND, DeviceFault.SILENT}),
    Means.FILE: frozenset({*_NOT_THERE, DeviceFault.PICTURE_BLACK}),
    Means.PRINT: frozenset(
        {*_NOT_THERE, DeviceFault.PAPER_OUT, DeviceFault.TONER_OUT, DeviceFault.JAMMED}
    ),
    Means.OPEN: frozenset(PlatformState) - {PlatformState.OK},
    Means.CONFIRM: _NOT_THERE,
    Means.WEBRTC: frozenset({PlatformState.BLOCKED}),
}
"""What each means can find wrong; nothing else is believed."""


def plan(profile: Profile) -> list[PlannedStep]:
    """What is to be tried, in the order of the profile; the link is measured besides."""
    return list(_planned(profile))


def done(profile: Profile, check: SelfCheck) -> CheckDone:
    """The event of a check: what was not tried is skipped.

    Raises:
        Malformed: a step that the profile does not have, twice one, or what it cannot come to.
    """
    planned = {step.name: step for step in plan(profile)}
    found: dict[str, DoneStep] = {}
    for step in check.steps:
        if step.name not in planned:
            raise Malformed("self_check_unknown_step", step=step.name)
        if step.name in found:
            raise Malformed("self_check_step_twice", step=step.name)
        if not _can_come_to(planned[step.name].means, step):
            raise Malformed(
                "self_check_outcome", step=step.name, outcome=step.outcome, fault=step.fault
            )
        found[step.name] = step
    untried = DoneStep("", CheckOutcome.SKIPPED, Untried.NOT_TRIED)
    steps = []
    for name in planned:
        came_to = found.get(name, untried)
        steps.append(Checked(name, came_to.outcome, came_to.fault))
    link_class = None if check.link is None else class_of(check.link)
    steps.append(_link_step(link_class))
    return CheckDone(
        check.who, CheckReason.SELF_CHECK, steps, check.took_seconds, str(link_class or "")
    )


def class_of(link: LinkFigures) -> LinkClass:
    """What a hearing could use of the link: it needs both ways as it needs the uplink.

    Loss is not seen by HTTP; a link that loses much shows it by being slow and late.
    """
    rate = min(link.down_bits_per_second, link.up_bits_per_second)
    found = judge(Sample(0.0, rtt_seconds=link.rtt_seconds, uplink_bits_per_second=rate))
    return LinkClass.NONE if found is None else found.link_class


def fingerprint(secret: str) -> str:
    """How a key is kept; it has bits enough to need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _link_step(link_class: LinkClass | None) -> Checked:
    if link_class is None:
        return Checked(LINK_STEP, CheckOutcome.SKIPPED, Untried.NOT_TRIED)
    if link_class is LinkClass.NONE:
        return Checked(LINK_STEP, CheckOutcome.FAILED, DeviceFault.NOT_ANSWERING)
    return Checked(LINK_STEP, CheckOutcome.PASSED)


def _planned(profile: Profile) -> Iterator[PlannedStep]:
    for spec in profile.devices:
        means = _MEANS.get(spec.kind, Means.CONFIRM)
        if means is not None:
            kind = DEVICE_KINDS[spec.kind]
            yield PlannedStep(spec.name, means, spec.zh or kind.zh, spec.en or kind.en)
    for platform in profile.platforms:
        name = PLATFORM_PREFIX + platform.name
        yield PlannedStep(name, Means.OPEN, platform.zh, platform.en, _url(platform))
    for item in profile.manual:
        yield PlannedStep(ITEM_PREFIX + item.name, Means.CONFIRM, item.zh, item.en)
    yield PlannedStep(WEBRTC_STEP, Means.WEBRTC, WEBRTC.zh, WEBRTC.en)


def _url(platform: Platform) -> str:
    scheme = "https" if platform.is_tls else "http"
    return f"{scheme}://{platform.host}:{platform.port}/{platform.path.lstrip('/')}"


def _can_come_to(means: Means, step: DoneStep) -> bool:
    match step.outcome:
        case CheckOutcome.PASSED:
            return step.fault == ""
        case CheckOutcome.FAILED:
            return step.fault in _FAULTS[means]
        case CheckOutcome.REFUSED:
            return step.fault == Untried.NOT_ALLOWED
        case CheckOutcome.SKIPPED:
            return step.fault in set(Untried) - {Untried.NOT_ALLOWED}
