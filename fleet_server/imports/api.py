"""What is said over the API about imports."""

from pydantic import BaseModel, Field

from fleet_server.imports.model import Column, Verdict


class ColumnOut(BaseModel):
    """A column of the file; one that is not understood has no `field` and is ignored."""

    heading: str = Field(examples=["资产编号"])
    field: Column | None


class FieldChangeOut(BaseModel):
    """One field, before (null for a new asset) and after."""

    field: str = Field(examples=["name"])
    before: str | None
    after: str


class ProblemOut(BaseModel):
    """Why a row is refused, or what is worth knowing about it; in the reader's language."""

    code: str = Field(examples=["kind_not_understood"])
    detail: str


class RowOut(BaseModel):
    """One row of the file, and what would become of it."""

    line: int = Field(examples=[2])
    asset: str = Field(examples=["veh-001"])
    verdict: Verdict
    changes: list[FieldChangeOut]
    problems: list[ProblemOut]


class CountsOut(BaseModel):
    """Rows by verdict."""

    new: int
    changed: int
    unchanged: int
    refused: int


class PreviewOut(BaseModel):
    """What an import would do; `digest` goes with the import, which does this or nothing."""

    digest: str
    columns: list[ColumnOut]
    rows: list[RowOut]
    counts: CountsOut


class ImportedOut(BaseModel):
    """What an import did; `items` are the assets that are new or changed."""

    counts: CountsOut
    items: list[str] = Field(examples=[["veh-001"]])
