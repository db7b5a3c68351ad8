"""What a change does to published things, told to the one who causes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from babel.numbers import format_decimal
from pyoxigraph import Literal, NamedNode

from ecograph.messages import LANGUAGES, Language, language_of, text
from ecograph.namespaces import DCTERMS, FOAF, ID, PROV, PROVENANCE_GRAPH, RDF, RDFS, SKOS
from ecograph.shacl.report import Finding, Severity
from ecograph.shacl.universe import Source, Universe

_NAMING: Final = (SKOS.prefLabel, FOAF.name, DCTERMS.title, RDFS.label)


def affects_other(finding: Finding, universe: Universe, source: Source) -> Finding:
    """
    A finding about a published thing, told to the one whose contribution causes it.

    Args:
        finding: What will not be in order about the thing.
        universe: The graph after the change, for the name of the thing.
        source: What is published, for who published it.
    """
    node = finding.focus
    assert isinstance(node, NamedNode)
    publisher = _publisher(node, source)
    messages = {
        lang: text(
            "shacl.affects-other",
            lang,
            thing=_name(node, universe, lang),
            publisher=publisher,
            said=finding.messages[lang],
        )
        for lang in LANGUAGES
    }
    return replace(finding, code="affects-other", messages=messages)


def many_affected(checked: int, waiting: int) -> Finding:
    """The hint that a change touches more published things than one check looks at."""
    messages = {
        lang: text(
            "shacl.many-affected",
            lang,
            checked=format_decimal(checked, locale=lang),
            waiting=format_decimal(waiting, locale=lang),
        )
        for lang in LANGUAGES
    }
    return Finding(severity=Severity.INFO, code="many-affected", messages=messages)


def _name(node: NamedNode, universe: Universe, lang: Language) -> str:
    """What a thing is called, in the reader's language where there is one; else the end of its IRI."""
    for path in _NAMING:
        names = [quad.object for quad in universe.out(node, path) if isinstance(quad.object, Literal)]
        if names:
            by_language = {
                language_of(name.language or ""): name.value for name in sorted(names, key=str, reverse=True)
            }
            return by_language.get(lang) or by_language.get("en") or min(name.value for name in names)
    return ID.local(node) if node in ID else node.value.rpartition("/")[2].rpartition("#")[2]


def _publisher(node: NamedNode, source: Source) -> str:
    """Who publishes a thing, by the name the provenance graph has for them."""
    graphs = {quad.graph_name for quad in source.quads(node, RDF.type, None, None)}
    names: set[str] = set()
    for graph in graphs:
        if not isinstance(graph, NamedNode):
            continue
        steps: list[NamedNode] = [graph]
        for predicate in (PROV.wasDerivedFrom, DCTERMS.publisher):
            steps = [
                quad.object
                for step in steps
                for quad in source.quads(step, predicate, None, PROVENANCE_GRAPH)
                if isinstance(quad.object, NamedNode)
            ]
        found = [quad.object for step in steps for quad in source.quads(step, FOAF.name, None, PROVENANCE_GRAPH)]
        names.add(next((name.value for name in found if isinstance(name, Literal)), graph.value.rpartition("/")[2]))
    return ", ".join(sorted(names))
