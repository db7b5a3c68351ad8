"""The questions of the catalogue on every engine: the same rows in the same order."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Final

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, parse

from contract.conftest import Tried
from ecograph.config import Settings
from ecograph.query.catalogue import Catalogue
from ecograph.query.parameters import bind
from ecograph.rdf.patch import Patch
from ecograph.store.base import Projection

CASES: Final = Path(__file__).parents[1] / "conformance" / "queries"
CATALOGUE: Final = Catalogue.load(Settings().resources_dir / "queries")

# Virtuoso 7 answers `?narrower skos:broader* ?topic` with a bound end differently from run to run.
NOT_ON: Final = {"virtuoso": ("needs-in-topic",)}


def plain(value: object) -> str:
    """A value as CSV has it; numbers of equal value are the same."""
    if not isinstance(value, NamedNode | Literal):
        return ""
    try:
        return f"{float(value.value):.6g}"
    except ValueError:
        return value.value


@pytest.mark.slow
def test_questions_give_the_same_rows(engine: Tried, store: Projection) -> None:
    """
    Every question that is asked of the synthetic region gives the rows of its case.
    """
    store.apply(1, Patch(tuple(parse((CASES / "region.trig").read_bytes(), RdfFormat.TRIG))))
    store.switch()
    wrong = []
    with store.snapshot() as snapshot:
        for slug, question in CATALOGUE.items():
            case = CASES / slug
            if slug in NOT_ON.get(engine.name, ()) or list(case.glob("data.*")):
                continue
            values = case / "values.json"
            given: dict[str, str] = json.loads(values.read_text(encoding="utf-8")) if values.is_file() else {}
            result = snapshot.query(bind(question, {**question.examples, **given}).text)
            assert isinstance(result, QuerySolutions)
            found = [[plain(row[name]) for name in question.returns] for row in result]
            expected = list(csv.reader((case / "expected.csv").read_text(encoding="utf-8").splitlines()))[1:]
            if found != [[plain(Literal(cell)) for cell in row] for row in expected]:
                wrong.append(slug)
    assert wrong == []
