"""New things that are perhaps known already. Everything named here is synthetic, but for the shipped graph."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.identity.duplicates import differ_in_spelling
from ecograph.contribute.identity.names import Names
from ecograph.contribute.staging import Rules, SourceFile, stage
from ecograph.identifiers import Space, concept_iri, graph_iri, thing_iri
from ecograph.namespaces import ECO, FOAF, RDF
from ecograph.shacl.report import Finding, Severity
from ecograph.spelling import fold_name
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import MemorySnapshot

GRAPH = graph_iri("register")
KNOWN = thing_iri("organisation", "eksempel-rens")
CODES = {"same-identifier", "likely-duplicate"}

Find = Callable[..., list[Finding]]


def known(
    name: str = "Eksempel Rensning A/S", cls: NamedNode = ECO.Company, country: str = "dk", **codes: str
) -> list[Quad]:
    """A thing that a register has published."""
    quads = [
        Quad(KNOWN, RDF.type, cls, GRAPH),
        Quad(KNOWN, FOAF.name, Literal(name), GRAPH),
        Quad(KNOWN, ECO.country, concept_iri("country", country), GRAPH),
    ]
    return quads + [Quad(KNOWN, ECO[path], Literal(value), GRAPH) for path, value in codes.items()]


@pytest.fixture
def found(rules: Rules) -> Find:
    """The duplicates that staging finds in a partner's files."""

    def run(published: list[Quad], name: str, content: str, space: Space | None = None) -> list[Finding]:
        snapshot: Snapshot = MemorySnapshot(published)
        file = SourceFile(name, content.encode())
        chosen = Space("partner") if space is None else space
        staged = stage([file], "partner", rules, snapshot, space=chosen, rows_only=True)
        return [item for item in staged.report.findings if item.code in CODES]

    return run


class TestSameIdentifier:
    def test_reason_and_what_to_write(self, found: Find) -> None:
        """
        A new company with a known CVR number is a warning that names the company, its kind and what to write instead.
        """
        (one,) = found(known(cvr="64942212"), "company.csv", "name,country,cvr\nNyt Navn A/S,dk,64942212\n")
        assert (one.code, one.severity) == ("same-identifier", Severity.WARNING)
        assert (one.file, one.row, one.column, one.value) == ("company.csv", 2, "cvr", "64942212")
        message = one.message("da")
        assert "Eksempel Rensning A/S" in message
        assert "Virksomhed" in message
        assert "CVR-nummer" in message

    def test_tables_and_turtle_alike(self, found: Find, prologue: str) -> None:
        """
        The same company in Turtle has the same warning.
        """
        content = (
            f'{prologue}<https://w3id.org/ecograph/id/organisation/partner_nyt> a eco:Company ; foaf:name "Nyt" ; '
            'eco:cvr "64942212" ; eco:country <https://w3id.org/ecograph/concept/country/dk> .'
        )
        (one,) = found(known(cvr="64942212"), "more.ttl", content)
        assert (one.code, one.file, one.value) == ("same-identifier", "more.ttl", "64942212")

    def test_codes_of_another_country(self, found: Find) -> None:
        """
        A municipality code that a municipality of the other country has is nobody's duplicate.
        """
        published = known("Herlev Kommune", ECO.Municipality, "dk", municipalityCode="0163")
        assert not found(published, "municipality.csv", "name,code,country\nSollentuna kommun,0163,se\n")
        (one,) = found(published, "municipality.csv", "name,code,country\nHerlev By,163,dk\n")
        assert one.code == "same-identifier"

    def test_twice_in_one_file(self, found: Find) -> None:
        """
        Of two rows with one number the later one is found, with the row of the first.
        """
        (one,) = found([], "company.csv", "name,country,cvr\nFørste A/S,dk,64942212\nAnden A/S,dk,64942212\n")
        assert one.row == 3
        assert "række 2" in one.message("da")

    def test_own_published_things_are_no_duplicates(self, found: Find, rules: Rules) -> None:
        """
        A row about a thing that is published already, one's own or another's, is no new thing.
        """
        row = "id,name,country,cvr\norganisation/eksempel-rens,Eksempel Rensning A/S,dk,64942212\n"
        assert not found(known(cvr="64942212"), "company.csv", row)


