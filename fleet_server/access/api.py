"""What is said over the API about sessions and tokens."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from fleet_server.access.model import Role


class SignIn(BaseModel):
    """Name and password."""

    name: Annotated[str, Field(max_length=64, examples=["admin"])]
    password: Annotated[str, Field(max_length=200)]


class TokenIn(BaseModel):
    """A token's secret."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class SessionOut(BaseModel):
    """Who is signed in; `courts` null means all."""

    name: str = Field(examples=["admin"])
    role: Role
    courts: list[str] | None


class NewToken(BaseModel):
    """What a token is for, what it may do, and for how many days."""

    label: Annotated[str, Field(min_length=1, max_length=80, examples=["grafana"])]
    role: Role = Role.VIEWER
    days: Annotated[int, Field(ge=1, le=366)] = 90


class TokenMade(BaseModel):
    """The token's secret; it is not shown again."""

    token: str


class TokenOut(BaseModel):
    """A token without its secret."""

    id: int
    label: str
    account: str
    role: Role
    made_at: datetime
    expires_at: datetime


class Tokens(BaseModel):
    """All tokens that the caller sees."""

    items: list[TokenOut]
