"""Facts about exports: order, languages, names, and what a spreadsheet must not run. All things are synthetic."""

from __future__ import annotations

import csv
import io

from openpyxl import load_workbook
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.exporting import all_templates, export
from ecograph.contribute.rules import Rules
from ecograph.contribute.templates.workbook import MARKER_SHEET
from ecograph.identifiers import Space, concept_iri, graph_iri, thing_iri
from ecograph.namespaces import DCTERMS, ECO, FOAF, RDF, XSD
from ecograph.store.oxigraph import MemorySnapshot

GRAPH = graph_iri("synthetic")
SPACE = Space("synthetic")
N1, N2 = SPACE.iri("need", "n1"), SPACE.iri("need", "n2")
KNOWN, TWIN_A, TWIN_B = (thing_iri("organisation", name) for name in ("known", "twin-a", "twin-b"))


def need(iri: NamedNode, title: str, *more: tuple[NamedNode, NamedNode | Literal]) -> list[Quad]:
    said = [(RDF.type, ECO.Need), (DCTERMS.title, Literal(title, language="da")), *more]
    return [Quad(iri, path, value, GRAPH) for path, value in said]


def company(iri: NamedNode, name: str) -> list[Quad]:
    return [
        Quad(iri, RDF.type, ECO.Company, graph_iri("others")),
        Quad(iri, FOAF.name, Literal(name), graph_iri("others")),
    ]


def published(*extra: Quad) -> MemorySnapshot:
    return MemorySnapshot(
        [
            *need(N2, "=1+1", (ECO.raisedBy, TWIN_A), (ECO.budget, Literal("-1.5", datatype=XSD.decimal))),
            *need(
                N1,
                "Varsling; skybrud",
                (ECO.topic, concept_iri("topic", "cloudburst")),
                (ECO.country, concept_iri("country", "se")),
                (ECO.country, concept_iri("country", "dk")),
                (ECO.raisedBy, KNOWN),
                (ECO.budget, Literal("1.872", datatype=XSD.decimal)),
                (ECO.deadline, Literal("2026-12-31", datatype=XSD.date)),
            ),
            *company(KNOWN, "Kendt A/S"),
            *company(TWIN_A, "Tvilling A/S"),
            *company(TWIN_B, "Tvilling A/S"),
            *extra,
        ],
        revision=7,
    )


def rows(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


class TestCsv:
    def test_the_same_graph_gives_the_same_bytes(self, rules: Rules) -> None:
        """
        An export is sorted, so that the same graph gives the same file.
        """
        template = rules.contract.template("need")
        first, second = (export(published(), "synthetic", template, rules) for _ in range(2))
        assert first == second
        assert [row["id"] for row in rows(first)] == ["need/synthetic_n1", "need/synthetic_n2"]

    def test_machine_form_has_slugs_and_addresses(self, rules: Rules) -> None:
        """
        The machine form means the same to everybody: kind and slug, concepts by slug, ISO dates, decimal point.
        """
        row = rows(export(published(), "synthetic", rules.contract.template("need"), rules))[0]
        assert row["topic"] == "cloudburst"
        assert row["country"] == "dk | se"
        assert row["raised_by"] == "organisation/known"
        assert row["deadline"] == "2026-12-31"
        assert row["title_da"] == "Varsling; skybrud"

    def test_a_language_has_labels_and_names(self, rules: Rules) -> None:
        """
        In a language concepts have their labels, and things the name that only they have; twins keep kind and slug.
        """
        template = rules.contract.template("need")
        first, second = rows(export(published(), "synthetic", template, rules, lang="da", space=SPACE), ";")
        assert first["id"] == "n1"
        assert first["Land"] == "Danmark | Sverige"
        assert first["Rejst af"] == "Kendt A/S"
        assert second["Rejst af"] == "organisation/twin-a"
        assert second["Budget"] == "-1,5"

    def test_no_cell_is_a_formula(self, rules: Rules) -> None:
        """
        A text that a spreadsheet would run as a formula stands behind an apostrophe; a negative number does not.
        """
        for lang, delimiter in ((None, ","), ("da", ";"), ("en", ",")):
            data = export(published(), "synthetic", rules.contract.template("need"), rules, lang=lang)  # type: ignore[arg-type]
            values = list(rows(data, delimiter)[1].values())
            assert "'=1+1" in values
            assert not any(value.startswith(("=", "+", "@", "\t")) for value in values)

    def test_numbers_cannot_be_taken_for_thousands(self, rules: Rules) -> None:
        """
        A number with three decimals gets a fourth, so that nobody reads it as thousands.
        """
        assert rows(export(published(), "synthetic", rules.contract.template("need"), rules))[0]["budget"] == "1.8720"

    def test_only_the_publishers_words_are_exported(self, rules: Rules) -> None:
        """
        What others say of a thing stays out of a publisher's export.
        """
        said = Quad(N1, DCTERMS.title, Literal("Andres ord", language="en"), graph_iri("others"))
        data = export(published(said), "synthetic", rules.contract.template("need"), rules)
        assert "Andres ord" not in data.decode()


class TestWorkbook:
    def test_cells_have_their_types(self, rules: Rules) -> None:
        """
        In a workbook dates are dates, numbers are numbers, and a text that looks like a formula is text.
        """
        data = export(published(), "synthetic", rules.contract.template("need"), rules, lang="da", form="xlsx")
        book = load_workbook(io.BytesIO(data))
        page = book.worksheets[0]
        at = {str(cell.value).removesuffix(" *"): cell.column for cell in page[1]}
        assert page.cell(2, at["Frist"]).is_date
        assert page.cell(2, at["Budget"]).value == 1.872
        assert (page.cell(3, at["Titel (da)"]).value, page.cell(3, at["Titel (da)"]).data_type) == ("=1+1", "s")
        marks = {row[0]: row[1] for row in book[MARKER_SHEET].iter_rows(values_only=True)}
        assert marks["revision"] == "7"

    def test_what_belongs_to_a_row_stands_beside_it(self, rules: Rules) -> None:
        """
        The workbook of projects has a sheet with their participations, where there are any.
        """
        project, lead = SPACE.iri("project", "p1"), SPACE.iri("participation", "p1--known--lead")
        said = [
            Quad(project, RDF.type, ECO.Project, GRAPH),
            Quad(project, DCTERMS.title, Literal("Synthetic", language="da"), GRAPH),
            Quad(lead, RDF.type, ECO.Participation, GRAPH),
            Quad(lead, ECO.project, project, GRAPH),
            Quad(lead, ECO.participant, KNOWN, GRAPH),
        ]
        template = rules.contract.template("project")
        data = export(published(*said), "synthetic", template, rules, lang="da", form="xlsx", space=SPACE)
        book = load_workbook(io.BytesIO(data))
        assert book.sheetnames[:2] == ["Projekt", "Deltagelse"]
        assert [cell.value for cell in book["Deltagelse"][2]][:3] == ["p1--known--lead", "Synthetic", "Kendt A/S"]

    def test_templates_with_content_are_known(self, rules: Rules) -> None:
        """
        One can ask of which classes a publisher has published anything.
        """
        assert [template.slug for template in all_templates(published(), "synthetic", rules)] == ["need"]
