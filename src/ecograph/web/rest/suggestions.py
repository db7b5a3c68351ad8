"""What REST answers while somebody types a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from ecograph.bootstrap import View
from ecograph.messages import Language
from ecograph.namespaces import BASE
from ecograph.web.reading import directory
from ecograph.web.rest.models import Model, Named


class Suggestion(Named):
    """A thing or topic that somebody may be typing the name of."""

    id: Annotated[str, Field(examples=["need/n09"])]
    kind: str
    countries: list[str]
    url: str


class Suggestions(Model):
    """Things and topics, the best first."""

    items: list[Suggestion]
    revision: int


def suggestions(view: View, found: Iterable[directory.Summary], lang: Language) -> Suggestions:
    """Names for somebody who types."""
    items = []
    for each in found:
        label, label_lang = each.name(lang)
        items.append(
            Suggestion(
                iri=each.iri.value,
                label=label,
                lang=label_lang,
                id=each.id,
                kind=each.kind,
                countries=list(each.countries),
                url="/" + each.iri.value.removeprefix(BASE),
            )
        )
    return Suggestions(items=items, revision=view.revision)
