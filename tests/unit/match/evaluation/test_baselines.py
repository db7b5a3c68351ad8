"""What ours is held against, over the synthetic region."""

from __future__ import annotations

import pytest

from ecograph.match.evaluation.baselines import BM25, OURS, POPULAR, RANDOM, Field
from ecograph.match.evaluation.gold import Query

RAIN = Query("rain", "literal", "en", "Warning of cloudbursts")


def found(field: Field, system: str, query: Query = RAIN) -> list[str]:
    """What a system answers, by kind/slug."""
    return [field.slug(thing) for thing in field.systems[system](field.answered(query))]


class TestBaselines:
    @pytest.mark.parametrize(
        "system", [OURS, RANDOM, POPULAR, "keyword-and", "attribute-overlap", "exact-label", BM25, "walk"]
    )
    def test_every_system_names_each_candidate_once(self, field: Field, system: str) -> None:
        """
        A ranking holds candidates only, none of them twice, and is the same when asked again.
        """
        ranked = found(field, system)
        known = {field.slug(thing) for thing in field.candidates.tolist()}
        assert ranked
        assert set(ranked) <= known
        assert len(ranked) == len(set(ranked))
        assert ranked == found(field, system)

    def test_random_order_differs_from_query_to_query(self, field: Field) -> None:
        """
        The lot is drawn for each wording; all candidates take part.
        """
        other = Query("rain", "literal", "da", RAIN.text)
        assert found(field, RANDOM) != found(field, RANDOM, other)
        assert set(found(field, RANDOM)) == set(found(field, RANDOM, other))

    def test_most_projects_first_reads_no_query(self, field: Field) -> None:
        """
        Whoever has most documents stands first, whatever is asked; two links to one document count once.
        """
        ranked = found(field, POPULAR)
        assert ranked == found(field, POPULAR, Query("x", "literal", "sv", "Bättre avfallssortering"))
        links = field.evidence.links
        sizes = {
            field.slug(thing): len({int(links.document[link]) for link in field.evidence.links_of(thing)})
            for thing in field.candidates.tolist()
        }
        assert [sizes[slug] for slug in ranked] == sorted(sizes.values(), reverse=True)

    def test_nearest_document_is_the_most_relevant(self, field: Field) -> None:
        """
        Of all that the university has, the project that warns of cloudbursts is what brings it forward.
        """
        nearest = dict(zip(field.candidates.tolist(), field.nearest(field.answered(RAIN)).tolist(), strict=True))
        named = {field.slug(thing): field.slug(document) for thing, document in nearest.items()}
        assert named["organisation/rain-university"] == named["municipality/se-malmoe"] == "project/warning"
        assert named["solution/bin"] == "solution/bin"

    def test_all_words_must_occur(self, field: Field) -> None:
        """
        Those who lead or join the warning project hold both words; who only has cloudbursts does not.
        """
        ranked = found(field, "keyword-and")
        assert "organisation/rain-university" in ranked
        assert "organisation/old-school" not in ranked
        assert found(field, "keyword-and", Query("x", "literal", "en", "warning zeppelin")) == []

    def test_exact_label_needs_the_label(self, field: Field) -> None:
        """
        A wording without the name of a topic finds nobody.
        """
        assert "organisation/old-school" in found(field, "exact-label")
        assert found(field, "exact-label", Query("x", "paraphrase", "en", "When basements fill up")) == []

    def test_shared_topics_are_divided_by_all_topics(self, field: Field) -> None:
        """
        Who has the need's topic and no other stands before who has it among others.
        """
        ranked = found(field, "attribute-overlap", Query("x", "literal", "en", "Cloudburst"))
        assert ranked.index("organisation/old-school") < ranked.index("solution/gauge")

    def test_of_equals_who_leads_comes_first(self, field: Field) -> None:
        """
        All of a project's partners have the same best document; the one that leads it stands before them.
        """
        ranked = found(field, BM25, Query("x", "literal", "en", "Warning of flooding by sensors"))
        partners = ["municipality/se-malmoe", "organisation/network", "municipality/dk-albertslund"]
        assert all(ranked.index("organisation/rain-university") < ranked.index(each) for each in partners)

    def test_place_that_the_need_is_about_is_proposed_by_none(self, field: Field) -> None:
        """
        The hard rule that holds for ours holds for all, so that none is judged by it.
        """
        query = Query("x", "literal", "en", "Warning of cloudbursts in Malmö")
        assert all("municipality/se-malmoe" not in found(field, system, query) for system in field.systems)

    def test_embeddings_are_left_out_without_a_model(self, field: Field) -> None:
        """
        Where nothing can say what texts mean, that system is missing and no other suffers.
        """
        assert not field.evidence.meaning.available
        assert "embeddings" not in field.systems
