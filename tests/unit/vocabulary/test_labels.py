"""What things are called."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.identifiers import graph_iri, thing_iri
from ecograph.messages import Language
from ecograph.namespaces import DCTERMS, FOAF, RDFS, SKOS
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.vocabulary.labels import label_of

GRAPH = graph_iri("synthetic")
NEED = thing_iri("need", "synthetic")


def graph_of(*said: tuple[NamedNode, str, str | None]) -> MemorySnapshot:
    return MemorySnapshot(Quad(NEED, path, Literal(text, language=lang), GRAPH) for path, text, lang in said)


class TestLabelOf:
    @pytest.mark.parametrize(("lang", "expected"), [("da", ("Skybrud", "da")), ("sv", ("Cloudburst", "en"))])
    def test_reader_language_first_then_english(self, lang: Language, expected: tuple[str, str]) -> None:
        """
        A name is given in the reader's language, or else in English.
        """
        with graph_of((DCTERMS.title, "Skybrud", "da"), (DCTERMS.title, "Cloudburst", "en")) as snapshot:
            assert label_of(snapshot, NEED, lang) == expected

    def test_preferred_label_wins_over_title(self) -> None:
        """
        A preferred label comes before a name, a title and an RDFS label.
        """
        with graph_of(
            (RDFS.label, "d", "da"), (DCTERMS.title, "c", "da"), (FOAF.name, "b", None), (SKOS.prefLabel, "a", "en")
        ) as snapshot:
            assert label_of(snapshot, NEED, "da") == ("a", "en")

    def test_another_language_is_better_than_none(self) -> None:
        """
        A thing that is only named in German is called by that name.
        """
        with graph_of((SKOS.prefLabel, "Starkregen", "de")) as snapshot:
            assert label_of(snapshot, NEED, "sv") == ("Starkregen", "de")

    def test_a_nameless_thing_is_called_by_its_slug(self) -> None:
        """
        A thing without a name is called by the end of its IRI.
        """
        with graph_of() as snapshot:
            assert label_of(snapshot, NEED, "en") == ("synthetic", None)
