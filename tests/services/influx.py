"""A real InfluxDB 1.x, as Debian packs it, on free ports with its files in a folder."""

import http.client
import json
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulators.rig import free_ports
from tests.services.waiting import PATIENCE_SECONDS

_CONFIGURATION = """
reporting-enabled = false
bind-address = "127.0.0.1:{backup_port}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
[monitor]
  store-enabled = false
[continuous_queries]
  enabled = false
"""


class Influx:
    """InfluxDB at `url`; it may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._backup_port = free_ports(2)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it on its port and files; returns when it answers."""
        self._folder.mkdir(exist_ok=True)
        configuration = self._folder / "influxdb.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                folder=self._folder, port=self._port, backup_port=self._backup_port
            )
        )
        with (self._folder / "influxd.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["influxd", "-config", configuration],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self._folder / "influxd.log").read_text()[-2000:])
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def query(self, statement: str, database: str) -> list[dict[str, object]]:
        """Rows of an InfluxQL query, times in nanoseconds; empty without any."""
        parameters = urllib.parse.urlencode({"q": statement, "db": database, "epoch": "ns"})
        result = json.loads(self._ask("POST", f"/query?{parameters}").read())["results"][0]
        return [
            {**series.get("tags", {}), **dict(zip(series["columns"], row, strict=True))}
            for series in result.get("series", [])
            for row in series["values"]
        ]

    def write(self, line: str, database: str) -> int:
        """Write one line of its protocol, in nanoseconds; the HTTP status."""
        parameters = urllib.parse.urlencode({"db": database, "precision": "ns"})
        return self._ask("POST", f"/write?{parameters}", line.encode()).status

    def _ask(self, method: str, path: str, body: bytes = b"") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, {"Connection": "close"})
            return connection.getresponse()
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            return self._ask("GET", "/ping").status == 204
        except OSError:
            return False


@contextmanager
def influx(folder: Path) -> Iterator[Influx]:
    """A started InfluxDB with its files in `folder`; killed at the end."""
    server = Influx(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
