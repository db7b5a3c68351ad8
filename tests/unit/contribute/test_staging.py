"""Facts about contributions on their way in."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.identity.resolving import Resolver
from ecograph.contribute.mapping import map_table
from ecograph.contribute.reading.table import Reading, Row, Table
from ecograph.contribute.staging import (
    Rules,
    SourceFile,
    Staged,
    faulty_rows,
    in_order,
    pack,
    stage,
    stage_folder,
    unpack,
)
from ecograph.errors import MissingRequirement, Rejected
from ecograph.identifiers import Space, concept_iri, thing_iri
from ecograph.namespaces import DCTERMS, ECO, GRAPH, PROVENANCE_GRAPH, RDF, VOID
from ecograph.shacl.report import Finding
from ecograph.store.oxigraph import MemorySnapshot

Stage = Callable[..., Staged]
N1 = thing_iri("need", "n1")
DK, SE = thing_iri("municipality", "dk-synthetic"), thing_iri("municipality", "se-synthetic")
HEADER = "id,title_da,description_da,topic,country,raised_by\n"


def _resolver(rules: Rules) -> Resolver:
    return Resolver(rules.contract, rules.concepts, rules.ontology, MemorySnapshot())


def _found(staged: Staged, code: str) -> list[Finding]:
    return [finding for finding in staged.report.findings if finding.code == code]


def _places(staged: Staged, code: str) -> list[tuple[str | None, int | None, str | None]]:
    return [(item.file, item.row, item.column) for item in _found(staged, code)]


def _objects(staged: Staged, subject: NamedNode, predicate: NamedNode) -> set[str]:
    return {quad.object.value for quad in staged.quads if (quad.subject, quad.predicate) == (subject, predicate)}  # type: ignore[union-attr]


class TestGoodContribution:
    def test_it_can_be_published(self, staged: Stage) -> None:
        """
        A faultless contribution has no finding, and everything is in the publisher's graph.
        """
        result = staged()
        assert result.report.findings == ()
        assert {quad.graph_name for quad in result.quads} == {GRAPH.synthetic}
        assert result.title == "Synthetic"
        assert {table.file for table in result.tables} == {"municipality.csv", "need.csv"}

    def test_cells_become_statements(self, staged: Stage) -> None:
        """
        A row becomes a thing with its class, and each cell a statement; codes and slugs find what they name.
        """
        result = staged()
        assert Quad(N1, RDF.type, ECO.Need, GRAPH.synthetic) in result.quads
        assert Quad(N1, DCTERMS.title, Literal("Varsling ved skybrud", language="da"), GRAPH.synthetic) in result.quads
        assert _objects(result, N1, ECO.topic) == {concept_iri("topic", "cloudburst").value}
        assert _objects(result, N1, ECO.raisedBy) == {DK.value}
        assert _objects(result, N1, DCTERMS.spatial) == {DK.value}

    def test_every_statement_remembers_its_cell(self, staged: Stage) -> None:
        """
        It is known for each statement from which file, row and column it came.
        """
        result = staged()
        place = result.mapped.origins[(N1, ECO.topic, concept_iri("topic", "cloudburst"))]
        assert (place.file, place.row, place.column) == ("need.csv", 2, "topic")

    def test_same_files_same_bytes(self, staged: Stage) -> None:
        """
        The same files have the same digest, whenever they are sent.
        """
        assert staged().sha256 == staged().sha256
        files = [SourceFile("b.csv", b"2"), SourceFile("a.csv", b"1")]
        assert {file.name: file.data for file in unpack(pack(files), "")} == {"a.csv": b"1", "b.csv": b"2"}
        assert unpack(pack(files[:1]), "b.csv") == (files[0],)


class TestReferences:
    @pytest.mark.parametrize(
        "cell",
        [
            "municipality/se-synthetic",
            "https://w3id.org/ecograph/id/municipality/se-synthetic",
            "se-synthetic",
            "9902",
            "Synthetiska kommun",
            "SYNTHETISKA  KOMMUN",
        ],
    )
    def test_a_thing_is_found_by_what_people_write(self, staged: Stage, cell: str) -> None:
        """
        A thing is found by address, slug, code or name, whatever the case.
        """
        result = staged(need=f"{HEADER}n1,Titel,Tekst,cloudburst,dk,{cell}\n")
        assert _objects(result, N1, ECO.raisedBy) == {SE.value}, result.report.findings

    def test_published_things_are_found(self, staged: Stage) -> None:
        """
        What others have published can be referred to by slug, code and name.
        """
        other = thing_iri("municipality", "dk-other")
        graph = GRAPH.other
        snapshot = MemorySnapshot(
            [
                Quad(other, RDF.type, ECO.Municipality, graph),
                Quad(other, ECO.municipalityCode, Literal("9909"), graph),
                Quad(other, NamedNode("http://xmlns.com/foaf/0.1/name"), Literal("Øster Synthetic"), graph),
            ]
        )
        for cell in ("dk-other", "9909", "Öster Synthetic"):
            result = staged(snapshot, need=f"{HEADER}n1,Titel,Tekst,cloudburst,dk,{cell}\n")
            assert _objects(result, N1, ECO.raisedBy) == {other.value}, result.report.findings
            assert result.conforms

    def test_own_old_graph_is_no_support(self, staged: Stage) -> None:
        """
        A contribution that replaces the publisher's graph cannot refer to what it leaves out.
        """
        gone = thing_iri("municipality", "dk-gone")
        snapshot = MemorySnapshot([Quad(gone, RDF.type, ECO.Municipality, GRAPH.synthetic)])
        result = staged(snapshot, need=f"{HEADER}n1,Titel,Tekst,cloudburst,dk,dk-gone\n")
        assert _places(result, "unknown-thing") == [("need.csv", 2, "raised_by")]

    def test_rows_without_id_are_named_by_what_they_join(self, staged: Stage) -> None:
        """
        A row that joins things is named by them, so that sending it again does not make another.
        """
        result = staged(
            solution="id,title_en,kind,topic\ns1,Synthetic sensor,service,cloudburst\n",
            deployment="solution,site,stage,territory\ns1,Bø by,in-use,se-synthetic\n",
        )
        assert thing_iri("deployment", "s1--boe-by") in {quad.subject for quad in result.quads}
        assert result.conforms, result.report.violations

    def test_rows_without_id_are_named_by_their_title(self, staged: Stage) -> None:
        """
        Where a row has no id, its title names it.
        """
        result = staged(need="title_sv,description_sv,topic,country\nVärme i Malmö,Text,energy,se\n")
        assert thing_iri("need", "vaerme-i-malmoe") in {quad.subject for quad in result.quads}


class TestFindings:
    def test_all_at_once_with_row_and_column(self, staged: Stage) -> None:
        """
        Every fault of every file is found in one check, each at the row and column of the person's sheet.
        """
        result = staged(
            need="id;Titel (dansk);Budjet;budget;currency;deadline;topic;country;raised_by\n"
            "n1;Første;x;1.700.000,50;dkk;31.12.2026;cloudbrust;dk;Synthetic Komune\n"
            "n1;Dublet;;;;;;dk;\n"
            ";;;;;;water;dk;\n"
            "n2;Anden;;mange;dkk;2026-13-01;water;zz;9901\n"
        )
        assert _places(result, "unknown-column") == [("need.csv", 1, "Budjet")]
        assert _places(result, "unknown-concept") == [("need.csv", 2, "topic"), ("need.csv", 5, "country")]
        assert _places(result, "unknown-thing") == [("need.csv", 2, "raised_by")]
        assert _places(result, "duplicate-id") == [("need.csv", 3, "id")]
        assert _places(result, "missing-id") == [("need.csv", 4, "id")]
        assert _places(result, "bad-number") == [("need.csv", 5, "budget")]
        assert _places(result, "bad-date") == [("need.csv", 5, "deadline")]
        with pytest.raises(Rejected) as caught:
            result.require_publishable()
        assert caught.value.values["count"] == 8

    def test_did_you_mean(self, staged: Stage) -> None:
        """
        A misspelt heading, concept or name is answered with what was likely meant.
        """
        result = staged(need="id,title_da,Budjet,topic,country,raised_by\nn1,Titel,5,cloudbrust,dk,Synthetic Komune\n")
        assert _found(result, "unknown-column")[0].suggestions[0] == "budget"
        assert "Cloudburst" in _found(result, "unknown-concept")[0].suggestions
        assert _found(result, "unknown-thing")[0].suggestions[0] == "Synthetic Kommune"

    def test_heading_without_its_language(self, staged: Stage) -> None:
        """
        A heading of texts that does not say their language is answered with the three there are.
        """
        result = staged(need="id,Titel,country\nn1,Noget,dk\n")
        assert _found(result, "unknown-column")[0].suggestions == ("title_da", "title_sv", "title_en")

    def test_missing_cell_is_found_at_its_column(self, staged: Stage) -> None:
        """
        A missing mandatory value is found in the row that lacks it, under the column where it belongs.
        """
        result = staged(need="id,title_da,Land\nn1,Noget,\n")
        assert ("need.csv", 2, "Land") in _places(result, "min-count")
        assert not result.conforms

    def test_nothing_is_said_twice(self, staged: Stage) -> None:
        """
        A cell that could not be read is not reported as missing as well.
        """
        result = staged(need="id,title_da,country\nn1,Noget,zz\n")
        assert [finding.code for finding in result.report.violations] == ["unknown-concept"]

    def test_wrong_kind_of_thing(self, staged: Stage) -> None:
        """
        A reference to a known thing of another kind says what it is and what is wanted.
        """
        result = staged(need=f"{HEADER}n1,Titel,Tekst,cloudburst,dk,need/n1\n")
        assert _places(result, "wrong-kind") == [("need.csv", 2, "raised_by")]

    def test_cells_outside_the_table(self, staged: Stage) -> None:
        """
        A cell under no heading is not lost in silence.
        """
        result = staged(need="id,title_da,country\nn1,Noget,dk,and more\n")
        assert _found(result, "unnamed-column")[0].value == "and more"

    def test_warnings_pass(self, staged: Stage) -> None:
        """
        A warning informs the reviewer and stops nothing.
        """
        result = staged(need="id,title_da,description_da,country,raised_by\nn1,Noget,Tekst,dk,9901\n")
        assert [finding.code for finding in result.report.warnings] == ["min-count"]
        assert result.conforms

    def test_unreadable_files_do_not_hide_the_others(self, staged: Stage) -> None:
        """
        A file that cannot be read at all is a finding beside those of the other files.
        """
        broken = SourceFile("x.ttl", b"@prefix x: <urn:x:> .\nx:a x:b ; .\nx:c")
        result = staged(extra=(broken, SourceFile("need.xlsx", b"PK\x03\x04"), SourceFile("what.csv", b"q\n1\n")))
        assert {finding.code for finding in result.report.violations} == {
            "syntax",
            "unreadable-table",
            "unknown-template",
        }
        assert _found(result, "syntax")[0].row in (2, 3)

    def test_output_formats_are_refused(self, staged: Stage) -> None:
        """
        JSON-LD is for output; as input it is a finding that says what to use.
        """
        result = staged(extra=(SourceFile("x.jsonld", b"{}"),))
        assert [finding.code for finding in result.report.violations] == ["refused-format"]

    def test_contribution_without_description(self, rules: Rules) -> None:
        """
        A contribution says who publishes it and under which licence, or it is not published.
        """
        result = stage(
            [SourceFile("municipality.csv", b"id,name,code,country\nx,X,9901,dk\n")], "synthetic", rules, None
        )
        assert [finding.code for finding in result.report.violations] == ["missing-description"]

    def test_incomplete_description(self, rules: Rules, prologue: str) -> None:
        """
        A description that lacks title, licence or date is found in its file.
        """
        turtle = (
            f"{prologue}<https://w3id.org/ecograph/id/contribution/synthetic> a eco:Contribution ; sh:closed true ."
        )
        table = SourceFile("municipality.csv", b"id,name,code,country\nx,X,9901,dk\n")
        result = stage([SourceFile("dataset.ttl", turtle.encode()), table], "synthetic", rules, None)
        assert {finding.file for finding in result.report.violations} == {"dataset.ttl"}
        assert "foreign-term" in {finding.code for finding in result.report.violations}


class TestAnyCell:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=8, max_size=8))
    def test_whatever_a_cell_holds_is_a_statement_or_a_finding(self, rules: Rules, cells: list[str]) -> None:
        """
        No content of a cell breaks the reading of a table: it becomes a statement or a finding.
        """
        columns = ("id", "title_da", "topic", "budget", "deadline", "raised_by", "territory", "source")
        row = Row(2, tuple(cell.strip() for cell in cells))
        table = Table("need.csv", columns, (row,), Reading("csv", "UTF-8", ","))
        mapped = map_table(table, rules.contract.template("need"), _resolver(rules), GRAPH.synthetic, rules.headings)
        assert mapped.quads or mapped.findings


class TestTurtle:
    def _stage(self, rules: Rules, prologue: str, turtle: str, dataset: SourceFile) -> Staged:
        return stage([dataset, SourceFile("x.ttl", (prologue + turtle).encode())], "synthetic", rules, None)

    def test_same_facts_same_statements(
        self, rules: Rules, prologue: str, dataset_file: Callable[..., SourceFile], staged: Stage
    ) -> None:
        """
        Turtle and a table that state the same facts give the same statements.
        """
        turtle = f"""<{DK.value}> a eco:Municipality ; foaf:name "Synthetic Kommune" ; eco:municipalityCode "9901" ;
            eco:country <https://w3id.org/ecograph/concept/country/dk> .
            <{SE.value}> a eco:Municipality ; foaf:name "Synthetiska kommun" ; eco:municipalityCode "9902" ;
            eco:country <https://w3id.org/ecograph/concept/country/se> ."""
        result = self._stage(rules, prologue, turtle, dataset_file())
        assert result.conforms, result.report.violations
        assert set(result.quads) == set(staged(need="").quads)

    @pytest.mark.parametrize(
        ("turtle", "code"),
        [
            (f"<{DK.value}> owl:sameAs <urn:x> .", "foreign-term"),
            (f"<{DK.value}> rdfs:subClassOf eco:Actor .", "foreign-term"),
            (f"<{DK.value}> sh:property <urn:x> .", "foreign-term"),
            (f"<{DK.value}> a owl:Class .", "foreign-class"),
            (f"<{DK.value}> a eco:Need .", "foreign-class"),
            ("eco:Need dcterms:title 'mine'@en .", "foreign-subject"),
            ("ecosh:Need dcterms:title 'mine'@en .", "foreign-subject"),
            ("<https://w3id.org/ecograph/concept/topic/water> skos:prefLabel 'mine'@en .", "foreign-subject"),
            ("<urn:x> a eco:Need .", "foreign-subject"),
        ],
    )
    def test_vocabulary_is_closed(
        self, rules: Rules, prologue: str, dataset_file: Callable[..., SourceFile], turtle: str, code: str
    ) -> None:
        """
        A contribution cannot change what words mean: each statement that would is a finding and goes nowhere.
        """
        result = self._stage(rules, prologue, turtle, dataset_file())
        assert code in {finding.code for finding in result.report.violations}
        assert result.quads == ()


