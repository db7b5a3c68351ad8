"""Rows to statements. Everything named here is synthetic."""

from __future__ import annotations

import time

import pytest
from pyoxigraph import Literal

from ecograph.contribute.identity.resolving import Resolver
from ecograph.contribute.mapping import Mapped, map_tables
from ecograph.contribute.reading.table import read
from ecograph.contribute.staging import Rules, SourceFile, stage
from ecograph.identifiers import COMMON, Space, graph_iri, thing_iri
from ecograph.namespaces import ECO
from ecograph.shacl.report import Finding, Severity

GRAPH = graph_iri("partner")


def mapped(rules: Rules, name: str, content: str, space: Space = COMMON) -> Mapped:
    table = read(content.encode(), f"{name}.csv")
    resolver = Resolver(rules.contract, rules.concepts, rules.ontology)
    return map_tables([(table, rules.contract.template(name))], resolver, GRAPH, rules.headings, space)


def only(mapped: Mapped) -> Finding:
    (found,) = mapped.findings
    return found


class TestNumbers:
    @pytest.mark.parametrize(
        ("key", "cell", "label"),
        [
            ("cvr", "64942213", "CVR-nummer"),
            ("organisation_number", "556012-5791", "Organisationsnummer"),
            ("ror", "https://ror.org/04qtj9h95", "ROR-id"),
        ],
    )
    def test_wrong_check_digit(self, rules: Rules, key: str, cell: str, label: str) -> None:
        """
        A mistyped number is a violation at its cell, and states nothing.
        """
        result = mapped(rules, "company", f"id,name,{key}\nc1,Firma,{cell}\n")
        found = only(result)
        assert (found.code, found.severity) == ("bad-check-digit", Severity.VIOLATION)
        assert (found.row, found.column, found.value) == (2, key, cell)
        assert label in found.message("da")
        assert not any(quad.object.value == cell for quad in result.quads if not hasattr(quad.object, "triple"))

    @pytest.mark.parametrize("cell", ["DK 64 94 22 12", "64942212"])
    def test_forms_of_a_number(self, rules: Rules, cell: str) -> None:
        """
        A number is stated in the form of its register, however it is written.
        """
        result = mapped(rules, "company", f"id,name,cvr\nc1,Firma,{cell}\n")
        assert (thing_iri("organisation", "c1"), ECO.cvr, Literal("64942212")) in result.origins

    def test_rdf_is_asked_the_same(self, rules: Rules, prologue: str) -> None:
        """
        A mistyped number in Turtle is the same violation.
        """
        content = f'{prologue}<https://w3id.org/ecograph/id/organisation/c1> a eco:Company ; eco:cvr "64942213" .'
        report = stage([SourceFile("c.ttl", content.encode())], "partner", rules, None, rows_only=True).report
        assert [(f.file, f.value) for f in report.violations if f.code == "bad-check-digit"] == [("c.ttl", "64942213")]


class TestReferences:
    def test_loose_reading_is_said_at_the_cell(self, rules: Rules) -> None:
        """
        A reference that was read loosely is stated, and said with row, column and the name it was read as.
        """
        result = mapped(
            rules,
            "company",
            "id,name,country,part_of\nc1,Eksempel Gruppen A/S,dk,\nc2,Datter,dk,Eksempel Gruppen\n",
        )
        found = only(result)
        assert (found.code, found.severity, found.row, found.column) == ("read-as", Severity.INFO, 3, "part_of")
        assert "Eksempel Gruppen A/S" in found.message("sv")
        assert any(quad.object == thing_iri("organisation", "c1") for quad in result.quads)

    def test_values_with_separators(self, rules: Rules) -> None:
        r"""
        A value that holds a separator is kept whole by a backslash before it.
        """
        result = mapped(rules, "company", "id,name,alternative_name\nc1,Firma,R&D\\; tests; Drift\n")
        stated = {quad.object.value for quad in result.quads if isinstance(quad.object, Literal)}
        assert stated == {"Firma", "R&D; tests", "Drift"}


class TestManyRows:
    def test_twenty_thousand_rows(self, rules: Rules) -> None:
        """
        The largest table there may be is mapped in seconds.
        """
        rows = "".join(f"n{at},Behov {at},Noget skal ske {at}.,cloudburst,dk\n" for at in range(20_000))
        content = f"id,title_da,description_da,topic,country\n{rows}"
        start = time.process_time()
        result = mapped(rules, "need", content, Space("partner"))
        assert time.process_time() - start < 10
        assert len(result.quads) == 100_000
        assert result.findings == ()
