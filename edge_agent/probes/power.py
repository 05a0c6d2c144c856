"""Power: mains, the machine's own batteries, and those of what is paired with it.

UPower knows most (an uninterruptible supply on USB, tablets and printers by Bluetooth); where it
does not run, sysfs tells of the machine's own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple, cast

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from edge_agent.probes.bus import Call, Service
from edge_agent.probes.devices import Found, Snapshot, device_metrics, judged, missing
from telemetry.wire.messages import Value
from telemetry.wire.profile import BySupply, DeviceSpec
from telemetry.words import DeviceFault

LOW_PERCENT: Final = 20.0
OUT_PERCENT: Final = 5.0

_SERVICE: Final = "org.freedesktop.UPower"
_ROOT: Final = "/org/freedesktop/UPower"
_DEVICE: Final = f"{_SERVICE}.Device"
_LINE_POWER, _BATTERY, _UPS = 1, 2, 3  # UpDeviceKind
_CHARGING, _DISCHARGING = 1, 2  # UpDeviceState
_MICRO: Final = 1e-6
_LONGEST_SERIAL: Final = 64


class Supply(NamedTuple):
    """Mains or a battery; None is what its driver does not say.

    `is_own`: it feeds this machine. `is_online` is for mains, the rest for batteries; energy in
    watt-hours, `watts` is what is drawn while it is discharging.
    """

    names: tuple[str, ...]
    is_mains: bool
    is_own: bool
    is_online: bool | None = None
    percent: float | None = None
    is_discharging: bool | None = None
    energy: float | None = None
    energy_full: float | None = None
    watts: float | None = None
    empty_seconds: float | None = None
    serial: str = ""


class PowerProbe:
    """Asks UPower, else sysfs; `bus` is a D-Bus address, None for the system bus."""

    name = "power"
    every = timedelta(seconds=30)
    limit = timedelta(seconds=20)
    streams = False

    def __init__(
        self,
        profile: Snapshot,
        bus: str | None = None,
        folder: Path = Path("/sys/class/power_supply"),
        up: Callable[[], float] = monotonic,
    ) -> None:
        self._profile = profile
        self._upower = Service(_SERVICE, bus, up)
        self._folder = folder

    def is_needed(self) -> bool:
        return True

    def read(self) -> Iterator[Reading]:
        """One reading; none where there is neither mains nor a battery to read.

        Raises:
            TimeoutError: UPower is there, and has no answer.
        """
        supplies = self._ask_upower()
        if supplies is None:
            supplies = sysfs_supplies(self._folder)
        devices = {
            spec.name: device_metrics(spec, battery(spec, spec.reach, supplies))
            for spec in self._profile().devices
            if isinstance(spec.reach, BySupply)
        }
        if supplies or devices:
            yield Reading(self.name, metrics(supplies), devices)

    def close(self) -> None: ...

    def _ask_upower(self) -> list[Supply] | None:
        listed = self._upower.ask(Call(_ROOT, _SERVICE, "EnumerateDevices"))
        if listed is None or listed[0].error:
            return None
        paths = cast("list[str]", listed[0].values[0])
        all_of = ("org.freedesktop.DBus.Properties", "GetAll", "s", (_DEVICE,))
        answers = self._upower.ask(*(Call(path, *all_of) for path in paths))
        if answers is None:
            return None
        return [
            upower_supply(path, cast("Mapping[str, object]", answer.values[0]))
            for path, answer in zip(paths, answers, strict=True)
            if not answer.error  # unplugged in this moment
        ]


def metrics(supplies: Sequence[Supply]) -> dict[str, Value]:
    """What the machine runs on, and for how long; nothing of what belongs to other devices.

    The minutes are told while a battery is drained: on mains nobody knows what will be drawn.
    """
    own = [supply for supply in supplies if supply.is_own]
    batteries = [supply for supply in own if not supply.is_mains and supply.percent is not None]
    return clean(
        {
            "battery_percent": _percent(batteries),
            "mains_power": _is_on_mains(own),
            "power_minutes": _minutes(batteries),
        }
    )


def battery(spec: DeviceSpec, reach: BySupply, supplies: Sequence[Supply]) -> Found:
    """The battery of that name; without a name all of the machine's own together."""
    batteries = [supply for supply in supplies if not supply.is_mains]
    if reach.name:
        batteries = [supply for supply in batteries if reach.name in supply.names]
    else:
        batteries = [supply for supply in batteries if supply.is_own]
    if not batteries:
        return missing(spec)
    percent = _percent([supply for supply in batteries if supply.percent is not None])
    values: dict[str, Value | None] = {"device_battery_percent": percent}
    if len(batteries) == 1:
        values["device_serial"] = batteries[0].serial[:_LONGEST_SERIAL]
    return judged(battery_faults(percent), values)


