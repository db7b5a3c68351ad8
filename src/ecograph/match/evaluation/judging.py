"""
From grades of documents to grades of candidates.

Readers grade what a project, a solution, a stated need or a description says; who stands behind it is a fact of the
graph. So a grade holds for every candidate there is, and stays when rankings or links change.

Source:
    docs/evaluation.md, "From documents to candidates".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ecograph.match.evaluation.gold import Gold
from ecograph.match.projection.evidence import FAMILIES, Evidence
from ecograph.namespaces import ID

MINOR: Final = frozenset(
    ("associated-partner", "supporter", "expected-partner", "steering", "advisory-board", "working-group", "host")
)
"""Roles of those who stood beside a project: they know of the work, but have not done it."""
MINOR_GRADE: Final = 2
"""The most that a minor role earns."""


def judged(evidence: Evidence, gold: Gold) -> Gold:
    """
    The gold set with the grades of candidates, which are taken from those of documents.

    A candidate has the best grade of the documents it is linked to, at most 2 for those it has a minor role in. One
    without a judged document has no grade. Documents that the graph does not have (any more) are passed over.
    """
    return Gold(
        tuple(replace(need, grades=_candidates(evidence, need.documents)) for need in gold.needs),
        gold.second,
    )


def _candidates(evidence: Evidence, documents: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for slug, grade in documents.items():
        document = evidence.numbers.get(ID.iri + slug)
        for link in evidence.links_to(document) if document is not None else ():
            candidate = evidence.things[int(evidence.links.candidate[link])].removeprefix(ID.iri)
            earned = min(grade, MINOR_GRADE) if _role(evidence, link) in MINOR else grade
            found[candidate] = max(found.get(candidate, 0), earned)
    return found


def _role(evidence: Evidence, link: int) -> str:
    """The role in a project; nothing for other links."""
    detail = int(evidence.links.detail[link])
    if FAMILIES[evidence.links.family[link]] != "participation" or detail < 0:
        return ""
    return evidence.statements.names[detail].rsplit("/", 1)[-1]
