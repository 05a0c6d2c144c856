"""What the console's map can be drawn on."""

from typing import Literal

from pydantic import BaseModel, Field


class MapSource(BaseModel):
    """A base map to choose; `url` is on this server, a template for `raster`, "" for `offline`.

    `overlay_url` is drawn above it, null for nothing. Overlays are WGS-84 always: over a source of
    another datum the reader's map moves them, for display only.
    """

    id: str = Field(examples=["tianditu"])
    name_en: str = Field(examples=["Tianditu"])
    name_zh: str = Field(examples=["天地图"])
    kind: Literal["offline", "raster", "pmtiles"]
    url: str = Field(examples=["/api/v1/tiles/tianditu/{z}/{x}/{y}"])
    overlay_url: str | None = Field(examples=["/api/v1/tiles/tianditu-overlay/{z}/{x}/{y}"])
    datum: Literal["wgs84", "gcj02"]
    attribution: str = Field(examples=["天地图"])
    min_zoom: int = Field(examples=[1])
    max_zoom: int = Field(examples=[18])
