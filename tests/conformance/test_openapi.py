"""
Whether everything that the OpenAPI document describes answers so, tried by schemathesis with thousands of requests.

Everything is tried with an administrator's token on a small synthetic graph with a contribution and a need in it, by
requests that the document allows and by requests that it forbids.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import strategies as st
from schemathesis import engine
from schemathesis.config import OperationConfig
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.python.asgi import shutdown_lifespans

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute.templates.workbook import template_xlsx
from ecograph.ledger.partners import Role
from ecograph.web.app import create_app
from ecograph.web.auth import Failures
from ecograph.web.uploads import XLSX
from service import HILL, PLACES, ROOT, filled

CASES: Final = 2000

# What no description of a request can say: which version a thing has by now, and that a key must be a new one.
PRECONDITION_FAILED: Final = "412"
PRECONDITION_REQUIRED: Final = "428"
# Nor which formats a query has, that one of two parameters is given, or which types and properties there are.
UNSAID: Final = {"/sparql": "406", "/rdf-graph-store": "400", "/reconcile": "400"}
# Nor which things and concepts there are, that a question may be asked for.
UNKNOWN: Final = "400"

# Synthetic.
NEED: Final = "<https://w3id.org/ecograph/id/need/synthetic-hill_skyfall>"
TURTLE: Final = f"""@prefix eco: <https://w3id.org/ecograph/ns#> . @prefix dcterms: <http://purl.org/dc/terms/> .
{NEED} a eco:Need ; dcterms:title "Varning för skyfall"@sv ."""
TRIPLES: Final = f"{NEED} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/ecograph/ns#Need> .\n"
QUERIES: Final = (
    "SELECT ?s ?title { ?s <http://purl.org/dc/terms/title> ?title } LIMIT 5",
    "ASK { ?s a <https://w3id.org/ecograph/ns#Need> }",
    "CONSTRUCT WHERE { ?s <http://purl.org/dc/terms/title> ?title }",
    f"DESCRIBE {NEED}",
)
GRAPHS: Final = (f"https://w3id.org/ecograph/graph/{PLACES}",)
TABLES: Final = (
    "id,title_da,country\nskybrud,Varsling ved skybrud,dk\n",
    "id;title_sv;country\nskyfall;Varning för skyfall;se\n",
    "id,title_da,country\n,,\n",
)


@pytest.fixture(scope="module")
def ecograph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcoGraph]:
    """A small graph, writable."""
    directory = tmp_path_factory.mktemp("openapi")
    settings = Settings(
        data_dir=filled(directory), resources_dir=ROOT, query_workers=1, contribution_workers=1, embedder="none"
    )
    with EcoGraph.open(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def application(ecograph: EcoGraph) -> Iterator[FastAPI]:
    """The application; many wrong tokens are no reason to lock the one client out, which tests of its own are about."""
    app = create_app(ecograph, ecograph.settings)
    app.state.failures = Failures(limit=10**6)
    yield app
    shutdown_lifespans()


@pytest.fixture(scope="module")
def requests_made(ecograph: EcoGraph) -> None:
    """What the generator cannot know from the document: files that can be read, days to come, keys that are new."""
    workbook = template_xlsx(ecograph.view().contract.template("need"), ecograph.rules, "da")
    for media_type, files in (
        ("text/csv", [table.encode() for table in TABLES]),
        ("text/turtle", [TURTLE.encode()]),
        ("application/n-triples", [TRIPLES.encode()]),
        (XLSX, [workbook]),
        ("application/sparql-query", [query.encode() for query in QUERIES]),
    ):
        schemathesis.openapi.media_type(media_type, st.sampled_from(files))
    today = datetime.now(UTC).date()
    schemathesis.openapi.format("date", st.integers(1, 3000).map(lambda days: (today + timedelta(days)).isoformat()))
    schemathesis.openapi.format("sparql-query", st.sampled_from(QUERIES))
    schemathesis.openapi.format("iri", st.sampled_from(GRAPHS))
    numbers = itertools.count()

    @schemathesis.hook
    def before_load_schema(_context: object, raw_schema: dict[str, Any]) -> None:
        # The example of a table or a query is text, beside which no bytes are made; the test of all examples sends it.
        for operations in raw_schema["paths"].values():
            for operation in operations.values():
                for media_type in ("text/csv", "application/sparql-query"):
                    operation.get("requestBody", {}).get("content", {}).get(media_type, {}).pop("example", None)

    @schemathesis.hook
    def filter_query(_context: object, query: Any) -> bool:
        # Without a query nobody reads over which graphs it would be.
        return not query or "query" in query or not {"default-graph-uri", "named-graph-uri"} & set(query)

    @schemathesis.hook
    def before_call(_context: object, case: Any, _kwargs: dict[str, Any]) -> None:
        for name, key in (case.headers or {}).items():
            if name.lower() == "idempotency-key" and 0 < len(str(key)) <= 200:
                case.headers[name] = f"{key}{next(numbers)}"[-200:]


def _questions_of_things(ecograph: EcoGraph) -> dict[str, str]:
    """The paths of the questions about something that the graph has or has not."""
    return {
        f"/api/v1/queries/{slug}": UNKNOWN
        for slug, question in ecograph.catalogue.items()
        if any(each.kind in ("iri", "concept") and not each.values for each in question.parameters)
    }


@pytest.mark.slow
@pytest.mark.usefixtures("requests_made")
class TestOpenApi:
    def test_every_operation_answers_as_described(self, ecograph: EcoGraph, application: FastAPI) -> None:
        """
        At least 2,000 requests to all operations get answers whose status, headers and body the document names;
        what the document allows is accepted, and what it forbids is refused.
        """
        secret = ecograph.ledger.partners.issue(HILL, Role.ADMINISTRATOR, "schemathesis")[1]
        schema = schemathesis.openapi.from_asgi("/openapi.json", application)
        config = schema.config
        config.headers = {"Authorization": f"Bearer {secret}"}
        config.generation.max_examples = 3
        config.generation.deterministic = True
        config.generation.no_shrink = True
        config.phases.stateful.enabled = False  # operations are not linked to each other
        config.checks.positive_data_acceptance.expected_statuses.append(PRECONDITION_FAILED)
        config.checks.missing_required_header.expected_statuses.append(PRECONDITION_REQUIRED)
        accepted = config.checks.positive_data_acceptance.expected_statuses
        config.operations.operations += [
            OperationConfig.from_dict(
                {
                    "include-path": path,
                    "checks": {"positive_data_acceptance": {"expected-statuses": [*accepted, status]}},
                }
            )
            for path, status in {**UNSAID, **_questions_of_things(ecograph)}.items()
        ]
        cases, operations, faults = 0, set[str](), list[str]()
        for event in engine.from_schema(schema).execute():
            if isinstance(event, ScenarioFinished):
                cases += len(event.recorder.cases)
                operations.add(str(event.label))
                faults += _failures(event)
            elif isinstance(event, NonFatalError | FatalError):
                faults.append(str(getattr(event, "value", getattr(event, "exception", event))))
        assert faults == []
        assert cases >= CASES
        described = application.openapi()["paths"]
        assert operations == {f"{method.upper()} {path}" for path, each in described.items() for method in each}


def _failures(event: ScenarioFinished) -> Iterator[str]:
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info:
                failure = check.failure_info.failure
                yield f"{event.label}: {check.name}: {failure.message}\n{check.failure_info.code_sample}"
