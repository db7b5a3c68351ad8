"""Facts about how shapes become templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecograph.errors import UnknownTemplate
from ecograph.messages import LANGUAGES
from ecograph.namespaces import ECO
from ecograph.shacl.contract import Contract, template_csv, template_rows
from ecograph.shacl.report import Severity
from ecograph.shacl.shapes import Shapes

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def contract(shapes: Shapes) -> Contract:
    return Contract.from_shapes(shapes)


class TestContract:
    def test_each_property_shape_is_a_column(self, contract: Contract) -> None:
        """
        A template has the columns its property shapes name, one per language for texts, in the order of the groups.
        """
        assert [column.key for column in contract.template("boat").columns] == [
            "title_da",
            "title_sv",
            "title_en",
            "length",
            "colour",
            "owner",
            "port",
            "built",
            "about",
            "code",
        ]

    def test_kinds_follow_from_the_constraints(self, contract: Contract) -> None:
        """
        What a column holds follows from what its shape demands.
        """
        columns = contract.template("boat").by_key
        assert {key: columns[key].kind for key in ("title_da", "length", "built", "code")} == {
            "title_da": "text",
            "length": "decimal",
            "built": "partial_date",
            "code": "string",
        }
        assert (columns["colour"].kind, columns["colour"].scheme) == ("concept", "colour")
        assert (columns["owner"].kind, columns["owner"].classes) == ("reference", (ECO.Person,))
        assert columns["port"].classes == (ECO.Town, ECO.Island)
        assert (columns["about"].kind, columns["about"].classes) == ("reference", ())

    def test_expected_shapes_add_a_minimum(self, contract: Contract) -> None:
        """
        A value that is only expected is no column of its own and does not stop publication.
        """
        colour = contract.template("boat").by_key["colour"]
        assert (colour.min_count, colour.severity, colour.required) == (1, Severity.WARNING, False)

    def test_rows_without_id_are_named_by_columns(self, contract: Contract) -> None:
        """
        A template says which columns name a row that has no id.
        """
        assert contract.template("voyage").identified_by == ("boat", "start")
        assert not contract.template("voyage").id_required

    def test_unknown_template_is_named_with_the_known_ones(self, contract: Contract) -> None:
        """
        Who asks for a template that does not exist is told which do.
        """
        with pytest.raises(UnknownTemplate) as caught:
            contract.template("ship")
        assert caught.value.values["known"] == "boat, voyage"


class TestTemplateCsv:
    def test_machine_headings(self, contract: Contract) -> None:
        """
        A template without a language has machine headings, comma-separated.
        """
        assert template_csv(contract.template("voyage")) == b"id,boat,start\r\n"

    def test_headings_of_a_language(self, contract: Contract) -> None:
        """
        A template in a language opens in Excel: byte order mark, semicolons, names of that language.
        """
        data = template_csv(contract.template("boat"), "sv")
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.decode("utf-8-sig").startswith("id;Titel (da);Titel (sv);Titel (en);Längd;Färg")

    def test_listing_says_what_each_column_is_for(self, contract: Contract) -> None:
        """
        The readable listing names every column with what it holds.
        """
        rows = {row.key: row for row in template_rows(contract.template("boat"), "en")}
        assert rows["title_da"].required
        assert rows["colour"].expected
        assert "Person" in rows["owner"].kind


class TestRealContract:
    def test_every_column_speaks_three_languages(self) -> None:
        """
        Every column of every template has a heading and a description in Danish, Swedish and English.
        """
        contract = Contract.load(REPOSITORY)
        assert "need" in contract.templates
        missing = [
            (template.slug, column.key)
            for template in contract.templates.values()
            for column in template.columns
            for texts in (column.names, column.descriptions, template.names, template.descriptions)
            if set(texts) != set(LANGUAGES)
        ]
        assert not missing

    def test_no_two_columns_share_a_heading(self) -> None:
        """
        Within a template each heading means one column in each language.
        """
        for template in Contract.load(REPOSITORY).templates.values():
            for lang in LANGUAGES:
                headings = [column.heading(lang).casefold() for column in template.columns]
                assert len(set(headings)) == len(headings), (template.slug, lang)

    def test_identifying_columns_exist(self) -> None:
        """
        The columns that name rows without an id are columns of the template.
        """
        for template in Contract.load(REPOSITORY).templates.values():
            for key in template.identified_by:
                assert template.of_base(key), (template.slug, key)
