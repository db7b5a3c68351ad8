"""Facts about templates: workbook, example row, Table Schema, JSON Schema."""

from __future__ import annotations

import csv
import io

import jsonschema
import pytest
from openpyxl import load_workbook

from ecograph.contribute.packing import SourceFile
from ecograph.contribute.reading.table import read_tables
from ecograph.contribute.rules import Rules
from ecograph.contribute.staging import stage
from ecograph.contribute.templates.example import (
    example_json,
    example_row,
    is_example,
    template_csv,
    without_example,
)
from ecograph.contribute.templates.json_schema import DIALECT, json_schema
from ecograph.contribute.templates.table_schema import table_schema
from ecograph.contribute.templates.workbook import LISTS_SHEET, MARKER_SHEET, template_xlsx
from ecograph.contribute.writing import headings
from ecograph.messages import LANGUAGES, Language
from ecograph.shacl.contract import ID_COLUMN

SLUGS = ("need", "solution", "project", "company", "municipality", "capability-claim", "call")
each_template = pytest.mark.parametrize("slug", SLUGS)
each_language = pytest.mark.parametrize("lang", LANGUAGES)


class TestWorkbook:
    @each_template
    @each_language
    def test_headings_are_in_the_language(self, rules: Rules, slug: str, lang: Language) -> None:
        """
        A workbook's first sheet is named after the class and has its headings, required ones with a star.
        """
        template = rules.contract.template(slug)
        book = load_workbook(io.BytesIO(template_xlsx(template, rules, lang)))
        page = book[book.sheetnames[0]]
        assert page.title == template.names[lang]
        shown = [str(cell.value) for cell in page[1]]
        assert [heading.removesuffix(" *") for heading in shown] == list(headings(template, lang))
        starred = {heading.removesuffix(" *") for heading in shown if heading.endswith(" *")}
        assert starred == {c.heading(lang) for c in template.columns if c.required and c.lang in (None, lang)}
        assert page.freeze_panes == "B2"

    @each_language
    def test_lists_are_in_the_language(self, rules: Rules, lang: Language) -> None:
        """
        A column of concepts has a drop-down with labels that the reader understands and the import knows again.
        """
        book = load_workbook(io.BytesIO(template_xlsx(rules.contract.template("need"), rules, lang)))
        lists = {
            str(column[0].value): [str(cell.value) for cell in column[1:] if cell.value]
            for column in book[LISTS_SHEET].columns
        }
        assert book[LISTS_SHEET].sheet_state == "hidden"
        assert set(lists) == {"topic", "capability", "currency", "urgency", "need-status", "country"}
        for scheme, labels in lists.items():
            found = [rules.concepts.find(label, scheme) for label in labels]
            assert set(found) == set(rules.concepts.in_scheme(scheme))
        assert lists["urgency"] == [rules.concepts.label(c, lang) for c in rules.concepts.in_scheme("urgency")]

    def test_lists_stop_or_warn(self, rules: Rules) -> None:
        """
        A drop-down stops a wrong value; where several values may stand in one cell it only asks.
        """
        template = rules.contract.template("need")
        page = load_workbook(io.BytesIO(template_xlsx(template, rules, "da"))).worksheets[0]
        styles = {str(v.sqref): v.errorStyle for v in page.data_validations.dataValidation if v.type == "list"}
        columns = {cell.column_letter: template.columns[cell.column - 2] for cell in page[1][1:]}
        assert {
            columns[area.partition("2:")[0]].key: "stop" if style in (None, "stop") else style
            for area, style in styles.items()
        } == {
            "topic": "warning",
            "capability": "warning",
            "country": "warning",
            "currency": "stop",
            "urgency": "stop",
            "status": "stop",
        }

    def test_codes_are_text_and_dates_are_dates(self, rules: Rules) -> None:
        """
        A column of codes keeps its zeros because it is formatted as text; a column of dates shows dates.
        """
        template = rules.contract.template("municipality")
        page = load_workbook(io.BytesIO(template_xlsx(template, rules, "da"))).worksheets[0]
        letters = {template.columns[cell.column - 2].key: cell.column_letter for cell in page[1][1:]}
        assert page.column_dimensions[letters["code"]].number_format == "@"
        assert page[f"{letters['code']}2"].value == "0165"
        need = rules.contract.template("need")
        page = load_workbook(io.BytesIO(template_xlsx(need, rules, "da"))).worksheets[0]
        deadline = next(cell.column_letter for cell in page[1] if cell.value == "Frist")
        assert page.column_dimensions[deadline].number_format == "dd-mm-yyyy"
        assert page[f"{deadline}2"].is_date

    def test_help_stands_with_each_heading(self, rules: Rules) -> None:
        """
        Each heading carries what to write as a comment, and a readable sheet lists all of them.
        """
        template = rules.contract.template("need")
        book = load_workbook(io.BytesIO(template_xlsx(template, rules, "sv")))
        assert all(cell.comment and cell.comment.text.strip() for cell in book.worksheets[0][1])
        said = {str(cell.value) for row in book["Vägledning"] for cell in row if cell.value}
        assert {column.descriptions["sv"] for column in template.columns} <= said

    def test_the_marker_says_what_it_is(self, rules: Rules) -> None:
        """
        A hidden sheet tells template, version, language and which sheet is which.
        """
        template = rules.contract.template("project")
        book = load_workbook(io.BytesIO(template_xlsx(template, rules, "da")))
        marks = [[cell for cell in row if cell] for row in book[MARKER_SHEET].iter_rows(values_only=True)]
        assert book[MARKER_SHEET].sheet_state == "hidden"
        assert marks[:3] == [["ecograph-template", "project"], ["version", template.digest], ["language", "da"]]
        assert [mark[2] for mark in marks if mark[0] == "sheet"] == ["project", "funding-statement", "participation"]

    def test_what_belongs_to_a_row_has_its_own_sheet(self, rules: Rules) -> None:
        """
        What belongs to a thing can be filled in beside it: participations, deployments, claims.
        """
        beside = {
            slug: {
                other.slug
                for other in rules.contract.related(
                    rules.contract.template(slug),
                    rules.ontology.superclasses(rules.contract.template(slug).target_class),
                )
            }
            for slug in ("project", "solution", "company", "need")
        }
        assert beside == {
            "project": {"participation", "funding-statement"},
            "solution": {"deployment", "conformance-claim", "gate-result"},
            "company": {"capability-claim"},
            "need": set(),
        }

    @each_template
    @each_language
    def test_an_untouched_template_says_nothing(self, rules: Rules, slug: str, lang: Language) -> None:
        """
        A template that is sent back as it came brings no row: the example is known for what it is.
        """
        data = template_xlsx(rules.contract.template(slug), rules, lang)
        tables = read_tables(data, "x.xlsx", rules.headings.known, rules.headings.is_template)
        assert tables
        for table in tables:
            template = rules.headings.template_for(table)
            assert not without_example(table, template, rules).rows


