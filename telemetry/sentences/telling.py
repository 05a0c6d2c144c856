"""Tells people why an asset is not ready, and what would make it so."""

import math
from collections.abc import Iterable
from typing import Final, Protocol

from msgspec import Struct

from telemetry.rules.grades import Reason
from telemetry.rules.rhythm import FUTURE_SECONDS
from telemetry.sentences import names
from telemetry.sentences.reasons import AHEAD, FAULT_REMEDIES, REASONS, REMEDIES, SET_CLOCK
from telemetry.sentences.wording import Fact, Sentence
from telemetry.wire.profile import Profile
from telemetry.words import LinkClass

_NO_FAULT: Final = Sentence("does not work as it should", "工作不正常")
_OR: Final = Sentence(" or ", "或")
_AND: Final = Sentence(", ", "、")
_SPACE: Final = Sentence(" ", "")
_CARRIED: Final = Sentence("{name} (carried by {asset})", "{name} ({asset} 携带)")
_AGES: Final = (
    (90, 1, Sentence("{n} s", "{n} 秒")),
    (90 * 60, 60, Sentence("{n} min", "{n} 分钟")),
    (48 * 3600, 3600, Sentence("{n} h", "{n} 小时")),
)
_DAY_SECONDS: Final = 86_400
_DAYS: Final = Sentence("{n} days", "{n} 天")


class Told(Struct, frozen=True):
    """A reason in one language, and what would mend it."""

    reason: str
    remedy: str


def tell(reason: Reason, profile: Profile, language: str, now_ms: int) -> Told:
    """Any reason of an asset with this profile, as people read it at `now_ms`."""
    ahead = AHEAD.get(reason.code) if _is_ahead(reason.since, now_ms) else None
    facts: dict[str, Fact] = {
        "age": "" if reason.since is None else age(abs(now_ms - reason.since), language),
        "device": _device(reason, profile, language),
        "kinds": _OR.said(language).join(
            names.DEVICE_KINDS[k].said(language) for k in reason.kinds
        ),
        "faults": _faults(reason, language),
        "platform": _title(profile.platforms, reason.name, language) or reason.name,
        "item": _title(profile.manual, reason.name, language) or reason.name,
        "seat": "" if reason.seat is None else names.SEATS[reason.seat].said(language),
        "link_has": _class(reason.link_has, language),
        "link_needed": _class(reason.link_needed, language),
        "has": _figure(reason.has),
        "needed": _figure(reason.needed),
    }
    if ahead is not None:
        return Told(ahead.said(language, **facts), SET_CLOCK.said(language))
    return Told(REASONS[reason.code].said(language, **facts), _remedy(reason, language))


def age(milliseconds: int, language: str) -> str:
    """How long ago, in the largest unit that still tells something."""
    seconds = max(0, milliseconds) // 1000
    for limit, unit, sentence in _AGES:
        if seconds < limit:
            return sentence.said(language, n=seconds // unit)
    return _DAYS.said(language, n=seconds // _DAY_SECONDS)


class _Titled(Protocol):
    """A platform or manual item of a profile."""

    @property
    def name(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def _remedy(reason: Reason, language: str) -> str:
    """What mends each of its faults, or the reason itself where it has none."""
    remedies = [FAULT_REMEDIES[fault] for fault in reason.faults] or [REMEDIES[reason.code]]
    return _SPACE.said(language).join(remedy.said(language) for remedy in remedies)


def _is_ahead(since: int | None, now_ms: int) -> bool:
    """Whether an instant is so far in the future that it proves nothing."""
    return since is not None and since > now_ms + FUTURE_SECONDS * 1000


def _device(reason: Reason, profile: Profile, language: str) -> str:
    """What its profile calls it, else its kind, with its key where there are several of them."""
    kind = " ".join(names.DEVICE_KINDS[kind].said(language) for kind in reason.kinds[:1])
    if reason.asset:
        return _CARRIED.said(language, name=kind, asset=reason.asset)
    is_one_of_several = sum(spec.kind in reason.kinds for spec in profile.devices) > 1
    if is_one_of_several:
        kind = f"{kind} {reason.name}"
    return _title(profile.devices, reason.name, language) or kind


def _title(titled: Iterable[_Titled], name: str, language: str) -> str:
    for one in titled:
        if one.name == name:
            return Sentence(one.en, one.zh).pick(language)
    return ""


def _faults(reason: Reason, language: str) -> str:
    said = [names.DEVICE_FAULTS[fault].said(language) for fault in reason.faults]
    return _AND.said(language).join(said or [_NO_FAULT.said(language)])


def _class(link_class: LinkClass | None, language: str) -> str:
    if link_class is LinkClass.NONE:
        return names.LINK_CLASSES[link_class].said(language)
    return link_class or ""


def _figure(number: float | None) -> str:
    """Whole minutes, devices or people, never better than they are."""
    return "" if number is None else f"{math.floor(number)}"
