"""What is said over the API about a court's own map data."""

from pydantic import BaseModel, Field

from fleet_server.basemap.rules import Layer


class LayerImported(BaseModel):
    """What became of an import."""

    layer: Layer
    features: int = Field(examples=[38])
