"""What is said over the API about playbooks."""

from pydantic import BaseModel, Field, JsonValue

from fleet_server.playbooks.model import BUILTIN


class OptionOut(BaseModel):
    """A variable of a playbook; `type` as in Ansible's argument specs, `elements` of a list's."""

    name: str = Field(examples=["clock_timezone"])
    role: str = Field(examples=["clock"])
    type: str = Field(examples=["str"])
    is_required: bool
    default: JsonValue
    choices: list[str]
    description: str
    elements: str


class PlaybookOut(BaseModel):
    """A playbook for assets; `version` is another when anything of it changes."""

    name: str = Field(examples=["configure"])
    collection: str = Field(examples=[BUILTIN])
    title: str = Field(examples=["Configure"])
    version: str = Field(examples=["1d56cc1a11bc"])
    options: list[OptionOut]


class Playbooks(BaseModel):
    """All of them, those that come with the server first."""

    items: list[PlaybookOut]
