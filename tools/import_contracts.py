"""The two import rules of this project that import-linter has no contract for."""

from collections.abc import Iterator, Sequence
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

# Lowest first; any other module of a noun is its engine.
RANKS = {"model": 0, "rules": 1, "store": 2, "engine": 3, "api": 3, "routes": 4}
SHARED = {"api", "model", "store"}

Import = tuple[str, str]


class DirectImportContract(Contract):
    """A rule that is decided import by import."""

    def broken(self, graph: ImportGraph) -> Iterator[Import]:
        """Yields (importer, imported) for each import that breaks the rule."""
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = sorted(set(self.broken(graph)))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} imports {imported}", bold=False)
        output.new_line()


class OwnersContract(DirectImportContract):
    """What is named on the left is imported only by what is named on the right.

    A line is `library: module, module`. A module stands for what is inside it too, and may always
    import itself. An absent library or module is fine: it may arrive later.
    """

    owners = fields.ListField(subfield=fields.StringField())

    def broken(self, graph: ImportGraph) -> Iterator[Import]:
        for line in cast("list[str]", self.owners):
            owned, _, names = line.partition(":")
            allowed = [owned.strip(), *(name.strip() for name in names.split(",") if name.strip())]
            for imported in members(graph, owned.strip()):
                for importer in graph.find_modules_that_directly_import(imported):
                    if not any(is_inside(importer, owner) for owner in allowed):
                        yield importer, imported


class NounsContract(DirectImportContract):
    """Inside a noun: routes > engine > store > rules > model. From outside: api, model and store.

    A module directly in the package (`program`), or in one of its `shells` (`command`), puts nouns
    together and may import all of them.
    """

    package = fields.StringField()
    nouns = fields.ListField(subfield=fields.StringField())
    shells = fields.ListField(subfield=fields.StringField())

    def broken(self, graph: ImportGraph) -> Iterator[Import]:
        package = str(self.package)
        shells = [f"{package}.{name}" for name in cast("list[str]", self.shells)]
        for noun in cast("list[str]", self.nouns):
            home = f"{package}.{noun}"
            for imported in members(graph, home):
                for importer in graph.find_modules_that_directly_import(imported):
                    if is_inside(importer, home):
                        allowed = rank(part(importer, home)) >= rank(part(imported, home))
                    else:
                        allowed = part(imported, home) in SHARED or puts_together(
                            graph, importer, [package, *shells]
                        )
                    if not allowed:
                        yield importer, imported


def puts_together(graph: ImportGraph, module: str, packages: Sequence[str]) -> bool:
    parent, _, _ = module.rpartition(".")
    return parent in packages and not graph.find_children(module)


def members(graph: ImportGraph, name: str) -> set[str]:
    if name not in graph.modules:
        return set()
    if graph.is_module_squashed(name):
        return {name}
    return {name, *graph.find_descendants(name)}


def is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def part(module: str, home: str) -> str:
    """The noun's module that `module` is or lies in; empty for the noun's own package."""
    return module.removeprefix(home).removeprefix(".").partition(".")[0]


def rank(name: str) -> int:
    return RANKS.get(name, RANKS["engine"])
