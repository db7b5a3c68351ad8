"""What a search finds beside names: things whose texts hold the words, and things about the topic they name."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from ecograph.bootstrap import View
from ecograph.messages import Language
from ecograph.web.reading.building import directory
from ecograph.web.reading.directory import MAX_PAGE, Filter

# Full text also meets words that only look alike; what scores below this share of the best hit is left out.
_SHARE: Final = 0.4
_MAX_HITS: Final = 100


def find(view: View, words: str, lang: Language) -> tuple[NamedNode, ...]:
    """
    What fits the words by its text or its topic, for `Filter.also`.

    Args:
        view: The revision.
        words: What a person typed; no query syntax.
        lang: The reader's language, in which the words are read.

    Returns:
        First what full text finds, the closest first; then what is about the topic that the words name. Nothing for
        no words.
    """
    asked = words.strip()
    if not asked:
        return ()
    hits = view.matcher.search(asked, lang, limit=_MAX_HITS)
    best = max((hit.score for hit in hits), default=0.0)
    near = [NamedNode(hit.key) for hit in hits if hit.score >= best * _SHARE]
    topic = view.concepts.find(asked, "topic")
    if topic:
        about = Filter(topics=frozenset((topic,)))
        near += [each.iri for each in directory(view).find(about, lang, limit=MAX_PAGE).items]
    return tuple(dict.fromkeys(near))
