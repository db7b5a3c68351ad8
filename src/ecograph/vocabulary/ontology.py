"""The ontology as it stands in `ontology/`: own terms, alignments to others' terms, and the concept schemes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.messages import Language, language_of
from ecograph.namespaces import GRAPH, RDFS
from ecograph.rdf.parsing import TURTLE, parse

ONTOLOGY_GRAPH: Final = GRAPH.ontology
CONCEPTS_GRAPH: Final = GRAPH.concepts
ALIGNMENTS_GRAPH: Final = GRAPH.alignments

_FOLDERS: Final = ((".", ONTOLOGY_GRAPH), ("concepts", CONCEPTS_GRAPH), ("alignments", ALIGNMENTS_GRAPH))


class Ontology:
    """
    The model: what terms mean and how classes are arranged.

    Args:
        quads: Own terms, concept schemes and alignments, each in its graph.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.quads = tuple(quads)

    @classmethod
    def load(cls, resources_dir: Path) -> Ontology:
        """
        Every file in `ontology/`, `ontology/concepts/` and `ontology/alignments/`.

        Raises:
            SyntaxFault: A file does not parse.
        """
        return cls(_read(resources_dir / "ontology"))

    @cached_property
    def _superclasses(self) -> Mapping[NamedNode, frozenset[NamedNode]]:
        parents: dict[NamedNode, set[NamedNode]] = {}
        for quad in self.quads:
            if (
                quad.predicate == RDFS.subClassOf
                and isinstance(quad.subject, NamedNode)
                and isinstance(quad.object, NamedNode)
            ):
                parents.setdefault(quad.subject, set()).add(quad.object)

        def above(cls: NamedNode, seen: frozenset[NamedNode]) -> frozenset[NamedNode]:
            found: frozenset[NamedNode] = frozenset()
            for parent in parents.get(cls, set()) - seen:
                found |= {parent} | above(parent, seen | {parent})
            return found

        return {cls: above(cls, frozenset({cls})) for cls in parents}

    @cached_property
    def _subclasses(self) -> Mapping[NamedNode, frozenset[NamedNode]]:
        found: dict[NamedNode, set[NamedNode]] = {}
        for cls, uppers in self._superclasses.items():
            for upper in uppers:
                found.setdefault(upper, set()).add(cls)
        return {upper: frozenset(classes) for upper, classes in found.items()}

    @cached_property
    def _labels(self) -> Mapping[NamedNode, Mapping[Language, str]]:
        found: dict[NamedNode, dict[Language, str]] = {}
        for quad in self.quads:
            if (
                quad.predicate == RDFS.label
                and isinstance(quad.subject, NamedNode)
                and isinstance(quad.object, Literal)
                and (lang := language_of(quad.object.language or "")) is not None
            ):
                found.setdefault(quad.subject, {})[lang] = quad.object.value
        return found

    def superclasses(self, cls: NamedNode) -> frozenset[NamedNode]:
        """Every class above `cls`, ours and those it is aligned to."""
        return self._superclasses.get(cls, frozenset())

    def subclasses(self, cls: NamedNode) -> frozenset[NamedNode]:
        """Every class below `cls`."""
        return self._subclasses.get(cls, frozenset())

    def label(self, term: NamedNode, lang: Language) -> str | None:
        """What one of our terms is called, or None for a term that is not ours."""
        return self._labels.get(term, {}).get(lang)


def _read(folder: Path) -> Iterator[Quad]:
    for name, graph in _FOLDERS:
        for path in sorted((folder / name).glob("*.ttl")):
            yield from parse(path.read_bytes(), TURTLE, graph, file=path.name)