class TestPatch:
    def test_replacing_removes_what_is_left_out(self, staged: Stage) -> None:
        """
        A folder replaces what its publisher had, and touches nobody else's graph.
        """
        old = Quad(thing_iri("need", "old"), RDF.type, ECO.Need, GRAPH.synthetic)
        others = Quad(thing_iri("need", "others"), RDF.type, ECO.Need, GRAPH.other)
        patch = staged().patch(MemorySnapshot([old, others]))
        assert patch.removals == (old,)
        assert {quad.graph_name for quad in patch.additions} == {GRAPH.synthetic, PROVENANCE_GRAPH}

    def test_second_time_changes_nothing(self, staged: Stage) -> None:
        """
        Sending the same folder again is no change.
        """
        published = MemorySnapshot(staged().patch(MemorySnapshot()).additions)
        assert not staged(published).patch(published)

    def test_merging_replaces_what_the_file_describes(self, staged: Stage, rules: Rules) -> None:
        """
        A single file replaces the things it describes and leaves the publisher's others as they are.
        """
        published = MemorySnapshot(staged().patch(MemorySnapshot()).additions)
        table = b"id,title_da,description_da,topic,country\nn1,Ny titel,Tekst,water,dk\n"
        result = stage([SourceFile("need.csv", table)], "synthetic", rules, published)
        assert not result.report.violations
        patch = result.patch(published)
        assert {quad.subject for quad in patch.removals if quad.graph_name == GRAPH.synthetic} == {N1}
        after = (set(published.quads()) - set(patch.removals)) | set(patch.additions)
        assert Quad(DK, RDF.type, ECO.Municipality, GRAPH.synthetic) in after
        [count] = [quad.object for quad in after if (quad.subject, quad.predicate) == (GRAPH.synthetic, VOID.triples)]
        assert count.value == str(sum(1 for quad in after if quad.graph_name == GRAPH.synthetic))  # type: ignore[union-attr]


