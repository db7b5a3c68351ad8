"""Facts about what a reviewer reads: the difference that a contribution makes, in words."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.difference import Difference, ThingChange, between
from ecograph.contribute.rules import Rules
from ecograph.identifiers import concept_iri, thing_iri
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, ECO, FOAF, GRAPH, PROVENANCE_GRAPH, RDF, XSD
from ecograph.rdf.patch import Patch
from ecograph.store.oxigraph import MemorySnapshot

NEED, TOWN = thing_iri("need", "synthetic-shore_skybrud"), thing_iri("municipality", "dk-synthetic")
G = GRAPH["synthetic-shore"]
KIND = Quad(NEED, RDF.type, ECO.Need, G)
TITLE = Quad(NEED, DCTERMS.title, Literal("Varsling ved skybrud", language="da"), G)
RAISED = Quad(NEED, ECO.raisedBy, TOWN, G)
TOPIC = Quad(NEED, ECO.topic, concept_iri("topic", "cloudburst"), G)
BUDGET = Quad(NEED, ECO.budget, Literal("1700000.5", datatype=XSD.decimal), G)
DEADLINE = Quad(NEED, ECO.deadline, Literal("2026-12-31", datatype=XSD.date), G)
NAME = Quad(TOWN, FOAF.name, Literal("Synthetic Kommune"), GRAPH.places)
SNAPSHOT = MemorySnapshot([KIND, TITLE, NAME])


def only(found: Difference) -> ThingChange:
    [thing] = found.things
    return thing


class TestThings:
    def test_new_thing(self, rules: Rules) -> None:
        """
        A new thing is shown by its name and kind, with its properties as the template calls them, in its order.
        """
        patch = Patch((KIND, TITLE, RAISED, TOPIC, BUDGET, DEADLINE))
        thing = only(between(patch, G, SNAPSHOT, rules))
        assert (thing.change, thing.kind, thing.labels["da"]) == ("added", "need", "Varsling ved skybrud")
        assert thing.kinds["sv"] == rules.contract.template("need").names["sv"]
        shown = {change.property: change.added[0].words for change in thing.properties}
        assert RDF.type not in shown
        assert shown[ECO.raisedBy] == dict.fromkeys(LANGUAGES, "Synthetic Kommune")
        assert shown[ECO.topic]["da"] == rules.concepts.label(concept_iri("topic", "cloudburst"), "da")
        assert shown[ECO.budget]["da"] == "1.700.000,5"
        assert shown[ECO.budget]["en"] == "1,700,000.5"
        assert (shown[ECO.deadline]["da"], shown[ECO.deadline]["sv"]) == ("31.12.2026", "2026-12-31")
        columns = rules.contract.template("need").by_path
        orders = [columns[change.property][0].order for change in thing.properties]
        assert orders == sorted(orders)

    def test_changed_property(self, rules: Rules) -> None:
        """
        A changed property shows what goes and what comes; a text says in which language it is.
        """
        new = Quad(NEED, DCTERMS.title, Literal("Varsling ved kraftig regn", language="da"), G)
        thing = only(between(Patch((new,), (TITLE,)), G, SNAPSHOT, rules))
        [change] = thing.properties
        assert thing.change == "changed"
        assert thing.labels["en"] == "Varsling ved kraftig regn"
        assert [value.words["da"] for value in change.added] == ["Varsling ved kraftig regn"]
        assert [(value.words["da"], value.language) for value in change.removed] == [("Varsling ved skybrud", "da")]
        assert all(change.names[lang] for lang in LANGUAGES)

    def test_thing_that_goes(self, rules: Rules) -> None:
        """
        A thing that goes is still called by its name, also when the graph no longer has it.
        """
        thing = only(between(Patch((), (KIND, TITLE)), G, MemorySnapshot(), rules))
        assert (thing.change, thing.labels["da"]) == ("removed", "Varsling ved skybrud")

    def test_unknown_things_have_no_bare_iri(self, rules: Rules) -> None:
        """
        A thing without a name is called by the end of its address; a web address is shown as it is.
        """
        link = Quad(NEED, DCTERMS.source, NamedNode("https://example.org/behov"), G)
        nameless = Quad(NEED, ECO.raisedBy, thing_iri("municipality", "gone"), G)
        thing = only(between(Patch((KIND, link, nameless)), G, MemorySnapshot(), rules))
        assert thing.labels["da"] == "synthetic-shore_skybrud"
        shown = {change.property: change.added[0] for change in thing.properties}
        assert shown[ECO.raisedBy].words["en"] == "gone"
        assert shown[DCTERMS.source].words["en"] == "https://example.org/behov"


class TestWhole:
    def test_counts_and_sentence(self, rules: Rules) -> None:
        """
        The difference is summed up in one sentence; what is said of the publication itself counts as no thing.
        """
        other = thing_iri("need", "synthetic-shore_regn")
        gone = Quad(other, RDF.type, ECO.Need, G)
        about = Quad(G, DCTERMS.identifier, Literal("ni:///sha-256;x"), PROVENANCE_GRAPH)
        found = between(Patch((KIND, TITLE, about), (gone,)), G, MemorySnapshot(), rules)
        assert found.counts == {"added": 1, "changed": 0, "removed": 1}
        assert [thing.change for thing in found.things] == ["added", "removed"]
        assert found.summary("en") == "New: 1. Changed: 0. Removed: 1."
        lines = found.n_quads.splitlines()
        assert sorted(line[0] for line in lines) == ["+", "+", "+", "-"]
        assert f"- {gone} ." in lines

    def test_nothing(self, rules: Rules) -> None:
        """
        No difference is said in so many words.
        """
        found = between(Patch(), G, MemorySnapshot(), rules)
        assert {found.summary(lang) for lang in LANGUAGES} == {"Intet ændres.", "Inget ändras.", "Nothing changes."}
