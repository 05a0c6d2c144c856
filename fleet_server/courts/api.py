"""What is said over the API about courts."""

from typing import Annotated

from pydantic import BaseModel, Field

from fleet_server.courts.model import Level


class CourtIn(BaseModel):
    """A court's record; what is left out becomes empty."""

    level: Level = Level.BASIC
    district: Annotated[str, Field(max_length=80, examples=["巴南区"])] = ""
    contact: Annotated[str, Field(max_length=200)] = ""
    phone: Annotated[str, Field(max_length=80)] = ""
    hours: Annotated[str, Field(max_length=200, examples=["周一至周五 9:00-17:00"])] = ""


class CourtOut(BaseModel):
    """A court and how many assets it has in use."""

    name: str = Field(examples=["重庆市巴南区人民法院"])
    level: Level
    district: str
    contact: str
    phone: str
    hours: str
    assets: int = Field(examples=[3])


class Courts(BaseModel):
    """The caller's courts in order of name."""

    items: list[CourtOut]