class TestReplacing:
    def test_other_kinds_stay(self, staged: Stage, rules: Rules) -> None:
        """
        Replacing lets go the publisher's things of the kinds that the files speak of, and no others.
        """
        published = MemorySnapshot(staged().patch(MemorySnapshot()).additions)
        table = SourceFile("need.csv", b"id,title_da,country\nn2,Et andet behov,dk\n")
        result = stage([table], "synthetic", rules, published, mode="replace")
        assert result.leaves_behind(published) == {N1}
        patch = result.patch(published)
        assert {quad.subject for quad in patch.removals if quad.graph_name == GRAPH.synthetic} == {N1}

    def test_what_is_used_cannot_go(self, staged: Stage, rules: Rules) -> None:
        """
        A thing that others of the graph must refer to cannot be replaced away; what breaks is named.
        """
        published = MemorySnapshot(staged().patch(MemorySnapshot()).additions)
        table = SourceFile("municipality.csv", b"id,name,code,country\nse-synthetic,Synthetiska kommun,9902,se\n")
        result = stage([table], "synthetic", rules, published, mode="replace")
        assert {finding.focus for finding in result.report.violations} == {N1}
        assert {finding.code for finding in result.report.violations} == {"affects-other"}


class TestLeavingOut:
    NEEDS = f"{HEADER}n1,Titel,Tekst,cloudburst,dk,{DK.value}\nn2,Titel,Tekst,skyklud,dk,{DK.value}\n"

    def test_rows_by_number(self, staged: Stage) -> None:
        """
        Rows that are left out by number are not there, and neither are their findings.
        """
        result = staged(need=self.NEEDS, leave_out={"need.csv": (3,)})
        assert result.conforms, result.report.violations
        assert result.left_out == {"need.csv": (3,)}
        assert thing_iri("need", "n2") not in {quad.subject for quad in result.quads}

    def test_faulty_rows(self, staged: Stage) -> None:
        """
        The rows with a violation are known by their file.
        """
        assert faulty_rows(staged(need=self.NEEDS)) == {"need.csv": (3,)}
        assert faulty_rows(staged()) == {}

    def test_what_refers_to_a_faulty_row_stays_back_too(self, staged: Stage) -> None:
        """
        Where a row is left out, so are the rows that refer to it, and those that refer to them.
        """
        result = staged(
            solution="id,title_en,kind,topic\ns1,Sensor,no-such-kind,cloudburst\ns2,Valve,service,cloudburst\n",
            deployment="id,solution,site,stage\nd1,s1,Havnen,in-use\nd2,s2,Havnen,in-use\n",
            leave_out="faulty",
        )
        assert result.left_out == {"solution.csv": (2,), "deployment.csv": (2,)}, result.report.violations
        assert result.conforms
        assert thing_iri("deployment", "d2") in {quad.subject for quad in result.quads}

    def test_what_no_row_is_to_blame_for(self, staged: Stage) -> None:
        """
        A fault of the whole file cannot be left out: it still stops publication.
        """
        result = staged(extra=(SourceFile("x.ttl", b"@prefix"),), need=self.NEEDS, leave_out="faulty")
        assert result.left_out == {"need.csv": (3,)}
        assert [finding.code for finding in result.report.violations] == ["syntax"]

    def test_things_of_turtle(self, rules: Rules, prologue: str, dataset_file: Callable[..., SourceFile]) -> None:
        """
        Of an RDF file the things with a violation are left out, and those that refer to them.
        """
        turtle = f"""{prologue}
            <{DK.value}> a eco:Municipality ; foaf:name "Synthetic Kommune" ;
                eco:country <https://w3id.org/ecograph/concept/country/dk> .
            <{SE.value}> a eco:Municipality ; foaf:name "Synthetiska kommun" ; eco:municipalityCode "9902" ;
                eco:country <https://w3id.org/ecograph/concept/country/se> .
            <{N1.value}> a eco:Need ; dcterms:title "Titel"@da ; dcterms:description "Tekst"@da ;
                eco:country <https://w3id.org/ecograph/concept/country/dk> ;
                eco:topic <https://w3id.org/ecograph/concept/topic/cloudburst> ; eco:raisedBy <{DK.value}> .
        """
        files = [dataset_file(), SourceFile("x.ttl", turtle.encode())]
        result = stage(files, "synthetic", rules, None, leave_out="faulty")
        assert result.conforms, result.report.violations
        assert set(result.left_out["x.ttl"]) == {"municipality/dk-synthetic", "need/n1"}
        assert {quad.subject for quad in result.quads} == {SE}


