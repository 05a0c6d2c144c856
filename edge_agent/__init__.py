"""The agent on every vehicle, backpack and clinic: reads, keeps, reports, obeys."""

from typing import Final

VERSION: Final = "0.1.0"
