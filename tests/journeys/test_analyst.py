"""An analyst's way: the tools they have already just work."""

from __future__ import annotations

import csv
import io

import httpx
import pytest
from rdflib import Graph
from SPARQLWrapper import CSV, JSON, POST, SPARQLWrapper

PREFIXES = "PREFIX eco: <https://w3id.org/ecograph/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
MUNICIPALITIES = PREFIXES + "SELECT ?m ?code WHERE { ?m a eco:Municipality ; eco:municipalityCode ?code } ORDER BY ?m"


class TestTools:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_sparqlwrapper_reads_the_endpoint(self, site: str, method: str) -> None:
        """
        SPARQLWrapper gets the 488 municipalities by GET and by POST.
        """
        endpoint = SPARQLWrapper(f"{site}/sparql")
        endpoint.setMethod(method if method == POST else "GET")
        endpoint.setReturnFormat(JSON)
        endpoint.setQuery(MUNICIPALITIES)
        rows = endpoint.query().convert()["results"]["bindings"]
        assert len(rows) == 488

    def test_spreadsheet_reads_the_same_as_csv(self, site: str) -> None:
        """
        The CSV of the same query has the same rows.
        """
        endpoint = SPARQLWrapper(f"{site}/sparql")
        endpoint.setReturnFormat(CSV)
        endpoint.setQuery(MUNICIPALITIES)
        rows = list(csv.reader(io.StringIO(endpoint.query().convert().decode())))
        assert rows[0] == ["m", "code"]
        assert len(rows) == 489

    def test_rdflib_reads_a_thing_by_its_address(self, site: str) -> None:
        """
        The Turtle of a thing parses in another library and names it in its own language.
        """
        answer = httpx.get(f"{site}/id/municipality/se-malmoe.ttl", timeout=60)
        graph = Graph().parse(data=answer.text, format="turtle")
        assert any("Malmö" in str(value) for value in graph.objects())

    def test_questions_are_stable_addresses(self, site: str) -> None:
        """
        Each question of the catalogue answers under its address as CSV with the columns it promises.
        """
        questions = httpx.get(f"{site}/api/v1/queries", timeout=60).json()
        assert len(questions) >= 8
        for question in questions:
            values = {parameter["name"]: parameter["example"] for parameter in question["parameters"]}
            answer = httpx.get(f"{site}{question['url']}.csv", params=values, timeout=60)
            assert answer.status_code == 200, question["slug"]
            assert answer.text.splitlines()[0].split(",") == question["returns"]


class TestLimits:
    @pytest.mark.parametrize(
        "query",
        [
            "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
            "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
            "SELECT * FROM <http://127.0.0.1:9/> WHERE { ?s ?p ?o }",
        ],
    )
    def test_what_is_never_allowed_is_refused(self, site: str, query: str) -> None:
        """
        Updates, SERVICE and graphs elsewhere get a 400 that names what is refused.
        """
        answer = httpx.get(f"{site}/sparql", params={"query": query}, timeout=60)
        assert answer.status_code == 400
        assert answer.headers["content-type"].startswith("application/problem+json")
