"""The server's settings: a TOML file in the data folder, flags over it."""

import socket
import string
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from fleet_server.errors import BadSettings

Port = Annotated[int, Field(ge=0, le=65535)]
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Part(BaseModel):
    """A group of settings; one that does not exist is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ExternalBroker(Part):
    """A broker that somebody else runs, with our CA and our access rules."""

    host: str
    port: Port = 8883


class Mirror(Part):
    """An InfluxDB that gets a copy of every report; for a 1.x `token` is `user:password`."""

    url: str
    bucket: str = "courtfleet"
    org: str = ""
    token: str = ""
    every_seconds: Annotated[float, Field(gt=0, le=3600)] = 2.0


def _checked_template(url: str) -> str:
    fields = [name for _, name, _, _ in string.Formatter().parse(url) if name is not None]
    if not url.startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://")
    if not {"x", "y", "z"} <= set(fields) <= {"s", "x", "y", "z"}:
        raise ValueError("an address of tiles holds {z}, {x} and {y}, and perhaps {s}")
    return url


TileUrl = Annotated[str, AfterValidator(_checked_template)]


class TileSource(Part):
    """A raster map somewhere else, whose tiles this server fetches for its readers.

    `url` has `{z}`, `{x}` and `{y}`, perhaps `{s}` for one of `subdomains`. It never leaves the
    server, so a key may stand in it. `overlay_url` is drawn above it: labels, most often.
    """

    id: Annotated[str, Field(pattern="^[a-z0-9-]{1,32}$")]
    url: TileUrl
    overlay_url: TileUrl | Literal[""] = ""
    subdomains: Annotated[str, Field(pattern="^[a-z0-9]*$")] = "01234567"
    name_en: str = ""
    name_zh: str = ""
    datum: Literal["wgs84", "gcj02"] = "wgs84"
    attribution: str = ""
    min_zoom: Annotated[int, Field(ge=0, le=22)] = 1
    max_zoom: Annotated[int, Field(ge=0, le=22)] = 18


class Map(Part):
    """The base maps beside the one that the console carries; `review_number` is the 审图号."""

    review_number: Annotated[str, Field(max_length=80)] = ""
    tianditu_key: Annotated[str, Field(pattern="^[A-Za-z0-9]*$")] = ""
    sources: tuple[TileSource, ...] = ()

    @model_validator(mode="after")
    def _ids_are_their_own(self) -> "Map":
        ids = [source.id for source in self.sources]
        if len({*ids, "offline", "pmtiles", "tianditu"}) < len(ids) + 3:
            raise ValueError("two map sources have the same id")
        if any(name.endswith("-overlay") for name in ids):
            raise ValueError("a map source's id does not end in -overlay")
        return self


class Settings(Part):
    """How one server runs. Port 0 means: a free one.

    `host` is the name or address that assets use, `listen` where broker, enrolment, artifacts and
    link test listen; `link_test`: whether assets' link tests are answered (UDP);
    `database` an SQLAlchemy URL, "" for SQLite in the data folder; `demo`: simulated assets only;
    `name` is what the console calls the fleet.
    """

    data: Path
    demo: bool = False
    host: str = Field(default_factory=socket.gethostname)
    listen: str = "0.0.0.0"  # noqa: S104  # assets come from outside; the console is elsewhere
    broker_port: Port = 8883
    enrol_port: Port = 8884
    artifact_port: Port = 8885
    link_test: bool = True
    link_test_port: Port = 8862
    console_host: str = "127.0.0.1"
    console_port: Port = 8800
    database: str = ""
    external_broker: ExternalBroker | None = None
    mirror: Mirror | None = None
    name: Annotated[str, Field(max_length=80)] = ""
    map: Map = Map()
    ready_file: Path | None = None
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"

    @model_validator(mode="after")
    def _console_stays_here(self) -> "Settings":
        if self.console_host not in LOOPBACK:
            raise BadSettings("console_not_loopback", host=self.console_host)
        return self

    @property
    def hosts(self) -> list[str]:
        """The names that the server's certificate carries."""
        return list(dict.fromkeys([self.host, "localhost", "127.0.0.1"]))

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data / 'state.sqlite'}"

    @property
    def socket(self) -> Path:
        """Where this machine's own commands reach the server."""
        return self.data / "server.sock"


def load(flags: dict[str, object], file: Path | None = None) -> Settings:
    """Settings from `server.toml` in the data folder (or `file`), overruled by `flags`.

    Raises:
        BadSettings: the file cannot be read, or something in it cannot be.
    """
    data = Path(str(flags["data"])).absolute()
    path = file or data / "server.toml"
    written: dict[str, object] = {}
    try:
        if file is not None or path.exists():
            written = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadSettings("bad_settings", place=str(path), problem=str(error)) from error
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        return Settings.model_validate({**written, **given, "data": data})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or str(path)
        raise BadSettings("bad_settings", place=place, problem=first["msg"]) from error
