"""The description of the API, for generated clients."""

import msgspec
from fastapi import FastAPI
from pydantic import BaseModel, Field, JsonValue

from fleet_server.documents.contents import KINDS

PROBLEM = "application/problem+json"

_REFERENCE = "#/components/schemas/{name}"


class Problem(BaseModel):
    """What every error says (RFC 9457); `code` is for programs, `detail` for people."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["asset_unknown"])
    detail: str = Field(examples=["There is no asset veh-099."])
    facts: dict[str, str | int | float] = Field(examples=[{"asset": "veh-099"}])


def described(app: FastAPI) -> dict[str, JsonValue]:
    """OpenAPI 3.1, with every error as a problem: FastAPI would describe its own instead."""
    found = app.openapi()
    schemas = found["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema()
    # What travels to assets is described by the structs that they read.
    schemas |= msgspec.json.schema_components(KINDS.values(), ref_template=_REFERENCE)[1]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    answer = {"description": "What went wrong.", "content": {PROBLEM: reference}}
    for operations in found["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = answer
    return found
