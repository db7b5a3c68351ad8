"""What a cell refers to. Everything named here is synthetic, but for the shipped graph."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.identity.names import Block, Names, patterns
from ecograph.contribute.identity.resolving import Known, Resolver
from ecograph.contribute.reading.faults import Fault
from ecograph.contribute.staging import Rules
from ecograph.identifiers import Space, concept_iri, graph_iri, thing_iri
from ecograph.namespaces import DCTERMS, ECO, FOAF, PROV, PROVENANCE_GRAPH, RDF, SKOS
from ecograph.rdf.patch import diff
from ecograph.store.oxigraph import EmbeddedStore, MemorySnapshot

GRAPH = graph_iri("register")
DK, SE = concept_iri("country", "dk"), concept_iri("country", "se")
ORGANISATION = (ECO.Organisation,)

HERLEV, SOLLENTUNA = thing_iri("municipality", "dk-herlev"), thing_iri("municipality", "se-sollentuna")
VALLEN = thing_iri("municipality", "se-vallen")
FIRM = thing_iri("organisation", "example-as")
SCHOOL = thing_iri("organisation", "vallen-university")
RESULT = thing_iri("research-result", "r1")
PERSON = thing_iri("person", "p1")


def published() -> list[Quad]:
    """A few synthetic things of a register."""
    facts: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (HERLEV, RDF.type, ECO.Municipality),
        (HERLEV, FOAF.name, Literal("Herlev Kommune")),
        (HERLEV, ECO.municipalityCode, Literal("0163")),
        (HERLEV, ECO.country, DK),
        (SOLLENTUNA, RDF.type, ECO.Municipality),
        (SOLLENTUNA, FOAF.name, Literal("Sollentuna kommun")),
        (SOLLENTUNA, ECO.municipalityCode, Literal("0163")),
        (SOLLENTUNA, ECO.country, SE),
        (VALLEN, RDF.type, ECO.Municipality),
        (VALLEN, FOAF.name, Literal("Vallens kommun")),
        (VALLEN, SKOS.prefLabel, Literal("Vallen Kommune", language="da")),
        (VALLEN, SKOS.prefLabel, Literal("Vallens kommun", language="sv")),
        (FIRM, RDF.type, ECO.Company),
        (FIRM, FOAF.name, Literal("Ærø Eksempel A/S")),
        (FIRM, SKOS.altLabel, Literal("Eksemplet")),
        (FIRM, ECO.cvr, Literal("64942212")),
        (FIRM, ECO.organisationNumber, Literal("556012-5790")),
        (FIRM, ECO.ror, NamedNode("https://ror.org/04qtj9h94")),
        (SCHOOL, RDF.type, ECO.ResearchOrganisation),
        (SCHOOL, FOAF.name, Literal("Vallens universitet")),
        (RESULT, RDF.type, ECO.ResearchResult),
        (RESULT, DCTERMS.title, Literal("Synthetic result", language="en")),
        (RESULT, ECO.doi, Literal("10.5281/zenodo.1234567")),
        (PERSON, RDF.type, ECO.Person),
        (PERSON, ECO.orcid, Literal("0000-0002-1825-0097")),
    ]
    return [Quad(*fact, GRAPH) for fact in facts]


@pytest.fixture(scope="module")
def resolver(rules: Rules) -> Resolver:
    """Resolves against the synthetic register."""
    return Resolver(rules.contract, rules.concepts, rules.ontology, MemorySnapshot(published()))


def fault(found: NamedNode | Fault) -> Fault:
    assert isinstance(found, Fault)
    return found


class TestNumbers:
    @pytest.mark.parametrize("cell", ["64942212", "DK64942212", "DK 64 94 22 12", "64 94 22 12", "CVR-nr. 64942212"])
    def test_cvr(self, resolver: Resolver, cell: str) -> None:
        """
        A CVR number is found with or without country and blanks.
        """
        assert resolver.thing(cell, ORGANISATION) == FIRM

    @pytest.mark.parametrize("cell", ["556012-5790", "5560125790", "165560125790"])
    def test_organisation_number(self, resolver: Resolver, cell: str) -> None:
        """
        A Swedish organisation number is found with or without hyphen and century.
        """
        assert resolver.thing(cell, ORGANISATION) == FIRM

    @pytest.mark.parametrize("cell", ["https://ror.org/04qtj9h94", "ror.org/04qtj9h94", "04qtj9h94", "04QTJ9H94"])
    def test_ror(self, resolver: Resolver, cell: str) -> None:
        """
        A ROR is found as address or alone, in any case.
        """
        assert resolver.thing(cell, ORGANISATION) == FIRM

    @pytest.mark.parametrize("cell", ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"])
    def test_orcid(self, resolver: Resolver, cell: str) -> None:
        """
        An ORCID is found as address or alone.
        """
        assert resolver.thing(cell, (ECO.Person,)) == PERSON

    @pytest.mark.parametrize(
        "cell",
        ["10.5281/zenodo.1234567", "doi:10.5281/zenodo.1234567", "https://doi.org/10.5281/ZENODO.1234567"],
    )
    def test_doi(self, resolver: Resolver, cell: str) -> None:
        """
        A DOI is found with or without address and prefix, in any case.
        """
        assert resolver.thing(cell, (ECO.ResearchResult,)) == RESULT

    def test_codes_of_two_countries(self, resolver: Resolver) -> None:
        """
        A code that is used on both sides of the Sound means the municipality of the row's country, and is asked about
        where the row names none.
        """
        municipality = (ECO.Municipality,)
        assert resolver.thing("163", municipality, DK) == HERLEV
        assert resolver.thing("0163", municipality, SE) == SOLLENTUNA
        asked = fault(resolver.thing("0163", municipality))
        assert (asked.code, asked.suggestions) == ("ambiguous-thing", ("Herlev Kommune", "Sollentuna kommun"))

    @pytest.mark.parametrize(
        ("cell", "classes", "name"),
        [
            ("64942213", ORGANISATION, "CVR-nummer"),
            ("556012-5791", ORGANISATION, "Organisationsnummer"),
            ("https://ror.org/04qtj9h95", ORGANISATION, "ROR-id"),
            ("0000-0002-1825-0079", (ECO.Person,), "ORCID iD"),
        ],
    )
    def test_mistyped_numbers(self, resolver: Resolver, cell: str, classes: tuple[NamedNode, ...], name: str) -> None:
        """
        A number whose check digit does not fit is said to be mistyped, not to be unknown.
        """
        found = fault(resolver.thing(cell, classes))
        assert found.code == "bad-check-digit"
        assert found.values["name"]["da"] == name  # type: ignore[index]

    def test_unknown_number(self, resolver: Resolver) -> None:
        """
        A number that fits and that nobody has is unknown.
        """
        assert fault(resolver.thing("13585628", ORGANISATION)).code == "unknown-thing"


class TestNames:
    @pytest.mark.parametrize("cell", ["Ærø Eksempel A/S", "ÄRÖ EKSEMPEL A/S", "aeroe", "Eksemplet"])
    def test_letters_and_former_names(self, resolver: Resolver, cell: str) -> None:
        """
        A thing is found by its names of now and before, whichever Nordic letters they are written with.
        """
        found = resolver.thing(cell, ORGANISATION)
        assert found == FIRM if cell != "aeroe" else isinstance(found, Fault)

    @pytest.mark.parametrize(
        ("cell", "iri"),
        [
            ("Ærø Eksempel", FIRM),
            ("Ærø Eksempel ApS", FIRM),
            ("Vallen University", SCHOOL),
            ("Vallen", VALLEN),
            ("Vallen stad", VALLEN),
        ],
    )
    def test_loose_readings_are_said(self, resolver: Resolver, cell: str, iri: NamedNode) -> None:
        """
        A name without its legal form or the like is understood, and the person is told as what.
        """
        assert resolver.thing(cell, ORGANISATION) == iri
        note = resolver.note(cell, ORGANISATION)
        assert note is not None
        assert note.code == "read-as"

    def test_exact_names_say_nothing(self, resolver: Resolver) -> None:
        """
        A name as it is needs no word.
        """
        assert resolver.thing("Vallens kommun", ORGANISATION) == VALLEN
        assert resolver.note("Vallens kommun", ORGANISATION) is None

    def test_own_rows_come_first(self, resolver: Resolver) -> None:
        """
        Where a name is in the contribution and elsewhere, the contribution's own row is meant.
        """
        own = Space("partner").iri("organisation", "eksemplet")
        known = Known(own, frozenset({ECO.Company}), ((FOAF.name, Literal("Eksemplet")),))
        ours = resolver.including([known], Space("partner"))
        assert ours.thing("Eksemplet", ORGANISATION) == own
        assert ours.thing("eksemplet", ORGANISATION) == own
        assert ours.thing("organisation/eksemplet", ORGANISATION) == own
        assert resolver.thing("Eksemplet", ORGANISATION) == FIRM


class TestSuggestions:
    def test_concepts_by_label(self, resolver: Resolver) -> None:
        """
        A misspelt concept is answered with the label in each reader's language.
        """
        found = fault(resolver.concept("skybrut", "topic"))
        assert found.suggestions_by_language["da"][0] == "Skybrud"
        assert found.suggestions_by_language["sv"][0] == "Skyfall"

    def test_things_by_name(self, resolver: Resolver) -> None:
        """
        A misspelt name is answered with the name in each reader's language.
        """
        found = fault(resolver.thing("Valens komun", (ECO.Municipality,)))
        assert found.suggestions_by_language["da"][0] == "Vallen Kommune"
        assert found.suggestions_by_language["sv"][0] == "Vallens kommun"

    def test_suggestions_can_be_written(self, resolver: Resolver, rules: Rules) -> None:
        """
        What is proposed means the thing it was proposed for, also where several have the name.
        """
        twin = Quad(thing_iri("organisation", "twin"), RDF.type, ECO.Company, GRAPH)
        named = Quad(thing_iri("organisation", "twin"), FOAF.name, Literal("Ærø Eksempel A/S"), GRAPH)
        snapshot = MemorySnapshot([*published(), twin, named])
        both = Resolver(rules.contract, rules.concepts, rules.ontology, snapshot)
        found = fault(both.thing("Ærø Eksempel A/S", ORGANISATION))
        assert found.suggestions == ("organisation/example-as", "organisation/twin")
        for iri in (FIRM, VALLEN, SCHOOL, HERLEV):
            assert resolver.thing(resolver.writable(iri, "sv"), ()) == iri

    def test_wrong_kind_in_words(self, resolver: Resolver) -> None:
        """
        A thing of the wrong kind is said in words of each language.
        """
        found = fault(resolver.thing("Vallens universitet", (ECO.Municipality,)))
        assert found.code == "wrong-kind"
        assert found.values["wanted"] == {"da": "Kommune", "sv": "Kommun", "en": "Municipality"}
        assert found.values["found"]["sv"] == "Forskningsorganisation"  # type: ignore[index]


class TestNamesOfARevision:
    def test_gathered_once_for_each_state_of_a_graph(self, tmp_path: Path, rules: Rules) -> None:
        """
        Names are gathered once per revision, and a graph that did not change is not read again.
        """
        wanted = patterns(rules.contract)
        other, third = graph_iri("other"), thing_iri("organisation", "third")
        mark = [
            Quad(graph, PROV.wasGeneratedBy, thing_iri("publication", "1"), PROVENANCE_GRAPH)
            for graph in (GRAPH, other)
        ]
        later = [
            Quad(third, RDF.type, ECO.Company, other),
            Quad(third, FOAF.name, Literal("Third"), other),
            Quad(other, PROV.wasGeneratedBy, thing_iri("publication", "2"), PROVENANCE_GRAPH),
        ]
        store = EmbeddedStore.open(tmp_path / "store")
        try:
            first_quads = [*published(), *mark, Quad(third, RDF.type, ECO.Company, other)]
            store.apply(1, diff((), first_quads))
            store.switch()
            with store.snapshot() as one, store.snapshot() as two:
                first = Names.of(one, wanted)
                assert Names.of(two, wanted) is first
                assert not first.named("Third")
            store.apply(2, diff((), later))
            store.switch()
            with store.snapshot() as snapshot:
                second = Names.of(snapshot, wanted)
            assert list(second.named("third")) == [third]
            assert second.in_graph(GRAPH) is first.in_graph(GRAPH)
            assert second.in_graph(other) is not first.in_graph(other)
        finally:
            store.close()

    def test_threads_share_one_gathering(self, loaded: EcoGraph, rules: Rules) -> None:
        """
        Eight checks that begin at once gather the names once.
        """
        found: list[Names] = []

        def ask() -> None:
            with loaded.snapshot() as snapshot:
                found.append(Names.of(snapshot, patterns(rules.contract)))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len({id(names) for names in found}) == 1

    def test_common_beginnings_are_passed_over(self) -> None:
        """
        A beginning that thousands of names share is no reason to compare with each of them.
        """
        names = [f"firma nummer {number} af mange" for number in range(5_000)]
        block = Block(((thing_iri("organisation", str(at)), FOAF.name, name) for at, name in enumerate(names)), {})
        assert not list(block.nearly("firma nummer tolv af mange", 85))


class TestShippedGraph:
    def test_names_as_sources_list_them(self, loaded: EcoGraph, rules: Rules) -> None:
        """
        Of the names under which sources list participants, those that are understood mean whom the reviewer found.
        """
        listed: dict[str, set[object]] = {}
        with loaded.snapshot() as snapshot:
            for quad in snapshot.quads(None, ECO.nameAsListed):
                participants = {found.object for found in snapshot.quads(quad.subject, ECO.participant)}
                listed.setdefault(quad.object.value, set()).update(participants)  # type: ignore[union-attr]
            resolver = Resolver(rules.contract, rules.concepts, rules.ontology, snapshot)
            found = {name: resolver.thing(name, ORGANISATION) for name in listed}
        understood = {name: iri for name, iri in found.items() if isinstance(iri, NamedNode)}
        assert [name for name, iri in understood.items() if iri not in listed[name]] == []
        assert len(understood) > 0.85 * len(listed) > 150

    def test_a_thousand_names(self, loaded: EcoGraph, rules: Rules, timed: Callable[[], float]) -> None:
        """
        A thousand different names are found in well under a second once the names are gathered.
        """
        with loaded.snapshot() as snapshot:
            names = [quad.object.value for quad in snapshot.quads(None, FOAF.name)][:1000]  # type: ignore[union-attr]
            resolver = Resolver(rules.contract, rules.concepts, rules.ontology, snapshot)
            resolver.thing("Albertslund Kommune", ORGANISATION)
            start = timed()
            found = [resolver.thing(name, ORGANISATION) for name in names]
            assert timed() - start < 1.0
        assert sum(isinstance(one, NamedNode) for one in found) > 980


@pytest.fixture
def timed() -> Callable[[], float]:
    """The processor time of this process, which other work on the machine does not count in."""
    return time.process_time


class TestAllowance:
    def test_a_column_that_is_wrong_throughout_costs_little(self, rules: Rules) -> None:
        """
        Suggestions are sought for the first values that nobody knows; those after them are refused without.
        """
        resolver = Resolver(rules.contract, rules.concepts, rules.ontology)
        found = [resolver.including(()).concept(f"cloudbursd {at}", "topic") for at in range(700)]
        assert all(isinstance(fault, Fault) for fault in found)
        suggested = [bool(fault.suggestions) for fault in found if isinstance(fault, Fault)]
        assert suggested[0]
        assert not any(suggested[500:])
