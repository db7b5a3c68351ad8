from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.errors import NotAcceptable
from ecograph.rdf.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS, by_suffix, negotiate


class TestNegotiate:
    @pytest.mark.parametrize(
        ("accept", "name"),
        [
            (None, "json"),
            ("", "json"),
            ("*/*", "json"),
            ("text/*", "csv"),
            ("text/csv, application/sparql-results+json", "json"),
            ("text/csv;q=1, application/sparql-results+json;q=0.9", "csv"),
            ("application/json;q=0, */*", "xml"),
            ("TEXT/CSV; Charset=UTF-8", "csv"),
            ("text/html, application/xml;q=0.9, */*;q=0.8", "xml"),
            ("text/tab-separated-values;q=high, text/csv;q=0.1", "csv"),
        ],
    )
    def test_client_gets_what_it_wants_most(self, accept: str | None, name: str) -> None:
        """
        The weight of the most specific range decides, and our order where the client has none.
        """
        assert negotiate(accept, RESULT_FORMATS).name == name

    def test_nothing_that_fits_names_what_there_is(self) -> None:
        """
        A client that wants none of the formats learns which there are.
        """
        with pytest.raises(NotAcceptable) as refused:
            negotiate("image/png", GRAPH_FORMATS)
        assert "text/turtle" in str(refused.value)

    def test_browser_wants_a_page_and_a_program_does_not(self) -> None:
        """
        A page is given to those who ask for one.
        """
        browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        assert negotiate(browser, (*GRAPH_FORMATS, HTML)) is HTML
        assert negotiate("*/*", (*GRAPH_FORMATS, HTML)).name == "turtle"

    @given(st.text(alphabet='atex/*;q=01.,-+ \t"', max_size=60))
    def test_no_header_breaks_it(self, accept: str) -> None:
        """
        Any header gives a format or is not acceptable.
        """
        try:
            assert negotiate(accept, RESULT_FORMATS) in RESULT_FORMATS
        except NotAcceptable:
            assert accept.strip(" ,\t")

    def test_suffix_or_name_stands_for_a_format(self) -> None:
        """
        An address can say what a client cannot.
        """
        assert by_suffix("NT", GRAPH_FORMATS) is by_suffix("n-triples", GRAPH_FORMATS)
        assert by_suffix("exe", GRAPH_FORMATS) is None
