"""Recorded drives: what one row is, and which reader understands which file."""

from simulators.recordings.files import read
from simulators.recordings.model import BadRow, Recording, Row

__all__ = ["BadRow", "Recording", "Row", "read"]
