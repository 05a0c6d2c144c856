"""What layers come to: the narrowest counts, and of each value it is known who says so."""

from hypothesis import given
from hypothesis import strategies as st

from fleet_server.configuration.merging import digest, merged
from fleet_server.configuration.model import Entry, Layer, Said
from fleet_server.playbooks.model import Json, Variables

FLEET, COURT, ASSET = "fleet", "court:c", "asset:veh-001"

NAMES = st.sampled_from(["a", "b", "c"])
LEAVES: st.SearchStrategy[Json] = st.none() | st.integers(0, 3) | st.sampled_from(["x", "y"])
THINGS: st.SearchStrategy[Json] = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES},
        optional={"uri": st.sampled_from(["u", "v"]), "metric": st.none() | st.integers(0, 2)},
    ),
    max_size=3,
    unique_by=lambda one: one["name"],
).map(lambda found: [dict(one) for one in found])
NUMBERS: st.SearchStrategy[Json] = st.lists(st.integers(0, 2), max_size=2).map(
    lambda found: [*found]
)
VALUES: st.SearchStrategy[Json] = LEAVES | NUMBERS | THINGS
CONTENTS: st.SearchStrategy[Variables] = st.dictionaries(
    NAMES, VALUES | st.dictionaries(NAMES, LEAVES, max_size=2), max_size=3
)


def layers(*contents: Variables) -> list[Layer]:
    return [
        Layer(scope, 1, content)
        for scope, content in zip((FLEET, COURT, ASSET), contents, strict=False)
    ]


def test_the_narrowest_layer_counts_and_the_others_are_still_known() -> None:
    found = merged(layers({"zone": "UTC"}, {"zone": "Asia/Shanghai"}, {"zone": "Asia/Urumqi"}))

    assert found.values == {"zone": "Asia/Urumqi"}
    assert found.entries == (
        Entry(("zone",), "Asia/Urumqi", ASSET, (Said(FLEET, "UTC"), Said(COURT, "Asia/Shanghai"))),
    )


def test_named_things_are_merged_by_their_names_and_other_lists_replaced() -> None:
    found = merged(
        layers(
            {"queues": [{"name": "office", "uri": "ipp://a"}], "servers": ["ntp1", "ntp2"]},
            {"queues": [{"name": "court", "uri": "ipp://b"}], "servers": ["ntp9"]},
            {"queues": [{"name": "office", "metric": 7}]},
        )
    )

    assert found.values == {
        "queues": [
            {"name": "office", "uri": "ipp://a", "metric": 7},
            {"name": "court", "uri": "ipp://b"},
        ],
        "servers": ["ntp9"],
    }
    assert [(".".join(one.path), one.scope) for one in found.entries] == [
        ("queues.office.uri", FLEET),
        ("queues.office.metric", ASSET),
        ("queues.court.uri", COURT),
        ("servers", COURT),
    ]


def test_a_value_and_a_named_thing_are_taken_away_and_said_again() -> None:
    wide: Variables = {"zone": "UTC", "queues": [{"name": "office", "uri": "ipp://a"}]}
    gone: Variables = {"zone": None, "queues": [{"name": "office", "absent": True}]}

    without = merged(layers(wide, gone))
    again = merged(layers(wide, gone, {"zone": "Asia/Shanghai"}))

    assert without.values == {"queues": []}
    assert [(one.path, one.value, one.scope) for one in without.entries] == [
        (("zone",), None, COURT),
        (("queues", "office"), None, COURT),
    ]
    assert again.values == {"zone": "Asia/Shanghai", "queues": []}


def test_nothing_is_desired_where_no_layer_says_anything() -> None:
    assert merged(layers({}, {"zone": None})).hash == ""


@given(CONTENTS, CONTENTS)
def test_a_layer_laid_twice_is_the_same_as_once(wide: Variables, narrow: Variables) -> None:
    once = merged([Layer(FLEET, 1, wide), Layer(COURT, 1, narrow)])
    twice = merged([Layer(FLEET, 1, wide), Layer(COURT, 1, narrow), Layer(ASSET, 1, narrow)])

    assert twice.values == once.values
    assert twice.hash == once.hash


@given(CONTENTS, CONTENTS, CONTENTS)
def test_what_layers_come_to_is_a_layer_that_comes_to_itself(
    wide: Variables, court: Variables, asset: Variables
) -> None:
    found = merged(layers(wide, court, asset))

    assert merged([Layer(FLEET, 1, found.values)]).values == found.values
    assert digest(found.values) == found.hash


@given(CONTENTS, CONTENTS)
def test_whatever_the_narrowest_layer_says_is_what_is_desired(
    wide: Variables, narrow: Variables
) -> None:
    found = merged([Layer(FLEET, 1, wide), Layer(ASSET, 1, narrow)])

    for key, value in narrow.items():
        if value is None:
            assert key not in found.values
        elif not isinstance(value, list | dict):
            assert found.values[key] == value


@given(CONTENTS, CONTENTS, CONTENTS)
def test_the_hash_does_not_depend_on_the_layers_that_say_the_same(
    wide: Variables, court: Variables, asset: Variables
) -> None:
    found = merged(layers(wide, court, asset))
    turned: Variables = dict(reversed(found.values.items()))

    assert merged([Layer(ASSET, 9, turned)]).hash == found.hash
