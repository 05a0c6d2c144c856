"""Every message of every release is still read as it was meant, and still written the same."""

import json
from pathlib import Path

import pytest

from telemetry.wire import events
from tests.telemetry import golden_samples

_SAMPLES = sorted(golden_samples.FOLDER.glob("*/*.json"))


def _named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", _SAMPLES, ids=_named)
def test_a_sample_is_read_as_it_was_meant(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))

    content, again = golden_samples.read(
        path.stem.partition("-")[0], golden_samples.payload_of(sample)
    )

    assert json.loads(json.dumps(content)) == sample["reads"]
    if sample["form"] == "text":
        assert again == golden_samples.payload_of(sample)
    else:
        assert again is None


def test_the_first_release_has_a_sample_of_every_kind() -> None:
    readers = {path.stem.partition("-")[0] for path in _SAMPLES if path.parent.name == "0.1.0"}

    assert readers == {
        "ack",
        "batch",
        "cancel",
        "catalogue",
        "day",
        "enrolanswer",
        "enrolrequest",
        "event",
        "invitation",
        "lines",
        "order",
        "people",
        "profile",
        "renewrequest",
        "report",
        "settings",
        "signed",
    }


def test_the_first_release_has_a_sample_of_every_event() -> None:
    sampled = {path.stem for path in _SAMPLES if path.parent.name == "0.1.0"}

    assert {f"event-{kind.__struct_config__.tag}" for kind in events.Event.__args__} <= sampled


def test_samples_of_a_release_are_never_written_again() -> None:
    with pytest.raises(FileExistsError):
        golden_samples.write("0.1.0")
