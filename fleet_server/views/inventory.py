"""What an asset carries, and how each thing was last found."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.instants import to_ms
from fleet_server.parts import Parts
from fleet_server.views.live import instant
from telemetry.rules.facts import DeviceFact, Facts, faults_of
from telemetry.sentences import names
from telemetry.sentences.wording import Sentence
from telemetry.store.port import DeviceChange, DeviceSeen
from telemetry.wire.messages import Value
from telemetry.wire.profile import (
    PLATFORM_PREFIX,
    DeviceSpec,
    ManualItem,
    Platform,
    Profile,
    Sim,
)
from telemetry.words import DeviceFault, DeviceKind, DeviceState, PlatformState, word

router = APIRouter(prefix="/api/v1", tags=["readings"])

_SINCE: Final = timedelta(days=30)
"""How far back it is looked for since when a device is as it is."""


class InventoryDevice(BaseModel):
    """One device of the asset's profile, or one that it reported a state of.

    `state` null: nobody ever looked. `since`: when it was first found as it is, within the last 30
    days. `serial` is the one told last, `expected_serial` the profile's ("": any).
    """

    device: str = Field(examples=["printer"])
    label: str = Field(examples=["打印机"])
    kind: DeviceKind | None
    kind_word: str = Field(examples=["打印机"])
    state: DeviceState | None
    state_word: str = Field(examples=["故障"])
    faults: list[DeviceFault] = Field(examples=[["paper_out"]])
    fault_words: list[str] = Field(examples=[["缺纸"]])
    serial: str
    expected_serial: str
    since: datetime | None
    looked_at: datetime | None
    proven_at: datetime | None
    battery_percent: float | None
    is_optional: bool
    may_be_off: bool
    in_profile: bool


class InventoryPlatform(BaseModel):
    """One platform of the asset's profile, as it was reached from there; `state` null: never."""

    name: str
    label: str
    state: PlatformState | None
    state_word: str
    since: datetime | None
    looked_at: datetime | None
    proven_at: datetime | None


class InventoryItem(BaseModel):
    """A manual item; `is_there` null: nobody has looked."""

    name: str
    label: str
    is_there: bool | None
    looked_at: datetime | None
    good_until: datetime | None


class InventorySim(BaseModel):
    """A SIM card that a modem told of. `quota_bytes` 0: not limited; null: not in the profile."""

    device: str
    iccid: str
    used_bytes: int | None
    used_percent: float | None
    quota_bytes: int | None
    reset_day: int | None
    seen_at: datetime | None


class Inventory(BaseModel):
    """In the profile's order, what only reports name behind it. `others`: without a state."""

    devices: list[InventoryDevice]
    platforms: list[InventoryPlatform]
    items: list[InventoryItem]
    sims: list[InventorySim]
    others: list[str]


