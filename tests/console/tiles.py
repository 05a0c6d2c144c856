"""Tiles of a street map with one spot on it, and where that spot is on the screen."""

import base64
import math
import struct
import zlib
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

TILE = 256
_SPOT = b"\xff\x00\xff"
_GROUND = b"\xf0\xf0\xe8"
_REACH = 2
"""The spot is five pixels wide, so that its middle can be told."""


@dataclass(frozen=True)
class SpottedMap:
    """A map in Web Mercator whose degrees are its own datum's; it has a spot at this position."""

    longitude: float
    latitude: float

    def tile(self, zoom: int, column: int, row: int) -> bytes:
        """The PNG of one tile."""
        east, south = self._pixels(zoom)
        across, down = east - column * TILE, south - row * TILE
        rows = []
        for y in range(TILE):
            line = bytearray(_GROUND * TILE)
            if abs(y - down) <= _REACH:
                for x in range(max(0, across - _REACH), min(TILE, across + _REACH + 1)):
                    line[3 * x : 3 * x + 3] = _SPOT
            rows.append(b"\0" + bytes(line))
        return _png(TILE, b"".join(rows))

    def _pixels(self, zoom: int) -> tuple[int, int]:
        size = TILE * 2**zoom
        sine = math.sin(math.radians(self.latitude))
        across = (self.longitude + 180) / 360 * size
        down = (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size
        return math.floor(across), math.floor(down)


def spot_on(page: Page, map_box: Locator) -> tuple[float, float] | None:
    """The middle of the spot, in pixels from the box's corner; None while it is not to be seen."""
    picture = base64.b64encode(map_box.screenshot()).decode()
    found = page.evaluate(
        """async (picture) => {
            const image = new Image()
            image.src = `data:image/png;base64,${picture}`
            await image.decode()
            const canvas = new OffscreenCanvas(image.width, image.height)
            const pen = canvas.getContext('2d')
            pen.drawImage(image, 0, 0)
            const { data } = pen.getImageData(0, 0, image.width, image.height)
            let count = 0, x = 0, y = 0
            for (let at = 0; at < data.length; at += 4) {
                if (data[at] < 200 || data[at + 1] > 80 || data[at + 2] < 200) continue
                count += 1
                x += (at / 4) % image.width + 0.5
                y += Math.floor(at / 4 / image.width) + 0.5
            }
            return count < 9 ? null : [x / count, y / count]
        }""",
        picture,
    )
    return None if found is None else (float(found[0]), float(found[1]))


def _png(size: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
