"""Changing a layer: what it would be, and whom it would change, soundly or not."""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from sqlalchemy.orm import Session

from fleet_server.access.model import SYSTEM, Caller
from fleet_server.assets import store as assets
from fleet_server.assets.model import Asset
from fleet_server.configuration import checking, store
from fleet_server.configuration.engine import DRAFT, Configurations
from fleet_server.configuration.merging import merged
from fleet_server.configuration.model import PLAYBOOK, Layer, Merged, ScopeKind, parted
from fleet_server.errors import Malformed, Misfit, NotAllowed, TooLarge
from fleet_server.playbooks.model import Variables
from fleet_server.playbooks.store import Catalogue, as_yaml, from_yaml, secrets
from telemetry.words import AssetKind

_MOST_CHARACTERS = 65_536
_ALL = 1_000_000


class Wish(Struct, frozen=True):
    """How a layer is to be: as this text (YAML or JSON), as a version of before, or with values
    put into it and others left out. `expected`: the version that was changed; None: whichever.
    """

    text: str | None = None
    restores: int | None = None
    puts: Variables = {}
    drops: tuple[str, ...] = ()
    expected: int | None = None
    comment: str = ""


class Effect(Struct, frozen=True):
    """An asset of which another configuration would be desired."""

    asset: Asset
    before: Merged
    after: Merged


def check_scope(session: Session, caller: Caller, scope: str, *, is_change: bool) -> str | None:
    """Let the caller see, or change, the layer of a scope; the court whose people read of it.

    Raises:
        Malformed: there is no such scope.
        NotFound: there is no such asset for the caller.
        NotAllowed: it is of another court, or of more than the caller's.
    """
    found = parted(scope)
    if found is None:
        raise Malformed("configuration_no_scope", scope=scope[:80])
    kind, name = found
    if kind is ScopeKind.KIND and name not in set(AssetKind):
        raise Malformed("configuration_no_scope", scope=scope[:80])
    if kind is ScopeKind.ASSET:
        return assets.find(session, caller, name).court
    if kind is ScopeKind.COURT:
        if not caller.sees(name):
            raise NotAllowed("foreign_court", court=name)
        return name
    if is_change and caller.courts is not None:
        raise NotAllowed("not_whole_fleet")
    return None


def draft(session: Session, catalogue: Catalogue, scope: str, wish: Wish) -> Layer:
    """The layer as it would be, sound by itself.

    Raises:
        Malformed, Misfit: it is none, or says what no role takes.
        NotFound: there is no version to be put back.
        TooLarge: no layer needs so much.
    """
    if wish.restores is not None:
        text = store.find(session, scope, wish.restores).text
    elif wish.text is not None:
        text = wish.text
    else:
        text = _amended(store.find(session, scope), wish)
    if len(text) > _MOST_CHARACTERS:
        raise TooLarge("body_too_large", limit=_MOST_CHARACTERS)
    content = checking.plain(from_yaml(text))
    for name in secrets(content):
        raise Malformed("playbook_secret", playbook=PLAYBOOK, variable=name)
    playbook, _ = catalogue.find(PLAYBOOK)
    faults = list(checking.faults(checking.specs_of(playbook), content, is_layer=True))
    if faults:
        raise Misfit("configuration_bad_layer", faults)
    return Layer(scope, DRAFT, content, text)


def effects(
    configurations: Configurations, session: Session, catalogue: Catalogue, made: Layer
) -> list[Effect]:
    """The assets of the whole fleet of which something else would be desired, in order of id.

    Raises:
        Misfit: what some asset would get is no whole configuration.
    """
    playbook, _ = catalogue.find(PLAYBOOK)
    specs = checking.specs_of(playbook)
    layers = store.newest(session)
    drafted = {**layers, made.scope: made}
    after_by_chain: dict[tuple[tuple[str, int], ...], Merged] = {}
    found = []
    for asset in assets.page(session, SYSTEM, limit=_ALL):
        chain = configurations.chain(asset, drafted)
        if made not in chain:
            continue
        key = tuple((layer.scope, layer.version) for layer in chain)
        after = after_by_chain.get(key)
        if after is None:
            after = after_by_chain[key] = merged(chain)
            faults = list(checking.faults(specs, after.values, is_layer=False))
            if faults:
                raise Misfit("configuration_bad_whole", faults, asset=asset.id)
            catalogue.check(PLAYBOOK, after.values)
        before = configurations.merged(asset, layers)
        if before.hash != after.hash:
            found.append(Effect(asset, before, after))
    return found


def differences(before: Merged, after: Merged) -> Iterator[tuple[str, object, object]]:
    """What is another value in the second: its path, and both; None: it is not there."""
    was, will_be = _flat(before), _flat(after)
    for path in [*was, *(path for path in will_be if path not in was)]:
        if was.get(path) != will_be.get(path):
            yield path, was.get(path), will_be.get(path)


def seen(found: Collection[Effect], caller: Caller) -> list[Effect]:
    """Those that the caller sees."""
    return [one for one in found if caller.sees(one.asset.court)]


def _flat(one: Merged) -> Mapping[str, object]:
    return {".".join(entry.path): entry.value for entry in one.entries if entry.value is not None}


def _amended(present: Layer, wish: Wish) -> str:
    """Values put into a layer in the place of others; comments in it are lost."""
    content = dict(present.content)
    for name in wish.drops:
        content.pop(name, None)
    content.update(wish.puts)
    return as_yaml(content) if content else ""
