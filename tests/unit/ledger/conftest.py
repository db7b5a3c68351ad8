"""A ledger in a file, and synthetic contributions to it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger.records import ContributionRecord, Revision, State
from ecograph.ledger.sql import Ledger
from ecograph.namespaces import ECO, FOAF
from ecograph.rdf.patch import Patch

GRAPH = graph_iri("synthetic")
ANNE = thing_iri("person", "example-researcher-1")
BO = thing_iri("person", "example-researcher-2")


def record(payload: bytes = b"navn\nH\xc3\xb8je-Taastrup", **fields: Any) -> ContributionRecord:
    values: dict[str, Any] = {"publisher": "synthetic", "submitted_by": "partner"} | fields
    return ContributionRecord(
        title="Behov fra Malmö og Høje-Taastrup",
        licence="https://creativecommons.org/licenses/by/4.0/",
        source="behov.csv",
        sha256=hashlib.sha256(payload).hexdigest(),
        payload=payload,
        **values,
    )


def said(value: str) -> Quad:
    return Quad(thing_iri("need", "n01"), ECO.note, Literal(value), GRAPH)


def person(iri: NamedNode, name: str) -> Quad:
    return Quad(iri, FOAF.name, Literal(name), GRAPH)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{path}") as ledger:
        yield ledger


def publish(ledger: Ledger, patch: Patch, payload: bytes = b"synthetic", **fields: Any) -> Revision:
    contribution_id = ledger.receive(record(payload, **fields))
    ledger.decide(contribution_id, State.APPROVED, "reviewer", "ok")
    return ledger.publish(contribution_id, patch, "reviewer")


def tamper(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
