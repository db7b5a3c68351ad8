"""How near two topics are."""

import pytest
from pyoxigraph import Quad

from ecograph.match.projection.hierarchy import Hierarchy
from ecograph.namespaces import CONCEPT
from ecograph.vocabulary.concepts import Concepts


@pytest.fixture(scope="module")
def hierarchy(region: tuple[Quad, ...]) -> Hierarchy:
    return Hierarchy(Concepts.from_quads(region))


def number(hierarchy: Hierarchy, slug: str) -> int:
    found = hierarchy.number(CONCEPT[f"topic/{slug}"].value)
    assert found is not None
    return found


class TestLikeness:
    def test_the_nearer_the_more_alike(self, hierarchy: Hierarchy) -> None:
        """
        The topic itself counts most, then what belongs to it, then what it belongs to; another theme counts nothing.
        """
        wanted = hierarchy.likeness(number(hierarchy, "adaptation"))
        own, below, above, other = (
            float(wanted[number(hierarchy, slug)]) for slug in ("adaptation", "cloudburst", "climate", "waste")
        )
        assert own == 1.0 > below > above >= other == 0.0

    def test_every_likeness_is_a_share(self, hierarchy: Hierarchy) -> None:
        """
        Likeness runs from 0 to 1.
        """
        for wanted in range(len(hierarchy)):
            values = hierarchy.likeness(wanted)
            assert values.min() >= 0.0
            assert values.max() == values[wanted] == 1.0

    def test_the_way_up_is_made_of_steps(self, hierarchy: Hierarchy) -> None:
        """
        Between a topic and its theme lie the steps that the vocabulary states.
        """
        low, middle, top = (number(hierarchy, slug) for slug in ("cloudburst", "adaptation", "climate"))
        assert hierarchy.chain(low, top) == ((low, middle), (middle, top))
        assert hierarchy.chain(low, low) == ()
