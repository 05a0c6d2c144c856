"""What fits the form and still cannot be meant: a name twice, a need that nobody can meet.

An error would make readiness wrong; a warning is something that somebody should look at.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from fleet_server.descriptions.model import Path, Problem
from fleet_server.errors import Fact
from telemetry.rules.facts import ITEM_PREFIX
from telemetry.wire.catalogue import Catalogue, Need, Service
from telemetry.wire.profile import (
    PLATFORM_PREFIX,
    ByAddress,
    ByIpp,
    ByRtsp,
    ByUsb,
    DeviceSpec,
    Profile,
    Reach,
)
from telemetry.words import LinkClass

_CLASSES: Final = tuple(LinkClass)
_PLACEHOLDER: Final = ".example"
_NO_USB_ID: Final = ByUsb("0000", "0000")


def of_catalogue(catalogue: Catalogue, profiles: Collection[Profile]) -> list[Problem]:
    """What is wrong or doubtful in a catalogue, beside the profiles of all assets."""
    platforms = {one.name for profile in profiles for one in profile.platforms}
    items = {one.name for profile in profiles for one in profile.manual}
    found = [*_twice("services", [service.name for service in catalogue.services])]
    for place, service in enumerate(catalogue.services):
        path: Path = ("services", place)
        found += _link(service, path)
        found += _strangers("platform_unnamed", service.platforms, platforms, (*path, "platforms"))
        found += _strangers("item_unnamed", service.manual, items, (*path, "manual"))
        for number, need in enumerate(service.needs):
            found += _need(need, profiles, (*path, "needs", number))
    return found


def of_profile(profile: Profile, catalogue: Catalogue) -> list[Problem]:
    """What is wrong or doubtful in a profile, beside this catalogue."""
    platforms = {name for service in catalogue.services for name in service.platforms}
    items = {name for service in catalogue.services for name in service.manual}
    named = {
        "devices": [device.name for device in profile.devices],
        "manual": [item.name for item in profile.manual],
        "platforms": [platform.name for platform in profile.platforms],
        "sims": [sim.iccid for sim in profile.sims],
    }
    found = [problem for field, names in named.items() for problem in _twice(field, names)]
    for place, device in enumerate(profile.devices):
        found += _device(device, ("devices", place))
    found += _twins(profile.devices)
    for place, platform in enumerate(profile.platforms):
        path: Path = ("platforms", place)
        if platform.host.endswith(_PLACEHOLDER):
            found.append(_placeholder(platform.host, (*path, "host")))
        if platform.path and not platform.path.startswith("/"):
            facts = {"path": platform.path}
            found.append(Problem("path_without_slash", (*path, "path"), facts))
        if platform.name not in platforms:
            found.append(_doubt("platform_unneeded", (*path, "name"), platform.name))
    for place, item in enumerate(profile.manual):
        if item.name not in items:
            found.append(_doubt("item_unneeded", ("manual", place, "name"), item.name))
    return found


def unmet(service: Service, profile: Profile) -> list[Need]:
    """What an asset with this profile can never have for the service, but must."""
    return [need for need in service.needs if not need.is_optional and not _has(profile, need)]


def _has(profile: Profile, need: Need) -> bool:
    return sum(device.kind in need.kinds for device in profile.devices) >= need.count


def _twice(field: str, names: Sequence[str]) -> Iterator[Problem]:
    """Each further one of a name that stands there already."""
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            first = names.index(name)
            yield Problem(
                "name_twice", (field, place), {"name": name, "first": f"{field}[{first}]"}
            )


def _link(service: Service, path: Path) -> Iterator[Problem]:
    least = service.link_at_least
    if least is None:
        return
    if service.link is LinkClass.NONE:
        yield Problem("link_not_needed", (*path, "link_at_least"), {"least": least})
    elif _CLASSES.index(least) < _CLASSES.index(service.link):
        facts = {"least": least.value, "link": service.link.value}
        yield Problem("link_order", (*path, "link_at_least"), facts)


def _strangers(code: str, names: Iterable[str], known: set[str], path: Path) -> Iterator[Problem]:
    for place, name in enumerate(names):
        if name not in known:
            yield _doubt(code, (*path, place), name)


def _need(need: Need, profiles: Iterable[Profile], path: Path) -> Iterator[Problem]:
    if not any(_has(profile, need) for profile in profiles):
        facts: dict[str, Fact] = {"count": need.count, "kinds": ", ".join(need.kinds)}
        yield Problem("need_unmet", path, facts, is_warning=True)


def _device(device: DeviceSpec, path: Path) -> Iterator[Problem]:
    for prefix in (PLATFORM_PREFIX, ITEM_PREFIX):
        if device.name.startswith(prefix):
            yield Problem("name_reserved", (*path, "name"), {"name": device.name, "prefix": prefix})
    for field, host in _hosts(device.reach):
        if host.endswith(_PLACEHOLDER):
            yield _placeholder(host, (*path, "reach", field))
    if device.reach == _NO_USB_ID:
        yield _placeholder("0000:0000", (*path, "reach", "vendor"))


def _hosts(reach: Reach) -> Iterator[tuple[str, str]]:
    match reach:
        case ByIpp(uri=address):
            yield "uri", urlsplit(address).hostname or ""
        case ByRtsp(url=address):
            yield "url", urlsplit(address).hostname or ""
        case ByAddress(host=host):
            yield "host", host
        case _:
            return


def _twins(devices: Sequence[DeviceSpec]) -> Iterator[Problem]:
    """Two devices that are reached the same way are one; on USB a serial tells them apart."""
    first: dict[tuple[Reach, str], str] = {}
    for place, device in enumerate(devices):
        if device.reach == _NO_USB_ID:
            continue
        same = first.setdefault((device.reach, device.serial), device.name)
        if same != device.name:
            facts = {"name": device.name, "first": same}
            yield Problem("same_reach", ("devices", place, "reach"), facts, is_warning=True)


def _doubt(code: str, path: Path, name: str) -> Problem:
    return Problem(code, path, {"name": name}, is_warning=True)


def _placeholder(address: str, path: Path) -> Problem:
    return Problem("placeholder", path, {"address": address}, is_warning=True)