class TestAgain:
    def test_nothing_new_is_said(self, staged: Stage, rules: Rules) -> None:
        """
        A file whose content is published already is told so.
        """
        published = MemorySnapshot(staged().patch(MemorySnapshot()).additions)
        assert "unchanged" in {finding.code for finding in staged(published).report.findings}
        assert "unchanged" not in {finding.code for finding in staged().report.findings}

    def test_checked_against_another_state(self, rules: Rules, staged: Stage) -> None:
        """
        A contribution that was right is checked again without its files, against a graph where it no longer holds.
        """
        published = MemorySnapshot(staged().patch(MemorySnapshot()).additions)
        table = SourceFile("need.csv", f"{HEADER}n2,Titel,Tekst,cloudburst,dk,{DK.value}\n".encode())
        result = stage([table], "synthetic", rules, published)
        assert result.conforms, result.report.violations
        without = MemorySnapshot((quad for quad in published.quads() if quad.subject != DK), revision=7)
        again = result.rechecked(without, rules)
        assert again.revision == 7
        assert ("need.csv", 2, "raised_by") in {(item.file, item.row, item.column) for item in again.report.violations}

    def test_thing_of_others_that_is_gone(self, rules: Rules) -> None:
        """
        What a partner says of another's thing holds as long as the other publishes it.
        """
        theirs = MemorySnapshot(
            [
                Quad(N1, RDF.type, ECO.Need, GRAPH.other),
                Quad(N1, DCTERMS.title, Literal("Et behov", language="da"), GRAPH.other),
                Quad(N1, ECO.country, concept_iri("country", "dk"), GRAPH.other),
            ]
        )
        table = SourceFile("need.csv", b"id,title_sv,country\nneed/n1,Ett behov,dk\n")
        result = stage([table], "shore", rules, theirs, space=Space("shore"), rows_only=True)
        assert "claim-about-other" in {finding.code for finding in result.report.findings}
        assert result.conforms, result.report.violations
        again = result.rechecked(MemorySnapshot(), rules)
        assert [finding.code for finding in again.report.violations] == ["foreign-space"]

    def test_survives_the_way_between_processes(self, staged: Stage) -> None:
        """
        What was staged in one process says the same in another.
        """
        result = staged(need=TestLeavingOut.NEEDS)
        assert pickle.loads(pickle.dumps(result)) == result


