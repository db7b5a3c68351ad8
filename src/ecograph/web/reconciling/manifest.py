"""
What the service says of itself, and what it answers, as JSON of the Reconciliation Service API v0.2.

Source:
    Reconciliation Service API v0.2, "Service Manifest", "Reconciliation Query Responses", "Suggest Responses".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ecograph import __version__
from ecograph.messages import LANGUAGES, Language, text
from ecograph.namespaces import BASE, ECO
from ecograph.spelling import fold_name
from ecograph.web.reading.directory import MAX_PAGE, Filter, Summary
from ecograph.web.reconciling.asking import BATCH_SIZE
from ecograph.web.reconciling.index import Index, Type
from ecograph.web.reconciling.matching import Candidate, features_of
from ecograph.web.views.words import Reader

Json = dict[str, Any]

PREVIEW_WIDTH: Final = 400
PREVIEW_HEIGHT: Final = 260
_SUGGESTED: Final = 20  # what fits on a list to choose from
_MAX_SKIPPED: Final = 2_000


def manifest(index: Index, base: str, lang: Language) -> Json:
    """
    The service manifest.

    Args:
        index: What there is.
        base: The public address of the endpoint.
        lang: The language of its names.
    """
    site = base.rsplit("/reconcile", 1)[0]
    site = site.removesuffix(f"/{lang}")

    def suggest(what: str) -> Json:
        return {
            "service_url": base,
            "service_path": f"/suggest/{what}",
            "flyout_service_url": base,
            "flyout_service_path": f"/flyout/{what}?id=${{id}}",
        }

    return {
        "versions": ["0.2"],
        "name": text("reconcile.name", lang),
        "identifierSpace": BASE,
        "schemaSpace": ECO.iri,
        "documentation": f"{site}/{lang}/about",
        "serviceVersion": __version__,
        "logo": f"{site}/static/ecograph.svg",
        "defaultTypes": [type_json(each, lang) for each in index.default_types],
        "view": {"url": f"{base}/view?id={{{{id}}}}"},
        "preview": {"url": f"{base}/preview?id={{{{id}}}}", "width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": {what: suggest(what) for what in ("entity", "property", "type")},
        "extend": {"propose_properties": {"service_url": base, "service_path": "/properties"}},
        "batchSize": BATCH_SIZE,
    }


def type_json(found: Type, lang: Language) -> Json:
    """A type."""
    return {"id": found.iri.value, "name": found.names[lang]}


def candidate_json(index: Index, candidate: Candidate, lang: Language) -> Json:
    """A reconciliation candidate."""
    found = index.type_of(candidate.summary)
    return {
        "id": candidate.summary.iri.value,
        "name": candidate.summary.name(lang)[0],
        "description": index.description(candidate.summary, lang),
        "type": [type_json(found, lang)] if found else [],
        "score": round(candidate.score, 1),
        "match": candidate.match,
        "features": [{"id": name, "value": value} for name, value in features_of(candidate).items()],
    }


def suggest_entities(index: Index, prefix: str, types: Iterable[str], skip: int, lang: Language) -> list[Json]:
    """
    Things and concepts by the beginning of a name or number, or by identifier; those skipped are left out.

    Of types that there are not, there is nothing.
    """
    iri = index.entity(prefix.strip())
    if iri is not None:
        found = [summary for summary in (index.summary(iri),) if summary]
        return [_entity_json(index, each, lang) for each in found[skip:]]
    wanted = [index.type_named(name) for name in types]
    kinds = frozenset(kind for each in wanted if each for kind in each.kinds)
    if not prefix.strip() or skip > _MAX_SKIPPED or (wanted and not kinds):
        return []
    passed, cursor = 0, None
    while True:
        page = index.known.find(
            Filter(text=prefix, kinds=kinds),
            lang,
            topics=True,
            limit=MAX_PAGE if skip - passed >= MAX_PAGE else max(_SUGGESTED, skip - passed + _SUGGESTED),
            cursor=cursor,
        )
        if skip - passed < len(page.items) or page.next_cursor is None:
            shown = page.items[skip - passed :][:_SUGGESTED]
            return [_entity_json(index, each, lang) for each in shown]
        passed, cursor = passed + len(page.items), page.next_cursor


def suggest_types(index: Index, prefix: str, skip: int, lang: Language) -> list[Json]:
    """Types by a part of their name in any language, or by identifier."""
    wanted = fold_name(prefix)
    found = [
        type_json(each, lang)
        for each in index.types.values()
        if each.iri.value == prefix.strip() or any(_says(fold_name(name), wanted) for name in each.names.values())
    ]
    return found[skip : skip + _SUGGESTED]


def suggest_properties(index: Index, prefix: str, skip: int, words: Reader) -> list[Json]:
    """Properties by a part of their name in any language, or by identifier."""
    wanted = fold_name(prefix)
    readers = [words if lang == words.lang else Reader(words.view, lang) for lang in LANGUAGES]
    found = [
        {"id": path.value, "name": words.predicate(path)}
        for path in index.properties
        if path.value == prefix.strip() or any(_says(fold_name(each.predicate(path)), wanted) for each in readers)
    ]
    return found[skip : skip + _SUGGESTED]


def _entity_json(index: Index, summary: Summary, lang: Language) -> Json:
    found = index.type_of(summary)
    return {
        "id": summary.iri.value,
        "name": summary.name(lang)[0],
        "description": index.description(summary, lang),
        "notable": [type_json(found, lang)] if found else [],
    }


def _says(name: str, wanted: str) -> bool:
    return name.startswith(wanted) or f" {wanted}" in name
