"""Facts about what an RDF file may say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.admission import Admitted, admit, cell_findings, name_finding
from ecograph.contribute.identity.ownership import judge
from ecograph.contribute.reading.table import read
from ecograph.contribute.staging import Rules, SourceFile, Staged, stage
from ecograph.identifiers import Space, graph_iri, thing_iri
from ecograph.namespaces import DCTERMS, ECO, RDF
from ecograph.shacl.report import Severity
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import MemorySnapshot

SPACE = Space("partner")
GRAPH = graph_iri("partner")
OTHERS = graph_iri("others")
OWN = "<https://w3id.org/ecograph/id/need/partner_n1>"
DENMARK = "<https://w3id.org/ecograph/concept/country/dk>"

Admit = Callable[..., Admitted]


NEED = thing_iri("need", "others_n1")
PUBLISHED = MemorySnapshot([Quad(NEED, RDF.type, ECO.Need, OTHERS)])


@pytest.fixture
def admitted(rules: Rules, prologue: str) -> Admit:
    def run(turtle: str, snapshot: Snapshot | None = PUBLISHED) -> Admitted:
        data = (prologue.replace("\n", " ") + "\n" + turtle).encode()
        return admit("more.ttl", data, GRAPH, rules.contract, SPACE, snapshot)

    return run


class TestAdmit:
    def test_what_a_template_has_is_let_in(self, admitted: Admit) -> None:
        """
        Classes and properties of the templates, about the publisher's own things, are let in as they are.
        """
        quads, findings, _ = admitted(f'{OWN} a eco:Need ; dcterms:title "Varsling"@da ; eco:country {DENMARK} .')
        assert len(quads) == 3
        assert not findings
        assert {quad.graph_name for quad in quads} == {GRAPH}

    def test_every_refused_statement_has_its_place(self, admitted: Admit) -> None:
        """
        All faults of a file come at once, each with the line and column of what is wrong.
        """
        _, findings, _ = admitted(
            f'{OWN} a eco:Need ;\n  owl:sameAs <urn:x> ;\n  dcterms:title "a\\u202Eb"@da ;\n'
            "  foaf:homepage <https://example.org/> .\neco:Need a owl:Class ."
        )
        assert [(finding.code, finding.row, finding.column) for finding in findings] == [
            ("foreign-term", 3, "3"),
            ("hidden-in-text", 4, "17"),
            ("not-in-template", 5, "3"),
            ("foreign-subject", 6, "1"),
        ]

    def test_refused_statements_do_not_come_out(self, admitted: Admit) -> None:
        """
        Of a thing that the publisher may not describe nothing is let in.
        """
        quads, findings, _ = admitted(
            '<https://w3id.org/ecograph/id/need/third_n1> a eco:Need ; dcterms:title "x"@da .'
        )
        assert not quads
        assert [finding.code for finding in findings] == ["foreign-space"]

    def test_claim_about_others(self, admitted: Admit) -> None:
        """
        What is said of another's thing is let in as a claim, without a class of its own, and is said to be one.
        """
        quads, [finding], _ = admitted(f'<{NEED.value}> dcterms:description "Også her."@da .')
        assert [quad.graph_name for quad in quads] == [GRAPH]
        assert (finding.code, finding.severity) == ("claim-about-other", Severity.INFO)

    def test_kind_of_another_s_thing(self, admitted: Admit) -> None:
        """
        Another's thing stays what it is; the finding names both kinds in the reader's language.
        """
        quads, [finding], _ = admitted(f"<{NEED.value}> a eco:Solution .")
        assert not quads
        assert finding.code == "changes-kind"
        assert "Behov" in finding.message("da")
        assert "Løsning" in finding.message("da")

    def test_names_in_messages(self, admitted: Admit) -> None:
        """
        What has no name in the file is given none in the message.
        """
        _, findings, _ = admitted("[] dcterms:title 'x'@da . _:b foaf:name 'y' .")
        assert {finding.value for finding in findings} == {"[ ]"}
        assert {finding.code for finding in findings} == {"no-class"}

    def test_letters_are_composed(self, admitted: Admit) -> None:
        """
        A letter that is put together of two characters is kept as the one it is.
        """
        quads, findings, _ = admitted(f'{OWN} a eco:Need ; dcterms:title "o\u0308de a\u030a"@sv .')
        assert not findings
        assert Literal("öde å", language="sv") in {quad.object for quad in quads}

    def test_nested_thing(self, admitted: Admit) -> None:
        """
        A thing without a name that has a class is the publisher's own thing.
        """
        quads, findings, _ = admitted(f"[] a eco:Need ; dcterms:title 'x'@da ; eco:country {DENMARK} .")
        assert not findings
        [subject] = {quad.subject for quad in quads}
        assert isinstance(subject, NamedNode)
        assert SPACE.holds(subject)


class TestJudge:
    def test_own_names_are_free(self) -> None:
        """
        Nothing stands against a name of the own space, whatever others say under it.
        """
        iri = SPACE.iri("need", "n1")
        published = MemorySnapshot([Quad(iri, RDF.type, ECO.Need, OTHERS)])
        assert judge(iri, (ECO.Solution,), SPACE, GRAPH, published) is None

    def test_published_by_oneself_only(self) -> None:
        """
        A thing that only the publisher has published keeps its name, also from before it had a space.
        """
        iri = thing_iri("need", "n1")
        own = MemorySnapshot([Quad(iri, RDF.type, ECO.Need, GRAPH)])
        assert judge(iri, (ECO.Need,), SPACE, GRAPH, own) is None
        assert judge(iri, (ECO.Need,), SPACE, OTHERS, own) == "claim-about-other"


class TestTables:
    def test_cells_are_held_to_the_same(self) -> None:
        """
        A text that shows something else than it says is a finding at its row and column, and its message shows it.
        """
        table = read("id,title_da\nn1,Varsling \u202edev\n".encode(), "need.csv", {"title_da"}.__contains__)
        [finding] = cell_findings(table)
        assert (finding.code, finding.row, finding.column) == ("hidden-in-text", 2, "title_da")
        assert "U+202E" in finding.message("en")

    @pytest.mark.parametrize("name", ["../need.csv", "a\\b.csv", "..", " ", "need\u202e.csv", "x" * 300])
    def test_names_of_files(self, name: str) -> None:
        """
        A file's name is a name and not a path.
        """
        assert name_finding(name)
        assert name_finding("Behov og løsninger (2).xlsx") is None


class TestStaged:
    def _staged(self, rules: Rules, prologue: str, turtle: str, snapshot: Snapshot | None = None) -> Staged:
        data = (prologue.replace("\n", " ") + "\n" + turtle).encode()
        return stage([SourceFile("more.ttl", data)], "partner", rules, snapshot, rows_only=True, space=SPACE)

    def test_rules_of_shapes_have_lines(self, rules: Rules, prologue: str) -> None:
        """
        What validation finds in a Turtle file has the line of what it is about.
        """
        staged = self._staged(
            rules, prologue, f"{OWN} a eco:Need ;\n dcterms:title 'x'@de ;\n eco:country {DENMARK} ;\n eco:budget -5 ."
        )
        assert {finding.row for finding in staged.report.violations} == {3, 5}
        assert {finding.file for finding in staged.report.violations} == {"more.ttl"}

    def test_reference_to_anything(self, rules: Rules, prologue: str) -> None:
        """
        What may refer to anything must refer to something that is known.
        """
        claim = "<https://w3id.org/ecograph/id/topic-claim/partner_c1> a eco:TopicClaim"
        staged = self._staged(rules, prologue, f"{claim} ; eco:about <https://w3id.org/ecograph/id/need/others_n9> .")
        assert ("unknown-thing", 2) in {(finding.code, finding.row) for finding in staged.report.violations}

    def test_texts_of_others_are_theirs(self, rules: Rules, prologue: str) -> None:
        """
        A title in a language that is not ours is a finding at its line.
        """
        staged = self._staged(
            rules,
            prologue,
            f"{OWN} a eco:Need ;\n{DCTERMS.title} 'x'@de .".replace(str(DCTERMS.title), "dcterms:title"),
        )
        assert 3 in {finding.row for finding in staged.report.violations}
