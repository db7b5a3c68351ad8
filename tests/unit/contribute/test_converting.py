"""Facts about converting tables to Turtle and back. All rows are synthetic."""

from __future__ import annotations

import io
import zipfile

import pytest

from ecograph.contribute.converting import convert
from ecograph.contribute.rules import Rules
from ecograph.errors import RefusedFormat
from ecograph.identifiers import graph_iri
from ecograph.rdf.parsing import TURTLE, normalised, parse

TABLE = (
    "id,title_da,title_sv,country,topic,deadline,budget,raised_by\n"
    "n1,Varsling ved skybrud,Varning vid skyfall,dk,cloudburst,2026-12-31,1500.5,municipality/dk-synthetic\n"
    'n2,"Grøn; mobilitet",,dk|se,,,,\n'
)
GRAPH = graph_iri("converted")


class TestToTurtle:
    def test_a_table_becomes_turtle_that_people_can_read(self, rules: Rules) -> None:
        """
        A table becomes Turtle with prefixes, each thing once and its class first.
        """
        converted = convert(TABLE.encode(), "need.csv", "ttl", rules)
        content = converted.data.decode()
        assert converted.name == "need.ttl"
        assert converted.report.conforms
        assert "@prefix eco: <https://w3id.org/ecograph/ns#> ." in content
        assert content.count("a eco:Need") == 2
        assert '"Grøn; mobilitet"@da' in content
        assert "<https://w3id.org/ecograph/id/municipality/dk-synthetic>" in content

    def test_what_a_cell_cannot_mean_is_said(self, rules: Rules) -> None:
        """
        A name that nobody can look up is a finding and not a guess.
        """
        table = "id,title_da,country,raised_by\nn1,Skybrud,dk,Synthetic Kommune\n"
        converted = convert(table.encode(), "need.csv", "ttl", rules)
        assert [found.code for found in converted.report.violations] == ["unknown-thing"]


class TestToTables:
    @pytest.mark.parametrize("to", ["csv", "xlsx"])
    @pytest.mark.parametrize("lang", [None, "da", "sv", "en"])
    def test_there_and_back_nothing_is_lost(self, rules: Rules, to: str, lang: str | None) -> None:
        """
        Table to Turtle to table to Turtle gives the same statements, in every form and language.
        """
        turtle = convert(TABLE.encode(), "need.csv", "ttl", rules)
        table = convert(turtle.data, turtle.name, to, rules, lang=lang)  # type: ignore[arg-type]
        assert table.report.findings == ()
        back = convert(table.data, table.name, "ttl", rules)
        assert back.report.conforms
        first, second = (set(normalised(parse(each.data, TURTLE, GRAPH))) for each in (turtle, back))
        assert first == second

    def test_several_classes_become_several_tables(self, rules: Rules) -> None:
        """
        Turtle with things of several classes becomes a ZIP with one table for each.
        """
        turtle = (
            b"@prefix eco: <https://w3id.org/ecograph/ns#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
            b"@prefix id: <https://w3id.org/ecograph/id/> . @prefix dcterms: <http://purl.org/dc/terms/> .\n"
            b'<https://w3id.org/ecograph/id/need/n1> a eco:Need ; dcterms:title "Synthetic"@da .\n'
            b'<https://w3id.org/ecograph/id/organisation/o1> a eco:Company ; foaf:name "Synthetic" .\n'
        )
        converted = convert(turtle, "all.ttl", "csv", rules)
        assert converted.name == "all.zip"
        with zipfile.ZipFile(io.BytesIO(converted.data)) as archive:
            assert archive.namelist() == ["company.csv", "need.csv"]

    def test_what_has_no_column_is_named(self, rules: Rules) -> None:
        """
        A statement that no template has a place for is named, so that nobody thinks it was carried over.
        """
        turtle = b'<https://w3id.org/ecograph/id/need/n1> a <https://w3id.org/ecograph/ns#Need> ; <urn:p> "x" .\n'
        converted = convert(turtle, "need.ttl", "csv", rules)
        assert [(found.code, found.value) for found in converted.report.findings] == [
            ("not-in-a-table", "need/n1: urn:p")
        ]

    def test_formats_for_output_only_are_refused(self, rules: Rules) -> None:
        """
        RDF/XML can be downloaded but not converted here.
        """
        with pytest.raises(RefusedFormat):
            convert(b"<rdf:RDF/>", "need.rdf", "csv", rules)
