"""The asset's own machine: load, memory, disk, temperature, and what the agent costs."""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psutil

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from telemetry.wire.messages import Value

_CPU_SENSORS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal", "soc_thermal")
"""Drivers whose sensors sit in the processor; `acpitz` is taken where there is none of them."""


class Figures(NamedTuple):
    """One look at the machine; None is what this machine cannot say."""

    cpu_percent: float | None
    load_1min: float
    memory_percent: float
    memory_available_bytes: int
    disk_percent: float
    disk_free_bytes: int
    celsius: Mapping[str, Iterable[float]]  # by driver
    processes: int
    agent_rss_bytes: int
    agent_cpu_seconds: float


class ComputerProbe:
    """Reads the machine through psutil; the disk is the one of `folder`, where the outbox lies."""

    name = "computer"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=5)
    streams = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._agent = psutil.Process()
        self._has_counted = False  # CPU use is counted between two looks: the first has none

    def is_needed(self) -> bool:
        return True

    def read(self) -> Iterator[Reading]:
        yield Reading(self.name, metrics(self._look()))

    def close(self) -> None: ...

    def _look(self) -> Figures:
        memory = psutil.virtual_memory()
        disk = psutil.disk_usage(str(self._folder))
        cpu_percent = psutil.cpu_percent() if self._has_counted else None
        if not self._has_counted:
            psutil.cpu_percent()
            self._has_counted = True
        return Figures(
            cpu_percent=cpu_percent,
            load_1min=psutil.getloadavg()[0],
            memory_percent=memory.percent,
            memory_available_bytes=memory.available,
            disk_percent=disk.percent,
            disk_free_bytes=disk.free,
            celsius={
                driver: [sensor.current for sensor in sensors]
                for driver, sensors in psutil.sensors_temperatures().items()
            },
            processes=len(psutil.pids()),
            agent_rss_bytes=self._agent.memory_info().rss,
            agent_cpu_seconds=time.process_time(),
        )


def metrics(figures: Figures) -> dict[str, Value]:
    """What the catalogue knows of these figures."""
    return clean(
        {
            "cpu_used_percent": figures.cpu_percent,
            "load_1min": figures.load_1min,
            "memory_used_percent": figures.memory_percent,
            "memory_available_bytes": figures.memory_available_bytes,
            "disk_used_percent": figures.disk_percent,
            "disk_free_bytes": figures.disk_free_bytes,
            "cpu_celsius": _hottest(figures.celsius),
            "processes": figures.processes,
            "agent_rss_bytes": figures.agent_rss_bytes,
            "agent_cpu_seconds": figures.agent_cpu_seconds,
        }
    )


def _hottest(celsius: Mapping[str, Iterable[float]]) -> float | None:
    inside = [value for driver in _CPU_SENSORS for value in celsius.get(driver, ())]
    return max(inside or celsius.get("acpitz", ()), default=None)