class TestLikelyDuplicates:
    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("EKSEMPEL RENSNING A/S", "navnet er det samme."),
            ("Eksempel-Rensning a/s", "navnet er det samme."),
            ("Eksempel Rensning", "selskabsform"),
            ("Eksempel Rensning ApS", "selskabsform"),
            ("Eksempel Rensing A/S", "enkelte bogstaver"),
            ("EksempelRensning A/S", "enkelte bogstaver"),
        ],
    )
    def test_reasons(self, found: Find, name: str, reason: str) -> None:
        """
        A name that is the same, or the same but for its legal form, or apart by a letter, is a warning that says which.
        """
        (one,) = found(known(), "company.csv", f"name,country\n{name},dk\n")
        assert (one.code, one.severity, one.column) == ("likely-duplicate", Severity.WARNING, "name")
        assert reason in one.message("da")
        assert "http" not in one.message("da")

    @pytest.mark.parametrize(
        "content",
        [
            "name,country\nEksempel Rensning AB,se\n",
            "name,country\nEksempel Retning A/S,dk\n",
            "name,country\nEksempel Rensning 2,dk\n",
            "name,country\nNoget helt andet,dk\n",
        ],
    )
    def test_what_is_another(self, found: Find, content: str) -> None:
        """
        Another country, another word or another number makes it another.
        """
        assert not found(known(), "company.csv", content)

    def test_needs_may_be_the_same(self, rules: Rules, found: Find) -> None:
        """
        Two municipalities may write down the same need.
        """
        published = [
            Quad(thing_iri("need", "n1"), RDF.type, ECO.Need, GRAPH),
            Quad(thing_iri("need", "n1"), NamedNode("http://purl.org/dc/terms/title"), Literal("Skybrud"), GRAPH),
        ]
        assert not found(published, "need.csv", "title_da,country\nSkybrud,dk\n")

    def test_municipality_is_no_company(self, found: Find) -> None:
        """
        A company that is called like a town is not taken for its municipality.
        """
        published = known("Bornholms Regionskommune", ECO.Municipality)
        assert not found(published, "company.csv", "name,country\nBornholms A/S,dk\n")


class TestShippedGraph:
    """Measured on the shipped graph, whose actors have been told apart by hand."""

    @pytest.fixture
    def actors(self, loaded: EcoGraph) -> dict[NamedNode, list[str]]:
        """The names of every actor that is no place."""
        with loaded.snapshot() as snapshot:
            kinds = (ECO.Organisation, ECO.Company, ECO.ResearchOrganisation, ECO.PublicBody, ECO.Network)
            iris = {quad.subject for kind in kinds for quad in snapshot.quads(None, RDF.type, kind)}
            return {
                iri: sorted(quad.object.value for quad in snapshot.quads(iri, FOAF.name))  # type: ignore[union-attr, misc]
                for iri in sorted(iris, key=str)
            }

    def test_different_actors_stay_different(self, loaded: EcoGraph, actors: dict[NamedNode, list[str]]) -> None:
        """
        Of all pairs of actors, at most two are taken for one another by a letter.
        """
        with loaded.snapshot() as snapshot:
            names = Names.of(snapshot, {})
        pairs = set()
        for iri, written in actors.items():
            for name in written:
                folded = fold_name(name)
                for other, others in names.nearly(folded, 85):
                    if differ_in_spelling(folded, other):
                        pairs |= {frozenset((iri, one)) for one in others if one != iri and one in actors}
        assert len(actors) > 1_500
        assert len(pairs) <= 2, pairs

    def test_misspelt_actors_are_recognised(self, loaded: EcoGraph, actors: dict[NamedNode, list[str]]) -> None:
        """
        Three of four long names with one letter wrong are recognised, and next to none is taken for another.
        """
        chance = random.Random(1)
        with loaded.snapshot() as snapshot:
            names = Names.of(snapshot, {})
        right = wrong = asked = 0
        for iri, written in actors.items():
            for name in (one for one in written if len(one) >= 12):
                at = chance.randrange(1, len(name) - 1)
                dropped, swapped = name[:at] + name[at + 1 :], name[:at] + name[at + 1] + name[at] + name[at + 2 :]
                folded = fold_name(chance.choice([dropped, swapped]))
                near = names.nearly(folded, 85)
                found = {one for other, iris in near if differ_in_spelling(folded, other) for one in iris}
                found |= set(names.named(folded))
                asked, right = asked + 1, right + (iri in found)
                wrong += bool((found & actors.keys()) - {iri})
        assert right > 0.75 * asked, (right, asked)
        assert wrong < 0.005 * asked, (wrong, asked)

    def test_nothing_is_found_twice_in_what_is_shipped(self, loaded: EcoGraph, rules: Rules) -> None:
        """
        What is published already is no duplicate of itself when it is sent again.
        """
        folder = loaded.settings.resources_dir / "data" / "interreg-oks"
        files = [SourceFile.at(path) for path in sorted(folder.glob("*.csv"))]
        with loaded.snapshot() as snapshot:
            staged = stage(files, "interreg-oks", rules, snapshot, rows_only=True)
        assert [item.code for item in staged.report.findings if item.code in CODES] == []
