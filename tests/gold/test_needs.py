from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from ecograph.match.evaluation import gold
from ecograph.match.evaluation.gold import GoldNeed, Kind, Query
from ecograph.messages import LANGUAGES, Language
from ecograph.text.lexicon import content_words, tokenise
from ecograph.text.linking import ConceptLinker
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import Ontology

HERE = Path(__file__).parent
RESOURCES = HERE.parents[1]
NEEDS = gold.load(HERE).needs
SHORTEST, LONGEST = 8, 30
# What each need is about; the evaluation itself never reads it.
MEANT: dict[str, list[str]] = {
    each["id"]: each["topics"] for each in tomllib.loads((HERE / gold.NEEDS).read_text("utf-8"))["need"]
}

each_need = pytest.mark.parametrize("need", NEEDS, ids=[need.id for need in NEEDS])
each_language = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture(scope="module")
def labels() -> dict[str, dict[str, list[str]]]:
    """All labels of our topics, the preferred one first."""
    concepts = Concepts.from_quads(Ontology.load(RESOURCES).quads)
    return {
        str(concepts.notation(topic)): {
            lang: [concepts.label(topic, lang), *concepts.alt_labels(topic)[lang]] for lang in LANGUAGES
        }
        for topic in concepts.in_scheme("topic")
    }


@pytest.fixture(scope="module")
def linker(labels: dict[str, dict[str, list[str]]]) -> ConceptLinker:
    return ConceptLinker(labels)


def lemmas(text: str, lang: Language) -> set[str]:
    return {word.lemma for word in content_words(text, lang)}


def said(need: GoldNeed, kind: Kind, lang: Language) -> str:
    (found,) = (query.text for query in need.queries if (query.kind, query.lang) == (kind, lang))
    return found


class TestNeeds:
    def test_thirty_needs_of_which_a_third_is_locked(self) -> None:
        """
        Twenty needs are open while weights are chosen; ten are kept for the figures alone.
        """
        assert Counter(need.split for need in NEEDS) == {"open": 20, "locked": 10}

    def test_one_hundred_and_eighty_wordings(self) -> None:
        """
        Every need is written in three languages, each time with and without the words of its field.
        """
        queries: list[Query] = [query for need in NEEDS for query in need.queries]
        assert Counter((query.kind, query.lang) for query in queries) == {
            (kind, lang): 30 for kind in gold.KINDS for lang in LANGUAGES
        }
        assert len({query.text for query in queries}) == 180

    @each_need
    def test_wordings_are_a_sentence_or_two(self, need: GoldNeed) -> None:
        """
        A need of the gold set is as long as what somebody writes in a search field.
        """
        lengths = {query.key: len(tokenise(query.text)) for query in need.queries}
        assert {key: length for key, length in lengths.items() if not SHORTEST <= length <= LONGEST} == {}

    @each_need
    def test_brief_says_what_fits_and_what_does_not(self, need: GoldNeed) -> None:
        """
        Whoever judges reads which work earns each grade.
        """
        assert all(grade in need.brief for grade in ("3", "2", "1", "0"))

    @each_need
    def test_topics_meant_exist(self, need: GoldNeed, labels: dict[str, dict[str, list[str]]]) -> None:
        """
        The gold set speaks of topics that EcoGraph has.
        """
        assert MEANT[need.id]
        assert set(MEANT[need.id]) <= set(labels)


class TestLiteral:
    @each_need
    def test_names_a_topic_meant(self, need: GoldNeed, linker: ConceptLinker) -> None:
        """
        The literal wording is in the words of its field: in two languages at least, a topic meant is recognised.
        """
        found = [{hit.iri for hit in linker.find(said(need, "literal", lang), lang)} for lang in LANGUAGES]
        assert sum(bool(each & set(MEANT[need.id])) for each in found) >= 2


class TestParaphrase:
    @each_need
    @each_language
    def test_shares_no_word_with_the_literal_wording(self, need: GoldNeed, lang: Language) -> None:
        """
        No content word of a paraphrase, in any form, is in the literal wording of its language.
        """
        shared = lemmas(said(need, "paraphrase", lang), lang) & lemmas(said(need, "literal", lang), lang)
        assert shared == set()

    @each_need
    @each_language
    def test_shares_no_word_with_the_labels_of_its_topics(
        self, need: GoldNeed, lang: Language, labels: dict[str, dict[str, list[str]]]
    ) -> None:
        """
        No content word of a paraphrase is in a label of a topic that is meant.
        """
        words = lemmas(" . ".join(label for topic in MEANT[need.id] for label in labels[topic][lang]), lang)
        assert lemmas(said(need, "paraphrase", lang), lang) & words == set()

    @each_need
    @each_language
    def test_names_no_topic_meant(self, need: GoldNeed, lang: Language, linker: ConceptLinker) -> None:
        """
        No label, whole or as part of a compound, leads from a paraphrase to a topic that is meant.
        """
        found = {hit.iri for hit in linker.find(said(need, "paraphrase", lang), lang)}
        assert found & set(MEANT[need.id]) == set()
