"""Full text in three languages."""

from pathlib import Path

import pytest

from ecograph.text.index import Document, TextIndex

DOCUMENTS = [
    Document("urn:sort", "Project", {"da": ("Sortering af affald i boligområder",)}),
    Document("urn:avfall", "Project", {"sv": ("Bättre avfallssortering i flerfamiljshus",)}),
    Document("urn:heat", "Project", {"en": ("Heat planning",)}, {"en": ("How a municipality plans district heating",)}),
    Document("urn:dtu", "ResearchOrganisation", {"": ("Danmarks Tekniske Universitet",), "en": ("DTU",)}),
]


@pytest.fixture(scope="module")
def index() -> TextIndex:
    return TextIndex.build(DOCUMENTS)


class TestSearch:
    def test_parts_of_a_compound_are_found(self, index: TextIndex) -> None:
        """
        Whoever writes "affaldssortering" finds "sortering af affald", and the Swedish word that looks alike.
        """
        assert [hit.key for hit in index.search("affaldssortering", "da")][:2] == ["urn:sort", "urn:avfall"]

    def test_a_search_can_be_narrowed(self, index: TextIndex) -> None:
        """
        Kinds narrow a search and do not change the order.
        """
        assert [hit.key for hit in index.search("danmark universitet", kinds=["ResearchOrganisation"])] == ["urn:dtu"]
        assert index.search("affald", "da", kinds=["ResearchOrganisation"]) == ()

    def test_a_name_is_found_whole(self, index: TextIndex) -> None:
        """
        An organisation is found by its name and by its abbreviation.
        """
        assert index.search("DTU")[0].key == "urn:dtu"

    @pytest.mark.parametrize("text", ["", "og i at", 'title:"x" AND (', "Погода", "*:*", "\0", "a" * 50_000])
    def test_odd_queries_are_answered(self, index: TextIndex, text: str) -> None:
        """
        Nothing that is typed is read as query syntax or stops the search.
        """
        assert isinstance(index.search(text), tuple)

    def test_an_index_can_lie_in_a_directory(self, tmp_path: Path) -> None:
        """
        In a directory the index answers as in memory.
        """
        stored = TextIndex.build(DOCUMENTS, tmp_path)
        assert [hit.key for hit in stored.search("heat planning", "en")] == ["urn:heat"]


class TestChanged:
    def test_what_changed_is_found_and_what_is_gone_is_not(self) -> None:
        """
        A thing is found by what it is called now, something new too, and what was taken away no more.
        """
        before = TextIndex.build(DOCUMENTS)
        renamed = Document("urn:heat", "Project", {"en": ("Cloudburst planning",)})
        new = Document("urn:new", "Project", {"sv": ("Plan för skyfall",)})
        after = before.changed({"urn:heat": renamed, "urn:new": new, "urn:avfall": None})
        assert [hit.key for hit in after.search("cloudburst", "en")] == ["urn:heat"]
        assert [hit.key for hit in after.search("skyfall", "sv")] == ["urn:new"]
        assert after.search("heat", "en") == after.search("flerfamiljshus", "sv") == ()

    def test_who_searches_the_old_index_finds_what_was_there(self) -> None:
        """
        The index of an earlier revision answers as before, however often it is changed.
        """
        before = TextIndex.build(DOCUMENTS)
        found = before.search("affald", "da"), before.search("heat", "en")
        for _ in range(3):
            before.changed({"urn:sort": None, "urn:heat": None})
        assert (before.search("affald", "da"), before.search("heat", "en")) == found
