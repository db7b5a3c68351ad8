"""Facts about headings and the templates they lead to."""

from __future__ import annotations

import pytest

from ecograph.contribute.reading.headings import Headings, is_id
from ecograph.contribute.reading.table import read, read_tables
from ecograph.contribute.rules import Rules
from ecograph.errors import UnknownTemplate


@pytest.fixture(scope="module")
def headings(rules: Rules) -> Headings:
    return rules.headings


class TestHeadings:
    @pytest.mark.parametrize(
        "heading",
        [
            "title_da",
            "Titel (da)",
            "TITEL (DANSK)",
            "Titel (da) *",
            "titel på dansk",
            "Title in Danish",
            "Titel [da]",
            "Titel, dansk",
            "Titel\n(da)",
            "“Titel (da)”",
            "Titel (da) (skal udfyldes)",
            "Titel da:",
        ],
    )
    def test_a_column_is_known_however_its_heading_is_written(
        self, headings: Headings, rules: Rules, heading: str
    ) -> None:
        """
        Case, space, punctuation, the mark of a required column and the way a language is named do not matter.
        """
        (column,) = headings.columns(rules.contract.template("need"), [heading])
        assert column is not None
        assert column.key == "title_da"

    def test_in_which_naming_a_heading_is_known(self, headings: Headings) -> None:
        """
        A heading is known as a machine heading, or in the languages in which it is one.
        """
        assert headings.known("raised_by") == {"machine"}
        assert headings.known("Tidsfrist") == {"sv"}
        assert headings.known("Budget") == {"da", "sv", "en", "number"}
        assert not headings.known("Noter")

    @pytest.mark.parametrize("heading", ["id", "ID", " Id * ", '"id"'])
    def test_the_id_column(self, heading: str) -> None:
        """
        The id column is called id in every language.
        """
        assert is_id(heading)

    def test_a_long_text_is_no_heading(self, headings: Headings) -> None:
        """
        A cell of many characters is dismissed quickly.
        """
        assert not headings.known("_" * 1_000_000)


class TestTemplates:
    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("need.csv", "need"),
            ("C:\\Users\\x\\Behov.csv", "need"),
            ("need.part.csv", "need"),
            ("LØSNING.csv", "solution"),
            ("lösning.csv", "solution"),
            ("behov 2026 (1).csv", "need"),
        ],
    )
    def test_a_file_is_named_after_its_template(self, headings: Headings, name: str, slug: str) -> None:
        """
        The template is told by the file's name in any of our languages, numbers behind it or not.
        """
        assert headings.template_for(read(b"id;title_da\n", name, headings.known)).slug == slug

    def test_headings_tell_where_the_name_does_not(self, headings: Headings) -> None:
        """
        A file with any name is for the template that knows most of its headings, and for none if two know as many.
        """
        table = read(b"id;raised_by;urgency\n", "export.csv", headings.known)
        assert headings.template_for(table).slug == "need"
        with pytest.raises(UnknownTemplate) as caught:
            headings.template_for(read(b"foo;bar\n", "export.csv", headings.known))
        assert caught.value.message("da").startswith("export.csv: overskrifterne viser ikke")

    def test_names_of_sheets_come_first(self, headings: Headings, rules: Rules) -> None:
        """
        A sheet named after a template is for it, whatever the workbook is called and whatever template was asked for.
        """
        from ecograph.contribute.templates.workbook import template_xlsx

        data = template_xlsx(rules.contract.template("project"), rules, "da")
        tables = read_tables(data, "need.xlsx", headings.known, headings.is_template)
        wanted = rules.contract.template("need")
        assert headings.template_for(tables[0], wanted).slug == "project"
        assert tables[0].marker is not None
        assert tables[0].marker.language == "da"
        assert tables[0].marker.version == rules.contract.template("project").digest
        assert {headings.template_for(table).slug for table in tables} <= {*tables[0].marker.sheets.values()}
