"""Fetches map tiles from elsewhere for the console, so that no browser leaves this server.

The address of a source, with its key, stays here. Tiles are kept in memory, the least recently
used go first; what several readers want at once is fetched once. For the event loop's thread only.
"""

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from msgspec import Struct

from fleet_server.errors import NotFound, Unavailable
from fleet_server.settings import Map, TileSource

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

TIANDITU: Final = (
    "https://t{s}.tianditu.gov.cn/<layer>_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=<layer>&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=<key>"
)
OVERLAY: Final = "-overlay"
"""Behind a source's id: what is drawn above it."""

CACHE_BYTES: Final = 64 << 20
MOST_BYTES: Final = 1 << 20
MOST_AT_ONCE: Final = 16
MOST_WAITING: Final = 256
KEPT_SECONDS: Final = 7 * 86_400.0
EMPTY_SECONDS: Final = 60.0
"""So long a tile that its source does not have is not asked for again."""

DOWN_SECONDS: Final = 10.0
"""So long a source that cannot be reached is left alone: without an internet nobody waits."""

_ANSWER_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 5.0
_MOST_IDLE: Final = 8
_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
_EMPTY_AT: Final = frozenset({204, 400, 404, 410})  # how upstreams say: no tile there


class Tile(Struct, frozen=True):
    """One picture."""

    media_type: str
    body: bytes


class _Kept(Struct, frozen=True):
    """What was fetched, or None when there was nothing to have; for how long it is good."""

    tile: Tile | None
    until: float


Place = tuple[str, int, int, int]
"""Source, zoom, column and row."""


class Tiles:
    """The sources of `settings`, and the tiles fetched from them."""

    def __init__(self, settings: Map, cache_bytes: int = CACHE_BYTES) -> None:
        self.sources: Sequence[TileSource] = (*_tianditu(settings.tianditu_key), *settings.sources)
        self._templates = {
            **{one.id: (one, one.url) for one in self.sources},
            **{one.id + OVERLAY: (one, one.overlay_url) for one in self.sources if one.overlay_url},
        }
        self._cache_bytes = cache_bytes
        self._bytes = 0
        self._kept: OrderedDict[Place, _Kept] = OrderedDict()
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._waiting = 0
        self._down_until: dict[str, float] = {}
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)
        self._http: httpx.AsyncClient | None = None

    async def tile(self, source: str, z: int, x: int, y: int) -> Tile:
        """One tile, from memory or from its source.

        Raises:
            NotFound: no such source, or no tile there.
            Unavailable: the source does not answer as it should, or too many wait already.
        """
        found = self._templates.get(source)
        if found is None:
            raise NotFound("tiles_unknown", source=source[:40])
        place = (source, z, x, y)
        within = found[0].min_zoom <= z <= found[0].max_zoom
        if not within or not 0 <= x < 2**z or not 0 <= y < 2**z:
            raise NotFound("not_found")
        kept = self._good(place) or await self._fetched(place, *found)
        if kept.tile is None:
            raise NotFound("not_found")
        return kept.tile

    async def close(self) -> None:
        """End the connections."""
        if self._http is not None:
            await self._http.aclose()

    def _good(self, place: Place) -> _Kept | None:
        kept = self._kept.get(place)
        if kept is None or kept.until <= time.monotonic():
            return None
        self._kept.move_to_end(place)
        return kept

    async def _fetched(self, place: Place, source: TileSource, template: str) -> _Kept:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("tiles_unavailable", source=source.id, seconds=1)
        lock = self._locks.setdefault(place, asyncio.Lock())
        self._waiting += 1
        try:
            async with lock, self._turn:
                return self._good(place) or await self._fetch(place, source, template)
        finally:
            self._waiting -= 1

    async def _fetch(self, place: Place, source: TileSource, template: str) -> _Kept:
        down_seconds = self._down_until.get(source.id, 0.0) - time.monotonic()
        if down_seconds > 0:
            raise Unavailable(
                "tiles_unavailable", source=source.id, seconds=math.ceil(down_seconds)
            )
        try:
            tile = await self._ask(_address(source, template, *place[1:]))
        except _Strange as error:
            self._down_until[source.id] = time.monotonic() + DOWN_SECONDS
            # Not the address: its key belongs into no log.
            cause = type(error.__cause__ or error).__name__
            facts = {"source": source.id, "error": cause, "said": str(error)}
            logger.warning("a map source gives no tiles", extra=facts)
            seconds = round(DOWN_SECONDS)
            raise Unavailable("tiles_unavailable", source=source.id, seconds=seconds) from None
        good_seconds = KEPT_SECONDS if tile is not None else EMPTY_SECONDS
        kept = _Kept(tile, time.monotonic() + good_seconds)
        self._keep(place, kept)
        return kept

    async def _ask(self, url: str) -> Tile | None:
        import httpx  # with all that it brings 0.2 s of a start, and many never show such a map

        if self._http is None:
            self._http = _client()
        try:
            async with self._http.stream("GET", url) as response:
                return await _picture(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Strange from error

    def _keep(self, place: Place, kept: _Kept) -> None:
        self._drop(place)
        self._kept[place] = kept
        self._bytes += _size(kept)
        while self._bytes > self._cache_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, place: Place) -> None:
        gone = self._kept.pop(place, None)
        if gone is not None:
            self._bytes -= _size(gone)


class _Strange(Exception):
    """No answer, or one that is no tile; in our own words, a library's may hold the address."""


def _client() -> "httpx.AsyncClient":
    import httpx  # as above

    timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    limits = httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=_MOST_IDLE)
    return httpx.AsyncClient(timeout=timeout, limits=limits, trust_env=False)


async def _picture(response: "httpx.Response") -> Tile | None:
    if response.status_code in _EMPTY_AT:
        return None
    if response.status_code != 200:
        raise _Strange(f"status {response.status_code}")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _IMAGES:
        raise _Strange("no picture")
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _Strange("too large")
    return Tile(media_type, body)


def _address(source: TileSource, template: str, z: int, x: int, y: int) -> str:
    names = source.subdomains
    url = template.replace("{s}", names[(x + y) % len(names)] if names else "")
    for name, value in (("{z}", z), ("{x}", x), ("{y}", y)):
        url = url.replace(name, str(value))
    return url


def _size(kept: _Kept) -> int:
    """With what an entry costs without its picture."""
    return 200 + (len(kept.tile.body) if kept.tile is not None else 0)


def _tianditu(key: str) -> list[TileSource]:
    if not key:
        return []
    url = TIANDITU.replace("<key>", key)
    return [
        TileSource(
            id="tianditu",
            url=url.replace("<layer>", "vec"),
            overlay_url=url.replace("<layer>", "cva"),
            name_en="Tianditu",
            name_zh="天地图",
            attribution="天地图",
        )
    ]
