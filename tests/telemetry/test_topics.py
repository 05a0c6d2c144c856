"""Topics are built and parsed in one place, and say the same both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.errors import BadAssetId
from telemetry.wire import topics

_IDS = st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True)


@given(_IDS)
def test_a_topic_names_its_asset_and_its_tail(asset: str) -> None:
    built = {
        topics.batch(asset): "up/batch",
        topics.gone(asset): "up/gone",
        topics.ack(asset): "down/ack",
        topics.desired(asset): "down/desired",
        topics.order(asset): "down/order",
    }

    assert {topic: topics.parse(topic) for topic in built} == {
        topic: (asset, tail) for topic, tail in built.items()
    }


@given(st.text())
def test_any_other_topic_is_none_of_ours(topic: str) -> None:
    parsed = topics.parse(topic)

    assert parsed is None or f"{topics.ROOT}/{parsed[0]}/{parsed[1]}" == topic


@pytest.mark.parametrize(
    "topic",
    [
        "fleet/v1/veh-001",
        "fleet/v2/veh-001/up/batch",
        "fleet/v1//up/batch",
        "fleet/v1/+/up/batch",
        "fleet/v1/VEH/up/batch",
        "fleet/v1/veh-001\n/up/batch",
        "$share/g/fleet/v1/veh-001/up/batch",
    ],
)
def test_what_only_looks_like_ours_is_none_of_ours(topic: str) -> None:
    assert topics.parse(topic) is None


@given(_IDS)
def test_a_good_id_is_handed_back(asset: str) -> None:
    assert topics.checked(asset) == asset


@pytest.mark.parametrize(
    "asset",
    [
        "",
        "a" * 33,
        "VEH-001",
        "veh_001",
        "veh/001",
        "veh-001/up",
        "+",
        "#",
        "veh-001\n",
        "渝",
        "a b",
    ],
)
def test_an_id_that_could_reach_elsewhere_is_refused(asset: str) -> None:
    with pytest.raises(BadAssetId, match="1 to 32"):
        topics.checked(asset)
