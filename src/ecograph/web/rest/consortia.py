"""
Who could meet a need together: `POST /api/v1/consortia`.

Source:
    docs/consortium.md.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from pydantic import ValidationError

from ecograph.bootstrap import View
from ecograph.errors import BadParameter, QueryBusy
from ecograph.identifiers import thing_iri
from ecograph.match import weights
from ecograph.match.consortium import answering
from ecograph.match.consortium.explaining import Answer
from ecograph.match.consortium.rules import Rules
from ecograph.match.model import NeedProfile
from ecograph.text.lexicon import normalise
from ecograph.web.access import TheView
from ecograph.web.rest.consortium_models import Consortia, ConsortiumRules, consortia
from ecograph.web.rest.lists import problems_of

_AT_ONCE: Final = threading.BoundedSemaphore(1)
"""A search takes a whole core: one at a time leaves the others to everybody else."""
_PATIENCE_S: Final = 10.0
"""How long a search waits for the one before it."""

router = APIRouter(prefix="/api/v1", responses=problems_of(404, 422, 503))


@router.post("/consortia", summary="Who could meet a need together", tags=["matches"])
def consortia_for(view: TheView, asked: ConsortiumRules) -> Consortia:
    """The best consortium by proof, others that differ, what each partner adds; or rules that cannot hold together."""
    return consortia(answer(view, profile_of(view, asked), asked.rules(), asked.weighting))


def answer_json(view: View, asked: Mapping[str, object]) -> dict[str, Any]:
    """
    The answer to rules as they stand in a file.

    Raises:
        BadParameter: Rules that do not fit their description.
    """
    try:
        read = ConsortiumRules.model_validate(asked)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "rules"
        raise BadParameter(name=name, value=str(first["input"])[:100], expected=first["msg"]) from error
    found = answer(view, profile_of(view, read), read.rules(), read.weighting)
    return consortia(found).model_dump(mode="json")


def profile_of(view: View, asked: ConsortiumRules) -> NeedProfile:
    """
    The need that a consortium is for: one in the graph, else the text, which may be empty.

    Raises:
        UnknownThing: No need has that id.
    """
    if asked.need:
        return view.matcher.profile(thing_iri("need", asked.need))
    return view.matcher.profile_text(normalise(asked.text), asked.lang)


def answer(view: View, profile: NeedProfile, rules: Rules, weighting: str = weights.DEFAULT) -> Answer:
    """
    The answer to rules, when it is their turn.

    Raises:
        QueryBusy: It did not become their turn.
        UnknownThing: A concept or a partner of the rules is not in the graph.
        BadParameter: No profile has that name.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE_S):
        raise QueryBusy(seconds=round(_PATIENCE_S))
    try:
        return answering.answer(view.matcher, view.snapshot, profile, rules, weighting=weighting)
    finally:
        _AT_ONCE.release()