class TestDescription:
    def test_partners_are_described_by_their_registration(
        self, rules: Rules, dataset_file: Callable[..., SourceFile]
    ) -> None:
        """
        Where it is known whose words they are, a description in the files is not used, and that is said.
        """
        described = stage([dataset_file()], "synthetic", rules, None).provenance
        table = SourceFile("municipality.csv", b"id,name,code,country\nx,X,9901,dk\n")
        other = SourceFile("dataset.ttl", dataset_file().data.replace(b"Synthetic publisher", b"Somebody else"))
        result = stage([other, table], "synthetic", rules, None, description=described)
        assert result.provenance == described
        assert [finding.code for finding in result.report.findings] == ["description-known"]

    def test_another_licence_than_the_partners(self, rules: Rules, dataset_file: Callable[..., SourceFile]) -> None:
        """
        A description that names another licence than the one agreed to is not used, and the reviewer sees both.
        """
        described = stage([dataset_file()], "synthetic", rules, None).provenance
        table = SourceFile("municipality.csv", b"id,name,code,country\nx,X,9901,dk\n")
        other = SourceFile(
            "dataset.ttl", re.sub(rb"(dcterms:license) <[^>]*>", rb"\1 <https://x.org/>", dataset_file().data)
        )
        result = stage([other, table], "synthetic", rules, None, description=described)
        (found,) = result.report.warnings
        assert (found.code, found.value) == ("other-licence", "https://x.org/")
        assert result.provenance == described

    def test_template_by_its_name(self, rules: Rules, dataset_file: Callable[..., SourceFile]) -> None:
        """
        The template of a table may be named as its readers call it.
        """
        table = SourceFile("ark1.csv", b"Navn;Land\nX;DK\n")
        result = stage([dataset_file(), table], "synthetic", rules, None, template="Kommune")
        assert not _found(result, "unknown-template")
        assert {finding.column for finding in _found(result, "unknown-column")} == set()
        assert len(result.mapped.subjects) == 1

    def test_two_files_of_one_name(self, rules: Rules, dataset_file: Callable[..., SourceFile]) -> None:
        """
        Two files that happen to have the same name are both read, and told apart.
        """
        tables = [
            SourceFile("municipality.csv", f"id,name,code,country\nx{code},X,{code},dk\n".encode())
            for code in (9901, 9902)
        ]
        result = stage([dataset_file(), *tables], "synthetic", rules, None)
        assert {table.file for table in result.tables} == {"municipality.csv", "municipality (2).csv"}
        assert len(result.mapped.subjects) == 2


