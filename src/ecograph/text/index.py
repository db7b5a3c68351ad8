"""
Full text over the things of the graph, in three languages.

Words are brought to their dictionary form in Python and indexed as they are; character n-grams beside them meet
compounds and slips. Queries are built term by term, so that nothing a person types is read as query syntax.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import tantivy

from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.spelling import fold
from ecograph.text.language import detect
from ecograph.text.lexicon import content_words, grams, lemma, lemmas, normalise, tokenise

TITLE_BOOST: Final = 2.0
"""A word in the title says what the thing is; in the text it may be in passing."""
OTHER_LANGUAGE_BOOST: Final = 0.5
"""The same letters in another language often, not always, mean the same."""
GRAM_BOOST: Final = 0.15
"""A word has a dozen n-grams: together they weigh less than the word itself."""
MAX_QUERY_WORDS: Final = 64
"""A longer text is cut: the first words say what it is about, and time stays bounded."""

_HEAP_BYTES: Final = 32_000_000
_UNKNOWN: Final = "und"
_FIELDS: Final = (*LANGUAGES, _UNKNOWN)


@dataclass(frozen=True, slots=True)
class Document:
    """
    One thing to be found.

    Attributes:
        key: Its IRI.
        kind: What it is, to narrow a search by.
        titles: Titles, names and labels by language; "" for a name without a language.
        bodies: Descriptions by language, likewise.
    """

    key: str
    kind: str
    titles: Mapping[str, tuple[str, ...]]
    bodies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, with the engine's own score (BM25; comparable within one search only)."""

    key: str
    kind: str
    score: float


class TextIndex:
    """
    A full-text index in memory or in a directory.

    Example:
        >>> index = TextIndex.build([Document("urn:a", "Project", {"da": ("Sortering af affald",)})])
        >>> [hit.key for hit in index.search("affaldssortering", "da")]
        ['urn:a']

    Source:
        docs/matching.md, "Search".
    """

    def __init__(self, index: tantivy.Index, schema: tantivy.Schema, changes: list[frozenset[str]]) -> None:
        self._index = index
        self._schema = schema
        self._searcher = index.searcher()
        # Indexes made from each other share the engine: what was changed in it, and how much of that is seen here.
        self._changes = changes
        self._seen = len(changes)

    @classmethod
    def build(cls, documents: Iterable[Document], directory: Path | None = None) -> TextIndex:
        """
        Index the documents afresh.

        Args:
            documents: Everything that can be found.
            directory: An empty directory; None keeps the index in memory.
        """
        schema = _schema()
        index = tantivy.Index(schema, path=str(directory) if directory else None)
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for document in documents:
            writer.add_document(tantivy.Document.from_dict(_fields(document), schema))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return cls(index, schema, [])

    @property
    def strayed(self) -> frozenset[str]:
        """What was changed for another index made from this one, and would be found by the next one too."""
        return frozenset().union(*self._changes[self._seen :])

    def changed(self, documents: Mapping[str, Document | None]) -> TextIndex:
        """
        The index with other documents for some keys; this one goes on finding what it found.

        The engine's own scores follow the collection, and count what was replaced until it clears up.

        Args:
            documents: What each key is now; None where nothing is to be found there any more. Every key in `strayed`
                must be among them.
        """
        if not documents:
            return self
        self._changes.append(frozenset(documents))
        writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for key, document in documents.items():
            writer.delete_documents_by_term("key", key)
            if document is not None:
                writer.add_document(tantivy.Document.from_dict(_fields(document), self._schema))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        return TextIndex(self._index, self._schema, self._changes)

    def search(
        self, text: str, lang: Language | None = None, kinds: Iterable[str] | None = None, limit: int = 20
    ) -> tuple[Hit, ...]:
        """
        The things whose texts fit best, best first.

        Args:
            text: What a person typed; no query syntax.
            lang: Its language; found out where None.
            kinds: Only these kinds of things; None for all.
            limit: At most so many.
        """
        if lang is None:
            found = detect(text)
            lang = found.language if found.sure else None
        words = [word.text for word in content_words(normalise(text), lang)] or [
            token.text for token in tokenise(normalise(text))
        ]
        return self.search_words(words, lang, kinds, limit)

    def search_words(
        self, words: Iterable[str], lang: Language | None, kinds: Iterable[str] | None = None, limit: int = 20
    ) -> tuple[Hit, ...]:
        """The same as `search` for words already chosen."""
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for word in list(dict.fromkeys(words))[:MAX_QUERY_WORDS]:
            clauses.extend((tantivy.Occur.Should, query) for query in self._word(word, lang))
        if not clauses:
            return ()
        query = tantivy.Query.boolean_query(clauses)
        if kinds is not None:
            wanted = [(tantivy.Occur.Should, self._term("kind", kind)) for kind in kinds]
            narrowed = tantivy.Query.const_score_query(tantivy.Query.boolean_query(wanted), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, narrowed)])
        hits = self._searcher.search(query, limit=limit, count=False).hits
        found = []
        for score, address in hits:
            document = self._searcher.doc(address)
            found.append(Hit(str(document.get_first("key")), str(document.get_first("kind")), float(score)))
        return tuple(sorted(found, key=lambda hit: (-hit.score, hit.key)))

    def _word(self, word: str, lang: Language | None) -> list[tantivy.Query]:
        queries: list[tantivy.Query] = []
        for each in LANGUAGES:
            boost = 1.0 if lang in (None, each) else OTHER_LANGUAGE_BOOST
            for form in lemmas(word, each):
                queries.append(_boosted(self._term(f"title_{each}", form), boost * TITLE_BOOST))
                queries.append(_boosted(self._term(f"body_{each}", form), boost))
        # Names without a language are indexed as they are written.
        queries.append(_boosted(self._term(f"title_{_UNKNOWN}", fold(word)), TITLE_BOOST))
        queries.append(_boosted(self._term(f"body_{_UNKNOWN}", fold(word)), 1.0))
        for form in lemmas(word, lang):
            if len(form) >= 5:
                queries.extend(_boosted(self._term("grams", gram), GRAM_BOOST) for gram in sorted(grams(form, 4, 5)))
        return queries

    def _term(self, name: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, name, value)


def _boosted(query: tantivy.Query, boost: float) -> tantivy.Query:
    return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", stored=True, tokenizer_name="raw", index_option="basic")
    for lang in _FIELDS:
        builder.add_text_field(f"title_{lang}", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field(f"body_{lang}", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("grams", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def _fields(document: Document) -> dict[str, str]:
    fields = {"key": document.key, "kind": document.kind}
    parts: set[str] = set()
    for name, texts in (("title", document.titles), ("body", document.bodies)):
        for lang, values in texts.items():
            known = language_of(lang) if lang else None
            tokens = [token.text for value in values for token in tokenise(normalise(value))]
            forms = [lemma(token, known) if known else fold(token) for token in tokens]
            label = f"{name}_{known or _UNKNOWN}"
            fields[label] = " ".join([fields.get(label, ""), *forms]).strip()
            if name == "title":
                parts.update(*(grams(form, 4, 5) for form in forms if len(form) >= 4))
    fields["grams"] = " ".join(sorted(parts))
    return fields
