"""Contribution folders: which files belong to one, and which folder must be loaded before which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from ecograph.contribute import provenance
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rules import Rules
from ecograph.errors import MissingRequirement
from ecograph.namespaces import DCTERMS
from ecograph.rdf.parsing import media_type_of

_TABLES: Final = (".csv", ".xlsx", ".xlsm", ".tsv")


def files_of(folder: Path) -> list[SourceFile]:
    """The description, tables and RDF of a folder; notes and other files stay where they are."""
    return [SourceFile.at(path) for path in sorted(folder.iterdir()) if _is_data(path)]


def in_order(folders: Sequence[Path], rules: Rules, published: Iterable[NamedNode] = ()) -> tuple[Path, ...]:
    """
    Folders in the order in which they must be loaded (`dcterms:requires`), alphabetically where it does not matter.

    Args:
        folders: One per publisher.
        rules: Which properties a description may have.
        published: Contributions that are there already.

    Raises:
        MissingRequirement: Something required is nowhere, or two folders require each other.
        SyntaxFault: A description does not parse.
    """
    by_name = {folder.name: folder for folder in sorted(folders)}
    there = {provenance.slug_of(iri) for iri in published}
    graph: dict[str, set[str]] = {}
    for name, folder in by_name.items():
        path = folder / provenance.FILE_NAME
        quads: tuple[Quad, ...] = ()
        if path.is_file():
            quads, _ = provenance.read_description(
                path.read_bytes(), name, rules.description_properties | {DCTERMS.requires}, f"{name}/{path.name}"
            )
        dataset = provenance.describe(provenance.contribution_iri(name), quads)
        needed = {provenance.slug_of(iri) for iri in dataset.requires}
        missing = sorted(needed - by_name.keys() - there)
        if missing:
            raise MissingRequirement(title=name, missing=", ".join(missing))
        graph[name] = needed & by_name.keys()
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        raise MissingRequirement(title=error.args[1][0], missing=", ".join(error.args[1][1:])) from error
    ordered: list[Path] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += [by_name[name] for name in ready]
        sorter.done(*ready)
    return tuple(ordered)


def _is_data(path: Path) -> bool:
    is_known = path.suffix.lower() in _TABLES or media_type_of(path.name) is not None
    return path.is_file() and is_known and not path.name.startswith((".", "~"))