class TestInOrder:
    def _folder(self, root: Path, name: str, dataset: SourceFile) -> Path:
        folder = root / name
        folder.mkdir()
        (folder / "dataset.ttl").write_bytes(dataset.data)
        return folder

    def _requires(self, *names: str) -> str:
        iris = ", ".join(f"<https://w3id.org/ecograph/id/contribution/{name}>" for name in names)
        return f"; dcterms:requires {iris}"

    def test_what_is_required_comes_first(
        self, tmp_path: Path, rules: Rules, dataset_file: Callable[..., SourceFile]
    ) -> None:
        """
        A folder is loaded after those it builds on.
        """
        a = self._folder(tmp_path, "a", dataset_file("a", self._requires("c")))
        b = self._folder(tmp_path, "b", dataset_file("b"))
        c = self._folder(tmp_path, "c", dataset_file("c", self._requires("b")))
        assert in_order([a, b, c], rules) == (b, c, a)

    def test_what_is_nowhere_is_named(
        self, tmp_path: Path, rules: Rules, dataset_file: Callable[..., SourceFile]
    ) -> None:
        """
        A folder that builds on something that is nowhere is refused by name, unless it is published already.
        """
        a = self._folder(tmp_path, "a", dataset_file("a", self._requires("gone")))
        with pytest.raises(MissingRequirement) as caught:
            in_order([a], rules)
        assert caught.value.values["missing"] == "gone"
        assert in_order([a], rules, [thing_iri("contribution", "gone")]) == (a,)

    def test_folders_that_require_each_other(
        self, tmp_path: Path, rules: Rules, dataset_file: Callable[..., SourceFile]
    ) -> None:
        """
        Two folders that build on each other are refused.
        """
        a = self._folder(tmp_path, "a", dataset_file("a", self._requires("b")))
        b = self._folder(tmp_path, "b", dataset_file("b", self._requires("a")))
        with pytest.raises(MissingRequirement):
            in_order([a, b], rules)

    def test_folder_is_staged_with_its_tables(
        self, tmp_path: Path, rules: Rules, dataset_file: Callable[..., SourceFile]
    ) -> None:
        """
        A folder's tables are staged, its notes are not.
        """
        folder = self._folder(tmp_path, "a", dataset_file("a"))
        (folder / "municipality.csv").write_text("id,name,code,country\nx,X,9901,dk\n", encoding="utf-8")
        (folder / "NOTES.md").write_text("not data", encoding="utf-8")
        result = stage_folder(folder, rules, None)
        assert result.conforms, result.report.violations
        assert result.mode == "whole"
