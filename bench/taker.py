"""Our intake in a process of its own: MQTT door, intake, DuckDB commit. Nothing else of the server.

`python -m bench.taker FOLDER PORT CA CERTIFICATE KEY` prints "ready" once subscribed, and for each
line on standard input one `Figures`.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from fleet_server.database import Database
from fleet_server.intake.intake import Intake
from fleet_server.intake.mqtt import MqttDoor, wall_ms
from fleet_server.intake.writer import Writer
from fleet_server.memory import calm_collector
from fleet_server.tables import Base
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import AsideRow, Fate, ReportRow
from tests.services.mosquitto import HOST, Papers


class Figures(Struct, frozen=True):
    """Running sums: CPU of the process, of the store's commits in the writer's thread, reports."""

    cpu_seconds: float
    commit_seconds: float
    commits: int
    stored: int


class Timed(DuckDBStore):
    """Adds up what the commits cost."""

    commit_seconds = 0.0
    commits = 0

    def commit(
        self, reports: Sequence[ReportRow], aside: Sequence[AsideRow]
    ) -> tuple[list[Fate], list[Fate]]:
        began = time.thread_time()
        try:
            return super().commit(reports, aside)
        finally:
            self.commit_seconds += time.thread_time() - began
            self.commits += 1


async def serve(folder: Path, port: int, papers: Papers) -> None:
    """Take in until standard input ends."""
    database = Database(f"sqlite:///{folder / 'state.sqlite'}")
    Base.metadata.create_all(database.engine)
    store = Timed(folder / "telemetry")
    intake = Intake(store, database)
    door = MqttDoor(intake, HOST, port, papers.context())
    writer = Writer(intake, door.publish, wall_ms)
    await door.start()
    writer.start(asyncio.get_running_loop())
    while not door.is_up:  # noqa: ASYNC110  # the door has no event for it, and it is up in a moment
        await asyncio.sleep(0.05)
    calm_collector()
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        figures = Figures(
            time.process_time(), store.commit_seconds, store.commits, intake.counts().stored
        )
        print(msgspec.json.encode(figures).decode(), flush=True)
    await door.stop()
    await asyncio.to_thread(writer.stop)
    store.close()
    database.close()


if __name__ == "__main__":
    asyncio.run(
        serve(Path(sys.argv[1]), int(sys.argv[2]), Papers(*[Path(a) for a in sys.argv[3:6]]))
    )
