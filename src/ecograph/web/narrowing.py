"""A need with the topics that the coordinator has chosen."""

from __future__ import annotations

from pyoxigraph import NamedNode

from ecograph.bootstrap import View
from ecograph.match.model import NeedProfile
from ecograph.namespaces import CONCEPT


def narrowed(view: View, need: NeedProfile, topics: list[NamedNode]) -> NeedProfile:
    """The need with the topics that the coordinator has ticked or added, and no other."""
    for concept in need.concepts:
        if concept.iri not in topics and concept.iri.value.startswith(CONCEPT["topic/"].value):
            need = need.without(concept.iri)
    for topic in topics:
        if topic not in {concept.iri for concept in need.concepts}:
            need = view.matcher.with_concept(need, topic)
    return need
