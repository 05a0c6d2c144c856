"""A wheel carries the console as it was built, or is not made."""

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT = Path("fleet_server", "console", "dist", "index.html")


class ConsoleHook(BuildHookInterface):  # type: ignore[type-arg]  # any builder's configuration will do
    """Refuses to pack a server without its console; COURTFLEET_CONSOLE=skip packs the API alone."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Check before anything is packed; an editable installation needs no console yet.

        Raises:
            RuntimeError: it was not built.
        """
        is_wanted = version != "editable" and os.environ.get("COURTFLEET_CONSOLE") != "skip"
        if is_wanted and not Path(self.root, _BUILT).is_file():
            raise RuntimeError("The console is not built: run `make setup` first.")
