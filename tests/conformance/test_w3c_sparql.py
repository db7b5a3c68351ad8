"""
The W3C's SPARQL 1.1 query tests through our endpoint, over HTTP, beside what the bare engine makes of them.

They lie beside the repository; where they do not, only our own cases are run, in `tests/conformance/sparql/`, which are
written as the W3C's are. Each file of data is a named graph of one store, and each test says by `default-graph-uri` and
`named-graph-uri` which of them it asks. Out of scope are entailment regimes, whose tests are not among these files, and
federation, whose tests are asked to be refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sparql_cases import SparqlCase, cases_in, expected_of, facts_of, given_by_engine, quads_of
from sparql_service import graphs_served

from lacking import BESIDE, beside

SUITE = "w3c/sparql/sparql11"
W3C = BESIDE / SUITE
OURS = Path(__file__).parent / "sparql"

COUNTS = {
    "query, with its answer": 235,
    "query, well-formed": 63,
    "query, with a fault": 40,
    "SERVICE": 10,
    "update": 157,
}
OUR_COUNTS = {
    "query, with its answer": 23,
    "query, well-formed": 3,
    "query, with a fault": 5,
    "SERVICE": 1,
    "update": 3,
}

_NO_LANGUAGE = "GROUP_CONCAT keeps the language where all its texts have one; the test wants it dropped"
_EMPTY_PATH = "a path of no steps does not begin at an IRI that stands in the query and not in the data"
FEDERATED = ("service/", "syntax-fed/", "sparql/service")
KNOWN = {
    "aggregates/agg-groupconcat-04": _NO_LANGUAGE,
    "aggregates/agg-groupconcat-06": _NO_LANGUAGE,
    "aggregates/agg-empty-group-count-graph": "an aggregate inside GRAPH ?g loses the graph",
    "bindings/graph": "VALUES inside GRAPH ?g loses the graph where it leaves ?g open",
    "functions/bnode01": "BNODE(text) gives the same blank node in every solution",
    "negation/graph-minus": "MINUS inside GRAPH ?g compares the name of the graph too",
    "property-path/zero_or_more_set_start": _EMPTY_PATH,
    "property-path/zero_or_more_set_end": _EMPTY_PATH,
    "property-path/zero_or_one_set_start": _EMPTY_PATH,
    "property-path/zero_or_one_set_end": _EMPTY_PATH,
    "csv-tsv-res/csv03": "numbers are kept by value: 1.0E6 comes back as 1000000",
}
"""Tests that fail, with the reason: each is the engine's, which fails it by itself too."""

REFUSED = {
    "syntax-query/test_4": "a function by its IRI that the engine does not have",
    "syntax-query/test_42": "FROM names a graph that is not in the store; nothing is fetched",
}
"""Well-formed queries that are refused, with the reason."""


def group_of(case: SparqlCase) -> str:
    """What is expected of the endpoint."""
    if case.is_update:
        return "update"
    if case.name.startswith(FEDERATED):
        return "SERVICE"
    if case.result is not None:
        return "query, with its answer"
    return "query, with a fault" if case.kind.startswith("Negative") else "query, well-formed"


def found() -> list[SparqlCase]:
    manifests = ("manifest.ttl", "manifest-sparql11-fed.ttl") if W3C.is_dir() else ()
    return [
        *(case for name in manifests for case in cases_in(W3C / name, W3C)),
        *cases_in(OURS / "manifest.ttl", OURS.parent),
    ]


CASES = found()