def battery_faults(percent: float | None) -> tuple[DeviceFault, ...]:
    """What such a charge means for whoever wants to use the device."""
    if percent is None or percent >= LOW_PERCENT:
        return ()
    return (DeviceFault.BATTERY_OUT if percent < OUT_PERCENT else DeviceFault.BATTERY_LOW,)


def upower_supply(path: str, properties: Mapping[str, object]) -> Supply:
    """A device of UPower by its properties."""
    kind = properties.get("Type")
    is_mains = kind == _LINE_POWER or (kind is None and "Online" in properties)
    state, is_present = properties.get("State"), properties.get("IsPresent", True)
    native = str(properties.get("NativePath", "")).rpartition("/")[2]
    return Supply(
        names=tuple(name for name in (native, path.rpartition("/")[2]) if name),
        is_mains=is_mains,
        is_own=properties.get("PowerSupply") is True,
        is_online=properties.get("Online") is True if is_mains else None,
        percent=_number(properties.get("Percentage")) if is_present else None,
        is_discharging=state == _DISCHARGING if state else None,
        energy=_number(properties.get("Energy")),
        energy_full=_number(properties.get("EnergyFull")) or None,
        watts=_number(properties.get("EnergyRate")) or None,
        empty_seconds=_number(properties.get("TimeToEmpty")) or None,
        serial=str(properties.get("Serial", "")).strip(),
    )


def sysfs_supplies(folder: Path) -> list[Supply]:
    """Mains and batteries as the kernel's class power_supply lists them, by name."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []
    return [_sysfs_supply(folder / name) for name in names]


def _sysfs_supply(folder: Path) -> Supply:
    volts = _micro(folder / "voltage_now")
    watts, energy, full = (_micro(folder / f) for f in ("power_now", "energy_now", "energy_full"))
    if volts is not None:  # some batteries count charge instead of energy
        amperes, hours, hours_full = (
            _micro(folder / file) for file in ("current_now", "charge_now", "charge_full")
        )
        watts = volts * amperes if watts is None and amperes is not None else watts
        energy = volts * hours if energy is None and hours is not None else energy
        full = volts * hours_full if full is None and hours_full is not None else full
    status = _text(folder / "status")
    seconds = _text(folder / "time_to_empty_now")
    percent = _text(folder / "capacity") if _text(folder / "present") != "0" else ""
    return Supply(
        names=(folder.name,),
        is_mains=_text(folder / "type") not in {"Battery", "UPS"},
        is_own=_text(folder / "scope") != "Device",
        is_online=_text(folder / "online") == "1",
        percent=float(percent) if percent.isdigit() and int(percent) <= 100 else None,
        is_discharging=status == "Discharging" if status not in {"", "Unknown"} else None,
        energy=energy,
        energy_full=full or None,
        watts=abs(watts) if watts else None,  # drivers do not agree on the sign
        empty_seconds=float(seconds) if seconds.isdigit() and seconds != "0" else None,
        serial=_text(folder / "serial_number"),
    )


def _is_on_mains(own: Sequence[Supply]) -> bool | None:
    lines = [supply.is_online for supply in own if supply.is_mains]
    if lines:
        return True in lines
    drained = [supply.is_discharging for supply in own if supply.is_discharging is not None]
    return True not in drained if drained else None


def _percent(batteries: Sequence[Supply]) -> float | None:
    """Of all together; one that does not tell its energy counts like any other."""
    percents = [supply.percent for supply in batteries if supply.percent is not None]
    if not percents:
        return None
    energies = [supply.energy for supply in batteries if supply.energy is not None]
    full = [supply.energy_full for supply in batteries if supply.energy_full]
    if len(percents) > 1 and len(energies) == len(full) == len(percents):
        return min(100.0, 100 * sum(energies) / sum(full))
    return sum(percents) / len(percents)


def _minutes(batteries: Sequence[Supply]) -> float | None:
    """All batteries at what the drained ones give; else the longest that one promises."""
    drained = [supply for supply in batteries if supply.is_discharging]
    watts = sum(supply.watts or 0.0 for supply in drained)
    energies = [supply.energy for supply in batteries if supply.energy is not None]
    if watts and len(energies) == len(batteries):
        return 60 * sum(energies) / watts
    longest = max((supply.empty_seconds or 0.0 for supply in drained), default=0.0)
    return longest / 60 or None


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None


def _text(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(errors="replace").strip()
    return ""


def _micro(file: Path) -> float | None:
    text = _text(file)
    return int(text) * _MICRO if text.removeprefix("-").isdigit() else None