class TestExample:
    def test_examples_of_all_templates_are_valid_together(self, rules: Rules) -> None:
        """
        The example rows of all templates, sent as one contribution, break no rule.
        """
        files = []
        for slug, template in rules.contract.templates.items():
            data = template_csv(template, rules)
            files.append(SourceFile(f"{slug}.csv", data.replace(b"example-", b"sample-")))
        staged = stage(files, "synthetic", rules, None, rows_only=True)
        said = [(f.code, f.file, f.column, f.value, f.message("en")) for f in staged.report.violations]
        assert said == []

    def test_spreadsheets_may_write_dates_and_numbers_their_way(self, rules: Rules) -> None:
        """
        The example row is known again when a spreadsheet has saved its date and number in another form.
        """
        template = rules.contract.template("need")
        keys = (ID_COLUMN, *(column.key for column in template.columns))
        row = dict(zip(keys, example_row(template, rules, "da"), strict=True))
        assert is_example(row | {"deadline": "15-01-2026", "budget": "100.000,00"}, template, rules)
        assert not is_example(row | {"title_da": "Mit behov"}, template, rules)
        assert not is_example(row | {"id": "mit-behov"}, template, rules)

    def test_csv_template_has_the_example_row(self, rules: Rules) -> None:
        """
        A CSV template shows in its second row what each column looks like.
        """
        rows = list(csv.reader(io.StringIO(template_csv(rules.contract.template("call"), rules).decode())))
        assert len(rows) == 2
        assert all(cell for cell in rows[1])


class TestJsonSchema:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_schemas_are_schemas(self, rules: Rules, lang: Language) -> None:
        """
        Every template has a valid JSON Schema in each language, and its example fits it.
        """
        for template in rules.contract.templates.values():
            schema = json_schema(template, rules.concepts, lang)
            assert schema["$schema"] == DIALECT
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            assert list(validator.iter_errors(example_json(template, rules))) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"status": "opens"},
            {"budget": "many"},
            {"deadline": "31.12.2026"},
            {"unknown": "x"},
            {"country": []},
            {"source": ["javascript:alert(1)"]},
            {"id": "Not An Id"},
        ],
        ids=str,
    )
    def test_faulty_rows_are_refused(self, rules: Rules, change: dict[str, object]) -> None:
        """
        A row with a value outside its list, type or form does not fit the schema.
        """
        template = rules.contract.template("need")
        validator = jsonschema.Draft202012Validator(json_schema(template, rules.concepts))
        assert not validator.is_valid(example_json(template, rules) | change)

    def test_a_title_in_one_language_is_enough(self, rules: Rules) -> None:
        """
        A required text must be there in one of the three languages.
        """
        template = rules.contract.template("need")
        validator = jsonschema.Draft202012Validator(json_schema(template, rules.concepts))
        row = {key: value for key, value in example_json(template, rules).items() if not key.startswith("title_")}
        assert not validator.is_valid(row)
        assert validator.is_valid(row | {"title_sv": "Skyfall"})


class TestTableSchema:
    def test_fields_are_the_columns(self, rules: Rules) -> None:
        """
        A Table Schema has one field per column, with type, constraints and the property it becomes.
        """
        for template in rules.contract.templates.values():
            schema = table_schema(template, rules.concepts, "sv")
            fields = {field["name"]: field for field in schema["fields"]}
            assert list(fields) == [ID_COLUMN, *(column.key for column in template.columns)]
            for column in template.columns:
                assert fields[column.key]["rdfType"] == column.path.value
                assert fields[column.key]["title"] == column.heading("sv")
        fields = {f["name"]: f for f in table_schema(rules.contract.template("need"), rules.concepts)["fields"]}
        assert fields["budget"]["type"] == "number"
        assert fields["budget"]["constraints"]["minimum"] == 0
        assert fields["deadline"]["type"] == "date"
        assert fields["topic"]["type"] == "list"
        assert "dkk" in fields["currency"]["constraints"]["enum"]
