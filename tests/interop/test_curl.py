"""The endpoint from the command line, with curl as it comes."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass

import pytest
from asked import AERO, AMAL, PLACE, PREFIXES, SELECT
from pyoxigraph import RdfFormat, parse

from lacking import lacking

CONSTRUCT = PREFIXES + "CONSTRUCT { ?place foaf:name ?name } WHERE { ?place a eco:Municipality ; foaf:name ?name }"


@dataclass(frozen=True)
class Said:
    """What curl got."""

    status: int
    media_type: str
    body: str


def curl(*arguments: str) -> Said:
    program = shutil.which("curl") or lacking("curl is not installed")
    mark = "\n--\n%{http_code} %{content_type}"
    done = subprocess.run([program, "-sS", "-w", mark, *arguments], capture_output=True, text=True, check=True)
    body, _, status = done.stdout.rpartition("\n--\n")
    code, _, media_type = status.partition(" ")
    return Said(int(code), media_type.partition(";")[0], body)


class TestCurl:
    @pytest.mark.parametrize(
        "arguments",
        [("-G", "--data-urlencode"), ("--data-urlencode",)],
        ids=["address", "form"],
    )
    def test_without_a_header(self, endpoint: str, arguments: tuple[str, ...]) -> None:
        """
        curl, which accepts anything, gets JSON.
        """
        said = curl(endpoint, *arguments, f"query={SELECT}")
        assert (said.status, said.media_type) == (200, "application/sparql-results+json")
        assert [row["name"]["value"] for row in json.loads(said.body)["results"]["bindings"]] == [AMAL, AERO]

    def test_query_as_the_body(self, endpoint: str) -> None:
        """
        curl sends a query with Danish letters as it stands.
        """
        query = f'SELECT ?s {{ ?s ?p ?name FILTER (STR(?name) = "{AERO}") }} LIMIT 1'
        said = curl(endpoint, "-H", "Content-Type: application/sparql-query", "--data-binary", query)
        (row,) = json.loads(said.body)["results"]["bindings"]
        assert row["s"]["value"] == f"{PLACE}dk-synthetic"

    @pytest.mark.parametrize(
        ("suffix", "media_type"),
        [
            ("json", "application/sparql-results+json"),
            ("xml", "application/sparql-results+xml"),
            ("csv", "text/csv"),
            ("tsv", "text/tab-separated-values"),
        ],
    )
    @pytest.mark.parametrize("by", ["suffix", "format", "header"])
    def test_rows_in_each_format(self, endpoint: str, suffix: str, media_type: str, by: str) -> None:
        """
        curl gets each format of rows by the ending of the address, by `format=` and by `Accept`.
        """
        asked = ("-G", "--data-urlencode", f"query={SELECT}")
        said = {
            "suffix": lambda: curl(f"{endpoint}.{suffix}", *asked),
            "format": lambda: curl(endpoint, *asked, "-d", f"format={suffix}"),
            "header": lambda: curl(endpoint, *asked, "-H", f"Accept: {media_type}"),
        }[by]()
        assert (said.status, said.media_type) == (200, media_type)
        assert AERO in said.body

    @pytest.mark.parametrize("written", [RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.JSON_LD, RdfFormat.RDF_XML])
    def test_graphs_in_each_format(self, endpoint: str, written: RdfFormat) -> None:
        """
        curl gets each format of graphs by the ending of the address and by `Accept`.
        """
        asked = ("-G", "--data-urlencode", f"query={CONSTRUCT}")
        for said in (
            curl(f"{endpoint}.{written.file_extension}", *asked),
            curl(endpoint, *asked, "-H", f"Accept: {written.media_type}"),
        ):
            assert (said.status, said.media_type) == (200, written.media_type.partition(";")[0])
            assert len(list(parse(said.body, written))) == 2

    def test_head(self, endpoint: str) -> None:
        """
        `curl -I` is told the format, and sent nothing.
        """
        said = curl("-I", "-G", f"{endpoint}.csv", "--data-urlencode", f"query={SELECT}")
        assert (said.status, said.media_type) == (200, "text/csv")
        assert AERO not in said.body

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_page_of_another_site(self, endpoint: str, method: str) -> None:
        """
        The script of an editor on another site, such as YASGUI, may ask: its browser is told so beforehand and after.
        """
        origin = ("-H", "Origin: https://editor.example")
        wanted = (
            "-H",
            f"Access-Control-Request-Method: {method}",
            "-H",
            "Access-Control-Request-Headers: content-type",
        )
        before = curl("-i", "-X", "OPTIONS", *origin, *wanted, endpoint)
        assert before.status in (200, 204)
        assert "access-control-allow-origin: *" in before.body.lower()
        assert method in before.body
        asked = ("-G",) if method == "GET" else ()
        after = curl("-i", *origin, *asked, "--data-urlencode", "query=ASK {}", endpoint)
        assert after.status == 200
        assert "access-control-allow-origin: *" in after.body.lower()

    def test_fault(self, endpoint: str) -> None:
        """
        A fault comes with its line and column, in the language that is asked for.
        """
        said = curl(endpoint, "-G", "--data-urlencode", "query=SELECT ?x {\n ?x }", "-H", "Accept-Language: da")
        problem = json.loads(said.body)
        assert (said.status, problem["line"], problem["lang"]) == (400, 2, "da")

    def test_format_that_is_none(self, endpoint: str) -> None:
        """
        A format that there is not is a 406 that names those there are.
        """
        said = curl(f"{endpoint}.pdf", "-G", "--data-urlencode", f"query={SELECT}")
        assert said.status == 406
        assert "csv" in json.loads(said.body)["detail"]
