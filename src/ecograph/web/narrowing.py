"""A need with the topics that the coordinator has chosen, and how much each of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ecograph.bootstrap import View
from ecograph.errors import BadParameter
from ecograph.identifiers import SLUG, concept_iri
from ecograph.match.model import NeedProfile
from ecograph.namespaces import CONCEPT

WEIGHTS: Final = {"fully": 1.0, "half": 0.5, "little": 0.2}
"""How much a topic counts that is weighed by hand."""
_MARK: Final = ":"

TOPIC: Final = rf"^({SLUG.pattern}({_MARK}({'|'.join(WEIGHTS)}))?)?$"
"""A topic's slug, and perhaps how much it counts; for the description."""


def narrowed(view: View, need: NeedProfile, topics: Sequence[str] | None) -> NeedProfile:
    """
    The need with the topics that the coordinator has ticked or added, and no other.

    Args:
        view: The graph.
        need: As it was understood.
        topics: Slugs of topics; `slug:half` beside a slug weighs that topic, one of `WEIGHTS`. None leaves the need
            as it is.

    Raises:
        UnknownThing: There is no such topic.
        BadParameter: That is no slug, or no weight.
    """
    if topics is None:
        return need
    for topic in topics:
        slug, mark, weight = topic.partition(_MARK)
        if slug and (not SLUG.fullmatch(slug) or (mark and weight not in WEIGHTS)):
            raise BadParameter(name="topic", value=topic[:100], expected=f"cloudburst, cloudburst:{'|'.join(WEIGHTS)}")
    wanted = {concept_iri("topic", slug): slug for slug in topics if slug and _MARK not in slug}
    for concept in need.concepts:
        if concept.iri not in wanted and concept.iri.value.startswith(CONCEPT["topic/"].value):
            need = need.without(concept.iri)
    weighed = weighed_by_hand(topics)
    for iri, slug in wanted.items():
        if iri not in {concept.iri for concept in need.concepts}:
            need = view.matcher.with_concept(need, iri)
        if slug in weighed:
            need = need.weighing(iri, WEIGHTS[weighed[slug]])
    return need


def weighed_by_hand(topics: Sequence[str]) -> dict[str, str]:
    """The name of the weight that each topic weighed by hand has; of several the last."""
    pairs = (topic.split(_MARK, 1) for topic in topics if _MARK in topic)
    return {slug: name for slug, name in pairs if name in WEIGHTS}
