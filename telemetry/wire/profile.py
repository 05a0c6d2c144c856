"""Content of the desired document `profile`: what an asset carries, and how each thing is reached.

A new type of device is a kind, a way to reach it and a recorded answer; never a code path.
"""

from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from telemetry.wire.messages import Word
from telemetry.words import DeviceKind

Key = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
"""What a device, platform, manual item or service is called in reports; unique in its list."""

PLATFORM_PREFIX: Final = "platform-"
"""A platform's name in reports and checks is this and its name in the profile."""

Title = Annotated[str, Meta(min_length=1, max_length=80)]
Host = Annotated[str, Meta(min_length=1, max_length=253)]
Port = Annotated[int, Meta(ge=1, le=65_535)]
Hex4 = Annotated[str, Meta(pattern=r"^[0-9a-f]{4}\Z")]
Path = Annotated[str, Meta(max_length=255)]


class ByIpp(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="ipp"):
    """A printer or scanner that speaks IPP; `uri` like `ipp://127.0.0.1:631/ipp/print`."""

    uri: Annotated[str, Meta(pattern=r"^ipps?://", max_length=255)]


class ByRtsp(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="rtsp"):
    """A camera that streams; a frame of it is looked at. A password does not belong into `url`."""

    url: Annotated[str, Meta(pattern=r"^rtsps?://", max_length=255)]


class ByVideo(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="video"):
    """A camera of the machine itself (V4L2); its presence is looked at."""

    path: Annotated[str, Meta(pattern=r"^/dev/", max_length=255)]


class BySound(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="sound"):
    """A microphone (`captures`) or a speaker of ALSA, by the name of its PCM."""

    pcm: Annotated[str, Meta(min_length=1, max_length=128)]
    captures: bool


class ByUsb(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="usb"):
    """An instrument on USB, by vendor and product."""

    vendor: Hex4
    product: Hex4


class ByAddress(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="address"):
    """Something on the asset's own network. `speaks`: `tcp`, `http`, `https` or `snmp`."""

    host: Host
    port: Port
    speaks: Annotated[str, Meta(pattern=r"^(tcp|http|https|snmp)\Z")] = "tcp"
    path: Path = "/"


class ByFolder(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="folder"):
    """A recorder that writes into a folder; `bytes_an_hour` says how long there is room."""

    path: Path
    bytes_an_hour: Annotated[int, Meta(ge=1)] = 2_000_000_000


class BySupply(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="supply"):
    """A battery, by its name at UPower or in sysfs; "" is the machine's own."""

    name: Word = ""


class ByInput(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="input"):
    """A contact (ignition): a file that holds 1 when it is closed, 0 when not."""

    path: Path


class ByMavlink(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="mavlink"):
    """A drone whose ground station forwards MAVLink to this UDP port of the machine."""

    port: Port


Reach: TypeAlias = (
    ByIpp
    | ByRtsp
    | ByVideo
    | BySound
    | ByUsb
    | ByAddress
    | ByFolder
    | BySupply
    | ByInput
    | ByMavlink
)


class DeviceSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One device. `name` is its key in reports, `zh` and `en` what people call it ("": its kind).

    `may_be_off`: switched off between uses, so that its absence is `off`, not a fault. `serial`:
    the one that should be there; "" takes any, and tells when it changes. `is_optional`: it is no
    defect of the asset when it is not there; whether a service can do without is the service's.
    """

    name: Key
    kind: DeviceKind
    reach: Reach
    zh: Annotated[str, Meta(max_length=80)] = ""
    en: Annotated[str, Meta(max_length=80)] = ""
    is_optional: bool = False
    may_be_off: bool = False
    serial: Word = ""


class ManualItem(Struct, frozen=True, forbid_unknown_fields=True):
    """What no sensor sees (national emblem, seal, paper); good for so long once ticked."""

    name: Key
    zh: Title
    en: Title
    good_for_hours: Annotated[float, Meta(gt=0, le=24 * 366)] = 24.0


class Platform(Struct, frozen=True, forbid_unknown_fields=True):
    """A platform that a court needs; reached from the asset's own link, without signing in.

    With `path` an HTTP request is made, with `is_tls` its certificate must be of that name.
    """

    name: Key
    zh: Title
    en: Title
    host: Host
    port: Port = 443
    is_tls: bool = True
    path: Path = ""


class Sim(Struct, frozen=True, forbid_unknown_fields=True):
    """What a SIM card may use: `quota_bytes` (0: not limited) from one `reset_day` to the next."""

    iccid: Annotated[str, Meta(pattern=r"^[0-9]{18,22}\Z")]
    quota_bytes: Annotated[int, Meta(ge=0)] = 0
    reset_day: Annotated[int, Meta(ge=1, le=28)] = 1


class LinkTest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the reflector of the active link test listens ("": the fleet server's host).

    `every_seconds` 0: never by itself. A burst sends at most `burst_bytes`.
    """

    host: Annotated[str, Meta(max_length=253)] = ""
    port: Port = 8862
    every_seconds: Annotated[float, Meta(ge=0, le=86_400)] = 5.0
    burst_bytes: Annotated[int, Meta(ge=0, le=64_000_000)] = 4_000_000


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """All that an asset carries and needs. The default is that of an asset nobody described."""

    name: Word = ""
    devices: Annotated[list[DeviceSpec], Meta(max_length=64)] = []
    manual: Annotated[list[ManualItem], Meta(max_length=32)] = []
    platforms: Annotated[list[Platform], Meta(max_length=32)] = []
    sims: Annotated[list[Sim], Meta(max_length=8)] = []
    link_test: LinkTest | None = None
