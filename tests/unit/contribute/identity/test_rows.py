"""Which thing a row describes. Everything named here is synthetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.identity.resolving import Resolver
from ecograph.contribute.mapping import Mapped, map_tables
from ecograph.contribute.reading.table import Table, read
from ecograph.contribute.staging import Rules, SourceFile, stage
from ecograph.identifiers import COMMON, Space, graph_iri, thing_iri
from ecograph.namespaces import DCTERMS, ECO, FOAF, RDF
from ecograph.shacl.report import Finding, Severity
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import MemorySnapshot

SPACE = Space("albertslund")
GRAPH = graph_iri("albertslund")
LUND = graph_iri("lund")

Map = Callable[..., Mapped]


def table(name: str, content: str) -> Table:
    return read(content.encode(), name)


def thing(iri: NamedNode, cls: NamedNode, graph: NamedNode, **values: str) -> Iterable[Quad]:
    """A published thing with a name, title or number."""
    paths = {"title": DCTERMS.title, "name": FOAF.name, "cvr": ECO.cvr, "doi": ECO.doi}
    yield Quad(iri, RDF.type, cls, graph)
    for key, value in values.items():
        yield Quad(iri, paths[key], Literal(value, language="da" if key == "title" else None), graph)


@pytest.fixture
def mapped(rules: Rules) -> Map:
    """Maps tables of the partner Albertslund."""

    def run(published: Iterable[Quad] = (), space: Space = SPACE, **tables: str) -> Mapped:
        resolver = Resolver(rules.contract, rules.concepts, rules.ontology, MemorySnapshot(published))
        given = [
            (table(f"{name}.csv", content), rules.contract.template(name.replace("_", "-")))
            for name, content in tables.items()
        ]
        return map_tables(given, resolver, GRAPH, rules.headings, space)

    return run


def rows(mapped: Mapped) -> list[str]:
    """The things described, after `id/`."""
    return [iri.value.partition("/id/")[2] for iri in mapped.subjects]


def codes(mapped: Mapped) -> list[str]:
    return [finding.code for finding in mapped.findings]


class TestSpaces:
    @pytest.mark.parametrize(
        ("row", "iri"),
        [
            ("skybrud,Varsling", "need/albertslund_skybrud"),
            (",Varsling ved skybrud", "need/albertslund_varsling-ved-skybrud"),
            ("albertslund_skybrud,Varsling", "need/albertslund_skybrud"),
            ("need/albertslund_skybrud,Varsling", "need/albertslund_skybrud"),
            ("https://w3id.org/ecograph/id/need/albertslund_skybrud,Varsling", "need/albertslund_skybrud"),
        ],
    )
    def test_new_things_are_named_in_the_own_space(self, mapped: Map, row: str, iri: str) -> None:
        """
        A partner's rows get names in its own space, by id or by title.
        """
        result = mapped(need=f"id,title_da\n{row}\n")
        assert rows(result) == [iri]
        assert result.findings == ()

    @pytest.mark.parametrize(
        "given", ["need/skybrud", "lund_skybrud", "https://w3id.org/ecograph/id/need/lund_skybrud"]
    )
    def test_names_of_others_cannot_be_given(self, mapped: Map, given: str) -> None:
        """
        A name in another's space, under which nothing is published, is refused with the own name proposed.
        """
        result = mapped(need=f"id,title_da\n{given},Varsling\n")
        (found,) = result.findings
        assert (found.code, found.severity, found.row, found.column) == ("foreign-space", Severity.VIOLATION, 2, "id")
        assert found.suggestions == ("skybrud",)
        assert result.quads == ()

    def test_rows_about_others_things_are_claims(self, mapped: Map) -> None:
        """
        What a partner says of another's thing stands in its own graph, and the partner is told.
        """
        published = thing(Space("lund").iri("need", "skybrud"), ECO.Need, LUND, title="Skybrud")
        result = mapped(published, need="id,title_da\nlund_skybrud,Varsling\n")
        assert rows(result) == ["need/lund_skybrud"]
        assert {quad.graph_name for quad in result.quads} == {GRAPH}
        assert [(f.code, f.severity) for f in result.findings] == [("claim-about-other", Severity.INFO)]

    def test_others_things_keep_their_kind(self, mapped: Map) -> None:
        """
        A row cannot make another's company a network; the finding says both in words.
        """
        published = thing(thing_iri("organisation", "gate"), ECO.Company, LUND, name="Gate")
        result = mapped(published, network="id,name\norganisation/gate,Gate\n")
        (found,) = result.findings
        assert found.code == "changes-kind"
        assert "Virksomhed" in found.message("da")
        assert "Nätverk" in found.message("sv")
        assert "http" not in found.message("en")

    def test_row_of_another_kind(self, mapped: Map) -> None:
        """
        An id of another kind than the template's is no id for it.
        """
        assert codes(mapped(need="id,title_da\nproject/x,Varsling\n")) == ["foreign-space"]
        own = thing(SPACE.iri("project", "x"), ECO.Project, GRAPH, title="X")
        assert codes(mapped(own, need="id,title_da\nproject/albertslund_x,Varsling\n")) == ["changes-kind"]

    def test_common_space_is_the_registers(self, mapped: Map) -> None:
        """
        What comes with EcoGraph names things without a prefix, as before there were spaces.
        """
        assert rows(mapped(space=COMMON, need="id,title_da\nskybrud,Varsling\nneed/n2,Anden\n")) == [
            "need/skybrud",
            "need/n2",
        ]


class TestTheSameRowAgain:
    def test_published_before_there_were_spaces(self, mapped: Map) -> None:
        """
        A thing of the partner's own graph keeps the IRI it was published under.
        """
        published = thing(thing_iri("need", "skybrud"), ECO.Need, GRAPH, title="Skybrud")
        assert rows(mapped(published, need="id,title_da\nskybrud,Ny titel\n")) == ["need/skybrud"]

    @pytest.mark.parametrize("cvr", ["64942212", "DK 64 94 22 12", "dk-64942212"])
    def test_number_holds_when_the_name_changes(self, mapped: Map, cvr: str) -> None:
        """
        A row with the CVR number of an own thing is that thing, whatever it is called now.
        """
        published = thing(SPACE.iri("organisation", "gammel"), ECO.Company, GRAPH, name="Gammel A/S", cvr="64942212")
        assert rows(mapped(published, company=f"name,cvr\nNyt Navn A/S,{cvr}\n")) == ["organisation/albertslund_gammel"]

    def test_doi_holds_when_the_title_changes(self, mapped: Map) -> None:
        """
        A DOI is the same with or without its address, in whatever case.
        """
        published = thing(
            SPACE.iri("research-result", "old"), ECO.ResearchResult, GRAPH, title="Old", doi="10.5281/zenodo.1234567"
        )
        result = mapped(published, research_result="title_en,doi\nNew,https://doi.org/10.5281/Zenodo.1234567\n")
        assert rows(result) == ["research-result/albertslund_old"]

    def test_numbers_of_others_name_nothing(self, mapped: Map) -> None:
        """
        A row with the number of somebody else's thing is not taken for it.
        """
        published = thing(thing_iri("organisation", "other"), ECO.Company, LUND, name="Other", cvr="64942212")
        assert rows(mapped(published, company="name,cvr\nNyt Navn,64942212\n")) == ["organisation/albertslund_nyt-navn"]

    def test_title_holds_without_the_id(self, mapped: Map) -> None:
        """
        A row whose title an own thing has, published under an id of another form, is that thing.
        """
        published = thing(SPACE.iri("need", "n1"), ECO.Need, GRAPH, title="Varsling ved skybrud")
        assert rows(mapped(published, need="title_da\nVarsling ved skybrud\n")) == ["need/albertslund_n1"]

    def test_changed_title_with_the_id(self, mapped: Map) -> None:
        """
        With its id filled in, a row stays itself when its title changes.
        """
        published = thing(SPACE.iri("need", "n1"), ECO.Need, GRAPH, title="Før")
        assert rows(mapped(published, need="id,title_da\nn1,Efter\n")) == ["need/albertslund_n1"]

    def test_staging_twice_changes_nothing(self, rules: Rules) -> None:
        """
        What is sent again as it was changes no statement.
        """
        file = SourceFile("need.csv", b"title_da,country\nVarsling ved skybrud,dk\n")

        def staged(snapshot: Snapshot | None) -> tuple[Quad, ...]:
            return stage([file], "albertslund", rules, snapshot, space=SPACE, rows_only=True).quads

        first = staged(None)
        assert staged(MemorySnapshot(first)) == first


class TestJoinedNames:
    def test_prefix_is_said_once(self, mapped: Map) -> None:
        """
        A thing named by what it joins says the own space once, and another's space as a plain word.
        """
        published = thing(Space("lund").iri("solution", "sensor"), ECO.Solution, LUND, title="Sensor")
        result = mapped(
            published,
            solution="id,title_da\nvarsel,Varsel\n",
            deployment="solution,site\nvarsel,Bø by\nlund_sensor,Bø by\nsolution/lund_sensor,Kaj\n",
        )
        assert rows(result)[1:2] == ["deployment/albertslund_varsel--boe-by"]
        assert "deployment/albertslund_lund-sensor--kaj" in rows(result)

    def test_same_joined_twice(self, mapped: Map) -> None:
        """
        Two rows that join the same things are one thing, and the second is found with the row of the first.
        """
        result = mapped(solution="id,title_da\nvarsel,Varsel\n", deployment="solution,site\nvarsel,Kaj\nVarsel,Kaj\n")
        (found,) = result.findings
        assert (found.code, found.row) == ("duplicate-id", 3)
        assert "2" in found.message("da")


class TestFindingsOfRows:
    def test_place_is_as_written(self, mapped: Map) -> None:
        """
        A finding about a row keeps file, row and column as they are in the sheet.
        """
        result = mapped(need="\n\nID,title_da\nikke et id,Varsling\n")
        found: Finding = result.findings[0]
        assert (found.code, found.file, found.row, found.column) == ("bad-id", "need.csv", 4, "ID")
        assert found.suggestions == ("ikke-et-id",)

    def test_row_without_any_name(self, mapped: Map) -> None:
        """
        A row that nothing names says what to fill in.
        """
        (found,) = mapped(need="id,title_da,country\n,,dk\n").findings
        assert found.code == "missing-id"
        assert "Titel (da)" in found.message("da")
        assert "Titel (sv)" in found.message("sv")

    def test_row_twice_is_called_by_its_title(self, mapped: Map) -> None:
        """
        What is found about a row without an id is said with the title that is in the sheet, and with no name of ours.
        """
        (found,) = mapped(need="title_da,country\nVarsling på Ærø,dk\nVarsling på Ærø,dk\n").findings
        assert (found.code, found.value) == ("duplicate-id", "Varsling på Ærø")
