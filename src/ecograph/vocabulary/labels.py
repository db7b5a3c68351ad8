"""What a thing is called, for a reader of one language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.messages import Language
from ecograph.namespaces import DCTERMS, FOAF, RDFS, SKOS
from ecograph.store.base import Snapshot

NAMING: Final = (SKOS.prefLabel, FOAF.name, DCTERMS.title, RDFS.label)
"""The properties that name things, best first."""

_ORDER: Final = ("en", "da", "sv")


def label_of(snapshot: Snapshot, iri: NamedNode, lang: Language) -> tuple[str, str | None]:
    """
    The name of a thing, in the reader's language where there is one.

    Args:
        snapshot: The graph.
        iri: The thing.
        lang: The reader's language.

    Returns:
        The name and the language it is in (None for a name that has none, and for a thing without a name, which is
        called by the end of its IRI).
    """
    for path in NAMING:
        names = [quad.object for quad in snapshot.quads(iri, path) if isinstance(quad.object, Literal)]
        if names:
            best = best_of(names, lang)
            return best.value, best.language
    return iri.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1], None


def best_of(texts: Iterable[Literal], lang: Language) -> Literal:
    """
    The text for a reader: in their language, without language, in English, Danish, Swedish, or else the first.

    Example:
        >>> best_of([Literal("vand", language="da"), Literal("water", language="en")], "sv").value
        'water'
    """
    order: tuple[str | None, ...] = (lang, None, *_ORDER)
    ranks = {language: rank for rank, language in enumerate(dict.fromkeys(order))}
    return min(texts, key=lambda text: (ranks.get(text.language, len(ranks)), text.language or "", text.value))
