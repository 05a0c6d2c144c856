"""Intake at a real broker: the door in an event loop of its own thread, and the writer."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet_server.database import Database
from fleet_server.intake.intake import Intake
from fleet_server.intake.mqtt import MqttDoor, wall_ms
from fleet_server.intake.writer import Writer
from fleet_server.tables import Base
from telemetry.store.duckdb_store import DuckDBStore
from tests.services.mosquitto import HOST, Mosquitto
from tests.services.waiting import wait_for


@dataclass(frozen=True)
class Taking:
    intake: Intake
    telemetry: DuckDBStore
    door: MqttDoor


@contextmanager
def taking(folder: Path, broker: Mosquitto) -> Iterator[Taking]:
    """Take in what assets send to `broker`; the stores are in `folder`."""
    folder.mkdir(parents=True)
    database = Database(f"sqlite:///{folder / 'state.sqlite'}")
    Base.metadata.create_all(database.engine)
    telemetry = DuckDBStore(folder / "telemetry")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="door")
    thread.start()
    intake = Intake(telemetry, database)
    door = MqttDoor(intake, HOST, broker.port, broker.server().context())
    writer = Writer(intake, door.publish, wall_ms)
    try:
        asyncio.run_coroutine_threadsafe(door.start(), loop).result()
        writer.start(loop)
        wait_for(lambda: door.is_up)
        yield Taking(intake, telemetry, door)
    finally:
        asyncio.run_coroutine_threadsafe(door.stop(), loop).result()
        writer.stop()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        telemetry.close()
        database.close()
