"""What EcoGraph understands of a need."""

import time

import pytest

from ecograph.errors import UnknownThing
from ecograph.match.matcher import Matcher
from ecograph.match.understanding.needs import MAX_CHARACTERS
from ecograph.namespaces import CONCEPT, ID

from .conftest import CLOUDBURST

BOUND_S = 5.0
"""Far above what is needed, far below what an unbounded text would take."""

WASTE = CONCEPT["topic/waste"]
CLOUDBURST_TOPIC = CONCEPT["topic/cloudburst"]


class TestStoredNeed:
    def test_its_topics_are_stated(self, matcher: Matcher) -> None:
        """
        A stored need is about what the graph states, and each topic keeps the statement.
        """
        profile = matcher.profile(CLOUDBURST)
        (topic,) = profile.concepts
        (capability,) = profile.capabilities
        assert (topic.iri, topic.basis, topic.weight) == (CLOUDBURST_TOPIC, "stated", 1.0)
        assert topic.statement is not None
        assert topic.statement.subject == CLOUDBURST
        assert capability.labels["sv"] == "Sensordata"

    def test_its_askers_and_languages_are_known(self, matcher: Matcher) -> None:
        """
        Who raised a need and what it is called in each language comes from the graph.
        """
        profile = matcher.profile(CLOUDBURST)
        assert profile.askers == (ID["municipality/dk-albertslund"],)
        assert profile.texts["sv"] == "Varning vid skyfall"

    def test_an_unknown_need_is_refused(self, matcher: Matcher) -> None:
        """
        A wrong id says so.
        """
        with pytest.raises(UnknownThing):
            matcher.profile(ID["need/nothing"])


class TestTypedNeed:
    @pytest.mark.parametrize(
        ("text", "language", "words"),
        [
            ("Varsling ved skybrud i Albertslund", "da", ("skybrud",)),
            ("Varning vid skyfall i Malmö", "sv", ("skyfall",)),
            ("Cloudburst warning for a municipality", "en", ("Cloudburst",)),
        ],
    )
    def test_topics_show_the_words_that_led_to_them(
        self, matcher: Matcher, text: str, language: str, words: tuple[str, ...]
    ) -> None:
        """
        The same need in three languages has the same topic, each time with the words that were typed.
        """
        profile = matcher.profile_text(text)
        (topic,) = profile.concepts
        assert (profile.language, topic.iri, topic.words, topic.basis) == (
            language,
            CLOUDBURST_TOPIC,
            words,
            "recognised",
        )

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("Varsling ved skybrud i Albertslund", "dk-albertslund"),
            ("Varning vid skyfall i Malmö", "se-malmoe"),
            ("Malmös behov av bättre varning vid skyfall", "se-malmoe"),
            ("Affaldssortering i Lund", "se-lund"),
            ("skybrud i albertslund", "dk-albertslund"),
            ("Avfallssortering för Vara kommun", "se-vara"),
        ],
    )
    def test_places_are_where_and_not_what(self, matcher: Matcher, text: str, place: str) -> None:
        """
        A municipality named in the text is its place, and its name is no word to match.
        """
        profile = matcher.profile_text(text)
        assert [each.iri for each in profile.places] == [ID[f"municipality/{place}"]]

    @pytest.mark.parametrize("text", ["Vara med och sortera avfall", "Träden i en lund behöver vatten"])
    def test_words_that_are_also_names_are_words(self, matcher: Matcher, text: str) -> None:
        """
        "Vara" at the start of a sentence is the verb, and "en lund" is a grove.
        """
        assert matcher.profile_text(text, "sv").places == ()

    def test_the_coordinator_may_correct_it(self, matcher: Matcher) -> None:
        """
        Topics can be added, removed and weighed.
        """
        profile = matcher.with_concept(matcher.profile_text("Varsling ved skybrud"), WASTE, 0.4)
        assert [(each.iri, each.weight) for each in profile.concepts] == [(CLOUDBURST_TOPIC, 1.0), (WASTE, 0.4)]
        assert profile.weighing(WASTE, 2.0).concepts[1].weight == 1.0
        assert [each.iri for each in profile.without(CLOUDBURST_TOPIC).concepts] == [WASTE]
        with pytest.raises(UnknownThing):
            matcher.with_concept(profile, ID["need/cloudburst"])

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "og",
            "12",
            "Погода",
            "<script>alert(1)</script>",
            "\0",
            "skybrud " * 30_000,
            "a" * 200_000,
            "\ud800",
        ],
    )
    def test_odd_texts_are_answered(self, matcher: Matcher, text: str) -> None:
        """
        Nothing that can be typed stops matching, and what was not understood is said.
        """
        started = time.perf_counter()
        profile = matcher.profile_text(text)
        assert all(len(each) <= MAX_CHARACTERS for each in profile.texts.values())
        result = matcher.match(profile)
        assert result.matches or result.notes
        assert time.perf_counter() - started < BOUND_S