@router.get("/assets/{asset}/inventory", operation_id="show_inventory")
def show_inventory(
    asset: str, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> Inventory:
    """Devices, platforms, manual items and SIM cards of an asset, and how they were last found."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    language = language_of(request)
    return _Inventory(parts, asset, now, language).shown()


class _Inventory:
    """What is known of one asset, in one language."""

    def __init__(self, parts: Parts, asset: str, now: datetime, language: str) -> None:
        self._language = language
        self._profile: Profile = parts.readiness.documents(asset)[0]
        self._facts: Facts = parts.readiness.facts(asset)
        self._seen: Mapping[str, DeviceSeen] = {
            one.device: one for one in parts.store.devices(asset)
        }
        newest = parts.store.device_changes(asset, to_ms(now - _SINCE), to_ms(now) + 1, 1)
        self._changes: Mapping[str, DeviceChange] = {one.device: one for one in newest}

    def shown(self) -> Inventory:
        named = {spec.name for spec in self._profile.devices}
        strangers = [name for name in self._seen if name not in named]
        stated = [name for name in strangers if "device_state" in self._seen[name].metrics]
        return Inventory(
            devices=[
                *(self._device(spec) for spec in self._profile.devices),
                *(self._stranger(name) for name in stated),
            ],
            platforms=[self._platform(one) for one in self._profile.platforms],
            items=[self._item(one) for one in self._profile.manual],
            sims=[self._sim(one) for one in self._seen.values() if "sim_iccid" in one.metrics],
            others=[
                name
                for name in strangers
                if name not in stated and not name.startswith(PLATFORM_PREFIX)
            ],
        )

    def _device(self, spec: DeviceSpec) -> InventoryDevice:
        fact = self._facts.devices.get(spec.name, DeviceFact(spec.kind))
        kind = names.DEVICE_KINDS[spec.kind].said(self._language)
        last = fact.last
        return InventoryDevice(
            device=spec.name,
            label=Sentence(spec.en, spec.zh).pick(self._language) or kind,
            kind=spec.kind,
            kind_word=kind,
            state=None if last is None else last.state,
            state_word="" if last is None else names.DEVICE_STATES[last.state].said(self._language),
            faults=[] if last is None else list(last.faults),
            fault_words=[] if last is None else self._fault_words(last.faults),
            serial=self._text(spec.name, "device_serial"),
            expected_serial=spec.serial,
            since=self._since(spec.name),
            looked_at=None if last is None else instant(last.at),
            proven_at=instant(fact.proven_at),
            battery_percent=self._number(spec.name, "device_battery_percent"),
            is_optional=spec.is_optional,
            may_be_off=spec.may_be_off,
            in_profile=True,
        )

    def _stranger(self, name: str) -> InventoryDevice:
        """A device that reports name and the profile does not."""
        kind = word(DeviceKind, self._text(name, "device_kind"))
        state = word(DeviceState, self._text(name, "device_state"))
        faults = faults_of(self._text(name, "device_faults"))
        kind_word = "" if kind is None else names.DEVICE_KINDS[kind].said(self._language)
        return InventoryDevice(
            device=name,
            label=kind_word or name,
            kind=kind,
            kind_word=kind_word,
            state=state,
            state_word="" if state is None else names.DEVICE_STATES[state].said(self._language),
            faults=list(faults),
            fault_words=self._fault_words(faults),
            serial=self._text(name, "device_serial"),
            expected_serial="",
            since=self._since(name),
            looked_at=instant(self._seen[name].last_at),
            proven_at=None,
            battery_percent=self._number(name, "device_battery_percent"),
            is_optional=False,
            may_be_off=False,
            in_profile=False,
        )

    def _platform(self, platform: Platform) -> InventoryPlatform:
        fact = self._facts.platforms.get(platform.name)
        return InventoryPlatform(
            name=platform.name,
            label=Sentence(platform.en, platform.zh).pick(self._language),
            state=None if fact is None else fact.state,
            state_word=""
            if fact is None
            else names.PLATFORM_STATES[fact.state].said(self._language),
            since=self._since(PLATFORM_PREFIX + platform.name),
            looked_at=None if fact is None else instant(fact.at),
            proven_at=None if fact is None else instant(fact.proven_at),
        )

    def _item(self, item: ManualItem) -> InventoryItem:
        fact = self._facts.items.get(item.name)
        looked_at = None if fact is None else instant(fact.at)
        is_good = fact is not None and fact.is_there and looked_at is not None
        good = timedelta(hours=item.good_for_hours)
        return InventoryItem(
            name=item.name,
            label=Sentence(item.en, item.zh).pick(self._language),
            is_there=None if fact is None else fact.is_there,
            looked_at=looked_at,
            good_until=looked_at + good if is_good and looked_at else None,
        )

    def _sim(self, modem: DeviceSeen) -> InventorySim:
        iccid = str(modem.metrics["sim_iccid"])
        plan: Sim | None = next((one for one in self._profile.sims if one.iccid == iccid), None)
        used = self._number(modem.device, "sim_month_bytes")
        return InventorySim(
            device=modem.device,
            iccid=iccid,
            used_bytes=None if used is None else round(used),
            used_percent=self._number(modem.device, "sim_quota_percent"),
            quota_bytes=None if plan is None else plan.quota_bytes,
            reset_day=None if plan is None else plan.reset_day,
            seen_at=instant(modem.last_at),
        )

    def _since(self, device: str) -> datetime | None:
        change = self._changes.get(device)
        return None if change is None else instant(change.at)

    def _fault_words(self, faults: Iterable[DeviceFault]) -> list[str]:
        return [names.DEVICE_FAULTS[fault].said(self._language) for fault in faults]

    def _value(self, device: str, key: str) -> Value | None:
        seen = self._seen.get(device)
        return None if seen is None else seen.metrics.get(key)

    def _text(self, device: str, key: str) -> str:
        return str(self._value(device, key) or "")

    def _number(self, device: str, key: str) -> float | None:
        value = self._value(device, key)
        return value if isinstance(value, int | float) else None
