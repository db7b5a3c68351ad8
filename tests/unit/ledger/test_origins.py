"""Where a published statement comes from."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger import origins
from ecograph.ledger.sql import Ledger
from ecograph.namespaces import ECO, PROVENANCE_GRAPH, XSD
from ecograph.rdf.patch import Patch

from .conftest import ANNE, person, publish, said


def elsewhere(graph: NamedNode) -> Quad:
    return Quad(thing_iri("need", "n01"), ECO.note, Literal("a"), graph)


class TestOrigin:
    def test_newest_revision_that_added_it(self, ledger: Ledger) -> None:
        """
        A statement comes from the last revision that added it; one that is not published comes from nowhere.
        """
        publish(ledger, Patch((said("a"), said("aa"))))
        publish(ledger, Patch((said("b"),), (said("a"),)))
        assert ledger.origin(said("a")) is None
        again = publish(ledger, Patch((said("a"),)))
        for number in range(40):
            publish(ledger, Patch((said(f"a{number}"),)))
        assert ledger.origin(said("a")) == again
        found = ledger.origin(said("aa"))
        assert found
        assert found.number == 1
        assert ledger.origin(said("never")) is None
        assert ledger.origin(Quad(ANNE, ECO.note, Literal("a"))) is None

    def test_first_and_last_line_and_strange_letters(self, ledger: Ledger) -> None:
        """
        A statement is found wherever it stands in its patch and whatever is in it, as the store keeps it.
        """
        strange = ("", "\n", "a\nb", "“", "\\", '"', "æøå \u0001")
        number = Quad(thing_iri("need", "n01"), ECO.amount, Literal("1.50", datatype=XSD.decimal), said("a").graph_name)
        kept = Quad(thing_iri("need", "n01"), ECO.amount, Literal("1.5", datatype=XSD.decimal), said("a").graph_name)
        revision = publish(ledger, Patch((*map(said, strange), kept)))
        assert all(ledger.origin(quad) == revision for quad in (*map(said, strange), number, kept))
        assert ledger.origin(said("b")) is None

    def test_undo_is_no_origin(self, ledger: Ledger) -> None:
        """
        A statement that a withdrawal brought back is whose it was before; what only the withdrawal says is its own.
        """
        first = publish(ledger, Patch((said("a"),)))
        changed = publish(ledger, Patch((said("b"),), (said("a"),)))
        assert changed.contribution_id
        back = Patch((said("a"), said("size 1")), (said("b"),))
        withdrawal = ledger.withdraw(changed.contribution_id, back, "partner", "forkert")
        assert ledger.origin(said("a")) == first
        assert ledger.origin(said("b")) is None
        assert ledger.origin(said("size 1")) == withdrawal

    def test_persons_have_origins_until_they_are_erased(self, ledger: Ledger) -> None:
        """
        Who said something about a person can be told, until the person is forgotten.
        """
        revision = publish(ledger, Patch((said("a"), person(ANNE, "Example researcher 1"))))
        assert ledger.origin(person(ANNE, "Example researcher 1")) == revision
        ledger.erase(ANNE, "operator", "on request")
        assert ledger.origin(person(ANNE, "Example researcher 1")) is None
        assert ledger.origin(said("a"))

    def test_graphs_that_several_write(self, ledger: Ledger) -> None:
        """
        A statement in a graph that belongs to no publisher, such as the provenance graph, is found as well; the same
        words in another graph are another statement.
        """
        publish(ledger, Patch((elsewhere(graph_iri("lund")),)), publisher="lund")
        second = publish(ledger, Patch((elsewhere(PROVENANCE_GRAPH),)))
        publish(ledger, Patch((said("a"),)))
        assert ledger.origin(elsewhere(PROVENANCE_GRAPH)) == second
        found = ledger.origin(elsewhere(graph_iri("lund")))
        assert found
        assert found.publisher == "lund"

    def test_reading_is_bounded(self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        When more patches would have to be read than one question is worth, the answer is that it is not known.
        """
        publish(ledger, Patch((said("a"),)))
        for number in range(9):
            publish(ledger, Patch((said(str(number)),)))
        assert ledger.origin(said("a"))
        monkeypatch.setattr(origins, "SCAN_BYTES", 5 * 4096)
        assert ledger.origin(said("a")) is None
        assert ledger.origin(said("5"))
