"""Tiles from elsewhere: fetched once, kept within bounds, and never with the key in sight."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from fleet_server.basemap import tiles
from fleet_server.basemap.tiles import Tiles
from fleet_server.errors import FleetError, NotFound, Unavailable
from fleet_server.settings import Map, TileSource
from tests.fleet_server.basemap.upstream import PNG, Upstream, upstream

pytestmark = pytest.mark.integration

Answer = TypeVar("Answer")


@pytest.fixture
def server() -> Iterator[Upstream]:
    with upstream() as running:
        yield running


def _source(address: str, **more: str) -> Map:
    url = f"{address}/{{z}}/{{x}}/{{y}}.png?key=SECRET"
    return Map(sources=(TileSource(id="own", url=url, min_zoom=2, max_zoom=18, **more),))


def _run(made: Tiles, ask: Callable[[Tiles], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        try:
            return await ask(made)
        finally:
            await made.close()

    return asyncio.run(run())


def test_a_tile_is_fetched_once(server: Upstream) -> None:
    async def ask(made: Tiles) -> list[tiles.Tile]:
        many = await asyncio.gather(*(made.tile("own", 10, 815, 425) for _ in range(20)))
        return [*many, await made.tile("own", 10, 815, 425)]

    found = _run(Tiles(_source(server.address)), ask)

    assert {(tile.media_type, tile.body) for tile in found} == {("image/png", PNG)}
    assert server.asked == ["/10/815/425.png?key=SECRET"]


def test_an_overlay_is_a_source_of_its_own(server: Upstream) -> None:
    overlay = f"{server.address}/labels/{{z}}/{{y}}/{{x}}"

    _run(
        Tiles(_source(server.address, overlay_url=overlay)),
        lambda made: made.tile("own-overlay", 3, 1, 2),
    )

    assert server.asked == ["/labels/3/2/1"]


def test_subdomains_take_turns(server: Upstream) -> None:
    url = server.address + "/{s}/{z}/{x}/{y}"
    wanted = Map(sources=(TileSource(id="own", url=url, subdomains="ab"),))

    async def ask(made: Tiles) -> None:
        for x in range(2):
            await made.tile("own", 5, x, 0)

    _run(Tiles(wanted), ask)

    assert server.asked == ["/a/5/0/0", "/b/5/1/0"]


def test_memory_is_bounded_and_the_least_used_goes_first(server: Upstream) -> None:
    async def ask(made: Tiles) -> None:
        for x in (0, 1, 0, 2, 0, 1):
            await made.tile("own", 5, x, 0)

    _run(Tiles(_source(server.address), cache_bytes=2 * (len(PNG) + 200)), ask)

    assert [path.split("/")[2] for path in server.asked] == ["0", "1", "2", "1"]


@pytest.mark.parametrize(
    "place",
    [
        ("none", 5, 0, 0),
        ("own", 1, 0, 0),
        ("own", 19, 0, 0),
        ("own", 5, 32, 0),
        ("own", 5, 0, -1),
        ("own-overlay", 5, 0, 0),
    ],
)
def test_a_place_that_no_source_has_is_not_asked_for(
    server: Upstream, place: tuple[str, int, int, int]
) -> None:
    with pytest.raises(NotFound):
        _run(Tiles(_source(server.address)), lambda made: made.tile(*place))

    assert server.asked == []


def test_a_missing_tile_is_remembered_as_missing(server: Upstream) -> None:
    server.status = 404

    async def ask(made: Tiles) -> int:
        missing = 0
        for _ in range(3):
            try:
                await made.tile("own", 5, 0, 0)
            except NotFound:
                missing += 1
        return missing

    assert _run(Tiles(_source(server.address)), ask) == 3
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "media_type", "size"),
    [
        (500, "image/png", 10),
        (200, "text/html", 10),
        (302, "image/png", 0),
        (200, "image/png", tiles.MOST_BYTES + 1),
    ],
)
def test_a_strange_answer_is_no_tile_and_shows_no_key(
    server: Upstream,
    caplog: pytest.LogCaptureFixture,
    status: int,
    media_type: str,
    size: int,
) -> None:
    server.status, server.media_type, server.body = status, media_type, bytes(size)

    async def ask(made: Tiles) -> list[FleetError]:
        errors: list[FleetError] = []
        for _ in range(5):
            try:
                await made.tile("own", 5, 0, 0)
            except Unavailable as error:
                errors.append(error)
        return errors

    with caplog.at_level(logging.WARNING):
        errors = _run(Tiles(_source(server.address)), ask)

    assert [error.code for error in errors] == ["tiles_unavailable"] * 5
    assert len(server.asked) == 1
    everything = "".join(str(vars(record)) for record in caplog.records) + str(errors)
    assert "SECRET" not in everything
    assert len([record for record in caplog.records if record.name.endswith("tiles")]) == 1


def test_without_a_network_nobody_waits_for_every_tile() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"

        async def ask(made: Tiles) -> list[BaseException | tiles.Tile]:
            places = [("own", 8, x, x) for x in range(50)]
            return await asyncio.gather(
                *(made.tile(*place) for place in places), return_exceptions=True
            )

        found = _run(Tiles(_source(address)), ask)

    assert {type(error) for error in found} == {Unavailable}


def test_more_than_can_wait_are_sent_away(
    server: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "MOST_WAITING", 4)
    server.gate.clear()

    async def ask(made: Tiles) -> list[BaseException | tiles.Tile]:
        waiting = [asyncio.create_task(made.tile("own", 8, x, x)) for x in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await made.tile("own", 8, 9, 9)
        server.gate.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    found = _run(Tiles(_source(server.address)), ask)

    assert [type(one) for one in found] == [tiles.Tile] * 4


def test_a_reader_that_leaves_spoils_nothing_for_the_others(server: Upstream) -> None:
    server.gate.clear()

    async def ask(made: Tiles) -> tiles.Tile:
        leaver = asyncio.create_task(made.tile("own", 8, 1, 1))
        other = asyncio.create_task(made.tile("own", 8, 1, 1))
        await asyncio.sleep(0.05)
        leaver.cancel()
        server.gate.set()
        return await other

    assert _run(Tiles(_source(server.address)), ask).body == PNG


def test_tianditu_needs_a_key() -> None:
    assert Tiles(Map()).sources == ()

    [source] = Tiles(Map(tianditu_key="abc")).sources
    assert source.url.endswith("&tk=abc")
    assert "LAYER=vec&" in source.url
    assert "LAYER=cva&" in source.overlay_url
    assert source.datum == "wgs84"