def of(*groups: str) -> list[object]:
    return [
        pytest.param(
            case,
            id=case.name,
            marks=pytest.mark.xfail(strict=True, reason=KNOWN[case.name]) if case.name in KNOWN else (),
        )
        for case in CASES
        if group_of(case) in groups
    ]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The endpoint, with every file of data as a graph."""
    files = {file for case in CASES if group_of(case) == "query, with its answer" for file in case.files}
    graphs = {file.as_uri(): quads_of(file) for file in sorted(files)}
    with graphs_served(tmp_path_factory.mktemp("w3c"), graphs) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def dataset_of(case: SparqlCase) -> list[tuple[str, str]]:
    """The dataset as parameters of the protocol."""
    if re.search(r"\bFROM\b", case.text):
        return []  # the query says it
    default = [("default-graph-uri", case.data.as_uri())] if case.data and quads_of(case.data) else []
    named = [("named-graph-uri", file.as_uri()) for file in case.graphs]
    # Where both are empty, a graph that the query does not look into makes the default graph the empty one.
    elsewhere = [("named-graph-uri", next(file.as_uri() for each in CASES for file in each.files if quads_of(file)))]
    return default + named or elsewhere


def ask(endpoint: httpx.Client, case: SparqlCase, accept: str = "*/*") -> httpx.Response:
    form = [("query", case.text), *dataset_of(case)]
    body = str(httpx.QueryParams(form))
    return endpoint.post(
        "/sparql",
        content=body,
        headers={"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"},
    )


class TestW3cSparql:
    def test_every_case_of_the_w3c_is_collected(self) -> None:
        """
        All query and update tests of the W3C's manifests are run.
        """
        beside(SUITE)
        assert Counter(group_of(case) for case in CASES if not case.name.startswith("sparql/")) == COUNTS

    def test_every_case_of_ours_is_collected(self) -> None:
        """
        All of our own cases are run.
        """
        assert Counter(group_of(case) for case in CASES if case.name.startswith("sparql/")) == OUR_COUNTS

    @pytest.mark.parametrize("case", of("query, with its answer"))
    def test_answer_is_the_expected_one(self, endpoint: httpx.Client, case: SparqlCase) -> None:
        """
        The endpoint answers a query as its test expects, in the format that the test is written in.
        """
        answer = ask(endpoint, case, case.accept)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == case.accept
        assert facts_of(answer.content, case.accept, case.is_ordered) == expected_of(case)

    @pytest.mark.parametrize(
        "case",
        [case for case in CASES if case.name.startswith("sparql/") and case.kind == "QueryEvaluationTest"],
        ids=lambda case: case.name,
    )
    def test_every_format_says_the_same(self, endpoint: httpx.Client, case: SparqlCase) -> None:
        """
        An answer says the same in each format that keeps everything.
        """
        for media_type in case.all_accept:
            answer = ask(endpoint, case, media_type)
            assert answer.status_code == 200, answer.text
            assert facts_of(answer.content, media_type, case.is_ordered) == expected_of(case), media_type

    @pytest.mark.parametrize("case", of("query, well-formed"))
    def test_well_formed_query_is_answered(self, endpoint: httpx.Client, case: SparqlCase) -> None:
        """
        A query that the grammar allows is run, or refused for a reason other than its grammar.
        """
        answer = ask(endpoint, case)
        if case.name in REFUSED:
            assert answer.status_code == 400, answer.text
            assert answer.json()["code"] == "query-refused", answer.text
        else:
            assert answer.status_code == 200, answer.text

    @pytest.mark.parametrize("case", of("query, with a fault"))
    def test_fault_is_shown_with_its_place(self, endpoint: httpx.Client, case: SparqlCase) -> None:
        """
        A query that the grammar forbids is a 400 that says on which line and in which column of the query.
        """
        answer = ask(endpoint, case)
        assert answer.status_code == 400, answer.text
        problem = answer.json()
        assert problem["code"] == "query-syntax", problem
        lines = case.text.split("\n")
        assert 1 <= problem["line"] <= len(lines)
        assert 1 <= problem["column"] <= len(lines[problem["line"] - 1]) + 1

    @pytest.mark.parametrize("case", of("SERVICE", "update"))
    def test_what_is_not_offered_is_refused(self, endpoint: httpx.Client, case: SparqlCase) -> None:
        """
        Federation and updates are refused, whatever the request calls them and whether they are well-formed or not.
        """
        for media_type in ("application/sparql-update", "application/sparql-query"):
            answer = endpoint.post("/sparql", content=case.text.encode(), headers={"Content-Type": media_type})
            assert answer.status_code == 400, answer.text
            assert answer.json()["code"] in ("query-refused", "query-syntax")

    @pytest.mark.parametrize("case", [case for case in CASES if case.name in KNOWN], ids=lambda case: case.name)
    def test_known_failure_is_the_engines(self, endpoint: httpx.Client, case: SparqlCase) -> None:
        """
        Where an answer is not the expected one, it is the engine's: nothing is lost on the way through the endpoint.
        """
        answer = ask(endpoint, case, case.accept)
        assert answer.status_code == 200, answer.text
        assert facts_of(answer.content, case.accept, case.is_ordered) == given_by_engine(case) != expected_of(case)
