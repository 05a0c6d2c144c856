from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.probes.deadline import Deadline
from edge_agent.probes.resolver import (
    Garbled,
    NoSuchName,
    Resolved,
    Resolver,
    addresses,
    question,
)
from tests.services.answering import name_answer

NAME = "hearing.example.org"
A, AAAA = 1, 28


def test_an_address_is_its_own_and_the_hosts_file_goes_before_name_servers(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(f"# ours\n192.0.2.7  other {NAME.upper()} # the hearing's\n")
    resolver = Resolver(hosts, tmp_path / "absent")

    assert resolver.resolve("2001:db8::1", Deadline(1)) == Resolved(("2001:db8::1",), False)
    assert resolver.resolve(NAME, Deadline(1)) == Resolved(("192.0.2.7",), False)


@pytest.mark.parametrize(
    "name", ["nowhere.example.org", "法院.example.org", "a..b", "x" * 64 + ".b"]
)
def test_without_a_name_server_there_is_no_such_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoSuchName):
        Resolver(tmp_path / "absent", tmp_path / "absent").resolve(name, Deadline(1))


def test_all_addresses_of_an_answer_are_taken() -> None:
    query = question(NAME, A, 7)
    answer = name_answer(query, {NAME: ["192.0.2.1", "192.0.2.2", "2001:db8::1"]})

    assert addresses(answer, query, A) == ("192.0.2.1", "192.0.2.2")


def test_an_alias_leads_to_the_addresses_behind_it() -> None:
    query = question(NAME, A, 7)
    plain = name_answer(query, {NAME: ["192.0.2.1"]})
    alias = bytes.fromhex("c00c 0005 0001 0000003c 0005 03") + b"cdn\0"
    answer = plain[:6] + b"\0\2" + plain[8 : len(query)] + alias + plain[len(query) :]

    assert addresses(answer, query, A) == ("192.0.2.1",)


def test_no_such_name_is_told_apart_from_a_server_that_could_not_find_out() -> None:
    query = question(NAME, A, 7)
    answer = name_answer(query, {})
    failed = answer[:3] + b"\x82" + answer[4:]

    with pytest.raises(NoSuchName):
        addresses(answer, query, A)
    with pytest.raises(ConnectionError):
        addresses(failed, query, A)


@pytest.mark.parametrize("other", [question(NAME, A, 8), question("other.example.org", A, 7)])
def test_an_answer_to_another_question_is_not_believed(other: bytes) -> None:
    forged = name_answer(other, {NAME: ["192.0.2.66"], "other.example.org": ["192.0.2.66"]})

    with pytest.raises(Garbled):
        addresses(forged, question(NAME, A, 7), A)


@given(st.binary(max_size=80), st.integers(0, 120))
def test_no_answer_breaks_the_reader(noise: bytes, length: int) -> None:
    query = question(NAME, AAAA, 7)
    answer = name_answer(query, {NAME: ["2001:db8::1", "2001:db8::2"]})[:length] + noise

    try:
        found = addresses(answer, query, AAAA)
    except (Garbled, NoSuchName, ConnectionError):
        return
    assert all(":" in address for address in found)
