"""The project's own import rules tell allowed imports from forbidden ones."""

import pytest
from grimp import ImportGraph

from tools.import_contracts import DirectImportContract, NounsContract, OwnersContract


def graph_of(*imports: str) -> ImportGraph:
    """A graph of imports written `importer -> imported`."""
    graph = ImportGraph()
    for line in imports:
        importer, imported = line.split(" -> ")
        for module in (importer, imported):
            parts = module.split(".")
            for depth in range(1, len(parts) + 1):
                graph.add_module(".".join(parts[:depth]))
        graph.add_import(importer=importer, imported=imported)
    return graph


def broken_by(contract: DirectImportContract, line: str) -> list[str]:
    return [f"{importer} -> {imported}" for importer, imported in contract.broken(graph_of(line))]


OWNERS = OwnersContract(
    "owners",
    session_options={},
    contract_options={"owners": ["paho: agent.link", "core.store: server", "command:"]},
)
NOUNS = NounsContract(
    "nouns",
    session_options={},
    contract_options={
        "package": "server",
        "nouns": ["assets", "journal"],
        "shells": ["command"],
    },
)


@pytest.mark.parametrize(
    "line",
    [
        "agent.link -> paho",
        "agent.link.session -> paho",
        "server.writer -> core.store.port",
        "core.store.duck -> core.store.port",
        "core.words -> core.errors",
    ],
)
def test_an_owner_may_import_what_it_owns(line: str) -> None:
    assert broken_by(OWNERS, line) == []


@pytest.mark.parametrize(
    "line",
    [
        "agent.outbox -> paho",
        "agent.linked -> paho",
        "agent.link -> core.store",
        "simulators.rig -> core.store.port",
        "core.words -> core.store.port",
        "agent.cli -> command",
    ],
)
def test_nobody_else_may_import_what_is_owned(line: str) -> None:
    assert broken_by(OWNERS, line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "server.assets.routes -> server.assets.enrolment",
        "server.assets.enrolment -> server.assets.store",
        "server.assets.store -> server.assets.rules",
        "server.assets.rules -> server.assets.model",
        "server.assets.routes -> server.journal.store",
        "server.assets.rules -> server.journal.model",
        "server.program -> server.assets.routes",
        "server.command.table -> server.assets.routes",
        "server.intake.writer -> server.assets.store",
    ],
)
def test_nouns_may_look_down_and_at_each_others_model_and_store(line: str) -> None:
    assert broken_by(NOUNS, line) == []


@pytest.mark.parametrize(
    "line",
    [
        "server.assets.model -> server.assets.rules",
        "server.assets.rules -> server.assets.store",
        "server.assets.store -> server.assets.enrolment",
        "server.assets.enrolment -> server.assets.routes",
        "server.assets.routes -> server.journal.routes",
        "server.assets.store -> server.journal.rules",
        "server.assets.store -> server.journal.chain",
        "server.intake.writer -> server.assets.routes",
        "telemetry.words -> server.assets.routes",
    ],
)
def test_nouns_may_not_look_up_nor_into_each_other(line: str) -> None:
    assert broken_by(NOUNS, line) == [line]
